"""The terms that a lecturer sets for a game: locked and hidden moves, dates of events, weights, and predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field, StrictBool

from ccsim.errors import InputError, UnknownNameError
from ccsim.game.catalogue import Catalogue, Part

Name = Annotated[str, Field(max_length=80)]
#: A quarter counted from 1, as players do; 0 means that an event never comes.
Begins = Annotated[int, Field(ge=0, le=100, strict=True)]
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Terms(Part):
    """Terms of a game.

    Attributes:
        locked: moves that are shown but cannot be made.
        hidden: moves that are neither shown nor made.
        events: the quarter, from 1, in which an event begins, 0 for never; the seed determines all others.
        weights: weight of each criterion, by KPI; they sum to 100. Empty: the weights of the rules.
        predict: whether a quarter can be played only after the player has predicted it.
        quarters: number of quarters played, 0 for that of the rules.
    """

    locked: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    hidden: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    events: Annotated[dict[Name, Begins], Field(max_length=20)] = Field(default_factory=dict)
    weights: Annotated[dict[Name, Weight], Field(max_length=20)] = Field(default_factory=dict)
    predict: StrictBool = False
    quarters: Annotated[int, Field(ge=0, le=100, strict=True)] = 0

    def check(self, rules: Catalogue) -> None:
        """Raise an error for terms that do not fit the catalogue.

        Raises:
            UnknownNameError: an unknown move, event or criterion.
            InputError: a quarter after the last one, or weights that do not sum to 100.
        """
        if self.quarters > rules.rules.quarters:
            raise InputError(f"quarters: must be 1 to {rules.rules.quarters}, got {self.quarters}")
        for name in (*self.locked, *self.hidden):
            rules.move(name)
        for name, begins in self.events.items():
            if name not in rules.events:
                raise UnknownNameError("event", name, rules.events)
            if begins > rules.rules.quarters:
                raise InputError(
                    f"{name}: the quarter must be 1 to {rules.rules.quarters}, or 0 for never, got {begins}"
                )
        if self.weights:
            check_weights(self.weights, [row.kpi for row in rules.rules.criterion])

    def weights_under(self, rules: Catalogue) -> dict[str, float]:
        """Return the weight of each criterion, by KPI: the lecturer's, or those of the rules."""
        return dict(self.weights or {row.kpi: row.weight for row in rules.rules.criterion})

    def forbids(self, name: str) -> str:
        """Return why a move cannot be made, empty if it can."""
        if name in self.locked or name in self.hidden:
            return f"{name!r} cannot be chosen: your lecturer has locked it"
        return ""


def check_weights(weights: Mapping[str, float], known: Iterable[str]) -> None:
    """Raise an error for weights that cannot be used.

    Raises:
        UnknownNameError: an unknown criterion.
        InputError: a weight is not a number from 0 to 100, or the sum is not 100.
    """
    known = list(known)
    for name, weight in weights.items():
        if name not in known:
            raise UnknownNameError("criterion", name, known)
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 100:
            raise InputError(f"{name}: the weight must be a number from 0 to 100, got {weight!r}")
    if abs(sum(weights.values()) - 100.0) > 1e-6:
        raise InputError(f"the weights sum to {sum(weights.values()):g}; they must sum to 100")
