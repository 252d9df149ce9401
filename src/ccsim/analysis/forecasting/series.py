"""The history of an organisation as series: one a KPI, at equal steps, with what is known of their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import InputError
from ccsim.organisations.folder import Folder

#: Figures that a series takes at least: with fewer there is nothing to forecast from.
LEAST = 6


@dataclass(frozen=True)
class Series:
    """A KPI over time.

    Attributes:
        kpi: its name.
        dates: last day of each step.
        values: shape (steps,).
        weeks: weeks of a step.
        error: standard deviation of a figure, nan where it is not stated.
    """

    kpi: str
    dates: pd.DatetimeIndex
    values: np.ndarray
    weeks: int
    error: float

    @property
    def season(self) -> int:
        """Steps of a year."""
        return max(1, round(52 / self.weeks))

    def until(self, day: pd.Timestamp) -> Series:
        """Return the part up to a day."""
        kept = self.dates <= day
        return Series(self.kpi, self.dates[kept], self.values[kept], self.weeks, self.error)


@dataclass(frozen=True)
class Noise:
    """How a series moves beyond what the model explains: spread of a figure, of a step, and of the drift."""

    figure: float
    step: float
    drift: float


def series_of(folder: Folder) -> dict[str, Series]:
    """Return the series of the whole organisation, by KPI.

    Raises:
        InputError: there is no history, or none long enough.
    """
    frame = folder.frame("history")
    if frame is None:
        raise InputError(f"{folder.path}: holds no history.csv; without a history nothing can be fitted or forecast")
    whole = frame
    for column in ("department", "segment"):
        whole = whole[whole[column] == ""] if column in whole else whole
    found = {}
    for word, rows in whole.sort_values("date").groupby("kpi", sort=False):
        kpi = folder.kpis.get(str(word), str(word))
        if len(rows) < LEAST:
            continue
        days = rows["date"].diff().dt.days.dropna()
        error = float(rows["error"].mean()) if "error" in rows and rows["error"].notna().any() else float("nan")
        found[kpi] = Series(
            kpi, pd.DatetimeIndex(rows["date"]), rows["value"].to_numpy(float), max(1, round(days.median() / 7)), error
        )
    if not found:
        raise InputError(f"{folder.path}: no KPI of history.csv has {LEAST} figures of the whole organisation")
    return found


def noise_of(series: Series) -> Noise:
    """Return the noise of a series by its differences over one step and over a year (method of moments)."""
    values, lag = series.values, min(4, max(2, len(series.values) // 4))
    one = np.diff(values).var()
    several = (values[lag:] - values[:-lag]).var()
    step = max(0.0, (several - one) / (lag - 1))
    figure = max(0.0, (one - step) / 2)
    if series.error == series.error:
        figure = series.error**2
        step = max(step, one - 2 * figure, 0.0)
    mean = float(np.diff(values).mean())
    return Noise(
        float(np.sqrt(figure)), float(np.sqrt(step)), abs(mean) + float(np.sqrt(step / max(1, len(values) - 1)))
    )
