"""The scorecard by model version: facts inside, undecided and outside."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccsim.errors import InputError
from ccsim.scenarios.scenario import data_dirs
from ccsim.validation.facts.scorecard import INSIDE, OUTSIDE, UNDECIDED, Score

#: The file, beside the facts.
FILE = "history.csv"
COLUMNS = ("model", "sources", "runs", INSIDE, UNDECIDED, OUTSIDE, "out")


@dataclass(frozen=True)
class Version:
    """The scorecard of one version of the model.

    Attributes:
        model: name of the version.
        sources: hash of the model's sources; empty if not recorded.
        runs: runs of every study, as a share of the default of ``ccsim validate``.
        inside, undecided, outside: facts that count as checks.
        out: ids of the facts outside.
    """

    model: str
    sources: str
    runs: float
    inside: int
    undecided: int
    outside: int
    out: tuple[str, ...]

    @property
    def checked(self) -> int:
        """Number of facts checked."""
        return self.inside + self.undecided + self.outside


def read_history(folder: Path | None = None) -> list[Version]:
    """Return the versions on record, the earliest first.

    Args:
        folder: where the file is; by default ``facts/`` here, or the folder that ccsim ships.

    Raises:
        InputError: the file does not exist, or a row cannot be read.
    """
    file = _file(folder)
    found = []
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            try:
                inside, undecided, outside = (int(row[name]) for name in (INSIDE, UNDECIDED, OUTSIDE))
                found.append(
                    Version(
                        row["model"],
                        row["sources"],
                        float(row["runs"]),
                        inside,
                        undecided,
                        outside,
                        tuple(row["out"].split()),
                    )
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InputError(
                    f"{file}: line {len(found) + 2}: must have the columns {', '.join(COLUMNS)}"
                ) from error
    return found


def record(scores: Sequence[Score], model: str, sources: str, runs: float, folder: Path | None = None) -> Path:
    """Write a version into the history, replacing a row of the same name.

    Args:
        scores: of all facts.
        model: name of the version.
        sources: hash of the model's sources.
        runs: runs of every study, as a share of the usual number.
        folder: where the file is.

    Returns:
        The file of the history.
    """
    counts = Counter(one.verdict for one in scores if one.fact.checks)
    out = tuple(one.fact.id for one in scores if one.fact.checks and one.verdict == OUTSIDE)
    new = Version(model, sources, runs, counts[INSIDE], counts[UNDECIDED], counts[OUTSIDE], out)
    kept = [one for one in read_history(folder) if one.model != model]
    file = _file(folder)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in [*kept, new]:
            writer.writerow(
                [one.model, one.sources, f"{one.runs:g}", one.inside, one.undecided, one.outside, " ".join(one.out)]
            )
    return file


def print_history(versions: Sequence[Version], console: Any) -> None:
    """Print the table."""
    from ccsim.reports.tables import headed_table

    grid = headed_table(
        {
            "model": "left",
            **dict.fromkeys(("facts", INSIDE, UNDECIDED, OUTSIDE, "runs"), "right"),
            "which are outside": "left",
        }
    )
    for one in versions:
        grid.add_row(
            one.model, str(one.checked), str(one.inside), str(one.undecided), str(one.outside), f"{one.runs:g}",
            ", ".join(one.out),
        )  # fmt: skip
    console.print(grid)


def _file(folder: Path | None) -> Path:
    places = [folder] if folder else [Path("facts"), *data_dirs("facts")]
    for place in places:
        if (place / FILE).is_file():
            return place / FILE
    raise InputError(f"{places[0] / FILE}: there is no such file")
