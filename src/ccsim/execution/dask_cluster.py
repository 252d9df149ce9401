"""Workers on other machines, behind a Dask scheduler.

    dask scheduler                                        on one machine
    dask worker tcp://HOST:8786 --nworkers -1 --nthreads 1    on each of the others

A remote worker receives the experiment as plain data with each task and caches it, so that a worker that joins late or
replaces a crashed one needs nothing else. Only the coordinator, in this process, writes results.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from ccsim.engine.jit import source_hash
from ccsim.errors import CcsimError
from ccsim.execution.executor import Task, TaskResult
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import Source, active_sources, extended

#: Seconds to wait for the scheduler, and for its first worker.
TIMEOUT = 20.0
#: Seconds to wait for the connection to close.
CLOSING = 5.0
#: Tasks per worker: one in progress and one waiting.
TASKS_PER_THREAD = 2


class ClusterError(CcsimError):
    """The scheduler or its workers cannot be used."""


def remote_task(experiment: str, sources: str, task: Task, mechanisms: Sequence[tuple[str, str]] = ()) -> TaskResult:
    """Run a task on a remote worker.

    Args:
        experiment: the experiment, resolved, as JSON.
        sources: hash of the coordinator's sources.
        task: the task.
        mechanisms: file and text of each user's mechanism.

    Returns:
        The result of the task, or the error that ended it.

    Raises:
        ClusterError: the worker has another version of ccsim.
    """
    from ccsim.execution import runner

    if source_hash() != sources:
        raise ClusterError(f"the workers have another version of ccsim (sources {source_hash()}, here {sources})")
    with extended([Source(file, text) for file, text in mechanisms] or None):
        return runner.run_task(_experiment(experiment), (task[0], tuple(task[1])))


@lru_cache(maxsize=2)
def _experiment(text: str) -> Experiment:
    return Experiment.from_resolved(json.loads(text))


class Cluster:
    """The workers of a Dask scheduler, as an executor.

    Args:
        address: address of the scheduler.
        experiment: the experiment to run.

    Raises:
        ClusterError: Dask is not installed, the scheduler cannot be reached, or has no workers.
    """

    def __init__(self, address: str, experiment: Experiment) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("--scheduler needs Dask, which is not installed: pip install -e '.[cluster]'") from None
        self.address = address
        # Dask logs lost connections with tracebacks; ccsim reports them in one message.
        for name in ("distributed.client", "distributed.comm", "distributed.batched", "distributed.core", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.text, self.sources = json.dumps(experiment.resolved()), source_hash()
        self.mechanisms = [(source.file, source.text) for source in active_sources()]
        try:
            self.client = Client(address, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterError(
                f"scheduler {address}: cannot be reached ({error}); start one with: dask scheduler"
            ) from None
        try:
            self.client.wait_for_workers(1, timeout=TIMEOUT)
        except TimeoutError:
            self.client.close()
            raise ClusterError(
                f"scheduler {address}: has no workers; start some with: dask worker {address} --nthreads 1"
            ) from None
        self._tasks: dict[Any, Task] = {}
        self._threads = sum(self.client.ncores().values())

    @property
    def busy(self) -> bool:
        """Whether any task is in progress."""
        return bool(self._tasks)

    def has_capacity(self) -> bool:
        """Return whether another task can be submitted."""
        return len(self._tasks) < TASKS_PER_THREAD * max(1, int(self._threads))

    def submit(self, task: Task) -> bool:
        """Submit a task."""
        with self._reached():
            future = self.client.submit(
                remote_task, self.text, self.sources, task, self.mechanisms, pure=False, key=None
            )
        self._tasks[future] = task
        return True

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        """Report that the scheduler is gone, however Dask notices it.

        Raises:
            ClusterError: the scheduler is gone.
        """
        from concurrent.futures import CancelledError

        gone = f"scheduler {self.address}: is gone; finished runs are kept, and ccsim resume continues"
        try:
            yield
        except ClusterError:
            raise
        except (OSError, RuntimeError, TimeoutError, CancelledError) as error:
            raise ClusterError(f"{gone} ({type(error).__name__})") from None
        if self.client.status != "running":
            raise ClusterError(gone)

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, TaskResult | None]]:
        """Yield the tasks that end within a number of seconds, each with its result; None if the task crashed its workers.

        Raises:
            ClusterError: the scheduler is gone, or the workers have another version of ccsim.
        """
        from distributed import KilledWorker, wait

        ended: Any = set()
        with self._reached():
            with self.client.as_current(), contextlib.suppress(TimeoutError):
                ended = wait(list(self._tasks), timeout=seconds, return_when="FIRST_COMPLETED").done
            self._threads = sum(self.client.ncores().values()) or self._threads
        for future in ended:
            task = self._tasks.pop(future)
            with self._reached():
                done = future.result() if future.status == "finished" else None
                error = future.exception() if future.status == "error" else None
            if done is not None:
                yield task, done
            elif isinstance(error, ClusterError):
                raise error
            elif error is None or isinstance(error, KilledWorker):
                yield task, None
            else:
                raise ClusterError(f"the workers cannot do their tasks: {error!r}")

    def shutdown(self) -> None:
        """Disconnect at once; pending results are discarded. A scheduler that is gone is not an error."""
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            if self.client.status == "running":
                for future in self._tasks:
                    future.cancel()
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            self.client.close(timeout=CLOSING)
