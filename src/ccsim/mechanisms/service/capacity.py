"""Capacity is measured in hours. Every hour of staff time is spent once: on cases, on the programme, or absent."""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("capacity")
class Capacity:
    """How much time is available for cases."""

    weekly_hours: float = parameter(
        35.0,
        unit="hours/week",
        range=(30.0, 40.0),
        legal=(0.0, 80.0),
        meaning="contracted time of a member of staff",
        source="Oliva & Sterman 2001: 35 hours",
        on_record=True,
    )
    shrinkage: float = parameter(
        0.17,
        unit="share",
        range=(0.1, 0.3),
        off=0.0,
        meaning="time lost to absence and breaks at ordinary engagement",
        source="Oliva & Sterman 2001: 16.5 % absent",
        on_record=True,
    )
    engagement_effect: float = parameter(
        0.3,
        unit="share",
        range=(0.0, 0.6),
        off=0.0,
        meaning="additional time lost without engagement, or gained with full engagement, relative to the ordinary level",
        source="assumed; sign: Harter et al. 2002, r = .25 of engagement with productivity",
    )
    induction_weeks: float = parameter(
        12.0,
        unit="weeks",
        range=(4.0, 26.0),
        off=0.0,
        meaning="weeks until a new person works at full speed, starting from half",
        source="Oliva & Sterman 2001: rookies for 12 weeks",
        on_record=True,
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    hours: FloatArray = flow("hours", "time available for cases")
    overhead_hours: FloatArray = flow("hours", "time for reading signals, coordination and learning the system")
    champion_hours: FloatArray = flow("hours", "champion's time for the change, as far as it fits into the week")


@columns("departments")
class Departments:
    """Columns of a department."""

    hours: FloatArray = flow("hours", "staff time available for cases")
    paid: FloatArray = flow("people", "people in post, who are paid for the week")
    paid_hours: FloatArray = flow("hours", "contracted staff time of filled posts")
    absent_hours: FloatArray = flow("hours", "contracted time lost to absence, breaks and low engagement")
    overhead_hours: FloatArray = flow("hours", "staff time for reading signals, coordination and learning the system")
    programme_hours: FloatArray = flow("hours", "staff time for the programme and of champions")


@rule
def attendance(contracted: float, engagement: float, weeks_in_post: float, p: Capacity) -> float:
    """Return a person's productive hours: fewer with low engagement, and fewer for newcomers.

    Source: absence and induction as in Oliva & Sterman 2001; the effect of engagement is assumed.

    Args:
        contracted: contracted time (hours/week).
        engagement: engagement of the person (share).
        weeks_in_post: weeks since the person was hired.
        p: parameters of the group ``capacity``.

    Returns:
        Productive hours in the week.
    """
    present = clip01(1.0 - p.shrinkage + p.engagement_effect * (engagement - 0.6))
    pace = 1.0 if weeks_in_post >= p.induction_weeks else 0.5 + 0.5 * weeks_in_post / p.induction_weeks
    return contracted * present * pace


@rule
def cut_overhead(i: int, share: float, staff: Rows) -> None:
    """Cut a person's planned activities other than cases to the share that fits into the week.

    Args:
        i: row of the person.
        share: share of the activities that fits into the week, 0 to 1.
        staff: columns of the staff, one row per post.

    Writes:
        staff: ``announced_hours``, ``champion_hours``, ``customer_hours``, ``improvement_hours``, ``overhead_hours``,
            ``training_hours``.
    """
    staff.training_hours[i] *= share
    staff.improvement_hours[i] *= share
    staff.customer_hours[i] *= share
    staff.announced_hours[i] *= share
    staff.champion_hours[i] *= share
    staff.overhead_hours[i] *= share


@kernel
def plan_hours(staff: Rows, departments: Rows, p: Capacity, week: int) -> None:
    """Calculate the hours of each post for cases: the rest of the week after absence and the programme.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``capacity``.
        week: number of the week.

    Writes:
        staff: ``announced_hours``, ``champion_hours``, ``customer_hours``, ``hours``, ``improvement_hours``,
            ``overhead_hours``, ``training_hours``.
        departments: ``absent_hours``, ``hours``, ``overhead_hours``, ``paid``, ``paid_hours``, ``programme_hours``.
    """
    for i in range(len(staff.hours)):
        if week < staff.vacant_until[i]:
            # Work that a predecessor left unfinished waits for the successor.
            staff.hours[i] = -staff.overrun[i]
            continue
        department = staff.department[i]
        contracted = p.weekly_hours * staff.contract[i]
        at_work = attendance(contracted, staff.engagement[i], week - staff.hired_week[i], p)
        posts = departments.last_staff[department] - departments.first_staff[department]
        staff.overhead_hours[i] += departments.outreach_hours[department] / posts
        staff.champion_hours[i] = staff.champion[i]
        programme_hours = (
            staff.training_hours[i]
            + staff.improvement_hours[i]
            + staff.customer_hours[i]
            + staff.announced_hours[i]
            + staff.champion_hours[i]
        )
        case_hours = at_work - programme_hours - staff.overhead_hours[i]
        if case_hours < 0.0:
            # Activities that do not fit into the week do not take place and are not made up for.
            share = at_work / (programme_hours + staff.overhead_hours[i])
            cut_overhead(i, share, staff)
            programme_hours *= share
            case_hours = 0.0
        # A case that was started late last week is finished first; a long one may take more than the time left.
        staff.hours[i] = case_hours - staff.overrun[i]
        departments.paid[department] += staff.contract[i]
        departments.paid_hours[department] += contracted
        departments.absent_hours[department] += contracted - at_work
        departments.programme_hours[department] += programme_hours
        departments.overhead_hours[department] += staff.overhead_hours[i]
        departments.hours[department] += case_hours
