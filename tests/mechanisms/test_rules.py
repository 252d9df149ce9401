"""Each mechanism's rules: the off value at which it does nothing, a limit case with a known answer, the direction."""

from typing import Any

import numpy as np
import pytest

from ccsim.mechanisms.accounting import accounts
from ccsim.mechanisms.demand import demand
from ccsim.mechanisms.experience import experience, word_of_mouth
from ccsim.mechanisms.incentives import measures, scorecards  # fmt: skip
from ccsim.mechanisms.management import coaching, commitment, embedding, empowerment, participation, programme
from ccsim.mechanisms.market import market
from ccsim.mechanisms.service import capacity, choice, handling_options, handoffs
from ccsim.mechanisms.staff import conviction, engagement, fatigue, habit, skills, turnover
from ccsim.model.initial_state import initialise
from ccsim.model.kpis import calculate
from ccsim.model.recorder import Record
from ccsim.model.settings import Settings, all_parameters, default_settings, replace_values
from ccsim.model.week import step

P = default_settings()


def with_(**values: Any) -> Settings:
    return replace_values(default_settings(), {key.replace("__", "."): value for key, value in values.items()})


def lived(small: dict, weeks: int = 10, **values: Any) -> dict[str, np.ndarray]:
    state = initialise(
        replace_values(default_settings(), {**small, **{k.replace("__", "."): v for k, v in values.items()}}), 3
    )
    record = Record.of(state, weeks)
    for _ in range(weeks):
        step(state)
        record.add(state)
    return {**record.tallies(), **calculate(record, 0.12), "world": state}  # type: ignore[dict-item]


def test_scorecards_off_is_no_pull_and_reward_grows_by_less_and_less() -> None:
    assert scorecards.incentive_weight(1.0, with_(scorecards__strength=0.0).scorecards) == 0.0
    steps = np.diff(
        [scorecards.incentive_weight(1.0, with_(scorecards__strength=s).scorecards) for s in (0.0, 1.0, 2.0, 3.0)]
    )
    assert (steps > 0).all() and (np.diff(steps) < 0).all()


def test_what_a_scorecard_shows_is_the_weighted_mean_of_its_measures() -> None:
    only_time = with_(staff_scorecard__cost=0, staff_scorecard__csat=0, staff_scorecard__resolution=0).staff_scorecard
    assert measures.act_score(only_time, 0.7, 0, 0, 0, 0, 0, P.scorecards) == pytest.approx(0.7)
    none = only_time._replace(handling_time=0.0)
    assert measures.act_score(none, 0.7, 1, 1, 1, 1, 1, P.scorecards) == 0.0
    assert scorecards.customer_share(none) == 0.5


def test_a_closed_case_shows_as_resolved_as_far_as_repeats_are_not_traced() -> None:
    only = with_(staff_scorecard__cost=0, staff_scorecard__csat=0, staff_scorecard__handling_time=0).staff_scorecard
    shown = [
        measures.act_score(only, 0, 0, 0, 0.2, 1.0, 0, P.scorecards._replace(traced_share=t)) for t in (0.0, 0.5, 1.0)
    ]
    assert shown == pytest.approx([1.0, 0.6, 0.2])


def test_judgement_needs_the_right_to_decide() -> None:
    free, bound = (
        handling_options.success_probability(handling_options.SOLVE, 0.8, 0.5, right, 0, 0.0, P.service, 0.2)
        for right in (1.0, 0.0)
    )
    assert bound == pytest.approx(free * P.service.unauthorised_success)
    assert (
        handling_options.success_probability(handling_options.HAND_OVER, 0.5, 1.0, 1.0, 0, 0.0, P.service, 0.2) == 0.0
    )
    assert (
        handling_options.success_probability(handling_options.SCRIPT, 0.0, 0.0, 0.0, 0, 0.0, P.service, 0.2)
        == P.service.script_success
    )


def test_closing_fast_takes_less_and_does_less_than_the_script_and_judgement_more() -> None:
    hours = [
        handling_options.handling_time(o, 0.5, 0.0, 0, 0.0, P.service, 0.4)
        for o in (handling_options.FAST, handling_options.SCRIPT, handling_options.SOLVE)
    ]
    assert hours == sorted(hours)
    fast, script = (
        handling_options.success_probability(o, 0.5, 0.5, 1.0, 0, 0.0, P.service, 0.2)
        for o in (handling_options.FAST, handling_options.SCRIPT)
    )
    assert fast < script


def test_choices_are_in_proportion_to_e_to_the_appeal() -> None:
    lucks = (np.arange(20_000) + 0.5) / 20_000
    picks = np.bincount(
        [choice.sample_choice(0.0, np.log(2.0), np.log(3.0), -1e9, np.log(4.0), luck) for luck in lucks]
    )
    assert picks / 20_000 == pytest.approx([0.1, 0.2, 0.3, 0.0, 0.4], abs=1e-4)


def test_blame_is_feared_only_beyond_ones_rights() -> None:
    p = P.empowerment
    assert empowerment.risk_cost(0.4, 0.5, 0.2, p) == 0.0 < empowerment.risk_cost(0.6, 0.5, 0.2, p)
    assert empowerment.risk_cost(0.6, 0.5, 0.2, p._replace(blame=0.0)) == 0.0
    assert empowerment.monitoring_cost(p._replace(strictness=0.0)) == 0.0


def test_leaders_without_need_for_control_pass_everything_on_and_conviction_loosens_the_grip() -> None:
    assert empowerment.delegated_share(0.8, 0.0, 0.0) == 0.8
    assert empowerment.delegated_share(0.8, 1.0, 0.0) == 0.0
    assert empowerment.delegated_share(0.8, 1.0, 1.0) == 0.8


def test_habit_settles_on_practice_and_full_routines_hold_it() -> None:
    value = 0.0
    for _ in range(500):
        value = habit.habit_update(value, 0.6, 0.0, P.habit)
    assert value == pytest.approx(0.6)
    held = P.habit._replace(routine_protection=1.0)
    assert habit.habit_update(0.6, 0.0, 1.0, held) == 0.6
    assert habit.habit_update(0.6, 0.9, 0.0, P.habit._replace(formation_rate=0.0)) == 0.6


def test_a_person_tips_only_with_enough_sources_and_off_never() -> None:
    p = P.conviction
    assert not conviction.tips(1.0, 0.0, 0.0, p)
    assert conviction.tips(2.0, 0.0, 0.0, p)
    assert not conviction.tips(2.0, 0.05, 0.9, p)
    assert not conviction.tips(9.0, 1e-9, 0.0, p._replace(tipping_probability=0.0))
    assert conviction.evidence_update(0.5, 0.0, 0.0, p) == 0.5
    assert conviction.evidence_update(0.5, 4.0, 0.0, p) > 0.5 > conviction.evidence_update(0.5, 0.0, 4.0, p)
    assert conviction.leader_influence(0.5, 10.0, 1.0, 0.0, 0.0, p) == 0.5


def test_hollow_announcements_tire_and_visible_ones_do_not() -> None:
    assert fatigue.unfulfilled(0.0, 0.0) == 0.0
    assert fatigue.unfulfilled(5.0, 1e9) == pytest.approx(0.0, abs=1e-8)
    assert (
        fatigue.fatigue_update(0.0, 0.0, 1.0, 1.0, 0.6, P.fatigue)
        == 0.0
        < fatigue.fatigue_update(0.0, 1.0, 1.0, 1.0, 0.6, P.fatigue)
    )
    assert (
        fatigue.cynicism_update(0.22, 1.0, 1.0, P.fatigue) == 0.22 < fatigue.cynicism_update(0.22, 1.0, 0.0, P.fatigue)
    )


def test_engagement_rises_with_latitude_and_falls_with_fatigue() -> None:
    base = engagement.engagement_target(0.5, 0.0, 0.0, 0.0, 0.0, P.engagement)
    assert base == 0.5
    assert engagement.engagement_target(0.5, 1.0, 0.0, 0.0, 0.0, P.engagement) > base
    assert engagement.engagement_target(0.5, 0.0, 0.0, 1.0, 0.0, P.engagement) < base


def test_satisfaction_feels_losses_more_than_gains() -> None:
    assert experience.felt_quality(0.6, 0.6, P.experience) == 0.6
    assert experience.felt_quality(0.8, 0.6, P.experience) == pytest.approx(0.8)
    assert experience.felt_quality(0.4, 0.6, P.experience) == pytest.approx(0.6 - 0.2 * P.experience.loss_aversion)
    assert experience.felt_quality(0.4, 0.6, P.experience._replace(loss_aversion=1.0)) == pytest.approx(0.4)


def test_an_opinion_returns_to_neutral_and_off_never_moves() -> None:
    assert word_of_mouth.opinion_update(0.5, 0.0, 0.0, P.word_of_mouth, 0.05) == 0.5
    assert word_of_mouth.opinion_update(0.9, 0.0, 0.0, P.word_of_mouth, 0.05) < 0.9
    assert word_of_mouth.opinion_update(0.5, 5.0, 5.0, P.word_of_mouth._replace(influence=0.0), 0.05) == 0.5
    assert word_of_mouth.opinion_update(0.5, 0.0, 5.0, P.word_of_mouth, 0.05) < 0.5


def test_churn_is_the_hazard_at_the_reference_and_steeper_below() -> None:
    p = P.market
    assert market.leaves(p.churn_reference, 0.5, 0.0, p.churn * 0.999, p)
    assert not market.leaves(p.churn_reference, 0.5, 0.0, p.churn * 1.001, p)
    assert market.leaves(0.3, 0.5, 0.0, p.churn * 5, p)
    assert not market.leaves(0.0, 0.0, 0.0, 1e-12, p._replace(churn=0.0))
    assert market.churn_probability(0.0, 0.0, 0.0, p) >= p.churn * np.exp(p.churn_sensitivity * p.churn_reference)


def test_journeys_have_one_to_three_stages_with_the_declared_shares() -> None:
    lucks = (np.arange(10_000) + 0.5) / 10_000
    stages = np.bincount([demand.stages_of(luck, 5, P.demand) for luck in lucks]) / 10_000
    j = P.demand.journeys
    assert stages[1:] == pytest.approx([1 - j, j - j * j, j * j], abs=1e-3)
    assert demand.stages_of(0.0, 1, P.demand) == 1
    assert demand.stages_of(0.0, 5, P.demand._replace(journeys=0.0)) == 1


def test_handing_over_in_person_loses_least() -> None:
    by_form, in_person, undone = (handoffs.loss_of_context(how, 0.0, P.handoffs) for how in (0, 1, 2))
    assert in_person < by_form < undone
    assert handoffs.loss_of_context(2, 0.0, P.handoffs._replace(loss_probability=0.0)) == 0.0


def test_skill_rusts_to_a_newcomers_and_training_off_teaches_nothing() -> None:
    value = 0.9
    for _ in range(3000):
        value = skills.skill_update(value, 0.0, 0.0, 0.0, P.skills)
    assert value == pytest.approx(P.skills.newcomer_skill, abs=1e-3)
    still = P.skills._replace(training_rate=0.0, decay_rate=0.0)
    assert skills.skill_update(0.5, 10.0, 0.0, 0.0, still) == 0.5


def test_only_what_is_practised_is_written_down_and_it_grows_stale() -> None:
    p = P.embedding
    assert embedding.routine_update(0.4, 0.3, 9.0, p) == pytest.approx(0.4 * (1 - p.decay_rate))
    assert embedding.routine_update(0.0, 0.8, 0.0, p) == 0.0 < embedding.routine_update(0.0, 0.8, 1.0, p)
    assert embedding.routine_update(0.2, 0.8, 9.0, p._replace(writing_rate=0.0, decay_rate=0.0)) == 0.2


def test_newcomers_work_at_half_pace_and_fatigue_takes_time() -> None:
    p = P.capacity
    assert capacity.attendance(35.0, 0.6, 99, p) == pytest.approx(35.0 * (1 - p.shrinkage))
    assert capacity.attendance(35.0, 0.6, 0, p) == pytest.approx(0.5 * 35.0 * (1 - p.shrinkage))
    assert capacity.attendance(35.0, 0.2, 99, p) < capacity.attendance(35.0, 0.6, 99, p)


def test_people_quit_at_the_declared_rate_and_off_never() -> None:
    p = P.turnover
    assert turnover.quits(0.62, p.quit_probability * 0.999, p)
    assert not turnover.quits(0.62, p.quit_probability * 1.001, p)
    assert not turnover.quits(0.0, 1e-12, p._replace(quit_probability=0.0))


def test_credibility_follows_deeds_when_much_is_announced() -> None:
    value = 0.9
    for _ in range(2000):
        value = commitment.credibility_update(1e9, 0.2, value, P.leadership)
    assert value == pytest.approx(0.2, abs=1e-3)
    assert commitment.credibility_update(0.0, 0.0, 0.5, P.leadership) == 0.5
    assert commitment.persuaded(0.5, 0.0, 1.0, P.leadership) == 0.5


def test_champions_lend_no_more_than_their_authority() -> None:
    assert coaching.lent_rights(1e9, 0.6, P.champions) == pytest.approx(0.6)
    assert coaching.lent_rights(5.0, 0.0, P.champions) == 0.0


def test_volunteers_need_conviction_and_a_leader_who_lets_them() -> None:
    assert not participation.volunteers(0.0, 1.0, 1e-9)
    assert not participation.volunteers(1.0, 0.0, 1e-9)
    assert programme.hours_bought(900.0, 1.0, 2.0, 45.0) == 10.0
    assert programme.hours_bought(900.0, 1.0, 0.0, 45.0) == 0.0


def test_spending_follows_satisfaction_around_the_ordinary_level() -> None:
    assert accounts.spending_factor(100.0, 0.7, P.accounts) == 100.0
    assert accounts.spending_factor(100.0, 0.9, P.accounts._replace(spending_sensitivity=0.0)) == 100.0


OFF = {
    "programme.budget": "spend", "champions.count": "champions", "demand.rate": "raised", "market.churn": "left",
    "market.joining_probability": "joined", "turnover.quit_probability": "quits", "experience.talk_probability": "positive_mentions",
    "handoffs.loss_probability": "handoffs_lost", "accounts.goodwill": "compensation", "empowerment.blame": "blamed",
}  # fmt: skip


@pytest.mark.parametrize(("key", "tally"), OFF.items())
def test_switched_off_a_mechanism_leaves_no_trace_in_its_tally(key: str, tally: str, small: dict) -> None:
    row = all_parameters()[key]
    assert row.off is not None
    on = {"programme.budget": {key: 900.0}, "champions.count": {key: 2}}.get(key, {})
    assert lived(small, **{k.replace(".", "__"): v for k, v in on.items()})[tally].sum() > 0
    assert lived(small, **{key.replace(".", "__"): row.off})[tally].sum() == 0


def test_a_programme_spends_its_budget_on_average_and_no_more(small: dict) -> None:
    # Meetings with customers are drawn by lot: a week may have one more or fewer (90 EUR), the mean may not.
    spent = lived(small, weeks=80, programme__budget=700.0)["spend"]
    assert 0.9 * 700.0 < spent.mean() < 700.0 + 3 * 90.0 / np.sqrt(80)


def test_one_customer_without_churn_is_served_for_ever(small: dict) -> None:
    found_ = lived(
        {**small, "organisation.customers": 1, "organisation.segments": 1, "organisation.prospects": 0.0},
        weeks=60, market__churn=0.0, demand__rate=1.0,
    )  # fmt: skip
    assert (found_["active"] == 1).all()
    assert found_["raised"].sum() >= found_["resolved"].sum() > 5


def test_a_hero_who_leaves_is_replaced_by_a_newcomer_who_is_no_champion(small: dict) -> None:
    state = initialise(replace_values(default_settings(), {**small, "champions.count": 1}), 1)
    step(state)
    (hero,) = np.flatnonzero(state.populations.staff.champion)
    state.settings = replace_values(
        state.settings, {"champions.count": 0, "champions.departures": 1, "turnover.vacancy_weeks": 2}
    )
    before = int(state.populations.staff.person[hero])
    step(state)
    state.settings = replace_values(state.settings, {"champions.departures": 0})
    assert state.populations.staff.vacant_until[hero] == state.week + 3
    for _ in range(4):
        step(state)
    assert state.populations.staff.champion.sum() == 0
    assert int(state.populations.staff.person[hero]) == before + 1
