import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.errors import InputError
from ccsim.execution.time_budget import READ_COST, Deadline, EtaEstimator, parse_duration, run_size
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400), (12, 12), ("1d", 86400)]
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "ten", "-5m", "0s", "5x", "m", 0, -1, True, float("nan")])
def test_what_is_no_time_is_reported(text: object) -> None:
    with pytest.raises(InputError, match=r"time limit: .* such as 90s, 10m or 1h30m"):
        parse_duration(text)  # type: ignore[arg-type]


#: Seconds until a worker has started, and what comes on the way to it and back, as a share of its work.
START, WAY = 3.0, 0.05


def lived(costs: np.ndarray, people: np.ndarray, share: float, workers: int) -> tuple[float, float]:
    """Let workers live through runs of known cost; return the time foretold for the whole after a share, and the true one."""
    clock = Clock()
    pace = EtaEstimator(clock=clock)
    pace.add_pending(people)
    free, under_way, foretold = np.full(workers, START), [], float("nan")
    for run in range(len(costs)):
        worker = int(free.argmin())
        at = float(free[worker]) if run >= workers else 0.0
        for end, which in sorted(under_way):
            if end <= at:
                clock.now = end
                pace.record(which, [costs[which]])
                under_way.remove((end, which))
        clock.now = at
        if np.isnan(foretold) and run >= share * len(costs):
            foretold = at + (pace.seconds_left() or float("nan"))
        pace.begin(run, [people[run]])
        free[worker] = max(free[worker], at) + (1.0 + WAY) * costs[run]
        under_way.append((float(free[worker]), run))
    return foretold, float(free.max())


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_after_a_twentieth_of_the_runs_the_end_is_known_within_a_tenth(workers: int) -> None:
    errors = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        people = rng.choice([200.0, 2200.0, 12000.0], 600)
        costs = (0.004 + people * 1e-5) * rng.lognormal(0, 0.2, 600)
        foretold, true = lived(costs, people, 0.05, workers)
        errors.append(abs(foretold / true - 1))
    sys.stdout.write(f"{workers} workers: median error {np.median(errors):.3f}, worst {max(errors):.3f}\n")
    assert np.median(errors) < 0.1


def test_runs_that_grow_dearer_are_foreseen() -> None:
    people = np.linspace(100, 20000, 1000)
    foretold, true = lived(0.001 + people * 1e-5, people, 0.05, 2)
    assert foretold == pytest.approx(true, rel=0.05)


@settings(deadline=None, max_examples=30)
@given(st.floats(1, 1000), st.floats(0.001, 2.0), st.integers(1, 24))
def test_tasks_stay_inside_the_budget(budget: float, cost: float, most: int) -> None:
    clock = Clock()
    pace = EtaEstimator(Deadline(budget, 0.0, clock=clock), clock)
    pace.add_pending([100.0] * 10**6)
    for task in range(5000):
        count = pace.max_task_runs(most)
        if count == 0:
            break
        pace.begin(task, [100.0] * count)
        clock.now += count * cost
        pace.record(task, [cost] * count)
    assert count == 0 or clock.now < budget
    assert clock.now <= max(budget, cost) * (1 + 1e-9)
    assert clock.now >= budget - 2 * 1.15 * cost or count > 0


def test_work_under_way_is_given_up_a_little_after_the_end() -> None:
    clock = Clock()
    pace = EtaEstimator(Deadline(100.0, 0.0, clock=clock), clock)
    clock.now = 101.0
    assert not pace.expired()
    assert pace.max_task_runs(5) == 0
    clock.now = 103.0
    assert pace.expired()


def test_what_comes_after_the_runs_is_kept_out_of_the_time_for_them() -> None:
    clock = Clock()
    clock.now = 14.0  # four seconds went by until the first run could begin: two are kept for the end
    pace = EtaEstimator(Deadline(100.0, 10.0, reserved_share=0.5, clock=clock), clock)
    clock.now = 107.9
    assert pace.max_task_runs(5) == 1
    clock.now = 108.1
    assert pace.max_task_runs(5) == 0
    assert not pace.expired()
    clock.now = 110.1
    assert pace.expired()


def test_writing_between_tasks_counts() -> None:
    clock, pace = Clock(), EtaEstimator()
    pace.clock = clock
    pace.add_pending([100.0] * 100)
    for task in range(10):
        pace.begin(task, [100.0])
        clock.now += 1.0
        pace.record(task, [1.0])
        clock.now += 0.5
    assert pace.seconds_left() == pytest.approx(90 * 1.5, rel=0.05)


def test_what_is_dropped_is_still_to_be_done() -> None:
    clock, pace = Clock(), EtaEstimator()
    pace.clock = clock
    pace.add_pending([100.0] * 10)
    for task in range(5):
        pace.begin(task, [100.0])
        clock.now += 1.0
        pace.record(task, [1.0])
    pace.begin(5, [100.0])
    clock.now += 0.5
    assert pace.seconds_left() == pytest.approx(4.5)
    pace.drop(5)
    assert pace.seconds_left() == pytest.approx(5.0, rel=0.15)


def test_people_are_those_of_the_scenario_at_its_point(small_experiment: Experiment) -> None:
    assert run_size(small_experiment)("busy") == 24 + 160
    levers = small_experiment.with_design(Design("sobol", ("programme.budget",), samples=4))
    assert run_size(levers)("busy @ 0002") == 24 + 160
    sizes = small_experiment.with_design(Design("factorial", ("organisation.customers=200,400",)))
    assert [run_size(sizes)(name) for name in ("nothing @ 0001", "busy @ 0002")] == [224, 424]
    assert run_size(replace(small_experiment, scenarios={}))  # nothing is looked up before it is asked for


def test_time_is_kept_to_read_what_is_stored() -> None:
    clock = Clock()
    pace = EtaEstimator(Deadline(100.0, 0.0, clock=clock), clock)
    before = pace.reserved_seconds
    pace.record_write(10.0)
    pace.record_write(10.0)
    assert pace.reserved_seconds == before + 20.0 * READ_COST > before
