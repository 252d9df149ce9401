"""The board's page of a decision: ranking, certainty, tipping points, worthwhile measurements, early indicators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ccsim.analysis.decision.decide import open_decision
from ccsim.analysis.decision.decision import LEVEL, MAX_SHOWN, Decision
from ccsim.model.kpis import KPIS, QUARTER
from ccsim.model.settings import all_parameters
from ccsim.organisations.knowledge import NOT_IDENTIFIABLE
from ccsim.organisations.measurements import MEASUREMENTS
from ccsim.reports.figures.decision import options_picture
from ccsim.reports.pages import DisplayedNumber, inline, render_page, reproduce_command, write_page
from ccsim.reports.text import scenario_in_words
from ccsim.results.formatting import in_currency, minus, money, number, p_value, share, table_unit, table_value

PAGE = "board.html"
#: Standard errors above 0 at which a value of information differs significantly from 0: one-sided, 5 %.
ERRORS = 1.645
#: The mean difference of an option to leaving it alone, the ends of its 95 % interval, and of the range of 90 % of the worlds.
ENDS = ("difference", "difference_low", "difference_high", "world_low", "world_high")


def board(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the board's page of a decision.

    Args:
        folder: the decision's results folder.
        out: the page; by default ``board.html`` in the folder.

    Returns:
        The page written.

    Raises:
        ResultsError: the folder holds no decision, or the page cannot be written.
    """
    page = Path(out) if out is not None else Path(folder) / PAGE
    decision = open_decision(folder)
    with in_currency(decision.about["currency"]):
        text = render_page("board.html", Board(decision, Path(folder)).content())
    return write_page(page, text)


@dataclass(frozen=True)
class Board:
    """The content of the page, part by part."""

    decision: Decision
    folder: Path

    @cached_property
    def numbers(self) -> dict[str, float]:
        """All numbers by name."""
        return self.decision.numbers()

    @property
    def unit(self) -> str:
        """The unit of the goal, in the organisation's currency."""
        return table_unit(KPIS[self.decision.kpi])

    def content(self) -> dict[str, Any]:
        """Return everything that the template needs."""
        kpi, about = KPIS[self.decision.kpi], self.decision.about
        first, second = map(self.title, self.ranking[:2])
        return {
            "about": about, "kpi": kpi, "unit": self.unit, "first": first, "second": second, "rows": self.options(),
            "lead": self.lead(), "told_apart": self.told_apart, "worlds": self.plain("worlds"), "left_out": self.plain("left_out"),
            "weeks": self.decision.results.experiment.weeks, "quarter": QUARTER, "picture": self.picture(),
            "flips": self.flips(), "measurements": self.measurements(), "values": self.values(), "watch": self.watch(),
            "bound": self.kpi_number("bound"), "tested": self.tested(), "evidence": self.evidence(), "open": NOT_IDENTIFIABLE,
            "scenarios": self.scenarios(), "provenance": self.provenance(),
            "command": reproduce_command(self.folder),
        }  # fmt: skip

    @property
    def ranking(self) -> list[str]:
        """The options, the best first."""
        return [self.decision.options[k] for k in self.decision.order]

    def title(self, name: str) -> str:
        """Return the title of an option."""
        return self.decision.results.experiment.label(name)

    def kpi_number(self, name: str, *, sign: bool = False, kpi: str | None = None) -> DisplayedNumber:
        """Return a number in the unit of the goal or of another KPI.

        Args:
            name: name of the number.
            sign: whether a plus sign is written.
            kpi: the KPI whose unit is used; None for that of the goal.
        """
        return self._number(name, table_value(KPIS[kpi or self.decision.kpi], self.numbers[name], sign=sign))

    def part(self, name: str) -> DisplayedNumber:
        """Return a number as a share."""
        return self._number(name, share(self.numbers[name]))

    def plain(self, name: str) -> DisplayedNumber:
        """Return a number without a unit."""
        return self._number(name, number(self.numbers[name]))

    def chance(self, name: str) -> DisplayedNumber:
        """Return a p value."""
        return self._number(name, p_value(self.numbers[name]))

    def _number(self, name: str, text: str) -> DisplayedNumber:
        return DisplayedNumber.of(name, self.numbers[name], minus(text))

    @property
    def told_apart(self) -> bool:
        """Whether the first option differs significantly from the second."""
        return self.numbers["lead/low"] > 0.0

    def lead(self) -> dict[str, DisplayedNumber]:
        """Return the lead of the first option over the second."""
        interval = {name: self.kpi_number(f"lead/{name}") for name in ("mean", "low", "high")}
        return {**interval, "ahead": self.part("lead/ahead")}

    def options(self) -> list[dict[str, Any]]:
        """Return the options, the best first."""
        return [
            {"name": name, "title": self.title(name), "alone": name == self.decision.options[0],
             "best": self.part(f"option/{name}/best"), "better": self.part(f"option/{name}/better"),
             "mean": self.kpi_number(f"option/{name}/mean"),
             "spend": self.kpi_number(f"option/{name}/spend", kpi="spend"),
             **{end: self.kpi_number(f"option/{name}/{end}", sign=True)
                for end in ENDS}}
            for name in self.ranking
        ]  # fmt: skip

    def picture(self) -> str:
        """Return the options' differences as an inline picture."""
        rows = [(self.title(name), [self.numbers[f"option/{name}/{end}"] for end in ENDS]) for name in self.ranking]
        return inline(options_picture(rows, KPIS[self.decision.kpi], self.unit))

    def flips(self) -> list[dict[str, Any]]:
        """Return the values at which another option comes first."""
        return [
            {"key": flip.name, "meaning": meaning_of(flip.name), "unit": money(all_parameters()[flip.name].unit), "sure": sure,
             "at": self.plain(f"flip/{k}/at"), "share": self.part(f"flip/{k}/share"),
             "below": self.title(self.decision.options[flip.below]), "above": self.title(self.decision.options[flip.above])}
            for k, (flip, sure) in enumerate(self.decision.flips, 1)
        ]  # fmt: skip

    def measurements(self) -> list[dict[str, Any]]:
        """Return the value of each measurement before the decision."""
        how = {one.name: one.how for one in MEASUREMENTS}
        return [
            {"name": name, "how": how[name], **self._worth("measurement", name)}
            for name in self.decision.measurements["name"]
        ]

    def values(self) -> list[dict[str, Any]]:
        """Return the value of knowing single values."""
        names = self.decision.single["name"].head(MAX_SHOWN)
        return [{"name": name, "how": meaning_of(name), **self._worth("value", name)} for name in names]

    def watch(self) -> list[dict[str, Any]]:
        """Return the information in the KPIs of the first quarter."""
        rows = []
        for name in self.decision.watch["name"].head(MAX_SHOWN):
            ends = [
                {"at": self.kpi_number(f"watch/{name}/threshold/{k}", kpi=name), "unit": table_unit(KPIS[name]),
                 "below": self.title(self.decision.options[flip.below]), "above": self.title(self.decision.options[flip.above])}
                for k, flip in enumerate(self.decision.thresholds(name), 1)
            ]  # fmt: skip
            rows.append({"name": KPIS[name].title, "explained": self.part(f"watch/{name}/explained"), "ends": ends,
                         "first": self.title(self.ranking[0]), **self._worth("watch", name)})  # fmt: skip
        return rows

    def _worth(self, part: str, name: str) -> dict[str, Any]:
        """Return a value of information, its error, and whether it differs significantly from 0, by permutations and by its error."""
        value, error, p = (self.numbers[f"{part}/{name}/{word}"] for word in ("value", "se", "p_adjusted"))
        return {"value": self.kpi_number(f"{part}/{name}/value"), "se": self.kpi_number(f"{part}/{name}/se"),
                "p": self.chance(f"{part}/{name}/p_adjusted"),
                "sure": p <= LEVEL and value > ERRORS * error}  # fmt: skip

    def tested(self) -> list[tuple[str, list[str], list[dict[str, Any]]]]:
        """Return for each option the events that moved one of its levers, with the results of their back-tests."""
        tests = [
            {"event": row["event"], "kpi": KPIS[row["kpi"]].title, "verdict": row["verdict"],
             "with_it": self.plain(f"{row['key']}/crps_with"), "without": self.plain(f"{row['key']}/crps_without")}
            for row in self.decision.about["evidence"].get("events", [])
        ]  # fmt: skip
        return [
            (self.title(name), labels, [one for one in tests if one["event"] in labels])
            for name, labels in self.decision.about["tested"].items()
        ]

    def evidence(self) -> dict[str, Any]:
        """Return the back-tests and where the organisation lies."""
        evidence = self.decision.about["evidence"]
        rows = [
            {"kpi": KPIS[kpi], "verdict": line.rpartition("): ")[2].partition(";")[0],
             **{name: self.plain(f"backtest/{kpi}/{name}") for name in ("crps", "naive")},
             **{name: self.part(f"backtest/{kpi}/{name}") for name in ("covers_50", "covers_90")},
             "level": self.kpi_number(f"level/{kpi}/observed", kpi=kpi), "quantile": self.part(f"level/{kpi}/quantile"),
             "far": evidence["far"].get(kpi, "")}
            for kpi, line in evidence["lines"].items()
        ]  # fmt: skip
        return {"rows": rows, "none": evidence["none"], "steps": self.decision.about["made"]["steps"],
                "own": self.decision.kpi in evidence["lines"]}  # fmt: skip

    def scenarios(self) -> list[tuple[str, str, Any]]:
        """Return the options as text."""
        bases = self.decision.results.experiment.base_scenarios
        return [(self.title(name), one.about, scenario_in_words(one)) for name, one in bases.items()]

    def provenance(self) -> list[tuple[str, str]]:
        """Return the origin of the numbers."""
        manifest, runs = self.decision.results.manifest, self.decision.results.manifest["runs"]
        return [
            ("Runs", f"{runs['planned']:,} planned, {runs['done']:,} done, {runs['failed']:,} failed"),
            ("Seed", str(self.decision.results.experiment.seed)),
            ("Versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
            ("Sources", f"{manifest['sources']} (hash of the model's sources)"),
            ("Results", f"SHA-256 {self.decision.results.hash()}"),
        ]  # fmt: skip


def meaning_of(key: str) -> str:
    """Return the meaning of a parameter, capitalised."""
    words = all_parameters()[key].meaning
    return f"{words[:1].upper()}{words[1:]}"


def in_words(decision: Decision) -> list[str]:
    """Return the answer in a few lines for the terminal."""
    page = Board(decision, Path())
    with in_currency(decision.about["currency"]):
        first, second = map(page.title, page.ranking[:2])
        best, lead, unit = page.part(f"option/{page.ranking[0]}/best"), page.lead(), page.unit
        worth = next((row for row in page.measurements() if row["sure"]), None)
        watched = [row["name"] for row in page.watch() if row["sure"]]
    return [
        f"First: {first}, {lead['mean'].text} {unit} ahead of {second} (95 % interval {lead['low'].text} to "
        f"{lead['high'].text}); it is the best of all in {best.text} of the worlds.",
        *([] if page.told_apart else [f"This number of worlds does not separate {first} from {second}."]),
        f"Worth measuring first: {worth['name']} ({worth['value'].text} ± {worth['se'].text} {unit})."
        if worth else "No measurement has a value significantly above 0 before this decision.",
        f"Watch in the first quarter: {', '.join(watched[:3])}." if watched
        else "No KPI of the first quarter has significant information about the choice.",
    ]  # fmt: skip
