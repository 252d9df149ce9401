"""The space that an analysis explores: which parameters vary, and over which span."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.errors import InputError, UnknownName
from ccsim.parameters import Parameter
from ccsim.scenario import check
from ccsim.settings import declared

#: Words for many parameters at once, and which they are. Groups of parameters count as words, too.
WORDS = {
    "assumptions": "what the world is like",
    "assumed": "assumptions that rest on no source",
    "levers": "what managers can move",
}


@dataclass(frozen=True)
class Dimension:
    """A parameter and the span over which it varies.

    Attributes:
        parameter: its declaration.
        low, high: ends of the span, as numbers: a choice by its place, on/off as 1 and 0.
    """

    parameter: Parameter
    low: float
    high: float

    @property
    def key(self) -> str:
        """The parameter's key."""
        return self.parameter.key

    @property
    def stepped(self) -> bool:
        """Whether only whole numbers lie in the span: counts, choices, on/off."""
        return self.parameter.kind is not float

    def number(self, u: float) -> float:
        """Return the number at a place in the span, from 0 to 1."""
        if not self.stepped:
            return float(self.low + u * (self.high - self.low))
        return float(min(self.high, np.floor(self.low + u * (self.high - self.low + 1))))

    def value(self, number: float) -> Any:
        """Return a number as the parameter takes it: the name of a choice, true or false, a count."""
        if self.parameter.choices:
            return self.parameter.choices[round(number)]
        return self.parameter.kind(round(number) if self.stepped else number)

    def written(self, number: float) -> str:
        """Write a number as people read it."""
        value = self.value(number)
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}" if isinstance(
            value, float) else str(value)  # fmt: skip


def dimension(parameter: Parameter, low: float | None = None, high: float | None = None) -> Dimension:
    """Return a parameter with a span, by default its plausible range.

    Raises:
        InputError: the span is empty or not accepted.
    """
    last = float(len(parameter.choices) - 1) if parameter.choices else parameter.range[1]
    ends = (parameter.range[0] if low is None else low, last if high is None else high)
    if not ends[0] < ends[1]:
        raise InputError(f"{parameter.key}: {ends[0]:g}..{ends[1]:g} is no span; it takes low..high, as 0..10")
    return Dimension(parameter, *ends)


def dimensions(over: Sequence[str], fixed: Mapping[str, Any] | None = None) -> tuple[Dimension, ...]:
    """Return what varies.

    Args:
        over: each text one or more, with commas between, of: a key (``habit.formation``), a key with a span
            (``habit.formation=0.01..0.1``), a group (``habit``), or one of the words of :data:`WORDS`.
        fixed: keys that a word or a group leaves alone, because a scenario sets them itself.

    Raises:
        InputError: a name that is none of these, a span that is not accepted, a key twice, or nothing at all.
    """
    found: dict[str, Dimension] = {}
    for text in (part.strip() for each in over for part in each.split(",")):
        if not text:
            continue
        many = _several(text, fixed or {})
        for one in [_single(text)] if many is None else many:
            if one.key in found and many is None:
                found.pop(one.key)
            found.setdefault(one.key, one)
    if not found:
        raise InputError("nothing varies: name parameters, groups, or one of " + ", ".join(WORDS))
    return tuple(found.values())


def _several(text: str, fixed: Mapping[str, Any]) -> list[Dimension] | None:
    """Return what a word or a group stands for; None if the text is neither."""
    rows = list(declared().values())
    if text == "assumptions":
        rows = [row for row in rows if row.role == "assumption"]
    elif text == "assumed":
        rows = [row for row in rows if row.assumed]
    elif text == "levers":
        rows = [row for row in rows if row.role == "lever"]
    else:
        rows = [row for row in rows if row.group == text]
    free = [row for row in rows if row.key not in fixed and row.range[0] < row.range[1]]
    return [dimension(row) for row in free] if rows else None


def _single(text: str) -> Dimension:
    key, equals, span = (part.strip() for part in text.partition("="))
    if key not in declared():
        words = {*WORDS, *declared(), *(row.group for row in declared().values())}
        try:
            check(key, None)
        except UnknownName:
            raise UnknownName("parameter, group or word", key, words) from None
    row = declared()[key]
    if not equals:
        return dimension(row)
    ends = span.split("..")
    if len(ends) != 2:
        raise InputError(f"{text!r} cannot be read; a span reads like {key}={row.range[0]:g}..{row.range[1]:g}")
    return dimension(row, *(_end(row, end) for end in ends))


def _end(row: Parameter, text: str) -> float:
    """Return an end of a span, checked."""
    try:
        value = tomllib.loads(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    return float(row.encode(check(row.key, value)))  # type: ignore[arg-type]


def values_of(space: Sequence[Dimension], numbers: Sequence[float]) -> dict[str, Any]:
    """Return a point as values by key."""
    return {one.key: one.value(number) for one, number in zip(space, numbers, strict=True)}


def scaled(space: Sequence[Dimension], cube: np.ndarray) -> np.ndarray:
    """Return points of the unit cube, shape (points, dimensions), as numbers in their spans."""
    return np.array([[one.number(u) for one, u in zip(space, row, strict=True)] for row in cube])


def hypercube(space: Sequence[Dimension], points: int, seed: int) -> np.ndarray:
    """Return a Latin hypercube over a space: numbers, shape (points, dimensions)."""
    from scipy.stats import qmc

    return scaled(space, qmc.LatinHypercube(len(space), rng=np.random.default_rng(seed)).random(points))
