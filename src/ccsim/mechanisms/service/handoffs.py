"""Hand-offs lose: what the customer has said does not arrive, and the next department starts again. [003]

How much is lost depends on how the case is passed on. A person who used judgement passes it on in person; the script
passes it on by form; a case that is handed over undone loses most.
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
    """What is lost between departments."""

    loss_probability: float = parameter(
        0.3,
        unit="probability",
        range=(0.1, 0.5),
        off=0.0,
        lever=True,
        meaning="chance that a hand-off by form loses what the customer has said",
    )
    warm_factor: float = parameter(
        0.3,
        unit="factor",
        range=(0.1, 0.8),
        legal=(0.0, 1.0),
        off=1.0,
        meaning="chance that a hand-off in person loses what the customer has said, relative to one by form",
    )
    cold_factor: float = parameter(
        1.6,
        unit="factor",
        range=(1.0, 2.5),
        off=1.0,
        meaning="chance that a case passed on undone loses what the customer has said, relative to a hand-off by form",
    )
    repeat_time: float = parameter(
        0.4, unit="share", range=(0.1, 0.8), off=0.0, meaning="extra time of a contact that has to ask again"
    )
    handoff_error: float = parameter(
        0.18,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        meaning="part of the success chance that is lost with what the customer had said, or when a leader decides",
    )


@rule
def loss_of_context(mode: int, linked: float, p: Handoffs) -> float:
    """Return the chance that a hand-off of a mode (:class:`HandoffMode`) loses what the customer has said.

    Integration between the departments avoids its share of the losses.
    """
    return clip01(
        p.loss_probability * (p.warm_factor if mode == IN_PERSON else p.cold_factor if mode == UNDONE else 1.0)
    ) * (1.0 - linked)
