"""Signals are useful if they reach people who can act, are few enough to be read, and lead to action. [001, 002]

Surveys and staff produce signals. Shared signals reach a team. The signals that the team can absorb become insight;
too many signals reduce it. People who are asked to listen but see no action become cynical.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("sensing")
class Sensing:
    """What the organisation hears from its customers, and how it acts on it."""

    coverage: float = parameter(
        0.2,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of contacts from which a signal is taken",
        switches=("signals",),
    )
    volume: float = parameter(
        1.0,
        unit="factor",
        range=(0.5, 5.0),
        legal=(0.0, 100.0),
        lever=True,
        meaning="number of signals (reports, dashboards, comments) per contact from which any is taken",
        switches=("signals",),
    )
    shared: float = parameter(
        0.25,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of the signals that reach the teams; the rest stays where it is collected",
        switches=("signals",),
    )
    staff_signals: float = parameter(
        0.1,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of spoilt contacts that staff report and that are passed on to the teams",
        switches=("signals",),
    )
    action_hours: float = parameter(
        0.0,
        unit="hours/week",
        range=(0.0, 40.0),
        off=0.0,
        legal=(0.0, 10000.0),
        lever=True,
        meaning="time of a department for acting on signals, by removing the causes of spoilt contacts",
        switches=("defect-removal",),
    )
    published: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="how far leaders are shown customers' final judgement instead of surveys right after the contact",
    )
    absorptive_capacity: float = parameter(
        1.5,
        unit="signals/week",
        range=(1.0, 4.0),
        legal=(0.01, 1000.0),
        meaning="signals per head that a team can absorb",
        source="assumed; at least twice as many as reach a team in the ordinary organisation",
        pack="signals",
    )
    reading_hours: float = parameter(0.1, unit="hours", range=(0.02, 0.3), off=0.0, meaning="time for reading a signal")
    half_saturation: float = parameter(
        0.6,
        unit="signals/week",
        range=(0.2, 1.5),
        legal=(0.01, 100.0),
        meaning="understood signals per head at which half of full insight is reached",
    )
    learning_rate: float = parameter(
        0.08, unit="1/week", range=(0.02, 0.2), off=0.0, meaning="rate at which insight follows understood signals"
    )
    skill_gain: float = parameter(
        0.3, unit="share", range=(0.0, 0.6), off=0.0, meaning="increase in skill from full insight in a case"
    )


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    knowledge_bonus: FloatArray = flow("share", "increase in skill from insight and the system in a case")


@columns("departments")
class Departments:
    """Columns of a department."""

    insight: FloatArray = stock("share", "insight of the team into what customers need and what goes wrong")
    signals: FloatArray = stock("signals/week", "signals per head that reached the team last week")
    action_hours: FloatArray = flow("hours", "time for acting on signals")
    ignored_signals: FloatArray = flow("share", "signals read that led to no action")


@rule
def signals_understood(signals: float, p: Sensing) -> float:
    """Return the signals understood: all up to the absorptive capacity, and fewer the more they exceed it."""
    return signals if signals <= p.absorptive_capacity else p.absorptive_capacity * p.absorptive_capacity / signals


@rule
def signals_collected(handled: float, defects: float, p: Sensing) -> float:
    """Return the signals that reach a team: surveys as far as they are shared, and reports by staff.

    Source: arithmetic: contacts times signals per contact.

    Args:
        handled: contacts handled in the week (contacts).
        defects: share of contacts spoilt by the process.
        p: parameters of the group ``sensing``.

    Returns:
        Signals that reach the team in the week (signals/week).
    """
    return handled * (p.coverage * p.volume * p.shared + p.staff_signals * defects)


@kernel
def read_signals(staff: Rows, departments: Rows, p: Sensing, week: int) -> None:
    """Take time for reading last week's signals and acting on them, and let insight raise skill.

    Args:
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        p: parameters of the group ``sensing``.
        week: number of the week.

    Writes:
        staff: ``knowledge_bonus``, ``overhead_hours``.
        departments: ``action_hours``.
    """
    for i in range(len(staff.overhead_hours)):
        if week >= staff.vacant_until[i]:
            d = staff.department[i]
            posts = departments.last_staff[d] - departments.first_staff[d]
            staff.overhead_hours[i] += p.reading_hours * departments.signals[d] + p.action_hours / posts
            departments.action_hours[d] += p.action_hours / posts
            staff.knowledge_bonus[i] += p.skill_gain * departments.insight[d]


@kernel
def collect_signals(departments: Rows, p: Sensing) -> None:
    """Collect signals and update insight.

    Args:
        departments: columns of the departments, one row each.
        p: parameters of the group ``sensing``.

    Writes:
        departments: ``insight``, ``signals``, ``ignored_signals``.
    """
    for d in range(len(departments.signals)):
        posts = departments.last_staff[d] - departments.first_staff[d]
        if posts > 0:
            departments.signals[d] = signals_collected(departments.handled[d], departments.defects[d], p) / posts
            understood = signals_understood(departments.signals[d], p)
            departments.insight[d] = relax(
                departments.insight[d], half_saturation(understood, p.half_saturation), p.learning_rate
            )
            # Signals that are read without consequences, because there are few hours of action per head.
            departments.ignored_signals[d] += half_saturation(understood, p.half_saturation) * (
                1.0 - half_saturation(p.action_hours / posts, 0.2)
            )
