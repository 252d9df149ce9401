import json
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = [
    "--set",
    "organisation.staff=24",
    "--set",
    "organisation.customers=160",
    "--set",
    "organisation.warm_up=6",
]


def ccsim(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ccsim.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=300)


def test_help_is_worth_reading_and_light(tmp_path: Path) -> None:
    done = ccsim("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("compare", "run", "show", "new", "list", "customer-centric"):
        assert word in done.stdout
    code = "import sys, ccsim.cli; print([m for m in ('numpy','pandas','numba','mesa','matplotlib','scipy') if m in sys.modules])"
    light = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert light.stdout.strip() == "[]"


def test_list_show_and_new(tmp_path: Path) -> None:
    assert "direction" in ccsim("list", cwd=tmp_path).stdout
    assert "The hero leaves" in ccsim("show", "hero-leaves", cwd=tmp_path).stdout
    assert json.loads(ccsim("show", "combined", "--format", "json", cwd=tmp_path).stdout)["title"] == "Combined"
    assert ccsim("new", "idea", cwd=tmp_path).returncode == 0
    assert "Idea" in ccsim("list", cwd=tmp_path).stdout
    again = ccsim("new", "idea", cwd=tmp_path)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert "programme.budget" in ccsim("levers", "programme", cwd=tmp_path).stdout


def test_run_prints_every_kpi(tmp_path: Path) -> None:
    done = ccsim("run", "combined", *SMALL, "--weeks", "8", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "csat" in done.stdout
    assert done.stdout.startswith("scenario,kpi,runs,mean")


def test_compare_gives_table_figure_and_folder(tmp_path: Path) -> None:
    done = ccsim("compare", "direction", *SMALL, "--weeks", "8", "--replicates", "2", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Net present value" in done.stdout
    assert "Again:" in done.stdout
    folder = tmp_path / "results" / "direction-1"
    for name in ("figure.png", "figure.svg", "manifest.json", "table.csv", "runs", "scenarios/combined.toml"):
        assert (folder / name).exists(), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "combind"), "did you mean 'combined'"),
        (("run", "combined", "--set", "programme.budgt=1"), "did you mean 'programme.budget'"),
        (("run", "combined", "--set", "programme.budget"), "--set programme.budget=8000"),
        (("run", "combined", "--set", "programme.from_top=2"), "from 0 to 1"),
        (("run", "combined", "--weeks", "0"), "weeks: 0 is not accepted"),
        (("run", "combined", "--seed", "-1"), "seed: -1 is not accepted"),
        (("compare", "directon"), "did you mean 'direction'"),
        (("compare", "no.toml"), "no such file"),
        (("compare", "direction", "--workers", "0"), "workers: 0 is not accepted"),
        (("new", "a/b"), "no name for a scenario"),
        (("show",), "Missing argument"),
        (("levers", "programm"), "did you mean 'programme'"),
    ],
)
def test_a_mistake_is_one_message_and_no_traceback(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = ccsim(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
