"""Whether a programme works in this organisation is not known beforehand: a trial can fail, and can be stopped. [004]

What local improvement is worth differs between organisations and between their departments, and no effort changes it.
Who tries in a few departments first learns it at little cost; who begins everywhere pays everywhere. Every quarter the
sponsor looks at how many of the improvements so far worked, and stops for good if they were too few. Signs: Repenning
2002; Amis, Slack & Hinings 2004.
"""

from __future__ import annotations

from typing import Any

from ccsim.engine.columns import FloatArray, Rows, columns, fixed, stock
from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniforms4

TRIAL = int(Stream.TRIAL)


@parameters("trials", pack="trials")
class Trials:
    """How uncertain it is that a programme works, and when it is stopped."""

    uncertainty: float = parameter(
        0.0,
        unit="ratio",
        range=(0.0, 0.8),
        legal=(0.0, 2.0),
        off=0.0,
        meaning="standard deviation of what improvement is worth in an organisation, relative to the ordinary",
        source="assumed; sign: Amis, Slack & Hinings 2004, Repenning 2002",
        switches=("trials",),
    )
    shared: float = parameter(
        0.7,
        unit="share",
        range=(0.3, 0.95),
        meaning="part of the variance of what improvement is worth that all departments of an organisation have in common: what a pilot can teach",
    )
    stop_below: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.8),
        off=0.0,
        lever=True,
        meaning="share of improvements that must work for a programme to go on; at 0 it is never stopped",
        switches=("trials",),
    )
    min_attempts: float = parameter(
        12.0,
        unit="attempts",
        range=(4.0, 40.0),
        legal=(1.0, 10000.0),
        meaning="improvements that must be finished before the programme is judged by them",
    )
    interval_weeks: int = parameter(
        13, unit="weeks", range=(4, 26), legal=(1, 1000), meaning="weeks between two looks at what worked"
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    trial_return: FloatArray = fixed("factor", "what improvement is worth here, relative to the ordinary")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    attempts: FloatArray = stock("count", "improvements brought to an end so far")
    successful_attempts: FloatArray = stock("count", "those of them that worked")
    stopped: FloatArray = stock("0/1", "1 once the programme from the bottom was stopped for good")


@rule
def return_factor(common: float, local: float, p: Trials) -> float:
    """What improvement is worth in a department: partly the same in all of them; never less than nothing."""
    return max(0.0, 1.0 + p.uncertainty * (p.shared**0.5 * common + (1.0 - p.shared) ** 0.5 * local))


@rule
def success_share(ordinary: float, trial_return: float) -> float:
    """Return the share of improvements that work, of those brought to an end."""
    return clip01(ordinary * trial_return)


@rule
def should_stop(attempts: float, successful: float, p: Trials) -> bool:
    """Return whether too few improvements worked, of enough that were tried."""
    return attempts >= p.min_attempts and successful < p.stop_below * attempts


@kernel
def draw_returns(departments: Rows, p: Trials, seed: int) -> None:
    """Draw what improvement is worth in each department.

    Args:
        departments: columns of the departments, one row each.
        p: parameters of the group ``trials``.
        seed: seed of all draws of the run.

    Writes:
        departments: ``trial_return``.
    """
    a, b, c, d = uniforms4(seed, TRIAL, 0, 0)
    common = irwin_hall_normal(a, b, c, d)
    for row in range(len(departments.trial_return)):
        a, b, c, d = uniforms4(seed, TRIAL, 1, row)
        departments.trial_return[row] = return_factor(common, irwin_hall_normal(a, b, c, d), p)


@kernel
def review_trials(firm: Rows, p: Trials, successes: Any, week: int) -> None:
    """Count what was tried and what worked, and stop a programme that does not work; owns all three.

    Args:
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``trials``.
        successes: parameters of the group ``visible_successes``.
        week: number of the week.

    Writes:
        firm: ``stopped``, ``attempts``, ``successful_attempts``.
    """
    if p.stop_below <= 0.0:
        return
    worth = successes.size * successes.visibility
    successful = firm.improvements[0] / worth if worth > 0.0 else 0.0
    firm.attempts[0] += successful + firm.failures[0]
    firm.successful_attempts[0] += successful
    if (
        week >= 0
        and week % p.interval_weeks == p.interval_weeks - 1
        and should_stop(firm.attempts[0], firm.successful_attempts[0], p)
    ):
        firm.stopped[0] = 1.0
