"""Score bets on the claims of the ledger by Brier, and find the class's most overconfident claim.

    python teaching/assessment/bet.py bets.csv

The file has one row a student: ``name`` and a column for each claim, in per cent. Verdicts come from docs/claims.md only.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[1]))
from course_numbers import claims


@dataclass(frozen=True)
class Scores:
    """Brier scores by name, that of the class's mean bet, and for each claim mean bet less true share (in per cent)."""

    by_name: dict[str, float]
    crowd: float
    excess: dict[str, float]

    @property
    def most_overconfident(self) -> str:
        """The claim on which the class's mean bet was furthest above the share of worlds."""
        return max(self.excess, key=self.excess.__getitem__)


def brier(bets: Mapping[str, float], truth: Mapping[str, float]) -> float:
    """Return the mean squared distance of bets from true shares.

    Args:
        bets: per cent by claim.
        truth: per cent of worlds in which it holds, by claim.
    """
    return fmean(((bets[name] - truth[name]) / 100.0) ** 2 for name in truth)


def score(bets: Mapping[str, Mapping[str, float]], truth: Mapping[str, float]) -> Scores:
    """Return the scores of a class.

    Args:
        bets: by student, per cent by claim.
        truth: per cent of worlds by claim.
    """
    crowd = {name: fmean(row[name] for row in bets.values()) for name in truth}
    return Scores(
        {student: brier(row, truth) for student, row in bets.items()},
        brier(crowd, truth),
        {name: crowd[name] - truth[name] for name in truth},
    )


def read(file: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return bets by student.

    Args:
        file: the CSV file.
        names: the claims.

    Raises:
        ValueError: what is wrong with the file, with its line.
    """
    found: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8-sig", newline="") as rows:
        table = csv.DictReader(rows)
        lacking = [name for name in ("name", *names) if name not in (table.fieldnames or [])]
        if lacking:
            raise ValueError(f"{file}: the columns {', '.join(lacking)} are missing")
        for number, row in enumerate(table, start=2):
            try:
                bets = {name: float(row[name]) for name in names}
            except (TypeError, ValueError):
                raise ValueError(f"{file}, line {number}: a bet is a number from 0 to 100") from None
            if not all(0.0 <= value <= 100.0 for value in bets.values()):
                raise ValueError(f"{file}, line {number}: a bet is a number from 0 to 100")
            found[row["name"] or f"student {number - 1}"] = bets
    if not found:
        raise ValueError(f"{file}: holds no bets")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the bets of a class."""
    parser = argparse.ArgumentParser(description="Score bets on the claims of the ledger.")
    parser.add_argument("file", type=Path, help="one row a student: name and a column for each claim, in per cent")
    options = parser.parse_args(arguments)
    ledger = claims()
    truth = {name: float(row["holds"]) for name, row in ledger.items()}
    try:
        found = score(read(options.file, tuple(truth)), truth)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    for student, value in sorted(found.by_name.items(), key=lambda row: row[1]):
        print(f"{value:.3f}  {student}")
    print(f"{found.crowd:.3f}  the class's mean bet")
    worst = found.most_overconfident
    print(
        f"Most overconfident: {worst}, {found.excess[worst]:+.0f} points above its share of worlds. {ledger[worst]['says']}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
