"""A small organisation for the tests of single mechanisms, and settings with one value switched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ccsim.mechanisms.management.champions import appoint
from ccsim.mechanisms.management.coaching import carry
from ccsim.mechanisms.management.participation import involve
from ccsim.mechanisms.management.programme import inform, pay
from ccsim.model.initial_state import found
from ccsim.model.kpis import calculate
from ccsim.model.recorder import Record
from ccsim.model.settings import Settings, declared, ordinary, with_values
from ccsim.model.state import World
from ccsim.model.week import live

SMALL: dict[str, Any] = {
    "organisation.staff": 24,
    "organisation.departments": 3,
    "organisation.front_departments": 2,
    "organisation.customers": 160,
    "organisation.warm_up": 4,
}

#: A claim that holds where a parameter is off, and must fail where it is on: a test that cannot fail sees nothing.
Claim = Callable[[Settings], bool]


def set_to(values: Mapping[str, object] | None = None) -> Settings:
    """Return ordinary settings of a small organisation with some values changed."""
    return with_values(ordinary(), {**SMALL, **(values or {})})


def off(key: str) -> Settings:
    """Return settings with one parameter at its off value."""
    return set_to({key: declared()[key].off})


def on(key: str) -> Settings:
    """Return settings with one parameter at work: its default, or the far end of its range if the default is off."""
    row = declared()[key]
    ends = [end for end in reversed(row.range) if end != row.off]
    return set_to({key: row.default if row.default != row.off else row.kind(ends[0])})


def more(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return settings with further values changed."""
    return with_values(settings, values)


def check_off(claim: Claim, key: str) -> None:
    """Assert that a claim holds with a parameter off and not with it on."""
    assert claim(off(key)), f"{key} has an effect at its off value"
    assert not claim(on(key)), f"the test cannot see {key}"


def world_of(settings: Settings, seed: int = 3) -> World:
    """Return a small world that stands before week 0."""
    return found(settings, seed)


def lived(settings: Settings, weeks: int = 12, seed: int = 3) -> dict[str, np.ndarray]:
    """Return tallies and KPIs of a few weeks; a KPI goes before a tally of the same name."""
    world = world_of(settings, seed)
    record = Record.of(world, weeks)
    for _ in range(weeks):
        live(world)
        record.add(world)
    return {**record.tallies(), **calculate(record, settings.accounts.discount)}


def carried(settings: Settings) -> World:
    """Let champions be appointed and spend one week's time, before anybody else acts."""
    world = world_of(set_to())  # whose past knew no champions
    world.clear_flows()
    state, p = world.state, settings.champions
    appoint(state.staff, state.colleagues, state.departments, p, world.seed, 0)
    state.staff.carrying[:] = state.staff.champion
    carry(state.staff, state.colleagues, state.departments, p)
    return world


def spent(s: Settings, seed: int = 3) -> World:
    """Let the programme spend one week's budget, before anybody else acts."""
    world = world_of(set_to(), seed)
    world.clear_flows()
    state, p = world.state, s.programme
    state.staff.conviction[:] = 1.0
    state.leaders.conviction[:] = 1.0
    inform(state.staff, state.leaders, state.departments, state.firm, p, s.rollout, 0)
    involve(
        state.staff, state.leaders, state.departments, state.firm, (p, s.rollout, s.wins, s.empowerment.blame), seed, 0
    )
    pay(state.staff, state.leaders, state.firm, p, s.rollout)
    return world


#: Three champions at work.
SERVING = {"champions.count": 3, "champions.hours": 10.0}

CHOICES = ("closed_fast", "followed_script", "solved", "handed_over", "escalated")


def first_mix(settings: Settings, levers: Mapping[str, object] | None = None, **columns: float) -> np.ndarray:
    """Return how the cases of week 0 are handled, by option.

    Args:
        settings: in force in the past and on.
        levers: set at week 0 only, so that the past is the same with and without them.
        columns: of staff, overwritten before week 0.
    """
    world = world_of(settings)
    world.settings = more(settings, levers or {})
    for name, value in columns.items():
        getattr(world.state.staff, name)[:] = value
    live(world)
    return np.array([getattr(world.state.departments, name).sum() for name in CHOICES])
