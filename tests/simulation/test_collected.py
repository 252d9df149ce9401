"""The organisation as Mesa's own tools take it: its collector, its batch runs, and the places of its people."""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd
import pytest
from mesa.batchrunner import batch_run
from tests.conftest import SMALL

from ccsim import CollectedOrganisation, Customer, Employee, InputError, Leader, Organisation, load_scenario, simulate
from ccsim.errors import UnknownNameError

VARIES_RNG = "rng" in inspect.signature(batch_run).parameters


def lived(scenario_: Any = "top-down", **more: Any) -> CollectedOrganisation:
    org = CollectedOrganisation(scenario_, rng=3, weeks=5, **SMALL, **more)
    while org.running:
        org.step()
    return org


def batch(parameters: dict[str, Any], seeds: range, **more: Any) -> pd.DataFrame:
    how: dict[str, Any] = {"rng": seeds} if VARIES_RNG else {}
    varied = {**parameters, **({} if VARIES_RNG else {"rng": seeds})}
    return pd.DataFrame(batch_run(CollectedOrganisation, varied, display_progress=False, **how, **more))


def test_the_collectors_frame_is_the_table_of_kpis() -> None:
    org = lived()
    frame = org.datacollector.get_model_vars_dataframe()
    pd.testing.assert_frame_equal(frame.set_index("week"), org.kpis)
    plain = Organisation("top-down", rng=3, weeks=5, levers=SMALL).run()
    pd.testing.assert_frame_equal(org.kpis, plain.kpis)


def test_an_ordinary_organisation_has_no_collector_and_no_floor() -> None:
    org = Organisation("nothing", rng=1, weeks=1, levers=SMALL)
    assert not hasattr(org, "datacollector") and not hasattr(org, "grid")
    assert "grid" not in vars(CollectedOrganisation("nothing", rng=1, weeks=1, **SMALL)), "made when it is drawn"


def test_people_are_collected_on_request_and_what_a_kind_lacks_is_none() -> None:
    assert lived().datacollector.agent_reporters == {}
    org = lived(agent_reporters=("conviction", "satisfaction"), agenttype_reporters={Employee: {"routine": "habit"}})
    people = org.datacollector.get_agent_vars_dataframe()
    last = people.xs(5, level="Step")
    for person in org.agents_by_type[Employee]:
        assert last.loc[person.unique_id, "conviction"] == person.conviction
        assert pd.isna(last.loc[person.unique_id, "satisfaction"])
    for customer in org.agents_by_type[Customer]:
        assert last.loc[customer.unique_id, "satisfaction"] == customer.satisfaction
    habits = org.datacollector.get_agenttype_vars_dataframe(Employee).xs(5, level="Step")
    assert len(habits) == len(org.agents_by_type[Employee])
    assert habits.loc[org.employee(0).unique_id, "routine"] == org.employee(0).habit


def test_an_attribute_that_no_person_has_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"'convicton'.*conviction"):
        CollectedOrganisation(agent_reporters=("convicton",), **SMALL)
    with pytest.raises(InputError, match="no Leader has this attribute"):
        CollectedOrganisation(agenttype_reporters={Leader: ("habit",)}, **SMALL)


def test_batch_run_varies_two_levers_and_gives_the_numbers_of_the_command_line() -> None:
    levers = {"programme.budget": [0.0, 9000.0], "empowerment.rights": [0.2, 0.8]}
    rows = batch({"scenario_": "combined", "weeks": 4, **SMALL, **levers}, range(1, 3))
    assert len(rows) == 8 and set(rows["week"]) == {3}
    for _, row in rows.iterrows():
        values = {**SMALL, **{key: row[key] for key in levers}}
        run = simulate(load_scenario("combined").with_values(values), int(row["rng"]), 4)
        assert (row["npv"], row["conviction"]) == (run.kpis["npv"][-1], run.kpis["conviction"][-1])


def test_people_and_kpis_of_one_week_are_in_one_row_of_batch_run() -> None:
    rows = batch({"weeks": 3, "agent_reporters": [("conviction",)], **SMALL}, range(5, 6), data_collection_period=1)
    org = CollectedOrganisation(rng=5, weeks=3, **SMALL)
    for week in range(3):
        org.step()
        there = rows[rows["week"] == week].set_index("AgentID")["conviction"].dropna()
        staff = {person.unique_id: person.conviction for person in org.agents if not isinstance(person, Customer)}
        assert there.to_dict() == staff


def test_a_keyword_that_is_no_lever_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"programme\.budget"):
        CollectedOrganisation(**{"programme.budgte": 3.0})


def test_scenario_is_the_plan_and_an_object_of_mesas_is_left_aside() -> None:
    assert CollectedOrganisation(scenario="top-down", **SMALL).scenario_.name == "top-down"
    assert CollectedOrganisation("combined", scenario=object(), **SMALL).scenario_.name == "combined"


def test_every_person_who_is_there_has_a_place_of_their_own_and_who_leaves_leaves_a_gap() -> None:
    org = CollectedOrganisation(rng=5, weeks=20, **{**SMALL, "turnover.quit_probability": 0.3})
    places = [org.grid.place_of(person) for person in org.agents if not isinstance(person, Customer)]
    assert None not in places and len(set(places)) == len(places)
    for x, y in org.grid.places.values():
        assert 0 <= x < org.grid.width and 0 <= y < org.grid.height
    while org.running:
        org.step()
    staff = org.agents_by_type[Employee]
    assert len(staff) < SMALL["organisation.staff"]
    drawn = [person for person in org.grid.agents if isinstance(person, Employee)]
    assert {person.row for person in drawn} == {person.row for person in staff}


def test_of_many_customers_every_nth_is_drawn() -> None:
    org = CollectedOrganisation(rng=5, **{**SMALL, "organisation.customers": 900})
    market = len(org.state.populations.customers.segment)
    drawn = [kind for kind, _ in org.grid.places if kind is Customer]
    assert org.grid.one_in > 1 and len(drawn) == -(-market // org.grid.one_in)
