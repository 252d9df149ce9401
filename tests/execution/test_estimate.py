"""What work takes is told before most of it is done, and what cannot fit is refused in one message."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim import load_experiment
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.execution import announcing, estimate, machine
from ccsim.execution.estimate import DoesNotFitError, Forecast, Work
from ccsim.execution.machine import Machine
from ccsim.execution.runner import run_experiment
from ccsim.execution.time_budget import EtaEstimator
from ccsim.simulation.simulation import Simulation

SMALL = {
    "organisation.staff": 20,
    "organisation.departments": 3,
    "organisation.customers": 100,
    "organisation.warm_up": 1,
}
SET = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Keep what is told, however little work it is about."""
    sentences: list[str] = []
    announcing.tell_with(sentences.append)
    yield sentences
    announcing.tell_with(None)


def work(**sizes: int) -> Work:
    """Return the work of the shipped comparison in an organisation of given sizes."""
    levers = {f"organisation.{name}": value for name, value in sizes.items()}
    return Work.of(load_experiment("direction").with_changes(levers=levers))


@pytest.mark.parametrize("sizes", [{}, {"staff": 300, "customers": 4000, "departments": 12, "ties": 16}])
def test_memory_of_a_run_is_that_of_its_columns(sizes: dict[str, int]) -> None:
    scenario = next(iter(load_experiment("direction").scenarios.values())).with_values(
        {**{f"organisation.{name}": value for name, value in sizes.items()}, "organisation.warm_up": 0}
    )
    parts = Simulation(scenario, 1, 1).world.parts()
    held = sum(sum(one.nbytes for one in part) if isinstance(part, tuple) else part.nbytes for part in parts)
    assert work(**sizes).memory == pytest.approx(held, rel=0.1)


def test_disk_is_told_within_a_fifth(tmp_path: Path) -> None:
    experiment = load_experiment("direction").with_changes(replicates=12, weeks=120, levers={"organisation.warm_up": 1})
    run_experiment(experiment, workers=1, out=tmp_path / "r")
    held = sum(path.stat().st_size for path in (tmp_path / "r").rglob("*.parquet"))
    assert Work.of(experiment).bytes_on_disk() == pytest.approx(held, rel=0.2)


@pytest.mark.parametrize(
    ("here", "asked", "fits"),
    [
        (Machine(memory=3e9), {"customers": 10_000_000}, r"organisation\.customers of at most [\d,]+"),
        (Machine(memory=1.1e9), {"customers": 1_000_000}, r"--workers 1"),
        (Machine(address_space=1e9), {"customers": 20_000_000}, r"organisation\.customers of at most [\d,]+"),
        (Machine(disk=1e7), {}, r"\d+ runs, or another disk \(--out\)"),
        (Machine(memory=1e8), {}, r"nothing; ccsim alone takes 280 MB"),
    ],
)
def test_what_cannot_fit_is_refused_with_what_would(here: Machine, asked: dict[str, int], fits: str) -> None:
    with pytest.raises(DoesNotFitError, match=fits) as error:
        estimate.refuse_what_cannot_fit(work(**asked), 2, Path("results/x"), here)
    assert "\n" not in str(error.value)


def test_what_is_named_as_fitting_fits() -> None:
    here = Machine(memory=3e9)
    with pytest.raises(DoesNotFitError) as error:
        estimate.refuse_what_cannot_fit(work(customers=10_000_000), 1, Path("x"), here)
    number = int(re.findall(r"at most ([\d,]+)", str(error.value))[0].replace(",", ""))
    estimate.refuse_what_cannot_fit(work(customers=number), 1, Path("x"), here)
    with pytest.raises(DoesNotFitError):
        estimate.refuse_what_cannot_fit(work(customers=round(1.2 * number)), 1, Path("x"), here)


@pytest.mark.parametrize("command", [
    ["run", "nothing", "--set", "organisation.customers=10000000"],
    ["compare", "direction", "--set", "organisation.customers=10000000"],
    ["sweep", "nothing", "--factor", "organisation.customers=1000:10000000", "--samples", "8", "--worlds-from", "declared"],
    ["sensitivity", "nothing", "--set", "organisation.customers=10000000"],
    ["discover", "nothing", "--where", "csat > 70", "--set", "organisation.customers=10000000"],
    ["optimise", "nothing", "--factor", "programme.budget=0:9000", "--maximise", "csat", "--set", "organisation.customers=10000000"],
    ["calibrate", "nothing", "--parameter", "habit.formation_rate", "--target", "csat=70±1", "--set", "organisation.customers=10000000"],
], ids=lambda words: words[0])  # fmt: skip
def test_no_command_begins_what_a_small_machine_cannot_hold(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(estimate, "this_machine", lambda folder: Machine(memory=2e9))
    found = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "r")])
    assert isinstance(found.exception, DoesNotFitError), found.output
    assert "customers would take" in str(found.exception)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_full_disk_is_told_before_the_first_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda place: (10**9, 10**9, 10**6))  # type: ignore[attr-defined]
    monkeypatch.setattr(machine, "_free_disk", lambda folder: 1e6)
    with pytest.raises(DoesNotFitError, match="are free there"):
        run_experiment(load_experiment("direction"), out=tmp_path / "r", workers=1)
    assert not (tmp_path / "r").exists()


def test_a_small_address_space_is_one_message(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    words = ["-m", "ccsim", "run", "nothing", "--set", "organisation.customers=20000000", "--out", str(tmp_path / "r")]
    limit = 6_000_000_000
    found = subprocess.run(  # noqa: PLW1510  # its status is what is checked
        [sys.executable, *words], capture_output=True, text=True, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert found.returncode == 2, found.stderr
    assert "What fits" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("replicates", "message"), [(10**9, "at most|from 1 to 1,?000,?000"), (300_000, "at most 1,?000,?000 are accepted")]
)
def test_more_runs_than_a_million_are_refused(replicates: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_experiment("direction").with_changes(replicates=replicates)


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_time_is_told_within_a_fifth_after_a_few_runs(workers: int) -> None:
    now = [0.0]
    sentences: list[str] = []
    forecast = Forecast(sentences.append, clock=lambda: now[0])
    estimator = EtaEstimator(clock=lambda: now[0])
    runs, each, start, load = 2000, 0.9, 3.0, 2.0
    estimator.add_pending([2200.0] * runs)
    forecast.begin(Work(runs, 1.0, memory=1e6), workers, Path())
    now[0] = start
    ends: list[tuple[float, int]] = []
    for worker in range(workers):
        estimator.begin(worker, [2200.0] * 4)
        ends.append((start + load + 4 * each, worker))
    left, task, told_at = runs - 4 * workers, workers, 0.0
    while ends:
        ends.sort()
        now[0], done = ends.pop(0)
        estimator.record(done, [each] * 4)
        forecast.update(estimator)
        told_at = told_at or (now[0] if sentences else 0.0)
        if left > 0:
            estimator.begin(task, [2200.0] * 4)
            ends.append((now[0] + 4 * each + 0.01, task))
            left, task = left - 4, task + 1
    number, unit = re.findall(r"about ([\d.]+) (second|minute|hour)", sentences[0])[0]
    assert float(number) * {"second": 1, "minute": 60, "hour": 3600}[unit] == pytest.approx(now[0], rel=0.2)
    assert told_at < 0.1 * now[0]
    assert len(sentences) == 1


@pytest.mark.parametrize(("command", "least"), [
    (["compare", "direction", "--weeks", "110", "--replicates", "4"], 16),
    (["sweep", "nothing", "--factor", "programme.budget=0:9000", "--samples", "16", "--weeks", "8"], 64),
    (["optimise", "nothing", "--factor", "programme.budget=0:9000", "--maximise", "csat", "--trials", "16", "--weeks", "8"], 64),
    (["calibrate", "nothing", "--parameter", "habit.formation_rate", "--target", "csat=70±30", "--waves", "2", "--weeks", "30"], 240),
], ids=lambda words: words[0] if isinstance(words, list) else "")  # fmt: skip
def test_commands_tell_time_memory_and_disk_of_all_their_parts(
    command: list[str], least: int, told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(estimate, "SHORT", 0.0)
    monkeypatch.setattr(estimate, "FEWEST_SECONDS", 0.0)
    found = CliRunner().invoke(app, [*command, *SET, "--workers", "1", "--out", str(tmp_path / "r"), "--format", "csv"])
    assert len(told) == 1, (found.output, found.exception)
    runs = re.match(
        r"([\d,]+) runs: about [\d.]+ \w+ with 1 process, [\d.]+ [MG]B of memory, [\d.]+ [kM]B on disk$", told[0]
    )
    assert runs, told
    assert int(runs[1].replace(",", "")) >= least


def test_a_long_search_in_one_process_tells_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sentences = [0.0], list[str]()
    monkeypatch.setattr(estimate.time, "monotonic", lambda: now[0])
    step = estimate.paced(400, "plan", sentences.append)
    for _ in range(20):
        now[0] += 1.0
        step()
    assert len(sentences) == 1
    assert sentences[0].startswith("400 plans: about 7 minutes")


def test_the_free_memory_of_this_machine_is_known() -> None:
    here = machine.this_machine(Path("no/such/folder"))
    assert 1e8 < here.memory < 1e14
    assert 0 < here.disk < 1e16
