"""Tally the week: sums over people and customers, from which all KPIs are calculated. Nothing here changes behaviour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.mechanisms.accounting.accounts import spending_factor
from ccsim.mechanisms.staff.conviction import NOT_YET

if TYPE_CHECKING:
    from ccsim.mechanisms.accounting.accounts import Accounts


@columns("departments")
class Departments:
    """Columns of a department."""

    backlog: FloatArray = flow("cases", "cases waiting at the end of the week")
    posts: FloatArray = flow("posts", "posts, filled or not")
    people: FloatArray = flow("people", "filled posts")
    skill: FloatArray = flow("share", "sum of skill over filled posts")
    conviction: FloatArray = flow("share", "sum of conviction")
    tipped: FloatArray = flow("people", "people who have tipped")
    habit: FloatArray = flow("share", "sum of habit")
    adopters: FloatArray = flow("people", "people who act customer-first by habit (adopters)")
    latitude: FloatArray = flow("share", "sum of latitude granted")
    empowerment: FloatArray = flow("share", "sum of latitude felt")
    engagement: FloatArray = flow("share", "sum of engagement")
    fatigue: FloatArray = flow("share", "sum of fatigue")
    cynicism: FloatArray = flow("share", "sum of cynicism")
    embedded: FloatArray = flow("share", "routine times posts")
    standards: FloatArray = flow("ratio", "standard time for a case times posts")
    informed: FloatArray = flow("share", "insight times posts")
    defective_contacts: FloatArray = flow("contacts", "contacts spoilt by the process")


@columns("segments")
class Segments:
    """Columns of a customer segment."""

    customers: FloatArray = flow("people", "active customers at the end of the week")
    satisfaction: FloatArray = flow("share", "sum of satisfaction")
    expectation: FloatArray = flow("share", "sum of expectation")
    promoters: FloatArray = flow("people", "customers who would recommend (9 or 10 of 10)")
    detractors: FloatArray = flow("people", "customers who would not (0 to 6 of 10)")
    spending: FloatArray = flow("EUR", "spending of customers")
    opinion: FloatArray = flow("share", "sum of opinions that prospects have heard")
    prospects: FloatArray = flow("people", "people in the market who are not customers")
    trust: FloatArray = flow("share", "sum of trust")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    reported_satisfaction: FloatArray = flow("share", "satisfaction shown to leaders")
    delivered_quality: FloatArray = flow("share", "recent quality of contacts")
    sponsored: FloatArray = flow("share", "1 while the programme is kept")
    stage_reached: FloatArray = flow("step", "coordination stage reached")
    capability_reached: FloatArray = flow("step", "capability for coordination stages")
    know_how_level: FloatArray = flow("share", "knowledge of what works here")
    installed_system: FloatArray = flow("share", "system installed")
    executive_conviction: FloatArray = flow(
        "share", "conviction of the executive (or of the highest leaders that exist)"
    )
    leader_conviction: FloatArray = flow("share", "mean conviction of leaders")
    leader_credibility: FloatArray = flow("share", "mean credibility of leaders")
    champions: FloatArray = flow("people", "champions")
    influence: FloatArray = flow("people", "influence of all staff for the change, summed")
    largest_influence: FloatArray = flow("people", "influence of the person who spoke most for the change")
    cross_adopters: FloatArray = flow("people", "adopters outside the department with most champions")
    cross_people: FloatArray = flow("people", "people outside the department with most champions")


@rule
def count_person(i: int, d: int, staff: Rows, departments: Rows, adopter_threshold: float) -> None:
    """Add a person's states to the sums of the department.

    Args:
        i: row of the person.
        d: row of the department.
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        adopter_threshold: habit above which a person counts as acting customer-first by habit (share).

    Writes:
        departments: ``adopters``, ``conviction``, ``cynicism``, ``empowerment``, ``engagement``, ``fatigue``,
            ``habit``, ``latitude``, ``people``, ``skill``, ``tipped``.
    """
    departments.people[d] += 1
    departments.skill[d] += staff.skill[i]
    departments.conviction[d] += staff.conviction[i]
    departments.tipped[d] += staff.tipped_week[i] != NOT_YET
    departments.habit[d] += staff.habit[i]
    departments.adopters[d] += staff.habit[i] > adopter_threshold
    departments.latitude[d] += staff.latitude[i]
    departments.empowerment[d] += clip01(staff.latitude[i] * staff.safety[i] + staff.borrowed_rights[i])
    departments.engagement[d] += staff.engagement[i]
    departments.fatigue[d] += staff.fatigue[i]
    departments.cynicism[d] += staff.cynicism[i]


@kernel
def count_staff(staff: Rows, departments: Rows, firm: Rows, adopter_threshold: float, week: int) -> None:
    """Sum up staff by department, and measure how far the change depends on few people.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        adopter_threshold: ``habit.adopter_threshold``, habit above which a person counts as acting customer-first by habit
            (share).
        week: number of the week.

    Writes:
        departments: ``adopters``, ``conviction``, ``cynicism``, ``empowerment``, ``engagement``, ``fatigue``,
            ``habit``, ``latitude``, ``people``, ``posts``, ``skill``, ``tipped``.
        firm: ``champions``, ``cross_adopters``, ``cross_people``, ``influence``, ``largest_influence``.
    """
    for i in range(len(staff.skill)):
        d = staff.department[i]
        firm.influence[0] += staff.influence[i]
        firm.largest_influence[0] = max(firm.largest_influence[0], staff.influence[i])
        departments.posts[d] += 1
        if week + 1 >= staff.vacant_until[i]:
            count_person(i, d, staff, departments, adopter_threshold)
            firm.champions[0] += staff.champion[i] > 0.0
    champions_home = 0
    for d in range(len(departments.posts)):
        if departments.champion_hours[d] > departments.champion_hours[champions_home]:
            champions_home = d
    for d in range(len(departments.posts)):
        if d != champions_home:
            firm.cross_adopters[0] += departments.adopters[d]
            firm.cross_people[0] += departments.people[d]


@kernel
def count_firm(departments: Rows, firm: Rows) -> None:
    """Copy stocks of departments and of the firm into the week's tallies.

    Args:
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.

    Writes:
        departments: ``backlog``, ``embedded``, ``informed``, ``defective_contacts``, ``standards``.
        firm: ``capability_reached``, ``delivered_quality``, ``installed_system``, ``know_how_level``,
            ``sponsored``, ``stage_reached``.
    """
    for d in range(len(departments.posts)):
        departments.backlog[d] += departments.queue[d]
        departments.embedded[d] += departments.routine[d] * departments.posts[d]
        departments.standards[d] += departments.standard[d] * departments.posts[d]
        departments.informed[d] += departments.insight[d] * departments.posts[d]
        departments.defective_contacts[d] += departments.defects[d] * departments.handled[d]
    firm.delivered_quality[0] = firm.recent_quality[0]
    firm.sponsored[0] = firm.sponsorship[0]
    firm.stage_reached[0] = firm.stage[0]
    firm.capability_reached[0] = firm.capability[0]
    firm.know_how_level[0] = firm.know_how[0]
    firm.installed_system[0] = firm.system[0]


@kernel
def count_image(departments: Rows, firm: Rows, published: float) -> None:
    """Store the satisfaction shown to leaders: from surveys or, as far as it is published, from what customers think.

    Args:
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        published: ``sensing.published``, how far leaders are shown customers' final judgement instead
            of surveys right after the contact (share).

    Writes:
        firm: ``reported_satisfaction``.
    """
    surveyed, handled = 0.0, 0.0
    for d in range(len(departments.handled)):
        surveyed += departments.survey[d]
        handled += departments.handled[d]
    if handled > 0.0:
        firm.reported_satisfaction[0] = surveyed / handled + published * (firm.recent_quality[0] - surveyed / handled)


@kernel
def count_leaders(leaders: Rows, firm: Rows) -> None:
    """Sum up leaders. The executive is the leader without a superior.

    Args:
        leaders: columns of the leaders, one row per leader.
        firm: columns of the organisation, each of length 1.

    Writes:
        firm: ``executive_conviction``, ``leader_conviction``, ``leader_credibility``.
    """
    count = len(leaders.tier)
    top = 0.0
    heads = 0
    filled = 0
    for k in range(count):
        filled += leaders.vacant[k] == 0
    for k in range(count):
        if leaders.vacant[k] == 1:
            continue
        firm.leader_conviction[0] += leaders.conviction[k] / filled
        firm.leader_credibility[0] += leaders.credibility[k] / filled
        if leaders.superior[k] < 0:
            top += leaders.conviction[k]
            heads += 1
    if heads > 0:
        firm.executive_conviction[0] += top / heads


@kernel
def count_customers(customers: Rows, segments: Rows, prices: Accounts) -> None:
    """Sum up customers, their spending, and prospects by segment. Promoters are counted on the scale from 0 to 10.

    Args:
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.
        prices: parameters of the group ``accounts``.

    Writes:
        segments: ``customers``, ``detractors``, ``expectation``, ``opinion``, ``promoters``, ``prospects``,
            ``satisfaction``, ``spending``, ``trust``.
    """
    for i in range(len(customers.active)):
        s = customers.segment[i]
        if customers.active[i] == 1:
            satisfaction = customers.satisfaction[i]
            segments.customers[s] += 1
            segments.spending[s] += spending_factor(customers.value[i], satisfaction, prices)
            segments.satisfaction[s] += satisfaction
            segments.expectation[s] += customers.expectation[i]
            segments.trust[s] += customers.trust[i]
            segments.promoters[s] += satisfaction >= 0.85
            segments.detractors[s] += satisfaction < 0.65
        else:
            segments.prospects[s] += 1
            segments.opinion[s] += customers.opinion[i]
