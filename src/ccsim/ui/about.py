"""What the page is for, how to read it, and what the model assumes: made from the declarations where it can be."""

from __future__ import annotations

from functools import cache
from html import escape

import solara

from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.ui.controls import acts, groups

BRIEF = """
<div class="ex-cols"><div><h3>Your role</h3><p>You lead a service organisation of 200 people and 2,000 customers. It works as most do:
staff are measured on handling time and cost, leaders believe half-heartedly that customers come first.</p>
<h3>Your goal</h3><p>Make it customer-centric within three years: people who solve customers' problems by habit, customers who
notice, and money that pays for it. See what works, what backfires, and why.</p></div>
<div><h3>Your levers</h3><p>On the left, in groups; each says what it does, in which unit, and from when on. Levers act from the coming
week, also in mid-run. Sizes and assumptions act when you start again.</p>
<h3>How to read the graphs</h3><p>Orange is this run, dotted grey is doing nothing on the <em>same draws</em>, so every gap between them is
your doing. Flags mark moves. Lines are means of the last 13 weeks. Point at a chart to read a week.</p></div>
<div><h3>Things to notice</h3><ul><li>Conviction is not practice: watch both.</li><li>Surveys can rise while customers leave.</li>
<li>Change costs energy first and pays later, if at all.</li></ul>
<h3>Things to try</h3><ul><li>Choose <em>Top-down</em>, run it to the end, pin it, then try <em>Bottom-up</em>.</li>
<li>Raise <em>Programme: Budget</em> in week 20 and read “Why did it change?”.</li>
<li>Put all weight of the staff scorecard on handling time.</li><li>Let a hero leave. What stays?</li></ul></div></div>
"""

LIMITS = """
<h2>What this model is, and what it is not</h2>
<p>Staff, leaders and customers are agents. Each week customers raise issues, staff choose for every case how to handle it, and what
comes of it moves beliefs, habits, satisfaction and money. Results emerge from these choices; no scenario's outcome is written down.</p>
<ul><li><b>It is not a forecast.</b> Sizes and money are those of an invented firm. Compare runs; do not read one as a prediction.</li>
<li><b>Many values are assumptions.</b> Below, each value names its source or says “assumed”. Robust findings hold over their plausible
ranges; single runs need not.</li>
<li><b>One run is one draw of luck.</b> Use 30 replicates under Compare before you believe a difference.</li>
<li><b>Left out:</b> competitors who react, product failures, law, unions, several countries, and people's lives outside work.</li></ul>
"""


@solara.component
def Briefing() -> None:
    """Role, goal, levers, how to read, what to notice and try: open at first, one click away later."""
    opened = solara.use_reactive(False)
    BriefingPicture(text=BRIEF, opened=opened.value, event_toggle=lambda on: opened.set(bool(on)))


@solara.component_vue("vue/briefing.vue")
def BriefingPicture(text: str, opened: bool, event_toggle: object = None) -> None:
    """Show the briefing, folded or not."""


@cache
def assumptions() -> str:
    """Return every value of the model, with its source, as tables by group."""
    parts = []
    for group in groups():
        rows = "".join(
            f"<tr><th scope='row'><code>{escape(row.key)}</code></th><td>{escape(row.meaning)}</td><td>{row.shown}</td>"
            f"<td>{escape(row.unit)}</td><td>{row.range[0]:g} to {row.range[1]:g}</td><td>{escape(acts(row))}</td>"
            f"<td>{escape(row.source)}</td></tr>"
            for row in all_parameters().values() if row.group == group["name"]
        )  # fmt: skip
        parts.append(
            f"<details><summary><b>{escape(group['title'])}</b>: {escape(group['about'])}</summary><div class='ex-wide'>"
            "<table class='words'><thead><tr><th>value</th><th>meaning</th><th>usual</th><th>unit</th><th>plausible</th>"
            f"<th>acts</th><th>source</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
        )
    return "".join(parts)


@cache
def measures() -> str:
    """Return every KPI with its unit, meaning and formula."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(kpi.title)}</th><td>{escape(kpi.unit)}</td><td>{escape(kpi.meaning)}</td>"
        f"<td><code>{escape(kpi.formula)}</code></td></tr>"
        for kpi in KPIS.values()
    )
    return (
        "<details><summary><b>Key figures</b>: what each measures, and how it is computed</summary><div class='ex-wide'>"
        "<table class='words'><thead><tr><th>figure</th><th>unit</th><th>meaning</th><th>formula</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details>"
    )


@solara.component
def About() -> None:
    """Limits and assumptions, with sources."""
    solara.HTML(tag="section", classes=["ex-about"],
                unsafe_innerHTML=f"{LIMITS}<h2>Assumptions and levers, with sources</h2>{assumptions()}{measures()}")  # fmt: skip
