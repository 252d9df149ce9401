"""No output of any command holds a person: neither an identifier, nor a name, an address or a note of the files."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of, shared
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import InputError, InputErrors
from ccsim.organisations.io import read_folder
from ccsim.organisations.layout import layout_of_folder
from ccsim.organisations.measured import last_values
from ccsim.organisations.privacy import OTHERS
from ccsim.reports.figures.organisation import layout_table

TOML = """name = "Works"
[columns.people]
manager = "boss"
[sizes]
customers = 120
warm_up = 2
"""
SIGN = "canary"


def canaries(place: Path) -> Path:
    """Return a folder in which every identifier, name, address and note holds a sign."""
    people = ["id,boss,department,name,mail,note", f"{SIGN}-0,,Desk,{SIGN} name,{SIGN}@example.org,{SIGN} note"]
    for k in range(1, 31):
        group = "Desk" if k < 18 else "Back"
        people.append(f"{SIGN}-{k},{SIGN}-0,{group},{SIGN} name {k},{SIGN}{k}@example.org,{SIGN} note")
    ties = ["from,to,remark"] + [f"{SIGN}-{k},{SIGN}-{k % 30 + 1},{SIGN} remark" for k in range(1, 31)]
    days = pd.date_range("2022-03-31", periods=14, freq="QE")
    noise = np.random.default_rng(1).normal(0, 1, 14)
    history = ["date,kpi,value,error,department,remark"]
    history += [f"{day:%Y-%m-%d},csat,{70 + luck:.1f},1,,{SIGN} remark" for day, luck in zip(days, noise, strict=True)]
    history += [f"2025-06-30,csat,{value},1,{group},{SIGN}" for group, value in (("Desk", 71), ("Back", 64))]
    answers = ["tier,item,answer,who"] + [f"staff,L1,{k % 5 + 1},{SIGN} {k}" for k in range(12)]
    files = {"people": people, "ties": ties, "history": history, "answers": answers}
    return folder_of(
        place, {"organisation.toml": TOML} | {f"{name}.csv": "\n".join(rows) + "\n" for name, rows in files.items()}
    )


def call(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_kept_of_a_folder_and_what_check_assess_and_show_say_names_no_person(tmp_path: Path) -> None:
    folder = canaries(tmp_path / "o")
    inputs = {path.name for path in folder.iterdir()}
    output = "".join(call("org", command, str(folder)) for command in ("check", "assess", "show"))
    assert "30 posts" in output and "values of history.csv concern a department" in output
    assert SIGN not in output
    assert SIGN.encode() not in pickle.dumps((read_folder(folder), layout_of_folder(folder)))
    for path in folder.rglob("*"):
        assert path.name in inputs or path.is_dir() or SIGN.encode() not in path.read_bytes(), path


def nothing_told(folder: Path, inputs: set[str], message: str) -> None:
    """Check that neither what was printed nor any file of a folder but its inputs holds the sign."""
    assert SIGN not in message
    written = [path for path in folder.rglob("*") if path.is_file() and path.name not in inputs]
    assert len(written) > 3
    for path in written:
        assert SIGN not in str(path.relative_to(folder)) and SIGN.encode() not in path.read_bytes(), path
        if path.suffix == ".parquet":
            assert SIGN not in pd.read_parquet(path).to_csv()


@pytest.mark.slow
def test_fit_back_test_forecast_and_what_follows_name_no_person(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = canaries(tmp_path / "o")
    inputs = {path.name for path in folder.iterdir()}
    here, sizes = str(folder), ("--worlds", "40", "--worlds-from", "declared", "--workers", "2")
    output = "".join(call("org", command, here, *sizes) for command in ("fit", "backtest", "forecast"))
    assert output.count("Back-test of csat") == 2 and "values of history.csv concern a department" in output
    short = ("--organisation", here, "--workers", "2")
    output += call("run", "nothing", *short, "--weeks", "4", "--out", str(folder / "run"))
    output += call("compare", "direction", *short, "--weeks", "20", "--replicates", "2", "--out", str(folder / "cmp"))
    output += call("report", str(folder / "cmp"))
    output += call("reproduce", str(folder / "cmp"), "direction/top-down/csat/mean", "--workers", "1")
    output += call(
        "org", "decide", here, "--options", "top-down", "--weeks", "16", *sizes, "--out", str(folder / "decision")
    )
    output += call("org", "assess", here, "--form", str(folder / "questionnaire.html"))
    assert "The board's page" in output and "Report: " in output and "equal to the last bit" in output
    out, err = capfd.readouterr()
    nothing_told(folder, inputs, output + caplog.text + out + err)


def test_reading_a_ticket_export_names_no_person(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": 'name = "Desk"\n'})
    days = pd.date_range("2025-01-01", periods=140, freq="D").strftime("%Y-%m-%dT%H:%M")
    head = "number,opened_at,assignment_group,assigned_to,reassignment_count,reopen_count,caller,short_description,resolved_at"
    rows = [
        f"{SIGN}-{k},{day},{'Desk' if k % 3 else 'Back'},{SIGN} agent {k % 25},{k % 2},0,{SIGN} caller,{SIGN} text,{day}"
        for k, day in enumerate(days)
    ]
    moves = [f"{SIGN}-{k},{day},{group},{SIGN}" for k, day in enumerate(days) for group in ("Desk", "Back")]
    export, events = tmp_path / "tickets.csv", tmp_path / "events.csv"
    export.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    events.write_text("\n".join(["number,sys_updated_at,assignment_group,comment", *moves]) + "\n", encoding="utf-8")
    output = call("org", "read", str(export), "--into", str(folder), "--events", str(events))
    output += call("org", "check", str(folder)) + call("org", "show", str(folder))
    assert "140 tickets of 2 groups" in output
    nothing_told(folder, set(), output)


def test_what_is_refused_names_no_person(tmp_path: Path) -> None:
    folder = canaries(tmp_path / "o")
    people = (folder / "people.csv").read_text(encoding="utf-8")
    wrong = {
        "a manager that is not there": people.replace(f"{SIGN}-1,{SIGN}-0", f"{SIGN}-1,{SIGN}-nobody"),
        "an identifier twice": people.replace(f"{SIGN}-2,", f"{SIGN}-1,"),
        "a circle": people.replace(f"{SIGN}-0,,", f"{SIGN}-0,{SIGN}-3,"),
        "too many cells": people + f"{SIGN},{SIGN},Desk,{SIGN},{SIGN},{SIGN},{SIGN} more\n",
        "a quotation mark": people + f'"{SIGN},,Desk\n',
        "no such column": people.replace("id,boss", f"{SIGN}id,boss"),
    }
    for what, text in wrong.items():
        (folder / "people.csv").write_text(text, encoding="utf-8")
        with pytest.raises((InputError, InputErrors)) as refused:
            CliRunner().invoke(app, ["org", "check", str(folder)], catch_exceptions=False, standalone_mode=False)
        output = str(refused.value).replace(f"{SIGN}id", "")
        assert "people.csv" in output and SIGN not in output, (what, output)


def agency(place: Path, groups: dict[str, int]) -> Path:
    """Return a survey of groups with so many answers, each with the share of positive answers of a small agency."""
    items = pd.read_csv(shared("engagement-small-agency") / "items.csv")
    positive = items[items["index"].notna()]["positive"].mean() / 100
    rows = [f"2024-06-30,engagement,{positive - k / 100:.3f},{name},{n}" for k, (name, n) in enumerate(groups.items())]
    sizes = {name: [f"{name}-{k},{name}" for k in range(n)] for name, n in groups.items()}
    return folder_of(place, {
        "organisation.toml": 'name = "Agency"\n', "history.csv": "date,kpi,value,department,answers\n" + "\n".join(rows) + "\n",
        "people.csv": "id,department\n" + "\n".join(row for each in sizes.values() for row in each) + "\n",
    })  # fmt: skip


def test_of_a_survey_a_group_of_20_is_shown_and_one_of_8_is_merged(tmp_path: Path) -> None:
    folder = agency(tmp_path / "o", {"Board": 20, "Law": 8, "Press": 5})
    table = layout_table(read_folder(folder), layout_of_folder(folder), 1)
    survey = table[table["what"] == "engagement by department, last value"].set_index("group")["data"]
    assert list(survey.index) == ["Board", OTHERS]
    first = survey["Board"]
    assert survey[OTHERS] == pytest.approx((8 * (first - 0.01) + 5 * (first - 0.02)) / 13, abs=1e-3)
    # Of two groups, one of 8: the whole less the other would be those 8.
    two = agency(tmp_path / "two", {"Board": 20, "Law": 8})
    assert last_values(read_folder(two), layout_of_folder(two))["group"].tolist() == [OTHERS]
    few = agency(tmp_path / "few", {"Law": 8})
    assert not len(last_values(read_folder(few), layout_of_folder(few)))
