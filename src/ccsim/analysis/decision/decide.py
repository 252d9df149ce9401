"""Run a decision about an organisation, store it, and open it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccsim.analysis.admitted import words_for, worlds_of
from ccsim.analysis.decision.decision import Decision
from ccsim.analysis.decision.evidence import evidence
from ccsim.analysis.decision.problem import AS_IT_IS, decision_problem
from ccsim.analysis.problem import Runner
from ccsim.errors import ResultsError
from ccsim.execution.executor import ProgressFactory
from ccsim.organisations.folder import Folder
from ccsim.organisations.io import read_folder
from ccsim.organisations.timeline import tested_by
from ccsim.results.results import open_results
from ccsim.scenarios.scenario import Scenario

#: File of a results folder with the data of the decision, in addition to the runs.
FILE = "decision.json"


def decide(
    folder: str | Path | Folder, options: Sequence[str | Path | Scenario], *, kpi: str = "npv", weeks: int = 156, worlds: int = 200,
    worlds_from: str = "admitted", seed: int = 1, replicates: int = 1, steps: int = 4, out: str | Path | None = None,
    workers: int | None = None, scheduler: str | None = None, resume: bool = False,
    progress: ProgressFactory | None = None, command: list[str] | None = None,
) -> Decision:  # fmt: skip
    """Decide between options for the user's own organisation.

    Args:
        folder: the organisation's folder.
        options: scenarios, their names or files, or folders of ``ccsim optimise``; leaving the organisation unchanged is
            always one of them.
        kpi: the KPI at the horizon by which options are ranked.
        weeks: the horizon.
        worlds: number of worlds in which each option is tried (draws of the fit, or of the uncertain values without a fit), and
            of worlds for the back-test.
        worlds_from: source of values without a fit: ``admitted``, ``declared``, or a file of ``ccsim worlds``.
        seed: seed of the draws.
        replicates: runs of each option in each world.
        steps: number of values at the end of the history that the back-test holds back.
        out: results folder; without one the runs are kept in memory only.
        workers: number of processes; by default one per processor.
        scheduler: address of a Dask scheduler.
        resume: whether to go on in a folder that holds part of the same decision.
        progress: function from a title to a context that yields a progress report, called with (done, planned, failed).
        command: the command line, for the manifest.

    Returns:
        The decision; ``ccsim.report`` writes the board's page of its results folder.

    Raises:
        InputError: a file, a name or a value cannot be used.
    """
    read = folder if isinstance(folder, Folder) else read_folder(folder)
    source = worlds_of(worlds_from)
    problem = decision_problem(
        read, options, kpi=kpi, weeks=weeks, worlds=worlds, seed=seed, replicates=replicates, source=source
    )
    path = None if out is None else Path(out)
    runner = Runner(path, workers, resume, progress, command, scheduler=scheduler)
    results = runner.results(problem.experiment(), "", "options")
    about = {
        "kpi": kpi, "organisation": read.name, "folder": str(read.path), "currency": read.currency, "fitted": problem.fitted,
        "worlds": "draws of the fit to the history" if problem.fitted else words_for(source),
        "evidence": evidence(read, steps, worlds, seed, replace(runner, folder=None, resume=False), source),
        "made": {"steps": steps, "worlds": worlds, "worlds_from": worlds_from, "seed": seed},
        "tested": {name: tested_by(read, option) for name, option in problem.options.items() if name != AS_IT_IS},
    }  # fmt: skip
    if path is not None:
        (path / FILE).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return Decision(results, kpi, about)


def is_decision(folder: str | Path) -> bool:
    """Return whether a results folder belongs to a decision."""
    return (Path(folder) / FILE).is_file()


def open_decision(folder: str | Path) -> Decision:
    """Return the decision of a results folder.

    Raises:
        ResultsError: the folder contains no decision.
    """
    file, results = Path(folder) / FILE, open_results(folder)
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        return Decision(results, about["kpi"], about)
    except (OSError, ValueError, KeyError):
        raise ResultsError(
            f"{file}: is missing or damaged; ccsim org decide writes it when all runs are done"
        ) from None


def recompute_evidence(about: dict[str, Any], workers: int | None = None) -> dict[str, Any]:
    """Return the evidence of a decision, recomputed from the organisation's folder.

    Args:
        about: data of the decision's file.
        workers: processes.
    """
    made = about["made"]
    source = worlds_of(made["worlds_from"])
    folder = read_folder(about["folder"])
    return evidence(folder, made["steps"], made["worlds"], made["seed"], Runner(workers=workers), source)
