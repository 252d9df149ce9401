"""Turn a folder into a layout: known facts become rows of the model; the rest is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ccsim.engine.columns import FloatArray
from ccsim.errors import InputError, InputErrors, InputIssue
from ccsim.model.layout import Layout, Rows
from ccsim.model.settings import Settings, all_parameters, check_sizes, default_settings, replace_values
from ccsim.organisations.assessment import assess
from ccsim.organisations.checks import department_names
from ccsim.organisations.columns import PERIODS
from ccsim.organisations.drawn import drawn_structure
from ccsim.organisations.folder import LEAST_GROUP, Folder
from ccsim.organisations.io import FILE, read_folder
from ccsim.organisations.privacy import OTHERS, rows_shown
from ccsim.organisations.structure import Structure, structure_of, time_in_files
from ccsim.organisations.timeline import levers_in_force
from ccsim.scenarios.scenario import Scenario

#: Sizes that a scenario may set in addition to files, because files do not state them.
FREE = {"organisation.prospects", "organisation.warm_up", "organisation.ties", "organisation.cross_ties"}
#: Spreads for drawing ties that are in no file. With them the Gini of in-degree is that of the networks of 21 managers
#: (Krackhardt 1987) and of 1,005 members of a research institute (Leskovec, Kleinberg & Faloutsos 2007), each within .05.
DRAWN_TIES = {"ties.named": 1.8, "ties.naming": 0.9, "ties.mutual": 0.4, "ties.closed": 0.1}
#: The stream of draws from intervals of the questionnaire.
ANSWERED = 24
#: Name of the file with the draws of a fit.
FITTED = "fitted.parquet"
#: Share of contacts that are handed over without work on them in the ordinary organisation.
HANDED_OVER = 0.05


@dataclass(frozen=True, eq=False)
class OrganisationLayout(Layout):
    """A layout from files, with the rules on what may be shown.

    Attributes:
        smallest_group: people below which a group is not shown.
        intervals: lowest and highest value of parameters that the questionnaire covers and no file states, by key.
        in_force: levers that events and drivers have moved by week 0, by key.
    """

    smallest_group: int = LEAST_GROUP
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    in_force: dict[str, Any] = field(default_factory=dict)

    def values_for(self, seed: int) -> dict[str, Any]:
        """Return the known values and one draw of the unknown ones, which is the same for all scenarios of a seed.

        Ties that are in no file are as uneven as in real networks of that size and remain uncertain. A parameter that the
        questionnaire covers is drawn from its interval, unless a fit provides draws.
        """
        return {**self.drawn, **self._between(seed), **super().values_for(seed), **self.in_force}

    def _between(self, seed: int) -> dict[str, Any]:
        """Return a value for each interval."""
        positions = np.random.default_rng([seed, ANSWERED]).random(len(self.intervals))
        rows = all_parameters()
        return {
            key: rows[key].kind(round(value)) if rows[key].kind is int else value
            for (key, (low, high)), position in zip(self.intervals.items(), positions.tolist(), strict=True)
            for value in [low + (high - low) * position]
        }

    @property
    def drawn(self) -> dict[str, Any]:
        """The parameters for drawing ties; empty if ties are known."""
        return DRAWN_TIES if self.ties is None else {}

    def rows_of(self, by: str) -> Rows:
        """Return the row under which results store each department or segment: its own, or that of a merged group."""
        posts = np.bincount(self.department, minlength=len(self.departments))
        return rows_shown(posts if by == "department" else self.customers, self.smallest_group)

    def names_of(self, by: str) -> tuple[str, ...]:
        """Return the names under which departments or segments are shown; empty for those that are not shown."""
        rows = self.rows_of(by)
        names = self.departments if by == "department" else self.segments
        return tuple(
            "" if row != own else OTHERS if (rows == row).sum() > 1 else names[own]
            for own, row in enumerate(rows.tolist())
        )


def layout_of(scenario: Scenario) -> OrganisationLayout | None:
    """Return the layout of the organisation from which a scenario is founded; None if it is drawn from its sizes.

    Raises:
        InputError: the scenario sets a size that the files state.
        InputErrors: the files have faults.
    """
    if not scenario.source:
        return None
    layout = layout_of_folder(scenario.source)
    for key, value in scenario.organisation.items():
        if key not in FREE and key.split(".")[1] in layout.sizes:
            raise InputError(
                f"{key}: cannot be {value!r}, because the files of {scenario.source} state "
                f"{layout.sizes[key.split('.')[1]]}; a scenario founded from these files must not set it"
            )
    return layout


def layout_of_folder(path: str | Path) -> OrganisationLayout:
    """Return the layout of a folder, which is read again if a file has changed."""
    folder = Path(path)
    stamp = tuple((file.name, file.stat().st_mtime_ns) for file in sorted(folder.glob("*")) if file.is_file())
    return _cached_layout(str(folder), stamp)


@lru_cache(maxsize=8)
def _cached_layout(path: str, stamp: tuple[Any, ...]) -> OrganisationLayout:
    return make_layout(read_folder(path))


def make_layout(folder: Folder, fitted: bool = True) -> OrganisationLayout:
    """Return the layout of a folder that has been read.

    Args:
        folder: what was read.
        fitted: whether the draws of a fit are read as well.

    Raises:
        InputError: its sizes are inconsistent.
    """
    names = department_names(folder)
    fronts = _fronts(folder, names)
    if folder.posts_kind in folder.tables:
        fronts &= {name for name, time in time_in_files(folder).items() if time > 0}
    names = [*(name for name in names if name in fronts), *(name for name in names if name not in fronts)]
    structure = structure_of(folder, names)
    settings = _settings(folder, structure, names, fronts)
    if structure is None:
        structure = drawn_structure(folder, settings, names)
    segments = _segments(folder)
    sizes = {**folder.sizes, "staff": len(structure.department), "departments": len(structure.departments),
             "front_departments": settings.organisation.front_departments}  # fmt: skip
    if segments:
        sizes |= {"customers": int(segments["customers"].sum()), "segments": len(segments["segments"])}
    _refuse_other_sizes(folder, sizes)
    values = {**_prices(folder), **folder.values}
    intervals = assess(folder).intervals if "answers" in folder.tables else {}
    posts = {name: value for name, value in vars(structure).items() if name != "row_of"}
    return OrganisationLayout(
        name=folder.name, sizes=sizes, values=values, **posts, ties=_ties(folder, structure), **_work(folder, structure, settings),
        **segments, draws=_draws(folder) if fitted else (), smallest_group=folder.smallest_group,
        intervals={key: interval for key, interval in intervals.items() if key not in values}, in_force=levers_in_force(folder),
    )  # fmt: skip


def settings_of_layout(layout: Layout) -> Settings:
    """Return the ordinary settings with the sizes and values of a layout."""
    values = layout.values
    if isinstance(layout, OrganisationLayout):
        values = {**layout.drawn, **values, **layout.in_force}
    settings = replace_values(default_settings(), values)
    return settings._replace(organisation=settings.organisation._replace(**layout.sizes))


def _draws(folder: Folder) -> tuple[dict[str, Any], ...]:
    """Return the draws of a fit that the folder holds."""
    path = folder.path / FITTED
    if not path.is_file():
        return ()
    return tuple({str(key): value for key, value in row.items()} for row in pd.read_parquet(path).to_dict("records"))


def _fronts(folder: Folder, names: list[str]) -> set[str]:
    """Return the departments that customers call first: as files state, those where issues arrive, or all."""
    frame = folder.frame("departments")
    if "front" not in frame and "arrivals" not in frame:
        return set(names)
    in_front = frame["front"] == 1.0 if "front" in frame else frame["arrivals"] > 0
    return set(frame["department"][in_front]) & set(names) or set(names)


def _settings(folder: Folder, structure: Structure | None, names: list[str], fronts: set[str]) -> Settings:
    """Return settings with the known sizes of a folder."""
    sizes = {f"organisation.{name}": value for name, value in folder.sizes.items()}
    if structure is None and names:
        sizes |= {"organisation.departments": len(names), "organisation.front_departments": len(fronts)}
    problems = check_sizes(sizes) if structure is None else []
    if problems:
        raise InputError("\n".join(f"{folder.path}/organisation.toml: sizes: {problem}" for _, problem in problems))
    settings = replace_values(default_settings(), {**sizes, **folder.values})
    if structure is None:
        return settings
    in_front = sum(name in fronts for name in structure.departments) or len(structure.departments)
    organisation = settings.organisation._replace(
        staff=len(structure.department), departments=len(structure.departments), front_departments=in_front
    )
    return settings._replace(organisation=organisation)


def _refuse_other_sizes(folder: Folder, sizes: dict[str, Any]) -> None:
    """Check the sizes that ``organisation.toml`` states against those of the files.

    Raises:
        InputErrors: a size that files say otherwise, or that has no effect beside them.
    """
    problems = {
        name: f"{folder.tables[kind][0].file} states it: remove it here"
        for kind, names in (("ties", ("ties", "cross_ties")), (folder.posts_kind, ("tiers", "span")))
        for name in names
        if name in folder.sizes and kind in folder.tables
    }
    for name in ("staff", "departments", "front_departments", "customers", "segments"):
        if folder.sizes.get(name, sizes.get(name)) != sizes.get(name):
            which = " (front in departments.csv says which they are)" if name == "front_departments" else ""
            problems[name] = f"the files say {sizes[name]:,}{which}: take it out here"
    if problems:
        file = str(folder.path / FILE)
        raise InputErrors([
            InputIssue(file, folder.lines.get(name), f"sizes.{name}", f"{folder.sizes[name]!r} is not accepted; {problem}")
            for name, problem in problems.items()
        ])  # fmt: skip


def _ties(folder: Folder, structure: Structure) -> Rows | None:
    """Return whom each person listens to, tie by tie; None if files do not state it."""
    frame = folder.frame("ties")
    if "ties" not in folder.tables:
        return None
    frame = frame[frame["weight"] > 0] if "weight" in frame else frame
    pairs = pd.DataFrame({name: frame[name].map(structure.row_of) for name in ("from", "to")}).dropna()
    pairs = pairs.astype(np.int64).drop_duplicates().sort_values(["from", "to"], kind="stable")
    people = len(structure.department)
    counts = np.bincount(pairs["from"], minlength=people)
    ties = np.full((people, int(counts.max(initial=0))), -1, np.int64)
    ties[pairs["from"], pairs.groupby("from").cumcount()] = pairs["to"]
    return ties


def _segments(folder: Folder) -> dict[str, Any]:
    """Return names, customers, relative value and mobility of segments."""
    frame = folder.frame("segments")
    if "segments" not in folder.tables:
        return {}
    table = pd.DataFrame({"segment": frame["segment"], "customers": frame.get("customers", 1.0),
                          "revenue": frame.get("revenue", np.nan), "churn": _weekly_churn(folder, frame)})  # fmt: skip
    table = pd.DataFrame({name: _one_segment(rows) for name, rows in table.groupby("segment", sort=False)}).T
    customers = table["customers"].to_numpy(np.int64)
    return {
        "segments": tuple(str(name) for name in table.index), "customers": customers,
        "value": _relative(table["revenue"], customers), "mobility": _relative(table["churn"], customers),
    }  # fmt: skip


def _one_segment(rows: pd.DataFrame) -> pd.Series:
    weight = rows["customers"].to_numpy()
    means = {name: np.average(rows[name], weights=weight) for name in ("revenue", "churn")}
    return pd.Series({"customers": weight.sum(), **means})


def _relative(values: pd.Series, customers: Rows) -> FloatArray:
    """Return values relative to the mean of all customers; 1 if they are not known."""
    mean = np.average(values.fillna(0), weights=customers)
    known = values.notna().all() and mean > 0
    return np.maximum(values.to_numpy(float) / mean, 1e-6) if known else np.ones(len(values))


def _weekly_churn(folder: Folder, frame: pd.DataFrame) -> pd.Series:
    """Return the weekly probability of leaving, row by row; a row of one customer states yes or no."""
    if "churn" not in frame:
        return pd.Series(np.nan, index=frame.index)
    usual = folder.periods.get("churn", "")
    period = frame["period"].where(frame["period"] != "", usual) if "period" in frame else pd.Series(usual, frame.index)
    weeks = period.map(PERIODS)
    if "customers" not in frame:
        return frame["churn"] / weeks
    return 1.0 - (1.0 - frame["churn"].clip(upper=0.999999)) ** (1.0 / weeks)


def _prices(folder: Folder) -> dict[str, float]:
    """Return pay and revenue from files, in the model's units."""
    prices: dict[str, float] = {}
    posts, weeks = folder.frame(folder.posts_kind), folder.weeks("pay")
    if "pay" in posts and weeks:
        pay = posts[["pay", "pay_high"]].mean(axis=1) if "pay_high" in posts else posts["pay"]
        weight = (posts["fte"].fillna(1.0) if "fte" in posts else pd.Series(1.0, posts.index))[pay > 0]
        if weight.sum() > 0:
            prices["accounts.wage"] = float(np.average(pay[pay > 0], weights=weight) / weeks)
    frame, weeks = folder.frame("segments"), folder.weeks("revenue")
    if "revenue" in frame and weeks:
        weight = frame["customers"] if "customers" in frame else pd.Series(1.0, frame.index)
        prices["accounts.revenue"] = float(np.average(frame["revenue"], weights=weight) / weeks)
    return prices


def _work(folder: Folder, structure: Structure, settings: Settings) -> dict[str, Any]:
    """Return by department: share of new issues, share of work passed on, need for other departments, time of a contact."""
    names = structure.departments
    time = np.bincount(structure.department, structure.contract, len(names))
    calls, takes, onward, minutes = np.zeros(0), np.zeros(0), np.ones(len(names)), np.ones(len(names))
    own = folder.frame("departments").drop_duplicates("department").set_index("department").reindex(names)
    if "arrivals" in own:
        calls = own["arrivals"].fillna(0.0).to_numpy()
    if "first_time" in own:
        passed = 1.0 - own["first_time"].to_numpy() / (1.0 - HANDED_OVER)
        known = np.maximum(passed, 0.0) / max(settings.demand.journeys, 1e-9)
        onward = np.where(np.isnan(known), 1.0, known)
    if "minutes" in own and own["minutes"].notna().any():
        mean = np.nanmean(own["minutes"].to_numpy())
        minutes = np.nan_to_num(own["minutes"].to_numpy() / mean, nan=1.0)
    if "handoffs" in folder.tables:
        shares = folder.frame("handoffs").groupby("to")["share"].sum()
        takes = shares.reindex(names).fillna(0.0).to_numpy(float) * (time > 0)
    elif (time <= 0).any():
        takes = time.astype(float)  # no work is passed to a department without time
    return {"calls": calls, "takes": takes, "onward": onward, "minutes": minutes}
