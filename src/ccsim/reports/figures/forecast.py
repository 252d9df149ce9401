"""Figures of forecasts: what was seen, what was kept back, and what comes, on one axis, above the verdict of the back-test."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccsim.analysis.forecasting.forecast import Forecast, earlier, forecast
from ccsim.model.kpis import KPIS
from ccsim.results.formatting import in_currency, table_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ccsim.analysis.forecasting.backtesting import Backtests
    from ccsim.analysis.forecasting.series import Series

COLUMNS = 2
#: Characters of a line of the verdict below a panel.
WIDTH = 68


def forecast_table(result: Backtests, ahead: list[Forecast]) -> pd.DataFrame:
    """Return all forecasts in one table, each row with the line of its back-test.

    Args:
        result: the back-tests.
        ahead: the forecast of each series.
    """
    lines = result.lines()
    return pd.concat([one.table().assign(backtest=lines[one.kpi]) for one in ahead], ignore_index=True)


def forecast_figure(result: Backtests, ahead: list[Forecast], seed: int) -> Figure:
    """Draw each series with its back-test and its forecast.

    Args:
        result: the back-tests.
        ahead: the forecast of each series.
        seed: of the noise, as in the forecasts.

    Returns:
        A panel for each series; the verdict of its back-test stands below it.
    """
    from matplotlib.figure import Figure

    rows = -(-len(ahead) // COLUMNS)
    figure = Figure(figsize=(6.2 * COLUMNS, 3.9 * rows), layout="constrained")
    axes = np.atleast_1d(figure.subplots(rows, COLUMNS)).ravel()
    for axis, series, drivers, one in zip(axes, result.series, result.drivers, ahead, strict=False):
        past = earlier(series, result.steps)
        tested = forecast(past, result.ensembles.of(past, result.steps), result.steps, seed, drivers)
        with in_currency(result.ensembles.folder.currency):
            _panel(axis, series, tested, one)
        axis.set_xlabel("\n".join(textwrap.wrap(result.lines()[one.kpi], WIDTH)), fontsize=7.5)
    for axis in axes[len(ahead) :]:
        axis.set_axis_off()
    axes[0].legend(frameon=False, fontsize=7.5, ncols=2)
    figure.suptitle(f"{result.ensembles.folder.name}: forecasts with 50 and 90 % intervals")
    return figure


def _panel(axis: Any, series: Series, tested: Forecast, ahead: Forecast) -> None:
    """Draw a series, the forecast of what was kept back, and that of what comes; dotted lines mark where each begins."""
    kept = len(series.values) - len(tested.dates)
    _bands(axis, tested, "#777777", "back-test")
    _bands(axis, ahead, "#4878a8", "forecast")
    axis.plot(series.dates[:kept], series.values[:kept], "o-", color="black", markersize=3, linewidth=1, label="seen")
    axis.plot(series.dates[kept:], series.values[kept:], "o", color="black", markerfacecolor="white", label="kept back")
    for cut in (series.dates[kept - 1], series.dates[-1]):
        axis.axvline(cut, color="#999999", linestyle=":", linewidth=1)
    kpi = KPIS[series.kpi]
    axis.set(title=f"{kpi.title} ({table_unit(kpi)})" if _as_stored(series.kpi) else kpi.title)
    axis.tick_params("x", labelrotation=30)


def _as_stored(kpi: str) -> bool:
    """Return whether tables show a KPI in the unit in which histories hold it: shares they show in per cent."""
    return KPIS[kpi].unit == table_unit(KPIS[kpi])


def _bands(axis: Any, one: Forecast, colour: str, label: str) -> None:
    low, q1, middle, q3, high = np.quantile(one.draws, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    axis.fill_between(one.dates, low, high, color=colour, alpha=0.2, linewidth=0)
    axis.fill_between(one.dates, q1, q3, color=colour, alpha=0.35, linewidth=0)
    axis.plot(one.dates, middle, color=colour, linewidth=1.4, label=label)
