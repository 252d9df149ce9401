"""A week taken apart is the week: the same calls, in the same order, on the same columns."""

import numpy as np
import pytest

from ccsim.model import phases
from ccsim.model.initial_state import initialise
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step


@pytest.fixture
def state(small: dict) -> ModelState:
    return initialise(replace_values(default_settings(), small), 4)


def columns(state: ModelState) -> list[np.ndarray]:
    """Return copies of all columns of a world."""
    found: list[np.ndarray] = []
    for each in state.populations:
        names = each.dtype.names if isinstance(each, np.ndarray) else each._fields
        found += [np.array(getattr(each, name)) for name in names] if names else [np.array(each)]
    return found


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    """Return whether two lists of columns are equal, bit for bit."""
    return all(left.tobytes() == right.tobytes() for left, right in zip(one, other, strict=True))


def test_the_phases_of_a_week_in_turn_are_a_week(state: ModelState) -> None:
    other = state.copy()
    step(state)
    for phase in phases.start_step(other):
        phase.run()
    assert other.week == state.week
    assert same(columns(state), columns(other))


def test_listing_phases_lives_none_of_them(state: ModelState) -> None:
    before = columns(state)
    assert phases.list_phases(state)
    assert same(columns(state), before)


def test_leaving_one_phase_out_is_another_week(state: ModelState) -> None:
    other = state.copy()
    step(state)
    for phase in phases.start_step(other):
        if phase.name != "service.serve":
            phase.run()
    assert not same(columns(state), columns(other))


def test_phases_bear_the_names_of_their_kernels_and_stand_in_the_order_of_the_week(state: ModelState) -> None:
    names = [phase.name for phase in phases.list_phases(state)]
    assert (
        names.index("demand.generate_cases")
        < names.index("service.serve")
        < names.index("experience.update_satisfaction")
    )
    for phase in phases.list_phases(state):
        assert phase.name.rpartition(".")[2] == getattr(phase.kernel, "__name__", "")
