"""A folder with a fault is answered in one message with file, line and what is accepted; never by a traceback."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.organisations.own_folder import folder_of
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import CcsimError
from ccsim.organisations.tables import text_of

PEOPLE = "id,department,manager\na,Desk,\nb,Desk,a\nc,Desk,a\n"
FILES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "missing file": ({"organisation.toml": '[files]\npeople = "staff.csv"\n'}, r"organisation\.toml:2: files\.people: 'staff.csv': there is no such file"),
    "missing organisation.toml": ({"people.csv": PEOPLE}, r"contains no organisation\.toml; ccsim org new"),
    "cp1252": ({"people.csv": "id,department\na,Büro\n".encode("cp1252")}, r"people\.csv: is not UTF-8 text \(line 2\); save it as CSV UTF-8"),
    "a workbook": ({"people.csv": b"PK\3\4\0\0\0"}, r"people\.csv: is not UTF-8 text; save it as CSV UTF-8"),
    "ids twice": ({"people.csv": "id,department\na,Desk\na,Desk\n"}, r"people\.csv:3: id: occurs a second time"),
    "a circle": ({"people.csv": "id,department,manager\na,Desk,c\nb,Desk,a\nc,Desk,b\n"}, r"people\.csv:\d: manager: is part of a circle"),
    "empty": ({"people.csv": ""}, r"people\.csv: is empty; it must have a header and rows"),
    "a header alone": ({"people.csv": "id,department\n"}, r"people\.csv:2: there are no rows below the header"),
    "negative hours": ({"departments.csv": "department,minutes\nDesk,-4\n", "people.csv": PEOPLE}, r"departments\.csv:2: minutes: must be a number of at least 0, got '-4'"),
    "a column named by a number": (
        {"organisation.toml": "[columns.history]\nvalue = 3\n", "history.csv": "date,kpi,value\n2024-12-31,csat,70\n"},
        r"organisation\.toml:2: columns\.history\.value: must be a text or a list of texts, got 3",
    ),
    "a needed column under another name": ({"people.csv": "id,Abteilung\na,Desk\n"}, r"people\.csv: department: the column is missing.*\[columns\.people\] of organisation\.toml"),
    "dates of three forms": (
        {"history.csv": "date,kpi,value\n31.12.2024,csat,70\n12/31/2024,csat,70\n31-Dec-24,csat,70\n2024-12-31,csat,70\n"},
        r"history\.csv:2: date: must be a date such as 2026-01-31, got '31\.12\.2024'\n.*history\.csv:3: date: .*'12/31/2024'.*\n.*history\.csv:4: date: .*'31-Dec-24'",
    ),
    "no date of ours at all": (
        {"history.csv": "date,kpi,value\n" + "".join(f"{k:02d}.12.2024,csat,70\n" for k in range(1, 10))},
        r"^[^\n]*history\.csv:2: date: none of 9 cells, such as '01\.12\.2024', is accepted; date must be a date such as 2026-01-31[^\n]*$",
    ),
    "huge numbers": ({"segments.csv": "segment,customers\ns,1e300\n"}, r"segments\.csv:2: customers: 1e\+300 and the other rows sum to 1e\+300; at most 20,000,000 are accepted"),
    "more posts than memory": ({"posts.csv": "department,fte\nDesk,3\nBack,1e12\n"}, r"posts\.csv:3: fte: 1e\+12 and the other rows .*at most 1,000,000 are accepted"),
    "no time at all": ({"people.csv": "id,department,fte\na,Desk,0\nb,Desk,0\n"}, r"people\.csv:2: fte: no row has any time; at least one row must have a number above 0"),
    "nobody in front": ({"departments.csv": "department,front\nDesk,no\n", "people.csv": PEOPLE}, r"departments\.csv:2: front: no row says where customers call; must be yes"),
    "no arrivals": ({"departments.csv": "department,arrivals\nDesk,0\n", "people.csv": PEOPLE}, r"departments\.csv:2: arrivals: no row says where customers call"),
    "a segment of no file": (
        {"segments.csv": "segment,customers\nprivate,50\n", "history.csv": "date,kpi,value,segment\n2024-12-31,csat,70,privat\n"},
        r"history\.csv:2: segment: 'privat' is not a segment of segments\.csv \(did you mean 'private'\?\)",
    ),
    "a year beyond all": ({"history.csv": "date,kpi,value\n9999-12-31,csat,70\n2024-12-31,csat,70\n"}, r"history\.csv:2: date: must be .*from 1900 to 2199, got '9999-12-31'"),
    "a quotation mark that is not closed": ({"people.csv": 'id,department\na,"Desk\nb,Desk\n'}, r"people\.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_faulty_folder_is_one_clear_message(name: str, tmp_path: Path) -> None:
    files, wanted = FILES[name]
    folder = folder_of(
        tmp_path / "o", {} if name == "missing organisation.toml" else {"organisation.toml": 'name = "x"\n'}
    )
    for file, content in files.items():
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    result = CliRunner().invoke(app, ["org", "check", str(folder)])
    assert isinstance(result.exception, CcsimError), (result.exception, result.output)
    assert re.search(wanted, str(result.exception), re.MULTILINE), str(result.exception)
    assert len(str(result.exception).splitlines()) <= 3


def test_a_byte_order_mark_and_columns_that_no_person_asked_for_are_no_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": 'name = "x"\n'})
    (folder / "people.csv").write_bytes(
        b"\xef\xbb\xbf" + PEOPLE.replace("manager", "manager,shoe size").encode().replace(b"\n", b"\r\n")
    )
    result = CliRunner().invoke(app, ["org", "check", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0 and "Not read: 1 column of" in result.output


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_table_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "people.csv")
    assert text_of(tmp_path / "people.csv") == ("", "is a pipe, not a file")
