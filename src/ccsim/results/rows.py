"""The rows of runs in the tables of a results folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ccsim.simulation.simulation import Run


def load_writers() -> None:
    """Load modules for writing, which would otherwise be counted as time of the first write."""
    import pandas  # noqa: F401  # loaded here, used by other modules
    import pyarrow.parquet  # noqa: F401  # loaded here, used by other modules


def to_frame(table: str, runs: Sequence[tuple[int, Run]], report_weeks: Sequence[int]) -> pd.DataFrame:
    """Return the rows of a table for several runs.

    Args:
        table: name of the table.
        runs: pairs of a replicate number and its run.
        report_weeks: weeks for which one value per KPI and run is kept; empty to keep every week.
    """
    import numpy as np
    import pandas as pd

    # Column by column, because making a data frame per run would take longer than short runs.
    rows = [_rows(table, run, report_weeks) for _, run in runs]
    counts = [len(row["week"]) for row in rows]
    names = np.array([run.scenario for _, run in runs], dtype=object)
    columns = {"scenario": names.repeat(counts), "replicate": np.array([number for number, _ in runs]).repeat(counts)}
    columns |= {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    frame = pd.DataFrame(columns)
    kinds = {name: "int64" for name in ("replicate", "week") if name in frame}
    return frame.astype(kinds | {name: "object" for name in ("scenario", "label") if name in frame})


def _rows(table: str, run: Run, report_weeks: Sequence[int]) -> dict[str, Any]:
    """Return the rows of a table for one run, by column."""
    import numpy as np

    if table == "interventions":
        weeks, labels = ([move[k] for move in run.interventions] for k in (0, 1))
        return {"week": np.array(weeks, dtype="int64"), "label": np.array(labels, dtype=object)}
    if table == "summaries":
        return {"seed": np.full(len(report_weeks), run.seed), "week": np.array(report_weeks), **run.kpis}
    if table == "runs":
        lived = len(next(iter(run.kpis.values())))
        return {"seed": np.full(lived, run.seed), "week": np.arange(lived), **run.kpis}
    values = getattr(run, table)
    weeks, groups = next(iter(values.values())).shape
    # Groups that are too small to be shown have no values.
    shown = np.flatnonzero(np.any([np.isfinite(value).any(axis=0) for value in values.values()], axis=0))
    shown = shown if len(shown) else np.arange(groups)
    rows = {"week": np.repeat(np.arange(weeks), len(shown)), table[:-1]: np.tile(shown, weeks)}
    return rows | {name: value[:, shown].ravel() for name, value in values.items()}
