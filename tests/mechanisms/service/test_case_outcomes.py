import numpy as np
import pytest
from small_world import set_to, tallies_of, world_of

from ccsim.mechanisms.service.case_outcomes import close_case, next_department
from ccsim.mechanisms.service.handling_options import SCRIPT
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
