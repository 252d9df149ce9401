"""Progress on the terminal: runs done, rate, time left, failures."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ccsim.execution.executor import Progress
from ccsim.results.formatting import clock_time

if TYPE_CHECKING:
    import rich.progress
    from rich.console import Console


class Bar:
    """A progress bar for runs, with the time left. It appears with the first update."""

    def __init__(self, bar: rich.progress.Progress, title: str) -> None:
        self.bar, self.title = bar, title

    def __call__(self, done: int, planned: int, failed: int) -> None:
        """Show the runs done, planned and failed."""
        speed = self.bar.tasks[0].speed if self.bar.tasks else None
        self._update(
            completed=done, total=planned, rate=f"{speed:.{0 if speed >= 10 else 1}f}/s" if speed else "",
            failures=f"{failed} failed" if failed else "",
        )  # fmt: skip

    def left(self, seconds: float | None) -> None:
        """Show the time left."""
        self._update(left="" if seconds is None else f"{clock_time(seconds)} left")

    def _update(self, **fields: Any) -> None:
        if not self.bar.tasks:
            self.bar.start()
            self.bar.add_task(self.title, total=None, rate="", left="", failures="")
        self.bar.update(self.bar.tasks[0].id, **fields)


@contextlib.contextmanager
def console_progress(title: str, console: Console | None = None) -> Iterator[Bar]:
    """Show a progress bar on the terminal, by default on standard output."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("runs"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[failures]}", style="red"),
    )  # fmt: skip
    bar = Progress(*columns, console=console, transient=False)
    try:
        yield Bar(bar, title)
    finally:
        if bar.tasks:
            bar.stop()


def progress_context(
    progress: Progress | bool | None, title: str
) -> contextlib.AbstractContextManager[Progress | None]:
    """Return a context that yields the progress report: a bar for True, else the given report."""
    if isinstance(progress, bool) or progress is None:
        return console_progress(title) if progress else contextlib.nullcontext(None)
    return contextlib.nullcontext(progress)
