"""Fit a handful of assumed values to the facts set aside for calibration, and show what happens to the others.

Changes no default: it prints the values found, and every fact before and after. A default is changed by hand, in its
declaration, with a line in the changelog.

    python experiments/calibrate.py --most 60 --out build/calibration
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.analysis.problem import Runner
from ccsim.cli.claims import current_commit
from ccsim.model.settings import all_parameters
from ccsim.results.formatting import interval, number
from ccsim.validation.facts.schema import Study, load_studies
from ccsim.validation.facts.scorecard import Score, resized, score

#: What is fitted: the values that set the levels of the ordinary organisation.
KEYS = (
    "turnover.quit_probability",
    "market.churn",
    "turnover.baseline_engagement",
    "service.script_success",
    "experience.offer_satisfaction",
)
#: Studies looked at before and after. That of the ordinary organisation holds the facts for calibration.
STUDIES = ("ordinary", "units", "call-centres", "load", "handling-time")
#: Half-width taken for a fact whose interval is open, relative to its bound: a tenth.
OPEN = 0.1


@dataclass(frozen=True)
class Fit:
    """What a calibration came to: values before and after, losses, and how many points were tried."""

    before: dict[str, float]
    after: dict[str, float]
    loss_before: float
    loss_after: float
    tried: int


def under(study: Study, values: Mapping[str, Any]) -> Study:
    """Return a study in another plausible world; what its scenarios set themselves stays."""
    scenarios = {
        name: one.with_values({key: value for key, value in values.items() if key not in one.values()})
        for name, one in study.scenarios.items()
    }
    return replace(study, scenarios=scenarios)


def part(studies: Sequence[Study], role: str) -> list[Study]:
    """Return the studies with their facts of a role only."""
    chosen = [replace(one, facts=tuple(fact for fact in one.facts if fact.role == role)) for one in studies]
    return [one for one in chosen if one.facts]


def loss(scores: Sequence[Score]) -> float:
    """Return the sum of squared distances from the middle of the published intervals, in half-widths."""
    total = 0.0
    for one in scores:
        low, high = one.fact.low, one.fact.high
        if np.isfinite(low) and np.isfinite(high):
            total += ((one.estimate.value - (low + high) / 2.0) / ((high - low) / 2.0)) ** 2
        else:
            bound = low if np.isfinite(low) else high
            short = max(0.0, low - one.estimate.value, one.estimate.value - high)
            total += (short / (OPEN * abs(bound) or OPEN)) ** 2
    return total


def fit(
    studies: Sequence[Study], keys: Sequence[str], *, seed: int = 1, workers: int | None = None, most: int = 60,
    say: Callable[[int, float], Any] | None = None,
) -> Fit:  # fmt: skip
    """Fit assumptions to the facts of the role ``calibration`` (Nelder & Mead, within the plausible ranges).

    All points share their draws, so that the loss is a smooth enough function of the values.

    Args:
        studies: with facts of both roles; only those for calibration are read.
        keys: which assumptions; the search starts at their defaults.
        seed: of all draws and samples.
        workers: number of processes; by default one for each processor.
        most: evaluations.
        say: called with (number of the evaluation, loss).

    Returns:
        The values before and after, the loss of both, and the number of tries.
    """
    from scipy.optimize import minimize

    chosen = part(studies, "calibration")
    rows = [all_parameters()[key] for key in keys]
    low, high = (np.array([row.range[k] for row in rows], dtype=np.float64) for k in (0, 1))
    start = (np.array([row.default for row in rows], dtype=np.float64) - low) / (high - low)
    tried: list[float] = []

    def values(place: Any) -> dict[str, float]:
        return dict(zip(keys, (low + np.clip(place, 0.0, 1.0) * (high - low)).tolist(), strict=True))

    def objective(place: Any) -> float:
        found = loss(score([under(one, values(place)) for one in chosen], Runner(workers=workers), seed))
        tried.append(found)
        if say:
            say(len(tried), found)
        return found

    simplex = np.vstack([start, *(start + 0.15 * np.eye(len(keys))[k] for k in range(len(keys)))])
    found = minimize(
        objective, start, method="Nelder-Mead", bounds=[(0.0, 1.0)] * len(keys),
        options={"maxfev": most, "initial_simplex": np.clip(simplex, 0.0, 1.0), "xatol": 0.01, "fatol": 0.02},
    )  # fmt: skip
    return Fit(values(start), values(found.x), tried[0], float(found.fun), len(tried))


def main() -> None:
    """Fit, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--keys", nargs="+", default=list(KEYS), help="assumptions to fit")
    parser.add_argument("--studies", nargs="+", default=list(STUDIES), help="studies to look at before and after")
    parser.add_argument("--most", type=int, default=60, help="evaluations")
    parser.add_argument("--size", type=float, default=1.0, help="factor on the number of runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--out", type=Path, default=Path("results/calibration"))
    options = parser.parse_args()
    studies = [resized(one, options.size) for one in load_studies(options.studies)]
    shared: dict[str, Any] = {"seed": options.seed, "workers": options.workers}
    found = fit(
        studies, options.keys, most=options.most, say=say, **shared
    )  # fmt: skip
    text = page(found, studies, shared, options)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "calibration.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def say(number: int, loss: float) -> None:
    """Tell how far the search has come."""
    sys.stderr.write(f"  {number}: loss {loss:.3f}\n")


def again(options: argparse.Namespace) -> str:
    """Return the command that makes the same page."""
    parser = ["python experiments/calibrate.py", f"--most {options.most}"]
    parser += [f"--size {options.size:g}"] * (options.size != 1.0) + [f"--seed {options.seed}"] * (options.seed != 1)
    parser += [f"--keys {' '.join(options.keys)}"] * (options.keys != list(KEYS))
    parser += [f"--studies {' '.join(options.studies)}"] * (options.studies != list(STUDIES))
    return " ".join(parser)


def page(found: Fit, studies: list[Study], shared: dict[str, Any], options: argparse.Namespace) -> str:
    """Return the values found, and the facts before and after, separately for calibration and held out."""
    lines = [
        "# Calibration", "",
        f"This page is generated by `{again(options)}` at {current_commit()}, seed `{shared['seed']}`. Do not edit it.", "",
        f"The misfit is {found.loss_before:.3f} before and {found.loss_after:.3f} after {found.tried} evaluations. It is "
        "the sum of squared distances from the middle of the published intervals, in half-widths.", "",
        "| value | unit | range | before | after |", "|---|---|---|---:|---:|",
    ]  # fmt: skip
    for key, value in found.after.items():
        row = all_parameters()[key]
        lines.append(f"| {key} | {row.unit} | {interval(*row.range)} | {found.before[key]:g} | {value:.4g} |")
    for role in ("calibration", "held out"):
        chosen = part(studies, role)
        before = score(chosen, Runner(workers=shared["workers"]), shared["seed"])
        after = score([under(one, found.after) for one in chosen], Runner(workers=shared["workers"]), shared["seed"])
        lines += [
            "",
            f"## Facts: {role}",
            "",
            "| fact | published | before | | after | |",
            "|---|---:|---:|---|---:|---|",
        ]
        lines += [_row(one, other) for one, other in zip(before, after, strict=True)]
    return "\n".join(lines) + "\n"


def _row(before: Score, after: Score) -> str:
    fact = before.fact
    cells = [f"{number(one.estimate.value, hyphen=True)} | {one.verdict}" for one in (before, after)]
    return f"| {fact.id} | {interval(fact.low, fact.high)} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
