"""A week, in order. This list is the only place that knows it.

Flows are gathered first and stocks moved after them, so that within a phase everybody changes at once. The whole
list is one compiled function; each line of it is a kernel that also runs by itself.
"""

from __future__ import annotations

from typing import Any

from ccsim.engine.jit import kernel, skip_dispatch
from ccsim.mechanisms.accounting import accounts, aggregates
from ccsim.mechanisms.demand import demand, self_service
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
    wins,
)
from ccsim.mechanisms.market import market, offer, personalisation, promise, segmentation
from ccsim.mechanisms.sensing import sensing
from ccsim.mechanisms.service import capacity, defects, service, work_pace
from ccsim.mechanisms.staff import conviction, engagement, fatigue, habit, skills, staffing, turnover
from ccsim.model.state import ModelState


@kernel(allocates=True)
def step_kernel(state: Any, p: Any, seed: Any, week: Any) -> None:
    """Live one week: every phase in order."""
    staff, colleagues, leaders, customers, cases, departments, segments, firm = state
    cards = p.scorecards

    # Market: needs drift, the offer follows; promises are made, values change, people come.
    offer.design(segments, departments, firm, p.offer, seed, week)
    offer.value(segments, p.experience.offer_satisfaction)
    personalisation.tailor(staff, departments, segments, firm, p.personalisation)
    promise.advertise(customers, firm, p.promise)
    segmentation.estimate(customers, firm, p.accounts.revenue, p.segmentation, seed, week)
    market.draw(customers, seed, week)
    market.come(customers, segments, firm, p.market, p.promise, week)

    # Demand: people tire of waiting, and ask: ahead of time, a machine, or a person.
    demand.give_up(customers, cases, departments, p.demand, week)
    demand.raise_cases(
        customers, cases, departments, segments, p.organisation.front_departments,
        (p.demand, p.self_service, p.proactive, p.segmentation, p.accounts.revenue, p.service.handling_hours), seed, week,
    )  # fmt: skip

    # The programme, its carriers, coordination and what is read take their time, and what is left is for cases.
    leadership.replace_leaders(leaders, p.leadership, seed, week)
    recognition.take_time(staff, leaders, p.recognition, week)
    champions.appoint(staff, colleagues, departments, p.champions, seed, week)
    programme.inform(staff, leaders, departments, firm, p.programme, p.rollout, week)
    participation.involve(
        staff, leaders, departments, firm, (p.programme, p.rollout, p.wins, p.empowerment.blame), seed, week
    )  # fmt: skip
    wins.tell(staff, firm, p.wins, week)
    structure.coordinate(staff, departments, firm, p.structure, week)
    technology.equip(staff, firm, p.technology, week)
    sensing.read(staff, departments, p.sensing, week)
    defects.spoil(departments, p.defects)
    capacity.plan_hours(staff, departments, p.capacity, week)
    implementation.enact(staff, leaders, departments, p.staff_scorecard, p.implementation, p.mandate)
    work_pace.set_pace(staff, departments, p.work_pace, p.service.handling_hours)
    coaching.carry(staff, colleagues, departments, p.champions)
    programme.pay(staff, leaders, firm, p.programme, p.rollout)

    # Service: for each case somebody chooses.
    service.serve(
        staff, leaders, customers, cases, departments,
        (p.service, cards, p.handoffs, p.empowerment, p.conviction, p.habit), p.accounts.goodwill, seed, week,
    )  # fmt: skip
    service.end_week(staff, departments, p.service)
    self_service.charge(segments, firm, p.self_service)

    # Experience: customers judge, talk, listen, stay or go.
    experience.judge(customers, segments, firm, p.experience, p.promise, p.word_of_mouth.reach, week)
    word_of_mouth.listen(customers, p.word_of_mouth)
    market.go(customers, cases, departments, segments, firm, p.market)

    # Sensing: signals become insight, and what spoils contacts is taken out by who acts on it.
    sensing.collect(departments, p.sensing)
    defects.fix(staff, departments, firm, p.defects, p.demand.journeys)

    # Belief and practice: staff come and go, see, believe, learn, settle, tire.
    staffing.adjust(staff, departments, p.staffing, week)
    turnover.come_and_go(staff, departments, p.turnover, p.champions.departures, seed, week)
    recognition.praise(staff, p.recognition)
    conviction.hear_others(staff, colleagues, p.conviction)
    conviction.come_round(staff, leaders, departments, p.conviction, p.mandate, seed, week)
    skills.learn(staff, p.skills, seed, week)
    habit.settle(staff, departments, p.habit, p.recognition.habit_reinforcement)
    fatigue.tire(staff, leaders, departments, p.fatigue, p.mandate, p.promise)
    empowerment.feel(staff, departments, p.empowerment)
    engagement.engage(staff, p.engagement)

    # Management: leaders hear, believe, keep or drop, grant or withhold; structure, system and routines are built.
    reporting.look(
        staff, leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.sensing.published, p.leadership
    )  # fmt: skip
    commitment.believe(
        leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.staff_scorecard,
        cards.strength, p.empowerment.rights, p.wins.reported_share, p.leadership,
    )  # fmt: skip
    sponsorship.decide(leaders, firm, p.sponsorship, seed, week)
    realignment.realign(leaders, p.realignment)
    empowerment.grant(
        staff, leaders, departments, p.empowerment, p.implementation, p.head_scorecard, p.executive_scorecard
    )
    embedding.embed(staff, departments, p.embedding)
    rollout.learn(staff, firm, p.rollout)
    structure.climb(departments, firm, p.structure, p.implementation)
    technology.install(staff, firm, p.technology, week)

    # The count of everything, and accounts.
    aggregates.count_staff(staff, departments, firm, p.habit.adopter_threshold, week)
    aggregates.count_firm(departments, firm)
    aggregates.count_leaders(leaders, firm)
    aggregates.count_image(departments, firm, p.sensing.published)
    aggregates.count_customers(customers, segments, p.accounts)
    accounts.book(
        leaders, departments, segments, firm, p.organisation.customers, p.staffing.severance, p.accounts
    )  # fmt: skip


def step(world: ModelState) -> None:
    """Live the next week of a world, in place."""
    world.week += 1
    world.reset_flows()
    if world.own is None:
        _step_kernel(world.populations, world.settings, world.seed, world.week)
    else:
        world.settings.extension.live(world)


_step_kernel = skip_dispatch(step_kernel)
