"""Leaders set measures by their beliefs: convinced leaders realign them, unconvinced leaders undo this. [001, 004]

A convinced executive moves weight from handling time and cost to the customer's journey and widens decision rights.
Each leader below follows the superior. What they set is enacted through the same gap as a decree
(``implementation``). When the executive is no longer convinced, or is replaced by an unconvinced one, measures return to
the decree. Sign: Beer, Eisenstat & Spector 1990, where the top aligned systems with what units had begun, and decrees
without belief changed little.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import relax
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("realignment")
class Realignment:
    """When leaders realign measures and decision rights, and how fast."""

    rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.02, 0.15),
        off=0.0,
        meaning="share of the gap to their beliefs by which leaders move measures and rights in a week",
        source="assumed; order: yearly rounds of targets, half way in 5 to 30 weeks",
    )
    min_conviction: float = parameter(
        0.65,
        unit="share",
        range=(0.52, 0.75),
        meaning="conviction of the executive above which measures and rights are realigned; below it, realignment is undone",
    )


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    realigned: FloatArray = stock("share", "how far measures and rights are turned to customers, beyond the decree")


@rule
def wanted(conviction: float, p: Realignment) -> float:
    """Return how far an executive wants measures and rights turned to customers: all the way or not at all.

    An executive near the threshold changes course often. Measures move only by ``realignment.rate`` of the gap, so
    they stay between the two.

    Source: assumed, after articles 001 and 004: a convinced top aligns systems, a doubtful one does not.

    Args:
        conviction: belief that customer-first is right and pays here (share).
        p: parameters of the group ``realignment``.
    """
    return 1.0 if conviction >= p.min_conviction else 0.0


@kernel
def realign(leaders: Rows, p: Realignment) -> None:
    """Move measures and rights, level by level.

    Leaders have higher rows than their superiors. In descending order, each therefore follows last week's value of the level above.

    Args:
        leaders: columns of the leaders, one row per leader.
        p: parameters of the group ``realignment``.

    Writes:
        leaders: ``realigned``.
    """
    if p.rate <= 0.0:
        return
    for k in range(len(leaders.realigned) - 1, -1, -1):
        above = leaders.superior[k]
        goal = wanted(leaders.conviction[k], p) if above < 0 else leaders.realigned[above]
        leaders.realigned[k] = relax(leaders.realigned[k], goal, p.rate)
