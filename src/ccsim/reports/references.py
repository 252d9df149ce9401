"""Every number of a report has a key, which determines its value, the runs behind it and its formula.

EXPERIMENT/SCENARIO/KPI/MEASURE                        at the horizon
EXPERIMENT/SCENARIO/KPI/department/NUMBER/MEASURE      the same of one department (or segment)
EXPERIMENT/SCENARIO/KPI/week/WEEK/MEASURE              a point of a curve: mean, low, high, half
EXPERIMENT/SCENARIO/KPI/curve/MEASURE                  a whole curve
EXPERIMENT/SCENARIO/move/NUMBER/MEASURE                a move of the schedule: runs, week (the median)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ccsim.analysis.comparison import Comparison, interval, paired, variance_reduction
from ccsim.errors import InputError, UnknownNameError
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS, QUARTER, available, final_value
from ccsim.reports.figures.comparison import drawn

if TYPE_CHECKING:
    import pandas as pd

#: Measures, and how each is computed from one value per run.
INTERVAL = {
    "mean": "mean over the runs",
    "low": "lower end of the 95 % t interval of that mean",
    "high": "upper end of the 95 % t interval of that mean",
    "half": "half the width of the 95 % t interval of that mean",
}
PAIRED = {
    "difference": "mean of the differences to the baseline, taken run by run",
    "difference_low": "lower end of the 95 % t interval of the mean difference",
    "difference_high": "upper end of the 95 % t interval of the mean difference",
    "difference_half": "half the width of the 95 % t interval of the mean difference",
    "effect": "mean of the paired differences over their standard deviation",
    "p": "p value of the paired t test",
    "p_adjusted": "p value of the paired t test, adjusted by the other p values of the table (Holm 1979)",
    "variance_reduction": "sum of the variances of both over the variance of their paired differences: runs saved, as a factor",
    "overtakes_week": "first week from which the mean over the runs stays above the baseline's",
}
MOVE = {"runs": "number of runs in which the move was made", "week": "median week of the move over those runs"}
MEASURES = {**INTERVAL, **PAIRED}
GROUPS = ("department", "segment")


@dataclass(frozen=True)
class Key:
    """The meaning of a number.

    Attributes:
        experiment, scenario: names.
        kpi: a KPI's name; empty for a move.
        measure: one of :data:`INTERVAL`, :data:`PAIRED` or :data:`MOVE`.
        part: ``""`` for the horizon, ``"department"``, ``"segment"``, ``"week"``, ``"curve"`` or ``"move"``.
        number: of the department, segment, week or move.
    """

    experiment: str
    scenario: str
    kpi: str
    measure: str
    part: str = ""
    number: int = 0

    def __str__(self) -> str:
        middle = {"": "", "curve": "curve/"}.get(self.part, f"{self.part}/{self.number}/")
        return f"{self.experiment}/{self.scenario}/" + (f"{self.kpi}/" if self.kpi else "") + middle + self.measure

    @property
    def is_single(self) -> bool:
        """Whether it concerns one scenario only, not two."""
        if self.part in ("week", "curve"):
            return KPIS[self.kpi].aggregation != "last"
        return self.measure not in PAIRED


def read_key(text: str, experiment: Experiment) -> Key:
    """Parse a key; the experiment's name may be omitted.

    Returns:
        The key with its parts checked.

    Raises:
        UnknownNameError: it names a scenario or KPI that the experiment does not have.
        InputError: it is not a key of this experiment; the message names the part that is wrong.
    """
    own = text.removeprefix(f"{experiment.name}/")
    fitting = [name for name in experiment.scenarios if own.startswith(f"{name}/")]
    if not fitting:
        raise UnknownNameError("scenario", own.partition("/")[0], experiment.scenarios)
    scenario = max(fitting, key=len)
    words = own[len(scenario) + 1 :].split("/")
    if words[0] == "move":
        moves = len(experiment.scenarios[scenario].schedule)
        number = _number(text, words, 1, 1, moves)
        return Key(experiment.name, scenario, "", _measure(text, words, 2, MOVE), "move", number)
    kpi = words[0]
    if kpi not in KPIS:
        raise UnknownNameError("KPI", kpi, KPIS)
    part = words[1] if len(words) > 1 else ""
    if part in GROUPS:
        if kpi not in available(part):
            raise InputError(f"{text}: {kpi} does not exist by {part}")
        count = getattr(experiment.scenarios[scenario], "organisation", {})
        most = count.get(f"organisation.{part}s", _ordinary(part)) - 1
        return Key(experiment.name, scenario, kpi, _measure(text, words, 3, INTERVAL), part,
                   _number(text, words, 2, 0, most))  # fmt: skip
    if part == "week":
        number = _number(text, words, 2, 0, experiment.weeks - 1)
        return Key(experiment.name, scenario, kpi, _measure(text, words, 3, INTERVAL), part, number)
    if part == "curve":
        return Key(experiment.name, scenario, kpi, _measure(text, words, 2, INTERVAL), part)
    allowed = INTERVAL if scenario == experiment.baseline else MEASURES
    return Key(experiment.name, scenario, kpi, _measure(text, words, 1, allowed))


def _ordinary(group: str) -> int:
    from ccsim.model.settings import all_parameters

    return int(all_parameters()[f"organisation.{group}s"].default)


def _measure(text: str, words: list[str], place: int, known: Iterable[str]) -> str:
    if len(words) <= place:
        raise InputError(f"{text}: incomplete reference; expected one of {', '.join(known)}")
    if words[place] not in known:
        raise UnknownNameError("measure", words[place], known)
    if len(words) > place + 1:
        raise InputError(f"invalid reference {text!r}: expected end of text after {words[place]!r}")
    return words[place]


def _number(text: str, words: list[str], place: int, least: int, most: int) -> int:
    word = words[place] if len(words) > place else ""
    if not word.isdecimal() or not least <= int(word) <= most:
        what = f"{words[place - 1]} {word!r}" if word else f"the number after {words[place - 1]!r}"
        if most < least:
            raise InputError(f"{text}: there is no {words[place - 1]}, got {what}")
        raise InputError(f"{text}: must be a whole number from {least} to {most}, got {what}")
    return int(word)


@dataclass(frozen=True)
class ReportNumbers:
    """The numbers of a comparison by their keys.

    Attributes:
        comparison: where they come from.
    """

    comparison: Comparison

    @cached_property
    def table(self) -> pd.DataFrame:
        """The whole table at the horizon, for which p values are adjusted."""
        return self.comparison.table().set_index(["scenario", "kpi"])

    @cached_property
    def _curves(self) -> dict[str, dict[Any, pd.DataFrame]]:
        return {}

    def curve(self, kpi: str, scenario: str) -> pd.DataFrame:
        """Return the curve of a scenario: ``mean``, ``low``, ``high``, by week."""
        if kpi not in self._curves:
            self._curves[kpi] = dict(list(drawn(self.comparison, KPIS[kpi]).groupby("scenario")))
        return self._curves[kpi][scenario].set_index("week")

    def value(self, key: Key) -> float:
        """Return the number of a key; nan if there is none, such as the interval of a single run.

        Raises:
            InputError: it is a whole curve, or no run of its scenario has finished.
        """
        if key.part == "move":
            weeks = self._interventions(key)["week"].to_numpy()
            return float(len(weeks)) if key.measure == "runs" else float(np.median(weeks)) if len(weeks) else np.nan
        if key.part == "curve":
            raise InputError(f"{key}: is a curve; name a week of it: {key.scenario}/{key.kpi}/week/0/{key.measure}")
        if key.part == "week":
            row: Any = self.curve(key.kpi, key.scenario).loc[key.number]
            return _of_interval(key.measure, float(row["mean"]), float(row["low"]), float(row["high"]))
        if key.part in GROUPS:
            return _of_interval(key.measure, *(float(end) for end in interval(self.by_group(key)[1])))
        if key.measure in INTERVAL:
            ends = interval(self.comparison.final_values(key.kpi, key.scenario)[1])
            return _of_interval(key.measure, *(float(end) for end in ends))
        return self._paired(key)

    def _paired(self, key: Key) -> float:
        if key.measure == "p_adjusted":
            row: Any = self.table.loc[(key.scenario, key.kpi)]
            return float(row["p_adjusted"])
        if key.measure == "overtakes_week":
            week = self.comparison.overtakes_week(key.scenario, key.kpi)
            return np.nan if week is None else float(week)
        _, own, other = self.pairs(key)
        if key.measure == "variance_reduction":
            return variance_reduction(own, other)
        measures = paired(own, other)
        if key.measure == "difference_half":
            return (measures["difference_high"] - measures["difference_low"]) / 2
        return measures[key.measure]

    def pairs(self, key: Key) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the replicates common to a scenario and the baseline, and the values of both at the horizon."""
        base = self.comparison.experiment.baseline
        (own, here), (other, there) = (self.comparison.final_values(key.kpi, name) for name in (key.scenario, base))
        both, left, right = np.intersect1d(own, other, return_indices=True)
        return both, here[left], there[right]

    def by_group(self, key: Key) -> tuple[np.ndarray, np.ndarray]:
        """Return replicates, and for each the value of a department or segment at the horizon."""
        table = getattr(self.comparison.results, f"{key.part}s")
        rows = table[(table["scenario"] == key.scenario) & (table[key.part] == key.number)]
        values = rows.groupby("replicate")[key.kpi].agg(lambda run: final_value(key.kpi, run.to_numpy()))
        return values.index.to_numpy(), values.to_numpy()

    def _interventions(self, key: Key) -> pd.DataFrame:
        """Return ``replicate`` and ``week`` of each run of the move of a key."""
        label = self.comparison.experiment.scenarios[key.scenario].schedule[key.number - 1].label
        rows = self.comparison.results.interventions
        return rows[(rows["scenario"] == key.scenario) & (rows["label"] == label)][["replicate", "week"]]

    def source_scenarios(self, key: Key) -> tuple[str, ...]:
        """Return the scenarios whose runs are behind a number (of an adjusted p value, behind its own test)."""
        experiment = self.comparison.experiment
        pair = (experiment.baseline, key.scenario)
        return (key.scenario,) if key.is_single or key.scenario == experiment.baseline else pair

    def per_run(self, key: Key) -> pd.DataFrame:
        """Return the value of every run behind a number: a row per replicate."""
        import pandas as pd

        if key.part == "move":
            return self._interventions(key)
        if key.part in GROUPS:
            replicates, values = self.by_group(key)
            return pd.DataFrame({"replicate": replicates, key.scenario: values})
        if key.part in ("week", "curve"):
            week = key.number if key.part == "week" else self.comparison.experiment.weeks - 1
            runs = self.comparison.runs
            rows = runs[(runs["week"] == week) & runs["scenario"].isin(self.source_scenarios(key))]
            return rows.pivot(index="replicate", columns="scenario", values=key.kpi).reset_index()
        if key.measure in INTERVAL:
            replicates, values = self.comparison.final_values(key.kpi, key.scenario)
            return pd.DataFrame({"replicate": replicates, key.scenario: values})
        replicates, own, other = self.pairs(key)
        base = self.comparison.experiment.baseline
        return pd.DataFrame({"replicate": replicates, key.scenario: own, base: other, "difference": own - other})


def _of_interval(measure: str, mean: float, low: float, high: float) -> float:
    return {"mean": mean, "low": low, "high": high, "half": (high - low) / 2}[measure]


def formula_of(key: Key) -> list[str]:
    """Return how a number is computed, step by step, from the weekly tallies."""
    if key.part == "move":
        return [MOVE[key.measure]]
    row = KPIS[key.kpi]
    steps = [f"each week: {key.kpi} = {row.formula}  ({row.meaning}; {row.unit})"]
    if key.part in GROUPS:
        steps[0] = f"each week, in {key.part} {key.number}: {key.kpi} = {row.formula}  ({row.meaning}; {row.unit})"
    if key.part in ("week", "curve"):
        if row.aggregation == "last":
            steps.append("each run: less the baseline's in the same week of the run on the same draws")
        else:
            steps.append(f"each run: mean of the last {QUARTER} weeks up to the week (of fewer at the start)")
        return [*steps, INTERVAL[key.measure]]
    steps.append("each run: " + {"level": f"mean of the last {QUARTER} weeks", "sum": "sum over all weeks",
                                 "last": "the last week's value"}[row.aggregation])  # fmt: skip
    return [*steps, MEASURES[key.measure]]
