"""Schedule the tasks of an experiment over workers, and retry the tasks whose worker crashed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ccsim.errors import CcsimError
from ccsim.execution import forecast
from ccsim.execution.executor import Executor, Progress, Task, TaskResult, TimedProgress
from ccsim.execution.in_process import InProcessExecutor
from ccsim.execution.time_budget import EtaEstimator, run_size
from ccsim.experiments.experiment import Experiment
from ccsim.results.rows import load_writers
from ccsim.results.store import Store

#: Seconds between writes, which limits the work that a kill can lose.
FLUSH_SECONDS = 2.0
#: Scenarios per task, which limits the work that a crash can cost.
MAX_TASK_RUNS = 24
#: Number of crashes after which a task is given up.
MAX_CRASHES = 3


class WorkerCrashLoopError(CcsimError):
    """Raised if worker processes crash repeatedly before any of them completes a task."""


@dataclass
class Scheduler:
    """Runs the tasks of an experiment, here or through an executor.

    Attributes:
        experiment: the experiment to run.
        store: the store of the results.
        start_executor: starts the executor of the tasks.
        run_task: runs a task in this process.
        estimator: pace of the work and time limit.
        progress: called with (done, planned, failed).
        workers: how many the executor has, as far as is known.
        may_run_here: whether a single task may be run in this process.
        stopped: whether the time limit was reached before everything was done.
    """

    experiment: Experiment
    store: Store
    start_executor: Callable[[], Executor]
    run_task: Callable[[Experiment, Task], TaskResult]
    estimator: EtaEstimator = field(default_factory=EtaEstimator)
    progress: Progress | None = None
    workers: int = 1
    may_run_here: bool = True
    stopped: bool = False
    _retries: deque[Task] = field(default_factory=deque)
    _crashes: dict[Task, int] = field(default_factory=dict)
    _consecutive_crashes: int = 0
    _flushed: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._size = run_size(self.experiment)
        self._n_done = len(self.store.done)

    def pending_runs(self, replicates: range) -> Iterator[tuple[int, str]]:
        """Yield the remaining runs replicate by replicate, so that early results cover all scenarios."""
        for replicate in replicates:
            for name in self.experiment.scenarios:
                if (name, replicate) not in self.store.done:
                    yield replicate, name

    def run(self, replicates: range) -> None:
        """Run everything that is left of the given replicates."""
        self.store.planned = max(self.store.planned, len(self.experiment.scenarios) * replicates.stop)
        count = self.estimator.add_pending(self._size(name) for _, name in self.pending_runs(replicates))
        self._report_progress()
        tasks = _Tasks(self.pending_runs(replicates))
        if tasks.next_run is None:
            return
        single = len(replicates) == 1 and count <= MAX_TASK_RUNS
        in_process = InProcessExecutor(self.run_task, self.experiment)
        self._run_in_executor(in_process if single and self.may_run_here else self.start_executor(), tasks)
        self._flush()
        forecast.update(self.estimator, ended=True)

    def _run_in_executor(self, executor: Executor, tasks: _Tasks) -> None:
        """Submit tasks to an executor until all are done or the time limit is reached."""
        load_writers()  # while the executor starts
        try:
            while True:
                while executor.has_capacity() and (task := self._next_task(tasks)):
                    self._start_task(task)
                    if not executor.submit(task):
                        self.estimator.drop(task)
                        self._retries.append(task)
                        self._count_crash()
                if not executor.busy:
                    break
                for task, done in executor.as_completed(FLUSH_SECONDS if self.estimator.deadline is None else 0.1):
                    if done is None:
                        self.estimator.drop(task)
                        self._retry_or_fail(task)
                    else:
                        self._record_result(task, done)
                        self._consecutive_crashes = -1
                self._flush_if_due()
                if self.estimator.expired():
                    break
            self.stopped = executor.busy or bool(self._retries) or tasks.next_run is not None
        finally:
            executor.shutdown()

    def _next_task(self, tasks: _Tasks) -> Task | None:
        """Return the next task; None if there is none, or none fits into the time limit."""
        most = self.estimator.max_task_runs(MAX_TASK_RUNS)
        if most == 0:
            return None
        return self._retries.popleft() if self._retries else tasks.next_task(most)

    def _retry_or_fail(self, task: Task) -> None:
        """Queue a task whose worker crashed again; record it as failed after too many crashes."""
        self._crashes[task] = self._crashes.get(task, 0) + 1
        if self._crashes[task] < MAX_CRASHES:
            self._retries.append(task)
        else:
            lost = f"the process died {MAX_CRASHES} times while it ran this replicate"
            self._start_task(task)
            self._record_result(task, TaskResult(task[0], (), tuple((name, lost) for name in task[1])))
        self._count_crash()

    def _count_crash(self) -> None:
        """Give up if processes crash before they finish any task."""
        self._consecutive_crashes += self._consecutive_crashes >= 0
        if self._consecutive_crashes >= MAX_CRASHES * self.workers:
            raise WorkerCrashLoopError(
                f"worker processes crash before they finish any task ({self._consecutive_crashes} crashes): is there enough memory for "
                f"{self.workers} at a time? --workers 1 runs everything in this process"
            )

    def _start_task(self, task: Task) -> None:
        self.estimator.begin(task, [self._size(name) for name in task[1]])

    def _record_result(self, task: Task, done: TaskResult) -> None:
        for run in done.runs:
            self.store.add(done.replicate, run)
        for name, error in done.failed:
            self.store.failures.append({"scenario": name, "replicate": done.replicate, "error": error})
        self.estimator.record(task, done.seconds or (0.0,) * len(task[1]))
        self._n_done += len(done.runs)
        self._flush_if_due()
        forecast.update(self.estimator)
        self._report_progress()

    def _flush_if_due(self) -> None:
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        start = time.monotonic()
        self.store.flush()
        self._flushed = time.monotonic()
        self.estimator.record_write(self._flushed - start)

    def _report_progress(self) -> None:
        if self.progress is None:
            return
        if isinstance(self.progress, TimedProgress):
            self.progress.left(self.estimator.seconds_left())
        self.progress(self._n_done, self.store.planned, len(self.store.failures))


class _Tasks:
    """Runs in order, grouped into tasks: scenarios of one replicate together."""

    def __init__(self, runs: Iterator[tuple[int, str]]) -> None:
        self._runs = runs
        self.next_run = next(runs, None)

    def next_task(self, most: int) -> Task | None:
        """Return the next task, with at most the given number of runs."""
        if self.next_run is None:
            return None
        replicate = self.next_run[0]
        names: list[str] = []
        while self.next_run is not None and self.next_run[0] == replicate and len(names) < most:
            names.append(self.next_run[1])
            self.next_run = next(self._runs, None)
        return replicate, tuple(names)
