"""Results of an experiment, read from a folder: tables as data frames, and the hash of all values."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ccsim.errors import InputError, ResultsError
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import Own, takes_mechanisms
from ccsim.results.manifest import digest_of, read_manifest, stored_experiment
from ccsim.results.parquet import LOOKS, Shards, read_shards, scan
from ccsim.results.store import table_names
from ccsim.scenarios.renamed import RESULT_TABLES, RenamedAttributes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results(RenamedAttributes):
    """Results of an experiment, read from a folder.

    Attributes:
        folder: the results folder (None after a temporary folder is removed).
        experiment: what was run.
        manifest: the data of the manifest.
        tables: the tables by name.
    """

    folder: Path | None
    experiment: Experiment
    manifest: dict[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    _former: ClassVar[Mapping[str, str]] = RESULT_TABLES

    @property
    def runs(self) -> pd.DataFrame:
        """One row per scenario, replicate and week; one column per KPI."""
        return self.tables["runs"]

    @cached_property
    def summaries(self) -> pd.DataFrame:
        """One row per scenario, replicate and reported week (the horizon, if all weeks are kept); one column per KPI."""
        import pandas as pd

        from ccsim.model.kpis import KPIS, final_value

        if self.experiment.report_weeks:
            return self.tables["summaries"]
        last = self.experiment.weeks - 1
        rows = [
            {"scenario": scenario, "replicate": replicate, "seed": run["seed"].iloc[0], "week": last}
            | {name: final_value(name, run[name].to_numpy()) for name in KPIS}
            for (scenario, replicate), run in self.runs.groupby(["scenario", "replicate"], sort=False)
        ]
        return pd.DataFrame(rows)

    @cached_property
    def design_points(self) -> pd.DataFrame:
        """For a design: one row per scenario, with ``base``, ``point`` (0 for none) and the value of each factor.

        Raises:
            InputError: the experiment has no design.
        """
        if self.experiment.design_scenarios is None:
            raise InputError(f"{self.experiment.name}: has no design, so it has no points")
        return self.experiment.design_scenarios.table()

    @cached_property
    def responses(self) -> pd.DataFrame:
        """The values of a design with the columns of its points: a row per scenario, replicate and reported week."""
        return self.summaries.merge(self.design_points, on="scenario", how="left", sort=False)

    @property
    def departments(self) -> pd.DataFrame:
        """The KPIs that exist by department."""
        return self.tables["departments"]

    @property
    def segments(self) -> pd.DataFrame:
        """The KPIs that exist by customer segment."""
        return self.tables["segments"]

    @property
    def interventions(self) -> pd.DataFrame:
        """Every move made: scenario, replicate, week, label."""
        return self.tables["interventions"]

    @cached_property
    def _hash(self) -> str:
        digest = hashlib.sha256()
        for name in table_names(self.experiment):
            for column in sorted(self.tables[name].columns):
                values = self.tables[name][column]
                digest.update(f"{name}.{column}".encode())
                digest.update(
                    values.to_numpy().tobytes() if values.dtype.kind in "fiu" else "\0".join(map(str, values)).encode()
                )
        return digest.hexdigest()

    def hash(self) -> str:
        """SHA-256 of all values in order: equal hashes mean bit-identical results."""
        return self._hash


@takes_mechanisms
def open_results(folder: str | Path, *, mechanisms: Iterable[Own] | Own | None = None) -> Results:
    """Read a results folder, finished or not.

    Every file is checked; missing, damaged or foreign files are reported.

    Args:
        folder: the folder.
        mechanisms: the users' mechanisms with which it was made, as paths of files or as modules.

    Returns:
        The results, whose tables are read on demand.

    Raises:
        ResultsError: it is not a results folder, contains no runs yet, or was changed.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    experiment = stored_experiment(path, manifest)
    return Results(path, experiment, manifest, _Tables(path, experiment, manifest))


def stored_shards(folder: Path, experiment: Experiment, manifest: Mapping[str, Any]) -> Shards:
    """Return the shards of a folder, with files checked and tables compared.

    Args:
        folder: the results folder.
        experiment: the experiment to which the runs belong.
        manifest: the data of the manifest.

    Raises:
        ResultsError: it contains no run, fewer runs than its manifest states, or files that are damaged or belong elsewhere.
    """
    shards = scan(folder, table_names(experiment), digest_of(manifest), experiment.scenarios)
    done = manifest["runs"]["done"]
    if len(shards.complete) < done:
        short = ", ".join(f"{table} ({count})" for table, count in shards.counts.items() if count < done)
        have = f"these tables have fewer: {short}" if short else f"only {len(shards.complete)} are in every table"
        raise ResultsError(
            f"{folder}: files are missing: {done} runs had finished, {have}. Copy them again, or: ccsim resume {folder}"
        )
    if not len(shards.complete):
        raise ResultsError(f"{folder}: no run has finished yet")
    return shards


class _Tables(Mapping[str, "pd.DataFrame"]):
    """The tables of a folder: the first is read at once, the larger ones by department and segment on demand."""

    def __init__(self, folder: Path, experiment: Experiment, manifest: Mapping[str, Any]) -> None:
        self._folder, self._experiment, self._manifest = folder, experiment, manifest
        self._names = table_names(experiment)
        self._shards = stored_shards(folder, experiment, manifest)
        #: The runs that existed when the folder was opened; tables are limited to them.
        self._complete = self._shards.complete
        self._read: dict[str, pd.DataFrame] = {}
        self[self._names[0]]

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = sort_rows(self._rows(name), self._experiment)
        return self._read[name]

    def _rows(self, name: str) -> pd.DataFrame:
        for _ in range(LOOKS):
            with contextlib.suppress(FileNotFoundError):  # merged into another shard in the meantime
                return read_shards(self._shards.by_table[name], self._complete)
            self._shards = stored_shards(self._folder, self._experiment, self._manifest)
        raise ResultsError(f"{self._folder}: files vanish while they are read; is another process busy there?")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def sort_rows(frame: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Sort by scenario (in the experiment's order), replicate and week, so that the order of finishing does not matter."""
    positions = {name: number for number, name in enumerate(experiment.scenarios)}
    keys = [key for key in ("replicate", "week", "department", "segment", "label") if key in frame]
    ordered = frame.assign(position=frame["scenario"].map(positions).astype("float64"))
    return ordered.sort_values(["position", *keys], kind="stable", ignore_index=True).drop(columns="position")
