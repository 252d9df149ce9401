"""A decision, from the runs of its options: order, chance of being best, what flips it, what to measure, what to watch.

Every number has a name, by which reports show it and ``ccsim reproduce`` makes it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.comparison import interval
from ccsim.analysis.decision.information import Flip, best_mean, explained, flips, information
from ccsim.analysis.decision.problem import AS_IT_IS
from ccsim.errors import ResultsError
from ccsim.model.kpis import KPIS
from ccsim.organisations.measurements import MEASUREMENTS, told_by
from ccsim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd

#: Chance of telling something that is not there.
LEVEL = 0.05
#: Single values and KPIs that are told, and values of which a change of order is told though it may be chance.
TOLD, SUGGESTED = 8, 3
#: Ends of the range over worlds that is shown.
RANGE = (0.05, 0.95)


@dataclass(frozen=True)
class Decision:
    """The runs of a decision, seen as one.

    Attributes:
        results: the runs.
        kpi: what counts at the horizon.
        about: what else a page says: the organisation, its currency, how far the decision can be trusted.
    """

    results: Results
    kpi: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Names of the options; the organisation left alone comes first."""
        return tuple(self.results.experiment.base_scenarios)

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return 1.0 if KPIS[self.kpi].direction == "more" else -1.0

    @cached_property
    def _table(self) -> pd.DataFrame:
        """Means over the replicates, by point, week and option, of the worlds in which every option has a figure."""
        points = self.results.experiment.design_scenarios
        assert points is not None
        frame = self.results.summaries
        places = {name: points.locate(name) for name in frame["scenario"].unique()}
        own = frame.assign(
            option=frame["scenario"].map({name: place[0] for name, place in places.items()}),
            point=frame["scenario"].map({name: place[1] for name, place in places.items()}),
        )
        return own.groupby(["point", "week", "option"])[[name for name in KPIS if name in own]].mean()

    def _figures(self, kpi: str, week: int) -> pd.DataFrame:
        found = self._table[kpi].xs(week, level="week").unstack("option")
        return found.reindex(columns=list(self.options))

    @cached_property
    def worlds(self) -> np.ndarray:
        """Numbers of the worlds in which every option has a finite figure at the horizon, shape (worlds,)."""
        whole = self._figures(self.kpi, self.results.experiment.weeks - 1)
        kept = whole.index[np.isfinite(whole.to_numpy()).all(axis=1)].to_numpy()
        if len(kept) < 2:
            raise ResultsError(f"{self.kpi}: no two worlds have a figure of every option; has anything been run?")
        return np.asarray(kept)

    @cached_property
    def figures(self) -> np.ndarray:
        """What counts at the horizon, shape (worlds, options)."""
        return self.at(self.kpi, self.results.experiment.weeks - 1)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """The same, so that more is better, shape (worlds, options)."""
        return self.sign * self.figures

    def at(self, kpi: str, week: int) -> np.ndarray:
        """Return a KPI's figures in a week that is kept, shape (worlds, options)."""
        return self._figures(kpi, week).loc[self.worlds].to_numpy(float)

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """Values of everything uncertain that differs between worlds, by key, shape (worlds,)."""
        points = self.results.experiment.design_scenarios
        assert points is not None
        columns = {key: column[self.worlds].astype(float) for key, column in points.design.columns.items()}
        return {key: column for key, column in columns.items() if np.ptp(column) > 0.0}

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Numbers of the options, the best on average first."""
        return tuple(int(k) for k in np.argsort(-self.outcomes.mean(axis=0), kind="stable"))

    @cached_property
    def lead(self) -> np.ndarray:
        """By how much the first option is ahead of the second, shape (worlds,)."""
        return np.asarray(self.outcomes[:, self.order[0]] - self.outcomes[:, self.order[1]])

    @cached_property
    def single(self) -> pd.DataFrame:
        """What knowing each uncertain value is worth (:func:`ccsim.analysis.decision.information.information`)."""
        return information(self.outcomes, self.values, self.results.experiment.seed)

    @cached_property
    def measurements(self) -> pd.DataFrame:
        """What each measurement is worth that tells several values."""
        keys = tuple(self.values)
        keys_of = {one.name: told_by(one.name, keys) for one in MEASUREMENTS}
        columns = {name: np.column_stack([self.values[key] for key in own]) for name, own in keys_of.items() if own}
        return information(self.outcomes, columns, self.results.experiment.seed)

    @cached_property
    def flips(self) -> tuple[tuple[Flip, bool], ...]:
        """Values at which another option comes first, the surest first, and whether they can be told from chance."""
        found: list[tuple[Flip, bool]] = []
        for name, p in zip(self.single["name"], self.single["p_adjusted"], strict=True):
            sure = bool(p <= LEVEL)
            if sure or sum(not one[1] for one in found) < SUGGESTED:
                found += [(flip, sure) for flip in flips(self.outcomes, name, self.values[name])]
        return tuple(found[:TOLD])

    @cached_property
    def watched(self) -> dict[str, np.ndarray]:
        """KPIs of the first option after a quarter, by name, shape (worlds,); those that have a figure in every world."""
        week = self.results.experiment.report_weeks[0]
        found = {name: self.at(name, week)[:, self.order[0]] for name in self._table.columns}
        return {name: values for name, values in found.items() if np.isfinite(values).all() and np.ptp(values) > 0.0}

    @cached_property
    def watch(self) -> pd.DataFrame:
        """What seeing each KPI after a quarter tells: as :attr:`single`, with the variance of the lead ``explained``."""
        table = information(self.outcomes, self.watched, self.results.experiment.seed)
        return table.assign(explained=[explained(self.lead, self.watched[name]) for name in table["name"]])

    def thresholds(self, kpi: str) -> list[Flip]:
        """Return the figures of a KPI after a quarter beyond which another option looks better."""
        return flips(self.outcomes, kpi, self.watched[kpi])

    def numbers(self) -> dict[str, float]:
        """Return every number by its name."""
        asked = len(self.results.experiment.design_scenarios.design) if self.results.experiment.design_scenarios else 0
        found = {"worlds": float(len(self.outcomes)), "left_out": float(asked - len(self.outcomes))}
        for k, name in enumerate(self.options):
            found |= {f"option/{name}/{measure}": value for measure, value in self._option(k).items()}
        mean, low, high = (float(end) for end in interval(self.lead))
        found |= {"lead/mean": mean, "lead/low": low, "lead/high": high, "lead/ahead": float((self.lead > 0).mean())}
        found["bound"] = float(best_mean(self.outcomes))
        tables = {"measurement": self.measurements, "value": self.single.head(TOLD), "watch": self.watch.head(TOLD)}
        for part, table in tables.items():
            for row in table.to_dict("records"):
                found |= {f"{part}/{row['name']}/{key}": float(row[key]) for key in table.columns if key != "name"}
        for number, (flip, _) in enumerate(self.flips, 1):
            found |= {f"flip/{number}/at": flip.value, f"flip/{number}/share": flip.share}
        for kpi in self.watch.head(TOLD)["name"]:
            found |= {f"watch/{kpi}/threshold/{k}": flip.value for k, flip in enumerate(self.thresholds(kpi), 1)}
        return {**found, **self.about.get("evidence", {}).get("numbers", {})}

    def _option(self, k: int) -> dict[str, float]:
        """Return the numbers of an option."""
        mean, low, high = (float(end) for end in interval(self.figures[:, k]))
        gap = self.figures[:, k] - self.figures[:, self.options.index(AS_IT_IS)]
        difference, gap_low, gap_high = (float(end) for end in interval(gap))
        bad, good = (float(end) for end in np.quantile(gap, RANGE))
        return {
            "mean": mean, "low": low, "high": high, "difference": difference, "difference_low": gap_low,
            "difference_high": gap_high, "world_low": bad, "world_high": good,
            "better": float((self.sign * gap > 0).mean()), "best": self._best(k),
            "spend": float(np.nanmean(self.at("spend", self.results.experiment.weeks - 1)[:, k])),
        }  # fmt: skip

    def _best(self, k: int) -> float:
        """Return the share of worlds in which an option comes out best; equals share a world."""
        best = self.outcomes == self.outcomes.max(axis=1, keepdims=True)
        return float((best[:, k] / best.sum(axis=1)).mean())


def behind(name: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options whose runs are behind a number.

    Args:
        name: of the number.
        options: all of them.
    """
    parts = name.split("/")
    if parts[0] in ("backtest", "level"):
        return ()  # of worlds of their own
    if parts[0] == "option" and parts[2] != "best":
        return tuple(dict.fromkeys((AS_IT_IS, parts[1])))
    return options
