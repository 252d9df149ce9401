import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsim.design import Design
from ccsim.errors import InputError
from ccsim.experiment import Experiment
from ccsim.pace import Pace, people_of, seconds_of


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400), (12, 12), ("1d", 86400)]
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "ten", "-5m", "0s", "5x", "m", 0, -1, True, float("nan")])
def test_what_is_no_time_is_told(text: object) -> None:
    with pytest.raises(InputError, match=r"budget: .* such as 90s, 10m or 1h30m"):
        seconds_of(text)  # type: ignore[arg-type]


def lived(costs: np.ndarray, people: np.ndarray, share: float, workers: int) -> tuple[float, float]:
    """Let workers live through runs of known cost; return the time foretold for the whole after a share, and the true one."""
    clock = Clock()
    pace = Pace(clock=clock)
    pace.expect(people)
    free, under_way, foretold = np.zeros(workers), [], float("nan")
    for run in range(len(costs)):
        worker = int(free.argmin())
        clock.now = float(free[worker])
        for end, which in sorted(under_way):
            if end <= clock.now:
                pace.note([people[which]], [costs[which]])
                under_way.remove((end, which))
        if np.isnan(foretold) and run >= share * len(costs):
            foretold = clock.now + (pace.seconds_left() or float("nan"))
        pace.begin([people[run]])
        free[worker] += costs[run]
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
    pace = Pace(budget, clock)
    pace.expect([100.0] * 10**6)
    for _ in range(5000):
        count = pace.limit(most)
        if count == 0:
            break
        pace.begin([100.0] * count)
        clock.now += count * cost
        pace.note([100.0] * count, [cost] * count)
    assert count == 0 or clock.now < budget
    assert clock.now <= max(budget, cost) * (1 + 1e-9)
    assert clock.now >= budget - 2 * 1.15 * cost or count > 0


def test_work_under_way_is_given_up_a_little_after_the_end() -> None:
    clock = Clock()
    pace = Pace(100.0, clock)
    clock.now = 101.0
    assert not pace.over()
    assert pace.limit(5) == 0
    clock.now = 103.0
    assert pace.over()


def test_people_are_those_of_the_scenario_at_its_point(small_experiment: Experiment) -> None:
    assert people_of(small_experiment)("busy") == 24 + 160
    levers = small_experiment.designed(Design("sobol", ("programme.budget",), points=4))
    assert people_of(levers)("busy @ 0002") == 24 + 160
    sizes = small_experiment.designed(Design("factorial", ("organisation.customers=200,400",)))
    assert [people_of(sizes)(name) for name in ("nothing @ 0001", "busy @ 0002")] == [224, 424]
    assert people_of(replace(small_experiment, scenarios={}))  # nothing is looked up before it is asked for
