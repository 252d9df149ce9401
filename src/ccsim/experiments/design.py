"""Designs: the points of several factors at which an experiment is run.

Space-filling points come from scipy, samples for sensitivity indices from SALib. Fractions of a
two-level factorial are made here, because available libraries claim resolutions that their fractions do not have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.factors import WEEK_OF, Factor, parse_factors
from ccsim.scenarios.renamed import renamed_arguments

if TYPE_CHECKING:
    import pandas as pd

#: Maximum number of points of a design; more are probably a mistake.
MAX_POINTS = 1_000_000


@renamed_arguments(points="samples")
@dataclass(frozen=True)
class Design:
    """The points at which factors are set, reproducible from a seed.

    Attributes:
        kind: one of :data:`KINDS`.
        factors: the factors, or texts that name them (:mod:`ccsim.experiments.factors`).
        samples: points of a Latin hypercube or a Sobol' sequence (a power of 2 balances it best); trajectories of a
            Morris design; base points N of a Saltelli design, which has N (k + 2) points for k factors.
        seed: seed of the points; factorials do not use it.
        levels: number of levels of a factor without values, for full factorials, one-at-a-time designs and the grid of Morris.
        resolution: resolution of a fractional factorial (Box, Hunter & Hunter): 3 separates main effects from one another, 4
            from pairs, and 5 pairs from pairs.
        second_order: whether a Saltelli design supports second-order indices, with N (2 k + 2) points.
        scenarios: scenarios in which levers and weeks are varied; empty for all except the baseline. Assumptions and sizes
            are varied in every scenario, because scenarios are compared in the same world.
        rows: the points of a ``"given"`` design, each with a value for every factor.

    Raises:
        InputError: an unknown kind, too few or too many points, or a repeated factor.
    """

    kind: str
    factors: tuple[Factor, ...]
    samples: int = 64
    seed: int = 1
    levels: int = 2
    resolution: int = 4
    second_order: bool = False
    scenarios: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()

    def __post_init__(self) -> None:
        named: list[Factor] = []
        for one in self.factors:
            named += parse_factors(one) if isinstance(one, str) else [one]
        object.__setattr__(self, "factors", tuple(named))
        if self.kind not in KINDS:
            raise UnknownNameError("design", self.kind, KINDS)
        self._check_numbers()
        keys = [factor.key for factor in self.factors]
        if not keys:
            raise InputError("a design must vary at least one factor")
        for key in keys:
            if keys.count(key) > 1:
                raise InputError(f"{key}: is varied twice")
        size = KINDS[self.kind][0](self)  # may be more than len() can say
        if size > MAX_POINTS:
            count = f"{size:,}" if size < 10**18 else f"about 10^{len(str(size)) - 1}"
            raise InputError(
                f"a {self.kind} design of these factors has {count} points; at most {MAX_POINTS:,} are accepted"
            )

    def _check_numbers(self) -> None:
        for name, least, most in (
            ("samples", 1, MAX_POINTS),
            ("seed", 0, 2**40),
            ("levels", 2, 1000),
            ("resolution", 3, 5),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise InputError(f"{name}: must be a whole number from {least} to {most}, got {value!r}")
        if self.kind == "morris" and self.levels % 2:
            raise InputError(f"levels: must be an even number for a Morris design, got {self.levels}")

    @classmethod
    def given(cls, rows: Sequence[Mapping[str, Any]], scenarios: Sequence[str] = ()) -> Design:
        """Return a design of given points, each a mapping from the same keys to values.

        Raises:
            InputError: there are no points, keys differ, or a value is not accepted.
        """
        if not rows:
            raise InputError("a design must have at least one point")
        keys = tuple(rows[0])
        if any(set(row) != set(keys) for row in rows):
            raise InputError(f"every point of a design must set the same factors: {', '.join(keys)}")
        factors = tuple(_spanning(key, [row[key] for row in rows]) for key in keys)
        lines = tuple(tuple(f._checked(row[f.key]) for f in factors) for row in rows)
        return cls("given", factors, scenarios=tuple(scenarios), rows=lines)

    def __len__(self) -> int:
        """Return the number of points, without making them."""
        return KINDS[self.kind][0](self)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the factors, which are the columns of the table."""
        return tuple(factor.key for factor in self.factors)

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The values of each factor over the points; None if a point keeps the value of the scenario."""
        return dict(zip(self.keys, KINDS[self.kind][1](self), strict=True))

    def row(self, number: int) -> dict[str, Any]:
        """Return the values that a point sets, by key."""
        found = {key: column[number] for key, column in self.columns.items()}
        return {k: v.item() if isinstance(v, np.generic) else v for k, v in found.items() if v is not None}

    def table(self) -> pd.DataFrame:
        """Return one row per point and one column per factor; nan if a point keeps the value of the scenario."""
        import pandas as pd

        return pd.DataFrame(self.columns).infer_objects()

    def unit(self) -> np.ndarray:
        """Return the points of a sampled design in the unit cube, shape (points, factors), for its analysis."""
        return self._unit

    @cached_property
    def _unit(self) -> np.ndarray:
        sample = _SAMPLES.get(self.kind)
        if sample is None:
            raise InputError(f"a {self.kind} design is not drawn from the unit cube")
        return sample(self)

    def digest(self) -> str:
        """Return a short hash of the points, because another version of a library may draw other points from the same seed."""
        whole = hashlib.sha256()
        for column in self.columns.values():
            whole.update(repr(column.tolist()).encode() if column.dtype == object else column.tobytes())
        return whole.hexdigest()[:16]

    def resolved(self) -> dict[str, Any]:
        """Return the design as plain data that determines its points."""
        names = ("kind", "samples", "seed", "levels", "resolution", "second_order")
        return {
            **{name: getattr(self, name) for name in names}, "scenarios": list(self.scenarios),
            "factors": [factor.resolved() for factor in self.factors], "rows": [list(row) for row in self.rows],
        }  # fmt: skip

    @classmethod
    def from_resolved(cls, data: Mapping[str, Any]) -> Design:
        """Return the design that :meth:`resolved` wrote."""
        factors = tuple(
            Factor(row["key"], row.get("low"), row.get("high"), tuple(row.get("values", ()))) for row in data["factors"]
        )
        own = {"factors": factors, "scenarios": tuple(data["scenarios"]), "rows": tuple(map(tuple, data["rows"]))}
        return cls(**{**data, **own})


def _spanning(key: str, values: list[Any]) -> Factor:
    """Return a factor that includes all the given values."""
    if isinstance(values[0], (str, bool)):
        return Factor(key)
    low, high = min(values), max(values)
    if low < high:
        return Factor(key, low, high)
    return Factor(key, low, low + 1) if key.startswith(WEEK_OF) else Factor(key)


def _grid(design: Design) -> list[np.ndarray]:
    """Return every combination of levels; the last factor changes fastest."""
    levels = [factor.levels(design.levels) for factor in design.factors]
    places = np.unravel_index(np.arange(len(design)), [len(each) for each in levels])
    return [_column(each)[place] for each, place in zip(levels, places, strict=True)]


def _column(values: Sequence[Any]) -> np.ndarray:
    return np.array(values, dtype=object if isinstance(values[0], (str, bool)) else None)


def _grid_size(design: Design) -> int:
    size = 1
    for factor in design.factors:
        size *= len(factor.levels(design.levels))
    return size


def _masks(count: int, resolution: int) -> list[int]:
    """Return for each factor the base columns, as bits, whose product is its column.

    A column is used if no ``resolution - 2`` earlier columns multiply to it, so that no fewer than
    ``resolution`` columns multiply to the constant: the resolution by its definition (Box & Hunter 1961).
    """
    products: list[set[int]] = [{0}, *(set() for _ in range(resolution - 2))]  # number of columns
    found: list[int] = []
    mask = 0
    while len(found) < count:
        mask += 1
        if any(mask in some for some in products):
            continue
        found.append(mask)
        for size in range(resolution - 2, 0, -1):
            products[size] |= {product ^ mask for product in products[size - 1]}
    return found


def _fraction_size(design: Design) -> int:
    return 1 << max(_masks(len(design.factors), design.resolution)).bit_length()


def _fraction(design: Design) -> list[np.ndarray]:
    """Return a fraction of the two-level factorial: each factor at its lowest and highest value."""
    rows = np.arange(len(design))
    columns = []
    for factor, mask in zip(design.factors, _masks(len(design.factors), design.resolution), strict=True):
        odd = np.bitwise_count(rows & mask) % 2
        columns.append(_column(factor.ends())[odd])
    return columns


def _one_at_a_time(design: Design) -> list[np.ndarray]:
    """Return the unchanged scenario, then each factor at its levels with all others unchanged."""
    columns = [np.full(len(design), None, dtype=object) for _ in design.factors]
    place = 1
    for column, factor in zip(columns, design.factors, strict=True):
        levels = factor.levels(design.levels)
        column[place : place + len(levels)] = levels
        place += len(levels)
    return columns


def _sampled(design: Design) -> list[np.ndarray]:
    unit = design.unit()
    return [factor.at(unit[:, place]) for place, factor in enumerate(design.factors)]


def _latin_hypercube(design: Design) -> np.ndarray:
    from scipy.stats import qmc

    engine = qmc.LatinHypercube(len(design.factors), rng=np.random.default_rng(design.seed))
    return engine.random(design.samples)


def _sobol(design: Design) -> np.ndarray:
    import warnings

    from scipy.stats import qmc

    engine = qmc.Sobol(len(design.factors), rng=np.random.default_rng(design.seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # users may choose a number of points that is not a power of 2
        return engine.random(design.samples)


def _salib(design: Design, sample: str, **options: Any) -> np.ndarray:
    try:
        from importlib import import_module

        module = import_module(f"SALib.sample.{sample}")
    except ImportError:
        raise InputError(
            f"a {design.kind} design needs SALib, which is not installed: pip install -e '.[analysis]'"
        ) from None
    count = len(design.factors)
    problem = {"num_vars": count, "names": list(design.keys), "bounds": [[0.0, 1.0]] * count}
    unit: np.ndarray = module.sample(problem, design.samples, seed=design.seed, **options)
    return unit


def _morris(design: Design) -> np.ndarray:
    return _salib(design, "morris", num_levels=design.levels)


def _saltelli(design: Design) -> np.ndarray:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return _salib(design, "sobol", calc_second_order=design.second_order)


def _saltelli_size(design: Design) -> int:
    return design.samples * (len(design.factors) * (1 + design.second_order) + 2)


def _given(design: Design) -> list[np.ndarray]:
    return [_column(column) for column in zip(*design.rows, strict=True)]


_SAMPLES: dict[str, Callable[[Design], np.ndarray]] = {
    "latin-hypercube": _latin_hypercube, "sobol": _sobol, "morris": _morris, "saltelli": _saltelli,
}  # fmt: skip
#: For each kind, how many points a design has, and the columns of its points.
KINDS: dict[str, tuple[Callable[[Design], int], Callable[[Design], list[np.ndarray]]]] = {
    "latin-hypercube": (lambda design: design.samples, _sampled),
    "sobol": (lambda design: design.samples, _sampled),
    "factorial": (_grid_size, _grid),
    "fractional-factorial": (_fraction_size, _fraction),
    "one-at-a-time": (lambda one: 1 + sum(len(f.levels(one.levels)) for f in one.factors), _one_at_a_time),
    "morris": (lambda design: design.samples * (len(design.factors) + 1), _sampled),
    "saltelli": (_saltelli_size, _sampled),
    "given": (lambda design: len(design.rows), _given),
}
