"""An executor of one: this process, where others cannot be started or are not wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class InProcessExecutor(Generic[Task, Answer]):
    """Does one task after the other, as an executor that shares tasks does them.

    Args:
        work, shared: each task is answered with ``work(shared, task)``.
    """

    def __init__(self, work: Callable[[Any, Any], Any], shared: Any) -> None:
        self.work, self.shared = work, shared
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether a task waits to be done."""
        return self._task is not None

    def has_capacity(self) -> bool:
        """Say whether another task can be begun."""
        return self._task is None

    def submit(self, task: Task) -> bool:
        """Take a task; it is done when its answer is asked for."""
        self._task = task
        return True

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, Answer | None]]:
        """Do the task, however long it takes, and yield it with its answer."""
        task, self._task = self._task, None
        if task is not None:
            yield task, self.work(self.shared, task)

    def shutdown(self) -> None:
        """End: nothing runs on."""
