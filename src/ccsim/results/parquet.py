"""Shards: Parquet files that are complete or absent, identify themselves, and are checked when they are read.

A shard holds the rows of some runs. Its metadata say which runs, of which table, and of which experiment and version
of the model. Its name ends with the hash of its content, so a truncated, altered or exchanged shard is detected.
Parquet pages also have checksums, for other programs that read them.

A table consists of all its shards. Regardless of the order of writing and of kills, it contains each run
once. A run is done if every table contains it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ccsim.errors import ResultsError
from ccsim.results.completed_runs import CompletedRuns

if TYPE_CHECKING:
    import pandas as pd

#: The tables that results may have: all but the last, or only the last.
EVERY_TABLE = ("runs", "departments", "segments", "interventions", "summaries")
#: Number of small shards of a table that are merged into one.
COMPACT_AT = 64
#: Maximum number of reported faults per folder.
MAX_REPORTED = 10
#: How often a folder is read again while another process merges its files.
LOOKS = 5
_KEY = b"ccsim"
_NAME = re.compile(r"(?:part|whole)-[0-9a-z]+-([0-9a-f]{32})\.parquet", re.IGNORECASE)


class DamagedShard(ResultsError):
    """A shard that was changed after writing, or does not belong to its folder."""


class ForeignShard(DamagedShard):
    """A shard of other results."""


@dataclass(frozen=True)
class Shard:
    """A file of a table.

    Attributes:
        path: its path.
        mark: the hash of the experiment and the model's sources.
        runs: the replicates that it contains, by scenario.
    """

    path: Path
    mark: str
    runs: Mapping[str, Sequence[int]]

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Go through its runs: (scenario, replicate)."""
        return ((name, replicate) for name, replicates in self.runs.items() for replicate in replicates)


@dataclass(frozen=True)
class Shards:
    """All shards of a folder.

    Attributes:
        by_table: the shards of each table, in the order of their names.
        complete: the runs that every table contains.
        counts: the number of runs in each table.
        simple: whether every table contains exactly the complete runs, each once.
    """

    by_table: Mapping[str, Sequence[Shard]]
    complete: CompletedRuns
    counts: Mapping[str, int]
    simple: bool


def scan(folder: Path, tables: Sequence[str], mark: str, scenarios: Mapping[str, Any]) -> Shards:
    """Find every shard of a folder, and check its whole content.

    Args:
        folder: the results folder.
        tables: its tables.
        mark: the hash of the experiment and the model's sources that every shard must have.
        scenarios: the scenarios of the experiment.

    Returns:
        The shards, their runs, and whether each table has the same number of runs.

    Raises:
        ResultsError: files are damaged or do not belong here; the message names them.
    """
    for look in range(LOOKS):
        try:
            by_table = _shards_by_table(folder, tables, mark)
            break
        except FileNotFoundError:  # merged into another shard in the meantime
            if look == LOOKS - 1:
                raise ResultsError(
                    f"{folder}: files vanish while they are read; is another process busy there?"
                ) from None
    runs = {table: CompletedRuns(scenarios) for table in by_table}
    n_stored = 0
    for table, shards in by_table.items():
        for shard in shards:
            runs[table].update(shard.pairs())
            n_stored += sum(map(len, shard.runs.values()))
    counts = {table: len(done) for table, done in runs.items()}
    complete, *others = runs.values()
    for done in others:
        complete.keep(done)
    return Shards(by_table, complete, counts, n_stored == len(tables) * len(complete))


def _shards_by_table(folder: Path, tables: Sequence[str], mark: str) -> dict[str, list[Shard]]:
    by_table: dict[str, list[Shard]] = {}
    faults: list[DamagedShard] = []
    for table in tables:
        by_table[table] = []
        for path in _without_copies(files_of(folder / table)):
            try:
                by_table[table].append(_belonging(path, table, mark))
            except DamagedShard as error:
                faults.append(error)
    for table in set(EVERY_TABLE) - set(tables):
        faults += [ForeignShard(f"{path}: these results have no table {table}; remove it{_then(path)}")
                   for path in files_of(folder / table)]  # fmt: skip
    n_foreign = sum(isinstance(fault, ForeignShard) for fault in faults)
    if n_foreign and not any(by_table.values()):
        raise ForeignShard(
            f"{folder / 'manifest.json'}: does not belong to the files next to it (all {n_foreign} are from another "
            "experiment, seed or version of ccsim). Restore the manifest that was written with them"
        )
    if faults:
        more = [f"and {len(faults) - MAX_REPORTED} more files"] if len(faults) > MAX_REPORTED else []
        raise DamagedShard("\n".join([*map(str, faults[:MAX_REPORTED]), *more]))
    return by_table


def files_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a table, without hidden files (such as ``._part-x.parquet``)."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:  # no table: its runs are missing, which is reported when tables are compared
        return []
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be read ({error.strerror or error})") from None
    return [folder / name for name in names if name.lower().endswith(".parquet") and not name.startswith(".")]


def _without_copies(paths: Sequence[Path]) -> Iterator[Path]:
    """Go through the files of a table, without copies of files under other names."""
    digests = {match[1].lower() for path in paths if (match := _NAME.fullmatch(path.name))}
    for path in paths:
        try:
            with path.open("rb") as file:
                if _NAME.fullmatch(path.name) or _digest(file) not in digests:
                    yield path
        except FileNotFoundError:
            raise
        except OSError:  # reported when the shard is read
            yield path


def _digest(file: Any) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()[:32]


@contextlib.contextmanager
def _verified(path: Path) -> Iterator[BinaryIO]:
    """Open a shard whose content fits its name; it may have changed since the folder was read."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise DamagedShard(f"{path}: was not written by ccsim, or was renamed; remove it{_then(path)}")
    try:
        with path.open("rb") as file:
            if _digest(file) != named[1].lower():
                raise DamagedShard(_damage(path, "its content was changed"))
            file.seek(0)
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedShard(_damage(path, error.strerror or str(error))) from None


def _belonging(path: Path, table: str, mark: str) -> Shard:
    """Return a shard, after checking its content against its name and its place."""
    with _verified(path) as file:
        own, shard = _described(path, file)
    if shard.mark != mark:
        raise ForeignShard(
            f"{path}: belongs to other results than {path.parents[1] / 'manifest.json'} (another experiment, seed or "
            f"version of ccsim); remove it{_then(path)}"
        )
    if own != table:
        raise DamagedShard(f"{path}: belongs in the folder {own}; move it there, or remove it{_then(path)}")
    return shard


def _described(path: Path, file: Any) -> tuple[str, Shard]:
    """Return the table of a shard, and the shard, by its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = json.loads((pq.read_schema(file).metadata or {})[_KEY])
        runs = json.loads(zlib.decompress(base64.b85decode(metadata["runs"])))
        return metadata["table"], Shard(path, metadata["mark"], runs)
    except (pa.ArrowException, LookupError, TypeError, ValueError, zlib.error):
        raise DamagedShard(f"{path}: was not written by ccsim; remove it{_then(path)}") from None


def _then(path: Path) -> str:
    return f", and then: ccsim resume {path.parents[1]}"


def _damage(path: Path, problem: str) -> str:
    return f"{path}: cannot be read ({problem}); remove it{_then(path)}"


def _content(path: Path) -> Any:
    """Return the rows of a shard."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _verified(path) as file:
        data = file.read()
    try:
        return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read()
    except (OSError, pa.ArrowException) as error:
        raise DamagedShard(_damage(path, str(error))) from None


def read_shards(shards: Sequence[Shard], complete: CompletedRuns) -> pd.DataFrame:
    """Return the rows of complete runs in shards, each run once.

    Raises:
        FileNotFoundError: a file was removed in the meantime.
        ResultsError: a file is damaged.
    """
    import pandas as pd
    import pyarrow as pa

    known: set[tuple[str, int]] = set()
    parts = [_drop_duplicates(_content(shard.path), shard, known, complete) for shard in shards]
    return pa.concat_tables(parts).to_pandas() if parts else pd.DataFrame(columns=["scenario", "replicate", "week"])


def _drop_duplicates(part: Any, shard: Shard, known: set[tuple[str, int]], complete: CompletedRuns | None) -> Any:
    """Return the rows of a shard for complete runs that are in no earlier shard, and add these runs to ``known``.

    A kill between the tables of a flush leaves rows of runs that are not done and will be repeated. A kill between a
    merged shard and the removal of its parts leaves runs twice; so does a file that is missing from another table.
    """
    import pyarrow as pa

    runs = set(shard.pairs())
    new = {run for run in runs if run not in known and (complete is None or run in complete)}
    known |= new
    if new == runs:
        return part
    rows = zip(part["scenario"].to_pylist(), part["replicate"].to_pylist(), strict=True)
    return part.filter(pa.array([row in new for row in rows], type=pa.bool_()))


def write_shard(folder: Path, frame: pd.DataFrame, runs: Sequence[tuple[str, int]], mark: str) -> None:
    """Write the rows of some runs as a shard.

    Args:
        folder: the folder of the table.
        frame: the rows.
        runs: the runs (scenario, replicate), including those without rows.
        mark: the hash of the experiment and the model's sources.
    """
    folder.mkdir(exist_ok=True)
    table = typed(frame)
    data = _encoded(table.replace_schema_metadata(_described_as(table.schema, folder.name, runs, mark)))
    write_atomic(folder / f"part-{_short(runs)}-{hashlib.sha256(data).hexdigest()[:32]}.parquet", data)


def _described_as(schema: Any, table: str, runs: Sequence[tuple[str, int]], mark: str) -> dict[bytes, bytes]:
    """Return the metadata of a shard."""
    by_scenario: dict[str, list[int]] = {}
    for name, replicate in runs:
        by_scenario.setdefault(name, []).append(replicate)
    packed = base64.b85encode(zlib.compress(json.dumps(by_scenario).encode())).decode()
    own = json.dumps({"table": table, "mark": mark, "runs": packed})
    return {**(schema.metadata or {}), _KEY: own.encode()}


def _short(what: Any) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def typed(frame: pd.DataFrame) -> Any:
    """Return a frame as an Arrow table whose types do not depend on its rows."""
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False)
    # A shard without events must have the same types as one with events, or they cannot be read together.
    kinds = [item.with_type(pa.string()) if item.name in ("scenario", "label") else item for item in table.schema]
    return table.cast(pa.schema(kinds, metadata=table.schema.metadata))


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Write a data frame as a Parquet file that is complete or absent."""
    write_atomic(path, _encoded(typed(frame)))


def _encoded(table: Any) -> bytes:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()


def compact(folder: Path) -> None:
    """Merge small shards if there are many, because opening files takes time.

    The merged shard is complete before its parts are removed, so a kill in between leaves duplicate rows but loses none.

    Raises:
        ResultsError: a small shard is damaged.
    """
    small = [path for path in files_of(folder) if path.name.startswith("part-")]
    if len(small) < COMPACT_AT:
        return
    shards = [_described(path, path)[1] for path in small]
    name = f"whole-{_short([path.name for path in small])}"
    temporary = folder / f"{name}.tmp"
    try:
        digest = _merged(shards, temporary)
        temporary.replace(folder / f"{name}-{digest}.parquet")
    except OSError:  # no disk space now: the small shards stay
        temporary.unlink(missing_ok=True)
        return
    for path in small:
        path.unlink()


def _merged(shards: Sequence[Shard], path: Path) -> str:
    """Write the rows of shards to one file, each run once, and return the hash of the file."""
    import pyarrow.parquet as pq

    runs = list(dict.fromkeys(run for shard in shards for run in shard.pairs()))
    schema = pq.read_schema(shards[0].path)
    schema = schema.with_metadata(_described_as(schema, path.parent.name, runs, shards[0].mark))
    # A kill between the tables of a flush leaves runs that are repeated; within one shard they could not be distinguished.
    known: set[tuple[str, int]] = set()
    with path.open("w+b") as file:
        with pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer:
            for shard in shards:
                rows = _drop_duplicates(_content(shard.path), shard, known, None)
                writer.write_table(rows.replace_schema_metadata(schema.metadata))
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return _digest(file)


def write_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file so that it is complete or absent.

    Args:
        path: path of the file.
        data: the whole content.
        durable: whether it must survive a power failure, which costs some milliseconds of waiting for the disk.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)
