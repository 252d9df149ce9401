"""Factors: what a design varies, and between which values.

A factor is any declared parameter (a lever, an assumption, a size), or the week of the moves with a label. It
is written as one text everywhere, in files and on the command line:

    programme.budget                  over its declared range
    programme.budget=0:20000          between two values
    programme.top_down_share=0,0.5,1  over the listed values
    week of The hero leaves=20:100    the week in which a scenario's moves with this label are made
    programme                         every parameter of a group
    levers, assumptions               every lever; every numerical assumption of ccsim
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import check
from ccsim.scenarios.toml_positions import read_value

#: Prefix of the key of a factor that varies a week.
WEEK_OF = "week of "
#: Maximum number of values of a factor.
MAX_VALUES = 1000


@dataclass(frozen=True)
class Factor:
    """Something that a design varies.

    Attributes:
        key: a parameter's key, or ``"week of LABEL"``.
        low, high: the ends of the range; both None if ``values`` are given.
        values: the values; empty for all between ``low`` and ``high``.

    Without a range or values, a parameter varies over its declared range or all its choices.

    Raises:
        InputError: the parameter does not exist, a value is not accepted, or there is nothing to vary.
    """

    key: str
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if self.values and (self.low is not None or self.high is not None):
            raise InputError(f"{self.key}: must have either values or a range, not both")
        if not self.values:
            self._set("values", self._choices())
        for name in ("low", "high") if not self.values else ():
            value = getattr(self, name)
            self._set(name, self._declared()[name == "high"] if value is None else self._checked(value))
        if self.values:
            self._set("values", tuple(self._checked(value) for value in self.values))
        elif not self.low < self.high:  # type: ignore[operator]  # a factor without values has both ends
            raise InputError(f"{self.key}: from {self.low} to {self.high} there is nothing to vary")
        if len(set(self.values)) < len(self.values) or len(self.values) == 1 or len(self.values) > MAX_VALUES:
            raise InputError(f"{self.key}: must have 2 to {MAX_VALUES} different values")

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def parameter(self) -> Parameter | None:
        """The varied parameter; None for a week."""
        return all_parameters().get(self.key)

    @property
    def label(self) -> str:
        """The label of the moves whose week is varied; empty for a parameter."""
        return self.key.removeprefix(WEEK_OF) if self.key.startswith(WEEK_OF) else ""

    @property
    def is_uncertain(self) -> bool:
        """Whether it describes the world (an assumption or a size) and not what managers do."""
        return self.parameter is not None and self.parameter.role != "lever"

    @property
    def is_integer(self) -> bool:
        """Whether it accepts only whole numbers."""
        return not self.values and (bool(self.label) or self.parameter.kind is int)  # type: ignore[union-attr]  # without a label it has a parameter

    def from_unit(self, u: np.ndarray) -> np.ndarray:
        """Return values at positions in the unit interval; every value gets an equal share.

        Args:
            u: positions from 0 to 1, of any shape.

        Returns:
            The values, in the shape of ``u``.
        """
        if self.values:
            values: np.ndarray = column_of(self.values)[
                np.minimum(u * len(self.values), len(self.values) - 1).astype(int)
            ]
            return values
        low, high = float(self.low), float(self.high)  # type: ignore[arg-type]  # a factor without values has both ends
        if self.is_integer:
            return np.minimum(low + np.floor(u * (high - low + 1)), high).astype(np.int64)
        return low + u * (high - low)

    def levels(self, count: int) -> list[Any]:
        """Return its values, or equally spaced ones from lowest to highest.

        Args:
            count: number of equally spaced values.

        Returns:
            The values; fewer if a whole-number factor does not have enough.
        """
        if self.values:
            return list(self.values)
        levels = np.linspace(float(self.low), float(self.high), count)  # type: ignore[arg-type]  # a factor without values has both ends
        return list(map(int, np.unique(levels.round()))) if self.is_integer else list(map(float, levels))

    def ends(self) -> tuple[Any, Any]:
        """Return its lowest and highest value, or its first and last."""
        return (self.values[0], self.values[-1]) if self.values else (self.low, self.high)

    def text(self) -> str:
        """Return the factor as text in the form of a file."""
        if self.values:
            return f"{self.key}={','.join(map(_written, self.values))}"
        return f"{self.key}={self.low!r}:{self.high!r}"

    def resolved(self) -> dict[str, Any]:
        """Return the factor as plain data."""
        if self.values:
            return {"key": self.key, "values": list(self.values)}
        return {"key": self.key, "low": self.low, "high": self.high}

    def _checked(self, value: Any) -> Any:
        """Return a value in the form in which it is set."""
        if not self.label:
            if self.key.startswith("week") and self.key not in all_parameters():
                raise InputError(f"{self.key!r}: must have the form 'week of The hero leaves=20:100'")
            return check(self.key, value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or value < 0:
            raise InputError(f"{self.key}: must be a whole number of at least 0, got {value!r}")
        return int(value)

    def _choices(self) -> tuple[Any, ...]:
        """Return the values of a parameter that has only a few, unless others are given."""
        row = self.parameter
        if row is None or not (row.choices or row.kind is bool):
            return ()
        if self.low is not None or self.high is not None:
            raise InputError(f"{self.key}: has no range; its values must be {row.accepts()}")
        return row.choices or (False, True)

    def _declared(self) -> tuple[float, float]:
        row = self.parameter
        if row is not None:
            low, high = (row.kind(end) for end in row.range)
            return low, high
        if not self.label:
            self._checked(None)
        raise InputError(f"{self.key}: name the weeks, such as '{self.key}=20:100'")


def parse_factors(text: str) -> list[Factor]:
    """Return the factors that a text names; see the docstring of this module.

    Raises:
        InputError: the text cannot be read, or names something that does not exist.
    """
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not name or (equals and not rest):
        raise InputError(f"{text!r}: must have the form programme.budget=0:20000 or programme.top_down_share=0,0.5,1")
    if not equals:
        rows = _named_together(name)
        return [Factor(row.key) for row in rows] if rows else [Factor(name)]
    ends = [part.strip() for part in rest.split(":")]
    if len(ends) == 2 and all(ends):
        return [Factor(name, read_value(ends[0]), read_value(ends[1]))]
    values = [read_value(part.strip()) for part in rest.split(",")]
    return [Factor(name, values=tuple(values))]


def column_of(values: Sequence[Any]) -> np.ndarray:
    """Return values of a factor as an array; texts and truth values remain Python objects."""
    return np.array(values, dtype=object if isinstance(values[0], (str, bool)) else None)


def _named_together(name: str) -> list[Parameter]:
    """Return the parameters for one word: all levers, all numerical assumptions of ccsim, or a group."""
    every = all_parameters().values()
    if name == "levers":
        return [row for row in every if row.role == "lever"]
    if name == "assumptions":
        return [row for row in every if row.assumed and not row.choices and row.kind is not bool]
    return [row for row in every if row.group == name]


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
