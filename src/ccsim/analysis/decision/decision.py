"""A decision, from the runs of its options: ranking, probability of being best, what changes it, what to measure and watch.

Every number has a name, which reports show and ``ccsim reproduce`` recomputes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ccsim.analysis.comparison import interval
from ccsim.analysis.decision.information import Flip, best_mean, explained, flips, information
from ccsim.analysis.decision.problem import AS_IT_IS
from ccsim.errors import ResultsError
from ccsim.model.kpis import KPIS
from ccsim.organisations.measurements import MEASUREMENTS
from ccsim.results.results import Results

#: Significance level.
LEVEL = 0.05
#: Maximum numbers of reported single values and KPIs, and of reported changes of order that may be due to chance.
MAX_SHOWN, SUGGESTED = 8, 3
#: Quantiles of the shown range over worlds.
RANGE = (0.05, 0.95)


@dataclass(frozen=True)
class Decision:
    """A decision, based on its runs.

    Attributes:
        results: the runs.
        kpi: the KPI at the horizon by which options are ranked.
        about: other data of the page: the organisation, its currency, the evidence.
    """

    results: Results
    kpi: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Names of the options; the unchanged organisation comes first."""
        return tuple(self.results.experiment.base_scenarios)

    @property
    def sign(self) -> float:
        """1 if more is better, -1 if less is better."""
        return 1.0 if KPIS[self.kpi].direction == "more" else -1.0

    @cached_property
    def _table(self) -> pd.DataFrame:
        """Means over replicates, by point, week and option, for worlds in which every option has a value."""
        points = self.results.experiment.design_scenarios
        assert points is not None
        frame = self.results.summaries
        options, numbers = zip(*map(points.locate, frame["scenario"]), strict=True)
        located = frame.assign(option=options, point=numbers)
        return located.groupby(["point", "week", "option"])[[name for name in KPIS if name in located]].mean()

    def _kpi_table(self, kpi: str, week: int) -> pd.DataFrame:
        return self._table[kpi].xs(week, level="week").unstack("option").reindex(columns=list(self.options))

    @cached_property
    def worlds(self) -> np.ndarray:
        """Numbers of the worlds in which every option has a finite value at the horizon, shape (worlds,)."""
        table = self._kpi_table(self.kpi, self.results.experiment.weeks - 1)
        complete = table.index[np.isfinite(table.to_numpy()).all(axis=1)].to_numpy()
        if len(complete) < 2:
            raise ResultsError(f"{self.kpi}: fewer than two worlds have a value for every option; are there any runs?")
        return np.asarray(complete)

    @cached_property
    def kpi_values(self) -> np.ndarray:
        """The KPI at the horizon, shape (worlds, options)."""
        return self.values_at(self.kpi, self.results.experiment.weeks - 1)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """The same with a sign such that more is better, shape (worlds, options)."""
        return self.sign * self.kpi_values

    def values_at(self, kpi: str, week: int) -> np.ndarray:
        """Return a KPI's values in a reported week, shape (worlds, options)."""
        return self._kpi_table(kpi, week).loc[self.worlds].to_numpy(float)

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """Values of all uncertain parameters that differ between worlds, by key, shape (worlds,)."""
        points = self.results.experiment.design_scenarios
        assert points is not None
        columns = {key: column[self.worlds].astype(float) for key, column in points.design.columns.items()}
        return {key: column for key, column in columns.items() if np.ptp(column) > 0.0}

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Indices of the options, the best on average first."""
        return tuple(int(k) for k in np.argsort(-self.outcomes.mean(axis=0), kind="stable"))

    @cached_property
    def lead(self) -> np.ndarray:
        """The lead of the first option over the second, shape (worlds,)."""
        return np.asarray(self.outcomes[:, self.order[0]] - self.outcomes[:, self.order[1]])

    @cached_property
    def single(self) -> pd.DataFrame:
        """The value of information on each uncertain value (:func:`ccsim.analysis.decision.information.information`)."""
        return information(self.outcomes, self.values, self.results.experiment.seed)

    @cached_property
    def measurements(self) -> pd.DataFrame:
        """The value of each measurement that narrows several values."""
        narrowed = {each.name: [self.values[key] for key in self.values if each.narrows(key)] for each in MEASUREMENTS}
        columns = {name: np.column_stack(values) for name, values in narrowed.items() if values}
        return information(self.outcomes, columns, self.results.experiment.seed)

    @cached_property
    def flips(self) -> tuple[tuple[Flip, bool], ...]:
        """Values at which another option becomes the best, the most certain first, and whether they are significant."""
        changes: list[tuple[Flip, bool]] = []
        for name, p in zip(self.single["name"], self.single["p_adjusted"], strict=True):
            significant = bool(p <= LEVEL)
            if significant or sum(not certain for _, certain in changes) < SUGGESTED:
                changes += [(flip, significant) for flip in flips(self.outcomes, name, self.values[name])]
        return tuple(changes[:MAX_SHOWN])

    @cached_property
    def watched(self) -> dict[str, np.ndarray]:
        """KPIs of the first option after a quarter, by name, shape (worlds,); only those with a value in every world."""
        week = self.results.experiment.report_weeks[0]
        kpis = {name: self.values_at(name, week)[:, self.order[0]] for name in self._table.columns}
        return {name: values for name, values in kpis.items() if np.isfinite(values).all() and np.ptp(values) > 0.0}

    @cached_property
    def watch(self) -> pd.DataFrame:
        """The value of seeing each KPI after a quarter: as :attr:`single`, with the ``explained`` variance of the lead."""
        table = information(self.outcomes, self.watched, self.results.experiment.seed)
        return table.assign(explained=[explained(self.lead, self.watched[name]) for name in table["name"]])

    def thresholds(self, kpi: str) -> list[Flip]:
        """Return the values of a KPI after a quarter beyond which another option looks better."""
        return flips(self.outcomes, kpi, self.watched[kpi])

    def numbers(self) -> dict[str, float]:
        """Return every number by its name."""
        planned = (
            len(self.results.experiment.design_scenarios.design) if self.results.experiment.design_scenarios else 0
        )
        numbers = {"worlds": float(len(self.outcomes)), "left_out": float(planned - len(self.outcomes))}
        for k, name in enumerate(self.options):
            numbers |= {f"option/{name}/{measure}": value for measure, value in self._option(k).items()}
        numbers |= dict(zip(("lead/mean", "lead/low", "lead/high"), map(float, interval(self.lead)), strict=True))
        numbers["lead/ahead"] = float((self.lead > 0).mean())
        numbers["bound"] = float(best_mean(self.outcomes))
        tables = {
            "measurement": self.measurements,
            "value": self.single.head(MAX_SHOWN),
            "watch": self.watch.head(MAX_SHOWN),
        }
        for part, table in tables.items():
            for row in table.to_dict("records"):
                numbers |= {f"{part}/{row['name']}/{key}": float(row[key]) for key in table.columns if key != "name"}
        for number, (flip, _) in enumerate(self.flips, 1):
            numbers |= {f"flip/{number}/at": flip.value, f"flip/{number}/share": flip.share}
        for kpi in self.watch.head(MAX_SHOWN)["name"]:
            numbers |= {f"watch/{kpi}/threshold/{k}": flip.value for k, flip in enumerate(self.thresholds(kpi), 1)}
        return {**numbers, **self.about.get("evidence", {}).get("numbers", {})}

    def _option(self, k: int) -> dict[str, float]:
        """Return the numbers of an option."""
        mean, low, high = (float(end) for end in interval(self.kpi_values[:, k]))
        gap = self.kpi_values[:, k] - self.kpi_values[:, self.options.index(AS_IT_IS)]
        difference, gap_low, gap_high = (float(end) for end in interval(gap))
        bad, good = (float(end) for end in np.quantile(gap, RANGE))
        best = self.outcomes == self.outcomes.max(axis=1, keepdims=True)  # ties are split
        return {
            "mean": mean, "low": low, "high": high, "difference": difference, "difference_low": gap_low,
            "difference_high": gap_high, "world_low": bad, "world_high": good,
            "better": float((self.sign * gap > 0).mean()), "best": float((best[:, k] / best.sum(axis=1)).mean()),
            "spend": float(np.nanmean(self.values_at("spend", self.results.experiment.weeks - 1)[:, k])),
        }  # fmt: skip


def source_options(name: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options on whose runs a number is based.

    Args:
        name: of the number.
        options: all options.
    """
    parts = name.split("/")
    if parts[0] in ("backtest", "level"):
        return ()  # from separate worlds
    if parts[0] == "option" and parts[2] != "best":
        return tuple(dict.fromkeys((AS_IT_IS, parts[1])))
    return options
