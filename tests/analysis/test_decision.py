"""Decisions: the right option, what knowing a value is worth, and what flips the choice, where all three are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from math import erf, exp, pi, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of
from typer.testing import CliRunner

import ccsim
from ccsim.analysis.decision.decide import decide, open_decision
from ccsim.analysis.decision.decision import Decision
from ccsim.analysis.decision.information import flips, information
from ccsim.analysis.decision.problem import AS_IT_IS, decision_problem
from ccsim.cli.main import app
from ccsim.errors import InputError, UnknownNameError
from ccsim.model.kpis import KPIS
from ccsim.organisations.io import read_folder
from ccsim.organisations.measurements import MEASUREMENTS
from ccsim.reports.board import board, in_words
from ccsim.results.results import Results

TINY = """name = "Tiny works"
currency = "CHF"
[sizes]
staff = 14
departments = 2
front_departments = 1
customers = 60
warm_up = 2
"""
#: What one option gains where a standard normal value is z: SHIFT + SLOPE * z.
SHIFT, SLOPE = 0.3, 1.0


def option(place: Path, name: str, budget: int) -> str:
    """Write an option that spends on a programme, and return its file."""
    file = place / f"{name}.toml"
    file.write_text(f'title = "{name.capitalize()}"\nextends = "nothing"\n[levers.programme]\nbudget = {budget}\n')
    return str(file)


def known_worth(shift: float, slope: float) -> float:
    """Return the value of perfect information on a standard normal z of a choice between 0 and shift + slope * z."""
    at = shift / slope
    return shift * 0.5 * (1 + erf(at / sqrt(2))) + slope * exp(-at * at / 2) / sqrt(2 * pi) - max(shift, 0.0)


def known(
    place: Path, gain: Callable[[np.ndarray], np.ndarray], noise: float = 1.0, worlds: int = 200, seed: int = 1
) -> Decision:
    """Return a decision whose runs are made by hand: one option gains what is said where one value is so unusual."""
    folder = read_folder(folder_of(place, {"organisation.toml": TINY}))
    problem = decision_problem(folder, [option(place, "change", 100)], kpi="npv", weeks=30, worlds=worlds, seed=seed)
    rng = np.random.default_rng(seed)
    experiment = problem.experiment()
    points = experiment.design_scenarios
    assert points is not None
    churn = points.design.columns["market.churn_sensitivity"].astype(float)
    rows = []
    for name in experiment.scenarios:
        base, number = points.locate(name)
        z = (churn[number] - churn.mean()) / churn.std()
        value = rng.normal(0.0, noise) + (0.0 if base == AS_IT_IS else float(gain(z)))
        for week in experiment.report_weeks:
            rows.append({"scenario": name, "replicate": 0, "seed": 0, "week": week, "npv": value, "csat": z + rng.normal(0, 0.1), "spend": 0.0})  # fmt: skip
    return Decision(Results(None, experiment, {}, {"summaries": pd.DataFrame(rows)}), "npv")


def test_knowing_a_value_is_worth_what_its_formula_says_and_what_tells_nothing_is_distinguished_from_it() -> None:
    errors, found, wrong = [], [], 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        z = rng.standard_normal((200, 2))
        outcomes = np.column_stack([np.zeros(200), SHIFT + SLOPE * z[:, 0]]) + rng.normal(0, 1, (200, 2))
        others = {f"nothing {k}": rng.random(200) for k in range(10)}
        table = information(outcomes, {"this": z[:, 0], **others}, seed).set_index("name")
        assert table.loc["this", "p_adjusted"] == table["p_adjusted"].min() <= 0.01
        found.append(table.loc["this", "value"])
        errors.append(table.loc["this", "se"])
        wrong += int((table["p_adjusted"].drop("this") <= 0.05).any())
    # The mean of twelve is within three of its own standard errors; the errors stated are about those that were made.
    assert np.mean(found) == pytest.approx(known_worth(SHIFT, SLOPE), abs=3 * np.std(found) / sqrt(12))
    assert 0.6 < np.mean(errors) / np.std(found, ddof=1) < 1.7
    # A family is wrong in 5 % of cases: four of twelve or more have a probability of 0.2 %.
    assert wrong <= 3


def test_a_choice_flips_where_its_gain_is_nothing_and_only_there() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal(400)
    outcomes = np.column_stack([np.zeros(400), SHIFT + SLOPE * z]) + rng.normal(0, 0.3, (400, 2))
    (found,) = flips(outcomes, "this", z)
    assert found.value == pytest.approx(-SHIFT / SLOPE, abs=0.15) and (found.below, found.above) == (0, 1)
    assert found.share == pytest.approx(float((z > found.value).mean()))
    assert flips(outcomes + np.array([0.0, 9.0]), "this", z) == []


def test_the_best_option_its_value_and_its_flip_are_those_of_an_organisation_made_by_hand(tmp_path: Path) -> None:
    decision = known(tmp_path / "o", lambda z: SHIFT + SLOPE * z, noise=0.3)
    assert decision.options[decision.order[0]] == "change"
    numbers = decision.numbers()
    assert numbers["lead/mean"] == pytest.approx(SHIFT, abs=0.2)
    assert decision.single["name"][0] == "market.churn_sensitivity" and decision.single["p_adjusted"][0] <= 0.01
    row = decision.single.iloc[0]
    assert abs(row["value"] - known_worth(SHIFT, SLOPE)) < 3 * row["se"]
    assert decision.measurements["name"][0] == "customer records"
    flip, sure = decision.flips[0]
    assert sure and flip.name == "market.churn_sensitivity" and decision.options[flip.above] == "change"
    # The KPI that is nearly the value itself tells early what the value would.
    assert numbers["watch/csat/value"] == pytest.approx(row["value"], abs=2 * row["se"])
    assert decision.watch["p_adjusted"][0] <= 0.01 and numbers["watch/csat/explained"] > 0.8


def test_where_nothing_uncertain_matters_nothing_is_worth_measuring(tmp_path: Path) -> None:
    decision = known(tmp_path / "o", lambda z: np.asarray(2.0), noise=0.3)
    assert decision.numbers()["option/change/best"] == 1.0
    assert decision.single["p_adjusted"].min() > 0.05 and decision.measurements["p_adjusted"].min() > 0.05
    assert not any(sure for _, sure in decision.flips)


def test_less_is_better_where_the_kpi_says_so(tmp_path: Path) -> None:
    decision = replace(known(tmp_path / "o", lambda z: np.asarray(2.0), noise=0.1), kpi="churn")
    table = decision.results.tables["summaries"].assign(churn=lambda rows: rows["npv"])
    decision = replace(decision, results=replace(decision.results, tables={"summaries": table}))
    assert KPIS["churn"].direction == "less" and decision.options[decision.order[0]] == AS_IT_IS


def test_each_uncertain_value_is_reported_by_one_measurement() -> None:
    from ccsim.analysis.admitted import read_worlds

    keys = read_worlds().keys
    output = [key for measurement in MEASUREMENTS for key in keys if measurement.narrows(key)]
    assert sorted(output) == sorted(keys)


def test_options_that_cannot_be_decided_between_are_refused(tmp_path: Path) -> None:
    folder = read_folder(folder_of(tmp_path / "o", {"organisation.toml": TINY}))
    with pytest.raises(InputError, match="options: there are none"):
        decision_problem(folder, [])
    with pytest.raises(InputError, match="neither more nor less is better"):
        decision_problem(folder, ["nothing"], kpi="spend")
    with pytest.raises(InputError, match="is the name of two options"):
        decision_problem(folder, ["nothing", "nothing"])
    with pytest.raises(InputError, match="weeks: must be more than 13"):
        decision_problem(folder, ["nothing"], weeks=13)
    with pytest.raises(InputError, match=r"contains no plan \(best\.toml"):
        decision_problem(folder, [tmp_path])


def test_a_fitted_organisation_is_decided_about_in_the_draws_of_its_fit(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "o", {"organisation.toml": TINY})
    draws = pd.DataFrame({"market.churn": np.linspace(0.001, 0.005, 50)})
    draws.to_parquet(place / "fitted.parquet")
    problem = decision_problem(read_folder(place), ["nothing"], worlds=40)
    assert problem.fitted and len({row["market.churn"] for row in problem.rows}) == 40


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a small decision from the command line, as the issue writes it, and return its results folder."""
    place = tmp_path_factory.mktemp("decided")
    folder_of(place / "my", {"organisation.toml": TINY})
    words = ["org", "decide", str(place / "my"), "--options", option(place, "little", 50), option(place, "much", 4000),
             "--worlds", "40", "--weeks", "16", "--workers", "1"]  # fmt: skip
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0 and "The board's page" in result.output, result.output
    return place / "my" / "results" / "decision-1"


def test_the_boards_page_has_a_key_for_every_number_and_why_makes_one_again(decided: Path) -> None:
    text = (decided / "board.html").read_text(encoding="utf-8")
    keys = set(re.findall(r'data-key="([^"]+)"', text))
    numbers = open_decision(decided).numbers()
    assert len(keys) > 60 and keys <= set(numbers)
    assert "k CHF" in text and "k EUR" not in text and "Tiny works" in text
    assert text.count("not back-tested") >= 3 and "Nothing is back-tested" in text
    found = ccsim.reproduce(decided, "option/much/difference", workers=1)
    assert found.reproduced and found.options == (AS_IT_IS, "much") and len(found.each) == 80
    assert "The same" in found.describe()
    with pytest.raises(UnknownNameError):
        ccsim.reproduce(decided, "option/none/difference")
    assert ccsim.report(decided, decided / "again.html").read_text(encoding="utf-8") == text


@pytest.mark.slow
def test_the_command_of_the_boards_page_makes_its_numbers_again(
    decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(decided.parents[2])
    text = board(Path("my", "results", decided.name), tmp_path / "page.html").read_text(encoding="utf-8")
    match = re.search(r"<code>ccsim (reproduce [^<]*) KEY</code>", text)
    assert match and match[1] == f"reproduce my/results/{decided.name}"
    keys = sorted(set(re.findall(r'data-key="([^"]+)"', text)))
    for key in (keys[0], keys[len(keys) // 3], keys[len(keys) // 2], keys[-1]):
        result = CliRunner().invoke(app, [*match[1].split(), key, "--workers", "1"])
        assert result.exit_code == 0 and "The same: every run to the last bit" in result.output, (key, result.output)


def test_a_number_that_does_not_come_out_again_is_reported(decided: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = open_decision(decided)
    table = decision.results.tables["summaries"].copy()
    table.loc[(table["scenario"] == "much @ 0001") & (table["week"] == 15), "npv"] += 1.0
    wrong = replace(decision, results=replace(decision.results, tables={"summaries": table}))
    monkeypatch.setattr("ccsim.reports.decision_numbers.open_decision", lambda _: wrong)
    found = ccsim.reproduce(decided, "option/much/difference", workers=1)
    assert not found.reproduced and found.differing == (("much @ 0001", 0),) and "NOT the same" in found.describe()


def test_the_worlds_of_a_decision_have_draws_of_their_own_which_options_share(decided: Path) -> None:
    figures = open_decision(decided).results.summaries
    state = figures["scenario"].str.rpartition(" @ ")[2]
    assert figures.groupby(state)["seed"].nunique().eq(1).all() and figures["seed"].nunique() == 40


def test_a_decision_in_python_is_that_of_the_command(decided: Path) -> None:
    place = decided.parents[2]
    found = decide(place / "my", [place / "little.toml", place / "much.toml"], worlds=40, weeks=16, workers=1)
    assert found.results.hash() == open_decision(decided).results.hash()
    assert in_words(found)[0].startswith("First: ")


def test_plans_of_a_search_are_options(tmp_path: Path) -> None:
    folder_of(tmp_path / "my", {"organisation.toml": TINY})
    words = ["org", "decide", str(tmp_path / "my"), "--factor", "programme.budget=0:500", "--max-cost", "4000", "--trials", "8",
             "--worlds", "40", "--weeks", "14", "--workers", "1", "--out", str(tmp_path / "d")]  # fmt: skip
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "Plan 1" in board(tmp_path / "d").read_text(encoding="utf-8")
