"""What the scheduler asks of those who do the runs, and of those who are told how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from ccsim.simulation.simulation import Run

Task = tuple[int, tuple[str, ...]]  # a replicate, and the scenarios to be run in it


@dataclass(frozen=True)
class TaskResult:
    """What comes back from a task: its runs, (scenario, error) of those that failed, and the seconds of each."""

    replicate: int
    runs: tuple[Run, ...]
    failed: tuple[tuple[str, str], ...]
    seconds: tuple[float, ...] = ()


class Executor(Protocol):
    """Those who share tasks: processes of this machine, a cluster, or this process."""

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""

    def has_capacity(self) -> bool:
        """Say whether another task can be handed over at once."""

    def submit(self, task: Task) -> bool:
        """Hand over a task; say whether it could be."""

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, TaskResult | None]]:
        """Yield the tasks that end within some seconds, each with its result; None if its process died."""

    def shutdown(self) -> None:
        """End: nothing runs on."""


class Progress(Protocol):
    """What is told of the runs done, planned and failed."""

    def __call__(self, done: int, planned: int, failed: int, /) -> None:
        """Show how far the runs are."""


@runtime_checkable
class TimedProgress(Progress, Protocol):
    """Progress that is also told how long the rest will take."""

    def left(self, seconds: float | None) -> None:
        """Show the time left; None while it is not known."""


#: From a title to a context in which progress is shown.
ProgressFactory: TypeAlias = Callable[[str], AbstractContextManager[Progress]]
