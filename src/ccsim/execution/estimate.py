"""Estimate the memory and disk space of work, and refuse work that does not fit.

Memory depends on the columns of an organisation of the given size, disk space on the rows that are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.engine.columns import POPULATIONS
from ccsim.errors import InputError, count_noun
from ccsim.execution.machine import Machine
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS, available
from ccsim.model.populations import KINDS
from ccsim.model.settings import default_settings
from ccsim.organisations.layout import layout_of
from ccsim.results.formatting import byte_size
from ccsim.scenarios.scenario import Scenario

#: Memory in bytes of a process with the model loaded, and of one that also reads results and plots (measured).
WORKER, READER = 200e6, 280e6
#: Bytes per value in a file, in a table, and while a table is read and sorted (measured).
ON_DISK, IN_TABLE, WHILE_READ = 5.2, 8.1, 3.9 * 8.1
#: Share of the free memory or disk space that may be used.
SHARE = 0.95
#: Number of columns of a table in addition to its KPIs.
KEYS = 4


class DoesNotFitError(InputError):
    """Raised if this machine has too little memory or disk space for the work."""


@dataclass(frozen=True)
class Work:
    """Some runs.

    Attributes:
        runs: number of runs.
        person_weeks: people times simulated weeks, summed over the runs.
        warm_up: the same for the weeks before week 0, which large scenarios of one seed do not share.
        memory: memory of the largest run in bytes.
        values: number of values stored on disk.
        read: number of values of the table that is read at the end.
        customers: number of customers of the largest run.
        bytes_of_customer: memory per customer in bytes.
        every_week: whether a row is kept for every week.
        parts: number of experiments; each starts its own processes.
        seconds: time of a command without its runs, in seconds on the machine of the measurements.
    """

    runs: int = 0
    person_weeks: float = 0.0
    warm_up: float = 0.0
    memory: float = 0.0
    values: float = 0.0
    read: float = 0.0
    customers: int = 0
    bytes_of_customer: float = 0.0
    every_week: bool = False
    parts: int = 1
    seconds: float = 0.0

    @classmethod
    def of(cls, experiment: Experiment) -> Work:
        """Return the work of an experiment, without making its points."""
        runs = len(experiment.scenarios) * experiment.replicates
        largest, people, memory = {}, 0.0, -1.0
        factors = experiment.design.factors if experiment.design else ()
        largest_sizes = {
            factor.key.partition(".")[2]: max(factor.ends()) for factor in factors if factor.key.startswith("organisation.")
        }  # fmt: skip
        for scenario in experiment.base_scenarios.values():
            sizes = sizes_of(scenario)
            people += (sizes["staff"] + sizes["customers"]) / len(experiment.base_scenarios)
            varied = {**sizes, **largest_sizes}
            if (need := bytes_of(varied)) > memory:
                memory, largest = need, varied
        rows = len(experiment.report_weeks) or experiment.weeks
        table = rows * (len(KPIS) + KEYS)
        values = table if experiment.report_weeks else table + rows * sum(
            largest[f"{by}s"] * (len(available(by)) + KEYS) for by in ("department", "segment")
        )  # fmt: skip
        return cls(
            runs, runs * people * experiment.weeks, runs * people * largest["warm_up"], memory, float(runs * values), float(runs * table),
            int(largest["customers"]), bytes_of({**largest, "customers": 1e6}) / 1e6, not experiment.report_weeks,
        )  # fmt: skip

    def times(self, factor: float) -> Work:
        """Return the work for a multiple of the same runs."""
        return replace(
            self, runs=round(self.runs * factor), person_weeks=self.person_weeks * factor,
            warm_up=self.warm_up * factor, values=self.values * factor, parts=max(1, ceil(self.parts * factor - 1e-9)),
        )  # fmt: skip

    def in_parts(self, parts: int) -> Work:
        """Return the same runs split into a number of experiments, each of whose tables is read completely."""
        return replace(self, parts=parts, read=max(self.read, self.values / max(1, parts)))

    def plus(self, other: Work) -> Work:
        """Return the work of both, one after the other."""
        return Work(
            self.runs + other.runs, self.person_weeks + other.person_weeks, self.warm_up + other.warm_up, max(self.memory, other.memory),
            self.values + other.values, max(self.read, other.read), max(self.customers, other.customers),
            max(self.bytes_of_customer, other.bytes_of_customer), self.every_week or other.every_week,
            self.parts + other.parts, self.seconds + other.seconds,
        )  # fmt: skip

    def bytes_on_disk(self) -> float:
        """Return the disk space of the results in bytes."""
        return ON_DISK * self.values

    def bytes_in_memory(self, processes: int) -> float:
        """Return the peak memory in bytes: while all processes run, or while the results are read."""
        running = processes * (WORKER + self.memory) + READER * (processes > 1)
        return max(running, READER + WHILE_READ * self.read)


def sizes_of(scenario: Scenario) -> dict[str, Any]:
    """Return the sizes of a scenario's organisation by name."""
    layout = layout_of(scenario)
    own = {key.partition(".")[2]: value for key, value in scenario.organisation.items()}
    return {**default_settings().organisation._asdict(), **own, **(layout.sizes if layout else {})}


def bytes_of(sizes: dict[str, Any]) -> float:
    """Return the bytes of all columns of an organisation of given sizes."""
    market = int(sizes["customers"] * (1.0 + sizes["prospects"]))
    rows = {
        "staff": sizes["staff"], "leaders": sizes["staff"] / max(1, sizes["span"]) + sizes["departments"] + 1,
        "customers": market, "cases": market, "departments": sizes["departments"], "segments": sizes["segments"],
        "firm": 1,
    }  # fmt: skip
    total = 4.0 * sizes["staff"] * sizes["ties"]
    for name, kind in zip(POPULATIONS, KINDS, strict=True):
        wide = kind.storage == "records"
        row = sum(8 if wide or column.kind == "flow" else np.dtype(column.dtype).itemsize for column in kind.columns)
        total += rows[name] * row
    return float(total)


def refuse_what_cannot_fit(work: Work, processes: int, folder: Path, machine: Machine) -> None:
    """Refuse work that does not fit on this machine.

    Args:
        work: the requested work.
        processes: number of processes that do the runs.
        folder: results folder.
        machine: free resources of this machine.

    Raises:
        DoesNotFitError: there is too little memory, address space or disk; the message says what would fit.
    """
    need, free = work.bytes_in_memory(processes), SHARE * machine.memory
    if need > free or WORKER + work.memory > SHARE * machine.address_space:
        free = min(free, SHARE * machine.address_space)
        raise DoesNotFitError(
            f"{_called(work)} would take {byte_size(need)} of memory with {count_noun(processes, 'process', 'processes')}; "
            f"only {byte_size(free)} are available here. What fits: {_smaller(work, processes, free)}"
        )
    need, free = work.bytes_on_disk(), SHARE * machine.disk
    if need > free:
        kept = "; a sweep keeps only the weeks of --report-week" if work.every_week else ""
        raise DoesNotFitError(
            f"{_called(work)} would write {byte_size(need)} to {folder}; only {byte_size(free)} are free there. What fits: "
            f"{max(0, int(work.runs * free / need)):,} runs, or another disk (--out){kept}"
        )


def _called(work: Work) -> str:
    return f"{count_noun(work.runs, 'run')} of up to {count_noun(work.customers, 'customer')}"


def _smaller(work: Work, processes: int, free: float) -> str:
    """Return a description of smaller work that would fit into memory."""
    if free < READER:
        return f"nothing; ccsim alone needs {byte_size(READER)}. Close other programs, or use a larger machine"
    if READER + WHILE_READ * work.read > free:
        most = int(work.runs * (free - READER) / (WHILE_READ * work.read))
        return f"{most:,} runs" + (
            "; or a sweep, which keeps only the weeks of --report-week" if work.every_week else ""
        )
    if processes > 1 and work.bytes_in_memory(1) <= free:
        return f"--workers {max(1, int((free - READER) / (WORKER + work.memory)))}"
    customers = int(work.customers - (WORKER + work.memory - free) / work.bytes_of_customer)
    if customers < 1:
        return "--workers 1 and a smaller organisation.staff"
    unit: int = 10 ** max(0, len(str(customers)) - 2)  # two significant digits, rounded down
    return f"--workers 1 and organisation.customers of at most {customers // unit * unit:,}"
