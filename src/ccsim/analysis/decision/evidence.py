"""Evidence for a decision: back-tests of the organisation's KPIs, and its position among the worlds."""

from __future__ import annotations

from typing import Any

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.forecasting.backtesting import backtested
from ccsim.analysis.forecasting.forecast import overall
from ccsim.analysis.problem import Runner
from ccsim.errors import InputError
from ccsim.organisations.folder import Folder


def evidence(
    folder: Folder, steps: int, worlds: int, seed: int, runner: Runner, source: AdmittedWorlds | None = None
) -> dict[str, Any]:
    """Return the evidence as plain data.

    Args:
        folder: the organisation.
        steps: number of values at the end of each series that are held back.
        worlds: number of worlds of the ensemble.
        seed: seed of the draws.
        runner: how worlds are run.
        source: the admitted worlds from which values come; None for the declared ranges.

    Returns:
        ``numbers`` by name (such as ``backtest/KPI/crps``), ``lines`` by KPI, ``far`` (text for each KPI whose level is
        beyond nearly every world), ``events`` (each with a KPI of its back-test, and the key of its numbers), and ``none``:
        why there is no evidence, or empty.
    """
    try:
        tests = backtested(folder, steps, worlds, seed, runner, source)
    except InputError as error:
        return {"numbers": {}, "lines": {}, "far": {}, "events": [], "none": str(error)}
    numbers: dict[str, float] = {}
    for series, table in zip(tests.series, tests.tables, strict=True):
        own, naive = overall(table)
        scores = {name: own[name] for name in ("error", "crps", "covers_50", "covers_90")} | {"naive": naive.min()}
        numbers |= {f"backtest/{series.kpi}/{name}": float(score) for name, score in scores.items()}
    far: dict[str, str] = {}
    for row in tests.locations().to_dict("records"):
        numbers |= {f"level/{row['kpi']}/{name}": float(row[name]) for name in ("observed", "quantile")}
        if row["in_words"]:
            far[row["kpi"]] = row["in_words"]
    events = []
    for number, row in enumerate(tests.events.to_dict("records"), 1):
        events.append({"event": row["event"], "kpi": row["kpi"], "verdict": row["verdict"], "key": f"event/{number}"})
        numbers |= {f"event/{number}/{name}": float(row[name]) for name in ("crps_with", "crps_without")}
    return {"numbers": numbers, "lines": tests.lines(), "far": far, "events": events, "none": ""}
