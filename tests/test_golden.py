"""A small organisation's weeks, to the last bit: what a change of the model moves, and a refactoring must not.

    python -m tests.test_golden     # after a change of the model: write the file anew, and look at the difference

The figures are weekly tallies, made of sums, products and quotients only: the same on every processor and interpreter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.busy_organisation import STRAINED, away_from_default, busy_events, busy_values

from ccsim.model.initial_state import initialise
from ccsim.model.layout import UNKNOWN_WEEK, Layout
from ccsim.model.recorder import Record
from ccsim.model.settings import all_parameters, default_settings, replace_values
from ccsim.model.week import step
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
#: Sizes at which no two populations have as many rows and people have leaders of two tiers; and those of a firm in which
#: every leader, the one in row 0 too, leads a team and has no superior.
UNUSUAL_SIZES = {
    "staff": 41, "departments": 5, "front_departments": 3, "tiers": 2, "span": 4, "ties": 5, "cross_ties": 0.3,
    "customers": 230, "segments": 4, "prospects": 0.4, "warm_up": 5,
}  # fmt: skip
FAINT_SIZES = {
    "staff": 17, "departments": 2, "front_departments": 1, "tiers": 1, "span": 100, "ties": 3, "cross_ties": 0.1,
    "customers": 120, "segments": 2, "prospects": 0.2, "warm_up": 3,
}  # fmt: skip


def busy() -> Scenario:
    """Return a scenario with every mechanism at work, and with events by week and by condition."""
    moves = [Intervention.create(values, week=week) for week, values in busy_events().items()]
    moves.append(Intervention.create({"staffing.cut": 0.0}, when="backlog > 20", earliest_week=2))
    values, rows = busy_values(), all_parameters()
    organisation = {key: value for key, value in values.items() if rows[key].role != "lever"}
    levers = {key: value for key, value in values.items() if rows[key].role == "lever"}
    return Scenario("busy", "Everything at once", assumptions=organisation, levers=levers, schedule=tuple(moves))


def strained() -> Scenario:
    """Return the busy scenario with a programme that is dropped, and with posts that come back as cases wait."""
    scenario = busy().with_values(STRAINED)
    moves = [move for move in scenario.schedule if move.when is None]
    moves.append(Intervention.create({"staffing.cut": 0.05}, when="backlog > 20", earliest_week=14))
    return replace(scenario, name="strained", schedule=tuple(moves))


def away(name: str, share: float, changed: dict[str, object], sizes: dict[str, float]) -> Scenario:
    """Return a scenario of some sizes in which no value is the default, with all events.

    Args:
        name: name of the scenario.
        share: where the values lie in their ranges, see :func:`tests.busy_organisation.away_from_default`.
        changed: values that lie elsewhere, by key.
        sizes: by name.
    """
    values, rows = away_from_default(share) | changed, all_parameters()
    organisation = {key: value for key, value in values.items() if rows[key].role != "lever"}
    organisation |= {f"organisation.{size}": value for size, value in sizes.items()}
    levers = {key: value for key, value in values.items() if rows[key].role == "lever"}
    moves = [Intervention.create(values, week=week) for week, values in busy_events().items()]
    return Scenario(name, "No default", assumptions=organisation, levers=levers, schedule=tuple(moves))


def unusual() -> Scenario:
    """Return a scenario without defaults: a factor of 1 or a weight of 0 hides how it is used."""
    return away(
        "unusual", 0.37, {"ties.named": 0.0, "champions.count": 4, "segmentation.interval_weeks": 3}, UNUSUAL_SIZES
    )


def faint() -> Scenario:
    """Return a scenario in which every mechanism is at work, but hardly: what is small is not off."""
    return away("faint", 0.04, {"segmentation.interval_weeks": 4, "structure.stage": 1}, FAINT_SIZES)


def layout() -> Layout:
    """Return an organisation of four departments and seven leaders, of which everything is known that files can state."""
    department = np.repeat(np.arange(4), (9, 7, 6, 4))
    hired = np.where(np.arange(26) % 3 == 0, UNKNOWN_WEEK, -7 * np.arange(26))
    above = np.array([-1, 0, 0, 0, 1, 2, 2])
    return Layout(
        "known", {"front_departments": 2}, {}, ("a", "b", "c", "d"), department,
        contract=0.5 + np.arange(26) % 4 / 8.0,
        leader=np.array([4, 5, 6, 3])[department], vacant=(np.arange(26) == 11).astype(np.int64), hired=hired, ties=None,
        superior=above, leader_department=np.array([-1, 0, 1, 3, 0, 1, 2]), tier=np.array([0, 1, 1, 1, 2, 2, 2]),
        empty=np.array([0, 0, 0, 0, 0, 1, 0]), reports_to=above,
        calls=np.array([3.0, 2.0, 0.0, 0.0]), takes=np.array([1.0, 2.0, 4.0, 3.0]),
        onward=np.array([0.8, 1.1, 1.3, 0.9]), minutes=np.array([0.9, 1.2, 1.05, 0.8]),
        segments=("x", "y", "z"), customers=np.array([30, 90, 60]), value=np.array([2.0, 0.6, 1.1]),
        mobility=np.array([0.7, 1.0, 1.4]),
    )  # fmt: skip


def laid_out() -> Record:
    """Return the record of 20 weeks of an organisation that is known from files, with every mechanism at work."""
    known, sizes = layout(), {"staff": 26, "departments": 4, "front_departments": 2, "customers": 180, "segments": 3}
    of_sizes = {f"organisation.{name}": size for name, size in sizes.items()}
    values = away_from_default(0.63) | {
        "champions.count": 2,
        "segmentation.interval_weeks": 3,
        "implementation.gap": True,
    }
    state = initialise(replace_values(default_settings(), {**values, **of_sizes, "organisation.warm_up": 4}), 7, known)
    record = Record.of(state, 20)
    for week in range(20):
        if week in busy_events():
            state.settings = replace_values(state.settings, busy_events()[week])
        step(state)
        record.add(state)
    return record


def lived(name: str) -> dict[str, str]:
    """Return tallies as hexadecimal numbers, those that are not 0.

    Of a scenario they are those of the last of 20 weeks; of ``"hero-leaves, week 54"`` those of that week, two weeks after
    the event; of the organisations that are made here the sums over 20 weeks, so that what happens in one week only is in
    them.
    """
    if name == "laid out":
        return hexadecimal(laid_out().tallies(), math.fsum)
    own = {"busy": busy, "strained": strained, "unusual": unusual, "faint": faint}
    scenario = own[name]() if name in own else load_scenario(name.partition(",")[0])
    weeks = 55 if "," in name else 20
    simulation = Simulation(scenario if name in ("unusual", "faint") else scenario.with_values(SMALL), 7, weeks)
    for _ in range(weeks):
        simulation.step()
    return hexadecimal(simulation.record.tallies(), math.fsum if name in own else lambda values: float(values[-1]))


def hexadecimal(tallies: dict[str, np.ndarray], summary: Callable[[np.ndarray], float]) -> dict[str, str]:
    """Return a summary of the weeks of each tally as a hexadecimal number, where it is not 0."""
    return {key: summary(values).hex() for key, values in sorted(tallies.items()) if summary(values) != 0.0}


NAMES = (
    "nothing",
    "combined",
    "hero-leaves",
    "hero-leaves, week 54",
    "busy",
    "strained",
    "unusual",
    "faint",
    "laid out",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_weeks_are_as_before_to_the_last_bit(name: str) -> None:
    before, now = json.loads(FILE.read_text(encoding="utf-8"))[name], lived(name)
    moved = {key: (before.get(key), now.get(key)) for key in {*before, *now} if before.get(key) != now.get(key)}
    assert not moved, f"after a change of the model, and only then: python -m tests.test_golden; moved: {moved}"


def test_the_busy_organisation_leaves_no_mechanism_off_and_no_event_out() -> None:
    values, moved = busy_values(), {key for set_ in busy_events().values() for key in set_}
    for key, row in all_parameters().items():
        if row.impulse:
            assert key in moved, key
        elif row.default == row.off:
            assert values.get(key, row.off) != row.off or key in moved, key


def busy_tallies(changed: Scenario) -> dict[str, list[float]]:
    """Return the tallies of 20 weeks of the busy scenario or of a variation of it."""
    simulation = Simulation(changed.with_values(SMALL), 7, 20)
    for _ in range(20):
        simulation.step()
    return {name: values.tolist() for name, values in simulation.record.tallies().items()}


@pytest.mark.slow
def test_every_mechanism_and_every_event_moves_something_in_the_busy_or_the_strained_organisation() -> None:
    rows, idle = all_parameters(), []
    usual = {"busy": busy_tallies(busy()), "strained": busy_tallies(strained())}
    for group in dict.fromkeys(row.group for row in rows.values()):
        offs = {key: row for key, row in rows.items() if row.group == group and row.off is not None and not row.impulse}
        off = {key: row.kind(row.off) for key, row in offs.items() if row.off is not None}
        if not off or busy_tallies(busy().with_values(off)) != usual["busy"]:
            continue
        if busy_tallies(strained().with_values(off)) == usual["strained"]:
            idle.append(group)
    scenario = strained()
    for move in scenario.schedule:
        rest = tuple(other for other in scenario.schedule if other is not move)
        if busy_tallies(replace(scenario, schedule=rest)) == usual["strained"]:
            idle.append(f"week {move.week}: {sorted(move.set)}")
    assert not idle


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
