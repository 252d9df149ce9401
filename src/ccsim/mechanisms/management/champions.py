"""Champions carry change; when one leaves, the time for it is gone. [004, 003]

How champions use their time is in ``coaching``. A hero is a single champion with much time and authority.
"""

from __future__ import annotations

import numpy as np

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, stock
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform
from ccsim.mechanisms.management.centrality import betweenness, degree, eigenvector

APPOINT = int(Stream.APPOINT)
CHOSEN = ("at random", "most convinced", "best connected", "eigenvector", "betweenness", "longest in post")
PLACED = ("together", "across")


@parameters("champions", pack="champions")
class Champions:
    """Who the champions are, how much time they have, and when they leave."""

    count: int = parameter(
        0, unit="people", range=(0, 20), legal=(0, 10000), off=0, lever=True, meaning="number of champions",
        switches=("champions", "embedding"))  # fmt: skip
    hours: float = parameter(
        20.0,
        unit="hours/week",
        range=(2.0, 35.0),
        legal=(0.0, 80.0),
        lever=True,
        meaning="time freed for each champion",
    )
    authority: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="decision rights that a champion can lend to the people coached",
    )
    embedding: float = parameter(
        0.1,
        unit="share",
        range=(0.0, 0.8),
        lever=True,
        meaning="share of a champion's time spent on writing routines instead of coaching",
    )
    selection: int = parameter(
        1, unit="", range=(0, 5), choices=CHOSEN, lever=True, meaning="how champions are selected"
    )
    placement: int = parameter(
        1,
        unit="",
        range=(0, 1),
        choices=PLACED,
        lever=True,
        meaning="whether champions all come from one department or from the departments in turn",
    )
    departures: int = parameter(
        0,
        unit="people",
        range=(0, 20),
        legal=(0, 10000),
        off=0,
        impulse=True,
        meaning="champions who leave the organisation in this week",
    )
    example_share: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        meaning="share of a champion's example that every colleague sees in full; the rest is divided among the people coached",
        source="assumed; sign: Battilana & Casciaro 2012",
    )
    half_saturation: float = parameter(
        0.4,
        unit="hours/week",
        range=(0.1, 1.0),
        meaning="champion's time per colleague at which half of the full effect is reached",
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    champion: FloatArray = stock("hours/week", "time freed for carrying the change, 0 for most people")


@rule
def suitability(i: int, staff: Rows, standing: FloatArray, p: Champions, seed: int) -> float:
    """Return the suitability of a person as champion, by the selection rule in force.

    Source: assumed, after articles 003 and 004; standing is one of the measures of
    :mod:`ccsim.mechanisms.management.centrality`.

    Args:
        i: row of the person.
        staff: columns of the staff, one row per post.
        standing: centrality or seniority of each person, by the selection rule, shape (posts,).
        p: parameters of the group ``champions``.
        seed: seed of all draws of the run.

    Returns:
        The score by which candidates are compared (no unit; larger is more suitable).
    """
    if p.selection == 0:
        return uniform(seed, APPOINT, staff.person[i], i)
    if p.selection == 1:
        return 0.5 * staff.conviction[i] + 0.3 * staff.habit[i] + 0.2 * staff.skill[i]
    return standing[i] + 1e-6 * staff.conviction[i]


@kernel(allocates=True)
def measure_standing(standing: FloatArray, staff: Rows, colleagues: IntArray, p: Champions, week: int) -> None:
    """Calculate the standing of each person, by the selection rule for champions.

    Args:
        standing: array to fill, shape (posts,).
        staff: columns of the staff, one row per post.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        p: parameters of the group ``champions``.
        week: number of the week.

    Writes:
        standing: all of it.
    """
    if p.selection == 2:
        degree(colleagues, standing)
    elif p.selection == 3:
        eigenvector(colleagues, standing)
    elif p.selection == 4:
        betweenness(colleagues, standing)
    elif p.selection == 5:
        for i in range(len(standing)):
            standing[i] = week - staff.hired_week[i]


@kernel(allocates=True)
def appoint(staff: Rows, colleagues: IntArray, departments: Rows, p: Champions, seed: int, week: int) -> None:
    """Appoint champions until their number is the wanted one.

    Args:
        staff: columns of the staff, one row per post.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        departments: columns of the departments, one row each.
        p: parameters of the group ``champions``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        staff: ``champion``.
    """
    serving = 0
    first = -1
    for i in range(len(staff.champion)):
        if staff.champion[i] > 0.0:
            # A champion who leaves at the end of this week still works during it.
            if week < staff.vacant_until[i] or staff.hired_week[i] == week or serving >= p.count + p.departures:
                staff.champion[i] = 0.0
            else:
                staff.champion[i] = p.hours
                serving += 1
                first = staff.department[i] if first < 0 else first
    if serving >= p.count or p.hours <= 0.0:
        return
    standing = np.zeros(len(staff.champion))
    measure_standing(standing, staff, colleagues, p, week)
    while serving < p.count:
        wanted = first if p.placement == 0 else serving % len(departments.queue)
        best = best_candidate(wanted, staff, standing, p, seed, week)
        if best < 0:
            best = best_candidate(-1, staff, standing, p, seed, week)
        if best < 0:
            return
        staff.champion[best] = p.hours
        first = staff.department[best] if first < 0 else first
        serving += 1


@rule
def best_candidate(department: int, staff: Rows, standing: FloatArray, p: Champions, seed: int, week: int) -> int:
    """Return the most suitable person of a department (of all, if negative) who is in post and not yet a champion.

    Source: arithmetic: the largest suitability.

    Args:
        department: row of the department.
        staff: columns of the staff, one row per post.
        standing: centrality or seniority of each person, by the selection rule, shape (posts,).
        p: parameters of the group ``champions``.
        seed: seed of all draws of the run.
        week: number of the week.

    Returns:
        Row of the person; -1 if there is none.
    """
    best, most = -1, -1.0
    for i in range(len(staff.champion)):
        here = department < 0 or staff.department[i] == department
        if here and staff.champion[i] == 0.0 and week >= staff.vacant_until[i]:
            fit = suitability(i, staff, standing, p, seed)
            if fit > most:
                best, most = i, fit
    return best
