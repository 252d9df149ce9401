"""Headlines at the defaults, with single mechanisms off, and in admitted worlds.

Writes the tables that docs/findings/ shows, from the claims in the folders of experiments/headlines: a decree and job
cuts, direction at equal total cost, big bang, pilot and lock-in, heroes, and the choice of metric. It can be stopped, and
continues with the runs that its folder holds.

    python experiments/headlines.py --study pace --worlds 60
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from findings import SWITCHES, table

from ccsim.analysis.admitted import read_worlds
from ccsim.analysis.problem import Runner
from ccsim.model.extension import model_hash
from ccsim.results.formatting import kpi_difference
from ccsim.validation.claims.ledger import ClaimResult, Ledger, run_ledger
from ccsim.validation.claims.report import describe_map
from ccsim.validation.claims.schema import Claim, load_claims

LOAD = "load shortening time"
GAP = "the gap between decree and practice"
ROUTINES = "routines written down"
FATIGUE = "fatigue and cynicism from announcements"


@dataclass(frozen=True)
class Study:
    """A page of tables: its file, its title, and what is switched off, of all that findings.py knows."""

    tables: str
    title: str
    off: tuple[str, ...]


#: By the folder of its claims.
STUDIES = {
    "decree-and-cuts": Study(
        "headlines-tables.md", "a decree, and job cuts",
        (LOAD, GAP, "strain from work without a say", "rewards in choices", "effort in choices", "habit in choices",
         "the norm of what colleagues do", "fear of blame", "hand-off loss", "word of mouth",
         "engaged people serving more warmly", "leaders setting measures"),
    ),
    "direction": Study(
        "equal-cost-tables.md", "direction at equal total cost",
        (LOAD, GAP, FATIGUE, ROUTINES, "habit in choices", "rewards in choices", "effort in choices",
         "defects removed by improvement", "leaders setting measures", "leaders believing their own leaders"),
    ),
    "pace": Study(
        "pace-tables.md", "big bang, pilot and lock-in",
        (LOAD, FATIGUE, ROUTINES, "habit in choices", "quick wins from improvement time", "improvements that fail untested",
         "defects removed by improvement", "leaders won over by successes"),
    ),
    "heroes": Study(
        "heroes-tables.md", "heroes, in adoption and in satisfaction",
        (LOAD, ROUTINES, "habit in choices", "conviction in choices", "the norm of what colleagues do",
         "tipping (contagion from several sources)", "effort in choices", "rewards in choices", "fear of blame",
         "strain from work without a say"),
    ),
    # findings.py has these contrasts with every mechanism off.
    "metrics": Study("metrics-worlds-tables.md", "choice of metric, in admitted worlds", ()),
}  # fmt: skip


def main() -> None:
    """Run what is missing, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", choices=STUDIES, default="decree-and-cuts")
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--off-replicates", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=Path, default=Path("results/headlines"))
    parser.add_argument("--out", type=Path, default=Path("docs/findings"))
    options = parser.parse_args()
    study, runs = STUDIES[options.study], options.runs / options.study
    claims = load_claims((), Path(__file__).with_name("headlines") / options.study)
    runner = Runner(runs, options.workers, runs.exists(), command=sys.argv)
    whole = run_ledger(
        claims, runner, replicates=options.replicates, points=options.worlds, worlds=read_worlds()
    )  # fmt: skip
    off = {}
    for number, name in enumerate(study.off):
        without = [switched(claim, name) for claim in claims]
        off[name] = run_ledger(
            without, replace(runner, folder=runs / f"off-{number + 1}"), replicates=options.off_replicates
        )
    parts = [worlds_of(whole), *([mechanisms_of(whole, off)] if off else [])]
    text = (
        f"<!-- Made by experiments/headlines.py --study {options.study} --worlds {options.worlds}, sources {model_hash()}; "
        "not edited by hand. -->\n"
        f"# Tables: {study.title}\n\n" + "\n".join(parts)
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / study.tables).write_text(text, encoding="utf-8")


def switched(claim: Claim, name: str) -> Claim:
    """Return a claim whose scenarios lack a mechanism, in their past, too."""
    return replace(claim, scenarios={key: one.with_values(SWITCHES[name]) for key, one in claim.scenarios.items()})


def worlds_of(ledger: Ledger) -> str:
    """Return the table of shares, and what decides them."""
    rows = []
    for one in ledger.findings:
        assert one.holds and one.reverses
        rows.append([
            one.claim.statement, effect(one), share(one.holds), share(one.reverses),
            ", ".join(f"`{d.key}` {d.rho:+.2f}" for d in one.deciders if d.significant) or "nothing beyond chance",
        ])  # fmt: skip
    maps = [f"- {one.claim.statement} {describe_map(one.map)}" for one in ledger.findings if one.map and one.map.flips]
    head = ["sentence", "effect at the defaults", "holds, % of worlds", "reversed, %", "correlates with (Holm)"]
    turns = "\nWhere they turn, beyond chance:\n\n" + "\n".join(maps) + "\n" if maps else ""
    return (
        f"## In {ledger.points} admitted worlds\n\n{ledger.replicates} paired organisations at the defaults, four in each world "
        f"(the defaults count as one more world). In brackets: the 95 % interval. A rank "
        f"correlation of {ledger.detectable:.2f} would be found in 80 of 100 cases.\n\n{table(head, rows)}{turns}"
    )


def mechanisms_of(whole: Ledger, off: dict[str, Ledger]) -> str:
    """Return the table of effects with single mechanisms off, for the claims that are a difference."""
    known = [k for k, one in enumerate(whole.findings) if one.claim.kind == "difference"]
    head = ["switched off", *(whole.findings[k].claim.id for k in known)]
    rows = [[name, *(short(ledger.findings[k]) for k in known)] for name, ledger in [("nothing", whole), *off.items()]]
    says = "\n".join(f"- {whole.findings[k].claim.id}: {whole.findings[k].claim.statement}" for k in known)
    return (
        "## With single mechanisms switched off\n\nEffects, positive where the sentence holds; in brackets "
        f"where the 95 % interval includes zero.\n\n{table(head, rows)}\n{says}\n"
    )


def effect(one: ClaimResult) -> str:
    """Write an effect with its interval."""
    found, kpi = one.outcome, one.outcome.kpi or one.claim.kpi
    return (
        f"{kpi_difference(kpi, found.effect)} ({kpi_difference(kpi, found.low)} to {kpi_difference(kpi, found.high)})"
    )


def short(one: ClaimResult) -> str:
    """Write an effect; in brackets if its interval includes zero."""
    found = one.outcome
    text = kpi_difference(found.kpi or one.claim.kpi, found.effect)
    return f"({text})" if found.low <= 0.0 <= found.high else text


def share(found: Sequence[float]) -> str:
    """Write a share with its interval, in per cent."""
    return f"{100 * found[0]:.0f} ({100 * found[1]:.0f} to {100 * found[2]:.0f})"


if __name__ == "__main__":
    main()
