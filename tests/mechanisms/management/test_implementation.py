import pytest
from small_world import check_off, set_to, with_values, world_of

from ccsim.mechanisms.management.implementation import (
    card_in_use,
    card_update,
    closing_pace,
    enact_decree,
    enactment_support,
)
from ccsim.model.settings import Settings
from ccsim.model.week import step

DECREED = {"staff_scorecard.handling_time": 0.0, "staff_scorecard.journey": 1.0}


def in_use_after(s: Settings, weeks: int, conviction: float = 0.5, cynicism: float = 0.2) -> float:
    """Return the weight of handling time in use so many weeks after it was decreed away."""
    state = world_of(set_to())
    populations = state.populations
    populations.leaders.conviction[:], populations.leaders.credibility[:], populations.staff.cynicism[:] = (
        conviction,
        1.0,
        cynicism,
    )
    decreed = with_values(s, DECREED)
    for _ in range(weeks):
        enact_decree(
            populations.staff,
            populations.leaders,
            populations.departments,
            decreed.staff_scorecard,
            decreed.implementation,
            decreed.mandate,
        )
    return float(card_in_use(0, populations.departments).handling_time)


OFF = {"implementation.gap": lambda s: in_use_after(s, 1) == 0.0}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_under_full_support_the_gap_closes_at_the_declared_pace() -> None:
    s = set_to({"implementation.closing_rate": 0.1})
    ordinary = set_to().staff_scorecard.handling_time
    assert in_use_after(s, 10, conviction=1.0, cynicism=0.0) == pytest.approx(ordinary * 0.9**10)
    assert in_use_after(s, 10, conviction=0.0) == ordinary


@pytest.mark.parametrize("lacking", range(5))
def test_each_factor_that_lacks_holds_up_the_whole(lacking: int) -> None:
    factors = [1.0, 1.0, 1.0, 1.0, 0.0]
    assert enactment_support(*factors) == 1.0
    factors[lacking] = 1.0 if lacking == 4 else 0.0
    assert enactment_support(*factors) == 0.0


def test_without_a_gap_a_decree_is_done_at_once_even_without_support() -> None:
    assert closing_pace(0.0, set_to({"implementation.gap": False}).implementation) == 1.0
    assert closing_pace(0.0, set_to().implementation) == 0.0
    assert card_update(0.4, 0.7, 1.0) == 0.7


def test_where_no_person_leads_what_is_decreed_is_agreed_upon() -> None:
    state = world_of(set_to({"organisation.tiers": 0}))
    s, populations = state.settings, state.populations
    populations.staff.cynicism[:] = 0.25
    enact_decree(
        populations.staff, populations.leaders, populations.departments, s.staff_scorecard, s.implementation, s.mandate
    )
    assert populations.departments.support == pytest.approx(0.75)


def test_decreed_measures_show_in_what_people_choose_and_later_where_they_have_to_be_led() -> None:
    decreed = {"staff_scorecard.handling_time": 1.0, "staff_scorecard.csat": 0.0, "organisation.customers": 400}
    settings = (set_to({**decreed, "implementation.gap": gap}) for gap in (False, True))
    at_once, led = (fast_after_a_decree(one) for one in settings)
    assert at_once > led


def fast_after_a_decree(s: Settings) -> float:
    """Return how many contacts are closed fast in ten weeks after handling time becomes the only measure."""
    state = world_of(set_to({"organisation.customers": 400}))
    state.settings = s
    fast = 0.0
    for _ in range(10):
        step(state)
        fast += float(state.populations.departments.closed_fast.sum())
    return fast


def test_the_support_and_the_measures_of_a_department_are_those_of_its_leaders() -> None:
    state = world_of(set_to({"organisation.tiers": 1, "organisation.span": 100})).populations
    assert state.staff.leader.tolist() == state.staff.department.tolist()  # the leader in row 0, too, leads a team
    s = set_to({"implementation.gap": False, "mandate.clarity": 0.9, "mandate.realism": 0.8})
    state.leaders.credibility[:], state.leaders.conviction[:] = (0.5, 0.6, 0.7), (0.4, 0.3, 0.2)
    state.leaders.realigned[:], state.staff.cynicism[:] = (0.5, 0.0, 1.0), 0.25
    enact_decree(state.staff, state.leaders, state.departments, s.staff_scorecard, s.implementation, s.mandate)
    assert state.departments.support == pytest.approx([0.9 * 0.8 * c * 0.75 for c in (0.2, 0.18, 0.14)])
    decreed = s.staff_scorecard
    assert state.departments.by_handling_time == pytest.approx(
        [decreed.handling_time * share for share in (0.5, 1.0, 0.0)]
    )


def test_without_leaders_no_measure_is_turned() -> None:
    state = world_of(set_to({"organisation.tiers": 0})).populations
    s = set_to({"implementation.gap": False, "staff_scorecard.handling_time": 0.7})
    enact_decree(state.staff, state.leaders, state.departments, s.staff_scorecard, s.implementation, s.mandate)
    assert (state.departments.by_handling_time == 0.7).all()
