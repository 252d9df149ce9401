"""A decree without a programme, and posts cut, to five years: at the defaults, with single mechanisms off, in admitted worlds.

Writes the tables that docs/findings/ shows, from the claims in experiments/headlines. It can be stopped, and goes on with
what its folder of runs holds.

    python experiments/headlines.py --worlds 60
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from findings import SWITCHES, table

from ccsim.analysis.admitted import read_worlds
from ccsim.model.extension import model_hash
from ccsim.reports.formatting import kpi_difference
from ccsim.validation.claims.ledger import ClaimResult, Ledger, run_ledger
from ccsim.validation.claims.report import told_of_map
from ccsim.validation.claims.schema import Claim, load_claims

#: What is switched off, of all that findings.py knows: what could carry a decree or a cut.
OFF = (
    "load shortening time", "the gap between decree and practice", "strain from work without say", "rewards in choices",
    "effort in choices", "habit in choices", "the norm of what colleagues do", "fear of blame", "hand-off loss",
    "word of mouth", "engaged people serving more warmly", "leaders setting measures",
)  # fmt: skip


def main() -> None:
    """Run what is missing, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--off-replicates", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=Path, default=Path("results/headlines"))
    parser.add_argument("--out", type=Path, default=Path("docs/findings"))
    asked = parser.parse_args()
    claims = load_claims((), Path(__file__).with_name("headlines"))
    shared = {"workers": asked.workers, "resume": asked.runs.exists(), "command": sys.argv}
    whole = run_ledger(
        claims, replicates=asked.replicates, points=asked.worlds, worlds=read_worlds(), out=asked.runs, **shared
    )
    off = {}
    for number, name in enumerate(OFF):
        without = [switched(claim, name) for claim in claims]
        off[name] = run_ledger(without, replicates=asked.off_replicates, out=asked.runs / f"off-{number + 1}", **shared)
    text = (
        f"<!-- Made by experiments/headlines.py --worlds {asked.worlds}, sources {model_hash()}; not edited by hand. -->\n"
        f"# Tables: a decree, and posts cut\n\n{worlds_of(whole)}\n{mechanisms_of(whole, off)}"
    )
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "headlines-tables.md").write_text(text, encoding="utf-8")


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
            ", ".join(f"`{d.key}` {d.rho:+.2f}" for d in one.deciders if d.clear) or "nothing beyond chance",
        ])  # fmt: skip
    maps = [f"- {one.claim.statement} {told_of_map(one.map)}" for one in ledger.findings if one.map and one.map.flips]
    head = ["after five years", "effect at the defaults", "holds, % of worlds", "reversed, %", "goes with (Holm)"]
    turns = "\nWhere they turn, beyond chance:\n\n" + "\n".join(maps) + "\n" if maps else ""
    return (
        f"## In {ledger.points} admitted worlds\n\n{ledger.replicates} paired organisations at the defaults, four in each world "
        f"(the defaults count as one world more), against each other as said. In brackets the 95 % interval. A rank "
        f"correlation of {ledger.detectable:.2f} would be found in 80 of 100 cases.\n\n{table(head, rows)}{turns}"
    )


def mechanisms_of(whole: Ledger, off: dict[str, Ledger]) -> str:
    """Return the table of effects with single mechanisms off, for the claims that are a difference."""
    known = [k for k, one in enumerate(whole.findings) if one.claim.kind == "difference"]
    head = ["switched off", *(whole.findings[k].claim.id for k in known)]
    rows = [[name, *(short(ledger.findings[k]) for k in known)] for name, ledger in [("nothing", whole), *off.items()]]
    says = "\n".join(f"- {whole.findings[k].claim.id}: {whole.findings[k].claim.statement}" for k in known)
    return (
        "## With single mechanisms switched off\n\nEffects after five years, positive where the sentence holds; in brackets "
        f"where the 95 % interval holds zero.\n\n{table(head, rows)}\n{says}\n"
    )


def effect(one: ClaimResult) -> str:
    """Write an effect with its interval."""
    found, kpi = one.outcome, one.outcome.kpi or one.claim.kpi
    return (
        f"{kpi_difference(kpi, found.effect)} ({kpi_difference(kpi, found.low)} to {kpi_difference(kpi, found.high)})"
    )


def short(one: ClaimResult) -> str:
    """Write an effect; in brackets if it is not told apart from nothing."""
    found = one.outcome
    text = kpi_difference(found.kpi or one.claim.kpi, found.effect)
    return f"({text})" if found.low <= 0.0 <= found.high else text


def share(found: Sequence[float]) -> str:
    """Write a share with its interval, in per cent."""
    return f"{100 * found[0]:.0f} ({100 * found[1]:.0f} to {100 * found[2]:.0f})"


if __name__ == "__main__":
    main()
