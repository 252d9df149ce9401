"""The ledger as people read it: a terminal table, a Markdown page, a standalone HTML page, a figure for each claim."""

from __future__ import annotations

import base64
import io
from collections import Counter
from pathlib import Path
from typing import Any

from ccsim.claims.contrasts import KINDS
from ccsim.claims.ledger import AT_POINT, Finding, Ledger
from ccsim.kpis import KPIS
from ccsim.settings import declared

#: Verdicts in the order of the page, with a colour that also differs in lightness.
COLOURS = {
    "supported": "#0b5394",
    "supported at the defaults": "#0b5394",
    "conditional": "#8a6d00",
    "undecided": "#666666",
    "not supported": "#a61c00",
}


def amount(kpi: str, value: float) -> str:
    """Return a difference in a KPI as people write it."""
    row = KPIS[kpi]
    if value != value:
        return "–"
    if row.unit.startswith("EUR") and kpi != "cost_per_resolved":
        return f"{value / 1000:+,.0f} k EUR"
    if row.unit.startswith("share") or row.unit == "0/1":
        return f"{100 * value:+.1f} points"
    unit = "points" if row.unit == "of 100" else row.unit
    return f"{value:+.3g} {unit}"


def summary(ledger: Ledger) -> str:
    """Return the counts of verdicts in a sentence."""
    counts = Counter(one.verdict for one in ledger.findings)
    told = ", ".join(f"{counts[name]} {name}" for name in COLOURS if counts[name])
    return f"{len(ledger.findings)} claims: {told}."


def print_ledger(ledger: Ledger, console: Any) -> None:
    """Print the table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False)
    for heading, justify in (("id", "left"), ("claim", "left"), ("KPI", "left"), ("effect at the defaults", "right"),
                             ("95 % interval", "right"), ("holds", "right"), ("reverses", "right"),
                             ("verdict", "left")):  # fmt: skip
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for one in ledger.findings:
        kpi, found = one.claim.kpi, one.outcome
        table.add_row(
            one.claim.id, one.claim.says, KPIS[kpi].title.lower(), amount(kpi, found.effect),
            f"{amount(kpi, found.low)} … {amount(kpi, found.high)}", _percent(one.holds), _percent(one.reverses),
            one.verdict,
        )  # fmt: skip
    console.print(table)
    console.print(summary(ledger))


def _percent(share: tuple[float, float, float] | None) -> str:
    return f"{100 * share[0]:.0f} %" if share else ""


def draw(finding: Finding) -> Any:
    """Draw a claim: its effect at the defaults, and over the plausible space from worst to best."""
    import matplotlib.pyplot as plt
    import numpy as np

    effects = np.array(finding.effects)
    signs = np.array(finding.signs)
    kpi = finding.claim.kpi
    scale = 1e-3 if KPIS[kpi].unit.startswith("EUR") and kpi != "cost_per_resolved" else 1.0
    figure, axis = plt.subplots(figsize=(4.6, 1.5), layout="constrained")
    order = np.argsort(effects[1:])
    places = np.arange(1, len(order) + 1)
    axis.axhline(0.0, color="#444444", linewidth=0.8)
    for sign, colour, mark in ((1, "#0b5394", "o"), (0, "#b0b7bf", "s"), (-1, "#c55a11", "v")):
        chosen = signs[1:][order] == sign
        axis.plot(places[chosen], scale * effects[1:][order][chosen], mark, color=colour, markersize=2.6, linestyle="")
    found = finding.outcome
    axis.errorbar(
        [-0.06 * max(len(order), 10)], [scale * found.effect],
        yerr=[[scale * (found.effect - found.low)], [scale * (found.high - found.effect)]],
        fmt="D", color="black", markersize=4, capsize=2.5, linewidth=1.1,
    )  # fmt: skip
    axis.set_xticks([])
    axis.tick_params(labelsize=7)
    axis.set_ylabel("k EUR" if scale != 1.0 else KPIS[kpi].unit, fontsize=7)
    axis.set_title(f"{finding.claim.id} · {KPIS[kpi].title}: weakest difference", fontsize=7.5, loc="left")
    axis.spines[["top", "right", "bottom"]].set_visible(False)
    return figure


def picture(finding: Finding) -> bytes:
    """Return a claim's figure as PNG."""
    import matplotlib.pyplot as plt

    figure = draw(finding)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=130)
    plt.close(figure)
    return buffer.getvalue()


def write_pages(ledger: Ledger, folder: Path, made_by: str, pictures: dict[str, bytes] | None = None) -> list[Path]:
    """Write ``claims.md`` with its figures, ``claims.html`` and ``claims.parquet``.

    Args:
        ledger: the findings.
        folder: where to.
        made_by: the command and commit, for the page's foot.
        pictures: the figures, if they are drawn already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = pictures or {one.claim.id: picture(one) for one in ledger.findings}
    figures = folder / "figures" / "claims"
    figures.mkdir(parents=True, exist_ok=True)
    for name, data in pictures.items():
        (figures / f"{name}.png").write_bytes(data)
    rows = [row_of(one) for one in ledger.findings]
    told = {"rows": rows, "summary": summary(ledger), "ledger": ledger, "made_by": made_by, "at_point": AT_POINT,
            "kinds": {one.claim.kind: KINDS[one.claim.kind].means for one in ledger.findings}, "colours": COLOURS}  # fmt: skip
    markdown, html, table = (folder / f"claims.{ending}" for ending in ("md", "html", "parquet"))
    markdown.write_text(_template("claims.md.j2").render(told), encoding="utf-8")
    inline = {name: base64.b64encode(data).decode() for name, data in pictures.items()}
    html.write_text(_template("claims.html.j2").render(told, pictures=inline), encoding="utf-8")
    ledger.table().to_parquet(table)
    return [markdown, html, table]


def row_of(one: Finding) -> dict[str, Any]:
    """Return what a page says of a claim."""
    kpi, found = one.claim.kpi, one.outcome
    return {
        "id": one.claim.id, "says": one.claim.says, "article": one.claim.article, "kind": one.claim.kind,
        "kpi": KPIS[kpi].title, "expect": one.claim.expect, "effect": amount(kpi, found.effect),
        "interval": f"{amount(kpi, found.low)} to {amount(kpi, found.high)}", "p": one.p,
        "p_text": "< 0.001" if one.p < 0.001 else f"{one.p:.3f}", "weakest": found.words, "verdict": one.verdict,
        "note": one.claim.note, "runs": found.runs, "holds": _with_interval(one.holds),
        "reverses": _with_interval(one.reverses),
        "deciders": [
            f"{d.key} ({'the more, the more' if d.rho > 0 else 'the more, the less'}, {d.rho:+.2f}"
            f"{'' if d.clear else ', could be chance'})"
            for d in one.deciders
        ],
        "meanings": {d.key: declared()[d.key].meaning for d in one.deciders},
        "also": [f"{KPIS[name].title} {amount(name, other.effect)}{_stars(other)}" for name, other in one.also.items()],
        "scenarios": {name: changes(scenario) for name, scenario in one.claim.scenarios.items()},
    }  # fmt: skip


def _stars(outcome: Any) -> str:
    return "" if outcome.p < 0.05 else " (could be chance)"


def _with_interval(share: tuple[float, float, float] | None) -> str:
    return f"{100 * share[0]:.0f} % ({100 * share[1]:.0f} to {100 * share[2]:.0f})" if share else ""


def changes(scenario: Any) -> str:
    """Return in a line what a scenario changes."""
    parts = [f"{key} = {value}" for table in ("organisation", "assumptions", "before", "levers")
             for key, value in getattr(scenario, table).items()]  # fmt: skip
    for move in scenario.schedule:
        when = f"week {move.week}" if move.week is not None else f"when {move.when.text}"
        parts.append(f"{when}: " + ", ".join(f"{key} = {value}" for key, value in move.set.items()))
    return "; ".join(parts) or "nothing"


def _template(name: str) -> Any:
    import jinja2

    place = jinja2.Environment(
        loader=jinja2.PackageLoader("ccsim.claims", "templates"), autoescape=name.endswith(".html.j2"),
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return place.get_template(name)
