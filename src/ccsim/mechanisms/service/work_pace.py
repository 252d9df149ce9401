"""Busy people give each customer less time, with lower quality, and the usual time in busy weeks becomes the standard.

The rule is that of Oliva & Sterman 2001, equations for time per order and for the standard: with the ratio w of work
to capacity, time = standard * w**-pressure. The standard follows shorter times quickly, and longer ones hardly ever.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip, clip01, exp, log, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("work_pace")
class WorkPace:
    """How load shortens the time for a case, and the effect on success."""

    pressure: float = parameter(
        1.17,
        unit="ratio",
        range=(0.5, 1.5),
        legal=(0.0, 3.0),
        off=0.0,
        meaning="elasticity of time per case: per cent by which it falls with one per cent more work",
        source="set so that the elasticity of handling time to load is 0.64 (0.59 to 0.70): Oliva & Sterman 2001",
    )
    baseline_workload: float = parameter(
        0.88,
        unit="ratio",
        range=(0.7, 1.0),
        legal=(0.1, 3.0),
        meaning="ratio of work to available time at which people work at the standard pace",
    )
    erosion_weeks: float = parameter(
        18.8,
        unit="weeks",
        range=(13.0, 29.0),
        legal=(1.0, 1.0e7),
        meaning="weeks in which the standard of time for a case follows a shorter time",
        source="Oliva & Sterman 2001: 18.8 weeks (13 to 29)",
    )
    success_loss: float = parameter(
        0.5,
        unit="share",
        range=(0.2, 0.8),
        off=0.0,
        meaning="share of success lost per share of the standard time that is left out",
        source="assumed; sign: Oliva & Sterman 2001",
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    load: FloatArray = stock("ratio", "recent ratio of cases in standard hours to available time")
    standard: FloatArray = stock("ratio", "time for a case that people consider right, relative to the ordinary")
    pace: FloatArray = stock("ratio", "time for a case this week, relative to the ordinary")


@rule
def pace_at_load(load: float, standard: float, p: WorkPace) -> float:
    """Return the time for a case relative to the ordinary time: standard * (load / usual)**-pressure.

    Some of the work always has to be done, so time never falls below 0.4 of the ordinary time.

    Source: time per order in Oliva & Sterman 2001; the limits are assumed.

    Args:
        load: recent ratio of cases in standard hours to available time (ratio).
        standard: time for a case that people consider right, relative to the ordinary (ratio).
        p: parameters of the group ``work_pace``.

    Returns:
        Time for a case this week, relative to the ordinary (ratio).
    """
    if p.pressure == 0.0:
        return standard
    return max(0.4, standard * clip(exp(-p.pressure * log(max(load, 0.05) / p.baseline_workload)), 0.4, 1.6))


@rule
def standard_update(standard: float, pace: float, p: WorkPace) -> float:
    """Return the standard after a week: it follows a shorter time, but not a longer one.

    Source: the standard in Oliva & Sterman 2001, which does not rise again here.

    Args:
        standard: time for a case that people consider right, relative to the ordinary (ratio).
        pace: time for a case this week, relative to the ordinary (ratio).
        p: parameters of the group ``work_pace``.

    Returns:
        Standard after the week (ratio).
    """
    return relax(standard, pace, 1.0 / p.erosion_weeks) if pace < standard else standard


@rule
def haste_loss(spoilt: float, pace: float, p: WorkPace) -> float:
    """Return the share of success lost to the process and to haste together.

    Source: assumed: independent losses; sign: Oliva & Sterman 2001.

    Args:
        spoilt: share of success lost to the process.
        pace: time for a case this week, relative to the ordinary (ratio).
        p: parameters of the group ``work_pace``.

    Returns:
        Share of success lost, 0 to 1.
    """
    return 1.0 - (1.0 - spoilt) * (1.0 - p.success_loss * clip01(1.0 - pace))


@kernel
def set_pace(staff: Rows, departments: Rows, p: WorkPace, hours: float) -> None:
    """Set the pace of each department and each person in this week.

    Load counts cases in standard hours and not in the hours chosen, because quick options do not reduce the load.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``work_pace``.
        hours: ``service.handling_hours``, staff time of a standard contact by the script (hours).

    Writes:
        staff: ``time_penalty``.
        departments: ``load``, ``pace``, ``standard``, ``success_loss``.
    """
    for d in range(len(departments.queue)):
        wanted, available = departments.queue[d] * hours * departments.standard[d], departments.hours[d]
        load = min(3.0, wanted / available) if available > 0.0 else 3.0
        departments.load[d] = relax(departments.load[d], load, 0.25)
        pace = pace_at_load(departments.load[d], departments.standard[d], p)
        departments.pace[d] = pace
        departments.standard[d] = standard_update(departments.standard[d], pace, p)
        if pace < 1.0:
            departments.success_loss[d] = haste_loss(departments.success_loss[d], pace, p)
    for i in range(len(staff.time_penalty)):
        pace = departments.pace[staff.department[i]] * staff.pace[i]
        if pace != 1.0:  # at the ordinary pace the result is exactly the standard
            staff.time_penalty[i] = (1.0 + staff.time_penalty[i]) * pace - 1.0
