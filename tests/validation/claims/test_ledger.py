import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.problem import Runner
from ccsim.errors import ResultsError
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Scenario
from ccsim.validation.claims.dependence import FlipMap, deciders_of, detectable, flip_map, where_holds
from ccsim.validation.claims.ledger import Ledger, run_ledger, scenarios_of, stressed, under
from ccsim.validation.claims.report import write_pages
from ccsim.validation.claims.schema import Claim, load_claims

SMALL = {"organisation.staff": 40, "organisation.customers": 400, "organisation.warm_up": 26}
BASE = Scenario("base", "Base").with_values(SMALL)


def claim(name: str, a: Scenario, b: Scenario, **other: object) -> Claim:
    output = {"kind": "difference", "kpi": "csat", "direction": "more", "secondary": (), "weeks": (39,), **other}
    return Claim(name, f"{name} says", "000", scenarios={"a": a, "b": b}, **output)  # type: ignore[arg-type]


#: What holds in every world: a programme with a budget spends more than one without.
NONE = BASE.with_values({"programme.budget": 0.0})
SOME = BASE.with_values({"programme.budget": 400.0})
CLAIMS = [
    claim("NULL", replace(BASE, name="relabelled", title="Another name"), BASE),
    claim("RIGHT", SOME, NONE, kpi="spend"),
    claim("WRONG", NONE, SOME, kpi="spend"),
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return run_ledger(CLAIMS, Runner(tmp_path_factory.mktemp("ledger") / "r", 2), replicates=8, points=3)


def test_a_relabelled_copy_of_the_baseline_is_no_difference(ledger: Ledger) -> None:
    null = ledger.findings[0]
    assert null.effects == (0.0,) * 4 and null.signs == (0,) * 4
    assert (null.outcome.low, null.outcome.high, null.verdict) == (0.0, 0.0, "not supported")


def test_a_planted_claim_with_the_wrong_sign_is_not_supported(ledger: Ledger) -> None:
    _, right, wrong = ledger.findings
    assert right.verdict == "supported" and right.holds == pytest.approx((1.0, 0.51, 1.0), abs=0.01)
    assert wrong.verdict == "not supported" and wrong.outcome.sign(wrong.p) == -1
    assert wrong.outcome.effect == -right.outcome.effect


def test_a_ledger_does_not_depend_on_workers_and_goes_on(ledger: Ledger, tmp_path: Path) -> None:
    again = run_ledger(CLAIMS, Runner(tmp_path / "r", 1), replicates=8, points=3)
    resumed = run_ledger(CLAIMS, Runner(tmp_path / "r", 2, True), replicates=8, points=3)
    so_far = run_ledger(CLAIMS, Runner(tmp_path / "r"), replicates=8, points=3, partial=True)
    for one in (again, resumed, so_far):
        assert [found.effects for found in one.findings] == [found.effects for found in ledger.findings]


def test_a_point_that_is_not_finished_is_left_out_so_far(
    ledger: Ledger, tmp_path: Path, rewritten: Callable[..., None]
) -> None:
    runner = Runner(tmp_path / "r", 1)
    run_ledger(CLAIMS, runner, replicates=8, points=3)
    for file in list((tmp_path / "r" / "space").rglob("summaries/*.parquet")):
        rewritten(file, lambda rows: rows[~rows["scenario"].str.startswith("0003 ")])
    manifest = tmp_path / "r" / "space" / "manifest.json"
    told_done = json.loads(manifest.read_text())
    told_done["runs"]["done"] = 0  # as it is before the end
    manifest.write_text(json.dumps(told_done))
    found = run_ledger(CLAIMS, runner, replicates=8, points=3, partial=True)
    assert (found.points, found.planned) == (2, 3)
    assert [one.effects for one in found.findings] == [one.effects[:3] for one in ledger.findings]
    with pytest.raises(ResultsError, match="another ledger"):
        run_ledger(CLAIMS, runner, replicates=8, points=4, partial=True)


def test_scenarios_that_are_the_same_are_run_once() -> None:
    found, place = scenarios_of(CLAIMS)
    assert len(found) == 3
    assert place["NULL", "a"] == place["NULL", "b"]
    every, _ = scenarios_of(load_claims())
    assert len(every) < sum(len(one.scenarios) for one in load_claims())


def test_points_of_a_stress_test_fill_the_ranges_of_all_assumed_parameters() -> None:
    points = stressed(40, 3)
    assumed = [row for row in all_parameters().values() if row.assumed and not row.choices and row.kind is not bool]
    assert len(assumed) > 100 and set(points[0]) == {row.key for row in assumed}
    for row in assumed:
        values = np.array([point[row.key] for point in points], float)
        low, high = row.range
        assert values.min() >= low and values.max() <= high
        if row.kind is float and high > low:
            # A Latin hypercube has one point in each fortieth of the range.
            assert len(set(np.minimum(39, (values - low) / (high - low) * 40).astype(int))) >= 39
    assert stressed(40, 3) == points != stressed(40, 4)


def test_what_a_scenario_assumes_itself_stays_in_another_world() -> None:
    own = BASE.with_values({"experience.loss_aversion": 1.0})
    moved = under(own, {"experience.loss_aversion": 2.0, "experience.adaptation_rate": 0.2})
    assert moved.assumptions["experience.loss_aversion"] == 1.0
    assert moved.assumptions["experience.adaptation_rate"] == 0.2
    assert all(key in all_parameters() for key in moved.assumptions)


def test_where_a_claim_holds_is_the_cut_that_tells_it_and_chance_is_called_so() -> None:
    space = stressed(60, 5)
    values = np.array([point["experience.loss_aversion"] for point in space])
    cut = float(np.median(values))
    output = where_holds([1 if value > cut else 0 for value in values], list(values), space)
    assert output is not None and output.key == "experience.loss_aversion" and output.significant
    assert (output.above, output.below) == ((30, 30), (0, 30))
    rng = np.random.default_rng(2)
    chance = where_holds(list(rng.integers(0, 2, 60)), list(rng.standard_normal(60)), space)
    assert chance is not None and not chance.significant
    assert where_holds([1] * 60, list(values), space) is None


def test_the_ledger_reports_what_a_claim_depends_on_and_its_power() -> None:
    """Of 190 parameters one matters as much as the power says can be seen: it is found in about 80 of 100 cases."""
    keys = [f"k{number}" for number in range(190)]
    rho, rng = detectable(150, 190), np.random.default_rng(1)
    assert 0.3 < rho < 0.45 and np.isnan(detectable(10, 190))
    found = 0
    for _ in range(40):
        values = rng.standard_normal((150, 190))
        # A rank correlation of rho takes a somewhat larger product-moment one.
        pearson = 2.0 * np.sin(np.pi * rho / 6.0)
        effects = pearson * values[:, 0] + np.sqrt(1.0 - pearson**2) * rng.standard_normal(150)
        space = [dict(zip(keys, row, strict=True)) for row in values]
        found += any(one.key == "k0" and one.significant for one in deciders_of(list(effects), space))
    assert 22 <= found <= 40


def test_ledgers_draw_admitted_worlds_and_a_stress_test_the_declared_space(tmp_path: Path) -> None:
    worlds = AdmittedWorlds(("market.churn",), np.array([[0.002], [0.003], [0.004]]))
    found = run_ledger(CLAIMS[1:2], Runner(tmp_path / "a", 1), replicates=4, points=2, worlds=worlds)
    assert (found.stress, found.varied, found.points) == (False, 1, 2)
    stress = run_ledger(CLAIMS[1:2], Runner(tmp_path / "b", 1), replicates=4, points=2)
    assert stress.stress and stress.varied == len(stressed(1, 1)[0])
    assert "stress test" in write_pages(stress, tmp_path / "p", "x")[0].read_text()
    assert "admitted ones" in write_pages(found, tmp_path / "q", "x")[0].read_text()


def test_pages_tell_every_claim_and_need_no_network(ledger: Ledger, tmp_path: Path) -> None:
    markdown, html, table = write_pages(ledger, tmp_path, "ccsim test-claims")
    text, page = markdown.read_text(), html.read_text()
    for found in ledger.findings:
        assert f"## {found.claim.id}" in text and f'id="{found.claim.id}"' in page
        assert (tmp_path / "figures" / "claims" / f"{found.claim.id}.png").stat().st_size > 2000
    assert "http" not in page.replace("data:image/png", "")
    assert table.stat().st_size > 0


def test_pages_show_a_map_only_where_a_claim_turns_on_it(ledger: Ledger, tmp_path: Path) -> None:
    turns = FlipMap(
        ("market.churn", "demand.rate"), (0.6, 0.4), ((0.1, 0.2), (0.3, 0.4)), ((0, 1, 9), (4, 5, 6), (8, 9, 20)),
        ((12, 6, 0), (5, 2, 1), (0, 0, 0)), ((17, 17, 17), (17, 14, 17), (17, 17, 20)), True,
    )  # fmt: skip
    some = replace(ledger, findings=(replace(ledger.findings[0], map=turns), ledger.findings[1],
                                     replace(ledger.findings[2], map=replace(turns, flips=False))))  # fmt: skip
    markdown, html, _ = write_pages(some, tmp_path, "ccsim test-claims")
    text = markdown.read_text()
    assert text.count("Over thirds of") == 1 and "it holds in 20 of 20 worlds with the highest third" in text
    assert "in 0 of 17 (reversed in 12) with the lowest and the lowest" in text
    assert [one.name for one in (tmp_path / "figures" / "claims").glob("*-map.png")] == ["NULL-map.png"]
    assert "Worlds in which NULL holds" in html.read_text()


def test_a_map_tells_where_a_claim_turns_on_two_parameters_and_chance_gives_none() -> None:
    rng = np.random.default_rng(2)
    space = [{f"p{k}": float(rng.random()) for k in range(50)} for _ in range(150)]
    effects = [one["p3"] + 0.7 * one["p7"] - 0.85 + float(rng.normal(0.0, 0.1)) for one in space]
    signs = [1 if effect > 0.1 else -1 if effect < -0.1 else 0 for effect in effects]
    found = flip_map(signs, effects, space)
    assert found is not None and found.flips and found.keys == ("p3", "p7") and min(found.rhos) > 0.4
    assert found.holds[2][2] == found.worlds[2][2] and found.reverses[0][0] > 0.8 * found.worlds[0][0]
    assert sum(map(sum, found.worlds)) == 150
    chance = [float(x) for x in rng.normal(size=150)]
    assert flip_map([int(x > 0) for x in chance], chance, space) is None
    alone = [one["p3"] for one in space]
    assert flip_map([int(x > 0.5) for x in alone], alone, space) is None
