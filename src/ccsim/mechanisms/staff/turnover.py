"""People leave, posts stay vacant for a while, and newcomers start with little of what had been built up. [004]"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01, exp
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniform, uniforms4

QUIT, HIRE, PACE = int(Stream.QUIT), int(Stream.HIRE), int(Stream.WORK_PACE)


@parameters("turnover")
class Turnover:
    """Who leaves, when posts are filled, and the traits of newcomers."""

    quit_probability: float = parameter(
        0.0048,
        unit="probability",
        range=(0.002, 0.01),
        off=0.0,
        meaning="weekly probability that a person of ordinary engagement leaves",
        source="calibrated: about 25 % a year; Holman et al. 2007 give 25 to over 50 % for US call centres",
    )
    sensitivity: float = parameter(
        3.0,
        unit="1/share",
        range=(1.0, 6.0),
        off=0.0,
        meaning="how steeply leaving rises as engagement falls",
        source="assumed; sign and size: Harter et al. 2002, r = -.30",
    )
    vacancy_weeks: int = parameter(
        6,
        unit="weeks",
        range=(2, 12),
        legal=(0, 104),
        off=0,
        meaning="weeks until a post is filled again",
        on_record=True,
    )
    disposition: float = parameter(
        0.4,
        unit="share",
        range=(0.25, 0.55),
        lever=True,
        meaning="mean conviction of people when they join",
    )
    disposition_spread: float = parameter(
        0.15,
        unit="share",
        range=(0.05, 0.25),
        off=0.0,
        meaning="standard deviation of the conviction of people when they join, for staff, team leads and heads",
    )
    temperament_spread: float = parameter(
        0.35,
        unit="ratio",
        range=(0.1, 0.6),
        off=0.0,
        meaning="standard deviation of staff's sensitivity to rewards and of leaders' need for control, relative "
        "to the mean",
    )
    baseline_engagement: float = parameter(
        0.56,
        unit="share",
        range=(0.4, 0.7),
        meaning="mean engagement of people when they join",
        source="calibrated: mean engagement of 60 to 65 of 100",
    )
    baseline_engagement_spread: float = parameter(
        0.12,
        unit="share",
        range=(0.05, 0.2),
        off=0.0,
        meaning="standard deviation of the engagement of people when they join",
    )
    handling_time_spread: float = parameter(
        0.2,
        unit="ratio",
        range=(0.1, 0.3),
        legal=(0.0, 1.0),
        off=0.0,
        meaning="standard deviation, in logarithms, of the time that people take for the same case",
        source="Schmidt & Hunter 1983: the standard deviation of output is 20 % of the mean",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    person: IntArray = stock("count", "number of people who held the post before")
    hired_week: IntArray = stock("week", "week in which this person joined")
    vacant_until: IntArray = stock("week", "first week in which the post is filled (again)", "staffing")
    disposition: FloatArray = stock("share", "conviction to which the person returns without influences")
    baseline_engagement: FloatArray = stock("share", "engagement to which the person returns in ordinary circumstances")
    reward_sensitivity: FloatArray = stock("factor", "sensitivity of this person to rewards, 1 on average")
    pace: FloatArray = stock("ratio", "time that the person takes for a case, relative to the average")
    arrived: FloatArray = flow("people", "1 if a new person takes the post in this week")


@columns("departments")
class Departments:
    """Columns of a department."""

    quits: FloatArray = flow("people", "members of staff who left")
    hires: FloatArray = flow("people", "members of staff who joined")


@rule
def quits(engagement: float, draw: float, p: Turnover) -> bool:
    """Return whether a person leaves this week; the probability rises as engagement falls.

    Source: assumed: an exponential hazard; sign: Harter et al. 2002.

    Args:
        engagement: engagement of the person (share).
        draw: random draw, 0 to 1.
        p: parameters of the group ``turnover``.
    """
    return draw < p.quit_probability * exp(p.sensitivity * (0.62 - engagement))


@rule
def initialise_person(i: int, staff: Rows, p: Turnover, seed: int, week: int) -> None:
    """Draw the traits of a person who takes a post. Other mechanisms set their columns where ``arrived`` is 1.

    Args:
        i: row of the person.
        staff: columns of the staff, one row per post.
        p: parameters of the group ``turnover``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``baseline_engagement``, ``disposition``, ``hired_week``, ``pace``, ``reward_sensitivity``.
    """
    a, b, c, d = uniforms4(seed, HIRE, week, 3 * i)
    staff.disposition[i] = clip01(p.disposition + p.disposition_spread * irwin_hall_normal(a, b, c, d))
    a, b, c, d = uniforms4(seed, HIRE, week, 3 * i + 1)
    staff.reward_sensitivity[i] = max(0.0, 1.0 + p.temperament_spread * irwin_hall_normal(a, b, c, d))
    a, b, c, d = uniforms4(seed, HIRE, week, 3 * i + 2)
    staff.baseline_engagement[i] = clip01(
        p.baseline_engagement + p.baseline_engagement_spread * irwin_hall_normal(a, b, c, d)
    )
    a, b, c, d = uniforms4(seed, PACE, week, i)
    staff.pace[i] = exp(p.handling_time_spread * irwin_hall_normal(a, b, c, d))
    staff.hired_week[i] = week


@kernel
def replace_staff(staff: Rows, departments: Rows, p: Turnover, leaving_champions: float, seed: int, week: int) -> None:
    """Let people quit at the end of the week, and let newcomers fill vacant posts from next week on.

    The columns that describe who holds a post are set here. Other mechanisms set theirs where ``arrived`` is 1.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``turnover``.
        leaving_champions: ``champions.departures``, champions who leave the organisation in this week (people).
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``arrived``, ``baseline_engagement``, ``disposition``, ``hired_week``, ``pace``, ``person``,
            ``reward_sensitivity``, ``vacant_until``.
        departments: ``hires``, ``quits``.
    """
    to_leave = leaving_champions
    for i in range(len(staff.person)):
        if week >= staff.vacant_until[i]:
            called_away = to_leave > 0 and staff.champion[i] > 0.0
            if called_away:
                to_leave -= 1
            if called_away or quits(staff.engagement[i], uniform(seed, QUIT, week, i), p):
                departments.quits[staff.department[i]] += 1
                staff.vacant_until[i] = week + 1 + p.vacancy_weeks
        if staff.vacant_until[i] == week + 1:
            departments.hires[staff.department[i]] += 1
            staff.person[i] += 1
            staff.arrived[i] = 1
            initialise_person(i, staff, p, seed, week + 1)
