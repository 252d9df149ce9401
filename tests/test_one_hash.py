"""One seed, one result: whatever the number of workers and the order of work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ccsim.execution import runner as running
from ccsim.execution.executor import Task, TaskResult
from ccsim.execution.runner import run_experiment, run_task
from ccsim.execution.scheduler import Scheduler
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment


@pytest.fixture(params=["every week of two scenarios", "figures at the points of a design"])
def experiment(request: pytest.FixtureRequest, small_experiment: Experiment) -> Experiment:
    if request.param.startswith("every"):
        return small_experiment
    return replace(
        small_experiment.with_design(Design("sobol", ("programme.budget",), samples=4)), report_weeks=(7, 15)
    )


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Task]]:
    """Shuffle what is to be done, another way each time; keep the tasks in the order in which they come back."""
    in_order, taken, seeds = Scheduler.pending_runs, Scheduler._record_result, iter(range(1, 100))
    done: list[Task] = []

    def shuffled(crew: Scheduler, replicates: range) -> Iterator[tuple[int, str]]:
        runs = list(in_order(crew, replicates))
        random.Random(next(seeds) // 2).shuffle(runs)  # it is asked twice: to count, and to hand out
        return iter(runs)

    def take(crew: Scheduler, task: Task, answer: TaskResult) -> None:
        done.append(task)
        taken(crew, task, answer)

    monkeypatch.setattr(Scheduler, "pending_runs", shuffled)
    monkeypatch.setattr(Scheduler, "_record_result", take)
    yield done


def test_workers_and_the_order_of_work_do_not_change_a_bit(
    experiment: Experiment, orders: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, seen = set(), set()
    for workers in (1, 2, 3):
        orders.clear()
        found.add(run_experiment(experiment, workers=workers).hash())
        seen.add(tuple(orders))
    assert len(seen) == 3
    assert len({replicate for replicate, _ in orders}) == experiment.replicates
    monkeypatch.undo()
    found.add(run_experiment(experiment, workers=1).hash())
    assert len(found) == 1


def test_another_seed_is_another_hash(small_experiment: Experiment) -> None:
    """The hash can differ at all."""
    hashes = {run_experiment(small_experiment.with_changes(seed=seed), workers=1).hash() for seed in (1, 2)}
    assert len(hashes) == 2


def test_one_bit_is_another_hash(small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    whole = run_experiment(small_experiment, workers=1).hash()

    def bent(experiment: Experiment, task: Task) -> TaskResult:
        answer = run_task(experiment, task)
        if task[0] == 2:
            csat = answer.runs[0].kpis["csat"]
            csat[5] = np.nextafter(csat[5], np.inf)
        return answer

    monkeypatch.setattr(running, "run_task", bent)
    assert run_experiment(small_experiment, workers=1).hash() != whole
