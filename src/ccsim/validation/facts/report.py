"""Output of the scorecard: a terminal table, a Markdown page with a figure for each study, Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccsim.errors import count_noun
from ccsim.reports.figures.svg import as_png
from ccsim.reports.pages import render_page
from ccsim.reports.tables import headed_table
from ccsim.results.formatting import interval, number
from ccsim.validation.facts.schema import Excluded
from ccsim.validation.facts.scorecard import INSIDE, OUTSIDE, UNDECIDED, Score, table

if TYPE_CHECKING:
    from rich.console import Console

#: Verdicts with a colour each, which also differ in lightness and in the mark.
COLOURS = {INSIDE: "#0b5394", OUTSIDE: "#a61c00", UNDECIDED: "#8a6d00"}
MARKS = {INSIDE: "D", OUTSIDE: "X", UNDECIDED: "s"}


def summary(scores: Sequence[Score]) -> str:
    """Return the counts of verdicts in a sentence or two."""
    checks = Counter(one.verdict for one in scores if one.fact.checks)
    text = ", ".join(f"{checks[name]} {name}" for name in COLOURS if checks[name])
    context = sum(not one.fact.checks for one in scores)
    also = f" {context} further numbers were recalled, not looked up, and are shown as context." if context else ""
    return f"{count_noun(sum(checks.values()), 'fact')} checked: {text}. {by_form(scores)}{also}"


def by_form(scores: Sequence[Score]) -> str:
    """Return how many sizes, signs and identities are inside, separately, because a sign is easier to match than a size."""
    parts = []
    for form, many in (("size", "sizes"), ("sign", "signs"), ("identity", "identities")):
        verdicts = [one.verdict for one in scores if one.fact.checks and one.fact.form == form]
        if verdicts:
            parts.append(f"{verdicts.count(INSIDE)} of {count_noun(len(verdicts), form, many)}")
    return f"Inside are {', '.join(parts)}." if parts else ""


def print_scores(scores: Sequence[Score], console: Console) -> None:
    """Print the table."""
    grid = headed_table({"fact": "left", "published": "right", "interval": "right", "simulated": "right", "95 % interval": "right",
                         "": "left", "tag": "left", "role": "left", "source": "left"})  # fmt: skip
    for one in scores:
        fact, estimate = one.fact, one.estimate
        grid.add_row(
            fact.id, "" if fact.published is None else number(fact.published, hyphen=True), interval(fact.low, fact.high),
            number(estimate.value, hyphen=True), interval(estimate.low, estimate.high), one.verdict if fact.checks else f"({one.verdict})",
            fact.tag, fact.role, fact.source,
        )  # fmt: skip
    console.print(grid)
    console.print(summary(scores))


def picture(scores: Sequence[Score]) -> bytes:
    """Draw a study as PNG: for each fact, the published interval as a band and the simulated interval as a mark."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.6, 0.35 + 0.72 * len(scores)), layout="constrained")
    panels = figure.subplots(len(scores), 1, squeeze=False)
    for axis, one in zip(panels[:, 0], scores, strict=True):
        _panel(axis, one)
    return as_png(figure)


def _panel(axis: Any, one: Score) -> None:
    fact, estimate = one.fact, one.estimate
    left, right = _limits(one)
    colour = COLOURS[one.verdict]
    axis.axvspan(max(fact.low, left), min(fact.high, right), color="#d5dde5", linewidth=0)
    if fact.published is not None:
        axis.axvline(fact.published, color="#5b6b7a", linewidth=1.4, linestyle=(0, (2, 1.5)))
    if estimate.value == estimate.value:
        axis.plot([estimate.low, estimate.high], [0, 0], color=colour, linewidth=1.8, solid_capstyle="butt")
        axis.plot([estimate.value], [0], MARKS[one.verdict], color=colour, ms=6.5, mec="white", mew=0.6)
    axis.set_xlim(left, right)
    axis.set_ylim(-1, 1)
    axis.set_yticks([])
    axis.tick_params(labelsize=7, length=2.5)
    axis.locator_params(axis="x", nbins=6)
    axis.spines[["top", "right", "left"]].set_visible(False)
    text = one.verdict if fact.checks else f"({one.verdict}), context"
    axis.set_title(f"{fact.id}: {text}", fontsize=8, loc="left", pad=3, color=colour)


def _limits(one: Score) -> tuple[float, float]:
    """Return the limits of an axis that shows both intervals, and zero if only a sign was published."""
    fact, estimate = one.fact, one.estimate
    known = [fact.low, fact.high, estimate.low, estimate.high, estimate.value, fact.published]
    places = [float(x) for x in known if x is not None and x == x and abs(x) != float("inf")]
    left, right = min(places), max(places)
    room = 0.12 * ((right - left) or abs(right) or 1.0)
    if fact.low == -float("inf") or fact.high == float("inf"):
        room *= 2.0
    return left - room, right + room


def write_pages(scores: Sequence[Score], folder: Path, made_by: str, apart: Sequence[Excluded] = ()) -> list[Path]:
    """Write ``validation.md`` with its figures and ``validation.parquet``.

    Args:
        scores: the scores, those of a study together.
        folder: where to.
        made_by: the command and commit, for the page's head.
        apart: published numbers that the model does not represent.

    Returns:
        The files written, apart from figures.
    """
    figures = folder / "figures" / "validation"
    figures.mkdir(parents=True, exist_ok=True)
    studies = []
    for _, group in groupby(scores, key=lambda one: one.study.id):
        some = list(group)
        (figures / f"{some[0].study.id}.png").write_bytes(picture(some))
        studies.append({"study": some[0].study, "rows": [row_of(one) for one in some]})
    data = {"studies": studies, "summary": summary(scores), "made_by": made_by, "apart": apart}
    page, parquet = folder / "validation.md", folder / "validation.parquet"
    page.write_text(render_page("validation.md", data, "ccsim.validation.facts"), encoding="utf-8")
    table(scores).to_parquet(parquet)
    return [page, parquet]


def row_of(one: Score) -> dict[str, Any]:
    """Return the content of the page on a fact."""
    fact, estimate = one.fact, one.estimate
    return {
        "id": fact.id, "says": fact.statement, "published": "" if fact.published is None else number(fact.published, hyphen=True),
        "interval": interval(fact.low, fact.high), "simulated": number(estimate.value, hyphen=True),
        "simulated_interval": interval(estimate.low, estimate.high) if estimate.units > 1 else "exact",
        "verdict": one.verdict if fact.checks else f"({one.verdict})", "tag": fact.tag, "role": fact.role, "form": fact.form,
        "source": fact.source, "note": fact.note, "why": fact.why if one.verdict == OUTSIDE else "", "units": estimate.units, "measure": how(one),
    }  # fmt: skip


def how(one: Score) -> str:
    """Return how a fact is measured: the kind of measure and its fields."""
    measure = one.fact.measure
    fields = {
        k: v for k, v in measure.model_dump().items() if k != "kind" and v != type(measure).model_fields[k].default
    }
    return f"{measure.kind}: " + ", ".join(f"{key} = {value}" for key, value in fields.items() if value not in ([], ""))
