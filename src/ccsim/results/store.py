"""The store: a results folder that is being written.

FOLDER/manifest.json               experiment, seeds, versions, command, what failed
FOLDER/scenarios/NAME.toml         every scenario, resolved; for a design, its base scenarios
FOLDER/design_points.parquet       for a design, one row per scenario: its base and the value of each factor
FOLDER/runs/*.parquet              one row per scenario, replicate and week; one column per KPI
FOLDER/departments/*.parquet       the same by department
FOLDER/segments/*.parquet          the same by customer segment
FOLDER/interventions/*.parquet     every move made

An experiment that keeps only some weeks (``report_weeks``) has one table instead: FOLDER/summaries/*.parquet, one row per
scenario, replicate and week of ``report_weeks``; one column per KPI, as if the run had ended in that week.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ccsim.errors import ResultsError, count_noun, writing
from ccsim.experiments.experiment import Experiment
from ccsim.results.completed_runs import CompletedRuns
from ccsim.results.file_names import file_names
from ccsim.results.manifest import NAME, digest_of, identity, read_manifest
from ccsim.results.parquet import EVERY_TABLE, compact, scan, write_atomic, write_parquet, write_shard
from ccsim.results.rows import to_frame
from ccsim.scenarios.paths import resolved
from ccsim.simulation.simulation import Run


def table_names(experiment: Experiment) -> tuple[str, ...]:
    """Return the tables of the results of an experiment; the first shows which runs are done."""
    return EVERY_TABLE[-1:] if experiment.report_weeks else EVERY_TABLE[:-1]


#: Error numbers of a full disk or quota.
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
#: Number of scenarios above which the manifest is written without line breaks.
MANY_SCENARIOS = 500
LIBRARIES = ("ccsim", "mesa", "numpy", "numba", "pandas", "scipy", "pyarrow")


@dataclass
class Store:
    """A results folder that is being written.

    Runs are collected and written as shards: to a temporary name, flushed to the disk, then renamed. If the process is
    killed, a shard is complete or absent.
    """

    folder: Path
    experiment: Experiment
    failures: list[dict[str, Any]] = field(default_factory=list)
    planned: int = 0
    _waiting: list[tuple[int, Run]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.done = CompletedRuns(self.experiment.scenarios)
        self.planned = len(self.experiment.scenarios) * self.experiment.replicates
        self.started, self.command = _now(), [""]
        self._identity = identity(self.experiment)
        self._mark = digest_of(self._identity)
        self.notes: dict[str, Any] = {}
        self.status = "running"

    @classmethod
    def create(cls, folder: Path, experiment: Experiment, command: Sequence[str], resume: bool) -> Store:
        """Open a folder for writing.

        Args:
            folder: results folder; it is created if it does not exist.
            experiment: the experiment to run.
            command: the command line, for the manifest.
            resume: whether to continue with the runs in the folder.

        Returns:
            The store, with the runs in the folder.

        Raises:
            ResultsError: the folder cannot be written, contains other files, or contains results of another experiment.
        """
        manifest = folder / "manifest.json"
        with writing(folder, ResultsError):
            folder.mkdir(parents=True, exist_ok=True)
            # A kill at the very start leaves only an incomplete manifest.
            occupied = any(path.name != "manifest.json.tmp" for path in folder.iterdir())
        store = cls(folder, experiment)
        if occupied and not manifest.is_file():
            raise ResultsError(f"{folder}: contains files that are not results of ccsim; name another folder")
        if occupied and not resume:
            raise ResultsError(
                f"{folder}: contains results already; continue with ccsim resume {folder}, or name another folder"
            )
        store.command = list(command)
        if occupied:
            store._load_existing()
        with writing(folder, ResultsError):
            store._prepare()
        return store

    def _load_existing(self) -> None:
        """Find finished runs, and refuse results that do not belong together."""
        stored, planned = read_manifest(self.folder), self._identity
        experiment = json.loads(json.dumps(planned["experiment"]))
        if stored["experiment"] != experiment:
            keys = ", ".join(key for key, value in experiment.items() if stored["experiment"].get(key) != value)
            raise ResultsError(f"{self.folder}: contains another experiment ({keys} differ); name another folder")
        here, there = (
            " and ".join(own["name"] for own in data.get("mechanisms", ())) or "none" for data in (planned, stored)
        )
        if here != there:
            raise ResultsError(
                f"{self.folder}: was made with other users' mechanisms ({there}; here {here}); name another folder"
            )
        versions = stored["versions"]
        if stored["sources"] != planned["sources"]:
            raise ResultsError(
                f"{self.folder}: was made by another version of ccsim ({versions.get('ccsim')}, sources "
                f"{stored['sources']}; this is {planned['sources']}), so its runs cannot be combined; name another folder"
            )
        if stored.get("design_points") != planned["design_points"]:
            raise ResultsError(
                f"{self.folder}: the design has other points here than when it was started (with "
                f"{', '.join(f'{name} {number}' for name, number in versions.items())}); use those versions, or name another folder"
            )
        # The command and time of the first start are kept.
        self.command, self.started = stored["command"], stored["started"]
        self.done = scan(self.folder, table_names(self.experiment), self._mark, self.experiment.scenarios).complete

    def _prepare(self) -> None:
        # Written first, so that the folder is identified as a results folder.
        self.write_manifest("running")
        for table in (*table_names(self.experiment), "scenarios"):
            (self.folder / table).mkdir(exist_ok=True)
        for torn in self.folder.rglob("*.tmp"):
            torn.unlink()
        bases = self.experiment.base_scenarios
        names = file_names(bases)
        if self.experiment.design_scenarios is not None:
            write_parquet(self.folder / "design_points.parquet", self.experiment.design_scenarios.table())
        for name, scenario in bases.items():
            path = self.folder / "scenarios" / f"{names[name]}.toml"
            # For readers; the manifest contains the same, and resuming rewrites incomplete files.
            text = scenario.to_toml().encode()
            if not path.is_file() or path.read_bytes() != text:
                write_atomic(path, text, durable=False)

    @property
    def finished(self) -> bool:
        """Whether a final state has been written that a later interrupt must not change."""
        return self.status not in ("running", "interrupted")

    def write_manifest(self, status: str) -> None:
        """Write the manifest.

        Raises:
            ResultsError: the folder can no longer be written.
        """
        self.status = status
        data = {
            **self._identity,
            "digest": digest_of(self._identity, sources=False),
            "status": status,
            "runs": {"planned": self.planned, "done": len(self.done), "failed": len(self.failures)},
            "failures": self.failures,
            "seeds": "replicate r of an experiment with seed s runs with seed s * 1000000 + r",
            "command": self.command,
            "versions": {**versions(), "python": sys.version.split()[0]},
            "environment": {"system": platform.platform(), "machine": platform.machine()},
            "started": self.started,
            "written": _now(),
            **self.notes,
        }
        with self._writing():
            # Only the encoder without line breaks is fast enough for tens of thousands of scenarios.
            many = len(self.experiment.base_scenarios) > MANY_SCENARIOS
            write_atomic(self.folder / NAME, json.dumps(data, indent=None if many else 1).encode())

    def add(self, replicate: int, run: Run) -> None:
        """Add a finished run; it is stored by the next :meth:`flush`."""
        self._waiting.append((replicate, run))

    def flush(self) -> None:
        """Write the collected runs as one shard of each table.

        Raises:
            ResultsError: the disk is full or has become read-only; what was written before stays usable.
        """
        if not self._waiting:
            return
        runs = [(run.scenario, replicate) for replicate, run in self._waiting]
        with self._writing():
            # The table of runs comes last, because a run counts as done only when all its tables are written.
            for table in reversed(table_names(self.experiment)):
                write_shard(
                    self.folder / table, to_frame(table, self._waiting, self.experiment.report_weeks), runs, self._mark
                )
        self.done.update(runs)
        self._waiting.clear()
        with self._writing():
            for table in table_names(self.experiment):
                compact(self.folder / table)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Return the error for a folder that cannot be written."""
        try:
            yield
        except OSError as error:
            if not self.folder.is_dir():
                raise ResultsError(
                    f"{self.folder}: was removed while it was being written. Run the same command to start again"
                ) from None
            remedy = "Free disk space, then" if error.errno in FULL else "When this is solved,"
            raise ResultsError(
                f"{self.folder}: cannot be written ({error.strerror or error}); {count_noun(len(self.done), 'run')} kept. "
                f"{remedy} run: ccsim resume {self.folder}"
            ) from None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for one process.

    Args:
        folder: the folder; the lock file is next to it.

    Yields:
        Nothing; the folder is locked until the block ends.

    Raises:
        ResultsError: another process writes to it, or the lock file cannot be written.
    """  # noqa: DOC501  # system errors are caught
    try:
        import fcntl
    except ImportError:  # a system without such locks
        yield
        return
    absolute = resolved(folder)  # "." has neither a name nor a parent
    with writing(folder, ResultsError):
        absolute.parent.mkdir(parents=True, exist_ok=True)
        lock = (absolute.parent / f".{absolute.name}.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(
                os.fstat(lock.fileno()), Path(lock.name).stat()
            ):  # its holder has just released it, and another process has taken it
                raise OSError
        except OSError:
            raise ResultsError(f"{folder}: another process is writing to it; wait, or name another folder") from None
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                Path(lock.name).unlink()


def versions() -> dict[str, str]:
    """Return the versions of ccsim and of the libraries on which results depend."""
    installed = {}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            installed[name] = version(name)
    return installed


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
