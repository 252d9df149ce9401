"""A small organisation for the tests of single mechanisms, and settings with one value switched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ccsim.mechanisms.management.champions import appoint
from ccsim.mechanisms.management.coaching import coach
from ccsim.mechanisms.management.participation import ParticipationParameters, involve_volunteers
from ccsim.mechanisms.management.programme import inform, pay
from ccsim.model.initial_state import initialise
from ccsim.model.kpis import calculate
from ccsim.model.recorder import Record
from ccsim.model.settings import Settings, all_parameters, default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step

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
    return replace_values(default_settings(), {**SMALL, **(values or {})})


def settings_off(key: str) -> Settings:
    """Return settings with one parameter at its off value."""
    row = all_parameters()[key]
    assert row.off is not None
    return set_to({key: row.kind(row.off)})


def settings_on(key: str) -> Settings:
    """Return settings with one parameter at work: its default, or the far end of its range if the default is off."""
    row = all_parameters()[key]
    ends = [end for end in reversed(row.range) if end != row.off]
    return set_to({key: row.kind(row.default if row.default != row.off else ends[0])})


def with_values(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return settings with further values changed."""
    return replace_values(settings, values)


def check_off(claim: Claim, key: str) -> None:
    """Assert that a claim holds with a parameter off and not with it on."""
    assert claim(settings_off(key)), f"{key} has an effect at its off value"
    assert not claim(settings_on(key)), f"the test cannot see {key}"


def world_of(settings: Settings, seed: int = 3) -> ModelState:
    """Return a small world that stands before week 0."""
    return initialise(settings, seed)


def tallies_of(settings: Settings, weeks: int = 12, seed: int = 3) -> dict[str, np.ndarray]:
    """Return tallies and KPIs of a few weeks; a KPI goes before a tally of the same name."""
    state = world_of(settings, seed)
    record = Record.of(state, weeks)
    for _ in range(weeks):
        step(state)
        record.add(state)
    return {**record.tallies(), **calculate(record, settings.accounts.discount)}


def after_champions(settings: Settings) -> ModelState:
    """Let champions be appointed and spend one week's time, before anybody else acts."""
    state = world_of(set_to())  # whose past knew no champions
    state.reset_flows()
    populations, p = state.populations, settings.champions
    appoint(populations.staff, populations.colleagues, populations.departments, p, state.seed, 0)
    populations.staff.champion_hours[:] = populations.staff.champion
    coach(populations.staff, populations.colleagues, populations.departments, p)
    return state


def after_programme(s: Settings, seed: int = 3) -> ModelState:
    """Let the programme spend one week's budget, before anybody else acts."""
    state = world_of(set_to(), seed)
    state.reset_flows()
    populations, p = state.populations, s.programme
    populations.staff.conviction[:] = 1.0
    populations.leaders.conviction[:] = 1.0
    inform(populations.staff, populations.leaders, populations.departments, populations.firm, p, s.rollout, 0)
    involve_volunteers(
        populations.staff,
        populations.leaders,
        populations.departments,
        populations.firm,
        ParticipationParameters(p, s.rollout, s.visible_successes, s.empowerment.blame),
        seed,
        0,
    )
    pay(populations.staff, populations.leaders, populations.firm, p, s.rollout)
    return state


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
    state = world_of(settings)
    state.settings = with_values(settings, levers or {})
    for name, value in columns.items():
        getattr(state.populations.staff, name)[:] = value
    step(state)
    return np.array([getattr(state.populations.departments, name).sum() for name in CHOICES])
