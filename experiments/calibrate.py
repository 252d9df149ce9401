"""Fit a handful of assumed values to the facts set aside for calibration, and show what happens to the others.

Changes no default: it prints the values found, and every fact before and after. A default is changed by hand, in its
declaration, with a line in the changelog.

    python experiments/calibrate.py --most 60 --out build/calibration
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ccsim.cli.claims import commit
from ccsim.model.settings import all_parameters
from ccsim.results.formatting import interval, number
from ccsim.validation.facts.calibration import Fit, fit, part, under
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


def main() -> None:
    """Fit, and write the tables."""
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    told.add_argument("--keys", nargs="+", default=list(KEYS), help="assumptions to fit")
    told.add_argument("--studies", nargs="+", default=list(STUDIES), help="studies to look at before and after")
    told.add_argument("--most", type=int, default=60, help="evaluations")
    told.add_argument("--size", type=float, default=1.0, help="factor on the number of runs")
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("--workers", type=int, default=None)
    told.add_argument("--out", type=Path, default=Path("results/calibration"))
    asked = told.parse_args()
    studies = [resized(one, asked.size) for one in load_studies(asked.studies)]
    shared: dict[str, Any] = {"seed": asked.seed, "workers": asked.workers}
    found = fit(
        studies, asked.keys, most=asked.most, say=say, **shared
    )  # fmt: skip
    text = page(found, studies, shared, asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "calibration.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def say(number: int, loss: float) -> None:
    """Tell how far the search has come."""
    sys.stderr.write(f"  {number}: loss {loss:.3f}\n")


def again(asked: argparse.Namespace) -> str:
    """Return the command that makes the same page."""
    told = ["python experiments/calibrate.py", f"--most {asked.most}"]
    told += [f"--size {asked.size:g}"] * (asked.size != 1.0) + [f"--seed {asked.seed}"] * (asked.seed != 1)
    told += [f"--keys {' '.join(asked.keys)}"] * (asked.keys != list(KEYS))
    told += [f"--studies {' '.join(asked.studies)}"] * (asked.studies != list(STUDIES))
    return " ".join(told)


def page(found: Fit, studies: list[Study], shared: dict[str, Any], asked: argparse.Namespace) -> str:
    """Return the values found, and the facts before and after, separately for calibration and held out."""
    lines = [
        "# Calibration", "",
        f"Made by `{again(asked)}` at {commit()}, seed `{shared['seed']}`; not edited by hand.", "",
        f"The misfit is {found.loss_before:.3f} before and {found.loss_after:.3f} after {found.tried} evaluations. It is "
        "the sum of squared distances from the middle of the published intervals, in half-widths.", "",
        "| value | unit | range | before | after |", "|---|---|---|---:|---:|",
    ]  # fmt: skip
    for key, value in found.after.items():
        row = all_parameters()[key]
        lines.append(f"| {key} | {row.unit} | {interval(*row.range)} | {found.before[key]:g} | {value:.4g} |")
    for role in ("calibration", "held out"):
        chosen = part(studies, role)
        before = score(chosen, **shared)
        after = score([under(one, found.after) for one in chosen], **shared)
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
