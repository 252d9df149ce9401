import numpy as np
import pytest

from ccsim.model.initial_state import initialise
from ccsim.model.recorder import TALLIES, Record
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step


@pytest.fixture
def state(small: dict) -> ModelState:
    return initialise(replace_values(default_settings(), small), 4)


def lived(state: ModelState, weeks: int, room: int) -> Record:
    record = Record.of(state, room)
    for _ in range(weeks):
        step(state)
        record.add(state)
    return record


def test_a_record_keeps_every_flow_of_every_week(state: ModelState) -> None:
    record = Record.of(state, 5)
    for week in range(5):
        step(state)
        record.add(state)
        tallies = record.tallies()
        for name in TALLIES["departments"]:
            assert tallies[name][week] == pytest.approx(getattr(state.populations.departments, name).sum()), name
        assert tallies["revenue"][week] == state.populations.firm.revenue[0]
        assert tallies["customers"][week] == state.populations.segments.customers.sum()


def test_a_record_grows_beyond_its_room(state: ModelState) -> None:
    narrow, wide = lived(state.copy(), 7, 1), lived(state.copy(), 7, 50)
    assert narrow.weeks == 7 == wide.weeks
    for name, values in wide.tallies().items():
        assert (narrow.tallies()[name] == values).all(), name


def test_what_was_kept_does_not_change_with_the_world(state: ModelState) -> None:
    record = lived(state, 2, 9)
    before = {name: values.copy() for name, values in record.tallies().items()}
    for block in state.flows.values():
        block[...] = 99.0
    assert all((record.tallies()[name] == values).all() for name, values in before.items())


def test_recording_never_writes_to_the_world(state: ModelState) -> None:
    step(state)
    copy = state.copy()
    Record.of(state, 3).add(state)
    for mine, theirs in zip(state.populations, copy.populations, strict=True):
        for one, other in [(mine, theirs)] if isinstance(mine, np.ndarray) else zip(mine, theirs, strict=True):
            assert np.array_equal(one, other)


def test_departments_and_segments_sum_to_the_organisation(state: ModelState) -> None:
    record = lived(state, 4, 4)
    whole, by_department, by_segment = record.tallies(), record.tallies("department"), record.tallies("segment")
    assert set(by_department) == set(TALLIES["departments"]) and set(by_segment) == set(TALLIES["segments"])
    assert by_department["handled"].shape == (4, 3) and by_segment["customers"].shape == (4, 3)
    assert by_department["handled"].sum(axis=1) == pytest.approx(whole["handled"])
    assert by_segment["customers"].sum(axis=1) == pytest.approx(whole["customers"])


def test_a_later_first_week_cuts_the_beginning(state: ModelState) -> None:
    record = lived(state, 6, 6)
    assert (record.tallies(first=2)["handled"] == record.tallies()["handled"][2:]).all()


def test_no_tally_bears_the_name_of_another_populations() -> None:
    # Names are one namespace in formulas; a name twice would be summed into one or overwrite the other.
    names = [*TALLIES["departments"], *TALLIES["segments"], *TALLIES["firm"]]
    assert len(set(names)) == len(names), sorted(name for name in set(names) if names.count(name) > 1)


def test_a_copy_of_a_record_goes_its_own_way(state: ModelState) -> None:
    record = lived(state, 3, 6)
    copy = record.copy()
    before = {name: values.copy() for name, values in copy.tallies().items()}
    step(state)
    record.add(state)
    record.blocks["firm"][:] = 0.0
    assert (record.weeks, copy.weeks) == (4, 3)
    assert all(np.array_equal(copy.tallies()[name], values) for name, values in before.items())
