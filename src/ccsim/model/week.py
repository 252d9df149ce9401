"""The week: the list of all kernels in order, defined only here.

Flows are summed up first and stocks updated afterwards, so that within a phase all people change simultaneously. The whole
list is one compiled function; each line is a kernel that also runs by itself.
"""

from __future__ import annotations

from typing import Any

from ccsim.engine.jit import kernel, skip_dispatch
from ccsim.mechanisms.accounting import accounts, aggregates
from ccsim.mechanisms.demand import demand, self_service
from ccsim.mechanisms.demand.demand import DemandParameters
from ccsim.mechanisms.experience import experience, word_of_mouth
from ccsim.mechanisms.incentives import recognition
from ccsim.mechanisms.management import (
    champions,
    coaching,
    commitment,
    embedding,
    empowerment,
    implementation,
    leadership,
    participation,
    programme,
    realignment,
    reporting,
    rollout,
    sponsorship,
    structure,
    technology,
    trials,
    visible_successes,
)
from ccsim.mechanisms.management.participation import ParticipationParameters
from ccsim.mechanisms.market import market, offer, personalisation, promise, segmentation
from ccsim.mechanisms.sensing import sensing
from ccsim.mechanisms.service import capacity, defects, service, work_pace
from ccsim.mechanisms.service.choice import HandlingParameters
from ccsim.mechanisms.staff import conviction, engagement, fatigue, habit, skills, staffing, turnover
from ccsim.model.state import ModelState


@kernel(allocates=True)
def step_kernel(state: Any, p: Any, seed: Any, week: Any) -> None:
    """Run one week: every phase in order.

    Args:
        state: the populations.
        p: all parameters, as a named tuple of groups.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        state: every column that a mechanism writes.
    """
    staff, colleagues, leaders, customers, cases, departments, segments, firm = state
    cards = p.scorecards

    # Market: needs drift, the offer follows; promises are made, values change, people join.
    offer.move_offer(segments, departments, firm, p.offer, seed, week)
    offer.update_offer_value(segments, p.experience.offer_satisfaction)
    personalisation.personalise(staff, departments, segments, firm, p.personalisation)
    promise.set_promise(customers, firm, p.promise)
    segmentation.estimate_values(customers, firm, p.accounts.revenue, p.segmentation, seed, week)
    market.draw_random_words(customers, seed, week)
    market.acquire_customers(customers, segments, firm, p.market, p.customer_differences, p.promise, week)

    # Demand: people give up waiting; issues are raised, proactively settled, or go to self-service or a person.
    demand.abandon_queues(customers, cases, departments, p.demand, week)
    demand.generate_cases(
        customers, cases, departments, segments, p.organisation.front_departments,
        DemandParameters(
            p.demand, p.self_service, p.proactive, p.segmentation, p.accounts.revenue, p.service.handling_hours
        ),
        seed, week,
    )  # fmt: skip

    # Capacity: the programme, champions, coordination and reading take their time; the rest is for cases.
    leadership.replace_leaders(
        leaders, p.leadership, p.turnover.disposition_spread, p.turnover.temperament_spread, seed, week
    )
    recognition.reserve_time(staff, leaders, p.recognition, week)
    champions.appoint(staff, colleagues, departments, p.champions, seed, week)
    programme.inform(staff, leaders, departments, firm, p.programme, p.rollout, week)
    participation.involve_volunteers(
        staff, leaders, departments, firm,
        ParticipationParameters(p.programme, p.rollout, p.visible_successes, p.empowerment.blame), seed, week,
    )  # fmt: skip
    visible_successes.broadcast_successes(staff, firm, p.visible_successes, week)
    structure.reserve_coordination(staff, departments, firm, p.structure, week)
    technology.apply_system(staff, firm, p.technology, week)
    sensing.read_signals(staff, departments, p.sensing, week)
    defects.apply_defects(departments, p.defects)
    capacity.plan_hours(staff, departments, p.capacity, week)
    implementation.enact_decree(staff, leaders, departments, p.staff_scorecard, p.implementation, p.mandate)
    work_pace.set_pace(staff, departments, p.work_pace, p.service.handling_hours)
    coaching.coach(staff, colleagues, departments, p.champions)
    programme.pay(staff, leaders, firm, p.programme, p.rollout)

    # Service: for each case a person chooses how to handle it.
    service.serve(
        staff, leaders, customers, cases, departments,
        HandlingParameters(p.service, cards, p.handoffs, p.empowerment, p.conviction, p.habit), p.accounts.goodwill, seed, week,
    )  # fmt: skip
    service.carry_over(staff, departments, p.service)
    self_service.book_cost(segments, firm, p.self_service)

    # Experience: customers judge, talk, listen, stay or leave.
    experience.update_satisfaction(customers, segments, firm, p.experience, p.promise, p.word_of_mouth.reach, week)
    word_of_mouth.update_opinion(customers, p.word_of_mouth, p.experience.forgetting_rate)
    market.lose_customers(customers, cases, departments, segments, firm, p.market, p.customer_differences)

    # Sensing: signals become insight, and action on them removes the causes of spoilt contacts.
    sensing.collect_signals(departments, p.sensing)
    defects.repair_defects(staff, departments, firm, p.defects, p.demand.journeys)

    # Belief and practice: staff join and leave, observe, believe, learn, form habits and tire.
    staffing.adjust_posts(staff, departments, p.staffing, week)
    turnover.replace_staff(staff, departments, p.turnover, p.champions.departures, seed, week)
    recognition.update_recognition(staff, p.recognition)
    conviction.observe_colleagues(staff, colleagues, p.habit.adopter_threshold)
    conviction.update_conviction(staff, leaders, departments, p.conviction, p.mandate, seed, week)
    skills.update_skill(staff, p.skills, seed, week)
    habit.update_habit(staff, departments, p.habit, p.recognition.habit_reinforcement)
    fatigue.update_fatigue(staff, leaders, departments, p.fatigue, p.mandate, p.promise)
    empowerment.update_safety(staff, departments, p.empowerment)
    engagement.update_engagement(staff, p.engagement)

    # Management: leaders hear reports, believe, keep or drop programmes, grant or withhold rights; structures are built.
    reporting.update_reports(
        staff, leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.sensing.published, p.leadership
    )  # fmt: skip
    commitment.update_commitment(
        leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.staff_scorecard,
        cards.strength, p.empowerment.rights, p.visible_successes.reported_share, p.leadership, p.conviction.reversion_rate,
    )  # fmt: skip
    sponsorship.review_programme(leaders, firm, p.sponsorship, seed, week)
    realignment.realign(leaders, p.realignment)
    empowerment.delegate_rights(
        staff, leaders, departments, p.empowerment, p.implementation, p.head_scorecard, p.executive_scorecard
    )
    embedding.update_routine(staff, departments, p.embedding)
    rollout.update_know_how(staff, firm, p.rollout)
    trials.review_trials(firm, p.trials, p.visible_successes, week)
    structure.advance_stage(departments, firm, p.structure, p.implementation)
    technology.build_system(staff, firm, p.technology, week)

    # Tallies and accounts.
    aggregates.count_staff(staff, departments, firm, p.habit.adopter_threshold, week)
    aggregates.count_firm(departments, firm)
    aggregates.count_leaders(leaders, firm)
    aggregates.count_image(departments, firm, p.sensing.published)
    aggregates.count_customers(customers, segments, p.accounts)
    accounts.book_accounts(
        leaders, departments, segments, firm, p.organisation.customers, p.staffing.severance, p.accounts
    )  # fmt: skip


def step(state: ModelState) -> None:
    """Run the next week of a state, in place."""
    state.week += 1
    state.reset_flows()
    if state.own is None:
        _step_kernel(state.populations, state.settings, state.seed, state.week)
    else:
        state.settings.extension.step(state)


_step_kernel = skip_dispatch(step_kernel)
