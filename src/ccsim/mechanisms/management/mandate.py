"""A mandate is understood as far as it is clear, and believed as far as it is realistic and resourced. [000]"""

from __future__ import annotations

from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


@parameters("mandate")
class Mandate:
    """The mandate that the executive gives."""

    clarity: float = parameter(
        1.0,
        unit="share",
        range=(0.2, 1.0),
        off=1.0,
        lever=True,
        meaning="how clearly the mandate says what is to be done",
    )
    realism: float = parameter(
        1.0,
        unit="share",
        range=(0.2, 1.0),
        off=1.0,
        lever=True,
        meaning="how far the aims of the mandate can be reached at all",
    )


@rule
def hours_received(hours: float, p: Mandate) -> float:
    """Return the announcements that are understood, of those heard."""
    return hours * p.clarity


@rule
def sources_counted(sources: float, p: Mandate) -> float:
    """Return the visible deeds: they count as far as the aim can be reached, and not at all for an impossible aim."""
    return sources * p.realism
