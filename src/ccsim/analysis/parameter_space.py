"""The space of an analysis: factors, with every value as a number.

Libraries need numbers. A choice (or one of a few given values) is represented by its index, on/off by 1 and 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.errors import FORMER_NAMES, InputError, UnknownNameError
from ccsim.experiments.design import Design
from ccsim.experiments.factors import Factor, parse_factors
from ccsim.model.settings import all_parameters
from ccsim.results.formatting import number

#: Words that stand for many parameters; so do the names of groups.
WORDS = ("assumptions", "levers")


@dataclass(frozen=True)
class Dimension:
    """A factor, seen as numbers between two ends."""

    factor: Factor

    @property
    def key(self) -> str:
        """The factor's key."""
        return self.factor.key

    @property
    def unit(self) -> str:
        """The unit of its values."""
        row = self.factor.parameter
        return "week" if row is None else "" if row.unit == "on/off" else row.unit

    @property
    def choices(self) -> tuple[Any, ...]:
        """Its values, where it takes a few only; they need not have an order."""
        return self.factor.values

    @property
    def low(self) -> float:
        """The lowest number."""
        return 0.0 if self.choices else float(self.factor.low)  # type: ignore[arg-type]  # a number where there are no choices

    @property
    def high(self) -> float:
        """The highest number."""
        return float(len(self.choices) - 1) if self.choices else float(self.factor.high)  # type: ignore[arg-type]  # a number where there are no choices

    @property
    def stepped(self) -> bool:
        """Whether only whole numbers lie between the ends: counts, weeks, choices."""
        return bool(self.choices) or self.factor.is_integer

    @property
    def covers_declared_range(self) -> bool:
        """Whether it spans the declared range of its parameter."""
        row = self.factor.parameter
        return row is not None and not self.choices and (self.low, self.high) == tuple(map(float, row.range))

    def between(self, low: float, high: float) -> Dimension:
        """Return it with other ends (rounded if it takes whole numbers); unchanged if the range would be empty."""
        low, high = (float(np.floor(low)), float(np.ceil(high))) if self.stepped else (low, high)
        return Dimension(Factor(self.key, low, high)) if low < high else self

    def value(self, number: float) -> Any:
        """Return a number as the factor takes it."""
        if self.choices:
            return self.choices[round(number)]
        return round(number) if self.stepped else float(number)

    def number(self, value: Any) -> float:
        """Return a value as a number."""
        return float(self.choices.index(value)) if self.choices else float(value)

    def written(self, place: float) -> str:
        """Format a number for reading."""
        value = self.value(place)
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, float):
            return number(value, 4, hyphen=True)
        return str(value)


def dimensions(factors: Sequence[str], fixed: Mapping[str, Any] | None = None) -> tuple[Dimension, ...]:
    """Return the dimensions.

    Args:
        factors: texts that name factors (:mod:`ccsim.experiments.factors`); names alone may stand in one text, with commas between.
            A factor of its own wins over the group or the word that it belongs to.
        fixed: keys that a word or a group leaves alone, because a scenario sets them itself.

    Raises:
        InputError: a name does not exist, a range is not accepted, a factor is repeated, or there is no factor.
    """
    of_words: dict[str, Factor] = {}
    own: dict[str, Factor] = {}
    for text in (part.strip() for each in factors for part in ([each] if "=" in each else each.split(","))):
        if not text:
            continue
        several = text in WORDS or text in {row.group for row in all_parameters().values()}
        for factor in _named(text):
            if not several and factor.key in own:
                raise InputError(f"{factor.key}: is named twice")
            if not several or factor.key not in (fixed or {}):
                (of_words if several else own)[factor.key] = factor
    by_key = {**of_words, **own}
    if not by_key:
        raise InputError("nothing varies: name parameters, groups, levers, or assumptions")
    return tuple(Dimension(factor) for factor in by_key.values())


def _named(text: str) -> list[Factor]:
    """Return the factors of a text; an unknown name is answered with its present name, or with groups and words, too."""
    try:
        return parse_factors(text)
    except UnknownNameError:
        name = text.partition("=")[0].strip()
        if ("parameter", name) in FORMER_NAMES:
            raise
        groups = {row.group for row in all_parameters().values()}
        if name in {*WORDS, *groups}:
            raise InputError(
                f"{text}: {name} stands for several parameters; values can only be given for one key"
            ) from None
        known = {*WORDS, *all_parameters(), *groups}
        raise UnknownNameError("parameter or group", name, known) from None


def values_of(space: Sequence[Dimension], numbers: Sequence[float]) -> dict[str, Any]:
    """Return a point as values by key."""
    return {dimension.key: dimension.value(number) for dimension, number in zip(space, numbers, strict=True)}


def numbers_of(space: Sequence[Dimension], design: Design) -> np.ndarray:
    """Return the points of a design as numbers, of shape (points, dimensions)."""
    return np.column_stack(
        [[dimension.number(value) for value in design.columns[dimension.key]] for dimension in space]
    )


def drawn(space: Sequence[Dimension], kind: str, points: int, seed: int, **options: Any) -> Design:
    """Return a design over a space.

    Args:
        space: what varies, and over which span.
        kind: kind of design, such as ``"sobol"``.
        points: number of points.
        seed: of the points; the same seed gives the same points.
        options: further fields of :class:`Design`.

    Returns:
        The design, not yet run.
    """
    return Design(kind, tuple(dimension.factor for dimension in space), points, seed, **options)


def between(space: Sequence[Dimension], unit: np.ndarray) -> np.ndarray:
    """Return points of the unit cube, shape (points, dimensions), as numbers."""
    columns = []
    for k, dimension in enumerate(space):
        values = dimension.factor.from_unit(unit[:, k])
        columns.append([dimension.number(value) for value in values] if dimension.choices else values.astype(float))
    return np.column_stack(columns)
