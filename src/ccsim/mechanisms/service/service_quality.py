"""How a customer is treated in a contact, and what the contact is worth to him or her."""

from __future__ import annotations

from ccsim.engine.functions import clip01
from ccsim.engine.jit import rule
from ccsim.mechanisms.service.handling_options import SCRIPT, SOLVE


@rule
def courtesy_of(option, p):
    """How a customer is treated, between 0 and 1, whatever comes of it."""
    return p.polite if option == SCRIPT else p.caring if option == SOLVE else p.curt


@rule
def quality_of(option, resolved, age, hassle, p):
    """Quality of a closed contact to the customer, between 0 and 1."""
    return clip01(
        p.courtesy * courtesy_of(option, p) + (1.0 - p.courtesy) * resolved - p.waiting * age - p.hassle * hassle
    )
