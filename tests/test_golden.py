"""A small organisation's weeks, to the last bit: what a change of the model moves, and a refactoring must not.

    python tests/test_golden.py     # after a change of the model: write the file anew, and look at the difference

The figures are weekly tallies, made of sums, products and quotients only: the same on every processor and interpreter.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Intervention, Scenario, list_scenarios, load_scenario
from ccsim.simulation.simulation import Simulation

FILE = Path(__file__).with_name("golden.json")
SMALL = {
    "organisation.staff": 30,
    "organisation.departments": 3,
    "organisation.front_departments": 2,
    "organisation.customers": 200,
    "organisation.warm_up": 6,
}
#: Every mechanism at work, those that the ordinary organisation leaves off too.
BUSY = {
    "programme.budget": 900.0, "rollout.reach": 0.8, "rollout.testing_share": 0.5, "rollout.planning_share": 0.2, "visible_successes.size": 0.8,
    "visible_successes.visibility": 0.9, "visible_successes.broadcast_share": 0.5, "visible_successes.reported_share": 0.9, "mandate.clarity": 0.8, "mandate.realism": 0.8,
    "sponsorship.patience": 0.5, "champions.count": 2, "champions.hours": 6.0, "champions.authority": 0.5,
    "staff_scorecard.journey": 0.5, "staff_scorecard.internal": 0.5, "head_scorecard.internal": 0.5,
    "recognition.level": 1.0, "structure.stage": 4, "structure.weeks_per_stage": 2.0, "structure.learning_rate": 0.02,
    "sensing.coverage": 1.0, "sensing.shared": 1.0,
    "sensing.action_hours": 5.0, "sensing.published": 1.0, "offer.cocreation": 0.5, "promise.level": 0.2,
    "personalisation.level": 0.5, "proactive.share": 0.5, "self_service.share": 0.5, "technology.spending": 900.0,
    "technology.training": 1.0, "segmentation.priority": 1.0, "segmentation.interval_weeks": 2, "segmentation.drift": 0.1,
    "staffing.workload_response": 1.0, "demand.surge": 1.2, "market.challenger": 0.2, "turnover.quit_probability": 0.02,
    "turnover.handling_time_spread": 0.2, "work_pace.pressure": 1.0, "defects.cross_department_share": 0.8,
    "fatigue.demand_control": 0.02, "service.engagement_courtesy": 0.5, "champions.example_share": 0.5, "ties.named": 1.0, "realignment.rate": 0.1,
    "customer_differences.leniency_spread": 0.1, "customer_differences.mobility_spread": 0.8,
    "customer_differences.demand_spread": 0.8, "trials.uncertainty": 0.4, "trials.stop_below": 0.1,
}  # fmt: skip
#: What happens in the busy organisation, by week: a champion leaves, a leader is replaced, posts are cut, demand
#: surges while the machine has no way out to a person.
EVENTS = {
    8: {"champions.departures": 1, "champions.count": 1},
    10: {"leadership.successor": 1},
    12: {"staffing.cut": 0.15},
    15: {"demand.surge": 1.6, "self_service.exit": False},
}


def busy() -> Scenario:
    """Return a scenario with every mechanism at work, and with events by week and by condition."""
    moves = [Intervention.create(values, week=week) for week, values in EVENTS.items()]
    moves.append(Intervention.create({"staffing.cut": 0.0}, when="backlog > 20", earliest_week=2))
    organisation = {key: value for key, value in BUSY.items() if all_parameters()[key].role != "lever"}
    levers = {key: value for key, value in BUSY.items() if all_parameters()[key].role == "lever"}
    return Scenario("busy", "Everything at once", assumptions=organisation, levers=levers, schedule=tuple(moves))


def lived(name: str) -> dict[str, str]:
    """Return tallies as hexadecimal numbers, those that are not 0.

    Of a scenario they are those of the last of 20 weeks; of ``"hero-leaves, week 54"`` those of that week, two weeks after
    the event; of ``"busy"`` the sums over 20 weeks, so that what happens in one week only is in them.
    """
    scenario = busy() if name == "busy" else load_scenario(name.partition(",")[0])
    weeks = 55 if "," in name else 20
    simulation = Simulation(scenario.with_values(SMALL), 7, weeks)
    for _ in range(weeks):
        simulation.step()
    tallies = simulation.record.tallies()
    figure = math.fsum if name == "busy" else lambda values: float(values[-1])
    return {key: figure(values).hex() for key, values in sorted(tallies.items()) if figure(values) != 0.0}


NAMES = ("nothing", "combined", "hero-leaves", "hero-leaves, week 54", "busy")


@pytest.mark.parametrize("name", NAMES)
def test_the_weeks_are_as_before_to_the_last_bit(name: str) -> None:
    before, now = json.loads(FILE.read_text(encoding="utf-8"))[name], lived(name)
    moved = {key: (before.get(key), now.get(key)) for key in {*before, *now} if before.get(key) != now.get(key)}
    assert not moved, moved


def test_the_busy_organisation_leaves_no_mechanism_off_and_no_event_out() -> None:
    for key, row in all_parameters().items():
        if row.impulse:
            assert any(key in values for values in EVENTS.values()), key
        elif row.default == row.off:
            assert BUSY.get(key, row.off) != row.off or any(key in values for values in EVENTS.values()), key


def test_the_busy_organisation_fills_every_tally() -> None:
    simulation = Simulation(busy().with_values(SMALL), 7, 20)
    for _ in range(20):
        simulation.step()
    empty = {name for name, values in simulation.record.tallies().items() if not values.any()}
    assert empty == set()


def test_every_event_of_a_shipped_scenario_comes_within_the_weeks_that_are_compared() -> None:
    moves = {(move.week, *move.set.items()) for name in list_scenarios() for move in load_scenario(name).schedule}
    assert moves == {(move.week, *move.set.items()) for move in load_scenario("hero-leaves").schedule}
    assert all(move.week is not None and move.week < 54 for move in load_scenario("hero-leaves").schedule)


if __name__ == "__main__":
    found = {name: lived(name) for name in NAMES}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
