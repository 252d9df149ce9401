"""Results on disk: Parquet shards that are whole or absent, and a manifest that says how to make them again.

FOLDER/manifest.json               experiment, seeds, versions, command, what failed
FOLDER/scenarios/NAME.toml         every scenario, resolved; of a design those that it starts from
FOLDER/points.parquet              of a design, one row per scenario: where it comes from and the value of each factor
FOLDER/runs/part-*.parquet         one row per scenario, replicate and week; one column per KPI
FOLDER/departments/part-*.parquet  the same by department
FOLDER/segments/part-*.parquet     the same by customer segment
FOLDER/events/part-*.parquet       every move made

An experiment that keeps figures only (``at``) has one table instead: FOLDER/figures/part-*.parquet, one row per
scenario, replicate and week of ``at``; one column per KPI, as of a run that had ended in that week.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccsim.compiled import source_hash
from ccsim.errors import InputError, ResultsError
from ccsim.experiment import Experiment

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.simulation import Run

TABLES = ("runs", "departments", "segments", "events")


def tables_of(experiment: Experiment) -> tuple[str, ...]:
    """Return the tables that the results of an experiment have; the first tells which runs are done."""
    return ("figures",) if experiment.at else TABLES


LIBRARIES = ("ccsim", "mesa", "numpy", "numba", "pandas", "scipy", "pyarrow")


def identity(experiment: Experiment) -> dict[str, Any]:
    """Return what two sets of results must share to be one: the experiment and the model's sources."""
    return {"experiment": experiment.resolved(), "sources": source_hash()}


@dataclass
class Store:
    """A results folder that is being written.

    Runs are gathered and written as shards: to a temporary name, flushed to the disk, then renamed. Whatever kills
    the process, a shard is whole or not there.
    """

    folder: Path
    experiment: Experiment
    done: set[tuple[str, int]] = field(default_factory=set)
    failures: list[dict[str, Any]] = field(default_factory=list)
    _waiting: list[tuple[int, Run]] = field(default_factory=list)

    @classmethod
    def create(cls, folder: Path, experiment: Experiment, command: Sequence[str], resume: bool) -> Store:
        """Open a folder for writing.

        Raises:
            ResultsError: it cannot be written, holds something else, or holds results of another experiment.
        """
        manifest = folder / "manifest.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A torn manifest is all that a kill in the first moment leaves.
            occupied = any(path.name != "manifest.json.tmp" for path in folder.iterdir())
        except OSError as error:
            raise _cannot_write(folder, error) from None
        store = cls(folder, experiment)
        if occupied and not manifest.is_file():
            raise ResultsError(f"{folder}: holds files that are not results of ccsim; name another folder")
        if occupied and not resume:
            raise ResultsError(f"{folder}: already holds results; add --resume to go on, or name another folder")
        if occupied:
            store._take_up()
        try:
            store._prepare(command)
        except OSError as error:
            raise _cannot_write(folder, error) from None
        return store

    def _take_up(self) -> None:
        """See what is done already, and refuse what does not belong together."""
        known = read_manifest(self.folder)
        mine = identity(self.experiment)
        wanted = json.loads(json.dumps(mine["experiment"]))
        if known["experiment"] != wanted:
            keys = ", ".join(key for key, value in wanted.items() if known["experiment"].get(key) != value)
            raise ResultsError(f"{self.folder}: holds another experiment ({keys} differ); name another folder")
        if known["sources"] != mine["sources"]:
            raise ResultsError(
                f"{self.folder}: was made by another version of ccsim ({known['versions'].get('ccsim')}, sources "
                f"{known['sources']}; this is {mine['sources']}), so its runs do not mix; name another folder"
            )
        frame = _read_table(self.folder, tables_of(self.experiment)[0], ["scenario", "replicate"])
        if len(frame):
            pairs = frame.drop_duplicates()
            self.done = set(zip(pairs["scenario"], pairs["replicate"].astype(int), strict=True))

    def _prepare(self, command: Sequence[str]) -> None:
        self.started = _now()
        self.command = list(command)
        # First of all, so that the folder is known as ours from here on.
        self.write_manifest("running")
        for table in (*tables_of(self.experiment), "scenarios"):
            (self.folder / table).mkdir(exist_ok=True)
            for torn in (self.folder / table).glob("*.tmp"):
                torn.unlink()
        bases = self.experiment.bases
        names = _file_names(bases)
        if self.experiment.points is not None:
            _write_parquet(self.folder / "points.parquet", self.experiment.points.table())
        for name, scenario in bases.items():
            _write_whole(self.folder / "scenarios" / f"{names[name]}.toml", scenario.to_toml().encode())

    def write_manifest(self, status: str) -> None:
        """Write what these results are."""
        runs = len(self.experiment.scenarios) * self.experiment.replicates
        data = {
            **identity(self.experiment),
            "status": status,
            "runs": {"planned": runs, "done": len(self.done), "failed": len(self.failures)},
            "failures": self.failures,
            "seeds": "replicate r of an experiment with seed s runs with seed s * 1000000 + r",
            "command": self.command,
            "versions": {**versions(), "python": sys.version.split()[0]},
            "started": self.started,
            "written": _now(),
        }
        _write_whole(self.folder / "manifest.json", json.dumps(data, indent=1).encode())

    def add(self, replicate: int, run: Run) -> None:
        """Take a finished run; it is on the disk after the next :meth:`flush`."""
        self._waiting.append((replicate, run))

    def flush(self) -> None:
        """Write the runs taken so far as one shard of each table.

        Raises:
            ResultsError: the disk is full or has become read-only; what was written before stays usable.
        """
        if not self._waiting:
            return
        part = f"part-{hashlib.sha256(repr([(r, run.scenario) for r, run in self._waiting]).encode()).hexdigest()[:16]}"
        try:
            # The table of runs comes last: a run counts as done only when everything of it is there.
            for table in reversed(tables_of(self.experiment)):
                frame = _frame(table, self._waiting, self.experiment.at)
                _write_parquet(self.folder / table / f"{part}.parquet", frame)
        except OSError as error:
            raise ResultsError(
                f"{self.folder}: cannot be written ({error.strerror or error}); {len(self.done)} runs are kept. "
                "Make room, then run the same command with --resume"
            ) from None
        self.done.update((run.scenario, replicate) for replicate, run in self._waiting)
        self._waiting.clear()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a folder to one process.

    Raises:
        ResultsError: another process writes to it.
    """
    try:
        import fcntl
    except ImportError:  # a system without such locks
        yield
        return
    whole = folder.resolve()  # "." has neither a name nor a place beside it
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        lock = (whole.parent / f".{whole.name}.lock").open("w")
    except OSError as error:
        raise _cannot_write(folder, error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ResultsError(f"{folder}: another process is writing to it; wait, or name another folder") from None
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                Path(lock.name).unlink()


@dataclass(frozen=True)
class Results:
    """Results of an experiment, read from a folder.

    Attributes:
        folder: where they are (None once a temporary folder is gone).
        experiment: what was run.
        manifest: the manifest's data.
        tables: the four tables by name.
    """

    folder: Path | None
    experiment: Experiment
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(repr=False)

    @property
    def runs(self) -> pd.DataFrame:
        """One row per scenario, replicate and week; one column per KPI."""
        return self.tables["runs"]

    @cached_property
    def figures(self) -> pd.DataFrame:
        """One row per scenario, replicate and week kept (the horizon, if all are); one column per KPI."""
        import pandas as pd

        from ccsim.kpis import KPIS, at_horizon

        if self.experiment.at:
            return self.tables["figures"]
        last = self.experiment.weeks - 1
        rows = [
            {"scenario": scenario, "replicate": replicate, "seed": run["seed"].iloc[0], "week": last}
            | {name: at_horizon(name, run[name].to_numpy()) for name in KPIS}
            for (scenario, replicate), run in self.runs.groupby(["scenario", "replicate"], sort=False)
        ]
        return pd.DataFrame(rows)

    @cached_property
    def points(self) -> pd.DataFrame:
        """Of a design: one row per scenario, with ``base``, ``point`` (0 for none) and the value of each factor.

        Raises:
            InputError: the experiment has no design.
        """
        if self.experiment.points is None:
            raise InputError(f"{self.experiment.name}: has no design, so it has no points")
        return self.experiment.points.table()

    @cached_property
    def responses(self) -> pd.DataFrame:
        """The figures of a design with the columns of its points: a row per scenario, replicate and week kept."""
        return self.figures.merge(self.points, on="scenario", how="left", sort=False)

    @property
    def departments(self) -> pd.DataFrame:
        """The KPIs that exist by department."""
        return self.tables["departments"]

    @property
    def segments(self) -> pd.DataFrame:
        """The KPIs that exist by customer segment."""
        return self.tables["segments"]

    @property
    def events(self) -> pd.DataFrame:
        """Every move made: scenario, replicate, week, label."""
        return self.tables["events"]

    @cached_property
    def _hash(self) -> str:
        digest = hashlib.sha256()
        for name in tables_of(self.experiment):
            for column in sorted(self.tables[name].columns):
                values = self.tables[name][column]
                digest.update(f"{name}.{column}".encode())
                digest.update(
                    values.to_numpy().tobytes() if values.dtype.kind in "fiu" else "\0".join(map(str, values)).encode()
                )
        return digest.hexdigest()

    def hash(self) -> str:
        """SHA-256 of all values in their order: equal hashes are equal results, bit for bit."""
        return self._hash


def open_results(folder: str | Path) -> Results:
    """Read a results folder, finished or not.

    Raises:
        ResultsError: it is no results folder, or holds nothing yet.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    experiment = Experiment.from_resolved(manifest["experiment"])
    first, *others = tables_of(experiment)
    runs = _read_table(place, first)
    if not len(runs):
        raise ResultsError(f"{place}: no run has finished yet")
    whole = set(zip(runs["scenario"], runs["replicate"], strict=True))
    tables = {first: runs, **{table: _read_table(place, table, None, whole) for table in others}}
    return Results(place, experiment, manifest, {name: _in_order(table, experiment) for name, table in tables.items()})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder.

    Raises:
        ResultsError: there is none, or it cannot be read.
    """
    try:
        data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for key in ("experiment", "sources", "versions"):
            data[key]
    except FileNotFoundError:
        raise ResultsError(f"{folder}: is no results folder (it has no manifest.json)") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"{folder / 'manifest.json'}: cannot be read ({error})") from None
    return data


def versions() -> dict[str, str]:
    """Return the versions of ccsim and of the libraries that results depend on."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _frame(table: str, runs: Sequence[tuple[int, Run]], at: Sequence[int]) -> pd.DataFrame:
    """Return the rows that a table gets from some runs."""
    import numpy as np
    import pandas as pd

    parts = []
    for replicate, run in runs:
        if table == "events":
            rows: dict[str, Any] = {name: [move[k] for move in run.events] for k, name in enumerate(("week", "label"))}
        elif table == "figures":
            rows = {"seed": run.seed, "week": np.array(at), **run.kpis}
        elif table == "runs":
            rows = {"seed": run.seed, "week": np.arange(len(next(iter(run.kpis.values())))), **run.kpis}
        else:
            values = getattr(run, table)
            weeks, groups = next(iter(values.values())).shape
            rows = {"week": np.repeat(np.arange(weeks), groups), table[:-1]: np.tile(np.arange(groups), weeks)}
            rows |= {name: value.ravel() for name, value in values.items()}
        parts.append(pd.DataFrame({"scenario": run.scenario, "replicate": replicate, **rows}))
    frame = pd.concat(parts, ignore_index=True)
    kinds = {name: "int64" for name in ("replicate", "week") if name in frame}
    return frame.astype(kinds | {name: "object" for name in ("scenario", "label") if name in frame})


def _read_table(
    folder: Path, table: str, columns: list[str] | None = None, whole: set[tuple[str, int]] | None = None
) -> pd.DataFrame:
    """Read the shards of a table.

    Args:
        folder, table: which table.
        columns: only these columns.
        whole: runs of which everything is there; others are passed over.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = []
    seen: set[tuple[str, int]] = set()
    for path in sorted((folder / table).glob("part-*.parquet")):
        try:
            parts.append(_unseen(pq.ParquetFile(path).read(columns=columns), seen, whole))
        except (OSError, pa.ArrowInvalid) as error:
            raise ResultsError(f"{path}: cannot be read ({error}); remove it and run again with --resume") from None
    return (
        pa.concat_tables(parts).to_pandas()
        if parts
        else pd.DataFrame(columns=columns or ["scenario", "replicate", "week"])
    )


def _unseen(part: Any, seen: set[tuple[str, int]], whole: set[tuple[str, int]] | None) -> Any:
    """Return the rows of a shard whose runs are whole and in no shard before it, and note those runs as seen.

    A kill between the tables of a flush leaves rows of runs that count as not done and are done again.
    """
    rows = list(zip(part["scenario"].to_pylist(), part["replicate"].to_pylist(), strict=True))
    runs = set(rows)
    new = (runs if whole is None else runs & whole) - seen
    seen |= new
    return part if new == runs else part.filter([row in new for row in rows])


def _in_order(frame: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Sort by scenario (in the experiment's order), replicate, week: the order in which runs finished is forgotten."""
    import pandas as pd

    names = list(experiment.scenarios)
    place = pd.Series(frame["scenario"].map({name: number for number, name in enumerate(names)}), name="place")
    keys = [key for key in ("replicate", "week", "department", "segment", "label") if key in frame]
    ordered = frame.assign(place=place.astype("float64")).sort_values(["place", *keys], kind="stable")
    return ordered.drop(columns="place").reset_index(drop=True)


def _write_parquet(path: Path, frame: pd.DataFrame) -> None:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    # A shard without events must have the same types as one with them, or the two cannot be read together.
    kinds = [item.with_type(pa.string()) if item.name in ("scenario", "label") else item for item in table.schema]
    buffer = io.BytesIO()
    pq.write_table(table.cast(pa.schema(kinds, metadata=table.schema.metadata)), buffer, compression="zstd")
    _write_whole(path, buffer.getvalue())


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole or absent, also if the power fails."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each scenario: short, of signs that every system takes, and none twice."""
    found: dict[str, str] = {}
    taken = set()
    for name in names:
        own = re.sub(r"[^\w.=@ -]", "_", name)[:60]
        while own.casefold() in taken:
            own += "_"
        taken.add(own.casefold())
        found[name] = own
    return found


def _cannot_write(folder: Path, error: OSError) -> ResultsError:
    return ResultsError(f"{folder}: cannot be written ({error.strerror or error})")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
