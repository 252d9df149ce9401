"""Shards: Parquet files that are whole or absent, and the tables that they make up.

A shard holds the rows of some runs. A table is all its shards: whatever order they were written in, and whatever a
kill left of them, each run is in it once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccsim.errors import ResultsError

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.simulation.simulation import Run

#: So many small shards of a table are made one.
SMALL = 64


def load_writers() -> None:
    """Load what writing takes, which would be counted as the time of the first write."""
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401


def frame_of(table: str, runs: Sequence[tuple[int, Run]], at: Sequence[int]) -> pd.DataFrame:
    """Return the rows that a table gets from some runs."""
    import numpy as np
    import pandas as pd

    # A column at a time: a frame for each run would take longer than many a run.
    rows = [_rows(table, run, at) for _, run in runs]
    counts = [len(row["week"]) for row in rows]
    names = np.array([run.scenario for _, run in runs], dtype=object)
    columns = {"scenario": names.repeat(counts), "replicate": np.array([number for number, _ in runs]).repeat(counts)}
    columns |= {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    frame = pd.DataFrame(columns)
    kinds = {name: "int64" for name in ("replicate", "week") if name in frame}
    return frame.astype(kinds | {name: "object" for name in ("scenario", "label") if name in frame})


def _rows(table: str, run: Run, at: Sequence[int]) -> dict[str, Any]:
    """Return the rows that a table gets from a run, by column."""
    import numpy as np

    if table == "events":
        weeks, labels = ([move[k] for move in run.events] for k in (0, 1))
        return {"week": np.array(weeks, dtype="int64"), "label": np.array(labels, dtype=object)}
    if table == "figures":
        return {"seed": np.full(len(at), run.seed), "week": np.array(at), **run.kpis}
    if table == "runs":
        lived = len(next(iter(run.kpis.values())))
        return {"seed": np.full(lived, run.seed), "week": np.arange(lived), **run.kpis}
    values = getattr(run, table)
    weeks, groups = next(iter(values.values())).shape
    rows = {"week": np.repeat(np.arange(weeks), groups), table[:-1]: np.tile(np.arange(groups), weeks)}
    return rows | {name: value.ravel() for name, value in values.items()}


def read_table(
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
    for path in sorted((folder / table).glob("*.parquet")):
        try:
            parts.append(_unseen(pq.ParquetFile(path).read(columns=columns), seen, whole))
        except (OSError, pa.ArrowInvalid) as error:
            raise ResultsError(f"{path}: cannot be read ({error}); remove it and then: ccsim resume {folder}") from None
    return (
        pa.concat_tables(parts).to_pandas()
        if parts
        else pd.DataFrame(columns=columns or ["scenario", "replicate", "week"])
    )


def _unseen(part: Any, seen: set[tuple[str, int]], whole: set[tuple[str, int]] | None) -> Any:
    """Return the rows of a shard whose runs are whole and in no shard before it, and note those runs as seen.

    A kill between the tables of a flush leaves rows of runs that count as not done and are done again; one between a
    merged shard and the removal of its parts leaves runs twice.
    """
    keys = ["scenario", "replicate"]
    known = part.select(keys).group_by(keys).aggregate([])
    runs = set(zip(known["scenario"].to_pylist(), known["replicate"].to_pylist(), strict=True))
    new = (runs if whole is None else runs & whole) - seen
    seen |= new
    if new == runs:
        return part
    rows = zip(part["scenario"].to_pylist(), part["replicate"].to_pylist(), strict=True)
    return part.filter([row in new for row in rows])


def write_shard(folder: Path, frame: pd.DataFrame, runs: Sequence[tuple[str, int]]) -> None:
    """Write the rows of some runs as a shard, whose name follows from the runs."""
    folder.mkdir(exist_ok=True)
    write_parquet(folder / f"part-{hashlib.sha256(repr(runs).encode()).hexdigest()[:16]}.parquet", frame)


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as a Parquet file that is whole or absent."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    # A shard without events must have the same types as one with them, or the two cannot be read together.
    kinds = [item.with_type(pa.string()) if item.name in ("scenario", "label") else item for item in table.schema]
    buffer = io.BytesIO()
    pq.write_table(table.cast(pa.schema(kinds, metadata=table.schema.metadata)), buffer, compression="zstd")
    write_whole(path, buffer.getvalue())


def merge_small(folder: Path) -> None:
    """Make one shard of the small ones if there are many: a reader opens files, and files take time.

    The merged shard is whole before its parts go, so a kill in between leaves rows twice and none lost.
    """
    small = sorted(folder.glob("part-*.parquet"))
    if len(small) < SMALL:
        return
    import pyarrow.parquet as pq

    name = f"whole-{hashlib.sha256(repr([path.name for path in small]).encode()).hexdigest()[:16]}.parquet"
    temporary = folder / f"{name}.tmp"
    # A kill between the tables of a flush leaves runs that are done again: within one shard they could not be told apart.
    seen: set[tuple[str, int]] = set()
    try:
        with temporary.open("wb") as file:
            with pq.ParquetWriter(file, pq.read_schema(small[0]), compression="zstd") as writer:
                for path in small:
                    writer.write_table(_unseen(pq.ParquetFile(path).read(), seen, None))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / name)
    except OSError:  # no room for it now: the small ones stay
        temporary.unlink(missing_ok=True)
        return
    for path in small:
        path.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole or absent, also if the power fails."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
