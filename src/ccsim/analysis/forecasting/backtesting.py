"""Back-test every series of an organisation on one ensemble of worlds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.forecasting import ensemble as worlds_of
from ccsim.analysis.forecasting.ensemble import SEEN, Ensemble, where_you_lie
from ccsim.analysis.forecasting.fit import levels_of
from ccsim.analysis.forecasting.forecast import backtest, line_of
from ccsim.analysis.forecasting.series import LEAST, Series, series_of
from ccsim.analysis.study import Runner
from ccsim.errors import InputError
from ccsim.organisations.folder import Folder


@dataclass(frozen=True)
class Backtests:
    """Back-tests of all series that are long enough.

    Attributes:
        series: the series.
        tables: of each its back-test (:func:`ccsim.analysis.forecasting.forecast.backtest`).
        ensemble: the worlds.
    """

    series: tuple[Series, ...]
    tables: tuple[pd.DataFrame, ...]
    ensemble: Ensemble

    @property
    def table(self) -> pd.DataFrame:
        """All back-tests in one table."""
        return pd.concat(self.tables, ignore_index=True)

    def lines(self) -> dict[str, str]:
        """Return the line of each KPI's back-test, without which no forecast is shown."""
        return {one.kpi: line_of(table) for one, table in zip(self.series, self.tables, strict=True)}

    def lies(self) -> pd.DataFrame:
        """Return where among the worlds each KPI's level lies."""
        levels = levels_of({one.kpi: one for one in self.series})
        return where_you_lie(self.ensemble, {kpi: level for kpi, (level, _) in levels.items()})


def backtested(
    folder: Folder, steps: int, worlds: int, seed: int, runner: Runner, source: AdmittedWorlds | None = None
) -> Backtests:
    """Back-test the history of an organisation.

    Args:
        folder: the organisation.
        steps: figures at the end that are kept back.
        worlds: worlds of the ensemble.
        seed: where draws begin.
        runner: how worlds are run.
        source: the admitted worlds that values come from; None for the declared ranges.

    Returns:
        A back-test per series, each with the forecasts of all methods and their scores.

    Raises:
        InputError: no KPI has figures enough.
    """
    series = tuple(one for one in series_of(folder).values() if len(one.values) >= steps + LEAST)
    if not series:
        raise InputError(
            f"{folder.path}: no KPI of history.csv has {steps + LEAST} figures: {LEAST} to see and {steps} to keep back"
        )
    ensemble = worlds_of.run_worlds(folder, SEEN + steps, series[0].weeks, worlds, seed, runner, source)
    return Backtests(series, tuple(backtest(one, ensemble, steps, seed) for one in series), ensemble)
