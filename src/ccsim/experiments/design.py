"""Designs: the points of several factors at which an experiment is run.

Space-filling points come from scipy, samples for sensitivity indices from SALib. Fractions of a
two-level factorial are made here, because available libraries claim resolutions that their fractions do not have.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ccsim.engine.counts import whole_number
from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.factors import WEEK_OF, Factor, column_of, parse_factors
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
        factors = [parse_factors(factor) if isinstance(factor, str) else [factor] for factor in self.factors]
        object.__setattr__(self, "factors", tuple(itertools.chain(*factors)))
        if self.kind not in KINDS:
            raise UnknownNameError("design", self.kind, KINDS)
        self._check_numbers()
        keys = [factor.key for factor in self.factors]
        if not keys:
            raise InputError("a design must vary at least one factor")
        for key in keys:
            if keys.count(key) > 1:
                raise InputError(f"{key}: is varied twice")
        size = KINDS[self.kind].size(self)  # may be more than len() can say
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
            object.__setattr__(self, name, whole_number(name, getattr(self, name), least, most))
        if self.kind == "morris" and self.levels % 2:
            raise InputError(f"levels: must be an even number for a Morris design, got {self.levels}")

    @classmethod
    def given(cls, rows: Sequence[Mapping[str, Any]], scenarios: Sequence[str] = ()) -> Design:
        """Return a design of given points.

        Args:
            rows: for each point the values by key; all points have the same keys.
            scenarios: in which levers and weeks are varied; empty for all except the baseline.

        Returns:
            The design.

        Raises:
            InputError: there are no points, keys differ, or a value is not accepted.
        """
        if not rows:
            raise InputError("a design must have at least one point")
        keys = tuple(rows[0])
        if any(set(row) != set(keys) for row in rows):
            raise InputError(f"every point of a design must set the same factors: {', '.join(keys)}")
        factors = tuple(_spanning(key, [row[key] for row in rows]) for key in keys)
        points = tuple(tuple(factor._checked(row[factor.key]) for factor in factors) for row in rows)
        return cls("given", factors, scenarios=tuple(scenarios), rows=points)

    def __len__(self) -> int:
        """Return the number of points, without making them."""
        return KINDS[self.kind].size(self)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the factors, which are the columns of the table."""
        return tuple(factor.key for factor in self.factors)

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The values of each factor over the points; None if a point keeps the value of the scenario."""
        return dict(zip(self.keys, KINDS[self.kind].columns(self), strict=True))

    def row(self, number: int) -> dict[str, Any]:
        """Return the values that a point sets.

        Args:
            number: number of the point, from 0.

        Returns:
            The values by key.
        """
        values = {key: column[number] for key, column in self.columns.items()}
        return {k: v.item() if isinstance(v, np.generic) else v for k, v in values.items() if v is not None}

    def table(self) -> pd.DataFrame:
        """Return one row per point and one column per factor; nan if a point keeps the value of the scenario."""
        import pandas as pd

        return pd.DataFrame(self.columns).infer_objects()

    def unit(self) -> np.ndarray:
        """Return the points of a sampled design in the unit cube, shape (points, factors), for its analysis."""
        return self._unit

    @cached_property
    def _unit(self) -> np.ndarray:
        sample = KINDS[self.kind].unit
        if sample is None:
            raise InputError(f"a {self.kind} design is not drawn from the unit cube")
        return sample(self)

    def digest(self) -> str:
        """Return a short hash of the points, because another version of a library may draw other points from the same seed."""
        sha256 = hashlib.sha256()
        for column in self.columns.values():
            sha256.update(repr(column.tolist()).encode() if column.dtype == object else column.tobytes())
        return sha256.hexdigest()[:16]

    def resolved(self) -> dict[str, Any]:
        """Return the design as plain data that determines its points."""
        names = ("kind", "samples", "seed", "levels", "resolution", "second_order")
        return {
            **{name: getattr(self, name) for name in names}, "scenarios": list(self.scenarios),
            "factors": [factor.resolved() for factor in self.factors], "rows": [list(row) for row in self.rows],
        }  # fmt: skip

    @classmethod
    def from_resolved(cls, data: Mapping[str, Any]) -> Design:
        """Return the design that :meth:`resolved` wrote.

        Args:
            data: what :meth:`resolved` returned.

        Returns:
            The design.
        """
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
    indices = np.unravel_index(np.arange(len(design)), [len(values) for values in levels])
    return [column_of(values)[index] for values, index in zip(levels, indices, strict=True)]


def _masks(count: int, resolution: int) -> list[int]:
    """Return for each factor the base columns, as bits, whose product is its column.

    A column is used if no ``resolution - 2`` earlier columns multiply to it, so that no fewer than
    ``resolution`` columns multiply to the constant: the resolution by its definition (Box & Hunter 1961).
    """
    products: list[set[int]] = [{0}, *(set() for _ in range(resolution - 2))]  # number of columns
    masks: list[int] = []
    mask = 0
    while len(masks) < count:
        mask += 1
        if any(mask in some for some in products):
            continue
        masks.append(mask)
        for size in range(resolution - 2, 0, -1):
            products[size] |= {product ^ mask for product in products[size - 1]}
    return masks


def _fraction(design: Design) -> list[np.ndarray]:
    """Return a fraction of the two-level factorial: each factor at its lowest and highest value."""
    rows, masks = np.arange(len(design)), _masks(len(design.factors), design.resolution)
    return [
        column_of(factor.ends())[np.bitwise_count(rows & mask) % 2]
        for factor, mask in zip(design.factors, masks, strict=True)
    ]


def _one_at_a_time(design: Design) -> list[np.ndarray]:
    """Return the unchanged scenario, then each factor at its levels with all others unchanged."""
    columns = [np.full(len(design), None, dtype=object) for _ in design.factors]
    row = 1
    for column, factor in zip(columns, design.factors, strict=True):
        levels = factor.levels(design.levels)
        column[row : row + len(levels)] = levels
        row += len(levels)
    return columns


def _sampled(design: Design) -> list[np.ndarray]:
    return [factor.from_unit(positions) for factor, positions in zip(design.factors, design.unit().T, strict=True)]


def _scipy(design: Design, engine: str) -> np.ndarray:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # users may choose a number of points that is not a power of 2
        sampler: qmc.QMCEngine = getattr(qmc, engine)(len(design.factors), rng=np.random.default_rng(design.seed))
        return sampler.random(design.samples)


def _salib(design: Design, sample: str, **options: Any) -> np.ndarray:
    try:
        module = importlib.import_module(f"SALib.sample.{sample}")
    except ImportError:
        raise InputError(
            f"a {design.kind} design needs SALib, which is not installed: pip install -e '.[analysis]'"
        ) from None
    count = len(design.factors)
    problem = {"num_vars": count, "names": list(design.keys), "bounds": [[0.0, 1.0]] * count}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # as above
        unit: np.ndarray = module.sample(problem, design.samples, seed=design.seed, **options)
    return unit


class DesignKind(NamedTuple):
    """How a kind of design makes its points.

    Attributes:
        size: returns how many points a design has.
        columns: returns the values of each factor over the points.
        unit: returns the points in the unit cube, shape (points, factors); None if they are not sampled.
    """

    size: Callable[[Design], int]
    columns: Callable[[Design], list[np.ndarray]] = _sampled
    unit: Callable[[Design], np.ndarray] | None = None


KINDS = {
    "latin-hypercube": DesignKind(lambda design: design.samples, unit=lambda design: _scipy(design, "LatinHypercube")),
    "sobol": DesignKind(lambda design: design.samples, unit=lambda design: _scipy(design, "Sobol")),
    "factorial": DesignKind(lambda one: math.prod(len(factor.levels(one.levels)) for factor in one.factors), _grid),
    "fractional-factorial": DesignKind(
        lambda design: 1 << max(_masks(len(design.factors), design.resolution)).bit_length(), _fraction
    ),
    "one-at-a-time": DesignKind(
        lambda one: 1 + sum(len(factor.levels(one.levels)) for factor in one.factors), _one_at_a_time
    ),
    "morris": DesignKind(
        lambda design: design.samples * (len(design.factors) + 1),
        unit=lambda design: _salib(design, "morris", num_levels=design.levels),
    ),
    "saltelli": DesignKind(
        lambda design: design.samples * (len(design.factors) * (1 + design.second_order) + 2),
        unit=lambda design: _salib(design, "sobol", calc_second_order=design.second_order),
    ),
    "given": DesignKind(
        lambda design: len(design.rows), lambda design: [column_of(column) for column in zip(*design.rows, strict=True)]
    ),
}
