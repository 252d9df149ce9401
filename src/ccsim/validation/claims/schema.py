"""The format of claims: read from TOML; every error in a file is reported with its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.errors import InputErrors, UnknownNameError, did_you_mean
from ccsim.model.kpis import KPIS
from ccsim.scenarios.io import Parser, Schema, parse_scenario
from ccsim.scenarios.scenario import Scenario
from ccsim.scenarios.toml_positions import read_toml
from ccsim.validation.claims.contrasts import KINDS, Claimed, Contrast
from ccsim.validation.files import declared_files, refuse_twins, refuse_unknown, swept

#: Weeks of a run, unless a claim says otherwise.
HORIZON = 156


@dataclass(frozen=True)
class Claim:
    """A claim, and how it is tested.

    Attributes:
        id, statement, article: its short name, the claim in one sentence, and the article it comes from.
        kind: how it is tested, one of :data:`ccsim.validation.claims.contrasts.KINDS`.
        kpi, direction: the KPI compared, and whether the claim predicts ``"more"`` or ``"less"`` of it.
        kpis: the KPI of each round, if a comparison is repeated with different KPIs.
        secondary: further KPIs, shown but not tested.
        scenarios: the scenarios compared, by name, in the order that the kind requires.
        weeks: the weeks compared, the horizon last.
        share: share of a gain, for claims about how much of it is kept.
        note: what the comparison leaves out or assumes.
        file, theme: the file that declares it, and that file's title.
    """

    id: str
    statement: str
    article: str
    kind: str
    kpi: str
    direction: str
    secondary: tuple[str, ...]
    scenarios: dict[str, Scenario]
    weeks: tuple[int, ...] = (HORIZON - 1,)
    share: float = 0.5
    note: str = ""
    file: str = ""
    kpis: tuple[str, ...] = ()
    theme: str = ""

    def contrasts(self, kpi: str | None = None) -> list[Contrast]:
        """Return the differences that must all be positive for the claim to hold, in a given KPI or in the claim's own."""
        names, kind = tuple(self.scenarios), KINDS[self.kind]
        rounds = max(1, kind.rounds(len(names)))
        watched = [kpi] * rounds if kpi else list(self.kpis or [self.kpi] * rounds)
        size = len(names) // rounds
        found: list[Contrast] = []
        for number, one in enumerate(watched):
            sign = 1.0 if self.direction_of(one) == "more" else -1.0
            found += kind.contrasts(
                Claimed(one, names[number * size : (number + 1) * size], self.weeks, sign, self.share)
            )
        return found

    def direction_of(self, kpi: str) -> str:
        """Return the direction of a KPI: the claim's own for its main KPI, otherwise the better direction."""
        return self.direction if kpi == self.kpi or KPIS[kpi].direction == "neither" else KPIS[kpi].direction


class ClaimShape(Schema):
    """One ``[[claim]]`` of a file."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
    statement: Annotated[str, Field(min_length=1)]
    article: str = ""
    kind: str
    kpi: str
    kpis: list[str] = Field(default_factory=list)
    direction: str = ""
    secondary: list[str] = Field(default_factory=list)
    weeks: Annotated[list[Annotated[int, Field(ge=0, le=5000, strict=True)]], Field(min_length=1)] | None = None
    share: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.5
    note: str = ""
    scenarios: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sweep: dict[str, Any] | None = None


class FileShape(Schema):
    """A file of claims."""

    title: str = ""
    claim: list[dict[str, Any]] = Field(default_factory=list)


def load_claims(ids: Sequence[str] = (), folder: Path | None = None) -> list[Claim]:
    """Return claims, all or those named, in the order of their files.

    Args:
        ids: which, by id; case does not matter.
        folder: where the files are; by default ``claims/`` here, or those that ccsim ships.

    Raises:
        UnknownNameError: there is no claim with one of these ids.
        InputErrors: the files contain errors; all of them are listed.
        InputError: there are no files.
    """
    faults: list[Any] = []
    claims = [claim for file in declared_files("claims", folder) for claim in _read(file, faults)]
    refuse_twins("claim", ((claim.id, claim.file) for claim in claims))
    if faults:
        raise InputErrors(faults)
    known = [claim.id for claim in claims]
    refuse_unknown("claim", ids, known, known)
    wanted = {name.casefold() for name in ids or known}
    return [claim for claim in claims if claim.id.casefold() in wanted]


def _read(file: Path, faults: list[Any]) -> Iterable[Claim]:
    data, places = read_toml(file)
    reader = Parser(file, places)
    shape = reader.validate(FileShape, data)
    found = [_claim(reader.sub("claim", number), row, file, shape.title) for number, row in enumerate(shape.claim)]
    faults += reader.issues
    return [claim for claim in found if claim is not None]


def _claim(part: Parser, row: dict[str, Any], file: Path, theme: str) -> Claim | None:
    before = len(part.issues)
    shape = part.whole(ClaimShape, row)
    if shape is None:
        return None
    if shape.kind not in KINDS:
        part.add_error(("kind",), str(UnknownNameError("kind of claim", shape.kind, KINDS)))
    for key, names in (("kpi", [shape.kpi]), ("kpis", shape.kpis), ("secondary", shape.secondary)):
        for name in names:
            if name not in KPIS:
                part.add_error((key,), str(UnknownNameError("KPI", name, KPIS)))
    for key, entries in (("secondary", shape.secondary), ("weeks", shape.weeks or [])):
        if len(set(entries)) < len(entries):
            part.add_error((key,), f"must name each only once, got {entries!r}")
    if shape.direction not in ("", "more", "less"):
        part.add_error(("direction",), f"must be 'more' or 'less', got {shape.direction!r}")
    scenarios = {
        name: parse_scenario(part.sub("scenarios", name), {"title": name, **one}, name)
        for name, one in shape.scenarios.items()
    }
    if shape.sweep is not None:
        scenarios |= _swept(part, shape.sweep, scenarios)
    if len(part.issues) > before:
        return None
    kind = KINDS[shape.kind]
    rounds = kind.rounds(len(scenarios))
    if not rounds:
        part.add_error(
            ("scenarios",), f"a claim of the kind {shape.kind!r} takes {kind.takes}; here are {len(scenarios)}"
        )
        return None
    if shape.kpis and len(shape.kpis) != rounds:
        part.add_error(
            ("kpis",), f"the comparison is made {rounds} times, and takes as many KPIs; here are {len(shape.kpis)}"
        )
        return None
    expect = shape.direction or KPIS[shape.kpi].direction
    if expect == "neither":
        part.add_error(("direction",), f"is missing: neither more nor less of {shape.kpi!r} is better by itself")
    weeks = tuple(shape.weeks or (HORIZON - 1,))
    return Claim(
        shape.id, shape.statement, shape.article, shape.kind, shape.kpi, expect, tuple(shape.secondary), scenarios, weeks,
        shape.share, shape.note, str(file), tuple(shape.kpis), theme,
    )  # fmt: skip


def _swept(part: Parser, row: dict[str, Any], scenarios: dict[str, Scenario]) -> dict[str, Scenario]:
    """Return the points of a sweep over one lever, applied to the first scenario (or to the ordinary organisation)."""
    sweep = part.sub("sweep")
    for key in row:
        if key not in ("lever", "values"):
            sweep.add_error((key,), f"is not known here{did_you_mean(key, ('lever', 'values'))}")
    lever, values = row.get("lever"), row.get("values")
    if not isinstance(lever, str) or not isinstance(values, list) or len(values) < 3:
        sweep.add_error((), "a sweep takes a lever and at least three values")
        return {}
    base = next(iter(scenarios.values()), Scenario("nothing", "Doing nothing"))
    scenarios.clear()
    return swept(sweep, ("values",), lever, values, base)
