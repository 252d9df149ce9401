import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.engine.rng import to_unit_interval, uniform
from ccsim.mechanisms.demand.demand import (
    PRIORITY_STREAM,
    PROACTIVE_STREAM,
    DemandParameters,
    abandon_queues,
    abandons,
    complexity_of,
    first_department,
    generate_cases,
    open_case,
    stages_of,
)
from ccsim.mechanisms.market.market import draw_random_words
from ccsim.mechanisms.service.queues import RETURNING, WAITING
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step


def raise_cases(state: ModelState, p: Settings) -> None:
    """Let the customers of an organisation raise the cases of a week."""
    populations = state.populations
    parameters = DemandParameters(
        p.demand, p.self_service, p.proactive, p.segmentation, p.accounts.revenue, p.service.handling_hours
    )
    generate_cases(
        populations.customers,
        populations.cases,
        populations.departments,
        populations.segments,
        2,
        parameters,
        state.seed,
        0,
    )


def as_drawn(s: Settings) -> bool:
    """Whether just those customers raise an issue whose draw is below the plain rate."""
    state = world_of(s)
    populations = state.populations
    free = (populations.customers.active == 1) & (populations.cases.state == 0)
    state.reset_flows()
    raise_cases(state, s)
    asks = np.array([to_unit_interval(word) < s.demand.rate for word in populations.customers.u_request])
    return bool(populations.departments.raised.sum() == (free & asks).sum())


def nobody_gives_up(s: Settings) -> bool:
    return bool(
        tallies_of(with_values(s, {"capacity.weekly_hours": 0.0, "market.churn": 0.0}), 8)["abandoned"].sum() == 0
    )


OFF = {
    "demand.rate": lambda s: tallies_of(s, 6)["raised"].sum() == 0.0,
    "demand.surge": as_drawn,
    "demand.journeys": lambda s: max(stages_of(luck, 5, s.demand) for luck in (0.0, 0.1, 0.9)) == 1,
    "demand.abandonment_rate": nobody_gives_up,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_with_certainty_every_person_without_an_open_issue_raises_one() -> None:
    state = world_of(set_to({"demand.rate": 1.0, "organisation.warm_up": 0}))
    state.reset_flows()
    populations = state.populations
    raise_cases(state, state.settings)
    assert populations.departments.raised.sum() == 160 == populations.departments.queue.sum()
    assert (populations.cases.state[populations.customers.active == 0] == 0).all()
    assert populations.departments.raised[2] == 0.0


def test_a_surge_multiplies_demand() -> None:
    raised = [
        tallies_of(set_to({"demand.surge": surge, "organisation.warm_up": 0}), 1)["raised"][0] for surge in (0, 1, 2)
    ]
    assert raised[0] == 0.0
    assert 1.5 * raised[1] < raised[2] < 2.5 * raised[1]


def test_journeys_are_no_longer_than_there_are_departments() -> None:
    p = set_to({"demand.journeys": 1.0}).demand
    assert [stages_of(0.5, departments, p) for departments in (1, 2, 3, 9)] == [1, 2, 3, 3]


def test_most_cases_are_simple_and_one_third_is_the_mean() -> None:
    hardness = np.array([complexity_of((k + 0.5) / 10_000) for k in range(10_000)])
    assert hardness.mean() == pytest.approx(1 / 3, abs=1e-6)
    assert np.median(hardness) == pytest.approx(0.25, abs=1e-3)


def test_those_who_wait_longer_tire_sooner_and_those_who_just_came_never() -> None:
    state = world_of(
        set_to(
            {
                "capacity.weekly_hours": 0.0,
                "demand.abandonment_rate": 0.0,
                "market.churn": 0.0,
                "organisation.warm_up": 0,
            }
        )
    )
    step(state)
    populations, p = state.populations, state.settings.demand._replace(abandonment_rate=0.1)
    waiting = int((populations.cases.state == 1).sum())
    gone = []
    for week in (0, 1, 5, 10):
        copy = state.copy()
        copy.reset_flows()
        draw_random_words(copy.populations.customers, state.seed, 100)
        abandon_queues(copy.populations.customers, copy.populations.cases, copy.populations.departments, p, week)
        gone.append(int(copy.populations.departments.abandoned.sum()))
        assert (
            copy.populations.departments.queue.sum() == waiting - gone[-1] == (copy.populations.cases.state == 1).sum()
        )
        assert copy.populations.customers.events.sum() == gone[-1]
    assert gone[0] == 0 < gone[1] < gone[2] < gone[3] == waiting


def test_only_those_who_are_drawn_for_it_are_contacted_ahead() -> None:
    state = world_of(set_to({"demand.rate": 1.0, "proactive.share": 0.5, "organisation.warm_up": 0}))
    state.reset_flows()
    populations, s = state.populations, state.settings
    parameters = DemandParameters(
        s.demand, s.self_service, s.proactive._replace(accuracy=0.6), s.segmentation, s.accounts.revenue, s.service.handling_hours
    )  # fmt: skip
    generate_cases(
        populations.customers,
        populations.cases,
        populations.departments,
        populations.segments,
        2,
        parameters,
        state.seed,
        0,
    )
    drawn = np.array([uniform(state.seed, PROACTIVE_STREAM, 0, i) < 0.3 for i in range(160)])
    assert 20 < drawn.sum() < 80
    assert (populations.cases.state[:160] == np.where(drawn, 0, 1)).all()
    assert populations.departments.raised.sum() == 160 - drawn.sum()


@pytest.mark.parametrize(
    ("where", "department"), [(0.0, 0), (0.49, 0), (0.5, 1), (0.79, 1), (0.8, 2), (0.99, 2), (1.0, 2)]
)
def test_customers_call_a_department_in_front_as_often_as_is_known_of_it(where: float, department: int) -> None:
    departments = world_of(set_to()).populations.departments
    departments.call_share[:3] = 0.5, 0.8, 0.9  # sums; the last department in front takes what is left
    assert first_department(where, 3, departments) == department


def test_without_known_shares_each_department_in_front_is_called_as_often() -> None:
    departments = world_of(set_to()).populations.departments
    departments.call_share[:] = 0.0
    assert [first_department(where, 4, departments) for where in (0.0, 0.24, 0.25, 0.6, 0.99)] == [0, 0, 1, 2, 3]


def test_a_small_share_is_contacted_ahead_or_sent_to_the_machine() -> None:
    state = world_of(set_to({"demand.rate": 1.0, "organisation.warm_up": 0, "organisation.customers": 400}))
    small = {"proactive.share": 0.08, "proactive.accuracy": 1.0, "self_service.share": 0.08}
    state.reset_flows()
    raise_cases(state, with_values(set_to({"demand.rate": 1.0}), small))
    assert 10 < state.populations.departments.outreach.sum() < 60
    assert 10 < state.populations.segments.bot_contacts.sum() < 60


def test_a_new_case_has_one_contact_and_remembers_what_went_before() -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    state.reset_flows()
    populations, s = state.populations, set_to({"demand.journeys": 0.5, "segmentation.priority": 0.05})
    cases, departments, customers = populations.cases, populations.departments, populations.customers
    parameters = DemandParameters(s.demand, s.self_service, s.proactive, s.segmentation, s.accounts.revenue, 5.0)
    departments.handoff_factor[:] = (1.0, 2.0, 1.0)
    customers.estimate[:] = s.accounts.revenue
    for i, department, length, stages in ((0, 0, 0.49, 2), (1, 0, 0.51, 1), (2, 1, 0.51, 2), (3, 1, 0.49, 3)):
        cases.repetitions[i], cases.defect[i], cases.context_lost[i] = 9, 1, 1
        open_case(i, department, 0.6, length, i, customers, cases, departments, parameters, 3, 8)
        assert (cases.stages[i], cases.contacts[i], cases.opened_week[i], cases.queued_week[i]) == (stages, 1, 8, 8)
        assert (cases.defect[i], cases.context_lost[i], cases.repetitions[i]) == (0, 0, i)
        assert cases.complexity[i] == pytest.approx(0.36, abs=1e-6)
    assert departments.raised.tolist() == [2.0, 2.0, 0.0] == departments.queue.tolist()
    assert departments.queue_first.tolist() == [0, 2, -1]


def test_some_cases_of_valuable_customers_go_to_the_front() -> None:
    state = world_of(set_to({"organisation.warm_up": 0}))
    populations, s = state.populations, set_to({"segmentation.priority": 0.05})
    cases, departments, customers = populations.cases, populations.departments, populations.customers
    parameters = DemandParameters(s.demand, s.self_service, s.proactive, s.segmentation, s.accounts.revenue, 5.0)
    customers.estimate[:] = 9.0 * s.accounts.revenue
    firsts = set()
    for i in range(160):
        open_case(i, 0, 0.6, 0.9, 0, customers, cases, departments, parameters, 3, 8)
        firsts.add(int(departments.queue_first[0]))
    chosen = [i for i in range(160) if uniform(3, PRIORITY_STREAM, 8, i) < 0.05]
    assert firsts == {0, *chosen} and len(chosen) > 2


def test_a_journey_is_as_long_as_its_draw_says() -> None:
    p = set_to({"demand.journeys": 0.5}).demand
    assert [stages_of(draw, 3, p) for draw in (0.0, 0.249, 0.25, 0.499, 0.5)] == [3, 3, 2, 2, 1]
    assert [stages_of(0.0, departments, p) for departments in (1, 2, 3)] == [1, 2, 3]
    assert [abandons(waited, 0.1, p._replace(abandonment_rate=0.05)) for waited in (0, 2, 3)] == [False, False, True]


def test_a_returning_case_counts_a_contact_and_waits_where_it_was() -> None:
    state = world_of(set_to({"organisation.warm_up": 0, "demand.rate": 0.0}))
    state.reset_flows()
    cases, departments = state.populations.cases, state.populations.departments
    cases.state[[0, 7]], cases.department[[0, 7]], cases.contacts[[0, 7]] = RETURNING, (2, 1), (1, 3)
    raise_cases(state, state.settings)
    assert cases.contacts[[0, 7]].tolist() == [2, 4] and (cases.state[[0, 7]] == WAITING).all()
    assert departments.returned.tolist() == [0.0, 1.0, 1.0] == departments.queue.tolist()


@pytest.mark.parametrize(("where", "department"), [(0.04, 0), (0.05, 1), (0.99, 1)])
def test_a_small_known_share_of_calls_is_known(where: float, department: int) -> None:
    departments = world_of(set_to()).populations.departments
    departments.call_share[:3] = 0.05, 1.0, 1.0
    assert first_department(where, 2, departments) == department
