"""List what is known about an organisation from its files, and what is assumed instead of the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import count_noun
from ccsim.model.layout import Layout
from ccsim.organisations.folder import Folder
from ccsim.organisations.measured import not_forecast
from ccsim.organisations.timeline import events_of, levers_in_force, outside_drivers

#: What remains unidentified even if all levels are known, with the data that would identify it; shown on every page.
NOT_IDENTIFIABLE = (
    ("weights of the choice: habit, belief, norm, blame", "a change of scorecards or rights in events.csv, with KPIs before and after"),
    ("conviction of staff and leaders, credibility", "the questionnaire by tier, twice, with a programme in between"),
    ("process defects as opposed to lack of skill", "tickets with their causes, before and after a change of process"),
    ("effects of champions and programmes", "an event in events.csv with a history before and after"),
    ("issues per customer as opposed to the number of customers", "tickets with customer numbers"),
    ("which customers return after an unresolved issue", "tickets with customer numbers"),
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One subject, with what files state or what is assumed."""

    subject: str
    known: bool
    statement: str


def knowledge(folder: Folder, layout: Layout) -> list[Fact]:
    """Return what is known and what is assumed, by subject."""
    return [
        _posts(folder, layout), _lines(folder, layout), _ties(folder, layout), _tenure(folder, layout),
        _turnover(folder), _pay(folder, layout), _work(folder, layout), _handoffs(folder), _customers(folder, layout),
        _churn(folder), *_series(folder),
    ]  # fmt: skip


def _posts(folder: Folder, layout: Layout) -> Fact:
    known = "people" in folder.tables or "posts" in folder.tables
    time, rows = layout.contract.sum(), len(layout.department)
    says = f"{count_noun(rows, 'post')} in {count_noun(len(layout.departments), 'department')}, {time:,.1f} of full time, {int(layout.vacant.sum())} vacant"
    return Fact("posts", known, says if known else f"{says}: drawn from sizes")


def _lines(folder: Folder, layout: Layout) -> Fact:
    posts = folder.frame("people") if "people" in folder.tables else folder.frame("posts")
    known = posts is not None and ("manager" in posts or "reports_to" in posts)
    says = f"{count_noun(len(layout.superior), 'leader')} in {count_noun(_depth(layout), 'tier')}, {int(layout.empty.sum())} of their posts empty"
    if known:
        return Fact("reporting lines", True, says)
    return Fact(
        "reporting lines",
        False,
        "no leaders: no file states who reports to whom" if not len(layout.superior) else f"{says}: drawn",
    )


def _depth(layout: Layout) -> int:
    depth: list[int] = []
    for above in layout.reports_to:
        depth.append(1 if above < 0 else depth[above] + 1)
    return max(depth, default=0)


def _ties(folder: Folder, layout: Layout) -> Fact:
    if layout.ties is None:
        return Fact("who listens to whom", False, "drawn: as uneven as real networks, most of it within departments")
    count = int((layout.ties >= 0).sum())
    return Fact("who listens to whom", True, f"{count_noun(count, 'tie')}, {count / len(layout.ties):.1f} a person")


def _tenure(folder: Folder, layout: Layout) -> Fact:
    known = int((layout.hired > -(1 << 30)).sum())
    if known:
        return Fact("time in the organisation", True, f"known of {known:,} of {len(layout.hired):,} posts")
    return Fact("time in the organisation", False, "drawn: the result of ordinary turnover")


def _turnover(folder: Folder) -> Fact:
    people = folder.frame("people")
    if people is None or "left" not in people:
        return Fact("staff turnover", False, "assumed: about 25 % a year at ordinary engagement")
    weeks = folder.weeks("left")
    share = people["left"].mean()
    if weeks is None:
        return Fact(
            "staff turnover", False,
            f"{share:.1%} of the rows left, but the period is not known: state it as left in [periods]; about 25 % a year is assumed",
        )  # fmt: skip
    return Fact("staff turnover", True, f"{share:.1%} left in a {folder.periods['left']}")


def _pay(folder: Folder, layout: Layout) -> Fact:
    if "accounts.wage" in layout.values:
        return Fact("pay", True, f"{layout.values['accounts.wage']:,.0f} {folder.currency} a week for a full-time post")
    posts = folder.frame("people") if "people" in folder.tables else folder.frame("posts")
    why = "a column pay, but no period: state it as pay in [periods]; " if posts is not None and "pay" in posts else ""
    return Fact("pay", False, f"{why}800 {folder.currency} a week are assumed")


def _work(folder: Folder, layout: Layout) -> Fact:
    frame = folder.frame("departments")
    known = [name for name in ("arrivals", "minutes", "first_time") if frame is not None and name in frame]
    if known:
        return Fact(
            "work by department",
            True,
            f"{', '.join(known)} of {count_noun(len(frame) if frame is not None else 0, 'department')}",
        )
    return Fact(
        "work by department",
        False,
        "assumed: front departments are called equally often, and all departments work in the same way",
    )


def _handoffs(folder: Folder) -> Fact:
    frame = folder.frame("handoffs")
    if frame is None:
        return Fact("hand-offs between departments", False, "assumed: from front departments to any other department")
    return Fact(
        "hand-offs between departments",
        True,
        f"{count_noun(len(frame), 'pair')} of departments; the share that each takes over is simulated",
    )


def _customers(folder: Folder, layout: Layout) -> Fact:
    if not len(layout.customers):
        return Fact(
            "customers",
            False,
            "assumed: their number from sizes; three segments, each with half the value of the one before",
        )
    return Fact("customers", True, f"{int(layout.customers.sum()):,} in {count_noun(len(layout.segments), 'segment')}")


def _churn(folder: Folder) -> Fact:
    frame = folder.frame("segments")
    if frame is None or "churn" not in frame:
        return Fact("churn", False, "assumed: 15 to 20 % a year, the same in all segments")
    return Fact(
        "churn",
        True,
        f"of {count_noun(frame['segment'].nunique(), 'segment')}, for a {folder.periods.get('churn', 'period of its own')}",
    )


def _series(folder: Folder) -> list[Fact]:
    found = []
    for kind, name in (("history", "kpi"), ("drivers", "name")):
        frame = folder.frame(kind)
        if frame is None:
            says = (
                "no history: nothing can be fitted or back-tested"
                if kind == "history"
                else "none: external influences remain noise"
            )
            found.append(Fact(kind, False, says))
            continue
        first, last = frame["date"].min(), frame["date"].max()
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if pd.notna(first) else "no dates"
        says = f"{count_noun(len(frame), 'value')} of {count_noun(frame[name].nunique(), 'kind')}, {span}"
        more = _drivers(folder) if kind == "drivers" else not_forecast(folder).rstrip(".")
        found.append(Fact(kind, True, f"{says}; {more}" if more else says))
    events = folder.frame("events")
    moved = events_of(folder)
    says = (
        "none: no effect of a lever can be back-tested" if events is None
        else f"{count_noun(len(events), 'event')}, of which {len(moved)} moved a lever to a value that is stated and so simulated"
    )  # fmt: skip
    return [*found, Fact("events", events is not None, says), *_in_force(folder)]


def _in_force(folder: Folder) -> list[Fact]:
    """Return the levers with which comparisons start, if drivers or events have moved any."""
    levers = levers_in_force(folder)
    if not levers:
        return []
    told = ", ".join(f"{key} = {value:g}" for key, value in levers.items())
    return [
        Fact("levers in force at week 0", True, f"{told}: comparisons start with them, until a scenario moves them")
    ]


def _drivers(folder: Folder) -> str:
    """Describe the effect of each driver."""
    outside = outside_drivers(folder)
    said = [
        f"{name} sets {lever}" + (", relative to the mean of its values" if name in folder.relative else "")
        for name, lever in folder.drivers.items()
    ]  # fmt: skip
    if outside:
        said.append(f"{', '.join(outside)}: no lever, so forecasts use it as a regressor")
    return "; ".join(said)


def gini(values: np.ndarray) -> float:
    """Return the Gini coefficient of numbers: 0 if all are equal, near 1 if one has everything."""
    ordered = np.sort(values.astype(float))
    count, total = len(ordered), ordered.sum()
    if count == 0 or total == 0:
        return 0.0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * total))
