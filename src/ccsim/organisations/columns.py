"""The contents of an organisation's files: one line for each kind of file and each column.

Reading, checking, the template and the documentation all use these declarations. A column that is not
declared here, or that ``organisation.toml`` does not map to a declared one, is not read.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of cells. A *key* identifies a person or a post: it is replaced by a keyed hash as soon as it is read, and no
#: message quotes it. A *name* is the name of a group, such as a department; it appears in tables and figures.
KEY, NAME, NUMBER, AMOUNT, COUNT, SHARE, DATE, YES, PERIOD, STATUS = (
    "key", "name", "number", "amount", "count", "share", "date", "yes", "period", "status",
)  # fmt: skip

#: Kinds of cells that are texts after reading.
TEXTS = (KEY, NAME, PERIOD, STATUS)

ACCEPTS = {
    KEY: "an identifier",
    NAME: "a name of at most 80 characters, on one line",
    NUMBER: "a number",
    AMOUNT: "a number of at least 0",
    COUNT: "a whole number of at least 0",
    SHARE: "a number from 0 to 1",
    DATE: "a date such as 2026-01-31",
    YES: "yes or no",
    PERIOD: "week, month, quarter or year",
    STATUS: "a word from [words] for a post that is vacant or closed; any other word means a filled post and is not stored",
}

#: Weeks per period.
PERIODS = {"week": 1.0, "month": 365.25 / 12 / 7, "quarter": 365.25 / 4 / 7, "year": 365.25 / 7}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, the kind of its cells, whether it is required, and its meaning."""

    name: str
    cells: str
    needed: bool
    gives: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name, its columns, and its purpose."""

    name: str
    gives: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


KINDS = {
    name: Kind(name, gives, tuple(Column(*column) for column in columns))
    for name, gives, columns in (
        ("people", "posts, reporting lines, tenure and pay, one row per person", (
            ("department", NAME, True, "department of the person"),
            ("id", KEY, False, "identifier of the person, for reporting lines and ties"),
            ("manager", KEY, False, "id of the superior; empty at the top"),
            ("hired", DATE, False, "date on which the person joined"),
            ("years", AMOUNT, False, "years in the organisation, if the date is not known"),
            ("left", YES, False, "whether the person left within the period of [periods] left"),
            ("fte", SHARE, False, "contracted time relative to full time (default 1)"),
            ("pay", AMOUNT, False, "pay for the period of [periods] pay"),
        )),
        ("posts", "posts and reporting lines, without rows for single people", (
            ("department", NAME, True, "department of the post"),
            ("post", KEY, False, "identifier of the post, for the posts that report to it; if only leaders' posts have one, each of these is a leader"),
            ("reports_to", KEY, False, "id of the superior post; empty at the top"),
            ("fte", AMOUNT, False, "number of full-time posts in the row (default 1)"),
            ("pay", AMOUNT, False, "pay of a post for the period of [periods] pay"),
            ("pay_high", AMOUNT, False, "upper end of the pay range, if pay is the lower end"),
            ("status", STATUS, False, "whether the post is vacant or closed"),
        )),
        ("ties", "who listens to whom, one row per tie", (
            ("from", KEY, True, "who listens"),
            ("to", KEY, True, "to whom"),
            ("weight", AMOUNT, False, "strength of the tie; a tie of weight 0 is left out"),
        )),
        ("departments", "differences between departments", (
            ("department", NAME, True, "which one"),
            ("front", YES, False, "whether customers call here first"),
            ("arrivals", AMOUNT, False, "new issues per week that arrive here first"),
            ("minutes", AMOUNT, False, "minutes of work on a contact here"),
            ("first_time", SHARE, False, "share of issues that are solved in the department where they arrive"),
        )),
        ("handoffs", "hand-offs between departments", (
            ("from", NAME, True, "department that passes work on"),
            ("to", NAME, True, "department that receives the work"),
            ("share", AMOUNT, True, "amount, as shares or counts"),
        )),
        ("segments", "customer segments; without a column customers, each row is one customer", (
            ("segment", NAME, True, "which one"),
            ("customers", COUNT, False, "number of customers"),
            ("revenue", AMOUNT, False, "spending of a customer in the period of [periods] revenue"),
            ("churn", SHARE, False, "share of customers lost in the period, or yes and no if rows are customers"),
            ("period", PERIOD, False, "period of the churn, if [periods] churn does not state it"),
        )),
        ("history", "KPIs over time, for fit and back-test", (
            ("date", DATE, True, "last day of the period of the value"),
            ("kpi", NAME, True, "KPI, by its name in ccsim or by a word of [kpis]"),
            ("value", NUMBER, True, "the value, in the unit of the KPI"),
            ("department", NAME, False, "department, if the value is not for the whole organisation"),
            ("segment", NAME, False, "segment, if the value is not for all customers"),
            ("error", AMOUNT, False, "standard deviation of the value"),
            ("answers", COUNT, False, "number of answers or cases behind the value"),
        )),
        ("drivers", "external drivers, such as demand, posts or budget", (
            ("date", DATE, True, "last day of the period of the value"),
            ("name", NAME, True, "name of the driver, which [drivers] may map to a lever"),
            ("value", NUMBER, True, "the figure"),
        )),
        ("events", "past measures, such as programmes or cuts", (
            ("date", DATE, True, "first day"),
            ("label", NAME, True, "label"),
            ("lever", NAME, False, "lever that was set"),
            ("value", NUMBER, False, "value to which it was set"),
        )),
        ("answers", "answers to the questionnaire of ccsim org assess", (
            ("tier", NAME, True, "top, middle or staff"),
            ("item", NAME, True, "item, such as L1"),
            ("answer", COUNT, True, "1 (not at all) to 5 (fully); 0 for do not know"),
        )),
    )
}  # fmt: skip
