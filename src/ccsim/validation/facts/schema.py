"""The format of facts: studies and published numbers, read from TOML; every error is reported with its line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ccsim.engine.expressions import check_number, names, parse
from ccsim.errors import InputError, InputErrors, UnknownNameError, did_you_mean
from ccsim.model.kpis import KPIS
from ccsim.scenarios.io import Parser, Schema, parse_scenario
from ccsim.scenarios.scenario import Scenario, check
from ccsim.scenarios.toml_positions import read_toml
from ccsim.validation.facts import cohort, networks, people
from ccsim.validation.facts.identities import AnalyticResult
from ccsim.validation.facts.measures import FUNCTIONS, Correlation, CorrelationGap, Mean, Measure, Slope
from ccsim.validation.facts.paired import Asymmetry, Contrast, Elasticity, Spread
from ccsim.validation.facts.programmes import SuccessRate
from ccsim.validation.facts.shapes import HalfLife, Steepness
from ccsim.validation.files import declared_files, refuse_twins, refuse_unknown, swept

#: Kinds of measure, by the name that facts use.
MEASURES: dict[str, type[Measure]] = {
    "mean": Mean, "correlation": Correlation, "lead": CorrelationGap, "slope": Slope, "contrast": Contrast,
    "elasticity": Elasticity, "asymmetry": Asymmetry, "spread": Spread, "steepness": Steepness,
    "half-life": HalfLife, "success": SuccessRate, "identity": AnalyticResult,
}  # fmt: skip
#: Subjects of a study, and the names that expressions may use in each.
SUBJECTS: dict[str, Collection[str]] = {
    "organisations": KPIS, "people": people.COLUMNS, "cohort": cohort.COLUMNS,
    "networks": networks.COLUMNS, "formula": (),
}  # fmt: skip
#: Provenance of a number (see ``docs/validation.md``), and whether it may count as a check.
TAGS = {"V-P": True, "V-S": True, "exact": True, "R-H": False, "R-M": False, "R-L": False}
ROLES = ("calibration", "held out")


@dataclass(frozen=True)
class Fact:
    """A published number, and how it is measured in its study.

    Attributes:
        id, statement: its short name, and the fact in one sentence.
        published: the number as published; None if only a sign or a range was published.
        low, high: its interval; infinite on an open side.
        tag: provenance of the number, one of :data:`TAGS`.
        source: the publication.
        role: ``"calibration"`` if a default was set from it, otherwise ``"held out"``.
        measure: how it is measured.
        note: what the comparison leaves out, or the reason for the interval.
        why: why the model is outside and what would change that; only for facts that are outside.
    """

    id: str
    statement: str
    published: float | None
    low: float
    high: float
    tag: str
    source: str
    role: str
    measure: Measure
    note: str = ""
    why: str = ""

    @property
    def checks(self) -> bool:
        """Whether it counts as a check; numbers that were not looked up in print are context only."""
        return TAGS[self.tag]

    @property
    def form(self) -> str:
        """What was published: an ``"identity"``, a ``"size"`` (an interval with two ends), or a ``"sign"`` only."""
        if self.tag == "exact":
            return "identity"
        return "size" if self.low > -float("inf") and self.high < float("inf") else "sign"


@dataclass(frozen=True)
class Study:
    """An experiment described by a source, and the facts measured in it.

    Attributes:
        id, title, about: the file's name, a short title, and what is done.
        subject: who is observed, one of :data:`SUBJECTS`.
        scenarios: the scenarios compared, by name.
        swept: the value of the sweep in each scenario that is a point of it.
        factors, samples: ranges of levers by key, and how many organisations differ within them (a Latin hypercube).
        replicates: runs of each scenario (and of each point).
        weeks: the weeks whose values are kept, the horizon last.
        facts: the facts measured.
        file: the file that declares it.
    """

    id: str
    title: str
    about: str
    subject: str
    scenarios: dict[str, Scenario]
    swept: dict[str, float]
    factors: dict[str, tuple[float, float]]
    samples: int
    replicates: int
    weeks: tuple[int, ...]
    facts: tuple[Fact, ...]
    file: str


@dataclass(frozen=True)
class Excluded:
    """A published number that the model does not represent, and the reason."""

    statement: str
    source: str
    why: str


class ApartShape(Schema):
    """One ``[[apart]]`` of a file."""

    statement: str = ""
    source: str = ""
    why: str = ""


class FactShape(Schema):
    """One ``[[fact]]`` of a file."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    statement: Annotated[str, Field(min_length=1)]
    published: float | None = None
    low: float | None = None
    high: float | None = None
    tag: str
    source: Annotated[str, Field(min_length=1)]
    role: str = "held out"
    note: str = ""
    why: str = ""
    measure: dict[str, Any]


class StudyShape(Schema):
    """A file of facts: one study."""

    title: str = ""
    about: str = ""
    subject: str = "organisations"
    replicates: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1
    samples: Annotated[int, Field(ge=0, le=100_000, strict=True)] = 0
    weeks: Annotated[list[Annotated[int, Field(ge=0, le=5000, strict=True)]], Field(min_length=1)] = Field(
        default_factory=lambda: [155]
    )
    scenarios: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sweep: dict[str, list[Any]] = Field(default_factory=dict)
    factors: dict[str, list[float]] = Field(default_factory=dict)
    fact: list[dict[str, Any]] = Field(default_factory=list)
    apart: list[dict[str, Any]] = Field(default_factory=list)


def load_studies(names: Sequence[str] = (), folder: Path | None = None) -> list[Study]:
    """Return studies with their facts, all or those named, in the order of their files.

    Args:
        names: ids of facts or of studies; case does not matter.
        folder: where the files are; by default ``facts/`` here, or those that ccsim ships.

    Raises:
        UnknownNameError: there is no fact or study with one of these names.
        InputErrors: the files contain errors; all of them are listed.
        InputError: there are no files.
    """
    faults: list[Any] = []
    studies = [study for file in declared_files("facts", folder) if (study := _read(file, faults)) is not None]
    if faults:
        raise InputErrors(faults)
    refuse_twins("fact", ((fact.id, study.file) for study in studies for fact in study.facts))
    known = [fact.id for study in studies for fact in study.facts]
    refuse_unknown("fact or study", names, [*known, *(study.id for study in studies)], known)
    wanted = {name.casefold() for name in names}
    chosen = []
    for study in studies:
        facts = tuple(fact for fact in study.facts if not wanted or {fact.id.casefold(), study.id.casefold()} & wanted)
        chosen += [replace(study, facts=facts)] if facts else []
    return chosen


def load_apart(folder: Path | None = None) -> list[Excluded]:
    """Return the published numbers that the model does not represent.

    Raises:
        InputErrors: the files contain errors; all of them are listed.
    """
    excluded: list[Excluded] = []
    faults: list[Any] = []
    for file in declared_files("facts", folder):
        reader, shape = _parse(file)
        rows = [reader.sub("apart", k).validate(ApartShape, row) for k, row in enumerate(shape.apart)]
        excluded += [Excluded(**row.model_dump()) for row in rows]
        faults += reader.issues
    if faults:
        raise InputErrors(faults)
    return excluded


def _parse(file: Path) -> tuple[Parser, StudyShape]:
    data, places = read_toml(file)
    reader = Parser(file, places)
    return reader, reader.validate(StudyShape, data)


def _read(file: Path, faults: list[Any]) -> Study | None:
    reader, shape = _parse(file)
    if shape.subject not in SUBJECTS:
        reader.add_error(("subject",), f"unknown value {shape.subject!r}{did_you_mean(shape.subject, SUBJECTS)}")
    scenarios = {
        name: parse_scenario(reader.sub("scenarios", name), {"title": name, **one}, name)
        for name, one in shape.scenarios.items()
    } or {"nothing": Scenario("nothing", "Doing nothing")}  # fmt: skip
    swept = _swept(reader, shape, scenarios)
    factors = _ranges(reader, shape)
    facts = [_fact(reader.sub("fact", k), row, shape.subject, scenarios) for k, row in enumerate(shape.fact)]
    faults += reader.issues
    if reader.issues:
        return None
    return Study(
        file.stem, shape.title, shape.about, shape.subject, scenarios, swept, factors, shape.samples if factors else 0,
        shape.replicates, tuple(sorted(shape.weeks)), tuple(fact for fact in facts if fact), str(file),
    )  # fmt: skip


def _swept(reader: Parser, shape: StudyShape, scenarios: dict[str, Scenario]) -> dict[str, float]:
    """Replace the first scenario by the points of a sweep over one lever, and return their values."""
    if not shape.sweep:
        return {}
    part = reader.sub("sweep")
    if len(shape.sweep) > 1:
        part.add_error((), "a sweep takes one lever and its values")
    base = next(iter(scenarios.values()))
    scenarios.clear()
    points: dict[str, float] = {}
    for lever, values in shape.sweep.items():
        scenarios |= swept(part, (lever,), lever, values, base)
        for number, value in enumerate(values):
            name = f"{lever} = {value}"
            try:
                points |= {name: float(value)} if name in scenarios else {}
            except ValueError as error:
                part.add_error((lever, number), str(error))
    return points


def _ranges(reader: Parser, shape: StudyShape) -> dict[str, tuple[float, float]]:
    part = reader.sub("factors")
    ranges = {}
    for key, ends in shape.factors.items():
        try:
            if len(ends) != 2:
                raise InputError("takes two numbers, the least and the most")
            for value in ends:
                check(key, value)
            ranges[key] = (float(ends[0]), float(ends[1]))
        except InputError as error:
            part.add_error((key,), str(error))
    return ranges


def _fact(part: Parser, row: dict[str, Any], subject: str, scenarios: dict[str, Scenario]) -> Fact | None:
    before = len(part.issues)
    shape = part.whole(FactShape, row)
    if shape is None:
        return None
    for key, value, options in (("tag", shape.tag, TAGS), ("role", shape.role, ROLES)):
        if value not in options:
            part.add_error((key,), f"unknown value {value!r}{did_you_mean(value, options)}")
    measure = _measure(part.sub("measure"), shape.measure, subject, scenarios)
    low = -float("inf") if shape.low is None else shape.low
    high = float("inf") if shape.high is None else shape.high
    if shape.low is None and shape.high is None:
        part.add_error(("low",), "is missing: a fact takes low, high, or both")
    if low > high:
        part.add_error(("low",), f"must be at most {shape.high!r}, the value of high, got {shape.low!r}")
    elif shape.published is not None and not low <= shape.published <= high:
        part.add_error(("published",), f"must be from low to high, {low:g} to {high:g}, got {shape.published!r}")
    if measure is None or len(part.issues) > before:
        return None
    return Fact(
        shape.id, shape.statement, shape.published, low, high, shape.tag, shape.source, shape.role, measure, shape.note, shape.why,
    )  # fmt: skip


def _measure(
    part: Parser, row: dict[str, Any], subject: str, scenarios: dict[str, Scenario]
) -> Measure | None:  # fmt: skip
    kind = row.get("kind")
    if kind not in MEASURES:
        part.add_error(("kind",), f"unknown value {kind!r}{did_you_mean(str(kind), MEASURES)}")
        return None
    measure: Measure | None = part.whole(MEASURES[kind], row)
    if measure is None:
        return None
    for name in measure.named("scenario"):
        if name not in scenarios:
            part.add_error((), f"{name!r} is not one of the scenarios{did_you_mean(name, scenarios)}")
    for text in measure.named("expression") if subject in SUBJECTS else ():
        _check_expression(part, text, SUBJECTS[subject])
    return measure


def _check_expression(part: Parser, text: str, known: Collection[str]) -> None:
    """Raise an error unless a text is arithmetic over known names."""
    try:
        tree = parse(text)
        check_number(tree, FUNCTIONS, powers=True)
    except InputError:
        part.add_error((), f'must be arithmetic, such as "100 * fcr", got {text!r}')
        return
    for name in sorted(names(tree, functions=False) - set(known)):
        part.add_error((), str(UnknownNameError("KPI", name, known)))
