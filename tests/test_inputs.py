"""Inputs that people really give: counts of numpy, odd encodings, deleted folders, titles that repeat."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ccsim
from ccsim.analysis.optimise import Objective, Objectives
from ccsim.cli import entry
from ccsim.errors import CcsimError, InputError, ResultsError, printable, shown
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import MAX_SEED, Experiment, as_experiment, load_experiment
from ccsim.game.save_file import read_game
from ccsim.organisations.io import read_folder
from ccsim.reports.tables import columns
from ccsim.results.results import open_results
from ccsim.scenarios.scenario import Scenario, load_scenario
from ccsim.scenarios.visible import unseen_sign
from ccsim.simulation.simulation import LARGEST_SEED, replicate_seed
from ccsim.validation.claims.schema import load_claims
from ccsim.validation.facts.schema import load_studies

WRONG_WEEKS = [-5, 0, "8", 10**9, 2.0, True, None, np.bool_(True), float("nan")]


@pytest.mark.parametrize("weeks", WRONG_WEEKS)
def test_weeks_that_are_none_are_refused_before_a_run_with_the_range(weeks: Any) -> None:
    for call in (
        lambda: ccsim.Organisation(weeks=weeks),
        lambda: ccsim.simulate("nothing", weeks=weeks),
        lambda: ccsim.diff("nothing", "combined", weeks=weeks),
    ):
        with pytest.raises(InputError, match="weeks: must be a whole number from 1 to 5200"):
            call()


@pytest.mark.parametrize("seed", [-1, 9223372036855, 2**63, "1", 1.0, True])
def test_a_seed_out_of_range_is_refused_with_the_range(seed: Any, small_experiment: Experiment) -> None:
    with pytest.raises(InputError, match=f"seed: must be a whole number from 0 to {MAX_SEED}"):
        ccsim.compare(small_experiment, seed=seed)
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        with pytest.raises(InputError, match=f"seed: must be a whole number from 0 to {LARGEST_SEED}"):
            ccsim.Organisation(rng=seed)


def test_the_largest_seed_of_an_experiment_leaves_room_for_all_its_runs() -> None:
    assert replicate_seed(MAX_SEED, 1_000_000) + 10**6 * 10**12 < LARGEST_SEED


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.uint8])
def test_counts_of_numpy_are_taken_like_pythons(kind: Any, small: dict[str, Any]) -> None:
    organisation = ccsim.Organisation(rng=kind(3), weeks=kind(2), levers={**small, "programme.budget": np.float32(900)})
    organisation.run_model()
    again = ccsim.Organisation(rng=3, weeks=2, levers={**small, "programme.budget": 900})
    again.run_model()
    assert organisation.week == again.week
    assert organisation.state.populations.staff.conviction.tolist() == again.state.populations.staff.conviction.tolist()


def test_compare_of_a_scenario_says_what_takes_one() -> None:
    with pytest.raises(
        InputError, match=r"got the scenario 'combined'; use ccsim.simulate or ccsim.sweep for a scenario"
    ):
        ccsim.compare(load_scenario("combined"))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="compare needs an experiment, its name or the path of its file, got 7"):
        ccsim.compare(7)  # type: ignore[arg-type]


def test_scenarios_of_one_title_are_called_by_their_names(small_experiment: Experiment) -> None:
    same = {name: replace(one, title="The same") for name, one in small_experiment.scenarios.items()}
    experiment = replace(small_experiment, scenarios=same)
    assert [experiment.label(name) for name in same] == list(same)
    other = {**same, "busy": replace(same["busy"], title="Busy")}
    assert [replace(small_experiment, scenarios=other).label(name) for name in other] == ["The same", "Busy"]
    nameless = {**same, "busy": replace(same["busy"], title=" ")}
    assert replace(small_experiment, scenarios=nameless).label("busy") == "busy"


def test_an_aim_shows_the_money_once_also_where_it_is_a_goal() -> None:
    assert Objectives((Objective("spend"),)).shown == ("spend",)
    assert Objectives((Objective("npv"), Objective("csat"))).shown == ("npv", "csat", "spend")


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-16"),
     ("latin-1", r":2: is not UTF-8 \(byte 0xfc\), perhaps Latin-1"), ("cp1252", "save it as UTF-8")],
)  # fmt: skip
def test_a_file_in_another_encoding_is_answered_with_what_to_do(tmp_path: Path, encoding: str, message: str) -> None:
    path = tmp_path / "one.toml"
    path.write_bytes('title = "x"\nabout = "für alle"\n'.encode(encoding))
    with pytest.raises(InputError, match=message):
        load_scenario(path)


@pytest.mark.parametrize(
    "text",
    ["a." * 3000 + "b = 1", f"[{'.'.join('a' * 5000)}]", "a = " + "[" * 5000 + "]" * 5000, "a = " + "{b = " * 3000,
     "a = " + "[" * 60 + "]" * 60, "a." * 60 + "b = 1"],
    ids=lambda text: text[:12],
)  # fmt: skip
@pytest.mark.parametrize("read", [load_scenario, load_experiment, as_experiment])
def test_deep_nesting_is_one_message(tmp_path: Path, text: str, read: Callable[[Path], object]) -> None:
    path = tmp_path / "one.toml"
    path.write_text(f"{text}\n")
    with pytest.raises(InputError, match=r"nested more than|is not TOML"):
        read(path)


@pytest.mark.parametrize(
    "path", ["x" * 5000, "x" * 300 + ".toml", "folder/" * 2000 + "one.toml", "\0", "\udc80.toml"], ids=len
)
@pytest.mark.parametrize(
    "read",
    [load_scenario, load_experiment, ccsim.compare, read_folder, open_results, lambda path: load_claims(folder=Path(path)),
     lambda path: load_studies(folder=Path(path)), lambda path: read_game(Path(path))],
    ids=["scenario", "experiment", "compare", "organisation", "results", "claims", "facts", "game"],
)  # fmt: skip
def test_a_path_that_no_file_can_have_is_one_message(read: Callable[[str], object], path: str) -> None:
    with pytest.raises(CcsimError) as error:
        read(path)
    assert "Errno" not in str(error.value)


def test_links_in_a_circle_are_one_message(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "one.toml").write_text('extends = "loop.toml"\n')
    (tmp_path / "loop").symlink_to("loop")
    for read in (load_scenario, load_experiment):
        with pytest.raises(InputError, match=r"loop\.toml: cannot be read"):
            read(tmp_path / "loop.toml")
    with pytest.raises(InputError, match=r"loop\.toml"):
        load_scenario(tmp_path / "one.toml")
    experiment = load_experiment("direction").with_changes(replicates=1, weeks=1)
    with pytest.raises(ResultsError, match=r"loop/results: cannot be written"):
        ccsim.compare(experiment, workers=1, out=tmp_path / "loop" / "results")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    mkfifo = getattr(os, "mkfifo", None)
    if mkfifo is None:
        pytest.skip("this system has no pipes with a name")
    mkfifo(tmp_path / "one.toml")
    for read in (load_scenario, read_game):
        with pytest.raises(InputError, match=r"one\.toml: is a pipe, not a file"):
            read(tmp_path / "one.toml")


@pytest.mark.parametrize("path", [r"C:\scenarios\one.toml", "C:one.toml", r"\\server\share\one.toml", r"..\one.toml"])
def test_a_path_of_another_system_is_named_in_one_message(path: str) -> None:
    with pytest.raises(InputError, match="there is no such file") as error:
        load_scenario(path)
    assert path in str(error.value)
    with pytest.raises(InputError, match="there is no such file"):
        load_experiment(path)


@pytest.mark.parametrize("name", ["ONE.TOML", "One.Toml", "one.toml"])
@pytest.mark.parametrize("text", ['\ufefftitle = "x"\n', 'title = "x"\r\nabout = "y"\r\n'])
def test_a_byte_order_mark_any_line_end_and_an_ending_in_capitals_are_read(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert load_scenario(path).title == "x"


def test_a_deleted_working_folder_is_named_as_the_reason(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    before = Path.cwd()
    os.chdir(gone)
    try:
        gone.rmdir()
        with pytest.raises(InputError, match="the working folder has been deleted"):
            load_scenario("one.toml")
        assert load_scenario("nothing").name == "nothing"
    finally:
        os.chdir(before)


@pytest.mark.parametrize(
    ("then", "code", "text"),
    [
        (
            "from ccsim.cli.entry import main; main()",
            2,
            "ccsim: the working folder has been deleted: change to another one\n",
        ),
        # A worker that loads the model there gets another folder, because numba fails without one.
        ("import ccsim.execution.preload; import os; os.getcwd()", 0, ""),
    ],
)
def test_whatever_starts_in_a_deleted_working_folder_says_so_or_leaves_it(
    tmp_path: Path, then: str, code: int, text: str
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    begin = f"import shutil, sys; sys.argv = ['ccsim', 'run', 'nothing']; shutil.rmtree({str(gone)!r}); "
    done = subprocess.run(
        [sys.executable, "-c", begin + then], cwd=gone, env={**os.environ, "CCSIM_PLAIN": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, text)


def test_hundreds_of_files_that_extend_one_another_are_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(500):
        (tmp_path / f"{number}.toml").write_text(f'extends = "{number + 1}.toml"\n', encoding="utf-8")
    (tmp_path / "500.toml").write_text('title = "x"\n', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["ccsim", "describe", str(tmp_path / "0.toml")])
    with pytest.raises(SystemExit) as ended:
        entry.main()
    output = capsys.readouterr().err
    assert (
        ended.value.code == 2 and "more than 100 scenarios extend one another" in output and "Traceback" not in output
    )


def test_memory_that_is_used_up_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise MemoryError

    monkeypatch.setattr("ccsim.cli.main.main", full)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert (ended.value.code, capsys.readouterr().err[:27]) == (1, "ccsim: out of memory; use f")


@pytest.mark.parametrize("width", ["0", "abc", "-3", "", "9" * 30, "²", "1e3", "3"])
def test_a_width_that_no_terminal_has_is_passed_over(monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert columns() is None
    monkeypatch.setenv("COLUMNS", "40")
    assert columns() == 40


@pytest.mark.parametrize(
    "environment",
    [{"COLUMNS": "0"}, {"COLUMNS": "abc"}, {"COLUMNS": "9" * 30}, {"TERM": "nonsense"}, {"LANG": "xx_YY.nonsense"},
     {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}, {"LINES": "-1"},
     {"COLUMNS": "20"}],
    ids=str,
)  # fmt: skip
def test_any_environment_gives_names_and_figures(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ccsim.cli.main", "describe", "combined"]
    done = subprocess.run(
        command, capture_output=True, cwd=tmp_path, env={**os.environ, "CCSIM_PLAIN": "1", **environment}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr and b"programme" in done.stdout


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-", "> /dev/full", "| true"])
def test_a_closed_or_full_stream_is_no_traceback(closed: str, tmp_path: Path) -> None:
    if sys.platform == "win32" or not Path("/dev/full").exists():
        pytest.skip("streams are closed by a POSIX shell")
    done = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m ccsim.cli.main parameters {closed}"], capture_output=True, cwd=tmp_path,
        env={**os.environ, "CCSIM_PLAIN": "1"}, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr, done.stderr


def test_messages_show_long_and_invisible_things_readably() -> None:
    assert len(shown("x" * 10_000)) <= 80 and shown(10**5000) == "a number of thousands of digits"
    assert printable("a\u202eb\x1b[31m\u200bc") == r"a\u202eb\x1b[31m\u200bc"


def test_a_lone_surrogate_is_refused_or_escaped() -> None:
    with pytest.raises(InputError) as caught:
        Scenario("any").with_values({"champions.selection": "\ud800"})
    str(caught.value).encode("utf-8")


UNSEEN = ("\\u001b[31m", "\\u202e", "\\u2066", "\\u200b", "\\ufeff", "\\u00ad", "\\u2028", "\\u0085", "\\u0000", "\\U000e0041", "\\u3164",
          "\\r", "\\b", "a\\u200d", "\u202e", "\u200b")  # fmt: skip


@pytest.mark.parametrize("sign", UNSEEN)
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("title", 'title = "x{}y"\n'),
        ("about", 'title = "x"\nabout = "{}"\n'),
        (
            "schedule.0.label",
            'title = "x"\n[[schedule]]\nweek = 3\nlabel = "a{}"\nset = {{ "programme.budget" = 3 }}\n',
        ),
    ],
)
def test_a_text_of_a_file_with_a_sign_that_cannot_be_seen_is_refused_with_its_line(
    tmp_path: Path, sign: str, key: str, text: str
) -> None:
    path = tmp_path / "one.toml"
    path.write_text(text.format(sign), encoding="utf-8")
    with pytest.raises(
        InputError, match=rf"one\.toml:\d: {key}: contains an invisible character \(.*\): remove it$"
    ) as output:
        load_scenario(path)
    assert str(output.value).isprintable()


@pytest.mark.parametrize(
    "text", ["Zürich – Ost", "می\u200cخواهم", "क्\u200dष", "👩\u200d🔧 ❤\ufe0f", "two\nlines\tand a tab"]
)
def test_letters_of_every_script_are_seen(text: str) -> None:
    assert unseen_sign(text) == ""


def test_an_experiment_made_in_python_with_such_a_text_is_refused_before_its_first_run(tmp_path: Path) -> None:
    named = as_experiment(replace(load_scenario("nothing"), title="x\x1b]0;y\x07"))
    with pytest.raises(InputError, match=r"title: contains an invisible character \(\\x1b\)"):
        run_experiment(named, workers=1, out=tmp_path / "r")
    assert not (tmp_path / "r").exists()
