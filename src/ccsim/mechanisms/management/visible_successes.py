"""Small, quick, visible successes are better than large abstract targets, and successes that are told spread. [004, 003]

An improvement ends in success or failure. Larger aims succeed more rarely. Who notices a success depends on whether it
is visible, whether it is told in other departments, and whether it is reported upwards.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.functions import half_saturation
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.mechanisms.management.trials import success_share


@parameters("visible_successes", pack="programme")
class VisibleSuccesses:
    """Outcomes of improvement, and who hears of them."""

    completion_probability: float = parameter(
        0.7,
        unit="probability",
        range=(0.3, 0.95),
        off=0.0,
        meaning="probability that much improvement time in a week completes an improvement of ordinary size",
    )
    failure_rate: float = parameter(
        0.4,
        unit="share",
        range=(0.0, 0.7),
        off=0.0,
        meaning="share of improvements that fail without knowledge of what works here",
    )
    size: float = parameter(
        1.0,
        unit="factor",
        range=(0.5, 5.0),
        off=1.0,
        legal=(0.1, 100.0),
        lever=True,
        meaning="size of the improvements aimed at; larger ones are proportionally more valuable and rarer",
    )
    visibility: float = parameter(
        1.0,
        unit="share",
        range=(0.0, 1.0),
        off=1.0,
        lever=True,
        meaning="share of improvements that are visible to others",
    )
    broadcast_share: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of improvements that are told in all departments",
    )
    story_value: float = parameter(
        8.0,
        unit="successes",
        range=(1.0, 20.0),
        meaning="number of solved contacts to which a visible improvement is equivalent for leaders",
    )
    source_weight: float = parameter(
        3.0,
        unit="people",
        range=(1.0, 6.0),
        off=0.0,
        meaning="number of sources to which many told successes are equivalent for the people who hear of them",
    )
    half_saturation: float = parameter(
        0.02,
        unit="successes/person",
        range=(0.01, 0.1),
        legal=(0.001, 10.0),
        meaning="told improvements per head at which half of the full effect is reached",
    )
    reported_share: float = parameter(
        1.0,
        unit="share",
        range=(0.0, 1.0),
        off=1.0,
        lever=True,
        meaning="share of successes that are reported to the executive",
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    improvements: FloatArray = flow("successes", "visible improvements that worked")
    failures: FloatArray = flow("attempts", "visible improvements that failed")


@rule
def completions(hours: float, p: VisibleSuccesses) -> float:
    """Return the probability that a person's improvement time completes an improvement this week."""
    return p.completion_probability * half_saturation(hours, 2.0) / p.size


@rule
def succeeds(know_how: float, p: VisibleSuccesses) -> float:
    """Return the share of completed improvements that work."""
    return 1.0 - p.failure_rate * (1.0 - know_how)


@rule
def complete_improvement(
    i: int, hours: float, draw: float, staff: Rows, departments: Rows, firm: Rows, blame: float, p: VisibleSuccesses
) -> None:
    """Let a person's improvement time end in a success, in a failure, or in nothing yet.

    Source: assumed, after articles 003 and 004: probabilities of completion and success.

    Args:
        i: row of the person.
        hours: time available for cases (hours).
        draw: random draw, 0 to 1.
        staff: columns of the staff, one row per post.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        blame: probability that a misstep is blamed (share).
        p: parameters of the group ``visible_successes``.

    Writes:
        staff: ``blamed``, ``setbacks``, ``visible_successes``.
        departments: ``visible_successes``.
        firm: ``failures``, ``improvements``.
    """
    chance = completions(hours, p)
    if draw < chance * success_share(succeeds(firm.know_how[0], p), departments.trial_return[staff.department[i]]):
        staff.visible_successes[i] += p.size
        visible_size = p.size * p.visibility
        departments.visible_successes[staff.department[i]] += p.story_value * visible_size
        firm.improvements[0] += visible_size
    elif draw < chance:
        staff.setbacks[i] += 1
        staff.blamed[i] += blame
        firm.failures[0] += 1


@kernel
def broadcast_successes(staff: Rows, firm: Rows, p: VisibleSuccesses, week: int) -> None:
    """Spread told improvements to all departments.

    Args:
        staff: columns of the staff, one row per post.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``visible_successes``.
        week: number of the week.

    Writes:
        staff: ``sources``.
    """
    if p.broadcast_share <= 0.0 or firm.improvements[0] <= 0.0:
        return
    many = half_saturation(p.broadcast_share * firm.improvements[0] / max(1, len(staff.sources)), p.half_saturation)
    for i in range(len(staff.sources)):
        if week >= staff.vacant_until[i]:
            staff.sources[i] += p.source_weight * many
