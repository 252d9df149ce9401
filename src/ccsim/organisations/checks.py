"""Check the consistency of rows and files of a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
import pandas as pd

from ccsim.errors import InputIssue, did_you_mean
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.organisations.privacy import quoted
from ccsim.organisations.tables import MAX_REPORTED, Table

#: For each kind of file with rows of posts: the columns of the identifier and of the superior.
ABOVE = {"people": ("id", "manager"), "posts": ("post", "reports_to")}


class Folder(Protocol):
    """The parts of a folder that are checked; see :class:`ccsim.organisations.folder.Folder`."""

    tables: dict[str, list[Table]]
    periods: dict[str, str]
    kpis: dict[str, str]
    drivers: dict[str, str]
    relative: set[str]

    def frame(self, kind: str) -> pd.DataFrame | None:
        """Return all rows of a kind of file; None if there is no such file."""

    def place(self, kind: str, row: int) -> tuple[Table, int]:
        """Return the table of a row of :meth:`frame`, and the row's number in it."""

    def fault(self, kind: str, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault in a cell of :meth:`frame`.

        Args:
            kind: kind of file.
            row: number of the row of the frame, from 0.
            column: the column.
            problem: what is wrong, and what is accepted.

        Returns:
            The fault with file and line.
        """


def across(folder: Folder) -> list[InputIssue]:
    """Yield every inconsistency between rows and between files."""
    faults: list[InputIssue] = []
    for check in (
        _sizes,
        _posts,
        _lines,
        _ties,
        _departments,
        _segments,
        _segments_of_history,
        _history,
        _drivers,
        _events,
        _answers,
    ):
        faults += _first_of(list(check(folder)))
    if "people" in folder.tables and "posts" in folder.tables:
        table = folder.tables["posts"][0]
        faults.append(
            InputIssue(table.file, None, "", "cannot be combined with people.csv, because each defines the posts")
        )
    return faults


def _first_of(faults: list[InputIssue]) -> list[InputIssue]:
    """Return the first faults of each column of each file; the last one states how many more there are."""
    found, counts = [], Counter((fault.file, fault.key) for fault in faults)
    seen: Counter[tuple[str, str]] = Counter()
    for fault in faults:
        place = (fault.file, fault.key)
        seen[place] += 1
        if seen[place] < MAX_REPORTED or counts[place] == seen[place] == MAX_REPORTED:
            found.append(fault)
        elif seen[place] == MAX_REPORTED:
            found.append(replace(fault, problem=f"{fault.problem} (so do {counts[place] - MAX_REPORTED} more rows)"))
    return found


def _sizes(folder: Folder) -> Iterator[InputIssue]:
    """Check that the numbers of posts, customers, departments and segments are within the limits."""
    rows = all_parameters()
    for kind, column, size in (("posts", "fte", "staff"), ("segments", "customers", "customers")):
        frame, most = folder.frame(kind), rows[f"organisation.{size}"].legal[1]
        if frame is not None and column in frame and frame[column].sum() > most:
            row = int(np.nanargmax(frame[column].to_numpy(float)))
            problem = f"{frame[column][row]:,g} and the other rows sum to {frame[column].sum():,g}; at most {most:,.0f} are accepted"
            yield folder.fault(kind, row, column, problem)
    for kind, column, size in (("people", "department", "departments"), ("posts", "department", "departments"),
                               ("segments", "segment", "segments")):  # fmt: skip
        frame, most = folder.frame(kind), rows[f"organisation.{size}"].legal[1]
        if frame is not None and (count := frame[column].nunique()) > most:
            row = int(np.flatnonzero(~frame[column].duplicated())[int(most)])
            yield folder.fault(kind, row, column, f"this file names {count:,} {size}; at most {most:,.0f} are accepted")


def _posts(folder: Folder) -> Iterator[InputIssue]:
    """Check that identifiers are unique and that rows of posts have a positive working time."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if frame is None:
            continue
        if key in frame:
            again = frame[key].ne("") & frame[key].duplicated()
            if kind == "posts":  # posts of one kind may share an identifier, as long as no one reports to it
                again &= frame[key].isin(frame.get(above, []))
            for row in np.flatnonzero(again):
                first = int((frame[key] == frame[key][row]).to_numpy().argmax())
                table, place = folder.place(kind, first)
                yield folder.fault(
                    kind,
                    int(row),
                    key,
                    f"occurs a second time, after line {table.line(place)}; each identifier must be in one row",
                )
        if "fte" in frame and frame["fte"].notna().all() and not (frame["fte"] > 0).any():
            yield folder.fault(kind, 0, "fte", "no row has any time; at least one row must have a number above 0")
        if kind == "posts" and "fte" in frame:
            for row in np.flatnonzero((frame["fte"] < 0).to_numpy()):
                yield folder.fault(kind, int(row), "fte", f"must be at least 0, got {frame['fte'][row]:g}")


def _lines(folder: Folder) -> Iterator[InputIssue]:
    """Check that each superior exists and that no one is their own superior."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if frame is None or above not in frame:
            continue
        if key not in frame:
            table = folder.tables[kind][0]
            yield InputIssue(table.file, None, table.own_names[above], f"needs a column {key} with the identifiers")
            continue
        known = set(frame[key]) - {""}
        for row in np.flatnonzero(~frame[above].isin(known | {""})):
            yield folder.fault(
                kind, int(row), above,
                f"is not a person in this file; it must be a {key} of one of its rows, empty at the top, or a "
                "word from [words] outside",
            )  # fmt: skip
        own = frame[frame[key] != ""]
        superior = dict(zip(own[key], own[above], strict=True))
        place = dict(zip(own[key], own.index, strict=True))
        for one in _in_circles(superior):
            yield folder.fault(
                kind,
                int(place[one]),
                above,
                "is part of a circle of reporting lines; must be a superior who is not below this row, or empty at the top",
            )


def _in_circles(superior: dict[str, str]) -> Iterator[str]:
    """Return one member of each circle of reporting lines."""
    done: set[str] = set()
    for start in superior:
        path: dict[str, None] = {}
        one = start
        while one and one in superior and one not in done and one not in path:
            path[one] = None
            one = superior[one]
        if one in path:
            yield one
        done |= set(path)


def _ties(folder: Folder) -> Iterator[InputIssue]:
    """Check that each tie connects two people in the file of people."""
    ties, people = folder.frame("ties"), folder.frame("people")
    if ties is None:
        return
    if people is None or "id" not in people:
        table = folder.tables["ties"][0]
        yield InputIssue(table.file, None, "", "needs people.csv with a column id")
        return
    known = set(people["id"]) - {""}
    for column in ("from", "to"):
        for row in np.flatnonzero(~ties[column].isin(known) & ties[column].ne("")):
            yield folder.fault("ties", int(row), column, "is not a person in people.csv; must be an id of that file")
    for row in np.flatnonzero((ties["from"] == ties["to"]) & ties["from"].ne("")):
        yield folder.fault("ties", int(row), "to", "is the same person as from; a tie connects two people")


def department_names(folder: Folder) -> list[str]:
    """Return the departments in the order in which the files name them; from hand-offs if no other file names them."""
    found: dict[str, None] = {}
    kinds = [("departments", "department"), ("people", "department"), ("posts", "department")]
    if not {kind for kind, _ in kinds} & set(folder.tables):
        kinds = [("handoffs", "from"), ("handoffs", "to")]
    for kind, column in kinds:
        frame = folder.frame(kind)
        if frame is not None:
            found |= dict.fromkeys(name for name in frame[column] if name)
    return list(found)


def _departments(folder: Folder) -> Iterator[InputIssue]:
    """Check that each named department has posts and occurs only once."""
    frame = folder.frame("departments")
    posts = folder.frame("people") if "people" in folder.tables else folder.frame("posts")
    for column, wanted in (
        ("front", "yes for at least one department"),
        ("arrivals", "a number above 0 for at least one department"),
    ):
        if frame is not None and column in frame and frame[column].notna().all() and not (frame[column] > 0).any():
            yield folder.fault("departments", 0, column, f"no row says where customers call; must be {wanted}")
    known = set(posts["department"]) if posts is not None else set(department_names(folder))
    if frame is not None:
        for row in np.flatnonzero(frame["department"].duplicated() & frame["department"].ne("")):
            yield folder.fault("departments", int(row), "department", f"{frame['department'][row]!r} occurs twice")
    for kind, columns in (("departments", ("department",)), ("handoffs", ("from", "to")), ("history", ("department",))):
        other = folder.frame(kind)
        for column in columns if other is not None else ():
            if other is None or column not in other or (kind != "departments" and not known):
                continue
            for row in np.flatnonzero(~other[column].isin(known | {""}) if known else np.zeros(len(other), bool)):
                name = str(other[column].iloc[row])
                what = "department with posts" if posts is not None else "department of departments.csv"
                yield folder.fault(kind, int(row), column, f"{name!r} is not a {what}{did_you_mean(name, known)}")


def _segments(folder: Folder) -> Iterator[InputIssue]:
    """Check that churn has a period, and that segments are unique if each row is a segment."""
    frame = folder.frame("segments")
    if frame is None:
        return
    table = folder.tables["segments"][0]
    if "customers" in frame:
        for row in np.flatnonzero(frame["segment"].duplicated() & frame["segment"].ne("")):
            yield folder.fault("segments", int(row), "segment", f"{frame['segment'][row]!r} occurs twice")
        for row in np.flatnonzero((frame["customers"] <= 0).to_numpy()):
            yield folder.fault("segments", int(row), "customers", "must be at least 1, got 0")
    if "churn" in frame and "churn" not in folder.periods:
        bare = frame["period"].eq("") if "period" in frame else pd.Series(True, index=frame.index)
        if bare.any():
            yield table.fault(
                int(np.flatnonzero(bare)[0]), "churn",
                "a share of customers lost needs a period, in a column period or as churn in "
                "[periods] of organisation.toml; must be week, month, quarter or year",
            )  # fmt: skip
    if "revenue" in frame and "revenue" not in folder.periods:
        yield table.fault(0, "revenue", "needs a period: revenue in [periods] of organisation.toml")


def _segments_of_history(folder: Folder) -> Iterator[InputIssue]:
    """Check that segments named in the history are in the file of segments."""
    frame, segments = folder.frame("history"), folder.frame("segments")
    if frame is None or segments is None or "segment" not in frame:
        return
    known = set(segments["segment"]) - {""}
    for row in np.flatnonzero(~frame["segment"].isin(known | {""})):
        name = str(frame["segment"].iloc[row])
        yield folder.fault(
            "history", int(row), "segment", f"{name!r} is not a segment of segments.csv{did_you_mean(name, known)}"
        )


def _history(folder: Folder) -> Iterator[InputIssue]:
    """Check that each value belongs to a known KPI and is unique for its date and group."""
    frame = folder.frame("history")
    if frame is None:
        return
    known = {*folder.kpis, *KPIS}
    for row in np.flatnonzero(~frame["kpi"].isin(known | {""})):
        word = str(frame["kpi"].iloc[row])
        yield folder.fault(
            "history", int(row), "kpi",
            f"{word!r} is not a KPI{did_you_mean(word, known)}; [kpis] of organisation.toml maps words to KPIs",
        )  # fmt: skip
    for word in set(frame["kpi"]) & known:
        kpi = folder.kpis.get(word, word)
        low, high = _bounds_of(kpi)
        own = frame["value"][(frame["kpi"] == word) & frame["value"].notna()]
        for row, value in own[(own < low) | (own > high)].items():
            hint = "; 65 % is 0.65" if high == 1.0 and 1.0 < value <= 100.0 else ""
            problem = f"{kpi} must be a number from {low:g} to {high:g} ({KPIS[kpi].unit}), got {value:g}{hint}"
            yield folder.fault("history", int(str(row)), "value", problem)
    place = [name for name in ("date", "kpi", "department", "segment") if name in frame]
    for row in np.flatnonzero(frame.duplicated(place) & frame["date"].notna()):
        yield folder.fault("history", int(row), "value", "is the second value for this date, KPI and group")


def _events(folder: Folder) -> Iterator[InputIssue]:
    """Check that each event sets an existing lever to a value that it accepts."""
    frame = folder.frame("events")
    if frame is None:
        return
    if "lever" not in frame:
        if "value" in frame:
            yield folder.fault("events", 0, "value", "needs a column lever that names the lever of the value")
        return
    levers = {key: row for key, row in all_parameters().items() if row.role == "lever"}
    for row, name in enumerate(frame["lever"]):
        if name and name not in levers:
            yield folder.fault("events", row, "lever", f"{name!r} is not a lever{did_you_mean(name, levers)}")
        elif name and ("value" not in frame or frame["value"].isna()[row]):
            yield folder.fault(
                "events", row, "value", f"must be the value to which {name} was set: {levers[name].accepts()}"
            )
        elif name and (problem := _refused(name, float(frame["value"][row]))):
            yield folder.fault("events", row, "value", problem)
        elif not name and "value" in frame and frame["value"].notna()[row]:
            yield folder.fault("events", row, "lever", "is empty; a value needs the lever that was set to it")


def _bounds_of(kpi: str) -> tuple[float, float]:
    """Return the range of possible values of a KPI."""
    unit = KPIS[kpi].unit
    if kpi == "nps":
        return -100.0, 100.0
    if kpi == "utilisation":  # more than the whole time is overload
        return 0.0, np.inf
    return (0.0, 1.0) if unit == "share" else (0.0, 100.0) if unit.startswith("of 100") else (-np.inf, np.inf)


def _drivers(folder: Folder) -> Iterator[InputIssue]:
    """Check that the lever of a driver accepts the driver's values."""
    frame = folder.frame("drivers")
    if frame is None:
        return
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
            for row in own.index:
                if problem := _refused(lever, float(own["value"][row])):
                    yield folder.fault("drivers", int(row), "value", problem + hint)


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
    from ccsim.organisations.questionnaire import ITEMS, TIERS

    frame = folder.frame("answers")
    if frame is None:
        return
    for row in np.flatnonzero(~frame["tier"].isin([*TIERS, ""])):
        yield folder.fault(
            "answers",
            int(row),
            "tier",
            f"must be top, middle or staff, got {quoted(str(frame['tier'].iloc[row]))}",
        )
    for row in np.flatnonzero(~frame["item"].isin([*ITEMS, ""])):
        name = str(frame["item"].iloc[row])
        yield folder.fault("answers", int(row), "item", f"{quoted(name)} is not an item{did_you_mean(name, ITEMS)}")
    for row in np.flatnonzero((frame["answer"] > 5).to_numpy()):
        yield folder.fault(
            "answers", int(row), "answer", f"must be a number from 0 to 5, got {frame['answer'].iloc[row]:g}"
        )
