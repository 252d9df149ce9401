import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import set_to, world_of

from ccsim.mechanisms.service.queues import (
    WAITING,
    fetch_case,
    join_queue,
    leave_queue,
    next_in_turn,
    take_next,
)
from ccsim.model.state import ModelState


def empty_queues() -> ModelState:
    state = world_of(set_to({"organisation.warm_up": 0}))
    assert (state.populations.departments.queue == 0).all()
    return state


def test_first_come_is_first_served_in_each_department() -> None:
    state = empty_queues().populations
    for case in (7, 3, 9):
        join_queue(case, 1, 0, False, state.cases, state.departments)
    join_queue(5, 2, 0, False, state.cases, state.departments)
    assert [take_next(1, state.cases, state.departments) for _ in range(3)] == [7, 3, 9]
    assert take_next(2, state.cases, state.departments) == 5
    assert state.departments.queue_first.tolist() == [-1, -1, -1] == state.departments.queue_last.tolist()
    assert state.departments.queue.tolist() == [0, 0, 0]


def test_a_queue_can_be_used_again_after_it_was_empty() -> None:
    state = empty_queues().populations
    for case in (1, 2):
        join_queue(case, 0, 0, False, state.cases, state.departments)
        assert take_next(0, state.cases, state.departments) == case


def test_a_person_who_gives_up_stays_in_the_chain_and_is_counted_no_more() -> None:
    state = empty_queues().populations
    for case in (4, 6):
        join_queue(case, 0, 0, False, state.cases, state.departments)
    leave_queue(4, state.cases, state.departments)
    assert state.departments.queue[0] == 1
    assert [take_next(0, state.cases, state.departments) for _ in range(2)] == [4, 6]
    assert state.departments.queue[0] == 0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["join", "take", "drop"]), st.integers(0, 19), st.integers(0, 2)), max_size=60)
)
def test_any_course_of_joining_taking_and_dropping_keeps_the_order_and_the_count(course: list) -> None:
    state = empty_queues().populations
    chains: list[list[int]] = [[], [], []]
    gone: set[int] = set()
    for act, case, department in course:
        inside = any(case in chain for chain in chains)
        if act == "join" and not inside:
            join_queue(case, department, 0, False, state.cases, state.departments)
            chains[department].append(case)
        elif act == "drop" and inside and case not in gone:
            leave_queue(case, state.cases, state.departments)
            gone.add(case)
        elif act == "take" and chains[department]:
            expected = chains[department].pop(0)
            assert take_next(department, state.cases, state.departments) == expected
            gone.discard(expected)
        waiting = [len([one for one in chain if one not in gone]) for chain in chains]
        assert np.asarray(state.departments.queue).tolist() == waiting


def test_a_chain_is_linked_from_case_to_case_and_remembers_week_and_department() -> None:
    state = empty_queues().populations
    cases, departments = state.cases, state.departments
    cases.next_case[:] = 77
    join_queue(4, 1, 3, False, cases, departments)
    assert (cases.next_case[4], departments.queue_first[1], departments.queue_last[1]) == (-1, 4, 4)
    join_queue(6, 1, 5, False, cases, departments)
    assert (cases.next_case[4], cases.next_case[6], departments.queue_last[1]) == (6, -1, 6)
    join_queue(2, 1, 7, True, cases, departments)
    assert (cases.next_case[2], departments.queue_first[1], departments.queue_last[1]) == (4, 2, 6)
    assert cases.queued_week[[4, 6, 2]].tolist() == [3, 5, 7] and (cases.department[[4, 6, 2]] == 1).all()
    join_queue(9, 2, 7, True, cases, departments)
    assert (cases.next_case[9], departments.queue_first[2], departments.queue_last[2]) == (-1, 9, 9)
    assert (cases.state[[2, 4, 6, 9]] == WAITING).all() and departments.queue.tolist() == [0, 3, 1]


def test_the_case_in_row_0_is_a_case_like_any_other() -> None:
    state = empty_queues().populations
    for first in (False, True):
        join_queue(0, 0, 0, first, state.cases, state.departments)
        join_queue(8, 0, 0, False, state.cases, state.departments)
        assert [take_next(0, state.cases, state.departments) for _ in range(2)] == [0, 8]
        assert (state.departments.queue_first[0], state.departments.queue_last[0]) == (-1, -1)


def test_people_of_a_department_take_turns() -> None:
    state = empty_queues().populations
    state.departments.first_staff[1], state.departments.last_staff[1] = 9, 12
    assert [next_in_turn(i, 1, state.departments) for i in (9, 10, 11)] == [10, 11, 9]


def test_the_case_behind_a_case_is_the_next_one_in_the_chain() -> None:
    state = empty_queues().populations
    for case in (0, 5):
        join_queue(case, 0, 0, False, state.cases, state.departments)
    assert [fetch_case(case, state.customers, state.cases) for case in (0, 5, -1)] == [5, -1, -1]
