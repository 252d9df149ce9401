"""What work takes is told before most of it is done, and what cannot fit is refused in one message."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim import load_experiment
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.execution import announcing, estimate, forecast, machine
from ccsim.execution.estimate import DoesNotFitError, Work
from ccsim.execution.forecast import Forecast
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
def message() -> Iterator[list[str]]:
    """Keep the announcements, however small the work."""
    sentences: list[str] = []
    announcing.announce_with(sentences.append)
    yield sentences
    announcing.announce_with(None)


def work(**sizes: int) -> Work:
    """Return the work of the shipped comparison in an organisation of given sizes."""
    levers = {f"organisation.{name}": value for name, value in sizes.items()}
    return Work.of(load_experiment("direction").with_changes(levers=levers))


@pytest.mark.parametrize("sizes", [{}, {"staff": 300, "customers": 4000, "departments": 12, "ties": 16}])
def test_memory_of_a_run_is_that_of_its_columns(sizes: dict[str, int]) -> None:
    scenario = next(iter(load_experiment("direction").scenarios.values())).with_values(
        {**{f"organisation.{name}": value for name, value in sizes.items()}, "organisation.warm_up": 0}
    )
    parts = Simulation(scenario, 1, 1).state.parts()
    held = sum(sum(one.nbytes for one in part) if isinstance(part, tuple) else part.nbytes for part in parts)
    assert work(**sizes).memory == pytest.approx(held, rel=0.1)


def test_disk_is_reported_within_a_fifth(tmp_path: Path) -> None:
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
        (Machine(memory=1e8), {}, r"nothing; ccsim alone needs 280 MB"),
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
    monkeypatch.setattr(forecast, "this_machine", lambda folder: Machine(memory=2e9))
    found = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "r")])
    assert isinstance(found.exception, DoesNotFitError), found.output
    assert "customers would take" in str(found.exception)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_full_disk_is_reported_before_the_first_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


class Session:
    """A command of which the clock is turned by hand: loading, parts with processes that start, and what comes last."""

    def __init__(self, workers: int, *, loading: float = 2.8, start: float = 3.0, last: float = 1.4) -> None:
        self.now, self.workers, self.start, self.last = loading, workers, start, last
        self.sentences: list[tuple[float, str]] = []
        self.foretold = Forecast(
            lambda text: self.sentences.append((self.now, text)), clock=lambda: self.now, started=0.0
        )

    def part(self, runs: int, each: Callable[[float], float]) -> None:
        """Do a part of the work."""
        estimator = EtaEstimator(clock=lambda: self.now)
        estimator.add_pending([2200.0] * runs)
        self.foretold.begin(Work(runs, float(runs), memory=1e6), self.workers, Path())
        self.now += self.start
        ends: list[tuple[float, int, float]] = []
        for task in range(self.workers):
            estimator.begin(task, [2200.0] * 4)
            ends.append((self.now + 4 * each(self.now), task, each(self.now)))
        left, task = runs - 4 * self.workers, self.workers
        while ends:
            ends.sort()
            self.now, done, took = ends.pop(0)
            estimator.record(done, [took] * 4)
            self.foretold.update(estimator)
            if left > 0:
                estimator.begin(task, [2200.0] * 4)
                ends.append((self.now + 4 * each(self.now) + 0.01, task, each(self.now)))
                left, task = left - 4, task + 1
        self.foretold.update(estimator, ended=True)

    def end(self) -> float:
        """End the command; return the seconds that it took."""
        self.now += self.last
        return self.now

    def told(self, number: int = 0) -> float:
        """Return the seconds of a sentence."""
        amount, unit = re.findall(r"about ([\d.]+) (second|minute|hour)", self.sentences[number][1])[0]
        return float(amount) * {"second": 1, "minute": 60, "hour": 3600}[unit]


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("each", [0.06, 0.9])
def test_time_is_reported_within_a_fifth_after_a_few_runs(workers: int, each: float) -> None:
    command = Session(workers)
    command.part(2000, lambda now: each)
    took = command.end()
    assert command.told() == pytest.approx(took, rel=0.2)
    assert command.sentences[0][0] < max(12.0, 0.1 * took)
    assert len(command.sentences) == 1


def test_the_time_of_all_parts_counts_loading_the_start_of_processes_and_what_comes_last() -> None:
    command = Session(2, loading=5.6, start=3.0, last=2 * (1.4 + 20.0))  # a machine half as fast
    command.foretold.expected = Work(1200, 1200.0, parts=12, seconds=20.0, memory=1e6)
    for _ in range(12):
        command.part(100, lambda now: 0.1)
    assert command.told() == pytest.approx(command.end(), rel=0.1)
    assert len(command.sentences) == 1


def test_compiling_in_the_first_part_is_not_expected_of_the_others() -> None:
    command = Session(2, start=300.0)
    command.foretold.expected = Work(600, 600.0, parts=3, memory=1e6)
    command.part(200, lambda now: 0.1)
    command.start = 1.5
    for _ in range(2):
        command.part(200, lambda now: 0.1)
    assert command.told() == pytest.approx(command.end(), rel=0.05)


def test_what_was_reported_is_reported_anew_when_other_programs_take_the_processors() -> None:
    command = Session(2)
    command.part(2000, lambda now: 0.1 if now < 30.0 else 0.4)
    took = command.end()
    assert command.told() < 0.4 * took
    assert command.told(-1) == pytest.approx(took, rel=0.2)
    assert "in all at the present pace" in command.sentences[-1][1]
    assert command.sentences[-1][0] < 0.6 * took
    assert len(command.sentences) < 8


def test_a_command_knows_when_its_process_started() -> None:
    code = (
        "import time; early = time.monotonic(); time.sleep(0.3)\n"
        "from ccsim.execution.announcing import process_started; print(early - process_started())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert -0.02 < float(found.stdout) < 60.0


@pytest.mark.parametrize(("command", "least"), [
    (["compare", "direction", "--weeks", "110", "--replicates", "4"], 16),
    (["sweep", "nothing", "--factor", "programme.budget=0:9000", "--samples", "16", "--weeks", "8"], 64),
    (["optimise", "nothing", "--factor", "programme.budget=0:9000", "--maximise", "csat", "--trials", "16", "--weeks", "8"], 64),
    (["calibrate", "nothing", "--parameter", "habit.formation_rate", "--target", "csat=70±30", "--waves", "2", "--weeks", "30"], 240),
], ids=lambda words: words[0] if isinstance(words, list) else "")  # fmt: skip
def test_commands_tell_time_memory_and_disk_of_all_their_parts(
    command: list[str], least: int, message: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(forecast, "SHORT", 0.0)
    monkeypatch.setattr(forecast, "FEWEST_SECONDS", 0.0)
    found = CliRunner().invoke(app, [*command, *SET, "--workers", "1", "--out", str(tmp_path / "r"), "--format", "csv"])
    assert len(message) == 1, (found.output, found.exception)
    runs = re.match(
        r"([\d,]+) runs: about [\d.]+ \w+ with 1 process, [\d.]+ [MG]B of memory, [\d.]+ [kM]B on disk$", message[0]
    )
    assert runs, message
    assert int(runs[1].replace(",", "")) >= least


def test_a_long_search_in_one_process_tells_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sentences = [0.0], list[str]()
    monkeypatch.setattr(forecast.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(forecast, "STARTED", [])
    step = forecast.paced(400, "plan", sentences.append)
    for _ in range(20):
        now[0] += 1.0
        step()
    assert len(sentences) == 1
    assert sentences[0].startswith("400 plans: about 6.7 minutes")


def test_the_free_memory_of_this_machine_is_known() -> None:
    here = machine.this_machine(Path("no/such/folder"))
    assert 1e8 < here.memory < 1e14
    assert 0 < here.disk < 1e16
