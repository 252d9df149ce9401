"""A mandate is heard as far as it is clear, and believed as far as it is realistic and resourced. [000]"""

from __future__ import annotations

from ccsim.engine.jit import rule
from ccsim.engine.parameters import parameter, parameters


@parameters("mandate")
class Mandate:
    """What the top asks for."""

    clarity: float = parameter(
        1.0, unit="share", range=(0.2, 1.0), off=1.0, lever=True, meaning="how clearly it is said what is to be done"
    )
    realism: float = parameter(
        1.0, unit="share", range=(0.2, 1.0), off=1.0, lever=True, meaning="how far what is asked for can be done at all"
    )


@rule
def hours_received(hours: float, p: Mandate) -> float:
    """Announcements that are understood, of those heard."""
    return hours * p.clarity


@rule
def sources_counted(sources: float, p: Mandate) -> float:
    """What is seen done counts as far as the aim can be reached: of an impossible aim nothing is ever seen."""
    return sources * p.realism
