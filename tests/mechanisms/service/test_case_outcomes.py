import numpy as np
import pytest
from small_world import set_to, tallies_of, world_of

from ccsim.mechanisms.service.case_outcomes import (
    close_case,
    complete_stage,
    count_choice,
    next_department,
    pass_case,
    record_judgement,
)
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE, handoff_mode
from ccsim.mechanisms.service.handoffs import loss_of_context
from ccsim.mechanisms.service.service_quality import contact_quality, option_courtesy


def test_the_front_passes_on_to_the_back_and_the_back_to_any_other() -> None:
    departments = world_of(set_to()).populations.departments
    wheres = (np.arange(200) + 0.5) / 200
    assert (
        {next_department(0, where, departments) for where in wheres}
        == {2}
        == {next_department(1, where, departments) for where in wheres}
    )
    assert {next_department(2, where, departments) for where in wheres} == {0, 1}


def test_without_a_back_office_cases_go_to_any_other_department() -> None:
    departments = world_of(set_to({"organisation.front_departments": 3})).populations.departments
    for department in range(3):
        goals = {next_department(department, (k + 0.5) / 200, departments) for k in range(200)}
        assert goals == {0, 1, 2} - {department}


@pytest.mark.parametrize(
    ("department", "where", "goal"),
    [(0, 0.0, 1), (0, 0.19, 1), (0, 0.2, 1), (0, 0.49, 1), (0, 0.5, 2), (0, 0.9999, 2),
     (1, 0.1, 0), (1, 0.2, 2), (1, 0.5, 2), (2, 0.19, 0), (2, 0.2, 1), (2, 0.5, 0), (2, 0.9999, 0)],
)  # fmt: skip
def test_known_shares_of_hand_offs_decide_who_gets_a_case(department: int, where: float, goal: int) -> None:
    departments = world_of(set_to()).populations.departments
    # Cumulative; rounding leaves the last one a little below 1.
    departments.transfer_share[:] = [0.2, 0.5, 0.999]
    assert next_department(department, where, departments) == goal


def test_issues_that_cannot_fail_never_come_back() -> None:
    sure = {"service.script_success": 1.0, "service.script_complexity_penalty": 0.0, "service.fast_success": 1.0, "service.judgement_success": 1.0,
            "service.skill_effect": 0.0, "service.unauthorised_success": 1.0, "handoffs.handoff_error": 0.0}  # fmt: skip
    t = tallies_of(set_to({**sure, "organisation.warm_up": 0}), 20)
    assert t["returned"].sum() == 0.0
    assert (t["resolved"] == t["closed"]).all()
    assert np.nanmin(t["fcr"]) == 1.0


def test_issues_that_always_fail_are_never_resolved() -> None:
    doomed = {
        "service.script_success": 0.0,
        "service.judgement_success": 0.0,
        "service.skill_effect": 0.0,
        "handoffs.handoff_error": 1.0,
    }
    t = tallies_of(set_to({**doomed, "organisation.warm_up": 0}), 20)
    assert t["closed"].sum() > 0 == t["resolved"].sum()
    assert t["fcr"][np.isfinite(t["fcr"])].max() == 0.0


@pytest.mark.parametrize(
    ("defect", "returns", "populations", "counted"),
    [(0, 0.9, 0, "resolved"), (1, 0.4, 2, None), (1, 0.5, 0, "abandoned"), (1, 0.9, 0, "abandoned")],
)
def test_a_closed_case_is_resolved_or_comes_back_or_is_given_up(
    defect: int, returns: float, populations: int, counted: str | None
) -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    customers, cases, departments = state.populations.customers, state.populations.cases, state.populations.departments
    cases.state[5], cases.stages[5], cases.contacts[5], cases.opened_week[5], cases.defect[5] = 1, 0, 1, 2, defect
    p = state.settings.service._replace(recontact_probability=0.5)
    felt = contact_quality(option_courtesy(SCRIPT, p), 1.0 - defect, 4, cases.repetitions[5], p)
    close_case(5, option_courtesy(SCRIPT, p), 1, returns, customers, cases, departments, p, 6)
    assert (cases.state[5], customers.events[5], customers.quality[5]) == (populations, 1, felt)
    assert (departments.closed[1], departments.closed_first[1]) == (1, 1)
    assert {name: getattr(departments, name)[1] for name in ("resolved", "sound_journeys", "abandoned")} == {
        "resolved": 1 - defect,
        "sound_journeys": 1 - defect,
        "abandoned": float(counted == "abandoned"),
    }
    assert departments.resolution_weeks[1] == (4 if counted == "resolved" else 0)
    if populations == 2:
        assert (cases.stages[5], cases.defect[5], cases.repetitions[5]) == (1, 0, 1)


def stage(option: int, right: bool, stages: int = 2, defect: int = 0) -> tuple[int, int]:
    """Return the stages that are left and whether there is a defect after a contact."""
    cases = world_of(set_to({"organisation.warm_up": 0})).populations.cases
    cases.stages[3], cases.defect[3] = stages, defect
    complete_stage(option, 3, right, cases)
    return int(cases.stages[3]), int(cases.defect[3])


def test_a_contact_ends_a_stage_and_judgement_mends_what_went_wrong_before() -> None:
    for option in (FAST, SCRIPT, SOLVE, ESCALATE):
        assert stage(option, right=False) == (1, 1)
        assert stage(option, right=True) == (1, 0)
        assert stage(option, right=True, defect=1) == (1, int(option in (FAST, SCRIPT)))
    assert stage(HAND_OVER, right=False, defect=1) == (2, 1) == stage(HAND_OVER, right=True, defect=1)


def test_a_case_that_is_passed_on_waits_elsewhere_and_may_lose_what_the_customer_said() -> None:
    populations, s = (
        world_of(set_to({"organisation.warm_up": 0})).populations,
        set_to({"handoffs.loss_probability": 0.5}),
    )
    cases, departments = populations.cases, populations.departments
    departments.integration[:] = (0.2, 0.0, 0.0)
    for case, option in ((0, SCRIPT), (1, HAND_OVER), (2, SOLVE)):
        chance = loss_of_context(handoff_mode(option), 0.2, s.handoffs)
        for draw, lost in ((chance * 0.999, 1), (chance * 1.001, 0)):
            cases.repetitions[case], cases.context_lost[case] = 4, 1 - lost
            for name in ("handoffs", "handoffs_lost", "arriving"):
                getattr(departments, name)[:] = 0.0
            departments.queue_first[:], departments.queue_last[:], departments.queue[:] = -1, -1, 0
            pass_case(case, option, 0, draw, 0.3, 9, cases, departments, s.handoffs)
            assert cases.context_lost[case] == lost
            assert cases.repetitions[case] == 4 + lost + (option == HAND_OVER)
            assert departments.handoffs.tolist() == [1.0, 0.0, 0.0] and departments.handoffs_lost[0] == lost
            assert departments.arriving.tolist() == [0.0, 0.0, 1.0] and departments.queue_first[2] == case
            assert cases.queued_week[case] == 9


@pytest.mark.parametrize(("right", "complexity"), [(True, 0.9), (False, 0.9), (False, 0.5)])
def test_a_judgement_is_a_success_or_a_setback_that_is_blamed_beyond_the_rights(right: bool, complexity: float) -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    staff, cases, departments = state.populations.staff, state.populations.cases, state.populations.departments
    cases.complexity[6], staff.latitude[4] = complexity, 0.5
    record_judgement(4, 6, 1, right, staff, cases, departments, set_to({"empowerment.blame": 0.3}).empowerment, 20.0)
    assert departments.goodwill.tolist() == pytest.approx([0.0, 20.0 * complexity, 0.0])
    assert (staff.solved[4], staff.visible_successes[4], staff.setbacks[4]) == (1, right, not right)
    assert staff.blamed[4] == (0.3 if complexity > 0.5 and not right else 0.0)
    assert departments.visible_successes.tolist() == [0.0, float(right), 0.0]


def test_each_option_is_counted_in_its_column() -> None:
    departments = world_of(set_to({"organisation.warm_up": 0})).populations.departments
    names = ("closed_fast", "followed_script", "solved", "handed_over", "escalated")
    for option, name in enumerate(names):
        for column in names:
            getattr(departments, column)[:] = 0.0
        count_choice(option, 1, departments)
        assert {column: getattr(departments, column).tolist() for column in names} == {
            column: [0.0, float(column == name), 0.0] for column in names
        }
