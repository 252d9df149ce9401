"""Customers talk: news of failures and recoveries spreads along ties. [003]

Customers talk about single contacts. The opinion that a person has heard fades to neutral.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("word_of_mouth")
class WordOfMouth:
    """How far word of mouth reaches and how long it lasts."""

    reach: int = parameter(
        2,
        unit="people each side",
        range=(0, 5),
        legal=(0, 50),
        off=0,
        lever=True,
        meaning="neighbours on either side in the market who hear a customer's story, besides one acquaintance far away too",
    )
    influence: float = parameter(
        0.3,
        unit="share",
        range=(0.05, 0.6),
        off=0.0,
        meaning="share of the gap to the opinion of many voices that an opinion closes in a week",
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    opinion: FloatArray = stock("share", "opinion heard from others, 0.5 neutral")


@rule
def opinion_update(opinion: float, heard: float, voices: float, p: WordOfMouth, forgetting_rate: float) -> float:
    """Return an opinion after a week: it moves towards what was heard, further with more voices, and fades a little.

    Source: assumed, after article 003: a first-order delay (Sterman 2000) towards what was heard.

    Args:
        opinion: opinion heard from others, 0.5 neutral (share).
        heard: mean of what was heard in the week (share).
        voices: sum of the weights of those who told (people).
        p: parameters of the group ``word_of_mouth``.
        forgetting_rate: ``experience.forgetting_rate``, rate at which an opinion returns to neutral (1/week).

    Returns:
        The opinion after the week (share).
    """
    if voices > 0.0:
        opinion = relax(opinion, heard / voices, p.influence * half_saturation(voices, 2.0))
    return relax(opinion, 0.5, forgetting_rate)


@kernel
def update_opinion(customers: Rows, p: WordOfMouth, forgetting_rate: float) -> None:
    """Update opinions with what was told in the week.

    Args:
        customers: columns of the market, one row per person.
        p: parameters of the group ``word_of_mouth``.
        forgetting_rate: ``experience.forgetting_rate``, rate at which an opinion returns to neutral (1/week).

    Writes:
        customers: ``opinion``.
    """
    for i in range(len(customers.opinion)):
        customers.opinion[i] = opinion_update(
            customers.opinion[i], customers.heard_opinion[i], customers.voices[i], p, forgetting_rate
        )
