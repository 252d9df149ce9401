"""Hand-offs lose the customer's information, and the next department starts again. [003]

The loss depends on how a case is passed on. After judgement, the case is passed on in person; after the
script, by form. A case that is handed over without work on it loses most.
"""

from __future__ import annotations

from enum import IntEnum

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


class HandoffMode(IntEnum):
    """Ways to pass a case on to another department."""

    BY_FORM = 0
    IN_PERSON = 1
    UNDONE = 2


BY_FORM, IN_PERSON, UNDONE = int(HandoffMode.BY_FORM), int(HandoffMode.IN_PERSON), int(HandoffMode.UNDONE)


@parameters("handoffs")
class Handoffs:
    """Losses between departments."""

    loss_probability: float = parameter(
        0.3,
        unit="probability",
        range=(0.1, 0.5),
        off=0.0,
        lever=True,
        meaning="probability that a hand-off by form loses the customer's information",
    )
    warm_factor: float = parameter(
        0.3,
        unit="factor",
        range=(0.1, 0.8),
        legal=(0.0, 1.0),
        off=1.0,
        meaning="probability that a hand-off in person loses the customer's information, relative to one by form",
    )
    cold_factor: float = parameter(
        1.6,
        unit="factor",
        range=(1.0, 2.5),
        off=1.0,
        meaning="probability that a hand-over without work on the case loses the customer's information, relative to one by form",
    )
    repeat_time: float = parameter(
        0.4,
        unit="share",
        range=(0.1, 0.8),
        off=0.0,
        meaning="extra time of a contact that has to ask for the information again",
    )
    handoff_error: float = parameter(
        0.18,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        meaning="share of the success probability that is lost with the customer's information, or if a leader decides",
    )


@rule
def loss_of_context(mode: int, linked: float, p: Handoffs) -> float:
    """Return the probability that a hand-off of a mode (:class:`HandoffMode`) loses the customer's information.

    Integration between the departments reduces these losses.

    Source: assumed, after article 003.

    Args:
        mode: way in which the case is passed on.
        linked: share of the losses between departments that the structure avoids.
        p: parameters of the group ``handoffs``.

    Returns:
        Probability of the loss.
    """
    return clip01(
        p.loss_probability * (p.warm_factor if mode == IN_PERSON else p.cold_factor if mode == UNDONE else 1.0)
    ) * (1.0 - linked)
