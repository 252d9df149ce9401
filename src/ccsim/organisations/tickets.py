"""Read a ticket export into departments, hand-offs and a weekly history. Only groups and weeks are written, no tickets.

Column names of ServiceNow and Zendesk exports are recognised; the caller gives the others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ccsim.errors import InputError, InputErrors, InputIssue, count_noun, did_you_mean, writing
from ccsim.organisations.privacy import OTHERS, merged, quoted
from ccsim.organisations.tables import ALL_WRONG, first_faults, header_of, read_cells, text_of
from ccsim.organisations.template import IGNORE
from ccsim.organisations.ticket_log import NO_GROUP, handoffs, is_log, tickets_of

#: For each column, the names under which exports have it, in lower case with one separator between words; the first that exists
#: is used. ``stations`` is the number of groups that had a ticket, 1 if it was never handed over.
NAMES = {
    "id": ("number", "id", "ticket", "ticket_id"),
    "opened": ("opened_at", "opened", "created_at", "created", "ticket_created", "ticket_created_date"),
    "group": ("group", "assignment_group", "group_name", "ticket_group", "queue"),
    "agent": ("agent", "assigned_to", "assignee", "assignee_id", "assignee_name"),
    "handed_on": ("reassignment_count", "handed_on", "reassignments"),
    "stations": ("group_stations", "stations"),
    "reopened": ("reopen_count", "reopened", "reopens"),
    "within_target": ("made_sla", "within_target"),
    "worked": (
        "time_worked",
        "total_time_spent_sec",
        "worked",
        "handling_time",
        "handling_minutes",
        "worked_minutes",
        "minutes",
    ),
    "closed": ("resolved_at", "resolved", "solved_at", "solved", "ticket_solved_date", "closed", "closed_at"),
    "time": ("time", "sys_updated_at", "sys_updated_on", "updated_at", "updated"),
}
NEEDED = ("opened", "group")
#: Columns whose numbers are seconds.
SECONDS = ("time_worked", "total_time_spent_sec")


def read_tickets(
    path: Path, columns: Mapping[str, str] | None = None, needed: tuple[str, ...] = NEEDED, *, once: bool = True
) -> pd.DataFrame:
    """Return the tickets of an export under the names of :data:`NAMES`.

    Args:
        path: a CSV file, UTF-8.
        columns: the columns of the file for some of the names.
        needed: required names.
        once: whether each ticket must be in one row; a log of changes has several, and the time of the first for ``opened``.

    Raises:
        InputError: the file cannot be read, or lacks a required column.
        InputErrors: cells are not dates; the first ones are listed.
    """
    text, problem = text_of(path)
    if problem:
        raise InputError(f"{path}: {problem}")
    header, separator = header_of(text)
    own_names = _columns_of(path, header, columns or {}, needed, once)
    cells = _rows(path, text, separator, header)
    tickets = pd.DataFrame({name: cells[column] for name, column in own_names.items()})
    public = {column for name, column in own_names.items() if name not in ("id", "agent")}
    private = {cell for column in set(header) - public for cell in cells[column]} - {""}
    faults = []
    if "id" in tickets and "time" not in needed and (once or "time" not in tickets):
        faults = _repeated(path, own_names["id"], tickets["id"])
    for names, values_of, accepted in (
        (("closed", "opened", "time"), _dates, "a date such as 2026-01-31T09:30"),
        (("handed_on", "reopened", "stations"), _counts, "a whole number of at least 0"),
        (("worked",), _minutes, "minutes, such as 12.5, or 0:12:30"),
    ):
        for name in set(names) & set(tickets):
            own_name, given = own_names[name], tickets[name]
            tickets[name] = values_of(given, own_name)
            wrong = given.index[((given != "") | (name in needed)) & tickets[name].isna()]
            faults += _cell_faults(path, own_name, given, wrong, accepted, private)
    if faults:
        raise InputErrors(faults)
    counts = [name for name in ("handed_on", "reopened", "stations") if name in tickets]
    tickets[counts] = tickets[counts].fillna(0)
    if "stations" in tickets and "handed_on" not in tickets:
        tickets["handed_on"] = (tickets["stations"] - 1).clip(lower=0)
    if "within_target" in tickets:
        tickets["within_target"] = tickets["within_target"].str.lower().isin({"true", "1", "yes"})
    tickets["group"] = tickets["group"].where(tickets["group"] != "", NO_GROUP)
    return tickets.reset_index(drop=True)


def read_export(path: Path, columns: Mapping[str, str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the tickets of an export and, if it is a log of changes, its rows as events.

    Args:
        path: a CSV file, UTF-8, with one row per ticket, or one per change of a ticket and its time.
        columns: the columns of the file for some of the names.
    """  # read_tickets raises
    rows = read_tickets(path, columns, once=False)
    return (tickets_of(rows), rows) if is_log(rows) else (rows, None)


def _columns_of(
    path: Path, header: list[str], columns: Mapping[str, str], needed: tuple[str, ...], once: bool
) -> dict[str, str]:
    """Return which column of a header has which name."""
    own_names, missing = {}, {}
    for name, usual in NAMES.items():
        wanted = (columns[name],) if name in columns else usual
        matches = (column for word in wanted for column in header if word in (column, _plain(column)))
        if column := next(matches, None):
            own_names[name] = column
        elif name in columns or name in needed:
            missing[name] = wanted[0]
    if not once and list(missing) == ["opened"] and "opened" not in columns and {"id", "time"} <= set(own_names):
        return {**own_names, "opened": own_names["time"]}
    for name, word in missing.items():
        raise InputError(f"{path}:1: {word}: the column is missing{did_you_mean(word, header)}; "
                         f"name it with --column {name}=NAME")  # fmt: skip
    return own_names


def _rows(path: Path, text: str, separator: str, header: list[str]) -> pd.DataFrame:
    """Return the rows of an export as texts, by the line on which each begins.

    Raises:
        InputError: two columns have one name, a row has more cells than the header, a quotation mark is not closed, or there
            are no rows.
    """
    for name in header:
        if header.count(name) > 1:
            raise InputError(f"{path}:1: {name!r}: two columns of the header have this name")
    try:
        rows, too_long = read_cells(text, separator, header)
    except (csv.Error, ValueError):  # as pandas' errors are
        raise InputError(f"{path}: cannot be read as a table: a quotation mark is not closed") from None
    for line in too_long:
        raise InputError(f"{path}:{line}: has more cells than the header, which has {len(header)}")
    if not len(rows):
        raise InputError(f"{path}:2: there are no rows below the header")
    return rows


def _plain(name: str) -> str:
    """Return a column's name in lower case, with one separator between words."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


# Each of these returns the values of a column; the value of a cell that is empty or cannot be parsed is missing.


def _dates(cells: pd.Series, column: str) -> pd.Series:
    """Return dates. Exports in UTC and exports without a time zone are assigned to weeks in the same way."""
    days = pd.to_datetime(cells.where(cells != ""), format="ISO8601", errors="coerce", utc=True)
    return days.dt.tz_localize(None)


def _counts(cells: pd.Series, column: str) -> pd.Series:
    numbers = pd.to_numeric(cells, errors="coerce")
    return numbers.where((numbers >= 0) & (numbers % 1 == 0))


def _minutes(cells: pd.Series, column: str) -> pd.Series:
    """Return working times in minutes.

    Args:
        cells: numbers, or hours, minutes and seconds such as 0:12:30.
        column: its name; ``time_worked`` of ServiceNow and ``Total time spent (sec)`` of Zendesk are in seconds.
    """
    clock = cells.str.extract(r"^(\d+):([0-5]\d)(?::([0-5]\d))?$").astype(float)
    plain = pd.to_numeric(cells, errors="coerce") / (60.0 if _plain(column) in SECONDS else 1.0)
    minutes = plain.fillna(clock[0] * 60 + clock[1] + clock[2].fillna(0.0) / 60)
    return minutes.where((minutes >= 0) & np.isfinite(minutes))


def _repeated(path: Path, column: str, ids: pd.Series) -> list[InputIssue]:
    """Return a fault if tickets are in several rows, because each would be counted once per row."""
    repeated = ids.ne("") & ids.duplicated()
    if not repeated.any():
        return []
    line = ids.index[repeated][0]
    problem = (
        f"is the same ticket as in line {ids.index[ids == ids[line]][0]} (rows that repeat a ticket: {repeated.sum():,}); "
        "each ticket must be in one row, and --events accepts a log of changes"
    )
    return [InputIssue(str(path), line, column, problem)]


def _cell_faults(
    path: Path, column: str, cells: pd.Series, wrong: pd.Index, wanted: str, private: Container[str]
) -> list[InputIssue]:
    """Return the first faults of a column; the last one states how many more there are.

    Args:
        path: the export.
        column: its name in the export.
        cells: cells of the column, by line.
        wrong: the faulty lines.
        wanted: what is accepted.
        private: cells of other columns, which may name people; none with letters is quoted.
    """

    def shown(cell: str) -> str:
        return quoted(cell, private if any(sign.isalpha() for sign in cell) else ())

    filled = wrong[cells[wrong] != ""]
    if len(filled) >= ALL_WRONG and len(filled) == (cells != "").sum():
        problem = f"none of {len(filled):,} cells, such as {shown(cells[filled[0]])}, is accepted; must be {wanted}"
        return [InputIssue(str(path), int(filled[0]), column, problem)]
    return first_faults(
        wrong, lambda line: InputIssue(str(path), line, column, f"must be {wanted}, got {shown(cells[line])}")
    )


def weekly(tickets: pd.DataFrame) -> pd.DataFrame:
    """Return one row per week (its Monday) and group: opened, and reassigned, reopened, within_target, hours and agents as far as known."""
    week = tickets["opened"].dt.to_period("W-SUN").dt.start_time.dt.strftime("%Y-%m-%d")
    table = pd.DataFrame({"week": week, "group": tickets["group"], "opened": 1})
    for name, column in (("reassigned", "handed_on"), ("reopened", "reopened"), ("within_target", "within_target")):
        if column in tickets:
            table[name] = (tickets[column] > 0).astype(int)
    sums = table.groupby(["week", "group"]).sum()
    if "closed" in tickets:
        hours = (tickets["closed"] - tickets["opened"]).dt.total_seconds() / 3600
        sums["median_hours"] = hours.groupby([week, tickets["group"]]).median().round(1).to_numpy()
    if "agent" in tickets:
        agents = tickets["agent"].where(tickets["agent"] != "")
        sums["agents"] = agents.groupby([week, tickets["group"]]).nunique().to_numpy()
    rows = sums.reset_index()
    rows["order"] = pd.to_numeric(rows["group"], errors="coerce")
    return rows.sort_values(["week", "order", "group"], ignore_index=True).drop(columns="order")


def departments(tickets: pd.DataFrame, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row per group: ``department``, ``front``, weekly ``arrivals``, ``first_time``.

    Args:
        tickets: the tickets.
        events: the states of the tickets; a group that occurs only here takes work over and receives no new tickets.
    """
    named = tickets[tickets["group"] != NO_GROUP]
    weeks = max(1.0, ((tickets["opened"].max() - tickets["opened"].min()).days + 1) / 7.0)
    counts = named.groupby("group").size()
    rows = pd.DataFrame({"department": counts.index, "front": "yes", "arrivals": (counts / weeks).round(3).to_numpy()})
    if "handed_on" in tickets:
        rows["first_time"] = (named["handed_on"] == 0).groupby(named["group"]).mean().round(4).to_numpy()
    if "worked" in tickets:
        rows["minutes"] = named["worked"].groupby(named["group"]).mean().round(2).to_numpy()
    behind = sorted(_groups(events) - set(counts.index))
    return pd.concat([rows, pd.DataFrame({"department": behind, "front": "no", "arrivals": 0.0})], ignore_index=True)


def posts(tickets: pd.DataFrame, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row per group: ``department``, and ``fte``, the number of its agents in the export, at least 1."""
    agents = _agents(pd.concat([table for table in (tickets, events) if table is not None and "agent" in table]))
    agents = agents.clip(lower=1).reindex(sorted({*agents.index, *_groups(events)}), fill_value=1)
    return pd.DataFrame({"department": agents.index, "fte": agents.to_numpy()})


def _groups(events: pd.DataFrame | None) -> set[str]:
    return set() if events is None else set(events["group"]) - {NO_GROUP}


def history(table: pd.DataFrame) -> pd.DataFrame:
    """Return the weekly history of the whole organisation (``date``, ``kpi``, ``value``, ``answers``), without the first and last week.

    ``fcr`` is the share of tickets that are solved where they arrive and not reopened, which is what a service desk can measure. Where it is not known
    which tickets were handed on, there is none; where it is not known which were opened again, these count as solved.
    """
    if "reassigned" not in table:
        return pd.DataFrame(columns=["date", "kpi", "value", "answers"])
    sums = table.groupby("week")[["opened", *({"reassigned", "reopened"} & set(table))]].sum().iloc[1:-1]
    failed = sums.drop(columns="opened").sum(axis=1)
    value = 1.0 - failed.clip(upper=sums["opened"]) / sums["opened"]
    last = (pd.to_datetime(sums.index) + pd.Timedelta(days=6)).strftime("%Y-%m-%d")
    return pd.DataFrame(
        {"date": last, "kpi": "fcr", "value": value.round(4).to_numpy(), "answers": sums["opened"].to_numpy()}
    )


def with_small_merged(tickets: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Return tickets in which groups of few agents have one common name.

    Args:
        tickets: the tickets.
        smallest: number of agents below which a group is merged.

    Raises:
        InputError: the export does not contain agents.
    """
    if "agent" not in tickets:
        raise InputError(
            "the export has no column for agents, so small groups cannot be found; name the column with --column agent=NAME"
        )
    sizes = {str(group): float(agents) for group, agents in _agents(tickets).items()}
    names = {**merged(sizes, smallest), NO_GROUP: NO_GROUP}
    return tickets.assign(group=tickets["group"].map(lambda name: names.get(name, OTHERS)))


def small_groups(tickets: pd.DataFrame, smallest: int) -> int:
    """Return how many groups have too few agents to be shown; 0 if agents are not known."""
    return 0 if "agent" not in tickets else int((_agents(tickets) < smallest).sum())


def unknown_of(tickets: pd.DataFrame, events: pd.DataFrame | None, smallest: int) -> list[str]:
    """Return notes on what an export does not contain, and on files that need care.

    Args:
        tickets: one row per ticket.
        events: one row per change of a ticket's group; None if the export has none.
        smallest: number of agents below which a group is small; 0 if small groups are merged.

    Returns:
        A line for each.
    """
    lines = []
    if small := small_groups(tickets, smallest):
        lines.append(
            f"{count_noun(small, 'group')} with fewer than {smallest} agents: these files contain each of them, because the organisation is "
            "founded from them. Keep them in the folder; results merge small groups, and with --merge-small, weekly.csv merges them too."
        )
    if "handed_on" not in tickets:
        lines.append(
            "No column states how often a ticket was handed over, so first-time resolution is not known and no history is written; "
            "name the column with --column handed_on=NAME."
        )
    elif "reopened" not in tickets:
        lines.append("No column states which tickets were reopened, so these count as solved the first time.")
    if "worked" not in tickets:
        lines.append(
            "No column says how long the work on a ticket took, so groups are taken to work alike; --column worked=NAME says which."
        )
    if events is None:
        lines.append("Without --events, hand-offs are not known and are drawn at random.")
    return lines


def _agents(tickets: pd.DataFrame) -> pd.Series:
    """Return the number of agents of each group, by group; tickets without a group do not count."""
    named = tickets[tickets["group"] != NO_GROUP]
    return named["agent"].where(named["agent"] != "").groupby(named["group"]).nunique()


def write_tickets(
    folder: Path, tickets: pd.DataFrame, events: pd.DataFrame | None = None, *, replace: bool = False,
    smallest: int = 0,
) -> list[Path]:  # fmt: skip
    """Write the results of an export into a folder.

    Args:
        folder: folder of the organisation.
        tickets: one row per ticket.
        events: one row per change of a ticket's group; None if the export has none.
        replace: whether existing files are overwritten.
        smallest: number of agents below which groups are merged in ``weekly.csv``; 0 merges none.

    Returns:
        The files written.

    Raises:
        InputError: one of the files exists already and is not to be overwritten.
    """
    table = weekly(tickets)
    shown = weekly(with_small_merged(tickets, smallest)) if smallest else table
    files = {"weekly.csv": shown, "departments.csv": departments(tickets, events)}
    if len(known := history(table)):  # with two weeks or fewer, no week is complete
        files["history.csv"] = known
    if events is not None:
        files["handoffs.csv"] = handoffs(events)
    if "agent" in tickets and not any((folder / name).is_file() for name in ("people.csv", "posts.csv")):
        files["posts.csv"] = posts(tickets, events)
    there = [name for name in files if (folder / name).is_file()]
    if there and not replace:
        raise InputError(f"{folder}: {', '.join(there)} exist already; --replace overwrites them")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / ".gitignore").write_text(IGNORE, encoding="utf-8")
    for name, frame in files.items():
        frame.to_csv(folder / name, index=False)
    if not (folder / "organisation.toml").is_file():
        (folder / "organisation.toml").write_text(f'name = "{folder.name}"\n', encoding="utf-8")
    return [folder / name for name in files]
