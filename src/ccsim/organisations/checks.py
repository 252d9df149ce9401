"""What has to fit together across the rows and the files of a folder."""

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
from ccsim.organisations.tables import TOLD, Table

#: For each kind with rows of posts: its identifier, and who stands above.
ABOVE = {"people": ("id", "manager"), "posts": ("post", "reports_to")}
TIERS = ("top", "middle", "staff")


class Folder(Protocol):
    """What is checked of a folder; see :class:`ccsim.organisations.folder.Folder`."""

    tables: dict[str, list[Table]]
    periods: dict[str, str]
    kpis: dict[str, str]
    drivers: dict[str, str]
    relative: set[str]

    def frame(self, kind: str) -> pd.DataFrame | None:
        """Return all rows of a kind of file; None where there is none."""

    def place(self, kind: str, row: int) -> tuple[Table, int]:
        """Return the table of a row of :meth:`frame`, and its number there."""

    def fault(self, kind: str, row: int, column: str, problem: str) -> InputIssue:
        """Return a fault of a cell of :meth:`frame`.

        Args:
            kind: which file, by its kind.
            row: number of the row of the frame, from 0.
            column: the column.
            problem: what is wrong, and what would be accepted.

        Returns:
            The fault with file and line.
        """


def across(folder: Folder) -> list[InputIssue]:
    """Return every fault that shows only when rows and files are taken together."""
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
        faults.append(InputIssue(table.file, None, "", "goes without people.csv: each says which posts there are"))
    return faults


def _first_of(faults: list[InputIssue]) -> list[InputIssue]:
    """Return the first faults of each column of each file; the last of them says how many more there are."""
    found, counts = [], Counter((fault.file, fault.key) for fault in faults)
    seen: Counter[tuple[str, str]] = Counter()
    for fault in faults:
        place = (fault.file, fault.key)
        seen[place] += 1
        if seen[place] < TOLD or counts[place] == seen[place] == TOLD:
            found.append(fault)
        elif seen[place] == TOLD:
            found.append(replace(fault, problem=f"{fault.problem} (so do {counts[place] - TOLD} more rows)"))
    return found


def _sizes(folder: Folder) -> Iterator[InputIssue]:
    """Posts, customers, departments and segments are no more than an organisation may have."""
    rows = all_parameters()
    for kind, column, size in (("posts", "fte", "staff"), ("segments", "customers", "customers")):
        frame, most = folder.frame(kind), rows[f"organisation.{size}"].legal[1]
        if frame is not None and column in frame and frame[column].sum() > most:
            row = int(np.nanargmax(frame[column].to_numpy(float)))
            problem = f"{frame[column][row]:,g} and the other rows come to {frame[column].sum():,g}; at most {most:,.0f} are accepted"
            yield folder.fault(kind, row, column, problem)
    for kind, column, size in (("people", "department", "departments"), ("posts", "department", "departments"),
                               ("segments", "segment", "segments")):  # fmt: skip
        frame, most = folder.frame(kind), rows[f"organisation.{size}"].legal[1]
        if frame is not None and (count := frame[column].nunique()) > most:
            row = int(np.flatnonzero(~frame[column].duplicated())[int(most)])
            yield folder.fault(kind, row, column, f"this file names {count:,} {size}; at most {most:,.0f} are accepted")


def _posts(folder: Folder) -> Iterator[InputIssue]:
    """An identifier stands once; a row of posts is of more than no time."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if frame is None:
            continue
        if key in frame:
            again = frame[key].ne("") & frame[key].duplicated()
            if kind == "posts":  # posts of one kind may share a number, as long as no one reports to it
                again &= frame[key].isin(frame.get(above, []))
            for row in np.flatnonzero(again):
                first = int((frame[key] == frame[key][row]).to_numpy().argmax())
                table, place = folder.place(kind, first)
                yield folder.fault(
                    kind,
                    int(row),
                    key,
                    f"stands here a second time, after line {table.line(place)}; each identifier takes one row",
                )
        if "fte" in frame and frame["fte"].notna().all() and not (frame["fte"] > 0).any():
            yield folder.fault(kind, 0, "fte", "no row has any time; it takes a number above 0 in at least one row")
        if kind == "posts" and "fte" in frame:
            for row in np.flatnonzero((frame["fte"] < 0).to_numpy()):
                yield folder.fault(kind, int(row), "fte", f"{frame['fte'][row]:g} is not accepted; it takes at least 0")


def _lines(folder: Folder) -> Iterator[InputIssue]:
    """Check that each superior exists and that no person is above him- or herself."""
    for kind, (key, above) in ABOVE.items():
        frame = folder.frame(kind)
        if frame is None or above not in frame:
            continue
        if key not in frame:
            table = folder.tables[kind][0]
            yield InputIssue(table.file, None, table.theirs[above], f"takes a column {key}, which says who that is")
            continue
        known = set(frame[key]) - {""}
        for row in np.flatnonzero(~frame[above].isin(known | {""})):
            yield folder.fault(
                kind, int(row), above,
                f"names no person of this file; it takes a {key} that stands in one of its rows, nothing at the top, or a "
                "word of [words] outside",
            )  # fmt: skip
        own = frame[frame[key] != ""]
        superior = dict(zip(own[key], own[above], strict=True))
        place = dict(zip(own[key], own.index, strict=True))
        for one in _in_circles(superior):
            yield folder.fault(
                kind,
                int(place[one]),
                above,
                "leads in a circle back to this row; it takes a superior who is not below this one, or nothing at the top",
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
    """A tie joins two people of the file of people."""
    ties, people = folder.frame("ties"), folder.frame("people")
    if ties is None:
        return
    if people is None or "id" not in people:
        table = folder.tables["ties"][0]
        yield InputIssue(table.file, None, "", "takes people.csv with a column id, which says who is who")
        return
    known = set(people["id"]) - {""}
    for column in ("from", "to"):
        for row in np.flatnonzero(~ties[column].isin(known) & ties[column].ne("")):
            yield folder.fault("ties", int(row), column, "names no person of people.csv; it takes an id of that file")
    for row in np.flatnonzero((ties["from"] == ties["to"]) & ties["from"].ne("")):
        yield folder.fault("ties", int(row), "to", "is the same person as from; a tie joins two")


def department_names(folder: Folder) -> list[str]:
    """Return the departments in the order in which files name them; hand-offs name them where no other file does."""
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
    """A department that a file names is one that has posts; it stands once."""
    frame = folder.frame("departments")
    posts = folder.frame("people") if "people" in folder.tables else folder.frame("posts")
    for column, wanted in (
        ("front", "yes for at least one department"),
        ("arrivals", "a number above 0 for at least one department"),
    ):
        if frame is not None and column in frame and frame[column].notna().all() and not (frame[column] > 0).any():
            yield folder.fault("departments", 0, column, f"no row says where customers call; it takes {wanted}")
    known = set(posts["department"]) if posts is not None else set(department_names(folder))
    if frame is not None:
        for row in np.flatnonzero(frame["department"].duplicated() & frame["department"].ne("")):
            yield folder.fault("departments", int(row), "department", f"{frame['department'][row]!r} stands here twice")
    for kind, columns in (("departments", ("department",)), ("handoffs", ("from", "to")), ("history", ("department",))):
        other = folder.frame(kind)
        for column in columns if other is not None else ():
            if other is None or column not in other or (kind != "departments" and not known):
                continue
            for row in np.flatnonzero(~other[column].isin(known | {""}) if known else np.zeros(len(other), bool)):
                name = str(other[column].iloc[row])
                what = "department with posts" if posts is not None else "department of departments.csv"
                yield folder.fault(kind, int(row), column, f"{name!r} is no {what}{did_you_mean(name, known)}")


def _segments(folder: Folder) -> Iterator[InputIssue]:
    """A share of churn has its period; segments stand once where a row is a segment."""
    frame = folder.frame("segments")
    if frame is None:
        return
    table = folder.tables["segments"][0]
    if "customers" in frame:
        for row in np.flatnonzero(frame["segment"].duplicated() & frame["segment"].ne("")):
            yield folder.fault("segments", int(row), "segment", f"{frame['segment'][row]!r} stands here twice")
        for row in np.flatnonzero((frame["customers"] <= 0).to_numpy()):
            yield folder.fault("segments", int(row), "customers", "0 is not accepted; it takes at least 1")
    if "churn" in frame and "churn" not in folder.periods:
        bare = frame["period"].eq("") if "period" in frame else pd.Series(True, index=frame.index)
        if bare.any():
            yield table.fault(
                int(np.flatnonzero(bare)[0]), "churn",
                "a share of customers lost is nothing without its period: say which, in a column period or as churn in "
                "[periods] of organisation.toml; it takes week, month, quarter or year",
            )  # fmt: skip
    if "revenue" in frame and "revenue" not in folder.periods:
        yield table.fault(0, "revenue", "takes its period: revenue in [periods] of organisation.toml")


def _segments_of_history(folder: Folder) -> Iterator[InputIssue]:
    """A segment that the history names is one of the file of segments."""
    frame, segments = folder.frame("history"), folder.frame("segments")
    if frame is None or segments is None or "segment" not in frame:
        return
    known = set(segments["segment"]) - {""}
    for row in np.flatnonzero(~frame["segment"].isin(known | {""})):
        name = str(frame["segment"].iloc[row])
        yield folder.fault(
            "history", int(row), "segment", f"{name!r} is no segment of segments.csv{did_you_mean(name, known)}"
        )


def kpi_of(folder: Folder, word: str) -> str | None:
    """Return the KPI that a word of a history stands for."""
    return folder.kpis.get(word) or (word if word in KPIS else None)


def _history(folder: Folder) -> Iterator[InputIssue]:
    """A figure is of a KPI that is known; no figure stands twice for one time and group."""
    frame = folder.frame("history")
    if frame is None:
        return
    known = {*folder.kpis, *KPIS}
    for row in np.flatnonzero(~frame["kpi"].isin(known | {""})):
        word = str(frame["kpi"].iloc[row])
        yield folder.fault(
            "history", int(row), "kpi",
            f"{word!r} is no KPI{did_you_mean(word, known)}; [kpis] of organisation.toml says what a word stands for",
        )  # fmt: skip
    for word in set(frame["kpi"]) & known:
        kpi = folder.kpis.get(word, word)
        low, high = _bounds_of(kpi)
        own = frame["value"][(frame["kpi"] == word) & frame["value"].notna()]
        for row, value in own[(own < low) | (own > high)].items():
            hint = "; 65 % is 0.65" if high == 1.0 and 1.0 < value <= 100.0 else ""
            problem = f"{value:g} is not accepted; {kpi} is {KPIS[kpi].unit}: it takes a number from {low:g} to {high:g}{hint}"
            yield folder.fault("history", int(str(row)), "value", problem)
    place = [name for name in ("date", "kpi", "department", "segment") if name in frame]
    for row in np.flatnonzero(frame.duplicated(place) & frame["date"].notna()):
        yield folder.fault("history", int(row), "value", "is the second figure for this date, KPI and group")


def _events(folder: Folder) -> Iterator[InputIssue]:
    """An event moves a lever that there is to a value that it accepts."""
    frame = folder.frame("events")
    if frame is None:
        return
    if "lever" not in frame:
        if "value" in frame:
            yield folder.fault("events", 0, "value", "takes a column lever, which says what is set to it")
        return
    levers = {key: row for key, row in all_parameters().items() if row.role == "lever"}
    for row, name in enumerate(frame["lever"]):
        if name and name not in levers:
            yield folder.fault("events", row, "lever", f"{name!r} is no lever{did_you_mean(name, levers)}")
        elif name and ("value" not in frame or frame["value"].isna()[row]):
            yield folder.fault(
                "events", row, "value", f"says to what {name} was set; it takes {levers[name].accepts()}"
            )
        elif name and (problem := _refused(name, float(frame["value"][row]))):
            yield folder.fault("events", row, "value", problem)
        elif not name and "value" in frame and frame["value"].notna()[row]:
            yield folder.fault("events", row, "lever", "is empty; a value takes the lever that was set to it")


def _bounds_of(kpi: str) -> tuple[float, float]:
    """Return between which values a figure of a KPI lies."""
    unit = KPIS[kpi].unit
    if kpi == "nps":
        return -100.0, 100.0
    if kpi == "utilisation":  # more than all of the time is overload
        return 0.0, np.inf
    return (0.0, 1.0) if unit == "share" else (0.0, 100.0) if unit.startswith("of 100") else (-np.inf, np.inf)


def _drivers(folder: Folder) -> Iterator[InputIssue]:
    """A figure of a driver that sets a lever is one that the lever accepts."""
    frame = folder.frame("drivers")
    if frame is None:
        return
    for name, lever in folder.drivers.items():
        own = frame[(frame["name"] == name) & frame["value"].notna()]
        if own.empty:
            near = did_you_mean(name, set(frame["name"]) - {""})
            problem = f"[drivers] of organisation.toml names it, and no row does{near}"
            yield InputIssue(folder.tables["drivers"][0].file, None, name, problem)
        elif name in folder.relative:
            yield from _relative_driver(folder, own, lever)
        else:
            hint = f"; {{ lever = {lever!r}, relative = true }} in [drivers] counts figures relative to their mean"
            for row in own.index:
                if problem := _refused(lever, float(own["value"][row])):
                    yield folder.fault("drivers", int(row), "value", problem + hint)


def _relative_driver(folder: Folder, own: pd.DataFrame, lever: str) -> Iterator[InputIssue]:
    """The mean of a day, relative to that of all days, is a value that the lever accepts."""
    days = own.groupby("date")["value"].mean()
    if not days.mean() > 0:
        yield folder.fault("drivers", int(own.index[0]), "value", "figures relative to their mean take a mean above 0")
        return
    for day, value in (days / days.mean() * float(all_parameters()[lever].default)).items():
        if problem := _refused(lever, round(float(value), 9)):
            row = int(own.index[own["date"] == day][0])
            yield folder.fault("drivers", row, "value", f"relative to the mean of all days this day is {problem}")


def _refused(lever: str, value: float) -> str:
    """Return why a lever does not accept a figure, empty where it does."""
    row = all_parameters()[lever]
    low, high = row.legal
    if low <= value <= high and (row.kind is float or value == round(value)):
        return ""
    return f"{value:g} is not accepted; {lever} takes {row.accepts()}"


def _answers(folder: Folder) -> Iterator[InputIssue]:
    from ccsim.organisations.questionnaire import ITEMS

    frame = folder.frame("answers")
    if frame is None:
        return
    for row in np.flatnonzero(~frame["tier"].isin([*TIERS, ""])):
        yield folder.fault(
            "answers",
            int(row),
            "tier",
            f"{quoted(str(frame['tier'].iloc[row]))} is not accepted; it takes top, middle or staff",
        )
    for row in np.flatnonzero(~frame["item"].isin([*ITEMS, ""])):
        name = str(frame["item"].iloc[row])
        yield folder.fault("answers", int(row), "item", f"{quoted(name)} is no item{did_you_mean(name, ITEMS)}")
    for row in np.flatnonzero((frame["answer"] > 5).to_numpy()):
        yield folder.fault(
            "answers", int(row), "answer", f"{frame['answer'].iloc[row]:g} is not accepted; it takes 0 to 5"
        )
