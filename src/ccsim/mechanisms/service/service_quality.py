"""How a customer is treated in a contact, and what the contact is worth to him or her."""

from __future__ import annotations

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.mechanisms.service.handling_options import SCRIPT, SOLVE

#: Engagement at which people treat customers as the options' ordinary courtesy says.
ORDINARY_ENGAGEMENT = 0.6


@rule
def courtesy_of(option, p):
    """How a customer is ordinarily treated, between 0 and 1, whatever comes of it."""
    return p.polite if option == SCRIPT else p.caring if option == SOLVE else p.curt


@rule
def courtesy_by(option, engagement, p):
    """How a customer is treated by a person: engaged people do the same more warmly."""
    return clip01(courtesy_of(option, p) + p.warmth * (engagement - ORDINARY_ENGAGEMENT))


@rule
def quality_of(courtesy, resolved, age, hassle, p):
    """Quality of a closed contact to the customer, between 0 and 1."""
    return clip01(p.courtesy * courtesy + (1.0 - p.courtesy) * resolved - p.waiting * age - p.hassle * hassle)
