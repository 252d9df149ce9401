"""What the files of an organisation hold: a line for each kind of file and for each column.

Reading, checking, the template and the documentation are all made from these declarations. A column that is not
declared here, or that ``organisation.toml`` does not map to one, is not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Kinds of cells. A *key* names a person or a post: it is replaced by a keyed hash as soon as it is read, and no
#: message quotes it. A *name* is a word for a group, such as a department; it appears in tables and figures.
KEY, NAME, NUMBER, AMOUNT, COUNT, SHARE, DATE, YES, PERIOD, STATUS = (
    "key", "name", "number", "amount", "count", "share", "date", "yes", "period", "status",
)  # fmt: skip

#: Cells that are texts once they are read.
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
    STATUS: "a word of [words] for a post that is vacant or closed; any other is taken for a filled post and not kept",
}

#: Weeks of each period.
PERIODS = {"week": 1.0, "month": 365.25 / 12 / 7, "quarter": 365.25 / 4 / 7, "year": 365.25 / 7}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name here, what its cells hold, whether the file needs it, and what it gives."""

    name: str
    cells: str
    needed: bool
    gives: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name, its columns, and what it gives."""

    name: str
    gives: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


def _kind(name: str, gives: str, *columns: tuple[str, str, bool, str]) -> tuple[str, Kind]:
    return name, Kind(name, gives, tuple(Column(*column) for column in columns))


KINDS: dict[str, Kind] = dict(
    (
        _kind(
            "people", "posts, reporting lines, tenure and pay, one row a person",
            ("department", NAME, True, "department of the person"),
            ("id", KEY, False, "who it is, for reporting lines and ties"),
            ("manager", KEY, False, "id of the superior; empty at the top"),
            ("hired", DATE, False, "when the person came"),
            ("years", AMOUNT, False, "years in the organisation, where the date is not known"),
            ("left", YES, False, "whether the person left within the period of [periods] left"),
            ("fte", SHARE, False, "contracted time relative to full time; 1 where it is not given"),
            ("pay", AMOUNT, False, "pay for the period of [periods] pay"),
        ),
        _kind(
            "posts", "posts and reporting lines, where no row stands for a person",
            ("department", NAME, True, "department of the post"),
            ("post", KEY, False, "which post it is, for those that report to it; where only leaders' posts have one, each of them is a leader"),
            ("reports_to", KEY, False, "the post that it reports to; empty at the top"),
            ("fte", AMOUNT, False, "full-time posts that the row stands for; 1 where it is not given"),
            ("pay", AMOUNT, False, "pay of a post for the period of [periods] pay"),
            ("pay_high", AMOUNT, False, "upper end of the pay, where pay is the lower one"),
            ("status", STATUS, False, "whether the post is vacant or closed"),
        ),
        _kind(
            "ties", "who listens to whom, one row a tie",
            ("from", KEY, True, "who listens"),
            ("to", KEY, True, "to whom"),
            ("weight", AMOUNT, False, "how much; a tie of weight 0 is left out"),
        ),
        _kind(
            "departments", "what differs between departments",
            ("department", NAME, True, "which one"),
            ("front", YES, False, "whether customers call here first"),
            ("arrivals", AMOUNT, False, "new issues a week that arrive here first"),
            ("minutes", AMOUNT, False, "minutes of work on a contact here"),
            ("first_time", SHARE, False, "share of issues that are solved where they arrive"),
        ),
        _kind(
            "handoffs", "where work goes on",
            ("from", NAME, True, "department that passes on"),
            ("to", NAME, True, "department that takes over"),
            ("share", AMOUNT, True, "how much: shares or counts"),
        ),
        _kind(
            "segments", "customer segments; without a column customers each row is one customer",
            ("segment", NAME, True, "which one"),
            ("customers", COUNT, False, "how many customers it has"),
            ("revenue", AMOUNT, False, "what a customer spends in the period of [periods] revenue"),
            ("churn", SHARE, False, "share of customers lost in the period, or yes and no where rows are customers"),
            ("period", PERIOD, False, "period of the churn, where [periods] churn does not say it"),
        ),
        _kind(
            "history", "figures over time: what is fitted and back-tested",
            ("date", DATE, True, "last day that the figure covers"),
            ("kpi", NAME, True, "KPI, by its name here or by a word of [kpis]"),
            ("value", NUMBER, True, "the figure, in the KPI's unit"),
            ("department", NAME, False, "department, where the figure is not of the whole organisation"),
            ("segment", NAME, False, "segment, where the figure is not of all customers"),
            ("error", AMOUNT, False, "standard deviation of the figure"),
            ("answers", COUNT, False, "answers or cases behind it"),
        ),
        _kind(
            "drivers", "what moved from outside: demand, posts, budget",
            ("date", DATE, True, "last day that the figure covers"),
            ("name", NAME, True, "what it is, by a word of [drivers] or a name of one's own"),
            ("value", NUMBER, True, "the figure"),
        ),
        _kind(
            "events", "what was done: programmes, cuts",
            ("date", DATE, True, "when it began"),
            ("label", NAME, True, "what to call it"),
            ("lever", NAME, False, "lever that it moved"),
            ("value", NUMBER, False, "to which value"),
        ),
        _kind(
            "answers", "answers to the questionnaire of ccsim org assess",
            ("tier", NAME, True, "top, middle or staff"),
            ("item", NAME, True, "which item, such as L1"),
            ("answer", COUNT, True, "1 not at all to 5 fully; 0 for do not know"),
        ),
    )
)  # fmt: skip
