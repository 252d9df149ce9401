"""A ticket export becomes departments, hand-offs and a weekly history, each equal to what is counted by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of, shared
from typer.testing import CliRunner

from ccsim.analysis.forecasting.backtesting import backtested
from ccsim.analysis.forecasting.scores import verdict
from ccsim.analysis.problem import Runner
from ccsim.cli.main import app
from ccsim.errors import CcsimError, InputError, InputErrors
from ccsim.mechanisms.demand.demand import stages_of
from ccsim.model.settings import default_settings
from ccsim.organisations.io import read_folder
from ccsim.organisations.layout import layout_of_folder
from ccsim.organisations.ticket_log import is_log, tickets_of
from ccsim.organisations.tickets import history, read_tickets, small_groups, weekly, write_tickets
from ccsim.scenarios.scenario import SOURCE, load_scenario
from ccsim.simulation.simulation import simulate


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


def test_hand_offs_equal_a_count_by_hand_and_the_folder_can_be_simulated(tmp_path: Path) -> None:
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


def test_a_folder_that_was_read_is_initialised_with_its_groups(tmp_path: Path) -> None:
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
    with pytest.raises(InputError, match="exist already"):
        write_tickets(tmp_path / "o", tickets)
    path.write_text("opened_at,group\n05.01.2026,A\n")
    with pytest.raises(InputError, match=r"t\.csv:2: opened_at: must be .*, got '05.01.2026'"):
        read_tickets(path)


def test_the_ten_largest_groups_solve_as_often_where_work_arrives_as_their_tickets_say(tmp_path: Path) -> None:
    source = shared("incident-tickets")
    events = read_tickets(source / "events.csv", needed=("id", "time", "group"))
    write_tickets(tmp_path / "desk", read_tickets(source / "tickets.csv"), events)
    layout = layout_of_folder(tmp_path / "desk")
    scenario = load_scenario("nothing").with_values({SOURCE: str(tmp_path / "desk"), "organisation.warm_up": 4})
    run = simulate(scenario, seed=1, weeks=16)
    stated = pd.read_csv(tmp_path / "desk" / "departments.csv", dtype={"department": str}).set_index("department")
    journeys = default_settings().demand.journeys
    draws = (np.arange(1000) + 0.5) / 1000
    for group in stated["arrivals"].nlargest(10).index:
        number = layout.departments.index(group)
        p = default_settings().demand
        needs = np.mean([stages_of(luck / layout.onward[number], len(layout.departments), p) > 1 for luck in draws])
        assert needs == pytest.approx(min(1.0, journeys * layout.onward[number]), abs=0.002)
        handed_over = float(np.nanmean(run.departments["hand_over"][:, number]))
        assert (1 - needs) * (1 - handed_over) == pytest.approx(stated["first_time"][group], abs=0.05)


def test_a_group_that_only_takes_work_over_has_posts_and_no_arrivals(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,opened_at,group,agent\n1,2026-01-05T10:00,A,x\n2,2026-01-13T10:00,A,y\n")
    (tmp_path / "e.csv").write_text("id,time,group,agent\n1,2026-01-05T10:00,A,x\n1,2026-01-05T11:00,B,z\n")
    events = read_tickets(tmp_path / "e.csv", needed=("id", "time", "group"))
    write_tickets(tmp_path / "o", read_tickets(tmp_path / "t.csv"), events)
    layout = layout_of_folder(tmp_path / "o")
    assert layout.departments == ("A", "B") and layout.sizes["front_departments"] == 1
    assert np.bincount(layout.department).tolist() == [2, 1]


def test_the_last_three_full_weeks_are_back_tested_with_a_verdict(tmp_path: Path) -> None:
    whole = pd.read_csv(shared("incident-tickets") / "weekly.csv", dtype={"group": str})
    folder = folder_of(tmp_path / "desk", {"organisation.toml": "[sizes]\nstaff = 30\ndepartments = 3\nfront_departments = 2\n"
                                           "customers = 200\nwarm_up = 2\n"})  # fmt: skip
    history(whole).to_csv(folder / "history.csv", index=False)
    found = backtested(read_folder(folder), 3, 60, 1, Runner(workers=1))
    assert found.series[0].weeks == 1 and len(found.series[0].values) == 9
    table = found.table.set_index(["forecast", "horizon"])
    own, naive = table.loc[("ccsim", "all"), "crps"], table.xs("all", level="horizon")["crps"].drop("ccsim").min()
    assert f"{verdict(own, naive)};" in found.lines()["fcr"]


def test_faults_of_every_column_of_an_export_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"0{k}.01.2026,A,x\n" for k in range(1, 10)) * 3
    path.write_text("opened_at,group,reassignment_count\n2026-01-31,A,0\n" + rows)
    with pytest.raises(InputErrors) as caught:
        read_tickets(path)
    output = str(caught.value).splitlines()
    assert len(output) == 40 and sum("(so do 7 more rows)" in line for line in output) == 2
    assert any("t.csv:3: reassignment_count: must be a whole number" in line for line in output)
    path.write_text("opened_at,group\n" + "0{k}/01/2026 10:00,A\n" * 6)
    with pytest.raises(
        InputErrors, match=r"t\.csv:2: opened_at: none of 6 cells, such as .*, is accepted; must be a date"
    ):
        read_tickets(path)


@pytest.mark.parametrize(("text", "message"), [
    ("opened_at,group\n", r"t\.csv:2: there are no rows"),
    ("", r"t\.csv: is empty"),
    ("opened_at\n2026-01-05\n", r"t\.csv:1: group: the column is missing"),
    ("opened_at,group\n2026-01-05,A,x,y\n", r"t\.csv:2: has more cells than the header, which has 2"),
    ("opened_at,group,group\n2026-01-05,A,x\n", r"t\.csv:1: 'group': two columns of the header have this name"),
    ("opened_at,group,note\n\n2026-01-05,A,\"two\nlines\"\n \nx,B,\n", r"t\.csv:6: opened_at: must be a date"),
    ("opened_at,group\n,A\n", r"t\.csv:2: opened_at: must be a date"),
    ("opened_at,group,caller,reopen_count\n2026-01-05,A,Miller,Miller\n", r"t\.csv:2: reopen_count: must be .*, got a text of 6 characters"),
    ("number,opened_at,group\n7,2026-01-05,A\n7,2026-01-06,B\n", r"t\.csv:3: number: is the same ticket as in line 2"),
    ("opened_at,group\nAnna Canary,A\n", r"t\.csv:2: opened_at: must be .*, got a text of 11 characters"),
])  # fmt: skip
def test_an_export_that_cannot_be_read_is_one_message(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(CcsimError, match=message):
        read_tickets(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_tickets(tmp_path)
    path.write_bytes("opened_at,group\n2026-01-05,Büro\n".encode("cp1252"))
    with pytest.raises(InputError, match=r"is not UTF-8 text \(line 2\)"):
        read_tickets(path)


def test_universal_time_separators_and_a_byte_order_mark_of_an_export_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "\ufeffOpened_At;Group;solved_at\n2026-01-05T10:00:00Z;A;2026-01-05T12:00\n2026-01-05T10:00:00+02:00;B;\n"
    )
    found = weekly(read_tickets(path))
    assert found["group"].tolist() == ["A", "B"] and found["median_hours"][0] == 2.0


def test_weekly_figures_that_are_handed_on_hold_no_group_of_few_agents(tmp_path: Path) -> None:
    rows = [
        f"2026-01-{5 + k % 14:02d}T10:00,{group},{group}{k % agents}"
        for group, agents in (("A", 12), ("B", 2), ("C", 9))
        for k in range(60)
    ]
    path = tmp_path / "t.csv"
    path.write_text("opened_at,group,agent\n" + "\n".join(rows) + "\n")
    tickets = read_tickets(path)
    write_tickets(tmp_path / "whole", tickets)
    write_tickets(tmp_path / "shown", tickets, smallest=10)
    whole, shown = (pd.read_csv(tmp_path / name / "weekly.csv") for name in ("whole", "shown"))
    assert set(whole["group"]) == {"A", "B", "C"} and set(shown["group"]) == {"A", "others"}
    assert shown["opened"].sum() == whole["opened"].sum() and small_groups(tickets, 10) == 2
    assert (tmp_path / "whole" / ".gitignore").is_file()
    with pytest.raises(InputError, match="--column agent=NAME"):
        write_tickets(tmp_path / "no", tickets.drop(columns="agent"), smallest=10)


DAYS = [f"{day:%Y-%m-%d} 09:30" for day in pd.date_range("2026-01-05", periods=84, freq="8h")]


@pytest.mark.parametrize("names", [
    ("number", "opened_at", "assignment_group", "assigned_to", "reassignment_count", "reopen_count", "resolved_at"),
    ("Number", "Opened", "Assignment group", "Assigned to", "Reassignment count", "Reopen count", "Resolved"),
    ("Id", "Created at", "Group", "Assignee", "Group stations", "Reopens", "Solved at"),
    ("Ticket ID", "Ticket created - Date", "Ticket group", "Assignee name", "Group stations", "Reopens", "Ticket solved - Date"),
])  # fmt: skip
def test_exports_of_service_now_and_zendesk_are_read_by_the_names_of_their_columns_in_any_order(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    stations = "stations" in names[4]
    rows = [
        (f"{k}", day, "Desk" if k % 3 else "Back", f"agent {k % 12}", str(k % 2 + stations), str(int(k % 6 == 0)), day)
        for k, day in enumerate(DAYS)
    ]
    order = [4, 2, 0, 6, 1, 3, 5]
    lines = [",".join(row[place] for place in order) for row in (names, *rows)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    write_tickets(tmp_path / "o", read_tickets(tmp_path / "t.csv"))
    known = pd.read_csv(tmp_path / "o" / "history.csv")
    stated = pd.read_csv(tmp_path / "o" / "departments.csv").set_index("department")
    assert stated["first_time"].tolist() == [0.5, 0.5] and stated["arrivals"].tolist() == [7.0, 14.0]
    assert known["answers"].tolist() == [21, 21] and known["value"].between(0.3, 0.4).all()


def test_without_a_column_for_hand_ons_no_first_time_resolution_is_made_up(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("opened_at,group\n" + "".join(f"{day},A\n" for day in DAYS))
    result = CliRunner().invoke(app, ["org", "read", str(path), "--into", str(tmp_path / "o")])
    assert (
        result.exit_code == 0 and "no history is written; name the column with --column handed_on=NAME" in result.output
    )
    assert not (tmp_path / "o" / "history.csv").exists()
    assert list(pd.read_csv(tmp_path / "o" / "weekly.csv")) == ["week", "group", "opened"]
    assert list(pd.read_csv(tmp_path / "o" / "departments.csv")) == ["department", "front", "arrivals"]


@pytest.mark.parametrize(("name", "cells"), [
    ("time_worked", ("600", "1200", "")), ("Handling minutes", ("10", "20", "")), ("worked", ("0:10:00", "0:20", "")),
])  # fmt: skip
def test_working_times_of_an_export_are_the_handling_times_of_its_groups(
    tmp_path: Path, name: str, cells: tuple[str, ...]
) -> None:
    path = tmp_path / "t.csv"
    rows = [
        f"{day},{'A' if k % 2 else 'B'},{cells[k % 2] if k > 5 else cells[2]},0,x{k % 4}" for k, day in enumerate(DAYS)
    ]
    path.write_text(f"opened_at,group,{name},reassignment_count,agent\n" + "\n".join(rows) + "\n")
    write_tickets(tmp_path / "o", read_tickets(path))
    stated = pd.read_csv(tmp_path / "o" / "departments.csv").set_index("department")
    assert stated["minutes"].to_dict() == {"A": 20.0, "B": 10.0}
    assert layout_of_folder(tmp_path / "o").minutes.tolist() == pytest.approx([4 / 3, 2 / 3])
    path.write_text(f"opened_at,group,{name}\n2026-01-05,A,long\n2026-01-05,A,-3\n")
    with pytest.raises(InputErrors, match=r"t\.csv:2: .*: must be minutes, .*got 'long'"):
        read_tickets(path)


def test_a_log_of_changes_is_read_as_its_tickets_and_their_hand_offs(tmp_path: Path) -> None:
    """Each ticket arrives at Desk; every second one goes on to Back, and its rows are not in the order of time."""
    rows = []
    for k, day in enumerate(DAYS):
        later = day.replace("09:30", "11:30")
        rows += [f"{later},T{k},{'Back' if k % 2 else 'Desk'},b{k % 3}", f"{day},T{k},Desk,a{k % 4}"]
    log = tmp_path / "log.csv"
    log.write_text("Complete Timestamp,Case ID,org:group,Resource\n" + "\n".join(rows) + "\n")
    names = ("id=Case ID", "time=Complete Timestamp", "group=org:group", "agent=Resource")
    words = [word for name in names for word in ("--column", name)]
    result = CliRunner().invoke(
        app, ["org", "read", str(log), "--into", str(tmp_path / "o"), *words], catch_exceptions=False
    )
    assert result.exit_code == 0 and result.output.startswith("84 tickets of 1 group"), result.output
    stated = pd.read_csv(tmp_path / "o" / "departments.csv").set_index("department")
    assert stated["arrivals"].to_dict() == {"Desk": 21.0, "Back": 0.0} and stated.loc["Desk", "first_time"] == 0.5
    assert pd.read_csv(tmp_path / "o" / "handoffs.csv").to_dict("records") == [
        {"from": "Desk", "to": "Back", "share": 42}
    ]
    assert pd.read_csv(tmp_path / "o" / "history.csv")["value"].between(0.4, 0.6).all()


def test_tickets_of_the_log_of_incidents_are_those_of_the_export() -> None:
    source = shared("incident-tickets")
    events = read_tickets(source / "events.csv", needed=("id", "time", "group"))
    tickets = read_tickets(source / "tickets.csv")
    mine = tickets_of(events.assign(opened=events["time"]))
    assert is_log(events) and set(mine["id"]) == set(events["id"]) and not is_log(tickets)
    assert mine["id"].is_unique
