import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SMALL = [f"--set=organisation.{size}" for size in ("staff=24", "customers=160", "warm_up=6")]
TINY = [*SMALL, "--weeks", "8", "--replicates", "2", "--workers", "1"]


def test_help_is_worth_reading_and_light(ccsim, tmp_path: Path) -> None:
    done = ccsim("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("compare", "run", "describe", "init", "list", "customer-centric"):
        assert word in done.stdout
    heavy = ("numpy", "pandas", "numba", "mesa", "matplotlib", "scipy", "pydantic", "pyarrow", "tomlkit", "networkx")
    code = f"import sys, ccsim.cli.main; print([name for name in {heavy} if name in sys.modules])"
    light = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert light.stdout.strip() == "[]"


def test_the_version_is_reported(ccsim, tmp_path: Path) -> None:
    from ccsim import __version__

    assert ccsim("--version", cwd=tmp_path).stdout.strip() == f"ccsim {__version__}"


def test_list_show_and_new(ccsim, tmp_path: Path) -> None:
    assert "direction" in ccsim("list", cwd=tmp_path).stdout
    assert "The hero leaves" in ccsim("describe", "hero-leaves", cwd=tmp_path).stdout
    assert json.loads(ccsim("describe", "combined", "--format", "json", cwd=tmp_path).stdout)["title"] == "Combined"
    assert ccsim("init", "idea", cwd=tmp_path).returncode == 0
    assert "Idea" in ccsim("list", cwd=tmp_path).stdout
    again = ccsim("init", "idea", cwd=tmp_path)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert ccsim("describe", "idea", cwd=tmp_path).returncode == 0
    assert "programme.budget" in ccsim("parameters", "programme", cwd=tmp_path).stdout


def test_run_prints_every_kpi(ccsim, tmp_path: Path) -> None:
    done = ccsim("run", "combined", *SMALL, "--weeks", "8", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "csat" in done.stdout
    assert done.stdout.startswith("scenario,kpi,runs,mean")


def test_what_show_writes_is_a_scenario_file(ccsim, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(ccsim("describe", "hero-leaves", "--format", "toml", cwd=tmp_path).stdout)
    output = [ccsim("describe", name, "--format", "json", cwd=tmp_path).stdout for name in ("hero-leaves", "mine.toml")]
    assert output[0] == output[1]


def test_a_broken_file_does_not_hide_the_others(ccsim, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.toml").write_text("title = ")
    done = ccsim("list", cwd=tmp_path)
    assert done.returncode == 0
    assert re.search(r"broken +cannot be read: .*broken.toml", done.stdout)
    assert "Bottom-up" in done.stdout


def test_compare_gives_table_figure_and_folder(ccsim, tmp_path: Path) -> None:
    done = ccsim("compare", "direction", *TINY, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Net present value" in done.stdout
    assert f"Again:   ccsim compare direction {' '.join(TINY)}" in done.stdout
    folder = tmp_path / "results" / "direction-1"
    for name in ("figure.png", "figure.svg", "manifest.json", "table.csv", "runs", "scenarios/combined.toml"):
        assert (folder / name).exists(), name


def test_a_comparison_goes_on_where_it_was(ccsim, tmp_path: Path) -> None:
    first = ccsim("compare", "direction", *TINY, "--format", "csv", cwd=tmp_path)
    again = ccsim("compare", "direction", *TINY, "--format", "csv", "--resume", cwd=tmp_path)
    assert first.stdout == again.stdout
    assert "--resume" not in again.stderr
    assert [path.name for path in (tmp_path / "results").iterdir() if path.is_dir()] == ["direction-1"]


def test_tables_for_programs_stand_alone_on_the_output(ccsim, tmp_path: Path) -> None:
    done = ccsim("compare", "direction", *TINY, "--out=here", "--format", "json", cwd=tmp_path)
    assert {row["scenario"] for row in json.loads(done.stdout)} >= {"nothing", "combined"}
    assert "Results: here" in done.stderr
    assert "here" not in done.stderr.split("Again:")[1]


@pytest.mark.skipif(os.name == "nt", reason="signals of Windows are others")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "ccsim.cli.main",
        "compare",
        "direction",
        *SMALL,
        "--workers",
        "1",
        "--out",
        "part",
    ]
    process = subprocess.Popen([*command, "--replicates", "3000"], stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    until = time.monotonic() + 120
    while not list(tmp_path.glob("part/runs/*.parquet")) and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "kept in part" in output
    assert "ccsim resume part" in output
    assert "Traceback" not in output


def test_ctrl_c_elsewhere_is_reported_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("list", raising=KeyboardInterrupt(), monkeypatch=monkeypatch) == 130
    assert capsys.readouterr().err == "ccsim: stopped; run the same command to start again\n"


def test_a_full_disk_is_a_message(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    full = OSError(28, "No space left on device", "part.parquet")
    assert ended("list", raising=full, monkeypatch=monkeypatch) == 1
    assert capsys.readouterr().err == "ccsim: [Errno 28] No space left on device: 'part.parquet'\n"


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ended("list", raising=ZeroDivisionError(), monkeypatch=monkeypatch)


def ended(*arguments: str, raising: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return the exit code of a command in the midst of which something is raised."""
    from ccsim.cli.main import main
    from ccsim.scenarios import scenario

    def fail(*_: object) -> None:
        raise raising

    monkeypatch.setattr(scenario, "list_scenarios", fail)
    monkeypatch.setattr(sys, "argv", ["ccsim", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code


def test_runs_that_fail_are_named_and_end_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ccsim.cli.main import main
    from ccsim.execution import runner

    def fail_once(scenario: object, seed: int, weeks: int, **options: object) -> object:
        if getattr(scenario, "name", "") == "combined" and seed % 1_000_000 == 1:
            raise RuntimeError("a broken rule")
        return simulate(scenario, seed, weeks, **options)  # type: ignore[arg-type]

    simulate = runner.simulate
    monkeypatch.setattr(runner, "simulate", fail_once)
    monkeypatch.setattr(sys, "argv", ["ccsim", "compare", "direction", *TINY, "--out", str(tmp_path / "part")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert "failed: combined, replicate 1: RuntimeError: a broken rule" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ccsim run hero-leaves-", {"hero-leaves-embedded"}),
        ("ccsim compare dir", {"direction"}),
        ("ccsim run hero --set programme.bud", {"programme.budget="}),
    ],
)
def test_the_shell_completes_names(typed: str, offered: set[str], tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['ccsim']; from ccsim.cli.main import main; main()"
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_CCSIM_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert set(done.stdout.split()) == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_the_script_that_the_command_prints(tmp_path: Path) -> None:
    program = f'{sys.executable} -c "from ccsim.cli.main import main; main()"'
    (tmp_path / "ccsim").write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    (tmp_path / "ccsim").chmod(0o755)
    typing = """
    eval "$(_CCSIM_COMPLETE=source_bash ccsim)"
    complete -p ccsim
    COMP_WORDS=(ccsim describe top-) COMP_CWORD=2
    "$(complete -p ccsim | sed 's/.*-F \\([^ ]*\\).*/\\1/')" ccsim
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    search = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", typing], env=os.environ | search, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    set_up, *offered = done.stdout.split("\n")
    assert set_up.endswith("ccsim")
    assert "top-down" in offered and all(word.startswith("top-") for word in offered if word)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "combind"), "did you mean 'combined'"),
        (("run", "direction"), "it is one of the experiments: ccsim compare direction"),
        (("compare", "hero-leaves"), "it is one of the scenarios: ccsim run hero-leaves"),
        (("compare", "direction", "--resume"), "there is no results/direction-1 to continue in"),
        (("run", "combined", "--set", "budget=1"), "did you mean 'programme.budget'"),
        (("compar", "direction"), "No such command 'compar'"),
        (("run", "combined", "--workers", "0"), "workers: must be a whole number of at least 1, got 0"),
        (("run", "combined", "--set", "programme.budgt=1"), "did you mean 'programme.budget'"),
        (("run", "combined", "--set", "programme.budget"), "--set programme.budget=8000"),
        (("run", "combined", "--set", "programme.top_down_share=2"), "from 0 to 1"),
        (("run", "combined", "--weeks", "0"), "weeks: must be a whole number from 1 to 5200, got 0"),
        (("run", "combined", "--seed", "-1"), "got -1"),
        (("compare", "directon"), "did you mean 'direction'"),
        (("compare", "no.toml"), "no such file"),
        (("compare", "direction", "--workers", "0"), "workers: must be a whole number of at least 1, got 0"),
        (("init", "a/b"), "must consist of letters"),
        (("describe",), "Missing argument"),
        (("parameters", "programm"), "did you mean 'programme'"),
    ],
)
def test_a_mistake_is_one_message_and_no_traceback(
    ccsim, arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    done = ccsim(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
