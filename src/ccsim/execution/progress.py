"""Progress on the terminal: runs done, rate, time left, failures."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ccsim.execution.executor import Progress, TimedProgress
from ccsim.results.formatting import clock_time

if TYPE_CHECKING:
    import rich.progress
    from rich.console import Console


class Bar:
    """A progress bar for runs, with the time left."""

    def __init__(self, bar: rich.progress.Progress, title: str) -> None:
        self.bar = bar
        self.task = bar.add_task(title, total=None, rate="", left="", failures="")

    def __call__(self, done: int, planned: int, failed: int) -> None:
        """Show the runs done, planned and failed."""
        speed = self.bar.tasks[0].speed
        self.bar.update(
            self.task, completed=done, total=planned, rate=f"{speed:.{0 if speed >= 10 else 1}f}/s" if speed else "",
            failures=f"{failed} failed" if failed else "",
        )  # fmt: skip

    def left(self, seconds: float | None) -> None:
        """Show the time left."""
        self.bar.update(self.task, left="" if seconds is None else f"{clock_time(seconds)} left")


@contextlib.contextmanager
def console_progress(title: str, console: Console | None = None) -> Iterator[Bar]:
    """Show a progress bar on the terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("runs"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[failures]}", style="red"),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=False) as bar:
        yield Bar(bar, title)


class _LazyBar:
    """A progress bar that is created on the first update."""

    def __init__(self, title: str, stack: contextlib.ExitStack) -> None:
        self.title, self.stack = title, stack
        self.bar: Bar | None = None

    def __call__(self, done: int, planned: int, failed: int) -> None:
        self._shown()(done, planned, failed)

    def left(self, seconds: float | None) -> None:
        self._shown().left(seconds)

    def _shown(self) -> Bar:
        if self.bar is None:
            from rich.console import Console

            self.bar = self.stack.enter_context(console_progress(self.title, Console(stderr=True)))
        return self.bar


@contextlib.contextmanager
def lazy_progress(title: str) -> Iterator[TimedProgress]:
    """Show a progress bar on standard error, from the first update on."""
    with contextlib.ExitStack() as stack:
        yield _LazyBar(title, stack)


def progress_context(
    progress: Progress | bool | None, title: str
) -> contextlib.AbstractContextManager[Progress | None]:
    """Return a context that yields the progress report: a bar for True, else the given report."""
    if isinstance(progress, bool) or progress is None:
        return console_progress(title) if progress else contextlib.nullcontext(None)
    return contextlib.nullcontext(progress)
