"""Luck or skill? Runs done again on many seeds in processes of their own, with bands, as the command line does it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import solara

from ccsim.analysis.comparison import Comparison, compare
from ccsim.errors import count_noun
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS, QUARTER
from ccsim.reports.formatting import change, figure, title_of
from ccsim.ui import pictures
from ccsim.ui.sealed import RawPayload
from ccsim.ui.sitting import StoredRun

REPLICATES = 30
#: Batches take every processor: one at a time on a server.
TURN = threading.Semaphore(1)


class Away(Exception):
    """Raised to cancel a batch whose page was closed."""


def as_experiment(runs: Sequence[StoredRun], replicates: int = REPLICATES) -> Experiment:
    """Return runs as an experiment on many seeds, the first of them the run's own; the first run is the baseline."""
    names = [f"run-{number + 1}" for number in range(len(runs))]
    first = runs[0].course
    return Experiment(
        "explore", "Runs of a session", "Is the difference more than luck?", names[0],
        {name: run.scenario for name, run in zip(names, runs, strict=True)}, weeks=first.horizon, replicates=replicates,
        seed=first.seed, kpis=pictures.LINES,
    )  # fmt: skip


def replicated(runs: Sequence[StoredRun], tell: Callable[[int, int], None], cancelled: threading.Event) -> Comparison:
    """Do runs again on many seeds.

    Raises:
        Away: it was cancelled.
    """

    def progress(done: int, planned: int, _failed: int) -> None:
        if cancelled.is_set():
            raise Away
        tell(done, planned)

    with TURN:
        return compare(as_experiment(runs), workers=os.cpu_count() or 1, progress=progress)


def banded(comparison: Comparison, runs: Sequence[StoredRun]) -> list[pictures.Line]:
    """Return a line for each run: the mean over replicates, with a band that holds nine of ten of them."""
    lines = []
    looks = [pictures.MINE, *pictures.OTHERS]
    for number, (run, look) in enumerate(zip(runs, looks, strict=False)):
        values: dict[str, dict[str, Any]] = {"mean": {}, "p05": {}, "p95": {}}
        for kpi in pictures.LINES:
            frame = comparison.bands(kpi, 1 if KPIS[kpi].aggregation == "last" else QUARTER)
            frame = frame[frame["scenario"] == f"run-{number + 1}"]
            for column, found in values.items():
                found[kpi] = frame[column].to_numpy()
        lines.append(pictures.Line(run.course.title, *look, values["mean"], values["p05"], values["p95"]))
    return lines


@solara.component
def Replicates(runs: list[StoredRun]) -> None:
    """The button, the progress, and what came out."""
    wanted: solara.Reactive[tuple[StoredRun, ...]] = solara.use_reactive(())
    said = solara.use_reactive("")
    found: solara.Reactive[tuple[Comparison, tuple[StoredRun, ...]] | None] = solara.use_reactive(None)

    def work(cancelled: threading.Event) -> None:
        asked = wanted.value
        if not asked:
            return
        try:
            said.set("waiting for the processors …")
            said_last = 0

            def tell(done: int, planned: int) -> None:
                nonlocal said_last
                if done == planned or done - said_last >= max(1, planned // 20):
                    said_last = done
                    said.set(f"{done} of {count_noun(planned, 'run')}")

            comparison = replicated(asked, tell, cancelled)
            found.set((comparison, asked))
            said.set("")
        except Away:
            return
        finally:
            if not cancelled.is_set():
                wanted.set(())

    solara.use_thread(work, dependencies=[wanted.value])
    solara.HTML(tag="h2", unsafe_innerHTML="Luck or skill?")
    solara.HTML(
        tag="p",
        unsafe_innerHTML=f"One run is one draw of luck. {REPLICATES} replicates of each ticked run, on the same {REPLICATES} "
        "seeds, show which differences hold.",
    )
    with solara.Div(classes=["ex-row"]):
        solara.Button(f"Run {REPLICATES} replicates", disabled=bool(wanted.value), outlined=True,
                      on_click=lambda: wanted.set(tuple(runs)))  # fmt: skip
        solara.Text(said.value, classes=["ex-progress"])
    if found.value:
        comparison, done = found.value
        solara.HTML(tag="div", classes=["ex-sum"], unsafe_innerHTML=verdict(comparison, done))
        pictures.LinesPicture(charts=pictures.charts(pictures.LINES, banded(comparison, done)), marks=RawPayload([]),
                              horizon=done[0].course.horizon)  # fmt: skip


def verdict(comparison: Comparison, runs: Sequence[StoredRun]) -> str:
    """Say in a table what the replicates tell, as ``ccsim compare`` would."""
    frame = comparison.table()
    rows = ""
    for number, run in enumerate(runs):
        for row in frame[frame["scenario"] == f"run-{number + 1}"].to_dict("records"):
            name = str(row["kpi"])
            cells = f"<td>{figure(name, row['mean'])}</td>"
            if number and row["difference"] == row["difference"]:
                low, high = row["difference_low"], row["difference_high"]
                sure = "more than luck" if row["distinguishable"] else "may be luck"
                cells += f"<td>{change(name, row['difference'])}</td><td>{change(name, low)} to {change(name, high)}</td><td>{sure}</td>"
            else:
                cells += "<td></td><td></td><td></td>"
            rows += f"<tr><th scope='row'>{escape(run.course.title)}</th><td>{title_of(name)}</td>{cells}</tr>"
    return (
        f"<div class='ex-wide'><table class='words verdict'><caption>At the horizon, {REPLICATES} replicates each; differences to the "
        "first run are taken seed by seed, with a 95 % interval; Holm's correction for many tests</caption><thead><tr><th>run</th>"
        f"<th>figure</th><th>mean</th><th>difference</th><th>interval</th><th></th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
