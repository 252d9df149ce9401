from collections.abc import Mapping

import pytest

from ccsim.engine.parameters import Parameter, parameter, parameters
from ccsim.errors import DeclarationError
from ccsim.model import packs as module
from ccsim.model.packs import behavioural, core, packs, switched_on
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Scenario, load_scenario
from ccsim.simulation.simulation import simulate

SMALL = {
    "organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2,
    "organisation.customers": 60, "organisation.warm_up": 4,
}  # fmt: skip
MEMBERS = [key for pack in packs().values() for key in pack.members if key not in pack.switches]
#: What else is set where a pack is tried: a switch that alone leaves part of its mechanism at rest.
ALSO = {
    "programme": {"champions.count": 3, "rollout.testing_share": 0.3, "rollout.planning_share": 0.2,
                  "sponsorship.patience": 0.6, "visible_successes.broadcast_share": 0.5},
    "recognition": {"leadership.escalation_capacity": 4.0},
    "embedding": {"champions.count": 3},
    "champions": {"champions.count": 3, "champions.hours": 30.0},
    "technology": {"technology.spending": 8000.0, "technology.training": 1.0, "technology.usability": 1.0, "programme.budget": 8000.0},
    "structure": {"structure.stage": 3},
    "staffing": {"staffing.cut": 0.0, "staffing.workload_response": 1.0, "organisation.staff": 120, "organisation.customers": 400},
    "trials": {"trials.uncertainty": 0.6, "trials.stop_below": 0.6, "programme.budget": 20000.0},
    "segmentation": {"segmentation.priority": 0.5, "segmentation.interval_weeks": 4},
    "self-service": {"self_service.share": 0.8, "self_service.exit": False},
}  # fmt: skip


def ends(row: Parameter) -> list[float]:
    return [row.kind(end) for end in row.range if row.kind(end) != row.default]


def figures(values: Mapping[str, object], weeks: int = 9) -> bytes:
    run = simulate(Scenario("small", organisation=dict(SMALL)).with_values(values), 3, weeks)
    return b"".join(one.tobytes() for table in (run.kpis, run.departments, run.segments) for one in table.values())


@pytest.mark.parametrize("end", [0, -1], ids=["lowest", "highest"])
def test_with_no_pack_on_no_assumption_of_a_pack_moves_a_bit_of_a_run(end: int) -> None:
    assert figures({key: ends(all_parameters()[key])[end] for key in MEMBERS}) == figures({})


@pytest.mark.slow
def test_nor_does_one_of_them_alone() -> None:
    ordinary = figures({}, 60)
    assert not [key for key in MEMBERS for end in ends(all_parameters()[key]) if figures({key: end}, 60) != ordinary]


def test_nor_does_it_where_every_lever_that_is_no_switch_has_been_moved() -> None:
    levers = {
        row.key: ends(row)[-1]
        for row in all_parameters().values()
        if row.role == "lever" and not row.switches and not row.choices and row.kind is float
    }
    moved = figures(levers)
    assert moved != figures({})
    assert figures({**levers, **{key: ends(all_parameters()[key])[0] for key in MEMBERS}}) == moved


@pytest.mark.slow
@pytest.mark.parametrize("name", packs())
def test_a_pack_that_is_on_has_no_assumption_that_does_nothing(name: str) -> None:
    pack = packs()[name]
    on = {key: ends(all_parameters()[key])[-1] for key in pack.switches} | ALSO.get(name, {})
    before = figures(on, 200)
    still = [
        key
        for key in pack.members
        if key not in on and all(figures({**on, key: end}, 200) == before for end in ends(all_parameters()[key]))
    ]
    assert not still


def test_the_core_has_at_most_130_assumptions_prices_and_rosters_among_them() -> None:
    assert len(core()) <= 130, (
        "declare a new mechanism as a pack (docs/extending.md), or give up an assumption of the core"
    )


def test_a_pack_is_switched_on_by_the_scenarios_that_need_it_and_by_no_other() -> None:
    on = {
        name: {one for values in load_scenario(name).in_force() for one in switched_on(values)}
        for name in ("nothing", "hero")
    }
    assert on == {"nothing": set(), "hero": {"champions", "embedding"}}
    assert "programme" in switched_on(load_scenario("bottom-up").values())
    assert switched_on({"programme.budget": 0.0, "organisation.staff": 300}) == []


def test_a_pack_without_a_switch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    @parameters("lonely", pack="alone")
    class Lonely:
        """Nothing switches it on."""

        rate: float = parameter(0.1, unit="1/week", range=(0.0, 1.0), meaning="how fast it goes")

    rows = {row.key: row for row in Lonely.declared}  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "all_parameters", lambda: rows)
    with pytest.raises(DeclarationError, match="'alone': no parameter switches it on"):
        packs()


def test_the_core_is_assumptions_without_a_pack_and_behaviour_is_what_no_book_and_no_definition_states() -> None:
    assert {row.role for row in core()} == {"assumption"} and {row.pack for row in core()} == {""}
    rows = [row for row in all_parameters().values() if row.role == "assumption"]
    assert {row.key for row in core()} == {row.key for row in rows if not row.pack}
    behaviour = behavioural(rows)
    left_out = [row for row in rows if row not in behaviour]
    assert all(row.on_record or row.source.startswith("definition") for row in left_out)
    assert not any(row.on_record or row.source.startswith("definition") for row in behaviour)
    assert any(row.on_record for row in left_out) and len(behaviour) > 100
