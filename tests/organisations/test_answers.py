"""Several people answer the questionnaire by tier: in a file, in the terminal, or on a page that saves a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.errors import InputError, InputErrors
from ccsim.organisations.answers import add_answers, answers_of, read_answers
from ccsim.organisations.io import read_folder
from ccsim.organisations.questionnaire import ITEMS
from ccsim.reports.questionnaire import questionnaire_page


def call(*words: str, given: str = "") -> str:
    result = CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "o", {"organisation.toml": 'name = "Works"\n'})


def test_a_person_is_asked_in_the_terminal_until_each_answer_is_one(folder: Path) -> None:
    output = call("org", "assess", str(folder), "--ask", "staff", given="six\n" + "4\n" * len(ITEMS))
    assert "Please enter a number from 0 to 5" in output and "People who have answered: 1." in output
    frame = read_folder(folder).frame("answers")
    assert frame is not None and frame["item"].tolist() == list(ITEMS) and set(frame["answer"]) == {4.0}


def test_answers_are_ordered_so_that_no_row_stands_by_others_of_its_person(folder: Path) -> None:
    for tier, answer in (("staff", 5), ("top", 2), ("staff", 1)):
        people = add_answers(folder, answers_of(tier, dict.fromkeys(ITEMS, answer)))
    assert people == 3
    lines = (folder / "answers.csv").read_text().splitlines()
    assert lines[:3] == ["tier,item,answer", "top,L1,2", "top,L2,2"]
    assert lines[1 + len(ITEMS) :][:4] == ["staff,L1,1", "staff,L1,5", "staff,L2,1", "staff,L2,5"]


def test_few_answers_are_counted_and_neither_their_mean_nor_their_interval_is_shown(folder: Path) -> None:
    add_answers(folder, answers_of("top", dict.fromkeys(ITEMS, 5)))
    output = call("org", "assess", str(folder))
    assert output.count("1 answer, too few to show a result") == sum(bool(item.moves) for item in ITEMS.values())
    assert (
        "between" not in "".join(line for line in output.splitlines() if "answers" in line)
        and "Self-image" not in output
    )


def test_every_fault_of_saved_answers_is_reported_and_an_own_form_of_the_file_is_left_alone(folder: Path) -> None:
    saved = folder / "saved.csv"
    saved.write_text("tier,item,answer\nstaff,L1,9\nThe Boss,L9,2\n")
    with pytest.raises(InputErrors) as caught:
        read_answers([saved])
    output = str(caught.value).splitlines()
    assert len(output) == 3 and "must be top, middle or staff, got a text of 8 characters" in "".join(output)
    (folder / "answers.csv").write_text("Ebene;Frage;Wert\nstaff;L1;3\n")
    with pytest.raises(InputError, match="has another header"):
        add_answers(folder, answers_of("top", {"L1": 3}))
    with pytest.raises(InputError, match="must be one of top, middle, staff"):
        answers_of("boss", {"L1": 3})


def test_the_page_asks_every_item_and_loads_nothing(folder: Path, tmp_path: Path) -> None:
    text = questionnaire_page(read_folder(folder), tmp_path / "form.html").read_text(encoding="utf-8")
    assert all(item.text.replace("'", "&#39;") in text for item in ITEMS.values())
    assert text.count("<fieldset>") == 24 and "http" not in text


@pytest.mark.slow
def test_the_page_saves_answers_that_the_command_takes(folder: Path, browser: Any, tmp_path: Path) -> None:
    file = questionnaire_page(read_folder(folder), tmp_path / "form.html")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.select_option("select", "middle")
    page.check("input[name=L1][value='5']")
    with page.expect_download() as waited:
        page.click("button")
    waited.value.save_as(tmp_path / "saved.csv")
    assert "Saved as answers-middle-" in page.text_content("output")
    page.close()
    call("org", "assess", str(folder), "--add", str(tmp_path / "saved.csv"))
    frame = pd.read_csv(folder / "answers.csv").set_index("item")
    assert len(frame) == 24 and frame.loc["L1", "answer"] == 5 and frame["answer"].sum() == 5
    assert set(frame["tier"]) == {"middle"}
