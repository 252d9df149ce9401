"""Scenario discovery: find the region of levers and uncertainties in which an outcome occurs.

*PRIM* (Friedman & Fisher 1999, as Bryant & Lempert 2010 use it; ema_workbench) peels a box until most points in it
have the outcome. *Trees* (CART; scikit-learn) split the space, and their leaves are boxes. A box is described by

* coverage: of all points with the outcome, the share that lies in the box;
* density: of all points in the box, the share that has the outcome;
* quasi-p (PRIM): the probability that a restriction helps as much as it does by chance.

A box is found on two thirds of the points. Its coverage and density are measured on the last third, because
every box looks too good on the points that defined it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ccsim.analysis import library
from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.comparison import ShareInterval, share_interval
from ccsim.analysis.parameter_space import Dimension, drawn, numbers_of, values_of
from ccsim.analysis.problem import AnalysisProblem, Runner
from ccsim.errors import InputError
from ccsim.scenarios.renamed import RenamedAttributes, renamed_arguments

METHODS = ("prim", "tree")
#: Share of the points for finding boxes; minimum number of points with, and without, the outcome among them.
FOUND_ON, FEWEST = 2 / 3, 10
#: A restriction whose quasi-p is larger is dropped.
CLEAR = 0.05
#: Number of boxes on the peeling trajectory to try for one that is dense enough without insignificant restrictions.
MOST_TRIED = 10
#: Number of dimensions above which a random forest screens them before PRIM, which would overfit.
MOST_DIMENSIONS = 24
#: Weeks between the values kept for trajectories.
QUARTER = 13


#: By key the lowest and highest number, of restricted parameters only; a choice by the places allowed.
Limits = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Region:
    """A box of the space.

    Attributes:
        limits: by key the lowest and highest number, or the places of the allowed choices.
        coverage, density: on the points that it was not found on.
        training_coverage, training_density: on those that it was found on.
        quasi_p: by key, where the method gives it.
    """

    limits: Limits
    coverage: ShareInterval
    density: ShareInterval
    training_coverage: float
    training_density: float
    quasi_p: dict[str, float]

    def holds(self, space: Sequence[Dimension], points: np.ndarray) -> np.ndarray:
        """Return which points, shape (points, dimensions), lie in the region."""
        return _inside(self.limits, space, points)

    def describe(self, space: Sequence[Dimension]) -> list[str]:
        """Describe each restriction in words."""
        return [_words(dimension, self.limits[dimension.key]) for dimension in space if dimension.key in self.limits]


@dataclass(frozen=True)
class Discovery(RenamedAttributes):
    """The result.

    Attributes:
        problem, space, where: the arguments of the search.
        points: numbers, shape (points, dimensions).
        share: of each point's runs, the share that has the outcome; nan where none has a figure.
        min_share: minimum share of runs for a point to count as one with the outcome.
        regions: the boxes that are denser than the whole on points that they were not found on, the first found first.
        trade: coverage and density of every box on the way to the first one (PRIM).
        summaries: see :meth:`ccsim.analysis.problem.Runner.summaries`.
        base: share of all points that have the outcome.
    """

    _former: ClassVar[Mapping[str, str]] = {"study": "problem"}

    problem: AnalysisProblem
    space: tuple[Dimension, ...]
    where: str
    points: np.ndarray
    share: np.ndarray
    min_share: float
    regions: tuple[Region, ...]
    trade: pd.DataFrame
    summaries: pd.DataFrame
    base: float

    @property
    def outcome(self) -> np.ndarray:
        """Which points have the outcome."""
        return np.asarray(self.share >= self.min_share)

    def table(self) -> pd.DataFrame:
        """Return one row per region and restriction."""
        rows = []
        for number, region in enumerate(self.regions, 1):
            shared = {
                "region": number, "coverage": region.coverage.share, "coverage_low": region.coverage.low,
                "coverage_high": region.coverage.high, "density": region.density.share,
                "density_low": region.density.low, "density_high": region.density.high,
                "training_coverage": region.training_coverage, "training_density": region.training_density,
            }  # fmt: skip
            for dimension in self.space:
                if dimension.key in region.limits:
                    limits = region.limits[dimension.key]
                    rows.append(
                        {**shared, "parameter": dimension.key, "from": dimension.value(limits[0]), "to": dimension.value(limits[-1]),
                         "quasi_p": region.quasi_p.get(dimension.key, np.nan), "words": _words(dimension, limits)}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    def points_table(self) -> pd.DataFrame:
        """Return one row per point: values, share of runs with the outcome, and the region it lies in (0: none)."""
        place = np.zeros(len(self.points), int)
        for number, region in reversed(list(enumerate(self.regions, 1))):
            place[region.holds(self.space, self.points)] = number
        values = pd.DataFrame([values_of(self.space, row) for row in self.points])
        return values.assign(share=self.share, outcome=self.outcome, region=place)


@renamed_arguments(sure="min_share", density="min_density", points="samples")
def discover(
    problem: AnalysisProblem, space: Sequence[Dimension], where: str, *, samples: int = 500, method: str = "prim",
    min_share: float = 0.5, min_density: float = 0.8, regions: int = 2, runner: Runner | None = None,
    worlds: AdmittedWorlds | None = None,
) -> Discovery:  # fmt: skip
    """Find where an outcome occurs.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: what varies, and over which span; points are a Latin hypercube.
        where: the outcome as a condition over KPIs and their differences: ``npv_difference > 0 and csat > 70``.
        samples: number of points to run.
        method: ``"prim"`` or ``"tree"``.
        min_share: minimum share of a point's runs with the outcome, 0 to 1.
        min_density: wanted density of a region; the largest box that reaches it is used, or else the densest.
        regions: number of regions to find.
        runner: where and how to run.
        worlds: where values of assumptions come from; None for the ranges of ``space``.

    Returns:
        The regions of the parameter space in which the outcome is frequent, with their figures.

    Raises:
        InputError: the condition cannot be read, there are too few points, or all or none of them have the outcome.
    """
    condition = problem.condition(where)
    _check(method, samples, min_share, min_density, regions)
    design = (
        worlds.design(space, samples, problem.seed)
        if worlds
        else drawn(space, "latin-hypercube", samples, problem.seed)
    )
    report_weeks = sorted({*range(QUARTER - 1, problem.weeks, QUARTER), problem.weeks - 1})
    summaries = (runner or Runner()).summaries(problem, design, "points", report_weeks)
    last = summaries[summaries["week"] == problem.weeks - 1]
    names = sorted(condition.names)
    held = [condition.holds(dict(zip(names, row, strict=True))) for row in last[names].itertuples(index=False)]
    share = last.assign(held=held).groupby("point")["held"].mean().reindex(range(samples)).to_numpy(dtype=float)
    return discovered(
        problem, space, where, numbers_of(space, design), share, summaries, method, min_share, min_density, regions
    )


@renamed_arguments(sure="min_share", density="min_density")
def discovered(
    problem: AnalysisProblem, space: Sequence[Dimension], where: str, points: np.ndarray, share: np.ndarray,
    summaries: pd.DataFrame, method: str = "prim", min_share: float = 0.5, min_density: float = 0.8, regions: int = 2,
) -> Discovery:  # fmt: skip
    """Return the regions in which an outcome is frequent, from points that have been run.

    Args:
        problem: the scenario, its baseline, and the runs at each point.
        space: what varies, one column of ``points`` each.
        where: the outcome as a condition, for the record.
        points: shape (points, dimensions), in units of the parameters.
        share: shape (points,), share of a point's runs with the outcome, 0 to 1; NaN where it is not known.
        summaries: a row for each point and replicate.
        method: ``"prim"`` or ``"tree"``.
        min_share: minimum share of a point's runs with the outcome.
        min_density: minimum share of such points in a region.
        regions: how many regions to look for.

    Returns:
        The regions that fresh points show to be denser than the whole, in the order in which they were found.
    """
    known = np.flatnonzero(np.isfinite(share))
    order = np.random.default_rng(problem.seed).permutation(known)
    training, fresh = np.split(order, [round(FOUND_ON * len(order))])
    outcome = share >= min_share
    _refuse_one_sided(where, outcome[known], outcome[training])
    find = _prim if method == "prim" else _tree
    boxes, trade = [], []
    for limits, quasi_p, way in find(space, points[training], outcome[training], min_density, regions, problem.seed):
        if limits:
            trade.append(way)
            inside = _inside(limits, space, points)
            coverage, training_coverage, density, training_density = (
                share_interval((inside & outcome)[part].sum(), whole[part].sum())
                for whole in (outcome, inside) for part in (fresh, training)
            )  # fmt: skip
            # A box that is not denser than the whole on fresh points is due to chance.
            if density.low > outcome[fresh].mean():
                boxes.append(
                    Region(limits, coverage, density, training_coverage.share, training_density.share, quasi_p)
                )
    way = trade[0] if trade else pd.DataFrame({"coverage": [], "density": []})
    return Discovery(
        problem, tuple(space), where, points, share, min_share, tuple(boxes), way, summaries, float(outcome[known].mean())
    )  # fmt: skip


def _check(method: str, points: int, min_share: float, min_density: float, regions: int) -> None:
    if method not in METHODS:
        raise InputError(f"method: must be one of {', '.join(METHODS)}, got {method!r}")
    if points < 6 * FEWEST:
        raise InputError(f"samples: must be at least {6 * FEWEST} to find a region, got {points}")
    for name, value in (("min_share", min_share), ("min_density", min_density)):
        if not 0 < value <= 1:
            raise InputError(f"{name}: must be above 0 and at most 1, got {value!r}")
    if regions < 1:
        raise InputError(f"regions: must be 1 or more, got {regions}")


def _refuse_one_sided(where: str, outcome: np.ndarray, training: np.ndarray) -> None:
    """Refuse an outcome that occurs everywhere or nowhere, because no region explains it."""
    many, few = int(outcome.sum()), int(min(training.sum(), (~training).sum()))
    if few < FEWEST:
        holds_at = "every point" if many == len(outcome) else f"{many} of {len(outcome)} points" if many else "no point"
        raise InputError(
            f"{where!r} holds at {holds_at}; at least {FEWEST} of either kind are needed: "
            "change the threshold, run more points, or vary something else"
        )


def _inside(limits: Limits, space: Sequence[Dimension], points: np.ndarray) -> np.ndarray:
    """Return which points lie within limits."""
    inside = np.ones(len(points), bool)
    for dimension, column in zip(space, points.T, strict=True):
        if dimension.choices and dimension.key in limits:
            inside &= np.isin(column, limits[dimension.key])
        elif dimension.key in limits:
            low, high = limits[dimension.key]
            inside &= (column >= low) & (column <= high)
    return inside


Box = tuple[Limits, dict[str, float], Any]  # limits, quasi-p, coverage and density on the way


def _frame(space: Sequence[Dimension], points: np.ndarray) -> pd.DataFrame:
    """Return points as the libraries take them: choices as kinds without order."""
    frame = pd.DataFrame(points, columns=[dimension.key for dimension in space])
    for dimension in space:
        if dimension.choices:
            frame[dimension.key] = [str(place) for place in frame[dimension.key].astype(int)]
    return frame


def _prim(
    space: Sequence[Dimension], points: np.ndarray, outcome: np.ndarray, min_density: float, regions: int, seed: int
) -> Iterator[Box]:
    """Find boxes by PRIM; points of one found box do not count for the next."""
    import warnings

    prim = library("ema_workbench.analysis.prim")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chosen = _screened(space, points, outcome, seed)
        space, points = [space[number] for number in chosen], points[:, chosen]
        search = prim.Prim(_frame(space, points), outcome, threshold=1e-9, peel_alpha=0.05, mass_min=0.05)
        for _ in range(regions):
            box = search.find_box()
            if box is None or len(box.peeling_trajectory) < 2:
                return
            trajectory = box.peeling_trajectory[["coverage", "density"]].copy()
            quasi_p = _cleared(box, trajectory, min_density)
            limits = _limits_of(space, box.box_lim, search.box_init)
            yield limits, {key: p for key, p in quasi_p.items() if key in limits}, trajectory


def _screened(space: Sequence[Dimension], points: np.ndarray, outcome: np.ndarray, seed: int) -> list[int]:
    """Return the dimensions on which an outcome may depend: the most important ones of a random forest."""
    if len(space) <= MOST_DIMENSIONS:
        return list(range(len(space)))
    forest = library("sklearn.ensemble").ExtraTreesClassifier(
        300, min_samples_leaf=5, class_weight="balanced", random_state=seed
    )
    weights = forest.fit(points, outcome).feature_importances_
    return sorted(np.argsort(-weights, kind="stable")[:MOST_DIMENSIONS].tolist())


def _cleared(box: Any, way: pd.DataFrame, min_density: float) -> dict[str, float]:
    """Select the first box on the way that is dense enough once what chance could make is dropped from it.

    If none is, the densest.

    Returns:
        The quasi-p of each limit that is left, by parameter.
    """
    dense = np.flatnonzero(way["density"] >= min_density).tolist()[:MOST_TRIED]
    tried: list[tuple[float, int, dict[str, float]]] = []
    for number in dense or [int(np.argmax(way["density"]))]:
        box.select(number)
        quasi_p = _without_chance(box)
        tried.append((box.density, box._cur_box, quasi_p))
        if box.density >= min_density:
            break
    _, number, quasi_p = max(tried, key=lambda row: row[0])
    box.select(number)
    return quasi_p


def _without_chance(box: Any) -> dict[str, float]:
    """Drop the restrictions of a box that chance could make, the least sure one first; return the others' quasi-p."""
    while True:
        number = box._cur_box
        worst = {key: max(values) for key, values in box.qp[number].items()}
        if not worst or max(worst.values()) <= CLEAR:
            return worst
        box.drop_restriction(max(worst, key=worst.__getitem__), number)
        box.select(len(box.box_lims) - 1)


def _limits_of(space: Sequence[Dimension], box: Any, start: Any) -> Limits:
    """Return the limits of a box of ema_workbench that restrict anything, compared with the box of the start."""
    limits: Limits = {}
    for dimension in (dimension for dimension in space if dimension.key in box):
        here, span = box[dimension.key], start[dimension.key]
        if dimension.choices:
            if set(here[0]) != set(span[0]):
                limits[dimension.key] = tuple(sorted(float(place) for place in here[0]))
        elif tuple(here) != tuple(span):
            # A side that is not restricted reaches to the end of the span, not to the outermost point.
            low = dimension.low if here[0] == span[0] else float(here[0])
            high = dimension.high if here[1] == span[1] else float(here[1])
            limits[dimension.key] = _whole(dimension, low, high)
    return limits


def _whole(dimension: Dimension, low: float, high: float) -> tuple[float, float]:
    """Return limits that lie on whole numbers, where only those are in the span."""
    return (float(np.ceil(low)), float(np.floor(high))) if dimension.stepped else (low, high)


def _tree(
    space: Sequence[Dimension], points: np.ndarray, outcome: np.ndarray, min_density: float, regions: int, seed: int
) -> Iterator[Box]:
    """Find boxes as leaves of a tree: those that are dense enough, or the densest one, the largest first."""
    columns: list[tuple[int, float | None]] = []  # of a choice, one column for each kind
    for number, dimension in enumerate(space):
        columns += [(number, float(k)) for k in range(len(dimension.choices))] or [(number, None)]
    wide = np.column_stack([points[:, n] if kind is None else points[:, n] == kind for n, kind in columns])
    least = max(5, len(points) // 40)
    grown = library("sklearn.tree").DecisionTreeClassifier(
        max_leaf_nodes=8, min_samples_leaf=least, random_state=seed
    ).fit(wide, outcome)  # fmt: skip
    tree = grown.tree_
    leaves = [node for node in range(tree.node_count) if tree.children_left[node] < 0]
    yes = list(grown.classes_).index(True)
    dense = {leaf: float(tree.value[leaf][0][yes] / tree.value[leaf][0].sum()) for leaf in leaves}
    chosen = [leaf for leaf in leaves if dense[leaf] >= min_density] or [max(leaves, key=dense.__getitem__)]
    chosen.sort(key=lambda leaf: -dense[leaf] * tree.n_node_samples[leaf])
    for leaf in chosen[:regions]:
        if dense[leaf] > float(outcome.mean()):
            yield _limits_of_leaf(space, columns, tree, leaf), {}, _way(leaves, dense, tree, outcome)


def _limits_of_leaf(
    space: Sequence[Dimension], columns: Sequence[tuple[int, float | None]], tree: Any, leaf: int
) -> Limits:
    """Return the limits that the way to a leaf sets."""
    parent = {int(child): node for side in (tree.children_left, tree.children_right)
              for node, child in enumerate(side) if child >= 0}  # fmt: skip
    limits: Limits = {}
    while leaf in parent:
        node = parent[leaf]
        number, kind = columns[tree.feature[node]]
        dimension, below, cut = space[number], tree.children_left[node] == leaf, float(tree.threshold[node])
        if kind is not None:
            allowed = limits.get(dimension.key, tuple(map(float, range(len(dimension.choices)))))
            limits[dimension.key] = tuple(place for place in allowed if (place == kind) != below)
        else:
            low, high = limits.get(dimension.key, (dimension.low, dimension.high))
            limits[dimension.key] = (
                _whole(dimension, low, min(high, cut)) if below else _whole(dimension, max(low, cut), high)
            )
        leaf = node
    return limits


def _way(leaves: Sequence[int], dense: dict[int, float], tree: Any, outcome: np.ndarray) -> pd.DataFrame:
    """Return coverage and density as leaf after leaf is taken, the densest first."""
    order = sorted(leaves, key=lambda leaf: -dense[leaf])
    sizes = np.array([tree.n_node_samples[leaf] for leaf in order], float)
    hits = np.cumsum(sizes * [dense[leaf] for leaf in order])
    return pd.DataFrame({"coverage": hits / outcome.sum(), "density": hits / np.cumsum(sizes)})


def _words(dimension: Dimension, limits: tuple[float, ...]) -> str:
    """Describe a restriction in words."""
    unit = f" {dimension.unit}" if dimension.unit else ""
    if dimension.choices:
        return f"{dimension.key} is {' or '.join(dimension.written(place) for place in limits)}"
    low, high = limits
    if low == high:
        return f"{dimension.key} is {dimension.written(low)}{unit}"
    if low <= dimension.low:
        return f"{dimension.key} is at most {dimension.written(high)}{unit}"
    if high >= dimension.high:
        return f"{dimension.key} is at least {dimension.written(low)}{unit}"
    return f"{dimension.key} is from {dimension.written(low)} to {dimension.written(high)}{unit}"
