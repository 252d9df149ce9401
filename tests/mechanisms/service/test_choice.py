import numpy as np
import pytest
from small_world import CHOICES, first_mix, set_to, tallies_of, with_values, world_of

from ccsim.errors import InputError
from ccsim.mechanisms.incentives.measures import act_score, peer_rating
from ccsim.mechanisms.incentives.scorecards import incentive_weight
from ccsim.mechanisms.management.empowerment import monitoring_cost, risk_cost
from ccsim.mechanisms.service.choice import CaseFeatures, PersonFeatures, person_features, sample_choice, utility
from ccsim.mechanisms.service.handling_options import (
    ESCALATE,
    FAST,
    HAND_OVER,
    SCRIPT,
    SOLVE,
    handling_time,
    handoff_mode,
    success_probability,
)
from ccsim.mechanisms.service.handoffs import loss_of_context
from ccsim.mechanisms.service.service_quality import option_courtesy
from ccsim.model.settings import Settings
from ccsim.model.week import step

NEVER = -1.0e9
#: Reward, belief, norm, habit, effort, fear and checks: every term of a choice that a person or a lever can move.
WITHOUT_TERMS = {
    "scorecards.utility_weight": 0.0, "conviction.utility_weight": 0.0, "conviction.norm_weight": 0.0, "habit.utility_weight": 0.0, "service.effort_weight": 0.0,
    "empowerment.blame_weight": 0.0, "empowerment.monitoring_weight": 0.0, "service.transfer_reluctance": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("option", range(5))
def test_what_is_out_of_reach_is_never_chosen_and_what_is_alone_always(option: int) -> None:
    appeals = [NEVER] * 5
    appeals[option] = 3.0
    assert {sample_choice(*appeals, luck) for luck in (1e-10, 0.3, 0.7, 1 - 1e-10)} == {option}


def test_every_draw_yields_an_option_even_for_huge_appeals() -> None:
    for draw in (1e-10, 0.5, 1 - 2.0**-33):
        assert sample_choice(4e5, 4e5, -4e5, NEVER, NEVER, draw) in (0, 1)
        assert 0 <= sample_choice(0.0, 0.0, 0.0, 0.0, 0.0, draw) <= 4


def test_without_any_term_the_five_ways_are_equally_likely() -> None:
    # About 1,500 choices: each share has a standard error of 1 %; four of them are allowed (once in 3,000 seeds).
    t = tallies_of(
        set_to(
            {
                **WITHOUT_TERMS,
                "leadership.escalation_capacity": 800.0,
                "service.handling_hours": 0.5,
            }
        ),
        20,
    )
    counts = np.array([t[name].sum() for name in CHOICES])
    assert counts.sum() > 1500
    assert np.abs(counts / counts.sum() - 0.2).max() < 4 * np.sqrt(0.16 / counts.sum())


def test_no_person_hands_over_within_one_department_or_escalates_to_no_person() -> None:
    alone = first_mix(set_to({"organisation.departments": 1, "organisation.front_departments": 1}))
    assert alone[HAND_OVER] == 0 < alone.sum()
    leaderless = first_mix(set_to({"organisation.tiers": 0}))
    assert leaderless[ESCALATE] == 0 < leaderless.sum()


def solved(settings: Settings, **columns: float) -> float:
    mix = first_mix(settings, **columns)
    return float(mix[SOLVE] / mix.sum())


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("conviction", 0.0, 1.0), ("habit", 0.0, 1.0), ("peer_practice", 0.0, 1.0), ("safety", 0.0, 1.0), ("skill", 0.0, 1.0)],
)  # fmt: skip
def test_what_speaks_for_judgement_makes_it_more_frequent(column: str, low: float, high: float) -> None:
    s = with_values(set_to({"organisation.staff": 96, "organisation.customers": 640}), {"empowerment.blame": 1.0})
    assert solved(s, **{column: high}) > solved(s, **{column: low})


@pytest.mark.parametrize("lever", ["empowerment.strictness", "empowerment.blame"])
def test_checks_and_blame_turn_people_into_policy_cops(lever: str) -> None:
    organisation = set_to({"organisation.staff": 96, "organisation.customers": 640})
    strict, lenient = (first_mix(organisation, {lever: value}) for value in (1.0, 0.0))
    assert strict[SOLVE] < lenient[SOLVE]


def test_those_who_do_not_mind_rewards_do_not_lean_to_the_scorecard() -> None:
    card = {"staff_scorecard.handling_time": 1000.0, "scorecards.strength": 3.0}
    indifferent, keen = (first_mix(set_to(), card, reward_sensitivity=taste) for taste in (0.0, 2.0))
    assert keen[0] > indifferent[0]
    assert (first_mix(set_to(), reward_sensitivity=0.0) == indifferent).all()


@pytest.mark.parametrize(
    "values",
    [{"service.handling_hours": 0.0}, {"service.judgement_time": 0.0, "service.complexity_time": 0.0}],
    ids=str,
)
def test_contacts_that_take_no_time_are_refused_or_still_chosen_for(values: dict) -> None:
    try:
        settings = set_to(values)
    except InputError:
        return
    mix = first_mix(settings)
    assert mix[ESCALATE] < mix.sum()


def test_two_departments_hand_over_to_each_other() -> None:
    both = first_mix(set_to({"organisation.departments": 2, "organisation.front_departments": 1}))
    assert 0 < both[HAND_OVER] < both.sum()


def test_the_first_team_lead_is_put_cases_to_like_the_others() -> None:
    keen = {"leadership.escalation_capacity": 800.0, "service.transfer_reluctance": 0.0}
    state = world_of(set_to({**keen, "organisation.tiers": 1, "organisation.span": 100}))
    assert state.populations.staff.leader.tolist() == state.populations.staff.department.tolist()
    escalated = np.zeros(3)
    for _ in range(4):
        step(state)
        escalated += state.populations.departments.escalated
    assert escalated.min() > 0


def person(lead: int, **columns: float) -> PersonFeatures:
    """Return the features of the person in row 1, whose leader and columns are set."""
    state = world_of(set_to())
    for name, value in columns.items():
        getattr(state.populations.staff, name)[1] = value
    state.populations.leaders.reference_score[:], state.populations.leaders.reported_score[:] = 0.6, 0.5
    p = set_to(
        {
            "scorecards.pressure": 4.0,
            "conviction.norm_weight": 2.0,
            "conviction.utility_weight": 3.0,
            "habit.utility_weight": 1.5,
        }
    )
    return person_features(
        1, lead, 0.2, state.populations.staff, state.populations.leaders, p.scorecards, p.conviction, p.habit
    )


def test_the_features_of_a_person_are_the_sums_and_products_that_they_are_declared_to_be() -> None:
    columns = {
        "skill": 0.5, "knowledge_bonus": 0.1, "latitude": 0.4, "borrowed_rights": 0.3, "safety": 0.5, "conviction": 0.7,
        "habit": 0.6, "peer_practice": 0.35, "expected_recognition": 0.05, "fatigue": 0.11, "time_penalty": 0.12,
        "reward_sensitivity": 1.2,
    }  # fmt: skip
    for lead, pressure in ((-1, 1.0), (0, 1.4), (3, 1.4)):
        expected = (0.6, 0.7, 1.2 * pressure, 0.5, 2.1, 2.0 * 0.1 + 0.05 + 0.2, 0.9, 0.11, 0.12)
        assert person(lead, **columns) == pytest.approx(expected)
    full = person(-1, skill=0.95, knowledge_bonus=0.1, latitude=0.9, borrowed_rights=0.3)
    assert (full.skill, full.authority) == (1.0, 1.0)


def test_a_draw_on_the_border_of_two_options_takes_the_next_one() -> None:
    # Five options of equal utility: the borders are at exact fifths of the sum of 5.
    borders = [sample_choice(0.0, 0.0, 0.0, 0.0, 0.0, draw) for draw in (0.0, 0.2, 0.4, 0.6, 0.8)]
    assert borders == [0, 1, 2, 3, 4]


CASE = CaseFeatures(
    complexity=0.6, stages=2, context_lost=1.0, routine=0.3, workload=1.2, success_loss=0.1, integration=0.25
)
PERSON = PersonFeatures(
    skill=0.5, authority=0.45, reward_weight=1.3, felt_latitude=0.2, belief=1.1, norm=0.3, habit=0.4, fatigue=0.15,
    time_penalty=0.05,
)  # fmt: skip


@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("option", range(5))
def test_the_utility_of_an_option_is_the_sum_of_its_terms(option: int, stages: int) -> None:
    s = set_to({"staff_scorecard.journey": 0.3, "staff_scorecard.internal": 0.2})
    p, cards, handoffs, empowerment = s.service, s.scorecards, s.handoffs, s.empowerment
    case, card = CASE._replace(stages=stages), s.staff_scorecard
    hours = handling_time(option, 0.6, 0.3, 1.0, 0.05, p, handoffs.repeat_time)
    success = success_probability(option, 0.6, 0.5, 0.45, 1.0, 0.1, p, handoffs.handoff_error)
    longest = p.handling_hours * (p.judgement_time + p.complexity_time)
    lost = loss_of_context(handoff_mode(option), 0.25, handoffs) if stages == 2 or option == HAND_OVER else 0.0
    journey = (0.8 * p.script_success if option == HAND_OVER else success) * (1.0 - lost)
    closing = option in (FAST, SCRIPT, SOLVE)
    rework = cards.traced_share * (1.0 - success) * p.handling_hours * closing
    courtesy = option_courtesy(option, p)
    reward = act_score(
        card, 1.0 - hours / longest, 1.0 - (hours + rework) / longest, courtesy, success, float(closing), journey, cards
    ) + peer_rating(card, 0.0 if option == HAND_OVER else 1.0 - lost)
    terms = [
        incentive_weight(1.3, cards) * reward,
        1.1 * (p.courtesy_weight * courtesy + (1.0 - p.courtesy_weight) * journey),
        -p.effort_weight * (0.5 + 0.5 * 1.2) * 1.15 * hours / longest,
        0.3 + 0.4 - risk_cost(0.6, 0.2, success, empowerment) if option == SOLVE else 0.0,
        -monitoring_cost(empowerment) if option in (FAST, SOLVE) else 0.0,
        -p.transfer_reluctance if option in (HAND_OVER, ESCALATE) else 0.0,
    ]
    assert utility(option, case, PERSON, card, cards, p, handoffs, empowerment) == pytest.approx(sum(terms))
