"""How a customer is treated in a contact, and the quality of the contact for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.mechanisms.service.handling_options import SCRIPT, SOLVE

if TYPE_CHECKING:
    from ccsim.mechanisms.service.handling_options import Service

#: Engagement at which people treat customers with the ordinary courtesy of an option.
ORDINARY_ENGAGEMENT = 0.6


@rule
def option_courtesy(option: int, p: Service) -> float:
    """Return the ordinary courtesy of an option, between 0 and 1, regardless of the outcome."""
    steps = 1.0 if option == SCRIPT else 2.0 if option == SOLVE else 0.0
    return min(1.0, p.base_courtesy + steps * p.courtesy_step)


@rule
def courtesy_from(option: int, engagement: float, p: Service) -> float:
    """Return the courtesy of a person with an option: engaged people are more courteous.

    Source: assumed: linear in engagement.

    Args:
        option: how the case is handled, one of ``OPTIONS``.
        engagement: engagement of the person (share).
        p: parameters of the group ``service``.

    Returns:
        Courtesy, 0 to 1.
    """
    return clip01(option_courtesy(option, p) + p.engagement_courtesy * (engagement - ORDINARY_ENGAGEMENT))


@rule
def contact_quality(courtesy: float, resolved: float, age: float, hassle: float, p: Service) -> float:
    """Return the quality of a closed contact for the customer, between 0 and 1.

    Source: assumed: weighted courtesy and result, minus losses from waiting and repetition.

    Args:
        courtesy: how the customer was treated, 0 to 1.
        resolved: issues resolved (issues).
        age: weeks since the case was opened.
        hassle: earlier contacts of the customer without success (contacts).
        p: parameters of the mechanism.

    Returns:
        Quality of the contact (share).
    """
    return clip01(
        p.courtesy_weight * courtesy
        + (1.0 - p.courtesy_weight) * resolved
        - p.waiting_loss * age
        - p.repetition_loss * hassle
    )
