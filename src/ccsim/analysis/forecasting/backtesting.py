"""Back-test every series of an organisation, and every event of its past, on ensembles of worlds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.forecasting import ensemble as worlds_of
from ccsim.analysis.forecasting.drivers import Outside, outside_of
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble, Past, locate_observed
from ccsim.analysis.forecasting.fit import levels_of
from ccsim.analysis.forecasting.forecast import Forecast, backtest, earlier, forecast, line_of
from ccsim.analysis.forecasting.scores import crps, verdict
from ccsim.analysis.forecasting.series import LEAST, Series, series_of
from ccsim.analysis.problem import Runner
from ccsim.errors import InputError
from ccsim.organisations.folder import Folder
from ccsim.organisations.timeline import AROUND, Event, events_of, moves_levers
from ccsim.results.formatting import number

EVENT_COLUMNS = ["event", "lever", "value", "from", "kpi", "before", "after", "observed", "with_it", "without_it", "crps_with",
                 "crps_without", "verdict"]  # fmt: skip


@dataclass
class Ensembles:
    """Ensembles of worlds of an organisation, each run once.

    Series with the same step length share one ensemble. If a driver or an event moved levers, the series must also end on
    the same day.

    Attributes:
        folder, worlds, seed, runner, source: see :func:`ccsim.analysis.forecasting.ensemble.run_worlds`.
    """

    folder: Folder
    worlds: int
    seed: int
    runner: Runner
    source: AdmittedWorlds | None = None
    done: dict[object, Ensemble] = field(default_factory=dict, repr=False)

    def of(self, series: Series, steps: int, left_out: tuple[Event, ...] = ()) -> Ensemble:
        """Return worlds for a series.

        Args:
            series: the observed series.
            steps: number of steps ahead.
            left_out: events to leave out.
        """
        moved = moves_levers(self.folder)
        past = Past(series.dates[-1], left_out=left_out) if moved else None
        key = (series.weeks, steps, past)
        if key not in self.done:
            self.done[key] = worlds_of.run_worlds(
                self.folder, PAST_STEPS + steps, series.weeks, self.worlds, self.seed, self.runner, self.source, past=past
            )  # fmt: skip
        return self.done[key]


@dataclass(frozen=True)
class Backtests:
    """Back-tests of all series that are long enough.

    Attributes:
        series: the series.
        tables: the back-test of each series (:func:`ccsim.analysis.forecasting.forecast.backtest`).
        drivers: for each series the drivers that set no lever; None if there are none.
        ensembles: the ensembles of worlds; each series uses the one with its own step length.
        events: one row for each event and series with values before and after it; columns :data:`EVENT_COLUMNS`.
        steps: number of values held out at the end of each series.
    """

    series: tuple[Series, ...]
    tables: tuple[pd.DataFrame, ...]
    drivers: tuple[Outside | None, ...]
    ensembles: Ensembles
    events: pd.DataFrame
    steps: int

    @property
    def table(self) -> pd.DataFrame:
        """All back-tests in one table."""
        return pd.concat(self.tables, ignore_index=True)

    def lines(self) -> dict[str, str]:
        """Return a one-line summary of each KPI's back-test; no forecast is shown without it."""
        return {
            each.kpi: line_of(table, drivers.described() if drivers else "", each.gaps)
            for each, table, drivers in zip(self.series, self.tables, self.drivers, strict=True)
        }

    def locations(self) -> pd.DataFrame:
        """Return the quantile of each KPI's level among the worlds."""
        tables = []
        for each in self.series:
            level, _ = levels_of({each.kpi: each})[each.kpi]
            tables.append(locate_observed(self.ensembles.of(earlier(each, self.steps), self.steps), {each.kpi: level}))
        return pd.concat(tables, ignore_index=True)

    def forecasts(self, seed: int) -> list[Forecast]:
        """Return the forecast of each series from its end, as many steps ahead as were held out.

        Args:
            seed: seed of the noise.
        """
        return [
            forecast(each, self.ensembles.of(each, self.steps), self.steps, seed,
                     outside_of(self.ensembles.folder, each, self.steps))
            for each in self.series
        ]  # fmt: skip

    def event_lines(self) -> list[str]:
        """Describe the back-test of each event in a sentence, and say which effects are not back-tested."""
        sentences = [
            f"Event {row['event']} ({row['lever']} = {row['value']} from {row['from']}), {row['kpi']}: {row['after']} values "
            f"after it changed by {number(row['observed'], hyphen=True)}; the model says {number(row['with_it'], hyphen=True)} with the event and "
            f"{number(row['without_it'], hyphen=True)} without; CRPS {number(row['crps_with'], hyphen=True)} and {number(row['crps_without'], hyphen=True)}: the "
            f"model's effect is {row['verdict']} than none."
            for row in self.events.to_dict("records")
        ]  # fmt: skip
        tested = ", ".join(sorted(set(self.events["lever"])))
        text = f"Effects of levers other than {tested} are not back-tested." if tested else (
            "No effect of a lever is back-tested by this: only an event in events.csv with a lever, its value, and KPI values before "
            "and after is."
        )  # fmt: skip
        return [*sentences, text]


def backtested(
    folder: Folder, steps: int, worlds: int, seed: int, runner: Runner, source: AdmittedWorlds | None = None
) -> Backtests:
    """Back-test the history of an organisation.

    Args:
        folder: the organisation.
        steps: number of values held out at the end of each series.
        worlds: number of worlds of the ensemble.
        seed: seed of the draws.
        runner: how worlds are run.
        source: the admitted worlds from which values come; None for the declared ranges.

    Returns:
        A back-test per series, each with the scores of all methods.

    Raises:
        InputError: no KPI has enough values.
    """
    series = tuple(each for each in series_of(folder).values() if len(each.values) >= steps + LEAST)
    if not series:
        raise InputError(
            f"{folder.path}: no KPI of history.csv has {steps + LEAST} values: {LEAST} to see and {steps} to keep back"
        )
    ensembles = Ensembles(folder, worlds, seed, runner, source)
    drivers = tuple(outside_of(folder, earlier(each, steps), steps) for each in series)
    tables = tuple(
        backtest(each, ensembles.of(earlier(each, steps), steps), steps, seed, beside)
        for each, beside in zip(series, drivers, strict=True)
    )
    rows = [
        row for event in events_of(folder) for each in series if (row := _tested(event, each, ensembles, steps, seed))
    ]
    events = pd.DataFrame(rows, columns=EVENT_COLUMNS)
    return Backtests(series, tables, drivers, ensembles, events, steps)


def _tested(event: Event, series: Series, ensembles: Ensembles, steps: int, seed: int) -> tuple[object, ...] | None:
    """Forecast a series across an event, from the values before it: with the event in the worlds, and without."""
    before = int((series.dates < event.day).sum())
    after = min(steps, len(series.values) - before)
    if before < LEAST or after < AROUND:
        return None
    early = earlier(series, len(series.values) - before)
    late = series.values[before : before + after]
    beside = outside_of(ensembles.folder, early, after)
    draws = [
        forecast(early, ensembles.of(early, steps, left_out), after, seed, beside).draws for left_out in ((), (event,))
    ]
    scores = [float(np.mean([crps(each[:, h], late[h]) for h in range(after)])) for each in draws]
    start = float(early.values[-min(4, before) :].mean())
    changes = [float(np.median(each.mean(axis=1))) - start for each in draws]
    return (event.label, event.lever, event.value, f"{event.day:%Y-%m-%d}", series.kpi, before, after,
            float(late.mean()) - start, *changes, *scores, verdict(scores[0], scores[1]))  # fmt: skip
