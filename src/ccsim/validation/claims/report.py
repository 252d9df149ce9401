"""Output of the ledger: a terminal table, a Markdown page, a standalone HTML page, a figure for each claim."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccsim.analysis.comparison import LEVEL, ShareInterval
from ccsim.errors import count_noun
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.reports.figures.svg import as_png
from ccsim.reports.pages import render_page
from ccsim.reports.tables import headed_table
from ccsim.results.formatting import difference_scale, kpi_difference, number, p_value, signed
from ccsim.results.formatting import share as percent
from ccsim.validation.claims.contrasts import KINDS
from ccsim.validation.claims.dependence import ENOUGH, FlipMap
from ccsim.validation.claims.ledger import AT_POINT, ClaimResult, Ledger

if TYPE_CHECKING:
    from rich.console import Console

#: Verdicts in the order of the page, with a colour that also differs in lightness.
COLOURS = {
    "supported": "#0b5394",
    "supported at the defaults": "#0b5394",
    "conditional": "#8a6d00",
    "undecided": "#666666",
    "not supported": "#a61c00",
}


def place_of(finding: ClaimResult) -> str:
    """Return a sentence on where a claim holds, empty if the difference is not significant."""
    one = finding.where
    if one is None or not one.significant:
        return ""
    row = all_parameters()[one.key]
    more = one.above.holds * one.below.points >= one.below.holds * one.above.points
    here, there = (one.above, one.below) if more else (one.below, one.above)
    text = f"where {one.key} ({row.meaning}) is {'above' if more else 'below'} {number(one.cut, hyphen=True)}{_unit(row.unit)}"
    text = f"it holds in {here.holds} of {here.points} worlds {text}, and in {there.holds} of {there.points} elsewhere"
    return f"{text[0].upper()}{text[1:]}."


def _unit(unit: str) -> str:
    return f" {unit}" if unit not in ("share", "factor", "probability", "utility", "weight", "ratio", "") else ""


def summary(ledger: Ledger) -> str:
    """Return the counts of verdicts in a sentence."""
    counts = Counter(one.verdict for one in ledger.findings)
    text = ", ".join(f"{counts[name]} {name}" for name in COLOURS if counts[name])
    return f"{count_noun(len(ledger.findings), 'claim')}: {text}."


def print_ledger(ledger: Ledger, console: Console) -> None:
    """Print the table."""
    table = headed_table({"id": "left", "claim": "left", "KPI": "left", "effect at the defaults": "right", "95 % interval": "right",
                          "holds": "right", "reverses": "right", "verdict": "left"})  # fmt: skip
    for one in ledger.findings:
        kpi, found = one.outcome.kpi or one.claim.kpi, one.outcome
        table.add_row(
            one.claim.id, one.claim.statement, KPIS[one.claim.kpi].title.lower(), kpi_difference(kpi, found.effect),
            f"{kpi_difference(kpi, found.low)} … {kpi_difference(kpi, found.high)}", _percent(one.holds), _percent(one.reverses),
            one.verdict,
        )  # fmt: skip
    console.print(table)
    console.print(summary(ledger))


def _percent(interval: ShareInterval | None) -> str:
    return percent(interval.share) if interval else ""


#: Holds, not significant, reversed: colour and mark, distinguishable in black and white.
SIGNS = ((1, "#0b5394", "o", "holds"), (0, "#b0b7bf", "s", "could be chance"), (-1, "#c55a11", "v", "reversed"))


def draw(finding: ClaimResult) -> Any:
    """Draw a claim: its effect at the defaults, and in the other worlds in ascending order."""
    import numpy as np
    from matplotlib.figure import Figure

    kpi = finding.claim.kpi if finding.mixed else finding.outcome.kpi or finding.claim.kpi
    scale, unit = (1.0, "standard deviations") if finding.mixed else difference_scale(kpi)
    effects, signs = scale * np.array(finding.effects), np.array(finding.signs)
    figure = Figure(figsize=(4.6, 1.7), layout="constrained")
    axis = figure.subplots()
    axis.axhline(0.0, color="#444444", linewidth=0.8)
    order = np.argsort(effects[1:])
    places = np.arange(len(order))
    for sign, colour, mark, _ in SIGNS:
        chosen = signs[1:][order] == sign
        axis.plot(places[chosen], effects[1:][order][chosen], mark, color=colour, markersize=3.2, linestyle="")
    found = finding.outcome
    own = scale / found.spread if finding.mixed else scale
    aside = -0.12 * max(len(order), 10)
    axis.errorbar(
        [aside], [own * found.effect], yerr=[[own * (found.effect - found.low)], [own * (found.high - found.effect)]],
        fmt="D", color="black", markersize=4.5, capsize=3, linewidth=1.2,
    )  # fmt: skip
    ticks = [(aside, "defaults")]
    if len(order):
        ticks.append((len(order) / 2 - 0.5, f"{len(order)} other worlds, in ascending order"))
        axis.axvline(aside / 2, color="#dfe4ea", linewidth=0.8)
    axis.set_xticks([place for place, _ in ticks], [text for _, text in ticks])
    axis.tick_params(labelsize=7, length=0)
    axis.margins(y=0.15)
    axis.set_ylabel(unit, fontsize=7)
    axis.set_title("Weakest difference" if finding.mixed else KPIS[kpi].title, fontsize=8, loc="left")
    axis.spines[["top", "right", "bottom"]].set_visible(False)
    return figure


def flipping(finding: ClaimResult) -> FlipMap | None:
    """Return a claim's map over two parameters if it differs significantly between cells, else None."""
    return finding.map if finding.map is not None and finding.map.flips else None


def draw_map(finding: ClaimResult) -> Any:
    """Draw the map of a claim: in each cell, the share of worlds in which it holds, and counts."""
    import numpy as np
    from matplotlib.figure import Figure

    one = flipping(finding)
    assert one is not None
    worlds = np.maximum(1, np.array(one.worlds))
    shares = np.array(one.holds) / worlds
    figure = Figure(figsize=(3.4, 2.5), layout="constrained")
    axis = figure.subplots()
    axis.imshow(shares, origin="lower", cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for row in range(3):
        for column in range(3):
            text = f"{one.holds[row][column]} / {one.worlds[row][column]}\n{one.reverses[row][column]} reversed"
            colour = "white" if shares[row, column] > 0.6 else "#1c2430"
            axis.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    for axis_, key, cuts in ((axis.yaxis, one.keys[0], one.cuts[0]), (axis.xaxis, one.keys[1], one.cuts[1])):
        axis_.set_ticks([0.5, 1.5], [number(cut) for cut in cuts])
        axis_.label.set_text(key)
        axis_.label.set_fontsize(7)
    axis.tick_params(labelsize=7, length=2)
    axis.set_title(f"{finding.claim.id}: holds / worlds", fontsize=8, loc="left")
    return figure


def describe_map(one: FlipMap) -> str:
    """Return a sentence on where a claim holds most and least often, by thirds of two parameters."""
    cells = [(one.holds[r][c] / of, r, c, of) for r in range(3) for c in range(3) if (of := one.worlds[r][c])]
    (_, top, right, most), (_, low, left, least) = max(cells), min(cells)
    thirds = ("lowest", "middle", "highest")
    first, second = one.keys
    return (
        f"Over thirds of `{first}` and `{second}` it holds in {one.holds[top][right]} of {most} worlds with the "
        f"{thirds[top]} third of the first and the {thirds[right]} of the second, and in {one.holds[low][left]} of {least} "
        f"(reversed in {one.reverses[low][left]}) with the {thirds[low]} and the {thirds[left]}."
    )


def write_pages(ledger: Ledger, folder: Path, made_by: str, pictures: dict[str, bytes] | None = None) -> list[Path]:
    """Write ``claims.md`` with its figures, ``claims.html`` and ``claims.parquet``.

    Args:
        ledger: the findings.
        folder: where to.
        made_by: the command and commit, for the page's foot.
        pictures: the figures, if already drawn.

    Returns:
        The files written, apart from figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = pictures or {one.claim.id: as_png(draw(one)) for one in ledger.findings}
    figures = folder / "figures" / "claims"
    figures.mkdir(parents=True, exist_ok=True)
    pictures |= {f"{one.claim.id}-map": as_png(draw_map(one)) for one in ledger.findings if flipping(one)}
    for old in figures.glob("*-map.png"):
        old.unlink()
    for name, data in pictures.items():
        (figures / f"{name}.png").write_bytes(data)
    rows = [row_of(one) for one in ledger.findings]
    counts = Counter(one.verdict for one in ledger.findings)
    content = {
        "rows": rows, "summary": summary(ledger), "ledger": ledger, "made_by": made_by, "at_point": AT_POINT, "enough": ENOUGH,
        "kinds": {one.claim.kind: KINDS[one.claim.kind].means for one in ledger.findings}, "colours": COLOURS,
        "counts": [(name, counts[name]) for name in COLOURS if counts[name]],
    }  # fmt: skip
    markdown, html, table = (folder / f"claims.{ending}" for ending in ("md", "html", "parquet"))
    markdown.write_text(render_page("claims.md", content, "ccsim.validation.claims"), encoding="utf-8")
    inline = {name: base64.b64encode(data).decode() for name, data in pictures.items()}
    html.write_text(
        render_page("claims.html", {**content, "pictures": inline}, "ccsim.validation.claims"), encoding="utf-8"
    )
    ledger.table().to_parquet(table)
    return [markdown, html, table]


def row_of(one: ClaimResult) -> dict[str, Any]:
    """Return the content of a page on a claim."""
    found = one.outcome
    kpi = found.kpi or one.claim.kpi
    watched = list(dict.fromkeys(one.claim.kpis or (one.claim.kpi,)))
    return {
        "id": one.claim.id, "says": one.claim.statement, "article": one.claim.article, "kind": one.claim.kind,
        "theme": one.claim.theme, "kpi": ", ".join(KPIS[name].title for name in watched), "expect": one.claim.direction,
        "effect": kpi_difference(kpi, found.effect), "interval": f"{kpi_difference(kpi, found.low)} to {kpi_difference(kpi, found.high)}",
        "p": one.p, "p_text": p_value(one.p), "weakest": found.words,
        "verdict": one.verdict, "note": one.claim.note, "runs": found.runs, "holds": _with_interval(one.holds),
        "reverses": _with_interval(one.reverses), "share": _percent(one.holds), "turned": _percent(one.reverses),
        "deciders": [{"key": d.key, "meaning": all_parameters()[d.key].meaning, "sign": "+" if d.rho > 0 else "–",
                      "rho": signed(d.rho, hyphen=True)} for d in one.deciders if d.significant],
        "where": place_of(one), "map": describe_map(flips) if (flips := flipping(one)) else "",
        "also": [_beside(one, name) for name in one.secondary],
        "scenarios": {name: changes(scenario) for name, scenario in one.claim.scenarios.items()},
    }  # fmt: skip


def _beside(one: ClaimResult, name: str) -> str:
    """Return the change in a secondary KPI."""
    other = one.secondary[name]
    kpi = other.kpi or name
    sign = 1.0 if one.claim.direction_of(kpi) == "more" else -1.0
    text = f"{KPIS[kpi].title.lower()} {kpi_difference(kpi, sign * other.effect)}"
    return text + ("" if other.p < 1.0 - LEVEL else " (could be chance)")


def _with_interval(interval: ShareInterval | None) -> str:
    if interval is None:
        return ""
    return f"{100 * interval.share:.0f} % ({100 * interval.low:.0f} to {100 * interval.high:.0f})"


def changes(scenario: Any) -> str:
    """Return the changes of a scenario in one line."""
    parts = [f"{key} = {value}" for table in ("organisation", "assumptions", "history", "levers")
             for key, value in getattr(scenario, table).items()]  # fmt: skip
    for move in scenario.schedule:
        when = f"week {move.week}" if move.week is not None else f"when {move.when.text}"
        parts.append(f"{when}: " + ", ".join(f"{key} = {value}" for key, value in move.set.items()))
    return "; ".join(parts) or "nothing"
