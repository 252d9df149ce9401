"""A ticket export becomes departments, hand-offs and a weekly history, each equal to what is counted by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import shared

from ccsim.errors import InputError
from ccsim.organisations.founding import layout_of_folder
from ccsim.organisations.tickets import read_tickets, weekly, write_tickets


def test_the_weekly_history_equals_a_count_by_hand() -> None:
    source = shared("incident-tickets")
    mine = weekly(read_tickets(source / "tickets.csv"))
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    agents: dict[tuple[str, str], set[str]] = defaultdict(set)
    with (source / "tickets.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["opened_at"][:10])
            place = str(day - timedelta(days=day.weekday())), row["group"] or "0"
            counts[place].update(
                opened=1, reassigned=int(row["reassignment_count"]) > 0, reopened=int(row["reopen_count"]) > 0,
                within_target=row["made_sla"] == "True",
            )  # fmt: skip
            agents[place] |= {row["agent"]} - {""}
    assert len(mine) == len(counts)
    for row in mine.to_dict("records"):
        place = row["week"], row["group"]
        assert all(row[name] == counts[place][name] for name in ("opened", "reassigned", "reopened", "within_target"))
        assert row["agents"] == len(agents[place])


def test_every_fourth_ticket_agrees_with_the_complete_weeks() -> None:
    source = shared("incident-tickets")
    mine = weekly(read_tickets(source / "tickets.csv"))
    whole = pd.read_csv(source / "weekly.csv", dtype={"group": str})
    assert list(mine.columns) == list(whole.columns)
    whole = whole[whole["week"].isin(mine["week"])]
    part, full = mine["opened"].sum(), whole["opened"].sum()
    assert part / full == pytest.approx(0.25, abs=0.01)
    assert mine["reassigned"].sum() / part == pytest.approx(whole["reassigned"].sum() / full, abs=0.03)
    assert mine["within_target"].sum() / part == pytest.approx(whole["within_target"].sum() / full, abs=0.03)


def test_hand_offs_equal_a_count_by_hand_and_the_folder_is_founded(tmp_path: Path) -> None:
    source = shared("incident-tickets")
    events = read_tickets(source / "events.csv", needed=("id", "time", "group"))
    folder = tmp_path / "desk"
    write_tickets(folder, read_tickets(source / "tickets.csv"), events)
    pairs: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    with (source / "events.csv").open(encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda each: (each["number"], each["time"])):
            if row["group"]:
                if last.get(row["number"], row["group"]) != row["group"]:
                    pairs[last[row["number"]], row["group"]] += 1
                last[row["number"]] = row["group"]
    mine = pd.read_csv(folder / "handoffs.csv", dtype={"from": str, "to": str})
    assert {(a, b): n for a, b, n in mine.itertuples(index=False)} == dict(pairs)


def test_a_folder_that_was_read_is_founded_with_its_groups(tmp_path: Path) -> None:
    source = shared("incident-tickets")
    write_tickets(tmp_path / "desk", read_tickets(source / "tickets.csv"))
    layout = layout_of_folder(tmp_path / "desk")
    stated = pd.read_csv(tmp_path / "desk" / "departments.csv", dtype={"department": str}).set_index("department")
    assert set(layout.departments) == set(stated.index)
    assert np.allclose(layout.calls, stated["arrivals"].reindex(layout.departments))
    files = "".join(path.read_text() for path in (tmp_path / "desk").glob("*.csv"))
    assert "agent" not in files.replace("agents", "")


def test_a_column_of_another_name_is_asked_for_and_files_are_not_replaced_by_chance(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nr,opened_at,team\n1,2026-01-05T10:00,A\n2,2026-01-13T10:00,B\n3,2026-01-20T10:00,B\n")
    with pytest.raises(InputError, match="--column group=NAME"):
        read_tickets(path)
    tickets = read_tickets(path, {"group": "team"})
    write_tickets(tmp_path / "o", tickets)
    with pytest.raises(InputError, match="are there already"):
        write_tickets(tmp_path / "o", tickets)
    path.write_text("opened_at,group\n05.01.2026,A\n")
    with pytest.raises(InputError, match=r"t\.csv:2: opened_at: '05.01.2026' is not accepted"):
        read_tickets(path)
