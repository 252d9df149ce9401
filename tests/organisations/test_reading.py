"""Files are read as they are written, and every fault is told in one go with its place."""

from __future__ import annotations

import pickle
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of, managers, shared

from ccsim.errors import InputErrors
from ccsim.model.settings import all_parameters
from ccsim.organisations.assessment import assess, image_in_words, interval_of
from ccsim.organisations.io import read_folder
from ccsim.organisations.knowledge import knowledge
from ccsim.organisations.layout import layout_of_folder
from ccsim.organisations.privacy import OTHERS, SALT_FILE, merged
from ccsim.organisations.questionnaire import ITEMS
from ccsim.organisations.template import write_template

HEAD = 'name = "x"\n'


def faults(folder: Path) -> list[str]:
    with pytest.raises(InputErrors) as caught:
        read_folder(folder)
    return str(caught.value).splitlines()


def test_every_fault_of_every_file_is_reported_at_once_with_file_line_column_and_what_is_accepted(
    tmp_path: Path,
) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD + 'currenzy = "EUR"\n',
        "people.csv": "id,department,manager,fte\na,A,,1\nb,A,zz,1.5\na,,b,x\n",
        "history.csv": "date,kpi,value\n31.12.2025,csat,70\n2025-12-31,csatt,70\n",
    })  # fmt: skip
    output = faults(folder)
    wanted = [
        r"organisation\.toml:2: currenzy: .*did you mean 'currency'", r"people\.csv:3: fte: .*from 0 to 1, got '1.5'",
        r"people\.csv:3: manager: is not a person", r"people\.csv:4: department: is empty", r"people\.csv:4: fte: .*'x'",
        r"people\.csv:4: id: occurs a second time", r"history\.csv:2: date: .*2026-01-31, got '31.12.2025'",
        r"history\.csv:3: kpi: 'csatt' is not a KPI .*csat",
    ]  # fmt: skip
    assert all(any(re.search(each, line) for line in output) for each in wanted), output
    assert len(output) == len(wanted)


def test_a_spreadsheet_of_another_country_is_read_as_it_is_meant(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD + '[columns.people]\ndepartment = "Abteilung"\nfte = "Anteil"\n',
        "people.csv": "\ufeffAbteilung;Anteil\nA;0,5\nA;1\n",
    })  # fmt: skip
    assert read_folder(folder).tables["people"][0].frame["fte"].tolist() == [0.5, 1.0]


def test_what_spreadsheets_add_to_a_table_is_passed_over(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD, "people.csv": "sep=;\nid;department;fte\na;A;0,5\nb;A;1\n;;\n ;;\n",
        "history.csv": "date,kpi,value,\n2025-12-31,csat,70,\n2026-03-31,csat,170,\n,,,\n",
    })  # fmt: skip
    output = faults(folder)
    assert len(output) == 1 and re.search(r"history\.csv:3: value: csat .*from 0 to 100.*, got 170", output[0]), output
    (folder / "history.csv").unlink()
    table = read_folder(folder).tables["people"][0]
    assert table.frame["fte"].tolist() == [0.5, 1.0] and table.lines[0] == 3


def test_amounts_below_0_and_shares_above_1_are_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD + "[sizes]\nprospects = -1\n", "people.csv": "id,department,years,pay\na,A,-3,-100\n",
        "departments.csv": "department,arrivals\nA,-5\n", "handoffs.csv": "from,to,share\nA,A,-1\n",
        "segments.csv": "segment,customers,churn,period\ns,10,1.5,month\n",
        "history.csv": "date,kpi,value,error\n2024-01-01,fcr,65,-1\n",
    })  # fmt: skip
    output = faults(folder)
    wanted = [
        r"people\.csv:2: years: .*at least 0, got '-3'", r"people\.csv:2: pay: .*'-100'", r"departments\.csv:2: arrivals: .*'-5'",
        r"handoffs\.csv:2: share: .*'-1'", r"segments\.csv:2: churn: .*from 0 to 1, got '1\.5'", r"history\.csv:2: value: .*got 65.*65 % is 0\.65",
        r"history\.csv:2: error: .*'-1'", r"organisation\.toml:3: sizes\.prospects: ",
    ]  # fmt: skip
    assert all(any(re.search(each, line) for line in output) for each in wanted), output
    assert len(output) == len(wanted)


@pytest.mark.parametrize(("text", "message"), [
    ('department,fte\nA,"0,5"\n', r"people\.csv:2: fte: .*decimal commas are only recognised in files separated by semicolons.*got '0,5'"),
    ("department;fte\nA;0,5\nA;1.000\n", r"people\.csv:3: fte: .*'1.000'"),
    ("department,fte\nA,1,7\n", r"people\.csv:2: has 3 cells; the header 2"),
    ("dept,fte\nA,1\n", r"people\.csv: department: the column is missing .*\[columns\.people\]"),
    ("department,fte\n", r"people\.csv:2: there are no rows"),
    ("", r"people\.csv: is empty"),
    ("department\n" + "long text " * 20 + "\n", r"people\.csv:2: department: .*1\d\d characters.*free text is not read"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    output = faults(folder_of(tmp_path / "o", {"organisation.toml": HEAD, "people.csv": text}))
    assert any(re.search(message, line) for line in output), output


@pytest.mark.parametrize("data", ["department\nBüro\n".encode("latin-1"), "department\nA\n".encode("utf-16")])
def test_another_encoding_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": HEAD})
    (folder / "people.csv").write_bytes(data)
    assert "save it as CSV UTF-8" in faults(folder)[0]


def test_a_circle_of_superiors_and_ties_to_no_person_are_reported(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD, "people.csv": "id,department,manager\na,A,b\nb,A,a\nc,A,\n",
        "ties.csv": "from,to\na,b\nc,c\nc,x\n",
    })  # fmt: skip
    output = faults(folder)
    assert [bool(re.search(r"people\.csv:\d: manager: is part of a circle", line)) for line in output].count(True) == 1
    assert any("ties.csv:3: to: is the same person" in line for line in output)
    assert any("ties.csv:4: to: is not a person" in line for line in output)


def telco(place: Path, period: str) -> Path:
    source = shared("telco-churn")
    text = (
        HEAD + '[columns.segments]\nsegment = "contract"\nrevenue = "monthly_charges"\n[periods]\nrevenue = "month"\n'
    )
    folder_of(place, {"organisation.toml": text + (f'churn = "{period}"\n' if period else "")})
    shutil.copy(source / "customers.csv", place / "segments.csv")
    return place


def test_churn_without_a_period_is_refused_and_with_month_accepted(tmp_path: Path) -> None:
    output = faults(telco(tmp_path / "bare", ""))
    assert len(output) == 1 and re.search(
        r"segments\.csv:2: churn: .*needs a period.*week, month, quarter or year", output[0]
    )
    layout = layout_of_folder(telco(tmp_path / "month", "month"))
    assert layout.customers.sum() == 7043
    assert layout.segments[layout.mobility.argmax()] == "Month-to-month"


def test_a_group_of_20_is_shown_and_one_of_8_is_merged_so_that_no_difference_from_the_whole_shows_it() -> None:
    names = merged({"A": 20, "B": 8, "C": 5, "D": 40}, 10)
    assert names == {"A": "A", "B": OTHERS, "C": OTHERS, "D": "D"}
    assert merged({"A": 20}, 10) == {"A": "A"}
    # The whole of 28 less A would be B.
    assert merged({"A": 20, "B": 8}, 10) == {"A": OTHERS, "B": OTHERS}
    rng = np.random.default_rng(1)
    for _ in range(200):
        sizes = {str(number): int(size) for number, size in enumerate(rng.integers(1, 25, rng.integers(1, 7)))}
        shown = merged(sizes, 10)
        groups: dict[str, int] = {}
        for name, size in sizes.items():
            groups[shown.get(name, "")] = groups.get(shown.get(name, ""), 0) + size
        assert all(size >= 10 for name, size in groups.items() if name)
        assert "" not in groups or sum(sizes.values()) < 10
    assert merged({"A": 20, "B": 8, "D": 40}, 10) == {"A": OTHERS, "B": OTHERS, "D": "D"}
    assert merged({"A": 4}, 10) == {}


def test_attrition_without_a_period_is_read_and_what_it_cannot_say_is_said(tmp_path: Path) -> None:
    source = shared("hr-attrition")
    text = (
        HEAD
        + '[columns.people]\ndepartment = "Department"\nyears = "YearsAtCompany"\nleft = "Attrition"\npay = "MonthlyIncome"\n'
    )
    folder = folder_of(tmp_path / "o", {"organisation.toml": text + '[periods]\npay = "month"\n'})
    shutil.copy(source / "employees.csv", folder / "people.csv")
    message = {fact.subject: fact for fact in knowledge(read_folder(folder), layout_of_folder(folder))}
    assert (
        not message["staff turnover"].known
        and "16.1% of the rows left, but the period is not known" in message["staff turnover"].statement
    )
    assert not message["reporting lines"].known
    assert message["time in the organisation"].known and message["pay"].known


def test_calls_by_hour_are_read_as_a_driver(tmp_path: Path) -> None:
    source = shared("bank-calls-2003")
    text = (
        HEAD
        + '[columns.drivers]\nvalue = "calls"\n[constants.drivers]\nname = "demand"\n[drivers]\ndemand = "demand.surge"\n'
    )
    folder = folder_of(tmp_path / "o", {"organisation.toml": text})
    shutil.copy(source / "hourly.csv", folder / "drivers.csv")
    frame = read_folder(folder).frame("drivers")
    assert frame is not None and frame["value"].sum() == pd.read_csv(source / "hourly.csv")["calls"].sum()


def test_the_template_has_no_fault_and_git_ignores_it(tmp_path: Path) -> None:
    write_template(tmp_path / "my")
    read = read_folder(tmp_path / "my")
    assert {"people", "departments", "segments", "history", "events", "answers"} == set(read.tables)
    assert (tmp_path / "my" / ".gitignore").read_text().splitlines()[1] == "*"


def test_no_identifier_is_kept_in_memory_or_reported(tmp_path: Path) -> None:
    folder = managers(tmp_path / "o")
    people = folder / "people.csv"
    frame = pd.read_csv(people, dtype=str).fillna("")
    for name, columns in ((people, ["id", "reports_to"]), (folder / "ties.csv", ["from", "to"])):
        table = frame if name == people else pd.read_csv(name, dtype=str)
        for column in columns:
            table[column] = table[column].map(lambda one: f"secret{one}" if one else "")
        table.to_csv(name, index=False)
    read = read_folder(folder)
    kept = "".join(each.frame.to_csv() for tables in read.tables.values() for each in tables)
    assert "secret" not in kept
    assert (folder / SALT_FILE).is_file()
    assert read_folder(folder).tables["people"][0].frame["id"].tolist() == read.tables["people"][0].frame["id"].tolist()


def test_each_item_moves_a_parameter_within_what_it_accepts_to_an_interval_and_never_a_point() -> None:
    assert len(ITEMS) == 24
    for code, item in ITEMS.items():
        if item.moves:
            row = all_parameters()[item.moves]
            assert row.role in ("lever", "assumption") and item.low != item.high and item.ground
            assert row.legal[0] <= min(item.low, item.high) and max(item.low, item.high) <= row.legal[1]
            for answers in ([3.0] * 200, [1.0], [5.0, 5.0], []):
                low, high = interval_of(code, np.array(answers))
                assert low < high


def test_no_message_quotes_a_cell_that_may_name_a_person(tmp_path: Path) -> None:
    rows = "".join(f"p{k},Desk,Canary{k},canary{k}@example.org,1\n" for k in range(12))
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD + '[columns.people]\nfte = "name"\npay = "mail"\nyears = "id"\n',
        "people.csv": "id,department,name,mail,hired\n" + rows,
        "history.csv": "date,kpi,value,error\n2025-12-31,csat,Canary Muster,1\n2025-11-30,csat,canary@example.org,p1\n",
    })  # fmt: skip
    output = faults(folder)
    assert not [line for line in output if "anary" in line], output
    assert any("none of 12 cells, such as a text of 19 characters, is accepted" in line for line in output), output
    assert any(
        re.search(
            r"id: none of 12 cells, such as a text of 2 characters, is accepted; years must be .*name another column",
            line,
        )
        for line in output
    ), output
    assert any(
        re.search(r"history\.csv:2: value: must be a number.*, got a text of 13 characters", line) for line in output
    ), output


def test_what_is_read_keeps_no_text_of_columns_that_are_not_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": HEAD, "people.csv": "id,department,name\ncanary-id,Desk,Canary Muster\n",
    })  # fmt: skip
    assert b"anary" not in pickle.dumps(read_folder(folder)).lower()


def test_the_self_image_stands_beside_what_customers_say(tmp_path: Path) -> None:
    write_template(tmp_path / "my")
    found = assess(read_folder(tmp_path / "my"))
    assert found.image["self_image"].is_monotonic_decreasing
    assert found.customers == pytest.approx(74.4, abs=0.5)
    assert "claim S10" in image_in_words(found)[1]


def test_a_tier_of_few_is_shown_together_with_the_next(tmp_path: Path) -> None:
    answers = ["tier,item,answer"] + [f"top,{item},5" for item in ITEMS for _ in range(3)]
    answers += [f"staff,{item},2" for item in ITEMS for _ in range(12)]
    folder = folder_of(tmp_path / "o", {"organisation.toml": HEAD, "answers.csv": "\n".join(answers) + "\n"})
    assert assess(read_folder(folder)).image["tier"].tolist() == ["top and middle and staff"]


@pytest.mark.parametrize(("text", "message"), [
    ("department;pay\nA;45.000\nB;46.000\n", r"pay: .* could mean 45000 or 45,000: write thousands without a point.*got '45.000'"),
    ("department;pay\nA;45.000,50\nB;46,5\n", r"pay: .* without thousands separators, got '45.000,50'"),
    ('department,pay\nA,"45,000.50"\n', r"pay: .* without thousands separators, got '45,000.50'"),
])  # fmt: skip
def test_a_point_that_may_part_thousands_is_never_read_as_a_decimal_point(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputErrors, match=rf"people\.csv:2: {message}"):
        read_folder(folder_of(tmp_path / "o", {"organisation.toml": HEAD, "people.csv": text}))


def test_decimal_points_in_files_of_other_separators_are_read_where_they_cannot_part_thousands(tmp_path: Path) -> None:
    for sign in (";", "\t"):
        rows = f"department{sign}fte{sign}pay\nA{sign}0.125{sign}45.5\nB{sign}1{sign}46.250\n"
        read = read_folder(folder_of(tmp_path / "o", {"organisation.toml": HEAD, "people.csv": rows})).frame("people")
        assert read is not None and read["pay"].tolist() == [45.5, 46.25] and read["fte"][0] == 0.125


def test_a_cell_of_a_column_that_is_not_read_is_not_quoted_from_another_column(tmp_path: Path) -> None:
    rows = "department,fte,name\nA,1,Miller\nA,Miller,1\nA,abc,\n"
    with pytest.raises(InputErrors) as caught:
        read_folder(folder_of(tmp_path / "o", {"organisation.toml": HEAD, "people.csv": rows}))
    assert "Miller" not in str(caught.value) and re.search(
        "people.csv:3: fte: must be .*, got a text of 6 characters", str(caught.value)
    )
    assert re.search("people.csv:4: fte: must be .*, got 'abc'", str(caught.value))
