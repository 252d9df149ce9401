"""KPIs, each declared once: unit, formula, direction, and how weeks are aggregated.

A formula is written over the week's tallies (the flows of departments, segments and the firm) and over the KPIs
above it. The documentation prints the same text of the formula that is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ccsim.engine.ahead import ahead
from ccsim.engine.columns import FloatArray
from ccsim.engine.declarations import caller, name_fault, refuse, unit_fault, words_fault
from ccsim.engine.expressions import check_number, evaluate, names, parse
from ccsim.errors import InputError, did_you_mean
from ccsim.model.extension import active, loaded
from ccsim.model.recorder import TALLY_NAMES, Record, tallies_of

#: Weeks over which ``rolling_mean`` and the level of a KPI at the horizon are averaged: one quarter.
QUARTER = 13


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI.

    Attributes:
        name, title, unit: as in files, tables and figures.
        direction: ``"more"``, ``"less"`` or ``"neither"``.
        formula: over tallies and earlier KPIs.
        aggregation: how weeks combine into one value: ``"level"`` (mean of the last quarter), ``"sum"`` or ``"last"``.
        meaning: one sentence.
    """

    name: str
    title: str
    unit: str
    direction: str
    formula: str
    aggregation: str
    meaning: str

    @property
    def names(self) -> frozenset[str]:
        """Names that the formula reads."""
        return names(parse(self.formula))

    def faults(self) -> Iterator[str | None]:
        """Yield what is wrong with the declaration, the first fault first; None for each check that passes."""
        yield name_fault(self.name)
        yield "is declared twice" if self.name in KPIS.shipped else None
        yield words_fault(title=self.title, meaning=self.meaning) or unit_fault(self.unit)
        for field, value, accepted in (
            ("direction", self.direction, DIRECTIONS),
            ("aggregation", self.aggregation, AGGREGATIONS),
        ):
            if value not in accepted:
                yield f"{field} must be one of {', '.join(accepted)}, got {value!r}"

    def formula_fault(self, known: frozenset[str]) -> str | None:
        """Return what is wrong with the formula, whose names must already be known; None if nothing is."""
        try:
            check_number(parse(self.formula), FUNCTIONS)
        except (InputError, TypeError):
            return f"formula must be arithmetic, such as 'resolved / handled', got {self.formula!r}"
        for name in sorted(self.names - known):
            return (
                f"unknown name {name!r} in formula: it is neither a tally nor a KPI above it{did_you_mean(name, known)}"
            )
        return None


class Kpis(Mapping[str, Kpi]):
    """All KPIs in force, by name: those of the package, then those of the users' mechanisms in force.

    A KPI of a mechanism that is not in force is found by its name, so that results made with it can be shown.

    Attributes:
        shipped: those of the package.
    """

    def __init__(self) -> None:
        self.shipped: dict[str, Kpi] = {}

    def in_force(self, extension: Any = None) -> dict[str, Kpi]:
        """Return those of the package and of an extension."""
        return {**self.shipped, **extension.kpis} if extension else self.shipped

    def __getitem__(self, name: str) -> Kpi:
        known: Iterator[dict[str, Kpi]] = (extension.kpis for extension in loaded())
        for rows in (self.in_force(active()), *known):
            if name in rows:
                return rows[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.in_force(active()))

    def __len__(self) -> int:
        return len(self.in_force(active()))


KPIS = Kpis()


#: Share of customers who stay for a year, as an expression for formulas.
RETENTION = "yearly(1 - rolling_mean(left) / rolling_mean(customers + left))"
#: Names that formulas may read in addition to tallies and KPIs; see :func:`calculate`.
FUNCTIONS = ("cumulative", "rolling_mean", "yearly")
GIVEN = ("present", "retention", "discount", *FUNCTIONS)
DIRECTIONS = ("more", "less", "neither")
AGGREGATIONS = ("level", "sum", "last")


def readable() -> frozenset[str]:
    """Return the names that the formula of the next KPI may read."""
    return TALLY_NAMES.union(GIVEN, KPIS.shipped)


def kpi(
    name: str, title: str, unit: str, direction: str, formula: str, meaning: str, aggregation: str = "level"
) -> None:
    """Declare a KPI.

    Args:
        name: a Python identifier, which is the column in results.
        title: title for tables and figures.
        unit: of the value.
        direction: ``"more"``, ``"less"`` or ``"neither"``.
        formula: arithmetic over the week's tallies.
        meaning: a sentence that describes it.
        aggregation: how weeks combine into one value: ``"level"``, ``"sum"`` or ``"last"``.

    Raises:
        DeclarationError: one of the arguments is not accepted, or the name is taken.
    """
    row = Kpi(name, title, unit, direction, formula, aggregation, meaning)
    rows = _gathered.get()
    if rows is not None:
        rows.append((row, caller()))  # from a user's file, whose tallies are not known yet
        return
    refuse_kpi(row, caller())
    KPIS.shipped[name] = row


#: KPIs of the file that is being read, with their lines; None if no file is being read.
_gathered: ContextVar[list[tuple[Kpi, str]] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered() -> Iterator[list[tuple[Kpi, str]]]:
    """Collect the KPIs that are declared within the block, unchecked, instead of adding them to those of the package."""
    rows: list[tuple[Kpi, str]] = []
    token = _gathered.set(rows)
    try:
        yield rows
    finally:
        _gathered.reset(token)


def refuse_kpi(row: Kpi, where: str, more: Iterable[str] = (), taken: Container[str] = ()) -> None:
    """Refuse a faulty declaration of a KPI.

    Args:
        row: the KPI.
        where: file and line.
        more: names that its formula may read in addition to those of the package.
        taken: names of KPIs that are already in use.

    Raises:
        DeclarationError: the declaration is faulty; the message names the first fault.
    """
    faults = [*row.faults(), "is declared twice" if row.name in taken else None]
    refuse(where, f"KPI {row.name!r}", [*faults, row.formula_fault(readable().union(more))])


kpi(
    "csat",
    "Customer satisfaction",
    "of 100",
    "more",
    "100 * satisfaction / customers",
    "mean satisfaction of all customers, with or without a contact (CSAT)",
)
kpi(
    "nps",
    "Net promoter score",
    "points",
    "more",
    "100 * (promoters - detractors) / customers",
    "share of customers who would recommend (9 or 10 of 10) minus share who would not (0 to 6) (NPS)",
)
kpi(
    "churn",
    "Customer churn",
    "share/year",
    "less",
    "52 * left / (customers + left)",
    "customers lost in the week, at a yearly rate",
)
kpi("acquisition", "Customers won", "people/week", "more", "joined", "customers won in the week")
kpi("active", "Active customers", "people", "more", "customers", "customers at the end of the week")
kpi(
    "word_of_mouth",
    "Word of mouth",
    "share",
    "more",
    "(positive_mentions - negative_mentions) / customers",
    "customers who spoke well minus customers who spoke badly, per customer and week",
)
kpi(
    "fcr",
    "First-contact resolution",
    "share",
    "more",
    "resolved_first / closed_first",
    "issues truly resolved at the first contact (FCR)",
)
kpi("aht", "Handling time", "hours", "less", "worked / handled", "staff time per contact handled (AHT)")
kpi(
    "time_to_resolution",
    "Time to resolution",
    "weeks",
    "less",
    "resolution_weeks / resolved",
    "mean age of the issues resolved in the week",
)
kpi("backlog", "Backlog", "cases", "less", "backlog", "cases waiting at the end of the week")
kpi(
    "failure_demand",
    "Failure demand",
    "share",
    "less",
    "returned / (raised + returned)",
    "share of incoming contacts caused by an earlier failure",
)
kpi(
    "abandonment",
    "Issues given up",
    "share",
    "less",
    "abandoned / (abandoned + resolved)",
    "share of issues that end unresolved because the customer gives up",
)
kpi(
    "handoff_loss",
    "Hand-off loss",
    "share",
    "less",
    "handoffs_lost / handoffs",
    "share of hand-offs between departments that lose the customer's information",
)
kpi(
    "utilisation",
    "Utilisation",
    "share",
    "neither",
    "(worked - overrun) / hours",
    "share of the time available for cases that is spent on them",
)
kpi("fast", "Closed fast", "share", "neither", "closed_fast / handled", "share of contacts closed fast")
kpi(
    "script",
    "By the script",
    "share",
    "neither",
    "followed_script / handled",
    "share of contacts handled by the script",
)
kpi("solve", "Solved with judgement", "share", "neither", "solved / handled", "share of contacts solved with judgement")
kpi(
    "hand_over",
    "Handed over",
    "share",
    "less",
    "handed_over / handled",
    "share of contacts handed over without work on them",
)
kpi("escalate", "Escalated", "share", "less", "escalated / handled", "share of contacts escalated to a leader")
kpi("engagement", "Staff engagement", "share", "more", "engagement / people", "mean engagement (ENG)")
kpi(
    "staff_turnover",
    "Staff turnover",
    "share/year",
    "less",
    "52 * quits / people",
    "members of staff who leave, at a yearly rate",
)
kpi("fatigue", "Change fatigue", "share", "less", "fatigue / people", "mean fatigue")
kpi("cynicism", "Cynicism", "share", "less", "cynicism / people", "mean cynicism")
kpi(
    "empowerment",
    "Empowerment felt",
    "share",
    "more",
    "empowerment / people",
    "mean latitude as felt: granted, safe to use, or lent by champions",
)
kpi("latitude", "Latitude granted", "share", "neither", "latitude / people", "mean decision rights granted")
kpi("skill", "Skill", "share", "more", "skill / people", "mean skill")
kpi("conviction", "Staff conviction", "share", "more", "conviction / people", "mean conviction of staff")
kpi("tipped", "Tipped", "share", "more", "tipped / people", "people who have tipped")
kpi("habit", "Habit", "share", "more", "habit / people", "mean habit of acting customer-first")
kpi(
    "adoption",
    "Adoption",
    "share",
    "more",
    "adopters / people",
    "share of staff who act customer-first by habit",
)
kpi(
    "cross_adoption",
    "Adoption elsewhere",
    "share",
    "more",
    "cross_adopters / cross_people",
    "adoption outside the department in which most champions work",
)
kpi(
    "time_standard",
    "Time standard",
    "ratio",
    "more",
    "standards / posts",
    "time for a case that people consider right, relative to the ordinary",
)
kpi("routine", "Routines", "share", "more", "embedded / posts", "practice written into routines and tools")
kpi(
    "executive_conviction",
    "Executive conviction",
    "share",
    "more",
    "executive_conviction",
    "conviction of the executive",
)
kpi(
    "leader_conviction",
    "Leaders' conviction",
    "share",
    "more",
    "leader_conviction",
    "mean conviction of leaders",
)
kpi(
    "leader_credibility",
    "Leaders' credibility",
    "share",
    "more",
    "leader_credibility",
    "mean credibility of leaders",
)
kpi(
    "hero_dependency",
    "Hero dependency",
    "share",
    "less",
    "largest_influence / influence",
    "share of the week's influence for the change that comes from one person",
)
kpi(
    "reported_csat",
    "Reported satisfaction",
    "of 100",
    "neither",
    "100 * survey / handled",
    "satisfaction reported by surveys right after contacts, in contrast to the true CSAT",
)
kpi(
    "reported_fcr",
    "Reported resolution",
    "share",
    "neither",
    "claimed / closed_first",
    "resolution at the first contact as recorded, in contrast to the true FCR",
)
kpi(
    "delivered_quality",
    "Quality as customers see it",
    "of 100",
    "more",
    "100 * delivered_quality",
    "recent mean quality of completed contacts for customers",
)
kpi(
    "self_image",
    "Self-image",
    "of 100",
    "neither",
    "100 * (reported_satisfaction + promise_excess)",
    "quality as shown to leaders, plus promises beyond practice",
)
kpi(
    "cx_gap",
    "Gap between self-image and practice",
    "points",
    "less",
    "self_image - 100 * delivered_quality",
    "customer-centricity as stated minus as customers see it (CX gap)",
)
kpi("offer_fit", "Fit of the offer", "share", "more", "fit / n_segments", "how well the offer fits customers' needs")
kpi(
    "misjudgement",
    "Error about needs",
    "need",
    "less",
    "needs_error",
    "mean error of decision-makers about customers' needs",
)
kpi("trust", "Customers' trust", "share", "more", "trust / customers", "mean trust in promises")
kpi(
    "defects",
    "Process defects",
    "share",
    "less",
    "defective_contacts / handled",
    "share of contacts that fail because of the process, regardless of who handles them",
)
kpi(
    "insight",
    "Insight of the teams",
    "share",
    "more",
    "informed / posts",
    "mean insight of teams into customers' needs",
)
kpi(
    "self_service_share",
    "Self-service",
    "share",
    "neither",
    "bot_solved / (raised + bot_solved + bot_stuck)",
    "share of new issues that the machine solved",
)
kpi("outreach", "Proactive contacts", "contacts/week", "neither", "outreach", "proactive contacts")
kpi(
    "system_use",
    "Use of the system",
    "share",
    "more",
    "system_use / people",
    "how far staff use the system for service",
)
kpi("know_how", "Know-how of change", "share", "more", "know_how_level", "knowledge of what works here")
kpi("improvements", "Improvements seen", "successes/week", "more", "improvements", "visible improvements that worked")
kpi("failures", "Improvements failed", "attempts/week", "less", "failures", "visible improvements that failed")
kpi("sponsorship", "Sponsorship", "share", "more", "sponsored", "whether the executive keeps the programme")
kpi(
    "coordination_stage",
    "Coordination stage",
    "step",
    "neither",
    "stage_reached",
    "coordination stage reached",
)
kpi(
    "capability",
    "Capability",
    "step",
    "more",
    "capability_reached",
    "highest coordination stage that people are capable of",
)
kpi(
    "coordination",
    "Coordination",
    "hours/person",
    "less",
    "(coordination + conflict) / people",
    "weekly time of a person for coordination and conflict between departments",
)
kpi("conflict", "Conflict", "hours/person", "less", "conflict / people", "weekly time of a person lost to conflict")
kpi("revenue", "Revenue", "EUR/week", "more", "revenue", "spending of customers", "sum")
kpi("spend", "Programme spending", "EUR/week", "neither", "spent", "spending of the programme", "sum")
kpi(
    "cost",
    "Cost",
    "EUR/week",
    "less",
    "wages + handling + compensation + spent + turnover_cost + severance + acquisition_cost + overhead"
    " + design + marketing_cost + technology_cost + personalisation_cost + self_service_cost + coordinators + estimation_cost",
    "all cost booked in the week",
    "sum",
)
kpi(
    "cost_per_resolved",
    "Cost per resolved issue",
    "EUR",
    "less",
    "(wages + handling + compensation) / resolved",
    "pay, handling and compensation per issue resolved",
)
kpi("profit", "Profit", "EUR/week", "more", "revenue - cost", "revenue minus cost", "sum")
kpi(
    "npv",
    "Net present value",
    "EUR",
    "more",
    "cumulative(profit * present)",
    "discounted profit from week 0 to date (NPV)",
    "last",
)
kpi(
    "customer_equity",
    "Customer equity",
    "EUR",
    "more",
    "customers * 52 * rolling_mean(profit / customers) * retention / (1 + discount - retention)",
    "value of today's customers: m r / (1 + i - r) each, with constant margin m and retention r (Gupta, Lehmann & Stuart 2004)",
)


@ahead
def add_up(x: Any, out: Any) -> None:
    """Write the sums of ``x`` from week 0 on, both of shape (weeks,)."""
    out[:] = np.cumsum(x)


@ahead
def average_quarter(x: Any, out: Any) -> None:
    """Write the means of ``x`` over the quarter up to each week, fewer weeks at the start, both of shape (weeks,)."""
    sums = np.cumsum(x)
    before = np.zeros(len(x))
    before[QUARTER:] = sums[:-QUARTER]
    out[:] = (sums - before) / np.minimum(np.arange(1, len(x) + 1), QUARTER)


@ahead
def compound(x: Any, out: Any) -> None:
    """Write the 52nd power of ``x``, calculated only by products, which are the same on every machine; both of shape (weeks,)."""
    fourth = (x * x) * (x * x)
    sixteenth = (fourth * fourth) * (fourth * fourth)
    out[:] = (sixteenth * sixteenth) * sixteenth * fourth


@ahead
def discount_weeks(rate: Any, out: Any) -> None:
    """Write the present value of one unit of money at the end of each week, shape (weeks,).

    Args:
        rate: discount rate per year.
        out: shape (weeks,).

    Writes:
        out.
    """
    # The factor of a week is the 52nd root of a year's, by Newton's method from above with sums, products and quotients only.
    year = 1.0 + rate
    week = 1.0 + rate / 52.0
    for _ in range(12):
        second = week * week
        third = second * week
        sixth = third * third
        twelfth = sixth * sixth
        twenty_fourth = twelfth * twelfth
        week -= (week - year / (twenty_fourth * twenty_fourth * third)) / 52.0
    out[:] = 1.0 / week
    out[:] = np.cumprod(out)


#: Functions that formulas may call, by name; each takes one series.
SERIES: dict[str, Callable[[Any, Any], None]] = {
    "cumulative": add_up,
    "rolling_mean": average_quarter,
    "yearly": compound,
}


def by_series(function: Callable[[Any, Any], None], x: FloatArray) -> FloatArray:
    """Apply a function of a series to ``x``, shape (weeks,) or (weeks, rows)."""
    out = np.empty(x.shape)
    for row in range(1 if x.ndim == 1 else x.shape[1]):
        function(x if x.ndim == 1 else x[:, row], out if x.ndim == 1 else out[:, row])
    return out


def calculate(record: Record, discount: float, by: str | None = None, first: int = 0) -> dict[str, FloatArray]:
    """Return every KPI that can be calculated, over weeks; nan after a division by zero.

    Args:
        record: the tallies.
        discount: discount rate per year for present values.
        by: None for the organisation, ``"department"`` or ``"segment"``.
        first: first week; KPIs that look back start there.
    """
    values: dict[str, FloatArray] = dict(record.tallies(by, first))
    weeks = record.weeks - first
    present = np.empty(first + weeks)
    discount_weeks(discount, present)
    values["present"] = present[first:]
    functions = {**{name: partial(by_series, function) for name, function in SERIES.items()}, "discount": discount}
    series = {}
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if by is None:
            values["retention"] = evaluate(parse(RETENTION), {**functions, **values})
        for name, row in KPIS.in_force(record.extension).items():
            if by is None or name in _available(by, record.extension):
                result = np.asarray(evaluate(parse(row.formula), {**functions, **values}), dtype=np.float64)
                series[name] = np.where(np.isfinite(result), result, np.nan)
                # A later formula reads an earlier KPI, unless a tally has the same name.
                values.setdefault(name, series[name])
    return series


def available(by: str) -> tuple[str, ...]:
    """Return the KPIs that exist by ``"department"`` or ``"segment"``: those calculated only from its tallies."""
    return _available(by, active())


@cache
def _available(by: str, extension: Any) -> tuple[str, ...]:
    known = set(tallies_of(f"{by}s", extension))
    return tuple(name for name, row in KPIS.in_force(extension).items() if row.names <= known)


def final_value(name: str, weekly: FloatArray) -> float:
    """Return one value for a run: the mean of the last quarter, the sum, or the last value, depending on the KPI."""
    if len(weekly) == 0:
        return float("nan")
    kind = KPIS[name].aggregation
    if kind == "sum":
        return float(np.sum(weekly))
    if kind == "last":
        return float(weekly[-1])
    return float(np.nanmean(weekly[-QUARTER:])) if np.isfinite(weekly[-QUARTER:]).any() else float("nan")
