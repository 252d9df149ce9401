"""Self-service is cheap, but harms satisfaction if customers cannot reach a person. [001]

Some new issues go to a machine first, which solves the simple ones. If the machine offers a way out, the other issues
reach a person, with one annoyance more. Otherwise they end in a bad contact, and some customers find another way in.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("self_service", pack="self-service")
class SelfService:
    """Parameters of self-service."""

    share: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 1.0),
        off=0.0,
        lever=True,
        meaning="share of new issues that go to the machine first",
        switches=("self-service",),
    )
    quality: float = parameter(
        0.7,
        unit="probability",
        range=(0.3, 0.95),
        lever=True,
        meaning="probability that the machine solves the simplest issue",
    )
    exit: bool = parameter(
        1, unit="on/off", range=(0, 1), lever=True, meaning="whether there is a way out of the machine to a person"
    )
    complexity_penalty: float = parameter(
        0.9,
        unit="share",
        range=(0.5, 1.0),
        meaning="reduction of the machine's probability of a solution for the most complex issue",
    )
    solved_quality: float = parameter(
        0.8, unit="share", range=(0.6, 1.0), meaning="quality of a contact in which the machine solves the issue"
    )
    trapped_quality: float = parameter(
        0.1, unit="share", range=(0.0, 0.3), meaning="quality of a contact that ends in the machine"
    )
    bypass_probability: float = parameter(
        0.5,
        unit="probability",
        range=(0.2, 0.8),
        meaning="probability that a customer reaches a person although the machine has no way out",
    )
    cost: float = parameter(0.5, unit="EUR", range=(0.1, 2.0), meaning="cost of a contact with the machine")


@columns("segments")
class Segments:
    """Columns of a customer segment."""

    bot_contacts: FloatArray = flow("contacts", "issues that went to the machine first")
    bot_solved: FloatArray = flow("contacts", "issues that the machine solved")
    bot_stuck: FloatArray = flow("contacts", "issues that ended in the machine unsolved")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    self_service_cost: FloatArray = flow("EUR", "self-service")


SOLVED, STUCK, THROUGH, ROUNDABOUT = range(4)


@rule
def contact_outcome(complexity: float, success_draw: float, exit_draw: float, p: SelfService) -> int:
    """Return how a contact with the machine ends: solved, stuck, through to a person, or roundabout to a person.

    Source: assumed, after article 001: a probability tree.

    Args:
        complexity: complexity of the case, 0 for the standard case (share).
        success_draw: random draw for success, 0 to 1.
        exit_draw: random draw for whether the customer reaches a person, 0 to 1.
        p: parameters of the group ``self_service``.

    Returns:
        One of ``SOLVED``, ``THROUGH``, ``ROUNDABOUT`` and ``STUCK``.
    """
    if success_draw < p.quality * (1.0 - p.complexity_penalty * complexity):
        return SOLVED
    if p.exit:
        return THROUGH
    return ROUNDABOUT if exit_draw < p.bypass_probability else STUCK


@rule
def try_self_service(
    i: int, complexity: float, success_draw: float, exit_draw: float, customers: Rows, segments: Rows, p: SelfService
) -> int:
    """Let the machine handle an issue, and count annoyances if the issue reaches a person.

    Source: assumed, after article 001.

    Args:
        i: row of the customer.
        complexity: complexity of the case, 0 for the standard case (share).
        success_draw: random draw for success, 0 to 1.
        exit_draw: random draw for whether the customer reaches a person, 0 to 1.
        customers: columns of the market, one row per person.
        segments: columns of the customer segments, one row each.
        p: parameters of the group ``self_service``.

    Returns:
        Number of annoyances with which the issue reaches a person; -1 if it does not reach one.

    Writes:
        customers: ``events``, ``quality``.
        segments: ``bot_contacts``, ``bot_solved``, ``bot_stuck``.
    """
    segment = customers.segment[i]
    segments.bot_contacts[segment] += 1
    outcome = contact_outcome(complexity, success_draw, exit_draw, p)
    if outcome == THROUGH or outcome == ROUNDABOUT:
        return 1 if outcome == THROUGH else 2
    segments.bot_solved[segment] += outcome == SOLVED
    segments.bot_stuck[segment] += outcome == STUCK
    customers.events[i] += 1
    customers.quality[i] += p.solved_quality if outcome == SOLVED else p.trapped_quality
    return -1


@kernel
def book_cost(segments: Rows, firm: Rows, p: SelfService) -> None:
    """Book the cost of contacts with the machine.

    Args:
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``self_service``.

    Writes:
        firm: ``self_service_cost``.
    """
    for s in range(len(segments.bot_contacts)):
        firm.self_service_cost[0] += p.cost * segments.bot_contacts[s]
