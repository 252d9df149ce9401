"""An executor in this process, for when other processes cannot be started or are not wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ccsim.execution.executor import Task, TaskResult


class InProcessExecutor:
    """Run one task after the other, with the interface of an executor.

    Args:
        work, shared: the result of each task is ``work(shared, task)``.
    """

    def __init__(self, work: Callable[[Any, Task], TaskResult], shared: Any) -> None:
        self.work, self.shared = work, shared
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether a task is waiting."""
        return self._task is not None

    def has_capacity(self) -> bool:
        """Return whether another task can be started."""
        return self._task is None

    def submit(self, task: Task) -> bool:
        """Accept a task; it is run when its result is requested."""
        self._task = task
        return True

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, TaskResult | None]]:
        """Run the task, however long it takes, and yield it with its result."""
        task, self._task = self._task, None
        if task is not None:
            yield task, self.work(self.shared, task)

    def shutdown(self) -> None:
        """Shut down; no task continues."""
