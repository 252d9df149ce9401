"""Protocols for executors and progress reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from ccsim.simulation.simulation import Run

Task = tuple[int, tuple[str, ...]]  # a replicate, and its scenarios to run


@dataclass(frozen=True)
class TaskResult:
    """The result of a task: its runs, (scenario, error) of failed runs, and the seconds of each run."""

    replicate: int
    runs: tuple[Run, ...]
    failed: tuple[tuple[str, str], ...]
    seconds: tuple[float, ...] = ()


class Executor(Protocol):
    """An executor of tasks: processes of this machine, a cluster, or this process."""

    @property
    def busy(self) -> bool:
        """Whether any task is in progress."""

    def has_capacity(self) -> bool:
        """Return whether another task can be submitted at once."""

    def submit(self, task: Task) -> bool:
        """Submit a task; return whether this was possible."""

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, TaskResult | None]]:
        """Yield the tasks that end within a number of seconds, each with its result; None if its process crashed."""

    def shutdown(self) -> None:
        """Shut down; no task continues."""


class Progress(Protocol):
    """A progress report of runs done, planned and failed."""

    def __call__(self, done: int, planned: int, failed: int, /) -> None:
        """Show the progress of the runs."""


@runtime_checkable
class TimedProgress(Progress, Protocol):
    """A progress report that also receives the time left."""

    def left(self, seconds: float | None) -> None:
        """Show the time left; None if it is not known yet."""


#: From a title to a context in which progress is shown.
ProgressFactory: TypeAlias = Callable[[str], AbstractContextManager[Progress]]
