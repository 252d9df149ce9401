"""Item statistics of the eight questions, and what a course gained, with its interval.

    python teaching/assessment/gain.py answers.csv
    python teaching/assessment/gain.py --example > answers.csv      # invented answers, to try it

The file has one row a sheet: ``code,when,q1,...,q8``; ``when`` is *before* or *after*; answers are letters, or empty.
Sheets are paired by code. Fewer than ten pairs are told as too few to show a figure for single questions.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from scipy import stats

KEY = tomllib.loads((Path(__file__).with_name("key.toml")).read_text(encoding="utf-8"))
QUESTIONS = tuple(KEY["right"])
WHEN = ("before", "after")
#: Pairs below which no figure of a single question is shown.
FEWEST = 10


@dataclass(frozen=True)
class Item:
    """A question: share of right answers before and after, and how well it tells strong from weak (rest correlation)."""

    name: str
    idea: str
    before: float
    after: float
    discrimination: float


@dataclass(frozen=True)
class Gain:
    """What a class gained: pairs, means (of 1), difference with its 95 % interval, normalised gain, and items."""

    pairs: int
    before: float
    after: float
    low: float
    high: float
    normalised: float
    effect: float
    items: tuple[Item, ...]
    unpaired: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        """The mean difference, in shares of right answers."""
        return self.after - self.before


def read(file: Path) -> tuple[dict[str, dict[str, list[int]]], list[str]]:
    """Return the marks by code and time, and what is wrong with the file.

    Args:
        file: a CSV file.

    Returns:
        For each code, for *before* and *after*, a mark (0 or 1) for each question; and faults in words.
    """
    marks: dict[str, dict[str, list[int]]] = {}
    faults: list[str] = []
    with file.open(encoding="utf-8-sig", newline="") as rows:
        table = csv.DictReader(rows)
        lacking = [name for name in ("code", "when", *QUESTIONS) if name not in (table.fieldnames or [])]
        if lacking:
            return {}, [f"{file}: the columns {', '.join(lacking)} are missing"]
        for number, row in enumerate(table, start=2):
            code, when = (row["code"] or "").strip().casefold(), (row["when"] or "").strip().casefold()
            answers = [(row[name] or "").strip().casefold() for name in QUESTIONS]
            wrong = [answer for answer in answers if answer not in ("", "a", "b", "c", "d")]
            if not code:
                faults.append(f"{file}, line {number}: the code is empty")
            elif when not in WHEN:
                faults.append(f"{file}, line {number}: when is {row['when']!r}; before or after is accepted")
            elif wrong:
                faults.append(f"{file}, line {number}: {wrong[0]!r} is no answer; a, b, c, d or nothing is accepted")
            elif when in marks.get(code, {}):
                faults.append(f"{file}, line {number}: {code!r} has two sheets {when}")
            else:
                right = [int(answer == KEY["right"][name]) for answer, name in zip(answers, QUESTIONS, strict=True)]
                marks.setdefault(code, {})[when] = right
    return marks, faults


def gain(marks: dict[str, dict[str, list[int]]]) -> Gain:
    """Return what a class gained.

    Args:
        marks: by code and time, a mark for each question.

    Raises:
        ValueError: fewer than two codes have both sheets.
    """
    pairs = {code: both for code, both in marks.items() if set(both) == set(WHEN)}
    if len(pairs) < 2:
        raise ValueError(f"{len(pairs)} of {len(marks)} codes have both sheets; at least two are needed")
    sheets = {when: [both[when] for both in pairs.values()] for when in WHEN}
    totals = {when: [fmean(sheet) for sheet in sheets[when]] for when in WHEN}
    differences = [two - one for one, two in zip(totals["before"], totals["after"], strict=True)]
    middle, spread = fmean(differences), stdev(differences)
    half = float(stats.t.ppf(0.975, len(differences) - 1)) * spread / len(differences) ** 0.5
    before, after = fmean(totals["before"]), fmean(totals["after"])
    items = tuple(
        Item(
            name, KEY["idea"][name], *(fmean(sheet[place] for sheet in sheets[when]) for when in WHEN),
            _discrimination(sheets["after"], place),
        )
        for place, name in enumerate(QUESTIONS)
    )  # fmt: skip
    return Gain(
        len(pairs), before, after, middle - half, middle + half, (after - before) / (1.0 - before) if before < 1.0 else 0.0,
        middle / spread if spread > 0.0 else float("nan"), items, tuple(code for code in marks if code not in pairs),
    )  # fmt: skip


def _discrimination(sheets: Sequence[Sequence[int]], place: int) -> float:
    """Return the correlation of a question with the sum of the others; not a number if either never varies."""
    one, rest = [sheet[place] for sheet in sheets], [sum(sheet) - sheet[place] for sheet in sheets]
    if len(set(one)) < 2 or len(set(rest)) < 2:
        return float("nan")
    return float(stats.pearsonr(one, rest).statistic)


def text_of(found: Gain) -> str:
    """Return the result in words and a table."""
    lines = [
        f"{found.pairs} pairs. Right answers: {found.before:.0%} before, {found.after:.0%} after.",
        f"Gain {100 * found.difference:+.0f} points of 100 (95 % interval {100 * found.low:+.0f} to {100 * found.high:+.0f}); "
        f"normalised {found.normalised:.2f}; effect size {found.effect:.2f}.",
        "The interval holds zero: chance could make this gain."
        if found.low <= 0.0 <= found.high
        else "Chance alone would hardly make this gain.",
        "Without a group that was not taught, part of the gain may come from taking the test twice.",
    ]
    if found.unpaired:
        lines.append(f"{len(found.unpaired)} codes have one sheet only and are left out.")
    if found.pairs < FEWEST:
        return "\n".join([*lines, f"Single questions are shown from {FEWEST} pairs on."])
    lines += ["", "question  idea               before   after  discrimination"]
    for one in found.items:
        remark = "  look at it: strong students miss it" if one.discrimination < 0.0 else ""
        lines.append(
            f"{one.name:<9} {one.idea:<18} {one.before:>6.0%}  {one.after:>6.0%}  {one.discrimination:>14.2f}{remark}"
        )
    return "\n".join(lines)


def example(students: int = 30, seed: int = 1) -> str:
    """Return invented answers of a class, to try the command."""
    chance = random.Random(seed)
    rows = ["code,when," + ",".join(QUESTIONS)]
    for number in range(students):
        ability = chance.gauss(0.0, 0.15)
        for when, easy in zip(WHEN, (0.4, 0.65), strict=True):
            answers = [
                KEY["right"][name]
                if chance.random() < easy + ability
                else chance.choice([c for c in "abcd" if c != KEY["right"][name]])
                for name in QUESTIONS
            ]
            rows.append(f"st{number:02d}x,{when}," + ",".join(answers))
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell what a class gained."""
    parser = argparse.ArgumentParser(description="Item statistics and gain of the eight questions.")
    parser.add_argument("file", type=Path, nargs="?", help="answers: code,when,q1,...,q8")
    parser.add_argument("--example", action="store_true", help="print invented answers instead")
    options = parser.parse_args(arguments)
    if options.example:
        print(example(), end="")
        return 0
    if options.file is None or not options.file.is_file():
        parser.error(f"{options.file or 'a file'}: there is no such file")
    marks, faults = read(options.file)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 2
    try:
        print(text_of(gain(marks)))
    except ValueError as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
