"""SQL over a results folder: DuckDB reads its Parquet tables and nothing else, and writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccsim.errors import FORMER_NAMES, InputError, UnknownNameError, did_you_mean
from ccsim.experiments.experiment import Experiment
from ccsim.results.manifest import read_manifest, stored_experiment
from ccsim.results.parquet import Shard
from ccsim.results.results import open_results, stored_shards
from ccsim.results.store import table_names

if TYPE_CHECKING:
    import pandas as pd

#: Statements allowed in a query: those that read, or explain how they would.
READING = ("SELECT", "EXPLAIN")


def query(folder: str | Path, sql: str) -> pd.DataFrame:
    """Answer a question in SQL over the tables of a results folder.

    Tables: ``runs``, ``departments``, ``segments``, ``interventions`` as stored; ``summaries``, one row per run with each KPI at
    the horizon; ``design_points``, one row per scenario with what a sweep or design sets in it.

    Args:
        folder: the results folder, finished or not.
        sql: one SELECT.

    Returns:
        The rows of the answer.

    Raises:
        InputError: DuckDB is not installed, or the query cannot be answered; the message offers near names.
        ResultsError: the folder holds no results.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    experiment = stored_experiment(place, manifest)
    try:
        import duckdb
    except ImportError:
        raise InputError("a query needs DuckDB, which is not installed: pip install -e '.[query]'") from None
    with duckdb.connect(":memory:") as connection:
        _check(duckdb, sql)
        views = _views(place, experiment, manifest)
        for name, make in views.items():
            # Derived tables are computed only if the query uses them.
            if name in table_names(experiment) or re.search(rf"\b{name}\b", sql, re.IGNORECASE):
                connection.register(name, make())
        _shut(connection)
        try:
            rows: pd.DataFrame = connection.execute(sql).df()
            return rows
        except duckdb.Error as error:
            raise InputError(_explained(str(error), connection, list(views))) from None


def _shut(connection: Any) -> None:
    """Restrict a connection to its tables: no files, no network, no Python variables."""
    rows = connection.execute(
        "SELECT name FROM duckdb_settings() WHERE name LIKE 'python_enable_replacement%'"
    ).fetchall()
    for name in (*(row[0] for row in rows), "enable_external_access"):
        connection.execute(f"SET {name}=false")
    connection.execute("SET lock_configuration=true")


def _check(duckdb: Any, sql: str) -> None:
    """Raise an error for statements that do more than read."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise InputError(_first_lines(str(error))) from None
    if len(statements) != 1:
        raise InputError(f"query: must be one SELECT, got {len(statements)} statements")
    kind = statements[0].type.name
    if kind not in READING:
        raise InputError(f"query: must be a SELECT, got {kind}: results are read only")


def _views(folder: Path, experiment: Experiment, manifest: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return the SQL of each table: the shards directly, or combined first if an interruption has left parts of runs."""
    shards = stored_shards(folder, experiment, manifest)
    views: dict[str, Callable[[], Any]] = {}
    for table, parts in shards.by_table.items():
        views[table] = (
            partial(_dataset, parts)
            if shards.simple
            else partial(lambda name: open_results(folder).tables[name], table)
        )
    views.setdefault("summaries", lambda: open_results(folder).summaries)
    views["design_points"] = lambda: points_of(experiment)
    return views


def _dataset(shards: Sequence[Shard]) -> Any:
    import pyarrow.dataset as ds

    return ds.dataset([shard.path for shard in shards], format="parquet")


def points_of(experiment: Experiment) -> pd.DataFrame:
    """Return one row per scenario: ``scenario``, ``base``, ``point`` (0 for none), a column for each thing varied."""
    import pandas as pd

    from ccsim.model.settings import all_parameters

    if experiment.design_scenarios is not None:
        return experiment.design_scenarios.table()
    swept = experiment.sweep.points if experiment.sweep else {}
    rows: list[dict[str, Any]] = []
    for name, scenario in experiment.scenarios.items():
        row: dict[str, Any] = {"scenario": name, "base": swept[name][0] if name in swept else name}
        row["point"] = 1 + list(swept).index(name) if name in swept else 0
        if experiment.sweep:
            lever = experiment.sweep.lever
            row[lever] = (
                swept[name][1] if name in swept else scenario.values().get(lever, all_parameters()[lever].shown)
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _explained(message: str, connection: Any, tables: list[str]) -> str:
    """Return a DuckDB error as one message that names what exists."""
    missing = re.search(r"Table with name (\S+) does not exist", message)
    if missing:
        if ("table", missing[1].lower()) in FORMER_NAMES:
            return f"query: {UnknownNameError('table', missing[1].lower(), tables)}"
        return f"query: there is no table {missing[1]!r}{did_you_mean(missing[1], tables)}"
    missing = re.search(r'Referenced column "(.+?)" not found|a column named "(.+?)"', message)
    if missing:
        rows = connection.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
        known = [row[0] for row in rows]
        name = missing[1] or missing[2]
        for kind in ("KPI", "parameter"):  # each has a column of its name
            if (kind, name) in FORMER_NAMES:
                return f"query: {UnknownNameError(kind, name, known)}"
        return f"query: there is no column {name!r}{did_you_mean(name, known)}"
    if "disabled by configuration" in message or "Permission Error" in message:
        return "query: files cannot be read or written; the tables are " + ", ".join(tables)
    return _first_lines(message)


def _first_lines(message: str) -> str:
    """Return DuckDB's message without its marker of the position, which needs a wide terminal."""
    reason = re.split(r"\n\s*\n?LINE \d+:", message)[0]
    reason = " ".join(reason.split()).replace("Parser Error: ", "").replace("Binder Error: ", "")
    place = re.search(r"LINE (\d+): (.*)\n(\s*)\^", message)
    at = f" (line {place[1]}, at {place[2][len(place[3]) - len(f'LINE {place[1]}: ') :][:20]!r})" if place else ""
    return f"query: {reason}{at}"
