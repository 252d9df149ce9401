"""A week, in order. This list is the only place that knows it.

Flows are gathered first and stocks moved after them, so that within a phase everybody changes at once. The whole
list is one compiled function; each line of it is a kernel that also runs by itself.
"""

from __future__ import annotations

from ccsim.compiled import kernel
from ccsim.mechanisms import (
    accounts,
    capacity,
    champions,
    conviction,
    demand,
    embedding,
    empowerment,
    engagement,
    experience,
    fatigue,
    habit,
    leadership,
    market,
    programme,
    service,
    skills,
    tallies,
    turnover,
    word_of_mouth,
)
from ccsim.world import World


@kernel(allocates=True)
def one_week(state, p, seed, week):
    """Live one week: every phase in order."""
    staff, colleagues, leaders, customers, cases, departments, segments, firm = state
    cards = p.scorecards

    # Market and demand: people come, tire of waiting, and ask.
    market.come(customers, segments, p.market, seed, week)
    demand.give_up(customers, cases, departments, p.demand, seed, week)
    demand.raise_cases(customers, cases, departments, p.organisation.front_departments, p.demand, seed, week)

    # The programme and its carriers take their time, and what is left is for cases.
    leadership.replace_leaders(leaders, p.leadership, seed, week)
    champions.appoint(staff, colleagues, departments, p.champions, seed, week)
    programme.inform(staff, leaders, p.programme, week)
    programme.involve(staff, leaders, departments, firm, p.programme, seed, week)
    capacity.plan_hours(staff, departments, p.capacity, week)
    champions.carry(staff, colleagues, departments, p.champions)
    programme.pay(staff, leaders, firm, p.programme)

    # Service: for each case somebody chooses.
    service.serve(
        staff, leaders, customers, cases, departments, p.staff_scorecard,
        (p.service, cards, p.handoffs, p.empowerment, p.conviction, p.habit), p.accounts.goodwill, seed, week,
    )  # fmt: skip
    service.end_week(staff, departments, p.service)

    # Experience: customers judge, talk, listen, stay or go.
    experience.judge(customers, segments, p.experience, p.word_of_mouth.reach, seed, week)
    word_of_mouth.listen(customers, p.word_of_mouth)
    market.go(customers, cases, departments, segments, p.market, seed, week)

    # Belief and practice: staff come and go, see, believe, learn, settle, tire.
    turnover.come_and_go(staff, departments, p.turnover, p.champions.leave, seed, week)
    conviction.hear_others(staff, colleagues, p.conviction)
    conviction.come_round(staff, leaders, departments, p.conviction, seed, week)
    skills.learn(staff, p.skills, seed, week)
    habit.settle(staff, departments, p.habit)
    fatigue.tire(staff, leaders, departments, p.fatigue)
    empowerment.feel(staff, departments, p.empowerment)
    engagement.engage(staff, p.engagement)

    # Management: leaders hear, believe, and grant or withhold; what is practised is written down.
    leadership.look(leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.leadership)
    leadership.believe(
        leaders, departments, firm, p.head_scorecard, p.executive_scorecard, p.staff_scorecard,
        cards.strength, p.empowerment.rights, p.leadership,
    )  # fmt: skip
    empowerment.grant(staff, leaders, p.empowerment)
    embedding.embed(staff, departments, p.embedding)

    # Accounts, and the count of everything.
    accounts.book(leaders, customers, departments, segments, firm, p.organisation.customers, p.accounts)
    tallies.count_staff(staff, leaders, departments, firm, p.habit.settled, week)
    tallies.count_customers(customers, segments)


def live(world: World) -> None:
    """Live the next week of a world, in place."""
    world.week += 1
    world.clear_flows()
    one_week(world.state, world.settings, world.seed, world.week)
