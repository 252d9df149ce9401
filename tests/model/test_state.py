import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from ccsim.errors import DeclarationError
from ccsim.model.initial_state import initialise
from ccsim.model.settings import default_settings, in_order, replace_values
from ccsim.model.size import OrganisationSize
from ccsim.model.state import ModelState, empty_state
from ccsim.model.week import step

SMALL = {
    "organisation.staff": 12,
    "organisation.departments": 3,
    "organisation.front_departments": 2,
    "organisation.customers": 40,
    "organisation.warm_up": 2,
}


def columns(state: ModelState) -> list[bytes]:
    """Return every column of a state as bytes."""
    return [
        np.ascontiguousarray(array).tobytes()
        for part in state.populations
        for array in (part if isinstance(part, tuple) else (part,))
    ]


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda state: pickle.loads(pickle.dumps(state)), lambda state: state.copy()]
)
def test_a_copy_lives_on_as_the_state_itself_and_apart_from_it(copied: Callable[[ModelState], ModelState]) -> None:
    state = initialise(replace_values(default_settings(), SMALL), 7)
    step(state)
    other = copied(state)
    before = columns(other)
    step(state)
    assert columns(other) == before, "the copy moved with the original"
    step(other)
    assert columns(other) == columns(state)


def test_two_groups_of_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError, match=r"parameters organisation: .* both declare them"):
        in_order([OrganisationSize, OrganisationSize])


def test_an_empty_state_has_the_rows_asked_for() -> None:
    state = empty_state(5, 2, 3, 7, 4, 6, default_settings(), 1)
    rows = {"staff": 5, "leaders": 3, "customers": 7, "cases": 7, "departments": 4, "segments": 6, "firm": 1}
    for name, count in rows.items():
        population = getattr(state.populations, name)
        assert len(population[0] if isinstance(population, tuple) else population) == count, name
    assert state.populations.colleagues.shape == (5, 2)
