"""Drivers and events of the past move levers when they did; faults in them are told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of

from ccsim.analysis.forecasting.ensemble import prior, scenario_of
from ccsim.analysis.forecasting.fit import Fit
from ccsim.analysis.parameter_space import dimensions
from ccsim.errors import InputErrors
from ccsim.model.settings import default_settings
from ccsim.organisations.io import read_folder
from ccsim.organisations.knowledge import knowledge
from ccsim.organisations.layout import layout_of, layout_of_folder
from ccsim.organisations.template import write_template
from ccsim.organisations.timeline import (
    events_of,
    levers_in_force,
    moves_levers,
    of_the_past,
    outside_drivers,
    timeline_of,
    values_between,
)
from ccsim.scenarios.scenario import SOURCE, load_scenario
from ccsim.simulation.simulation import past

TOML = '[sizes]\nstaff = 20\ndepartments = 2\n[drivers]\ndemand = "demand.surge"\n'


def test_a_driver_sets_its_lever_week_by_week_and_holds_after_its_last_figure(tmp_path: Path) -> None:
    rows = "date,name,value\n2024-01-07,demand,1.2\n2024-01-14,demand,1.2\n2024-01-21,demand,0.8\n"
    folder = read_folder(folder_of(tmp_path / "o", {"organisation.toml": TOML, "drivers.csv": rows}))
    before, moves = timeline_of(folder, pd.Timestamp("2024-01-01"), 10)
    assert before == {"demand.surge": 1.2}
    assert [(move.week, move.set) for move in moves] == [(2, {"demand.surge": 0.8})]
    assert moves_levers(folder) and not outside_drivers(folder)


def test_calls_of_a_day_count_relative_to_their_mean(tmp_path: Path) -> None:
    rows = "date,name,value\n" + "".join(
        f"2024-01-{day:02d},demand,{3000 if day > 7 else 1000}\n" for day in range(1, 15)
    )
    folder = read_folder(folder_of(tmp_path / "o", {"organisation.toml": TOML, "drivers.csv": rows}))
    before, moves = timeline_of(folder, pd.Timestamp("2024-01-01"), 4)
    assert before == {"demand.surge": 0.5} and [(move.week, move.set["demand.surge"]) for move in moves] == [(1, 1.5)]


def test_an_event_moves_its_lever_from_its_day_and_one_before_the_start_is_in_force(tmp_path: Path) -> None:
    rows = (
        "date,label,lever,value\n2023-05-01,Old,programme.budget,500\n2024-01-20,New,programme.budget,900\n"
        "2024-01-21,Party,,\n"
    )
    folder = read_folder(folder_of(tmp_path / "o", {"organisation.toml": "", "events.csv": rows}))
    new = events_of(folder)[1]
    before, moves = timeline_of(folder, pd.Timestamp("2024-01-01"), 10)
    assert before == {"programme.budget": 500.0}
    assert [(move.week, move.label, move.set) for move in moves] == [(2, "New", {"programme.budget": 900.0})]
    assert timeline_of(folder, pd.Timestamp("2024-01-01"), 10, (new,)) == (before, ())


def test_figures_of_a_span_are_the_mean_of_those_that_end_in_it(tmp_path: Path) -> None:
    rows = "date,name,value\n2024-01-10,rain,1\n2024-02-29,rain,3\n2024-03-31,rain,5\n2024-09-30,rain,9\n"
    folder = read_folder(folder_of(tmp_path / "o", {"organisation.toml": "", "drivers.csv": rows}))
    ends = pd.DatetimeIndex(["2024-03-31", "2024-06-30", "2024-09-30"])
    assert np.array_equal(values_between(folder, "rain", ends), [3.0, np.nan, 9.0], equal_nan=True)
    assert outside_drivers(folder) == ["rain"] and not moves_levers(folder)


@pytest.mark.parametrize(("name", "text", "message"), [
    ("drivers.csv", "date,name,value\n2024-01-07,demand,-1\n", r"drivers\.csv:2: value: demand\.surge must be .*, got -1"),
    ("drivers.csv", "date,name,value\n2024-01-07,demmand,1\n", r"drivers\.csv: demand: .*in no row.*demmand"),
    ("events.csv", "date,label,lever,value\n2024-01-07,x,programme.budget,\n", r"events\.csv:2: value: must be the value to which"),
    ("events.csv", "date,label,lever,value\n2024-01-07,x,programme.budget,-5\n", r"events\.csv:2: value: programme\.budget must be .*, got -5"),
    ("events.csv", "date,label,value\n2024-01-07,x,5\n", r"events\.csv:2: value: needs a column lever"),
])  # fmt: skip
def test_a_value_that_a_lever_does_not_accept_is_reported_with_its_place(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": TOML, name: text})
    with pytest.raises(InputErrors) as caught:
        read_folder(folder)
    assert re.search(message, str(caught.value)), str(caught.value)


def test_a_comparison_begins_with_the_levers_that_events_and_drivers_left_in_force(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": 'start_date = 2025-06-30\n[sizes]\nstaff = 20\n[drivers]\nspend = "demand.surge"\n[levers.empowerment]\nrights = 0.3\n',
        "events.csv": "date,label,lever,value\n2024-01-01,a,programme.budget,500\n2025-01-01,b,programme.budget,900\n"
                      "2025-12-01,later,programme.budget,0\n2025-12-01,later,empowerment.rights,0.9\n",
        "drivers.csv": "date,name,value\n2023-01-31,spend,2.9\n2024-12-31,spend,1\n2025-05-31,spend,1.5\n2025-12-31,spend,3\n",
    })  # fmt: skip
    assert levers_in_force(read_folder(folder)) == {"demand.surge": 1.25, "programme.budget": 900.0}
    own = load_scenario("nothing").with_values({SOURCE: str(folder)})
    layout = layout_of(own)
    early = past(own, layout, 1)
    assert (early.programme.budget, early.demand.surge, early.empowerment.rights) == (900.0, 1.25, 0.3)
    other = replace(own, history={"programme.budget": 50.0})
    assert past(other, layout, 1).programme.budget == 50.0
    assert any(
        "programme.budget = 900" in fact.statement for fact in knowledge(read_folder(folder), layout_of_folder(folder))
    )


def test_worlds_of_the_past_begin_with_the_levers_of_then(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": "[sizes]\nstaff = 20\n[levers.programme]\nbudget = 70\n",
        "events.csv": "date,label,lever,value\n2024-01-01,a,programme.budget,500\n2024-06-03,b,empowerment.rights,0.9\n",
    })  # fmt: skip
    then = scenario_of(read_folder(folder), 60, pd.Timestamp("2023-06-05"))
    settings = past(then, layout_of(then), 1)
    assert settings.programme.budget == 70.0 and settings.empowerment.rights == default_settings().empowerment.rights
    assert [(move.week, dict(move.set)) for move in then.schedule] == [
        (30, {"programme.budget": 500.0}), (52, {"empowerment.rights": 0.9})]  # fmt: skip


def test_levers_of_the_past_lie_anywhere_in_the_interval_of_the_questionnaire_and_a_design_moves_them(
    tmp_path: Path,
) -> None:
    write_template(tmp_path / "my")
    read, layout = read_folder(tmp_path / "my"), layout_of_folder(tmp_path / "my")
    low, high = layout.intervals["empowerment.rights"]
    own = load_scenario("nothing").with_values({SOURCE: str(tmp_path / "my")})
    rights = [past(own, layout, seed).empowerment.rights for seed in range(60)]
    assert low <= min(rights) < low + (high - low) / 4 and high - (high - low) / 4 < max(rights) <= high
    assert past(own.with_values({"empowerment.rights": 1.0}), layout, 7).empowerment.rights == rights[7]
    assert "empowerment.rights" in {one.key for one in prior(read)}
    assert "empowerment.rights" not in {one.key for one in prior(read, levers=False)}
    moved = of_the_past(scenario_of(read)).with_values({"empowerment.rights": 0.8, "market.churn": 0.004})
    assert (
        moved.history == {"empowerment.rights": 0.8}
        and not moved.levers
        and moved.assumptions == {"market.churn": 0.004}
    )
    space = dimensions(["market.churn", "empowerment.rights=0:1"])
    kept = Fit(space, np.array([[0.004, 0.5]]), pd.DataFrame({"kpi": ["csat"], "away": [0.0]}), 1.0).frame()
    assert list(kept) == ["market.churn"]
