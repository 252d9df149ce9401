"""Panels of text: decisions and their effects, and a person with the last choice."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import solara

from ccsim.errors import count_noun
from ccsim.mechanisms.staff.conviction import BEFORE
from ccsim.model.settings import all_parameters
from ccsim.model.state import ModelState
from ccsim.reports.choice_trace import Choice
from ccsim.reports.formatting import signed
from ccsim.ui.cause import words
from ccsim.ui.course import COLOURS, TIPPED, RunSnapshot
from ccsim.ui.laboratory import InteractiveRun
from ccsim.ui.last_choice import last_choice


def setting(values: Mapping[str, Any]) -> str:
    """Say what is set, as ``Programme budget = 8,000 EUR/week``."""
    return "; ".join(one_setting(key, value) for key, value in values.items())


def one_setting(key: str, value: Any) -> str:
    """Say one value with its name and unit."""
    row = all_parameters()[key]
    name = f"{row.group.replace('_', ' ')} {row.name.replace('_', ' ')}"
    shown = value if isinstance(value, str) else ("on" if value else "off") if row.kind is bool else f"{value:,.6g}"
    unit = (
        "" if row.unit in ("", "on/off", "share", "weight", "probability", "factor") or row.choices else f" {row.unit}"
    )
    return f"{name[:1].upper()}{name[1:]} = {shown}{unit}"


@solara.component
def EffectFeed(laboratory: InteractiveRun, turn: int, playing: solara.Reactive[bool]) -> None:
    """Why did it change? Every decision with what has come of it; while the run is playing, told anew each quarter."""
    moved = [dict(one.values) for one in laboratory.causes]
    told = solara.use_memo(
        laboratory.told, [laboratory, laboratory.weeks // 13 if playing.value else turn, playing.value, moved]
    )
    rows = []
    for one in reversed(told):
        chain = " → ".join(f"<b>{escape(words(effect))}</b>" for effect in one.effects)
        until = f"By week {one.seen}" if one.living else f"When the next move was made, in week {one.seen + 1}"
        came = f"{until}, because of it alone: {chain}." if chain else "Nothing to speak of has come of it yet."
        rows.append(
            f"<li><b>Week {one.week}:</b> {escape(setting(one.values))}<br><span class='chain'>{came}</span></li>"
        )
    text = "".join(rows) or "<li>Nothing has been decided. Move a lever, and see here what comes of it.</li>"
    solara.HTML(
        tag="section",
        unsafe_innerHTML="<h2>Why did it change?</h2><p class='ex-help'>Each move is compared with the same run without "
        "it, on the same draws: what differs is the move's doing.</p>"
        f"<ul class='ex-log feed' data-weeks='{laboratory.weeks}'>{text}</ul>",
    )


@solara.component
def DecisionLog(laboratory: InteractiveRun, course: RunSnapshot) -> None:
    """The decisions of the run, by week, with what the programme has cost."""
    spend, total = course.kpis["spend"], float(course.kpis["spend"].sum()) if course.weeks else 0.0
    rows = [(0, setting(laboratory.scenario().levers))] if laboratory.scenario().levers else []
    rows += [(one.week, setting(one.set)) for one in course.decisions]
    scheduled = {week: label for week, label in course.events if all(week != one.week for one in course.decisions)}
    rows += [(week, f"scheduled: {label}") for week, label in scheduled.items()]
    lines = "".join(
        f"<tr><td>{week}</td><td>{escape(said)}</td><td>{_cost(spend, week)}</td></tr>" for week, said in sorted(rows)
    )
    body = (
        f"<tbody>{lines}</tbody>" if lines else "<tbody><tr><td>–</td><td>no decisions yet</td><td></td></tr></tbody>"
    )
    solara.HTML(
        tag="section",
        unsafe_innerHTML="<h2>Decision log</h2><div class='ex-wide'><table class='words log'><thead><tr><th>week</th>"
        f"<th>what was set</th><th>programme, EUR/week</th></tr></thead>{body}</table></div>"
        f"<p class='ex-help'>Programme spending to date: EUR {total:,.0f}.</p>",
    )


def _cost(spend: Any, week: int) -> str:
    return f"{float(spend[week]):,.0f}" if week < len(spend) else "–"


#: Options and terms of a choice, by their number and name, as people say them.
OPTIONS = ("close fast", "follow the script", "solve with judgement", "hand over", "escalate")
TERMS = {
    "reward": "what the scorecard rewards", "belief": "belief in acting customer-first", "norm": "what colleagues do, and praise",
    "habit": "habit", "effort": "effort", "blame": "risk of blame", "checks": "checks on departures",
    "reluctance": "reluctance to pass on", "total": "together",
}  # fmt: skip


@solara.component
def Person(laboratory: InteractiveRun, chosen: solara.Reactive[int], turn: int, playing: solara.Reactive[bool]) -> None:
    """A person's traits and ties, and the terms of the last choice."""
    if 0 <= chosen.value < len(laboratory.structure.department):
        Chosen(laboratory, chosen.value, turn, playing.value)
    else:
        solara.HTML(
            tag="section",
            unsafe_innerHTML="<h2>A person</h2><p class='ex-help'>Click somebody in the picture: who it is, "
            "to whom he or she listens, and why the last case was handled so.</p>",
        )


@solara.component
def Chosen(laboratory: InteractiveRun, row: int, turn: int, playing: bool) -> None:
    """The person who is chosen.

    The week is lived again for the last choice, which takes a moment: beside the page, and not while the run is playing.
    """
    before, now = laboratory.worlds()
    asked = (row, now.week)

    def find() -> tuple[tuple[int, int], Choice | None] | None:
        return None if playing else (asked, last_choice(before, row))

    found = solara.use_thread(find, [laboratory, row, None if playing else now.week], intrusive_cancel=False).value
    if playing:
        told = "<p class='ex-help'>Pause to see the last choice and its terms.</p>"
    elif found and found[0] == asked:
        told = _why(found[1], now.week)
    else:
        told = "<p class='ex-help'>Living the week again for the last choice …</p>"
    solara.HTML(
        tag="section",
        unsafe_innerHTML=f"<h2>Number {row}</h2><div class='ex-person'>{_who(now, row)}{told}</div>",
    )


def _who(now: ModelState, row: int) -> str:
    staff, one = now.populations.staff, now.populations.staff[row]  # type: ignore[index]
    front = "front line" if now.populations.departments.front[one.department] else "back office"
    lead = float(now.populations.leaders.conviction[one.leader]) if one.leader >= 0 else None
    ties = [tie for tie in now.populations.colleagues[row].tolist() if tie >= 0]
    others = sum(1 for tie in ties if staff.department[tie] != one.department)
    facts = [
        ("Post", f"department {int(one.department) + 1}, {front}"
         + (f"; team lead's conviction {100 * lead:.0f} %" if lead is not None else "")),
        ("In post", "since before week 0" if one.hired_week < 0 else f"since week {int(one.hired_week)}"),
        ("Listens to", f"numbers {', '.join(map(str, sorted(ties)))} ({others} in other departments)"),
        ("The penny", "dropped before week 0" if one.tipped_week == BEFORE else f"dropped in week {int(one.tipped_week)}"
         if one.tipped_week >= 0 else "has not dropped"),
        ("State", "; ".join(f"{name} {100 * float(getattr(one, name)):.0f} %" for name in COLOURS if name not in ("judgement", TIPPED))),
    ]  # fmt: skip
    if one.champion > 0:
        facts.append(("Champion", f"{float(one.champion):.0f} hours a week"))
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(said)}</dd>" for name, said in facts) + "</dl>"


def _why(choice: Choice | None, week: int) -> str:
    if choice is None:
        return "<p class='ex-help'>No case this week, so no choice to explain.</p>"
    open_to = sorted(choice.asked)
    terms, chances = {option: choice.terms(option) for option in open_to}, choice.chances()
    head = "".join(f"<th scope='col'>{OPTIONS[option]}</th>" for option in open_to)
    rows = "".join(
        f"<tr><th scope='row'>{said}</th>{''.join(_term(terms[option][name]) for option in open_to)}</tr>"
        for name, said in TERMS.items()
        if name != "total" and any(abs(terms[option][name]) >= 0.005 for option in open_to)
    )
    total = "".join(f"<td>{signed(terms[option]['total'])}</td>" for option in open_to)
    chance = "".join(f"<td>{100 * chances[option]:.0f} %</td>" for option in open_to)
    complexity, stages, lost = choice.asked[choice.option][1][:3]
    about = f"complexity {100 * complexity:.0f} %, {count_noun(int(stages), 'stage')} to go"
    return (
        f"<h3>Last choice, week {week}: {OPTIONS[choice.option]}</h3>"
        f"<p class='ex-help'>The case: {about}{', what the customer had said was lost' if lost else ''}. "
        "What made each option attractive, in units of utility:</p>"
        f"<div class='ex-wide'><table class='terms'><thead><tr><td></td>{head}</tr></thead><tbody>{rows}"
        f"<tr><th scope='row'>{TERMS['total']}</th>{total}</tr><tr class='chosen'><th scope='row'>chance</th>{chance}</tr>"
        f"</tbody></table></div><p class='ex-help'>The draw was {choice.luck:.3f} of 1, so: {OPTIONS[choice.option]}.</p>"
    )


def _term(value: float) -> str:
    less = " less" if value < 0 else ""
    return f"<td>{signed(value)} <span class='bar{less}' style='width:{min(40.0, 12 * abs(value)):.0f}px'></span></td>"
