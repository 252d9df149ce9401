"""``ccsim sweep`` and ``ccsim resume``, as they are called."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app
from ccsim.cli.resume import words_of_the_folder
from ccsim.errors import InputError, ResultsError
from ccsim.execution.runner import run_experiment
from ccsim.execution.stopping import stopping_table
from ccsim.experiments.experiment import Experiment
from ccsim.results.results import open_results

TINY = [
    "--weeks", "12", "--replicates", "2", "--workers", "1",
    *(word for key, value in (("staff", 24), ("customers", 160), ("warm_up", 6), ("departments", 3), ("front_departments", 2))
      for word in ("--set", f"organisation.{key}={value}")),
]  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ccsim(*words: str) -> str:
    """Run the command line in this process and return what it says."""
    sys.argv = ["ccsim", *words]
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_sweep_leaves_table_figures_and_a_picture(here: Path) -> None:
    output = ccsim("sweep", "combined", "--factor", "programme.budget=0:20000", "--factor", "programme.top_down_share=0,0.5,1",
                 "--samples", "6", "--kpi", "csat", *TINY)  # fmt: skip
    folder = here / "results" / "combined-sweep-1"
    assert "programme.budget" in output
    assert len(pd.read_parquet(folder / "responses.parquet")) == 12
    assert len(pd.read_csv(folder / "table.csv")) == 2
    assert (folder / "figure.png").stat().st_size > 10_000
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["experiment"]["design"]["kind"] == "latin-hypercube"
    before = open_results(folder).hash()
    for path in (folder / "summaries").iterdir():
        path.unlink()
    ccsim("resume", str(folder), "--workers", "1")
    assert open_results(folder).hash() == before


@pytest.mark.slow
def test_replicates_are_added_until_the_interval_is_as_narrow_as_asked(here: Path) -> None:
    options = [word for word in TINY if word != "2"]
    options[options.index("--replicates")] = "--replicates=10"
    output = ccsim("compare", "direction", "--precision", "csat=0.04", "--out", "r", *options)
    results = open_results("r")
    table = stopping_table(results)
    assert table["reached"].all() and table["half_width"].max() <= 0.04 and table["runs"].max() > 10
    runs = int(table["runs"].max())
    assert results.runs["replicate"].nunique() == runs
    assert f"Until:   {runs} replicates; intervals as narrow as requested: at most ±" in output


def test_a_folder_of_several_parts_is_resumed_by_running_its_command_again(here: Path) -> None:
    ccsim("optimise", "combined", "--factor", "programme.budget=0:20000", "--maximise", "csat", "--trials", "8",
          *TINY[:1], "3", *TINY[2:], "--out", "o")  # fmt: skip
    before = pd.read_parquet("o/plans.parquet")
    shards = {path: path.stat().st_mtime_ns for path in Path("o").rglob("part-*.parquet")}
    lost = next(path for path in shards if "report" in path.parts)
    lost.unlink()
    ccsim("resume", "o", "--workers", "1")
    pd.testing.assert_frame_equal(before, pd.read_parquet("o/plans.parquet"), check_exact=True)
    assert lost.exists()
    assert all(path.stat().st_mtime_ns == when for path, when in shards.items() if path != lost)


def test_a_comparison_is_resumed_by_its_folder_alone(here: Path, small_experiment: Experiment) -> None:
    results = run_experiment(small_experiment, workers=1, out="r")
    output = ccsim("resume", "r", "--workers", "1", "--format", "csv")
    assert output.startswith("scenario,kpi")
    assert open_results("r").hash() == results.hash()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sweep", "combined"), "has no design; name what to vary"),
        (("sweep", "combined", "--factor", "programme.budgt"), "did you mean 'programme.budget'"),
        (("sweep", "combined", "--factor", "programme.budget", "--design", "sobel"), "did you mean 'sobol'"),
        (("sweep", "combined", "--factor", "programme.budget", "--kpi", "csta"), "did you mean 'csat'"),
        (("sweep", "combind", "--factor", "programme.budget"), "did you mean 'combined'"),
        (("sweep", "combined", "--factor", "programme.budget", "--precision", "csat"), "must have the form --precision csat=0.2"),
        (("sweep", "combined", "--factor", "programme.budget", "--precision", "csat=0.2"), "precision needs at least 10"),
        (("sweep", "combined", "--factor", "programme.budget", "--time-limit", "soon"), "such as 90s, 10m"),
        (("sweep", "combined", "--factor", "assumptions", "--design", "factorial", "--levels", "9"), r"about 10\^\d+ points"),
        (("compare", "direction", "--precision", "csat=-1"), "half-width above 0"),
        (("compare", "direction", "--weeks", "99999999"), "weeks: must be a whole number from 1 to 5200, got 99999999"),
        (("sensitivity", "combined", "--weeks", "5201"), "weeks: must be .* to 5200, got 5201"),
        (("sensitivity", "combined", "--factor", "levers=3"), "levers stands for several parameters; values can only be given for one key"),
        (("optimise", "combined", "--factor", "programme.budget", "--maximise", "csat", "--max-cost", "nan"), "an amount in EUR"),
        (("optimise", "combined", "--factor", "programme.budget", "--maximise", "csat", "--n-uncertain", "-4"), "worlds: must be .* at least 0, got -4"),
        (("optimise", "combined", "--factor", "programme.budget", "--maximise", "csat", "--time-limit", "never"), "such as 90s, 10m"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ccsim(*words)


def test_a_folder_of_several_results_says_which_there_are(here: Path, small_experiment: Experiment) -> None:
    for name in ("r", "s"):
        run_experiment(small_experiment, workers=1, out=here / "all" / name, command=["ccsim", "compare", "small"])
    with pytest.raises(ResultsError, match="contains some; name the one to continue, such as all/r, all/s"):
        ccsim("resume", "all")


def test_a_folder_without_results_cannot_be_resumed(here: Path) -> None:
    with pytest.raises(ResultsError, match="is not a results folder"):
        ccsim("resume", str(here))


@pytest.mark.parametrize(
    "option",
    [("--pages", "/elsewhere"), ("--pages=/elsewhere",), ("--scheduler", "tcp://elsewhere:8786"), ("--scheduler=tcp://x:1",), ("--ship",)],
)  # fmt: skip
@pytest.mark.parametrize("place", [1, 3])
def test_a_folder_of_others_cannot_make_resume_write_elsewhere_or_ask_another_machine(
    option: tuple[str, ...], place: int
) -> None:
    first = ["test-claims", "--seed", "3"]
    words, left = words_of_the_folder([*first[:place], *option, *first[place:]], {"--out": "o"})
    assert (words, left) == ([*first, "--resume", "--out", "o"], [option[0].partition("=")[0]])


def test_a_scheduler_that_the_user_names_is_asked() -> None:
    given = {"--out": "o", "--scheduler": "tcp://mine:1"}
    words, left = words_of_the_folder(
        ["worlds", "--scheduler", "tcp://x:1", "--with", "x.py", "--time-limit=1m"], given
    )
    assert (words, left) == (["worlds", "--resume", "--out", "o", "--scheduler", "tcp://mine:1"], [])
