"""Count the week: the sums over people and customers from which all KPIs are made. Nothing here acts on anybody."""

from __future__ import annotations

from ccsim.engine.functions import share
from ccsim.engine.jit import kernel, rule
from ccsim.mechanisms.accounting.accounts import spends
from ccsim.mechanisms.staff.conviction import NOT_YET


@rule
def count_person(i, d, staff, departments, settled):
    """Add what a person is like to the sums of the department."""
    departments.people[d] += 1
    departments.skill[d] += staff.skill[i]
    departments.conviction[d] += staff.conviction[i]
    departments.tipped[d] += staff.tipped_in[i] != NOT_YET
    departments.habit[d] += staff.habit[i]
    departments.adopters[d] += staff.habit[i] > settled
    departments.latitude[d] += staff.latitude[i]
    departments.empowerment[d] += share(staff.latitude[i] * staff.safety[i] + staff.cover[i])
    departments.engagement[d] += staff.engagement[i]
    departments.fatigue[d] += staff.fatigue[i]
    departments.cynicism[d] += staff.cynicism[i]


@kernel
def count_staff(staff, departments, firm, settled, week):
    """Sum up staff by department, and how far the change rests on few carriers."""
    for i in range(len(staff.skill)):
        d = staff.department[i]
        firm.influence[0] += staff.influence[i]
        firm.largest_influence[0] = max(firm.largest_influence[0], staff.influence[i])
        departments.posts[d] += 1
        if week + 1 >= staff.vacant_until[i]:
            count_person(i, d, staff, departments, settled)
            firm.champions[0] += staff.champion[i] > 0.0
    home = 0
    for d in range(len(departments.posts)):
        if departments.carried[d] > departments.carried[home]:
            home = d
    for d in range(len(departments.posts)):
        if d != home:
            firm.cross_adopters[0] += departments.adopters[d]
            firm.cross_people[0] += departments.people[d]


@kernel
def count_firm(departments, firm):
    """Note the stocks of departments and of the firm."""
    for d in range(len(departments.posts)):
        departments.backlog[d] += departments.queue[d]
        departments.embedded[d] += departments.routine[d] * departments.posts[d]
        departments.informed[d] += departments.insight[d] * departments.posts[d]
        departments.spoilt_contacts[d] += departments.defects[d] * departments.handled[d]
    firm.practised[0] = firm.practice[0]
    firm.sponsored[0] = firm.sponsorship[0]
    firm.stepped[0] = firm.step[0]
    firm.capable[0] = firm.capability[0]
    firm.knowing[0] = firm.know_how[0]
    firm.installed[0] = firm.system[0]


@kernel
def count_image(departments, firm, published):
    """Keep the satisfaction that leaders are shown: surveys, or as far as published what customers think."""
    surveyed, handled = 0.0, 0.0
    for d in range(len(departments.handled)):
        surveyed += departments.survey[d]
        handled += departments.handled[d]
    if handled > 0.0:
        firm.shown[0] = surveyed / handled + published * (firm.practice[0] - surveyed / handled)


@kernel
def count_leaders(leaders, firm):
    """Sum up leaders; the executive is whoever has no superior."""
    count = len(leaders.tier)
    top = 0.0
    heads = 0
    for k in range(count):
        firm.leader_conviction[0] += leaders.conviction[k] / count
        firm.leader_credibility[0] += leaders.credibility[k] / count
        if leaders.superior[k] < 0:
            top += leaders.conviction[k]
            heads += 1
    if heads > 0:
        firm.executive_conviction[0] += top / heads


@kernel
def count_customers(customers, segments, prices):
    """Sum up customers, what they spend, and prospects by segment; promoters as on the scale from 0 to 10."""
    for i in range(len(customers.active)):
        s = customers.segment[i]
        if customers.active[i] == 1:
            satisfaction = customers.satisfaction[i]
            segments.customers[s] += 1
            segments.spending[s] += spends(customers.value[i], satisfaction, prices)
            segments.satisfaction[s] += satisfaction
            segments.expectation[s] += customers.expectation[i]
            segments.trust[s] += customers.trust[i]
            segments.promoters[s] += satisfaction >= 0.85
            segments.detractors[s] += satisfaction < 0.65
        else:
            segments.prospects[s] += 1
            segments.opinion[s] += customers.opinion[i]
