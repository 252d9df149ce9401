"""It is not known beforehand whether a programme works in an organisation: a trial can fail and be stopped. [004]

The value of local improvement differs between organisations and between their departments, and effort does not change it.
A trial in a few departments reveals it at little cost; a start everywhere costs money everywhere. Every quarter the
sponsor checks how many improvements have worked so far, and stops permanently if they are too few. Signs: Repenning
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
    """How uncertain the value of a programme is, and when it is stopped."""

    uncertainty: float = parameter(
        0.0,
        unit="ratio",
        range=(0.0, 0.8),
        legal=(0.0, 2.0),
        off=0.0,
        meaning="standard deviation of the value of improvement in an organisation, relative to the ordinary value",
        source="assumed; sign: Amis, Slack & Hinings 2004, Repenning 2002",
        switches=("trials",),
    )
    shared: float = parameter(
        0.7,
        unit="share",
        range=(0.3, 0.95),
        meaning="share of the variance in the value of improvement that all departments have in common, which a pilot can reveal",
    )
    stop_below: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.8),
        off=0.0,
        lever=True,
        meaning="share of improvements that must work for a programme to continue; at 0 it is never stopped",
        switches=("trials",),
    )
    min_attempts: float = parameter(
        12.0,
        unit="attempts",
        range=(4.0, 40.0),
        legal=(1.0, 10000.0),
        meaning="finished improvements needed before the programme is judged",
    )
    interval_weeks: int = parameter(
        13,
        unit="weeks",
        range=(4, 26),
        legal=(1, 1000),
        meaning="weeks between two checks of how many improvements worked",
    )


@columns("departments")
class Departments:
    """Columns of a department."""

    trial_return: FloatArray = fixed(
        "factor", "value of improvement in this department, relative to the ordinary value"
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    attempts: FloatArray = stock("count", "improvements finished so far")
    successful_attempts: FloatArray = stock("count", "finished improvements that worked, so far")
    stopped: FloatArray = stock("0/1", "1 once the bottom-up programme has been stopped permanently")


@rule
def return_factor(common: float, local: float, p: Trials) -> float:
    """Return the value of improvement in a department, partly common to all departments and at least 0.

    Source: assumed, after article 004: two draws weighted so that the variance of their sum is 1.

    Args:
        common: draw that all departments share, with mean 0 and variance 1.
        local: draw of the department, with mean 0 and variance 1.
        p: parameters of the group ``trials``.

    Returns:
        Value relative to the ordinary (factor).
    """
    return max(0.0, 1.0 + p.uncertainty * (p.shared**0.5 * common + (1.0 - p.shared) ** 0.5 * local))


@rule
def success_share(ordinary: float, trial_return: float) -> float:
    """Return the share of finished improvements that worked."""
    return clip01(ordinary * trial_return)


@rule
def should_stop(attempts: float, successful: float, p: Trials) -> bool:
    """Return whether too few improvements worked, once enough are finished.

    Source: arithmetic: a share compared with a limit.

    Args:
        attempts: improvements finished so far (count).
        successful: finished improvements that worked, so far (count).
        p: parameters of the group ``trials``.
    """
    return attempts >= p.min_attempts and successful < p.stop_below * attempts


@kernel
def draw_returns(departments: Rows, p: Trials, seed: int) -> None:
    """Draw the value of improvement in each department.

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
    """Count improvements that were finished and that worked, and stop a programme that does not work.

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
    visible_size = successes.size * successes.visibility
    successful = firm.improvements[0] / visible_size if visible_size > 0.0 else 0.0
    firm.attempts[0] += successful + firm.failures[0]
    firm.successful_attempts[0] += successful
    if (
        week >= 0
        and week % p.interval_weeks == p.interval_weeks - 1
        and should_stop(firm.attempts[0], firm.successful_attempts[0], p)
    ):
        firm.stopped[0] = 1.0
