"""Fit the organisation of a folder, and store the draws there for later comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, locate_observed, run_worlds
from ccsim.analysis.forecasting.fit import RUN_AGAIN, Fit, fit, levels_of, past_of
from ccsim.analysis.forecasting.series import series_of
from ccsim.analysis.problem import Runner
from ccsim.organisations.folder import Folder
from ccsim.organisations.io import read_folder
from ccsim.organisations.layout import FITTED


@dataclass(frozen=True)
class FittedFolder:
    """A fit and its file.

    Attributes:
        fit: the result of the fit.
        locations: the quantile of each level among the worlds, see :func:`ccsim.analysis.forecasting.ensemble.locate_observed`.
        file: the file of the draws; None if the fit failed.
    """

    fit: Fit
    locations: pd.DataFrame
    file: Path | None


def fit_folder(
    folder: Folder | str | Path, worlds: int = 200, seed: int = 1, runner: Runner | None = None, source: AdmittedWorlds | None = None
) -> FittedFolder:  # fmt: skip
    """Fit an organisation to its history, and store the draws in its folder; those of an earlier fit are removed first.

    Args:
        folder: the organisation.
        worlds: number of worlds of the ensemble.
        seed: seed of the draws.
        runner: how worlds are run.
        source: the admitted worlds from which values come; None for the declared ranges.

    Returns:
        The fit, the quantiles of the levels, and the file.

    Raises:
        InputError: there is no history, or no series is long enough.
        InputErrors: what is wrong with the files of the folder.
    """
    read = folder if isinstance(folder, Folder) else read_folder(folder)
    series, runner = series_of(read), runner or Runner()
    file = read.path / FITTED
    file.unlink(missing_ok=True)
    past = past_of(read, series)
    weeks = next(iter(series.values())).weeks
    runs = run_worlds(
        read, past.steps if past else PAST_STEPS, weeks, worlds, seed, runner, source, then=RUN_AGAIN, past=past
    )
    result = fit(read, series, runs, seed, runner, past)
    locations = locate_observed(runs, {kpi: level for kpi, (level, _) in levels_of(series).items()})
    if result.targets_met:
        result.frame().to_parquet(file, index=False)
    return FittedFolder(result, locations, file if result.targets_met else None)
