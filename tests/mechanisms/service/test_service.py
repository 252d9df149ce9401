import numpy as np
import pytest
from small_world import CHOICES, set_to, tallies_of, world_of

from ccsim.mechanisms.service.choice import HandlingParameters
from ccsim.mechanisms.service.handling_options import FAST, SOLVE
from ccsim.mechanisms.service.queues import join_queue, leave_queue
from ccsim.mechanisms.service.service import carry_over, serve
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState


def served(s: Settings, cases: int, hours: float) -> ModelState:
    """Let one department serve so many fresh cases of one stage, each person having so many hours."""
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    populations = state.populations
    populations.leaders.escalation_capacity[:] = s.leadership.escalation_capacity
    populations.staff.hours[:] = hours
    populations.departments.hours[:] = 8 * hours
    for case in range(cases):
        populations.cases.stages[case], populations.cases.contacts[case] = 1, 1
        join_queue(case, 0, 0, False, populations.cases, populations.departments)
    parameters = HandlingParameters(s.service, s.scorecards, s.handoffs, s.empowerment, s.conviction, s.habit)
    serve(populations.staff, populations.leaders, populations.customers, populations.cases, populations.departments, parameters,
          s.accounts.goodwill, state.seed, 0)  # fmt: skip
    return state


def test_without_hours_nothing_is_done_and_every_person_waits() -> None:
    departments = served(set_to(), 30, 0.0).populations.departments
    assert departments.handled.sum() == 0.0 and departments.queue[0] == 30


def test_with_hours_enough_every_case_is_handled_once() -> None:
    departments = served(set_to(), 30, 1e6).populations.departments
    assert departments.handled[0] == 30
    assert departments.queue[0] == 0
    # What was handed over waits in another department until next week.
    assert departments.queue.sum() == departments.handoffs[0] == departments.arriving.sum()


def test_cases_are_shared_out_in_turn() -> None:
    state = served(set_to(), 32, 1e6).populations
    here = state.staff.department == 0
    assert state.staff.handled[here].max() - state.staff.handled[here].min() <= 1
    assert not state.staff.handled[~here].any()


def test_leaders_take_an_escalated_case_each_and_no_more_than_they_can() -> None:
    scarce = set_to({"leadership.escalation_capacity": 1.0, "service.transfer_reluctance": 0.0})
    state = served(scarce, 200, 1e6).populations
    taken = 1.0 - state.leaders.escalation_capacity
    assert set(taken) == {0.0, 1.0}
    assert state.departments.escalated.sum() == taken.sum()
    # Those who escalate have the leader of their own team, and with time enough one of 200 cases finds each of them.
    leads = np.unique(state.staff.leader[state.staff.department == 0])
    assert taken[leads].all() and taken.sum() == len(leads)


def test_a_person_begins_no_case_after_the_hours_are_used() -> None:
    state = served(set_to(), 100, 6.0).populations
    here = state.staff.department == 0
    longest = 5.0 * (1.15 + 0.8) * 1.4
    assert (state.staff.worked[here] < 6.0 + longest).all()
    assert state.departments.queue[0] > 0


def test_what_runs_late_is_taken_from_the_next_week() -> None:
    state = served(set_to(), 100, 6.0)
    populations = state.populations
    late = np.maximum(0.0, populations.staff.worked - populations.staff.hours)
    carry_over(populations.staff, populations.departments, state.settings.service)
    assert late.max() > 0.0
    assert populations.staff.overrun == pytest.approx(late)
    assert populations.departments.overrun.sum() == pytest.approx(late.sum())


def test_workload_approaches_the_work_that_waits_over_the_time_there_is() -> None:
    state = served(set_to(), 100, 6.0)
    populations, p = state.populations, state.settings.service
    waiting = populations.departments.queue - populations.departments.arriving
    load = np.minimum(
        3.0, (populations.departments.worked + p.handling_hours * waiting) / populations.departments.hours
    )
    before = populations.departments.workload.copy()
    carry_over(populations.staff, populations.departments, p)
    assert populations.departments.workload == pytest.approx(before + 0.25 * (load - before))


def test_a_department_without_hours_is_overloaded_and_no_more_than_threefold() -> None:
    state = served(set_to(), 10, 0.0)
    for _ in range(200):
        carry_over(state.populations.staff, state.populations.departments, state.settings.service)
    assert state.populations.departments.workload == pytest.approx(3.0)


def test_every_contact_is_one_of_the_five_and_judgement_costs_goodwill() -> None:
    t = tallies_of(set_to(), 20)
    assert sum(t[name] for name in CHOICES) == pytest.approx(t["handled"])
    state = served(set_to(), 60, 1e6).populations
    assert state.departments.goodwill[0] == 0.0 == state.cases.complexity[:60].sum()
    assert state.staff.solved.sum() == state.departments.solved.sum() > 0
    assert state.staff.visible_successes.sum() + state.staff.setbacks.sum() == state.staff.solved.sum()
    assert (FAST, SOLVE) == (0, 2)


def test_shorter_contacts_leave_shorter_queues_where_load_does_not_shorten_them() -> None:
    short, long = (
        tallies_of(set_to({"service.handling_hours": hours, "work_pace.pressure": 0.0}), 26)["backlog"][-13:].mean()
        for hours in (3.0, 9.0)
    )
    assert short < long


def test_little_time_is_time_and_the_load_of_a_department_without_time_is_three() -> None:
    populations, p = world_of(set_to()).populations, set_to({"service.handling_hours": 4.0}).service
    departments, staff = populations.departments, populations.staff
    staff.worked[:], staff.hours[:], staff.overrun[:] = 0.0, 0.0, 0.0
    staff.worked[0], staff.hours[0], staff.overrun[0] = 2.0, 1.95, 0.5
    departments.overrun[:], departments.workload[:] = 0.0, 0.6
    departments.hours[:], departments.worked[:] = (0.05, 0.0, 40.0), (0.05, 0.0, 30.0)
    departments.queue[:], departments.arriving[:] = (0, 0, 9), (0, 0, 5)
    carry_over(staff, departments, p)
    # What is late now counts as time of this week, what was late last week counted there.
    assert departments.overrun[0] == pytest.approx(0.05 - 0.5) and staff.overrun[0] == pytest.approx(0.05)
    assert departments.workload == pytest.approx([0.6 + 0.25 * (load - 0.6) for load in (1.0, 3.0, 46.0 / 40.0)])


def test_cases_that_arrived_this_week_wait_and_withdrawn_ones_are_taken_off() -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    populations, s = state.populations, state.settings
    cases, departments = populations.cases, populations.departments
    populations.staff.hours[:] = 1e6
    for case, week in ((3, 4), (7, 4), (5, 5), (9, 4)):
        cases.stages[case], cases.contacts[case] = 1, 1
        join_queue(case, 1, week, False, cases, departments)
    leave_queue(3, cases, departments)
    parameters = HandlingParameters(s.service, s.scorecards, s.handoffs, s.empowerment, s.conviction, s.habit)
    serve(populations.staff, populations.leaders, populations.customers, cases, departments, parameters, 0.0, 3, 4)
    # The third case came later than the week that is served, and those behind it wait, too.
    assert departments.handled.tolist() == [0.0, 1.0, 0.0]
    assert cases.state[3] == 0 and departments.queue_first[1] == 5 and departments.queue[1] == 2
    assert departments.next_staff[1] == departments.first_staff[1] + 1


def test_a_closing_at_the_first_contact_counts_as_resolved_as_far_as_repeats_are_not_traced() -> None:
    for traced in (0.0, 0.25, 1.0):
        alone = set_to({"scorecards.traced_share": traced, "leadership.escalation_capacity": 0.0})
        departments = served(alone, 60, 1e6).populations.departments
        closed, resolved = departments.closed_first.sum(), departments.resolved_first.sum()
        assert 0 < resolved < closed
        assert departments.claimed.sum() == pytest.approx(resolved + (1.0 - traced) * (closed - resolved))
