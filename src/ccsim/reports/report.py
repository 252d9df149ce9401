"""The report: one standalone page that first answers the question in words, and gives every number a key."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ccsim.analysis.comparison import Comparison
from ccsim.analysis.decision.decide import is_decision
from ccsim.model.kpis import KPIS, QUARTER, available
from ccsim.reports.board import board
from ccsim.reports.figures.comparison import MONEY
from ccsim.reports.figures.svg import panel_picture, response_picture, swatch, swept_picture
from ccsim.reports.own_words import OwnWords, own_words
from ccsim.reports.pages import DisplayedNumber, inline, render_page, reproduce_command, write_page
from ccsim.reports.references import GROUPS, Key, ReportNumbers
from ccsim.reports.tables import verdict
from ccsim.reports.text import factor_in_words, scenario_in_words
from ccsim.results.formatting import minus, p_value, signed, table_unit, table_value
from ccsim.results.results import open_results

#: Weeks between the rows of the tables beside curves.
STEP = 26
#: Number of factors of a design that are drawn.
MOST_FACTORS = 9
#: With more scenarios than this, the report describes the factors of the design instead of each scenario.
MOST_SCENARIOS = 40


def report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the report of a results folder, finished or not.

    Args:
        folder: the results folder; of a decision (``ccsim org decide``) the board's page is written.
        out: the page; by default ``report.html`` (``board.html``) in the folder.

    Returns:
        The page written.

    Raises:
        ResultsError: the folder holds no results, or the page cannot be written.
    """
    place = Path(folder)
    if is_decision(place):
        return board(place, out)
    page = Path(out) if out is not None else place / "report.html"
    text = report_html(place)
    return write_page(page, text)


def report_html(folder: Path) -> str:
    """Return the page of a results folder."""
    comparison = Comparison(open_results(folder))
    with own_words(comparison.experiment) as words:
        return render_page("report.html", Page(comparison, folder, words).content())


@dataclass(frozen=True)
class Page:
    """The content of the page, part by part."""

    comparison: Comparison
    folder: Path
    words: OwnWords = field(default_factory=OwnWords)

    @cached_property
    def answers(self) -> ReportNumbers:
        """The numbers."""
        return ReportNumbers(self.comparison)

    def content(self) -> dict[str, Any]:
        """Return everything that the template needs."""
        experiment = self.comparison.experiment
        kpis = [self.kpi(name) for name in experiment.kpis] if self.names else []
        return {
            "experiment": experiment, "counts": self.counts(), "kpis": kpis, "verdicts": self.verdicts(),
            "groups": self.groups(), "scenarios": self.scenarios(), "moves": self.moves(), "sweep": self.sweep(),
            "design": self.design(), "pairing": self.pairing(), "provenance": self.provenance(), "quarter": QUARTER,
            "command": reproduce_command(self.folder), "failures": self.failures(),
            "own": self.words,
        }  # fmt: skip

    @property
    def names(self) -> list[str]:
        """Scenarios compared individually: those with a finished run that are not points of a sweep or design."""
        main = [name for name in self.comparison.experiment.main if name in self.comparison.scenarios]
        return main[:MOST_SCENARIOS]

    @property
    def others(self) -> list[str]:
        """Those scenarios that are compared with the baseline, if there is one."""
        base = self.comparison.experiment.baseline
        return [name for name in self.names if name != base] if base in self.names else []

    def title(self, name: str) -> str:
        """Return the label of a scenario."""
        return self.comparison.experiment.label(name)

    def shown(
        self, scenario: str, kpi: str, measure: str, part: str = "", number: int = 0, digits: int | None = None
    ) -> DisplayedNumber:
        """Return a number with its key.

        Args:
            scenario: name of the scenario.
            kpi: name of the KPI.
            measure: one of :data:`ccsim.reports.references.MEASURES`.
            part: ``""`` for the horizon, or a part as in :class:`ccsim.reports.references.Key`.
            number: of the part.
            digits: number of decimals; by default the usual number of the KPI.

        Returns:
            The number as text, with its reference.
        """
        key = Key(self.comparison.experiment.name, scenario, kpi, measure, part, number)
        value = self.answers.value(key)
        return DisplayedNumber.of(str(key), value, _text(key, value, digits))

    def pair(
        self, scenario: str, kpi: str, measure: str, part: str = "", number: int = 0
    ) -> tuple[DisplayedNumber, DisplayedNumber]:
        """Return a number and the half-width of its interval, with as many digits as the half-width needs.

        Args:
            scenario: name of the scenario.
            kpi: name of the KPI.
            measure: one of :data:`ccsim.reports.references.MEASURES`.
            part: ``""`` for the horizon, or a part as in :class:`ccsim.reports.references.Key`.
            number: of the part.

        Returns:
            Both numbers as text, with their references.
        """
        half_name = "difference_half" if measure == "difference" else "half"
        half = float.fromhex(self.shown(scenario, kpi, half_name, part, number).value)
        digits = _digits_for(kpi, half, self.shown(scenario, kpi, measure, part, number))
        return (self.shown(scenario, kpi, measure, part, number, digits),
                self.shown(scenario, kpi, half_name, part, number, digits))  # fmt: skip

    def counts(self) -> dict[str, Any]:
        """Return how many runs were planned, done and failed."""
        data = self.comparison.results.manifest["runs"]
        table = self.comparison.results.tables[next(iter(self.comparison.results.tables))]
        done = len(table[["scenario", "replicate"]].drop_duplicates())
        replicates = int(table["replicate"].nunique())
        return {"planned": data["planned"], "failed": data["failed"], "done": done, "replicates": replicates,
                "whole": done == data["planned"]}  # fmt: skip

    def verdict(self, scenario: str, kpi: str) -> str:
        """Return the verdict on a scenario's difference to the baseline, as from :func:`ccsim.reports.tables.verdict`."""
        row: Any = self.answers.table.loc[(scenario, kpi)]
        return verdict(KPIS[kpi], row)

    def verdicts(self) -> list[dict[str, Any]]:
        """Return for each scenario the KPIs that are better, worse and undecided against the baseline, with their differences."""
        found = []
        for name in self.others:
            rows = [
                {"kpi": KPIS[kpi], "unit": _difference_unit(kpi), "verdict": self.verdict(name, kpi),
                 "difference": self.pair(name, kpi, "difference")}
                for kpi in self.comparison.experiment.kpis
            ]  # fmt: skip
            found.append({"name": name, "title": self.title(name), "rows": rows,
                          "by": {word: [row for row in rows if row["verdict"] == word]
                                 for word in ("better", "worse", "different", "same", "unknown")}})  # fmt: skip
        return found

    def kpi(self, name: str) -> dict[str, Any]:
        """Return the content of the page on a KPI: its figure, its table, its curves in numbers."""
        kpi = KPIS[name]
        data: dict[str, Any] = {
            "kpi": kpi,
            "unit": table_unit(kpi),
            "rows": [self.row(one, name) for one in self.names],
        }
        if self.comparison.experiment.report_weeks or not self.names:
            return {**data, "picture": None, "curves": None, "ahead": []}
        last = self.comparison.experiment.weeks - 1
        weeks = [week for week in range(0, last, STEP) if week <= last - STEP // 2] + [last]
        against = kpi.aggregation == "last" and bool(self.others)
        curves = [(week, [self.pair(one, name, "mean", "week", week) for one in self.names]) for week in weeks]
        return {
            **data,
            "picture": inline(panel_picture(self.comparison, name)),
            "curves": curves,
            "against": against,
            "ahead": self.ahead(name),
        }

    def ahead(self, kpi: str) -> list[tuple[str, DisplayedNumber]]:
        """Return the scenarios that overtake the baseline and the week from which they stay ahead, as marked in the figure."""
        found = [(self.title(one), self.shown(one, kpi, "overtakes_week")) for one in self.others if kpi in MONEY]
        return [(title, week) for title, week in found if week.text != "–" and int(week.text) > QUARTER]

    def row(self, scenario: str, kpi: str) -> dict[str, Any]:
        """Return a scenario's row in a KPI's table."""
        data: dict[str, Any] = {"title": self.title(scenario), "swatch": swatch(self.comparison, scenario),
                                "value": self.pair(scenario, kpi, "mean"), "verdict": "", "difference": None}  # fmt: skip
        if scenario in self.others:
            data |= {"difference": self.pair(scenario, kpi, "difference"), "verdict": self.verdict(scenario, kpi),
                     "effect": self.shown(scenario, kpi, "effect"), "p": self.shown(scenario, kpi, "p_adjusted")}  # fmt: skip
        return data

    def groups(self) -> list[dict[str, Any]]:
        """Return the tables by department and by segment of the KPIs that exist there."""
        if self.comparison.experiment.report_weeks or not self.names:
            return []
        found = []
        for by in GROUPS:
            kpis = [name for name in self.comparison.experiment.kpis if name in available(by)]
            table = getattr(self.comparison.results, f"{by}s")
            numbers = sorted(table[table["scenario"].isin(self.names)][by].unique()) if len(table) else []
            if not kpis or len(numbers) < 2:
                continue
            present = {one: set(table[table["scenario"] == one][by]) for one in self.names}
            tables = [
                {"kpi": KPIS[kpi], "unit": table_unit(KPIS[kpi]), "rows": [
                    (self.title(one), [self.pair(one, kpi, "mean", by, int(n)) for n in numbers if n in present[one]])
                    for one in self.names]}
                for kpi in kpis
            ]  # fmt: skip
            found.append(
                {"by": by, "names": [self.group_name(by, int(number)) for number in numbers], "tables": tables}
            )
        return found

    def group_name(self, by: str, number: int) -> tuple[str, str]:
        """Return the name and the kind of a department or segment."""
        if by == "segment":
            return self.words.name(by, number), ""
        from ccsim.model.settings import all_parameters

        key = "organisation.front_departments"
        sizes = self.comparison.experiment.scenarios[self.names[0]].organisation
        front = number < sizes.get(key, all_parameters()[key].default)
        return self.words.name(by, number), "front line" if front else "back office"

    def scenarios(self) -> list[dict[str, Any]]:
        """Return a description of every scenario."""
        scenarios = self.comparison.experiment.base_scenarios
        names = self.names or list(scenarios)[:MOST_SCENARIOS]
        return [
            {"name": name, "title": self.title(name), "about": scenarios[name].about,
             "baseline": name == self.comparison.experiment.baseline, "parts": scenario_in_words(scenarios[name])}
            for name in names
        ]  # fmt: skip

    def moves(self) -> list[dict[str, Any]]:
        """Return the moves that were made: scenario, week, number of runs."""
        if self.comparison.experiment.report_weeks:
            return []
        return [
            {"title": self.title(name), "label": move.label, "week": self.shown(name, "", "week", "move", number),
             "runs": self.shown(name, "", "runs", "move", number)}
            for name in self.names
            for number, move in enumerate(self.comparison.experiment.scenarios[name].schedule, 1)
        ]  # fmt: skip

    def sweep(self) -> dict[str, Any] | None:
        """Return the sweep: a picture and a table for each KPI."""
        from ccsim.model.settings import all_parameters

        sweep = self.comparison.experiment.sweep
        if sweep is None:
            return None
        points = {name: of for name, of in sweep.points.items() if name in self.comparison.scenarios}
        bases = list(dict.fromkeys(base for base, _ in points.values()))
        tables = []
        for kpi in self.comparison.experiment.kpis if points else ():
            rows = [(value, [self.pair(name, kpi, "mean") for base in bases for name, of in points.items() if of == (base, value)])
                    for value in sweep.values]  # fmt: skip
            tables.append({"kpi": KPIS[kpi], "unit": table_unit(KPIS[kpi]), "rows": rows,
                           "picture": inline(swept_picture(self.comparison, kpi))})  # fmt: skip
        return {"lever": all_parameters()[sweep.lever], "bases": [self.title(base) for base in bases], "tables": tables}

    def design(self) -> dict[str, Any] | None:
        """Return the design: what is varied, and a figure of each KPI over the numeric factors."""
        points = self.comparison.experiment.design_scenarios
        if points is None:
            return None
        responses = self.comparison.results.responses
        numbers = [key for key in points.design.keys if responses[key].dtype.kind in "iuf"][:MOST_FACTORS]
        done = set(responses["base"])
        names = {name: self.title(name) for name in points.varied_in if name in done}
        return {
            "kind": points.design.kind, "points": len(points.design), "titles": list(names.values()),
            "factors": [(factor.key, factor_in_words(factor)) for factor in points.design.factors],
            "pictures": [
                (KPIS[kpi], inline(response_picture(responses, kpi, numbers, names)))
                for kpi in self.comparison.experiment.kpis if numbers and names
            ],
        }  # fmt: skip

    def pairing(self) -> list[tuple[str, list[DisplayedNumber]]]:
        """Return for each scenario and KPI the factor by which pairing reduces the number of runs needed."""
        kpis = self.comparison.experiment.kpis
        return [
            (self.title(name), [self.shown(name, kpi, "variance_reduction") for kpi in kpis]) for name in self.others
        ]

    def failures(self) -> list[tuple[str, int, str]]:
        """Return the runs that failed: scenario, replicate, and the last line of the error."""
        rows = self.comparison.results.manifest["failures"]
        return [(row["scenario"], row["replicate"], row["error"].strip().splitlines()[-1]) for row in rows]

    def provenance(self) -> list[tuple[str, str]]:
        """Return the origin of the numbers, as (item, text)."""
        manifest, experiment = self.comparison.results.manifest, self.comparison.experiment
        program, *options = manifest["command"] or ("",)
        command = [Path(program).name.removesuffix(".py"), *options] if program else []
        first = experiment.seed * 1_000_000
        counts = self.counts()
        return [
            ("Command", shlex.join("ccsim" if word in ("cli", "__main__") else word for word in command) or "made in Python"),
            ("Runs", f"{counts['planned']:,} planned, {counts['done']:,} done, {counts['failed']:,} failed"),
            ("Seeds", f"experiment seed {experiment.seed}: replicate r runs with seed {first} + r in every scenario"),
            ("Versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
            ("Sources", f"{manifest['sources']} (hash of the model's sources)"),
            ("Results", f"SHA-256 {self.comparison.results.hash()}"),
            ("Written", f"begun {manifest['started']}, last written {manifest['written']}, {manifest['status']}"),
            *[(name.capitalize(), str(value)) for name, value in manifest.get("environment", {}).items()],
        ]  # fmt: skip


def _text(key: Key, value: float, digits: int | None) -> str:
    """Format a number for reading."""
    if not math.isfinite(value):
        return "∞" if math.isinf(value) and key.measure == "variance_reduction" else "–"
    if key.part == "move" or key.measure == "overtakes_week":
        return f"{value:.0f}"
    if key.measure == "variance_reduction":
        return f"{value:,.0f} ×" if value >= 10 else f"{value:.1f} ×"
    if key.measure in ("p", "p_adjusted"):
        return p_value(value)
    if key.measure == "effect":
        return signed(value)
    sign = key.measure.startswith("difference") and key.measure != "difference_half"
    return minus(table_value(KPIS[key.kpi], value, sign=sign, digits=digits))


def _digits_for(kpi: str, half: float, plain: DisplayedNumber) -> int:
    """Return the number of decimals with which a half-width keeps its leading digit."""
    row = KPIS[kpi]
    digits = len(plain.text.partition(".")[2])
    while digits < 4 and half > 0 and not any(sign in table_value(row, half, digits=digits) for sign in "123456789"):
        digits += 1
    return digits


def _difference_unit(kpi: str) -> str:
    """Return the unit of a difference; for shares, percentage points."""
    unit = table_unit(KPIS[kpi])
    return "points" if unit in ("%", "of 100") else unit.replace("% a ", "points a ")
