"""Past changes of levers and their dates: values of ``drivers.csv`` and events of ``events.csv``.

A driver that ``[drivers]`` maps to a lever sets it week by week; an event sets it from its day on. A driver without a lever is an
external series: it does not change the simulation, and forecasts use it as a regressor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ccsim.model.settings import all_parameters
from ccsim.organisations.folder import Folder
from ccsim.scenarios.scenario import Intervention, Scenario

DAY = pd.Timedelta(days=1)
#: Minimum number of values before and after an event for testing it.
AROUND = 2


@dataclass(frozen=True)
class Event:
    """A past event: ``lever`` was set to ``value`` on a day."""

    day: pd.Timestamp
    label: str
    lever: str
    value: Any


def events_of(folder: Folder) -> list[Event]:
    """Return the events that set a lever to a value, in chronological order."""
    frame = folder.frame("events")
    if not {"lever", "value"} <= set(frame):
        return []
    own = frame[(frame["lever"] != "") & frame["value"].notna() & frame["date"].notna()]
    rows = own.sort_values("date", kind="stable")[["date", "label", "lever", "value"]].itertuples(
        index=False, name=None
    )
    return [Event(day, label, lever, value_of(lever, value)) for day, label, lever, value in rows]


def value_of(lever: str, value: float) -> Any:
    """Return a value of a file as a value of a lever.

    Raises:
        InputError: the lever does not accept it.
    """
    row = all_parameters()[lever]
    return row.check(bool(value) if row.kind is bool else row.kind(round(value)) if row.kind is int else value)


@dataclass(frozen=True)
class PastScenario(Scenario):
    """A scenario in which designs set the levers of the warm-up instead of those of week 0.

    Levers of the warm-up that the scenario itself sets are kept.
    """

    def with_values(self, levers: Mapping[str, Any], name: str | None = None, title: str | None = None) -> Scenario:
        """Return the scenario with some values changed, each in the table of its role; levers of the warm-up.

        Args:
            levers: values to set, by key.
            name: name of the new scenario; None to keep the present one.
            title: title for tables and figures; None to keep the present one.

        Raises:
            InputError: a name is unknown, or a value is not accepted.
        """
        rows = all_parameters()
        past = {
            key: rows[key].check(value) for key, value in levers.items() if key in rows and rows[key].role == "lever"
        }
        scenario = super().with_values({key: value for key, value in levers.items() if key not in past}, name, title)
        return replace(scenario, history={**past, **self.history})


def of_the_past(scenario: Scenario) -> PastScenario:
    """Return a scenario in which designs set the levers of the warm-up."""
    return PastScenario(**{field.name: getattr(scenario, field.name) for field in fields(scenario)})


def week_0_of(folder: Folder) -> pd.Timestamp | None:
    """Return the day on which week 0 begins: as the folder states, or the day after its last value; None if it has neither."""
    if folder.start_date:
        return pd.Timestamp(folder.start_date)
    last = folder.frame("history")["date"].max()
    return None if pd.isna(last) else last + DAY


def levers_in_force(folder: Folder) -> dict[str, Any]:
    """Return the levers that events and drivers have moved by week 0, with their values at that time.

    An event lasts until the next event for the same lever. Values of a driver differ from week to week, so the mean of the last year
    is used.

    Args:
        folder: the organisation.
    """
    day, rows = week_0_of(folder), all_parameters()
    in_force: dict[str, Any] = {}
    for name in _drivers_with_lever(folder):
        values = driver_values(folder, name)
        values = values[values.index < day] if day is not None else values
        lever = folder.drivers[name]
        if len(values) and not rows[lever].impulse:
            year = values[values.index > values.index[-1] - 365 * DAY]
            in_force[lever] = value_of(lever, round(float(year.mean()), 9))
    for event in events_of(folder):
        if (day is None or event.day <= day) and not rows[event.lever].impulse:
            in_force[event.lever] = event.value
    return in_force


def levers_of(scenario: Scenario) -> set[str]:
    """Return the levers that a scenario moves, at week 0 or later."""
    return set(scenario.levers).union(*(move.set for move in scenario.schedule))


def tested_by(folder: Folder, scenario: Scenario) -> list[str]:
    """Return the labels of events that moved a lever of a scenario and have enough values before and after to test the model's effect.

    Args:
        folder: the organisation.
        scenario: the scenario of the option.
    """
    events, days = folder.frame("events"), folder.frame("history")["date"]
    if "lever" not in events:
        return []
    own = events[events["lever"].isin(levers_of(scenario))]
    return [
        str(label)
        for day, label in zip(own["date"], own["label"], strict=True)
        if (days < day).sum() >= AROUND and (days > day).sum() >= AROUND
    ]


def moves_levers(folder: Folder) -> bool:
    """Return whether events or drivers moved a lever, so that simulations depend on their start date."""
    return bool(events_of(folder)) or bool(_drivers_with_lever(folder))


def timeline_of(
    folder: Folder, start: pd.Timestamp, weeks: int, left_out: tuple[Event, ...] = ()
) -> tuple[dict[str, Any], tuple[Intervention, ...]]:
    """Return the changes of levers in the form of a scenario.

    Args:
        folder: the organisation.
        start: day on which week 0 begins.
        weeks: how many weeks are simulated.
        left_out: events to leave out.

    Returns:
        Levers in force when week 0 begins, and the moves from then on.
    """
    changes: list[tuple[int, str, Any, str]] = []
    for lever, values in _drivers_by_week(folder, start, weeks).items():
        last: Any = None
        for week in np.flatnonzero(np.isfinite(values)).tolist():
            value = value_of(lever, round(float(values[week]), 9))
            if value != last:
                changes.append((week, lever, value, f"driver {lever}"))
            last = value
    for event in events_of(folder):
        if event not in left_out:
            changes.append(((event.day - start).days // 7, event.lever, event.value, event.label))
    before = {lever: value for week, lever, value, _ in changes if week <= 0}
    moves = [
        Intervention({lever: value}, week, label=label) for week, lever, value, label in changes if 0 < week < weeks
    ]
    return before, tuple(sorted(moves, key=lambda move: move.week or 0))


def outside_drivers(folder: Folder) -> list[str]:
    """Return the names of drivers that set no lever."""
    return [name for name in folder.frame("drivers")["name"].unique() if name and name not in folder.drivers]


def values_between(folder: Folder, name: str, ends: pd.DatetimeIndex) -> np.ndarray:
    """Return the mean of a driver in each of several time spans.

    Args:
        folder: the organisation.
        name: name of the driver.
        ends: last day of each span; the first span is as long as the second.

    Returns:
        Shape (spans,); nan if the driver has no value in the span.
    """
    frame = folder.frame("drivers")
    own = frame[(frame["name"] == name) & frame["date"].notna()]
    edges = np.concatenate([[ends[0] - (ends[1] - ends[0])], ends]).astype("datetime64[ns]")
    span = np.searchsorted(edges, own["date"].to_numpy("datetime64[ns]"), side="left") - 1
    inside = (span >= 0) & (span < len(ends))
    count = np.bincount(span[inside], minlength=len(ends))
    sums = np.bincount(span[inside], own["value"].to_numpy(float)[inside], len(ends))
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def _drivers_with_lever(folder: Folder) -> list[str]:
    return [name for name in folder.frame("drivers")["name"].unique() if name in folder.drivers]


def _drivers_by_week(folder: Folder, start: pd.Timestamp, weeks: int) -> dict[str, np.ndarray]:
    """Return the values of drivers with a lever, week by week, by lever; the last value continues."""
    by_lever = {}
    for name in _drivers_with_lever(folder):
        values = driver_values(folder, name)
        gap = pd.Timedelta(np.median(np.diff(values.index.to_numpy()))) if len(values) > 1 else 7 * DAY
        first = min(values.index[0] - max(gap - DAY, 0 * DAY), start)
        days = pd.date_range(first, max(values.index[-1], start + 7 * weeks * DAY), freq="D")
        # A value applies to the days up to its own date.
        daily = values.reindex(days).bfill().ffill()
        daily[daily.index < values.index[0] - max(gap - DAY, 0 * DAY)] = np.nan
        within = daily[daily.index >= start].to_numpy(float)[: 7 * weeks].reshape(weeks, 7)
        count = np.isfinite(within).sum(axis=1)
        by_lever[folder.drivers[name]] = np.where(count > 0, np.nansum(within, axis=1) / np.maximum(count, 1), np.nan)
    return by_lever


def driver_values(folder: Folder, name: str) -> pd.Series:
    """Return the values of a driver by day, in the unit of its lever; several values of a day are averaged."""
    frame = folder.frame("drivers")
    own = frame[(frame["name"] == name) & frame["date"].notna()].groupby("date")["value"].mean()
    if name in folder.relative:
        own = own / own.mean() * float(all_parameters()[folder.drivers[name]].default)
    return own
