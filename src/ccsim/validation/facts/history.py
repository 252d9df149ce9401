"""The scorecard by model version: facts inside, undecided and outside."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError
from pydantic.dataclasses import dataclass

from ccsim.errors import InputError
from ccsim.scenarios.scenario import data_dirs
from ccsim.validation.facts.scorecard import INSIDE, OUTSIDE, UNDECIDED, Score

#: The file, beside the facts.
FILE = "history.csv"


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
    out: Annotated[tuple[str, ...], BeforeValidator(lambda text: text.split() if isinstance(text, str) else text)]

    @property
    def checked(self) -> int:
        """Number of facts checked."""
        return self.inside + self.undecided + self.outside


COLUMNS = tuple(column.name for column in fields(Version))


def read_history(folder: Path | None = None) -> list[Version]:
    """Return the versions on record, the earliest first.

    Args:
        folder: where the file is; by default ``facts/`` here, or the folder that ccsim ships.

    Raises:
        InputError: the file does not exist, or a row cannot be read.
    """
    file = _file(folder)
    versions: list[Version] = []
    with file.open(encoding="utf-8", newline="") as text:
        row: Any
        for line, row in enumerate(csv.DictReader(text), 2):
            try:
                versions.append(Version(**row))
            except (TypeError, ValidationError) as error:
                raise InputError(f"{file}: line {line}: must have the columns {', '.join(COLUMNS)}") from error
    return versions


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
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**asdict(one), "runs": f"{one.runs:g}", "out": " ".join(one.out)} for one in [*kept, new])
    return file


def print_history(versions: Sequence[Version], console: Any) -> None:
    """Print the table."""
    from ccsim.reports.tables import headed_table

    counts = dict.fromkeys(("facts", INSIDE, UNDECIDED, OUTSIDE, "runs"), "right")
    grid = headed_table({"model": "left", **counts, "which are outside": "left"})
    for one in versions:
        numbers = map(str, (one.checked, one.inside, one.undecided, one.outside))
        grid.add_row(one.model, *numbers, f"{one.runs:g}", ", ".join(one.out))
    console.print(grid)


def _file(folder: Path | None) -> Path:
    places = [folder] if folder else [Path("facts"), *data_dirs("facts")]
    for place in places:
        if (place / FILE).is_file():
            return place / FILE
    raise InputError(f"{places[0] / FILE}: there is no such file")
