"""The history of an organisation as series: one per KPI, in equal steps, with an estimate of the noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import InputError
from ccsim.organisations.folder import Folder
from ccsim.organisations.measured import not_forecast, of_the_whole

#: The smallest number of values from which a series can be forecast.
LEAST = 6
#: Weeks in a month; steps of the calendar, in weeks; and the longest gap that is interpolated, in steps.
MONTH = 52 / 12
CALENDAR = (1, MONTH, 13, 52)
LONGEST_GAP = 2


@dataclass(frozen=True)
class Series:
    """A KPI over time.

    Attributes:
        kpi: the KPI.
        dates: last day of each step.
        values: the KPI at each step, shape (steps,).
        weeks: length of a step in weeks; a month has a twelfth of 52.
        error: standard deviation of a value; nan if it is not stated.
        given: whether each value is in the history, shape (steps,); the others are interpolated. None if all are.
    """

    kpi: str
    dates: pd.DatetimeIndex
    values: np.ndarray
    weeks: float
    error: float
    given: np.ndarray | None = None

    @property
    def season(self) -> int:
        """Number of steps in a year."""
        return max(1, round(52 / self.weeks))

    @property
    def gaps(self) -> int:
        """Number of steps that have no value in the history."""
        return 0 if self.given is None else int((~self.given).sum())

    def ahead(self, steps: int) -> pd.DatetimeIndex:
        """Return the last day of each step ahead."""
        return _last_days(self.dates[-1], self.weeks, range(1, steps + 1))


@dataclass(frozen=True)
class Noise:
    """The noise of a series: standard deviations of a value and of a step, and the size of the drift."""

    observation: float
    step: float
    drift: float


def series_of(folder: Folder) -> dict[str, Series]:
    """Return the series of the whole organisation, by KPI.

    Raises:
        InputError: there is no history, or no series is long enough.
    """
    frame = folder.frame("history")
    if "history" not in folder.tables:
        raise InputError(f"{folder.path}: holds no history.csv; without a history nothing can be fitted or forecast")
    all_series: dict[str, Series] = {}
    known = frame[of_the_whole(frame) & frame["date"].notna() & frame["value"].notna()]
    for word, rows in known.sort_values("date", kind="stable").groupby("kpi", sort=False):
        kpi = folder.kpis.get(str(word), str(word))
        if len(rows) < LEAST:
            continue
        error = float(rows["error"].mean()) if "error" in rows and rows["error"].notna().any() else float("nan")
        series = _at_equal_steps(kpi, rows, error)
        if len(series.values) >= LEAST:
            all_series[kpi] = series
    if not all_series:
        raise InputError(
            f"{folder.path}: no KPI of history.csv has {LEAST} values of the whole organisation. {not_forecast(folder)}".rstrip()
        )
    return all_series


def _at_equal_steps(kpi: str, rows: pd.DataFrame, error: float) -> Series:
    """Return values as a series in equal steps: weeks, months, quarters or years, or else the median gap in whole weeks.

    Gaps of at most :data:`LONGEST_GAP` steps are interpolated. Values before a longer gap are left out.
    """
    days = pd.DatetimeIndex(rows["date"])
    gap = max(1.0, float(np.median(np.diff(days.to_numpy()) / np.timedelta64(1, "D"))))
    weeks = next((size for size in CALENDAR if abs(gap - 7 * size) <= 0.05 * 7 * size), max(1, round(gap / 7)))
    if months := _months(weeks):
        # Only the calendar month of a date counts, so that values may be dated by any day of a month.
        number = (days.year * 12 + days.month).to_numpy()
        place = np.round((number - number[-1]) / months).astype(int)
    else:
        place = np.round(((days - days[-1]) / pd.Timedelta(days=7 * weeks)).to_numpy(float)).astype(int)
    levels = pd.Series(rows["value"].to_numpy(float)).groupby(place).mean()
    present = levels.index.to_numpy()
    breaks = np.flatnonzero(np.diff(present) > LONGEST_GAP + 1)
    first = int(present[breaks[-1] + 1]) if len(breaks) else int(present[0])
    steps = np.arange(first, 1)
    values = np.interp(steps, present, levels.to_numpy())
    given = np.isin(steps, present)
    dates = _last_days(days[-1], weeks, steps.tolist())
    return Series(kpi, dates, values, weeks, error, None if given.all() else given)


def _months(weeks: float) -> int:
    """Return the number of months in a step; 0 if it is not a whole number."""
    return {MONTH: 1, 13: 3, 52: 12}.get(weeks, 0)


def _last_days(day: pd.Timestamp, weeks: float, steps: Iterable[int]) -> pd.DatetimeIndex:
    """Return the last day of each step, counted from the one that ends on a day; the last of a month stays the last."""
    if not (months := _months(weeks)):
        return pd.DatetimeIndex([day + pd.Timedelta(days=round(7 * weeks * step)) for step in steps])
    moved = [day + pd.DateOffset(months=months * step) for step in steps]
    return pd.DatetimeIndex([end + pd.offsets.MonthEnd(0) for end in moved] if day.is_month_end else moved)


def noise_of(series: Series) -> Noise:
    """Return the noise of a series, from its differences over one step and over several (method of moments)."""
    values, lag = series.values, min(4, max(2, len(series.values) // 4))
    variance = np.diff(values).var()
    lagged = (values[lag:] - values[:-lag]).var()
    step = max(0.0, (lagged - variance) / (lag - 1))
    observation = max(0.0, (variance - step) / 2)
    if series.error == series.error:
        observation = series.error**2
        step = max(step, variance - 2 * observation, 0.0)
    mean = float(np.diff(values).mean())
    return Noise(
        float(np.sqrt(observation)), float(np.sqrt(step)), abs(mean) + float(np.sqrt(step / max(1, len(values) - 1)))
    )
