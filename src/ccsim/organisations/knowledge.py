"""List what is known about an organisation from its files, and what is assumed instead of the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import count_noun
from ccsim.model.layout import UNKNOWN_WEEK, Layout
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
    known = folder.posts_kind in folder.tables
    time, rows = layout.contract.sum(), len(layout.department)
    text = f"{count_noun(rows, 'post')} in {count_noun(len(layout.departments), 'department')}, {time:,.1f} of full time, {int(layout.vacant.sum())} vacant"
    return Fact("posts", known, text if known else f"{text}: drawn from sizes")


def _lines(folder: Folder, layout: Layout) -> Fact:
    posts = folder.frame(folder.posts_kind)
    depth: list[int] = []
    for above in layout.reports_to:
        depth.append(1 if above < 0 else depth[above] + 1)
    text = f"{count_noun(len(depth), 'leader')} in {count_noun(max(depth, default=0), 'tier')}, {int(layout.empty.sum())} of their posts empty"
    if "manager" in posts or "reports_to" in posts:
        return Fact("reporting lines", True, text)
    return Fact(
        "reporting lines", False, f"{text}: drawn" if depth else "no leaders: no file states who reports to whom"
    )


def _ties(folder: Folder, layout: Layout) -> Fact:
    if layout.ties is None:
        return Fact("who listens to whom", False, "drawn: as uneven as real networks, most of it within departments")
    count = int((layout.ties >= 0).sum())
    return Fact("who listens to whom", True, f"{count_noun(count, 'tie')}, {count / len(layout.ties):.1f} a person")


def _tenure(folder: Folder, layout: Layout) -> Fact:
    known = int((layout.hired > UNKNOWN_WEEK).sum())
    if known:
        return Fact("time in the organisation", True, f"known of {known:,} of {len(layout.hired):,} posts")
    return Fact("time in the organisation", False, "drawn: the result of ordinary turnover")


def _turnover(folder: Folder) -> Fact:
    people = folder.frame("people")
    if "left" not in people:
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
    posts = folder.frame(folder.posts_kind)
    why = "a column pay, but no period: state it as pay in [periods]; " if "pay" in posts else ""
    return Fact("pay", False, f"{why}800 {folder.currency} a week are assumed")


def _work(folder: Folder, layout: Layout) -> Fact:
    frame = folder.frame("departments")
    known = ", ".join(name for name in ("arrivals", "minutes", "first_time") if name in frame)
    assumed = "assumed: front departments are called equally often, and all departments work in the same way"
    text = f"{known} of {count_noun(len(frame), 'department')}" if known else assumed
    return Fact("work by department", bool(known), text)


def _handoffs(folder: Folder) -> Fact:
    if "handoffs" not in folder.tables:
        return Fact("hand-offs between departments", False, "assumed: from front departments to any other department")
    pairs = count_noun(len(folder.frame("handoffs")), "pair")
    return Fact(
        "hand-offs between departments", True, f"{pairs} of departments; the share that each takes over is simulated"
    )


def _customers(folder: Folder, layout: Layout) -> Fact:
    known = len(layout.customers) > 0
    text = f"{int(layout.customers.sum()):,} in {count_noun(len(layout.segments), 'segment')}"
    assumed = "assumed: their number from sizes; three segments, each with half the value of the one before"
    return Fact("customers", known, text if known else assumed)


def _churn(folder: Folder) -> Fact:
    frame = folder.frame("segments")
    if "churn" not in frame:
        return Fact("churn", False, "assumed: 15 to 20 % a year, the same in all segments")
    segments, period = (
        count_noun(frame["segment"].nunique(), "segment"),
        folder.periods.get("churn", "period of its own"),
    )
    return Fact("churn", True, f"of {segments}, for a {period}")


def _series(folder: Folder) -> list[Fact]:
    facts = []
    for kind, name, note, assumed in (
        ("history", "kpi", not_forecast(folder).rstrip("."), "no history: nothing can be fitted or back-tested"),
        ("drivers", "name", _drivers(folder), "none: external influences remain noise"),
    ):
        frame = folder.frame(kind)
        first, last = frame["date"].min(), frame["date"].max()
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if pd.notna(first) else "no dates"
        text = f"{count_noun(len(frame), 'value')} of {count_noun(frame[name].nunique(), 'kind')}, {span}"
        known = kind in folder.tables
        facts.append(Fact(kind, known, assumed if not known else f"{text}; {note}" if note else text))
    events, known = count_noun(len(folder.frame("events")), "event"), "events" in folder.tables
    moved = f"{events}, of which {len(events_of(folder))} moved a lever to a value that is stated and so simulated"
    facts.append(Fact("events", known, moved if known else "none: no effect of a lever can be back-tested"))
    if levers := ", ".join(f"{key} = {value:g}" for key, value in levers_in_force(folder).items()):
        text = f"{levers}: comparisons start with them, until a scenario moves them"
        facts.append(Fact("levers in force at week 0", True, text))
    return facts


def _drivers(folder: Folder) -> str:
    """Describe the effect of each driver."""
    outside = outside_drivers(folder)
    texts = [
        f"{name} sets {lever}" + (", relative to the mean of its values" if name in folder.relative else "")
        for name, lever in folder.drivers.items()
    ]  # fmt: skip
    if outside:
        texts.append(f"{', '.join(outside)}: no lever, so forecasts use it as a regressor")
    return "; ".join(texts)


def gini(values: np.ndarray) -> float:
    """Return the Gini coefficient of numbers: 0 if all are equal, near 1 if one has everything."""
    ordered = np.sort(values.astype(float))
    count, total = len(ordered), ordered.sum()
    if count == 0 or total == 0:
        return 0.0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * total))
