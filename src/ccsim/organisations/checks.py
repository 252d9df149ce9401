"""Check the consistency of rows and files of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ccsim.errors import InputIssue, did_you_mean
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.folder import Folder
from ccsim.organisations.privacy import quoted
from ccsim.organisations.questionnaire import ITEMS, TIERS
from ccsim.organisations.tables import first_faults

#: For each kind of file with rows of posts: the columns of the identifier and of the superior.
ABOVE = {"people": ("id", "manager"), "posts": ("post", "reports_to")}


def across(folder: Folder) -> list[InputIssue]:
    """Return every inconsistency between rows and between files."""
    faults: list[InputIssue] = []
    for check in (
        _sizes,
        _posts,
        _lines,
        _ties,
        _departments,
        _segments,
        _history,
        _drivers,
        _events,
        _answers,
    ):
        by_column: dict[tuple[str, str], list[InputIssue]] = {}
        for fault in check(folder):
            by_column.setdefault((fault.file, fault.key), []).append(fault)
        for own in by_column.values():
            faults += first_faults(range(len(own)), own.__getitem__)
    if "people" in folder.tables and "posts" in folder.tables:
        table = folder.tables["posts"][0]
        faults.append(
            InputIssue(table.file, None, "", "cannot be combined with people.csv, because each defines the posts")
        )
    return faults


def _faults(
    folder: Folder, kind: str, cells: pd.Series, wrong: pd.Series, problem: str | Callable[[Any], str]
) -> Iterator[InputIssue]:
    """Yield a fault for each wrong cell of a column.

    Args:
        folder: the organisation.
        kind: kind of file.
        cells: a column of the frame.
        wrong: which cells are wrong, shape (rows,).
        problem: what is wrong, and what is accepted; or a function of the cell that returns it.
    """
    for row in np.flatnonzero(wrong):
        text = problem if isinstance(problem, str) else problem(cells.iloc[row])
        yield folder.fault(kind, int(row), str(cells.name), text)


def _sizes(folder: Folder) -> Iterator[InputIssue]:
    """Check that the numbers of posts, customers, departments and segments are within the limits."""
    for kind, column, size in (("posts", "fte", "staff"), ("segments", "customers", "customers")):
        frame, most = folder.frame(kind), _highest(size)
        if column in frame and frame[column].sum() > most:
            row = int(np.nanargmax(frame[column].to_numpy(float)))
            problem = f"{frame[column][row]:,g} and the other rows sum to {frame[column].sum():,g}; at most {most:,.0f} are accepted"
            yield folder.fault(kind, row, column, problem)
    for kind, column, size in (("people", "department", "departments"), ("posts", "department", "departments"),
                               ("segments", "segment", "segments")):  # fmt: skip
        names, most = folder.frame(kind)[column].drop_duplicates(), _highest(size)
        if len(names) > most:
            problem = f"this file names {len(names):,} {size}; at most {most:,.0f} are accepted"
            yield folder.fault(kind, int(names.index[int(most)]), column, problem)


def _highest(size: str) -> float:
    """Return the highest value that a size accepts."""
    _, highest = all_parameters()[f"organisation.{size}"].legal
    return highest


def _posts(folder: Folder) -> Iterator[InputIssue]:
    """Check that identifiers are unique and that rows of posts have a positive working time."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if key in frame:
            repeated = frame[key].ne("") & frame[key].duplicated()
            if kind == "posts":  # posts of one kind may share an identifier, as long as no one reports to it
                repeated &= frame[key].isin(frame.get(above, []))
            for row in np.flatnonzero(repeated):
                first = folder.fault(kind, int(np.argmax(frame[key] == frame[key][row])), key, "")
                problem = f"occurs a second time, after line {first.line}; each identifier must be in one row"
                yield folder.fault(kind, int(row), key, problem)
        if "fte" in frame and frame["fte"].notna().all() and not (frame["fte"] > 0).any():
            yield folder.fault(kind, 0, "fte", "no row has any time; at least one row must have a number above 0")


def _lines(folder: Folder) -> Iterator[InputIssue]:
    """Check that each superior exists and that no one is their own superior."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if above not in frame:
            continue
        if key not in frame:
            table = folder.tables[kind][0]
            yield InputIssue(table.file, None, table.own_names[above], f"needs a column {key} with the identifiers")
            continue
        yield from _faults(
            folder, kind, frame[above], ~frame[above].isin([*frame[key], ""]),
            f"is not a person in this file; it must be a {key} of one of its rows, empty at the top, or a "
            "word from [words] outside",
        )  # fmt: skip
        own = frame[frame[key] != ""]
        row_of = dict(zip(own[key], own.index, strict=True))
        for person in _in_circles(dict(zip(own[key], own[above], strict=True))):
            problem = "is part of a circle of reporting lines; must be a superior who is not below this row, or empty at the top"
            yield folder.fault(kind, int(row_of[person]), above, problem)


def _in_circles(superior: dict[str, str]) -> Iterator[str]:
    """Yield one member of each circle of reporting lines."""
    done: set[str] = set()
    for start in superior:
        path: dict[str, None] = {}
        person = start
        while person in superior and person not in done and person not in path:
            path[person] = None
            person = superior[person]
        if person in path:
            yield person
        done |= set(path)


def _ties(folder: Folder) -> Iterator[InputIssue]:
    """Check that each tie connects two people in the file of people."""
    ties, people = folder.frame("ties"), folder.frame("people")
    if "ties" not in folder.tables:
        return
    if "id" not in people:
        yield InputIssue(folder.tables["ties"][0].file, None, "", "needs people.csv with a column id")
        return
    for column in ("from", "to"):
        wrong = ~ties[column].isin([*people["id"], ""])
        yield from _faults(
            folder, "ties", ties[column], wrong, "is not a person in people.csv; must be an id of that file"
        )
    same = (ties["from"] == ties["to"]) & ties["from"].ne("")
    yield from _faults(folder, "ties", ties["to"], same, "is the same person as from; a tie connects two people")


def department_names(folder: Folder) -> list[str]:
    """Return the departments in the order in which the files name them; from hand-offs if no other file names them."""
    columns = [("departments", "department"), ("people", "department"), ("posts", "department")]
    if not {"departments", "people", "posts"} & set(folder.tables):
        columns = [("handoffs", "from"), ("handoffs", "to")]
    return list(dict.fromkeys(name for kind, column in columns for name in folder.frame(kind)[column] if name))


def _departments(folder: Folder) -> Iterator[InputIssue]:
    """Check that each named department has posts and occurs only once."""
    frame, posts = folder.frame("departments"), folder.frame(folder.posts_kind)
    for column, wanted in (
        ("front", "yes for at least one department"),
        ("arrivals", "a number above 0 for at least one department"),
    ):
        if column in frame and frame[column].notna().all() and not (frame[column] > 0).any():
            yield folder.fault("departments", 0, column, f"no row says where customers call; must be {wanted}")
    names = frame["department"]
    yield from _faults(folder, "departments", names, names.duplicated() & names.ne(""), "{!r} occurs twice".format)
    known, what = set(posts["department"]), "department with posts"
    if folder.posts_kind not in folder.tables:
        known, what = set(department_names(folder)), "department of departments.csv"
    for kind, columns in (("departments", ("department",)), ("handoffs", ("from", "to")), ("history", ("department",))):
        frame = folder.frame(kind)
        for column in columns:
            if known and column in frame:
                yield from _faults(
                    folder, kind, frame[column], ~frame[column].isin(known | {""}),
                    lambda name: f"{name!r} is not a {what}{did_you_mean(name, known)}",
                )  # fmt: skip


def _segments(folder: Folder) -> Iterator[InputIssue]:
    """Check that churn has a period, that segments are unique if each row is one, and that the history names only these."""
    frame = folder.frame("segments")
    if "customers" in frame:
        names, customers = frame["segment"], frame["customers"]
        yield from _faults(folder, "segments", names, names.duplicated() & names.ne(""), "{!r} occurs twice".format)
        yield from _faults(folder, "segments", customers, customers <= 0, "must be at least 1, got 0")
    if "churn" in frame and "churn" not in folder.periods:
        bare = frame["period"].eq("") if "period" in frame else pd.Series(True, index=frame.index)
        if bare.any():
            yield folder.fault(
                "segments", int(np.argmax(bare)), "churn",
                "a share of customers lost needs a period, in a column period or as churn in "
                "[periods] of organisation.toml; must be week, month, quarter or year",
            )  # fmt: skip
    if "revenue" in frame and "revenue" not in folder.periods:
        yield folder.fault("segments", 0, "revenue", "needs a period: revenue in [periods] of organisation.toml")
    history = folder.frame("history")
    if "segments" in folder.tables and "segment" in history:
        known = set(frame["segment"]) - {""}
        yield from _faults(
            folder, "history", history["segment"], ~history["segment"].isin(known | {""}),
            lambda name: f"{name!r} is not a segment of segments.csv{did_you_mean(name, known)}",
        )  # fmt: skip


def _history(folder: Folder) -> Iterator[InputIssue]:
    """Check that each value belongs to a known KPI and is unique for its date and group."""
    frame = folder.frame("history")
    known = {*folder.kpis, *KPIS}
    yield from _faults(
        folder, "history", frame["kpi"], ~frame["kpi"].isin(known | {""}),
        lambda word: f"{word!r} is not a KPI{did_you_mean(word, known)}; [kpis] of organisation.toml maps words to KPIs",
    )  # fmt: skip
    for word in sorted(set(frame["kpi"]) & known):
        kpi = folder.kpis.get(word, word)
        low, high = _bounds_of(kpi)
        own = frame["value"][frame["kpi"] == word]
        for row, value in own[(own < low) | (own > high)].items():
            hint = "; 65 % is 0.65" if high == 1.0 and 1.0 < value <= 100.0 else ""
            problem = f"{kpi} must be a number from {low:g} to {high:g} ({KPIS[kpi].unit}), got {value:g}{hint}"
            yield folder.fault("history", int(str(row)), "value", problem)
    cell = [name for name in ("date", "kpi", "department", "segment") if name in frame]
    repeated = frame.duplicated(cell) & frame["date"].notna()
    yield from _faults(folder, "history", frame["value"], repeated, "is the second value for this date, KPI and group")


def _bounds_of(kpi: str) -> tuple[float, float]:
    """Return the range of possible values of a KPI."""
    unit = KPIS[kpi].unit
    if kpi == "nps":
        return -100.0, 100.0
    if kpi == "utilisation":  # more than the whole time is overload
        return 0.0, np.inf
    return (0.0, 1.0) if unit == "share" else (0.0, 100.0) if unit.startswith("of 100") else (-np.inf, np.inf)


def _events(folder: Folder) -> Iterator[InputIssue]:
    """Check that each event sets an existing lever to a value that it accepts."""
    frame = folder.frame("events")
    if "lever" not in frame:
        if "value" in frame:
            yield folder.fault("events", 0, "value", "needs a column lever that names the lever of the value")
        return
    levers = {key: row for key, row in all_parameters().items() if row.role == "lever"}
    values = frame["value"] if "value" in frame else pd.Series(np.nan, frame.index)
    for row, (name, value) in enumerate(zip(frame["lever"], values, strict=True)):
        if name and name not in levers:
            yield folder.fault("events", row, "lever", f"{name!r} is not a lever{did_you_mean(name, levers)}")
        elif name and np.isnan(value):
            problem = f"must be the value to which {name} was set: {levers[name].accepts()}"
            yield folder.fault("events", row, "value", problem)
        elif name and (problem := _refused(name, value)):
            yield folder.fault("events", row, "value", problem)
        elif not name and not np.isnan(value):
            yield folder.fault("events", row, "lever", "is empty; a value needs the lever that was set to it")


def _drivers(folder: Folder) -> Iterator[InputIssue]:
    """Check that the lever of a driver accepts the driver's values."""
    if "drivers" not in folder.tables:
        return
    frame = folder.frame("drivers")
    for name, lever in folder.drivers.items():
        own = frame[(frame["name"] == name) & frame["value"].notna()]
        if own.empty:
            near = did_you_mean(name, set(frame["name"]) - {""})
            problem = f"is named in [drivers] of organisation.toml, but in no row{near}"
            yield InputIssue(folder.tables["drivers"][0].file, None, name, problem)
        elif name in folder.relative:
            yield from _relative_driver(folder, own, lever)
        else:
            hint = f"; {{ lever = {lever!r}, relative = true }} in [drivers] uses values relative to their mean"
            for row, value in own["value"].items():
                if problem := _refused(lever, value):
                    yield folder.fault("drivers", int(str(row)), "value", problem + hint)


def _relative_driver(folder: Folder, own: pd.DataFrame, lever: str) -> Iterator[InputIssue]:
    """Check that the lever accepts the mean of each day relative to the mean of all days."""
    days = own.groupby("date")["value"].mean()
    if not days.mean() > 0:
        yield folder.fault("drivers", int(own.index[0]), "value", "values relative to their mean need a mean above 0")
        return
    for day, value in (days / days.mean() * float(all_parameters()[lever].default)).items():
        if problem := _refused(lever, round(float(value), 9)):
            row = int(own.index[own["date"] == day][0])
            yield folder.fault("drivers", row, "value", f"relative to the mean of all days this day is {problem}")


def _refused(lever: str, value: float) -> str:
    """Return why a lever does not accept a value; empty if it does."""
    row = all_parameters()[lever]
    low, high = row.legal
    if low <= value <= high and (row.kind is float or value == round(value)):
        return ""
    return f"{lever} must be {row.accepts()}, got {value:g}"


def _answers(folder: Folder) -> Iterator[InputIssue]:
    frame = folder.frame("answers")
    tiers, items, answers = frame["tier"], frame["item"], frame["answer"]
    yield from _faults(
        folder, "answers", tiers, ~tiers.isin([*TIERS, ""]),
        lambda tier: f"must be top, middle or staff, got {quoted(tier)}",
    )  # fmt: skip
    yield from _faults(
        folder, "answers", items, ~items.isin([*ITEMS, ""]),
        lambda item: f"{quoted(item)} is not an item{did_you_mean(item, ITEMS)}",
    )  # fmt: skip
    yield from _faults(folder, "answers", answers, answers > 5, "must be a number from 0 to 5, got {:g}".format)
