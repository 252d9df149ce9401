"""Parameters, declared once: name, unit, default, range, off value, meaning, source.

A mechanism opens with a class of parameters:

    @parameters("habit")
    class Habit:
        '''Practice becomes habit.'''

        formation: float = parameter(
            0.03, unit="1/week", range=(0.005, 0.1), off=0.0,
            meaning="share of the distance to its practice that a habit moves in a week",
            source="Lally et al. 2010: half way in about 66 days")

The decorator turns it into a named tuple, so that compiled kernels can read ``p.formation``, and stores the
declarations. Validation, command line, documentation and sensitivity ranges all use them.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from ccsim.engine.declarations import caller, name_fault, refuse, rows_of, unit_fault, words_fault, written
from ccsim.engine.jit import take_by_reference
from ccsim.errors import DeclarationError, InputError, did_you_mean, shown

T = TypeVar("T")

SHARES = ("share", "probability")
#: Units whose values cannot exceed 1: a share, or the share of a gap that closes in a week.
AT_MOST_ONE = (*SHARES, "1/week")

#: The highest legal value by unit, and for other units, if a declaration names none. It is far beyond what an
#: organisation can have, but small enough that products of a few values remain finite.
HIGHEST_LEGAL: dict[str, float] = {
    **dict.fromkeys(AT_MOST_ONE, 1.0),
    "share/week": 1.0, "need": 10.0, "need/week": 10.0, "on/off": 1.0, "of 100": 100.0,
    "weight": 1000.0, "factor": 100.0, "ratio": 100.0, "utility": 100.0, "1/share": 100.0, "step": 100.0,
    "1/hour": 1.0, "1/year": 1.0, "hours": 1000.0, "hours/week": 168.0, "weeks": 5200.0, "weeks' pay": 520.0,
    "successes": 1000.0, "successes/person": 1000.0, "cases/week": 1000.0, "signals/week": 1000.0, "sources/week": 1000.0,
    "people": 10_000.0, "people each side": 50.0,
    "EUR": 1e6, "EUR/hour": 1e6, "EUR/week": 1e9,
}  # fmt: skip
HIGHEST_OTHERWISE = 1e6


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter.

    Attributes:
        group: name of the mechanism or table that owns it, such as ``"habit"``.
        name: its name within the group; ``key`` joins both.
        kind: ``float``, ``int`` or ``bool``.
        default: value in the ordinary organisation.
        unit: unit.
        range: lowest and highest plausible value; sliders and sensitivity runs stay inside.
        legal: lowest and highest accepted value.
        off: value at which the parameter's mechanism has no effect, if there is one.
        meaning: one sentence.
        source: publication or article on which it is based, or ``"assumed"``.
        role: ``"lever"`` (managers can move it, also during a run), ``"assumption"`` (it describes the world, and sensitivity
            runs vary it) or ``"size"`` (it is fixed when the organisation is founded).
        impulse: whether it is a lever that acts only in the week of its move and then returns to its default.
        choices: names of the values 0, 1, 2, …, if the parameter is a choice between a few options.
        pack: the pack to which it belongs: it acts only if the pack is switched on; empty for the core of the model.
        switches: the packs that moving it from its default switches on.
        on_record: whether it is an assumption that an organisation can look up in its books or rosters, such as a wage.
    """

    group: str
    name: str
    kind: type
    default: float
    unit: str
    range: tuple[float, float]
    legal: tuple[float, float]
    off: float | None
    meaning: str
    source: str
    role: str
    impulse: bool = False
    choices: tuple[str, ...] = ()
    pack: str = ""
    switches: tuple[str, ...] = ()
    on_record: bool = False

    @property
    def key(self) -> str:
        """Dotted name, as in scenario files and ``--set``."""
        return f"{self.group}.{self.name}"

    @property
    def assumed(self) -> bool:
        """Whether its value is assumed, so that robustness runs vary it."""
        return self.role == "assumption" and self.source.startswith("assumed")

    @property
    def shown(self) -> float | str:
        """The default as a user writes it."""
        return self.choices[int(self.default)] if self.choices else self.kind(self.default)

    def accepts(self) -> str:
        """Return a description of the legal values."""
        low, high = self.legal
        if self.choices:
            return "one of " + ", ".join(repr(choice) for choice in self.choices)
        if self.kind is bool:
            return "true or false"
        noun = "a whole number" if self.kind is int else "a number"
        return f"{noun} from {low:g} to {high:g}"

    def encode(self, value: float | str) -> float:
        """Return a checked value as the number that kernels read; a choice as its index."""
        return self.choices.index(value) if isinstance(value, str) else value

    def check(self, value: object) -> float | int | bool | str:
        """Return ``value`` in the declared kind; a choice stays a name.

        Raises:
            InputError: it is of another kind, not finite, or outside the legal range.
        """
        value = as_python(value)
        unit = "" if self.unit in ("", "on/off") else f" ({self.unit})"
        wrong = InputError(f"must be {self.accepts()}{unit}, got {shown(value)}")
        if self.choices:
            if isinstance(value, str) and value in self.choices:
                return value
            if isinstance(value, str):
                raise InputError(f"unknown value {shown(value)}{did_you_mean(value, self.choices)}")
            raise wrong
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            raise wrong
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong
        if not self.legal[0] <= value <= self.legal[1]:  # values that are not finite are never legal
            raise wrong
        if self.kind is int:
            if value != int(value):
                raise wrong
            return int(value)
        return float(value)

    def faults(self) -> Iterator[str | None]:
        """Yield what is wrong with the declaration, the first fault first; None for each check that passes."""
        yield name_fault(self.name)
        yield words_fault(meaning=self.meaning, source=self.source)
        yield None if self.unit == "" and self.choices else unit_fault(self.unit)
        if self.kind not in (float, int, bool):
            yield f"type must be float, int or bool, got {getattr(self.kind, '__name__', self.kind)}"
        yield _interval_fault("range", self.range) or _interval_fault("legal", self.legal)
        for name, value, ends in (
            ("range", self.range[0], self.legal),
            ("range", self.range[1], self.legal),
            ("default", self.default, self.range),
            ("off", self.default if self.off is None else self.off, self.legal),
        ):
            if not _number(value) or not ends[0] <= value <= ends[1]:
                yield f"{name} must be a number from {ends[0]:g} to {ends[1]:g}, got {value!r}"
        if self.kind is not float and self.default != int(self.default):
            yield f"default must be {self.accepts()}, got {self.default!r}"
        last = len(self.choices) - 1
        if self.choices and (self.kind is not int or self.range != (0, last) or len(set(self.choices)) <= last):
            yield f"choices must have the type int, the range (0, {last}) and names that differ, got {self.choices!r}"


def as_python(value: object) -> object:
    """Return a number, boolean or string of numpy as a Python object, and anything else unchanged."""
    if isinstance(value, np.floating):
        return float(value)  # also for long doubles, which have no other equivalent in Python
    return value.item() if isinstance(value, np.generic) else value


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not math.isnan(value)


def _interval_fault(name: str, ends: Any) -> str | None:
    """Return what is wrong with a declared interval; None if nothing is."""
    numbers = isinstance(ends, tuple) and len(ends) == 2 and all(map(_number, ends))
    if numbers and ends[0] < ends[1] and math.isfinite(ends[0] - ends[1]):
        return None
    return f"{name} must be two finite numbers, the lower one first, got {ends!r}"


def parameter(
    default: float,
    *,
    unit: str,
    range: tuple[float, float],
    meaning: str,
    source: str = "assumed",
    off: float | None = None,
    legal: tuple[float, float] | None = None,
    lever: bool = False,
    size: bool = False,
    impulse: bool = False,
    choices: tuple[str, ...] = (),
    pack: str = "",
    switches: tuple[str, ...] = (),
    on_record: bool = False,
) -> Any:
    """Declare a parameter.

    :func:`parameters` checks the declaration, once the name is known.

    Args:
        default: value in the ordinary organisation, in ``unit``.
        unit: unit of the value: one of the known units, or two of them separated by a slash.
        range: lowest and highest plausible value.
        meaning: a sentence that describes it.
        source: paper or article, or ``"assumed"``.
        off: value at which the mechanism has no effect, if it has one.
        legal: lowest and highest accepted value. By default 0 to ``HIGHEST_LEGAL`` of the unit, or the indices of
            ``choices``.
        lever: whether the organisation can set it.
        size: whether it is a size of the organisation.
        impulse: whether it is a lever that acts once, in the week in which it is set.
        choices: names of the values of a parameter that is not a quantity.
        pack: the pack to which an assumption belongs; by default that of its group.
        switches: the packs that moving it from its default switches on.
        on_record: whether an organisation can look an assumption up in its books or rosters.

    Returns:
        The declaration; :func:`parameters` turns it into a field.

    Raises:
        DeclarationError: it is both a lever and a size.
    """
    if legal is None:
        legal = (0.0, float(len(choices) - 1) if choices else HIGHEST_LEGAL.get(unit, HIGHEST_OTHERWISE))
    role = "lever" if lever or impulse else "size" if size else "assumption"
    if size and role == "lever":
        raise DeclarationError(f"{caller()}: a parameter is a lever or a size, not both")
    values = (default, unit, range, legal, off, meaning, source, role, impulse, choices, pack, switches, on_record)
    return written(Parameter("", "", float, *values))


def parameters(group: str, pack: str = "") -> Callable[[type[T]], type[T]]:
    """Turn a class of ``name: type = parameter(...)`` lines into a named tuple that kernels can read.

    The tuple class keeps the docstring and gains ``declared``, the tuple of its :class:`Parameter` rows in order.

    Args:
        group: its name.
        pack: name of the pack to which its assumptions belong, if they have no effect until a lever is moved; see
            ``switches`` of :func:`parameter`.

    Returns:
        A decorator that returns a named tuple class of the same name.

    Raises:
        DeclarationError: one of the declarations is faulty, or two have the same name.
    """

    def build(cls: type[T]) -> type[T]:
        rows = rows_of(cls, Parameter, "parameter", group, "parameter(...)")
        declared = tuple(
            replace(row, group=group, name=name, kind=kind, pack=(row.pack or pack) if row.role == "assumption" else "")
            for name, (row, kind, _) in rows.items()
        )
        for row in declared:
            refuse(rows[row.name][2], f"parameter {row.key}", row.faults())
        make: Any = namedtuple  # mypy accepts only literal field names
        values = make(
            cls.__name__,
            list(rows),
            defaults=[row.kind(row.default) for row in declared],
            module=cls.__module__,
        )
        values.__doc__ = cls.__doc__
        values.declared = declared
        values.group = group
        take_by_reference(values)
        made: type[T] = values
        return made

    return build
