"""The course holds together: numbers are filled in, slides fit, the test and the bets are scored rightly, the zip is whole."""

from __future__ import annotations

import ast
import csv
import importlib
import json
import math
import random
import re
import sys
import zipfile
from pathlib import Path
from statistics import fmean
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

HERE = Path(__file__).parents[2] / "teaching"

pytestmark = pytest.mark.skipif(not HERE.exists(), reason="the tests run outside the repository")


def module(name: str, folder: str = "") -> ModuleType:
    sys.path[:0] = [str(HERE), str(HERE / folder)]
    try:
        return importlib.import_module(name)
    finally:
        del sys.path[:2]


@pytest.fixture(scope="module")
def deck() -> ModuleType:
    pytest.importorskip("markdown", reason="the extra course is not installed")
    return module("deck")


@pytest.fixture(scope="module")
def build(deck: ModuleType) -> ModuleType:
    return module("build")


def texts() -> list[Path]:
    return [page for page in sorted(HERE.rglob("*.md")) if page.name != "README.md"]


# Numbers -------------------------------------------------------------------------------------------------------------


def test_a_number_is_filled_in_with_its_format_or_its_word() -> None:
    numbers = module("course_numbers")
    found = {"gap": {"csat": -3.21}, "row": [1.0, 2.0]}
    assert numbers.fill("{{gap.csat|+.1f}} {{gap.csat|above/below}} {{row.2|.0f}}", found) == "−3.2 below 2"
    with pytest.raises(KeyError, match=r"gap\.nps"):
        numbers.fill("{{gap.nps|.1f}}", found)


@pytest.mark.parametrize("page", [*texts(), *sorted((HERE / "slides").glob("*.md"))], ids=lambda page: page.name)
def test_every_place_for_a_number_of_a_text_leads_to_one(page: Path, build: ModuleType) -> None:
    filled = module("course_numbers").fill(page.read_text(encoding="utf-8"), build.numbers())
    assert "{{" not in filled


def test_the_claims_of_the_bet_are_those_of_the_ledger() -> None:
    numbers = module("course_numbers")
    found = numbers.claims()
    assert tuple(found) == numbers.BETS
    ledger = (HERE.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    for name, row in found.items():
        line = next(line for line in ledger.splitlines() if line.startswith(f"| [{name}]"))
        assert f"| {row['holds']} % | {row['reversed']} % | **{row['verdict']}** |" in line


def test_the_page_for_the_bet_has_the_claims_of_the_ledger_now() -> None:
    numbers = module("course_numbers")
    if not numbers.BETS_PAGE.parent.is_dir():
        pytest.skip("the sources of the pages are not here")
    output = "python teaching/course_numbers.py --bets, then npm --prefix web run build"
    assert numbers.BETS_PAGE.read_text(encoding="utf-8") == numbers.bets_page(), output


@pytest.mark.slow
def test_the_numbers_of_the_course_are_what_the_model_brings() -> None:
    numbers = module("course_numbers")
    kept, now = json.loads(numbers.FILE.read_text(encoding="utf-8")), numbers.collect()

    def compare(one: object, other: object, path: str) -> None:
        if isinstance(one, dict):
            assert isinstance(other, dict) and set(one) == set(other), path
            for key in one:
                compare(one[key], other[key], f"{path}.{key}")
        elif isinstance(one, list):
            assert isinstance(other, list) and len(one) == len(other), path
            for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
                compare(mine, theirs, f"{path}.{place}")
        elif isinstance(one, float):
            assert math.isclose(one, float(other), rel_tol=1e-6, abs_tol=1e-3), path  # type: ignore[arg-type]
        else:
            assert one == other, path

    kept.pop("claims"), now.pop("claims")
    compare(kept, now, "numbers")


# Slides --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", sorted((HERE / "slides").glob("*.md")), ids=lambda source: source.stem)
def test_every_slide_after_the_title_has_a_note_and_says_few_words(source: Path, deck: ModuleType) -> None:
    charts = module("charts")
    slides = deck.parse(source.read_text(encoding="utf-8"))
    assert slides[0].first and not any(slide.first for slide in slides[1:])
    for slide in slides[1:]:
        kinds = {kind for kind, _ in slide.notes}
        assert kinds & {"Question", "Say", "Answer"}, slide.title
        assert "Question" not in kinds or {"Answer", "Trap"} <= kinds, slide.title
        assert len(slide.body.split()) <= 90, slide.title
        assert not slide.chart or slide.chart in charts.CHARTS


def test_a_slide_without_a_heading_and_a_note_of_no_kind_are_refused(deck: ModuleType) -> None:
    with pytest.raises(ValueError, match="begins with a heading"):
        deck.parse("no heading\n")
    with pytest.raises(ValueError, match="a note begins with one of"):
        deck.parse("## One\ntext\n\nNotes:\nHello\n")


def test_decks_are_written_with_notes_and_nothing_leaves_the_slide(
    build: ModuleType, deck: ModuleType, tmp_path: Path
) -> None:
    pptx = pytest.importorskip("pptx", reason="the extra course is not installed")
    for one in build.decks(build.numbers()):
        build.write_deck(one, tmp_path, pdf=False)
        html = (tmp_path / f"{one.name}.html").read_text(encoding="utf-8")
        assert html.count("<section") == len(one.slides)
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", html) and "{{" not in html
        shown = pptx.Presentation(str(tmp_path / f"{one.name}.pptx"))
        for slide, source in zip(shown.slides, one.slides, strict=True):
            assert slide.has_notes_slide == bool(source.notes)
            for kind, text in source.notes:
                assert f"{kind}. {text}" in slide.notes_slide.notes_text_frame.text
            for shape in slide.shapes:
                assert shape.left >= 0 and shape.left + shape.width <= shown.slide_width, (one.name, source.title)
                assert shape.top >= 0 and shape.top + shape.height <= shown.slide_height, (one.name, source.title)


# The test, and the bets ----------------------------------------------------------------------------------------------


def test_gain_and_interval_equal_an_independent_computation(tmp_path: Path) -> None:
    gain = module("gain", "assessment")
    file = tmp_path / "answers.csv"
    file.write_text(gain.example(40, seed=3), encoding="utf-8")
    marks, faults = gain.read(file)
    assert not faults and len(marks) == 40
    found = gain.gain(marks)
    before, after = (np.array([fmean(both[when]) for both in marks.values()]) for when in gain.WHEN)
    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.difference == pytest.approx(float(np.mean(after - before)))
    sheets = np.array([both["after"] for both in marks.values()])
    rest = sheets.sum(axis=1) - sheets[:, 0]
    assert found.items[0].discrimination == pytest.approx(float(np.corrcoef(sheets[:, 0], rest)[0, 1]))


def test_sheets_that_cannot_be_used_are_reported_with_their_line(tmp_path: Path) -> None:
    gain = module("gain", "assessment")
    head, file = "code,when," + ",".join(gain.QUESTIONS) + "\n", tmp_path / "answers.csv"
    file.write_text(
        head + "x1,before,a,a,a,a,a,a,a,e\nx1,now,a,a,a,a,a,a,a,a\n,after,a,a,a,a,a,a,a,a\n", encoding="utf-8"
    )
    _, faults = gain.read(file)
    assert [re.search(r"line (\d)", fault)[1] for fault in faults] == ["2", "3", "4"]  # type: ignore[index]
    file.write_text("code,q1\n", encoding="utf-8")
    assert "when" in gain.read(file)[1][0]
    assert gain.main([str(file)]) == 2


def test_single_questions_of_a_small_class_are_not_shown(tmp_path: Path) -> None:
    gain = module("gain", "assessment")
    file = tmp_path / "answers.csv"
    file.write_text(gain.example(gain.FEWEST - 1), encoding="utf-8")
    assert "q1" not in gain.text_of(gain.gain(gain.read(file)[0]))


def test_the_key_names_an_answer_that_the_test_offers() -> None:
    gain = module("gain", "assessment")
    text = (HERE / "assessment" / "test.md").read_text(encoding="utf-8")
    for number, name in enumerate(gain.QUESTIONS, start=1):
        question = text.split(f"**{number}.**")[1].split("</div>")[0]
        assert re.findall(r"^- ([a-d])\)", question, re.MULTILINE) == list("abcd")
        assert gain.KEY["right"][name] in "abcd" and gain.KEY["idea"][name]


def test_bets_are_scored_by_brier() -> None:
    bet = module("bet", "assessment")
    truth = {"A": 100.0, "B": 0.0}
    found = bet.score({"ann": {"A": 100.0, "B": 0.0}, "bob": {"A": 50.0, "B": 90.0}}, truth)
    assert found.by_name["ann"] == 0.0
    assert found.by_name["bob"] == pytest.approx((0.25 + 0.81) / 2)
    assert found.most_overconfident == "B"
    chance = random.Random(1)
    bets = {str(n): {name: chance.uniform(0, 100) for name in truth} for n in range(9)}
    # The mean bet is never worse than the mean score: the square is convex.
    assert bet.score(bets, truth).crowd <= fmean(bet.score(bets, truth).by_name.values())


def test_a_bet_outside_of_the_scale_is_reported_with_its_line(tmp_path: Path) -> None:
    bet = module("bet", "assessment")
    file = tmp_path / "bets.csv"
    file.write_text("name,A,B\nann,10,20\nbob,10,120\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 3"):
        bet.read(file, ("A", "B"))


# The class's own deck ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("quarters", [6, 12])
def test_every_number_of_a_class_deck_is_in_its_table(quarters: int, tmp_path: Path, deck: ModuleType) -> None:
    from ccsim.game import Choice, Terms, play_through
    from ccsim.game.save_file import text_of

    pytest.importorskip("pptx", reason="the extra course is not installed")
    class_deck = module("class_deck")
    for name, moves in {"a": ("widen-rights",), "b": ("announce",)}.items():
        choices = [
            Choice(moves if quarter == 0 else (), expected={"reported_csat": 70.0}) for quarter in range(quarters)
        ]
        game = text_of(play_through(choices, 3, terms=Terms(quarters=quarters)))
        (tmp_path / f"{name}.json").write_text(game, encoding="utf-8")
    # As the server of a class keeps a player.
    player = json.dumps({"name": "c", "game": game})
    (tmp_path / "player-1.json").write_text(player, encoding="utf-8")
    (tmp_path / "class.json").write_text("{}", encoding="utf-8")
    (tmp_path / "torn.json").write_text("{", encoding="utf-8")
    games, left_out = class_deck.games_of(tmp_path)
    assert len(games) == 3 and len(left_out) == 1
    made, table = class_deck.make(games)
    table.write(tmp_path / "deck.csv")
    with (tmp_path / "deck.csv").open(encoding="utf-8") as file:
        kept = {row["value"] for row in csv.DictReader(file)}
    for slide in made.slides[:-1]:
        shown = re.findall(r"[−+]?\d+(?:\.\d+)?", re.sub(r"Team \d+", "", slide.body))
        assert not [number for number in shown if number not in kept], slide.title


# The zip, the notebooks, the room ------------------------------------------------------------------------------------


def test_the_zip_holds_the_course_and_keeps_model_answers_apart(build: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("pptx", reason="the extra course is not installed")
    path = build.build(tmp_path / "course", pdf=False)
    names = {name.removeprefix("ccsim-course/") for name in zipfile.ZipFile(path).namelist()}
    for wanted in (
        "README.md",
        "slides/debrief.pptx",
        "to-print/case-A4.html",
        "lecturer/debrief-key-Letter.html",
        "exercises/check.py",
        "LICENSE-TEXTS.md",
        "START-HERE.md",
        "software/application.html",
    ):
        assert wanted in names
    assert [name for name in names if re.fullmatch(r"software/ccsim-[\w.]+-py3-none-any\.whl", name)]
    assert not [name for name in names if name.startswith("exercises/answers")]
    assert "lecturer/model-answers/1_beat_doing_nothing.py" in names
    for page in (tmp_path / "course").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "{{" not in text or page.name == "README.md", page.name
        assert not re.search(r"python teaching/|<!-- /?repository|\.\./docs", text), page.name
        for target in re.findall(r"\]\((?![a-z]+:)([^)#]+)\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("script", sorted((HERE / "notebooks").glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_a_notebook_is_its_script_with_outputs(script: Path) -> None:
    cells = module("as_ipynb", "notebooks").cells(script.read_text(encoding="utf-8"))
    book = json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in book["cells"]] == cells, (
        "run python teaching/notebooks/as_ipynb.py"
    )
    outputs = [output for cell in book["cells"] for output in cell.get("outputs", ())]
    assert any(output["output_type"] == "stream" for output in outputs)
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output["output_type"] == "error"]


def test_the_room_check_answers_a_device_in_the_network() -> None:
    import urllib.request

    room = module("room_check")
    server = room.serve(0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/anything", timeout=10) as page:
            assert b"This device reaches the server" in page.read()
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("plan", sorted((HERE / "sessions").glob("*.md")), ids=lambda plan: plan.stem)
def test_a_session_has_what_a_carpentries_lesson_has(plan: Path) -> None:
    text = plan.read_text(encoding="utf-8")
    assert "min" in text and "Instructor note" in text
    assert re.search(r"\*\*(Questions|Objectives|Key points|Questions:)", text) and "Key points" in text
    starts = [int(found) for found in re.findall(r"^\| (\d+)–\d+ \|", text, re.MULTILINE)]
    ends = [int(found) for found in re.findall(r"^\| \d+–(\d+) \|", text, re.MULTILINE)]
    gaps = [(end, start) for end, start in zip(ends, starts[1:], strict=False) if end != start and start != 0]
    assert not gaps


def test_scripts_of_the_course_say_how_they_are_run() -> None:
    for script in [*HERE.glob("*.py"), *(HERE / "assessment").glob("*.py")]:
        words = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
        if "__main__" in script.read_text(encoding="utf-8"):
            assert f"python teaching/{script.relative_to(HERE).as_posix()}" in words, script.name


def test_a_deck_of_neither_a_folder_nor_a_class_is_one_message(
    deck: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CCSIM_CLASSES", str(tmp_path))
    assert module("class_deck").main(["nowhere"]) == 2
    assert "neither a folder nor the code of a class" in capsys.readouterr().err
