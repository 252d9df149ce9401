import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from ccsim.analysis.comparison import Comparison, compare
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS
from ccsim.reports.tables import (
    as_text,
    comparison_tables,
    run_table,
    scenario_table,
    schedule_table,
)  # fmt: skip
from ccsim.results.formatting import table_unit, table_value, with_interval
from ccsim.scenarios.scenario import Intervention, load_scenario

Written = Callable[[object], str]


@pytest.fixture
def written() -> Written:
    def write(table: object) -> str:
        page = Console(file=StringIO(), width=120, markup=False)
        page.print(table)
        assert isinstance(page.file, StringIO)
        return page.file.getvalue()

    return write


@pytest.mark.parametrize(
    ("kpi", "value", "text", "unit"),
    [
        ("fcr", 0.7346, "73.5", "%"),
        ("churn", 0.1, "10.0", "% a year"),
        ("csat", 74.96, "75.0", "of 100"),
        ("nps", -3.456, "-3.46", "points"),
        ("npv", 3_855_123.0, "3,855", "k EUR"),
        ("npv", 1234.0, "1.2", "k EUR"),
        ("profit", 812_345.0, "812", "k EUR, total"),
        ("cost_per_resolved", 456.7, "456.7", "EUR"),
        ("csat", float("nan"), "–", "of 100"),
    ],
)
def test_figures_are_written_in_units_that_people_read(kpi: str, value: float, text: str, unit: str) -> None:
    assert (table_value(KPIS[kpi], value), table_unit(KPIS[kpi])) == (text, unit)


def test_a_figure_that_rounds_to_zero_has_no_sign() -> None:
    assert table_value(KPIS["npv"], -3.0) == "0.0"
    assert table_value(KPIS["fcr"], 1e-9, sign=True) == "0.0"
    assert table_value(KPIS["fcr"], 0.01, sign=True) == "+1.0"


def test_an_interval_has_the_digits_that_its_half_width_needs() -> None:
    assert with_interval(KPIS["fcr"], 0.0078, 0.0077, 0.0079) == "0.78 ±0.01"
    assert with_interval(KPIS["csat"], 75.0, 74.7, 75.3) == "75.0 ±0.3"
    assert with_interval(KPIS["csat"], 75.0, float("nan"), float("nan")) == "75.0"
    assert with_interval(KPIS["csat"], 75.0, 75.0, 75.0) == "75.0 ±0.0"


def test_the_comparison_names_each_scenario_and_its_verdict(small_experiment: Experiment, written: Written) -> None:
    tables = comparison_tables(compare(small_experiment, workers=1))
    text = written(tables[0])
    assert len(tables) == 2
    for words in ("Customer satisfaction (of 100)", "Doing nothing", "baseline", "A hero leaves", "p adj."):
        assert words in text


def test_a_single_run_gives_no_verdict(small_experiment: Experiment, written: Written) -> None:
    text = written(comparison_tables(compare(small_experiment, workers=1, replicates=1))[0])
    assert "?" in text
    assert "±" not in text


def test_square_brackets_in_a_title_are_no_markup(small_experiment: Experiment, written: Written) -> None:
    odd = replace(small_experiment.scenarios["busy"], title="Busy [bold] one")
    experiment = replace(small_experiment, scenarios={**small_experiment.scenarios, "busy": odd})
    assert "Busy [bold] one" in written(comparison_tables(compare(experiment, workers=1, replicates=2))[0])


def test_a_run_shows_every_kpi(small_experiment: Experiment, written: Written) -> None:
    alone = {"busy": small_experiment.scenarios["busy"]}
    single = replace(small_experiment, baseline="busy", scenarios=alone, kpis=tuple(KPIS), replicates=1)
    text = written(run_table(compare(single, workers=1)))
    assert all(kpi.title in text for kpi in KPIS.values())


def test_a_scenario_is_reported_with_units_meanings_and_moves(written: Written) -> None:
    hero = load_scenario("hero-leaves")
    move = Intervention.create({"programme.budget": 100.0}, when="adoption > 0.5", earliest_week=10)
    hero = replace(hero, schedule=(*hero.schedule, move))
    output, moves = written(scenario_table(hero)), written(schedule_table(hero))
    assert "champions.hours" in output
    assert "hours/week" in output
    assert "week 52" in moves
    assert "once adoption > 0.5, from week 10" in moves


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"scenario": ["a|b", "c"], "mean": [1.5, float("nan")], "runs": [2, 2]})


def test_tables_are_written_for_other_programs(frame: pd.DataFrame) -> None:
    assert as_text(frame, "csv").splitlines()[0] == "scenario,mean,runs"
    assert json.loads(as_text(frame, "json"))[1]["mean"] is None
    assert as_text(frame, "markdown").splitlines()[2:] == ["| a\\|b | 1.5 | 2 |", "| c |  | 2 |"]


def test_a_swept_scenario_stays_out_of_the_terminal_tables(swept: Comparison, written: Written) -> None:
    text = written(comparison_tables(swept)[0])
    assert "A hero leaves" in text
    assert "@" not in text


@pytest.fixture
def swept(small_experiment: Experiment) -> Comparison:
    from ccsim.experiments.experiment import Sweep

    busy = small_experiment.scenarios["busy"]
    more = {"busy @ 0": busy.with_values({"programme.budget": 0.0}, name="busy @ 0", title="busy @ 0")}
    sweep = Sweep("programme.budget", (0.0,), {"busy @ 0": ("busy", 0.0)})
    scenarios = {**small_experiment.scenarios, **more}
    return compare(replace(small_experiment, scenarios=scenarios, sweep=sweep, replicates=2), workers=1)
