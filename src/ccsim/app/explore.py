"""Explore: move levers, watch the organisation, pin a run and see on the same draws what another one does."""

from __future__ import annotations

import threading
import time
from html import escape
from typing import Any

import numpy as np
import solara
import solara.lab

from ccsim.app import portrait, sketch
from ccsim.app.laboratory import COLOURS, HORIZON, LINES, TILES, Course, Laboratory, link_of, settings_of
from ccsim.errors import InputError
from ccsim.kpis import KPIS, lately
from ccsim.parameters import Parameter
from ccsim.scenario import load, shipped
from ccsim.settings import declared

NOW, PINNED = ("#d55e00", ""), ("#0072b2", "7 4")
SPEEDS = {"slow": 2.0, "normal": 5.0, "fast": 10.0}

CSS = """
.ex { width: 100%; box-sizing: border-box; max-width: 1500px; margin: 0 auto; padding: 8px 16px 24px; color: #222; font-size: 15px; line-height: 1.4; }
.ex-top { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; position: sticky; top: 0; background: #fafafa; z-index: 4; padding: 6px 0; border-bottom: 1px solid #d5d5d5; }
.ex-top .v-btn { text-transform: none; letter-spacing: 0; font-size: 15px; } .ex-when { font-size: 20px; font-weight: 700; min-width: 190px; font-variant-numeric: tabular-nums; }
.ex-main { display: grid; grid-template-columns: minmax(250px, 3fr) minmax(0, 8fr); gap: 20px; align-items: start; margin-top: 10px; }
.ex-levers { max-height: calc(100vh - 150px); overflow-y: auto; border: 1px solid #d5d5d5; border-radius: 6px; padding: 4px 12px 10px; background: #fff; }
.ex-levers h3 { font-size: 14px; margin: 12px 0 2px; } .ex-lever { border-bottom: 1px solid #eee; padding: 4px 0 2px; }
.ex-lever .ex-name { display: flex; justify-content: space-between; gap: 8px; font-size: 14px; font-weight: 500; } .ex-lever.on .ex-name { color: #a33f00; }
.ex-lever .ex-help { font-size: 12.5px; color: #4f4f4f; line-height: 17px; } .ex-lever .v-input { margin: 0 !important; padding: 0 !important; } .ex-lever .v-messages { display: none; }
.ex-tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 8px; }
.ex-charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 12px; margin-top: 12px; }
.ex-two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; margin-top: 12px; } .ex-people { width: 100%; height: auto; display: block; }
.ex-bad { color: #b00020; font-weight: 500; margin: 6px 0; } .ex-said { color: #4f4f4f; margin: 4px 0; } .ex table { border-collapse: collapse; font-size: 14px; } .ex td { padding: 2px 10px 2px 0; vertical-align: top; }
.ex :focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; } .ex-row { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: center; } .ex-row .v-input { max-width: 300px; }
.gm-tile { border: 1px solid #d5d5d5; border-radius: 6px; padding: 6px 9px 4px; background: #fff; min-height: 104px; } .gm-tile .gm-name { font-size: 12.5px; color: #4f4f4f; }
.gm-tile .gm-value { font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; } .gm-tile .gm-small { font-size: 12.5px; color: #4f4f4f; } .gm-spark { width: 100%; height: 26px; display: block; } .gm-chart { width: 100%; height: auto; display: block; }
@media (max-width: 1000px) { .ex-main, .ex-two { grid-template-columns: 1fr; } .ex-levers { max-height: 420px; } .ex-top { position: static; } }
"""


@solara.component
def ExplorePage() -> None:
    """The page."""
    router = solara.use_router()
    wanted = solara.use_memo(lambda: settings_of(router.search or ""), [])
    scenario = solara.use_reactive(wanted[0])
    levers = solara.use_reactive(wanted[1])
    seed = solara.use_reactive(wanted[2])
    problem = solara.use_reactive("; ".join(wanted[3]))
    # Made here and not in the module: what a visitor moves is nobody else's.
    bench: solara.Reactive[Laboratory] = solara.use_reactive(
        solara.use_memo(lambda: Laboratory(wanted[0], dict(wanted[1]), wanted[2]), [])
    )
    shown: solara.Reactive[tuple[Course, int]] = solara.use_reactive((bench.peek().course(), 0))
    pinned: solara.Reactive[Course | None] = solara.use_reactive(None)
    playing, speed, colours = (
        solara.use_reactive(False),
        solara.use_reactive("normal"),
        solara.use_reactive("conviction"),
    )
    drawn = solara.use_memo(threading.Event, [])
    solara.use_effect(drawn.set, [shown.value[1]])

    def show() -> None:
        shown.set((bench.peek().course(), shown.peek()[1] + 1))

    def start_again() -> None:
        playing.set(False)
        try:
            bench.set(Laboratory(scenario.value, dict(levers.value), seed.value))
            problem.set("")
        except InputError as error:
            problem.set(str(error))
        show()

    def step(weeks: int) -> None:
        bench.peek().step(weeks)
        show()

    def play() -> None:
        # A frame is drawn before the next week is lived, and nothing runs beyond the horizon.
        while playing.value and bench.peek().course().weeks < HORIZON:
            begun = time.perf_counter()
            drawn.clear()
            step(1)
            drawn.wait(2.0)
            time.sleep(max(0.02, 1.0 / SPEEDS[speed.value] - (time.perf_counter() - begun)))
        playing.set(False)

    solara.lab.use_task(play, dependencies=[playing.value], prefer_threaded=True)

    def choose(name: str) -> None:
        scenario.set(name)
        start_again()

    def put(key: str, value: Any) -> None:
        kept = {name: one for name, one in levers.value.items() if name != key}
        base = load(scenario.value)
        if value != {**base.levers, **base.assumptions}.get(key, declared()[key].shown):
            kept[key] = value
        levers.set(kept)
        try:
            bench.peek().move({key: value})
            bench.peek().levers = dict(kept)
            problem.set("")
        except InputError as error:
            problem.set(str(error))

    course = shown.value[0]
    solara.Style(CSS)
    solara.Title("ccsim: explore")
    with solara.Div(classes=["ex"]):
        with solara.Div(classes=["ex-top"]):
            solara.Text(_when(course.weeks), classes=["ex-when"])
            solara.Button("Pause" if playing.value else "Play", on_click=lambda: playing.set(not playing.value),
                          disabled=course.weeks >= HORIZON, color="primary")  # fmt: skip
            solara.Button("One week", on_click=lambda: step(1), disabled=playing.value or course.weeks >= HORIZON)
            solara.Button("One quarter", on_click=lambda: step(13), disabled=playing.value or course.weeks >= HORIZON)
            solara.Button(
                "To the end", on_click=lambda: step(HORIZON), disabled=playing.value or course.weeks >= HORIZON
            )
            solara.Button("Start again", on_click=start_again)
            solara.Button("Unpin" if pinned.value else "Pin this run", disabled=not pinned.value and course.weeks == 0,
                          on_click=lambda: pinned.set(None if pinned.value else course))  # fmt: skip
            solara.v.Select(label="Speed", items=list(SPEEDS), v_model=speed.value, on_v_model=speed.set, dense=True,
                            hide_details=True, style_="max-width: 110px")  # fmt: skip
        if problem.value:
            solara.Text(problem.value, classes=["ex-bad"])
        with solara.Div(classes=["ex-main"]):
            Levers(scenario.value, levers.value, choose, put)
            with solara.Div():
                Tiles(course, pinned.value, shown.value[1])
                Lines(course, pinned.value, shown.value[1])
                with solara.Div(classes=["ex-two"]):
                    with solara.Div():
                        solara.v.Select(
                            label="People coloured by", v_model=colours.value, on_v_model=colours.set, dense=True,
                            items=[{"text": words, "value": name} for name, (words, _, _) in COLOURS.items()],
                            hide_details=True, style_="max-width: 320px",
                        )  # fmt: skip
                        People(bench.value, colours.value, shown.value[1])
                    with solara.Div():
                        solara.HTML(tag="div", unsafe_innerHTML=portrait.crowd(bench.value.people()))
                        Person(bench.value, shown.value[1])
                Changes(scenario.value, levers.value, seed.value, course, pinned.value)


def _when(weeks: int) -> str:
    return "Before week 0" if weeks == 0 else f"Week {weeks - 1} · quarter {(weeks - 1) // 13 + 1}"


@solara.component
def Levers(scenario: str, levers: dict[str, Any], choose: Any, put: Any) -> None:
    """Scenarios to begin with, and every lever under its group."""
    searched, everything = solara.use_reactive(""), solara.use_reactive(False)
    with solara.Div(classes=["ex-levers"]):
        solara.v.Select(label="Scenario", v_model=scenario, on_v_model=choose, dense=True, hide_details=True,
                        items=[{"text": load(name).title, "value": name} for name in sorted(shipped("scenarios"))])  # fmt: skip
        solara.HTML(tag="p", classes=["ex-said"], unsafe_innerHTML=escape(load(scenario).about))
        solara.InputText("Find a lever", value=searched, continuous_update=True)
        solara.Checkbox(label="Show all levers", value=everything)
        base = load(scenario)
        known = {**base.before, **base.levers}
        text = searched.value.strip().casefold()
        group = ""
        for row in declared().values():
            if row.role != "lever" or row.impulse or not _wanted(row, text, everything.value, levers, known):
                continue
            if row.group != group:
                group = row.group
                solara.HTML(tag="h3", unsafe_innerHTML=escape(group.replace("_", " ").capitalize()))
            value = levers.get(row.key, known.get(row.key, row.shown))
            Lever(row.key, value, row.key in levers, put).key(row.key)


def _wanted(row: Parameter, text: str, everything: bool, levers: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether a lever is shown: those searched for, all, or those that are set and the most used ones."""
    if text:
        return text in f"{row.key} {row.meaning}".casefold()
    return everything or row.key in levers or row.key in known or row.key in USUAL


USUAL = (
    "programme.budget", "programme.from_top", "champions.count", "staff_scorecard.handling_time", "staff_scorecard.csat",
    "staff_scorecard.journey", "scorecards.strength", "empowerment.rights", "empowerment.strictness",
    "empowerment.blame", "leadership.executive_disposition", "recognition.level", "sensing.acted", "self_service.share",
    "technology.spending", "structure.step", "promise.level", "staffing.cut",
)  # fmt: skip


@solara.component
def Lever(key: str, value: Any, changed: bool, put: Any) -> None:
    """One lever: name, value with unit, a control, and what it means."""
    row = declared()[key]
    unit = row.unit if row.unit not in ("", "on/off", "share", "probability") else ""
    said = value if isinstance(value, str | bool) else f"{value:,.4g} {unit}".strip()
    with solara.Div(classes=["ex-lever", *(["on"] if changed else [])]):
        name = row.name.replace("_", " ")
        solara.HTML(tag="div", classes=["ex-name"],
                    unsafe_innerHTML=f"<span>{escape(name)}</span><span>{escape(str(said))}</span>")  # fmt: skip
        if row.choices:
            solara.v.Select(items=list(row.choices), v_model=value, on_v_model=lambda new: put(key, new), dense=True,
                            hide_details=True)  # fmt: skip
        elif row.kind is bool:
            solara.v.Switch(
                v_model=bool(value), on_v_model=lambda new: put(key, bool(new)), dense=True, hide_details=True
            )
        else:
            low, high = row.range
            step = 1.0 if row.kind is int else 10.0 ** np.floor(np.log10((high - low) / 40))

            def slide(new: Any) -> None:
                # What a browser sends is text from outside, whatever its slider allows.
                if isinstance(new, int | float) and not isinstance(new, bool) and new == new:
                    kept = min(high, max(low, float(new)))
                    put(key, round(kept) if row.kind is int else round(kept, 6))

            solara.v.Slider(v_model=float(value), min=low, max=high, step=float(step), on_v_model=slide, dense=True,
                            hide_details=True, attributes={"aria-label": f"{row.group} {name}"})  # fmt: skip
        solara.HTML(tag="div", classes=["ex-help"], unsafe_innerHTML=escape(f"{row.meaning} ({key})"))


@solara.component
def Tiles(course: Course, pinned: Course | None, turn: int) -> None:
    """The main KPIs now, with their course and what the pinned run had in the same week."""
    tiles = []
    for name in TILES:
        kpi = KPIS[name]
        values = course.kpis[name]
        smooth = values if kpi.total == "last" or not len(values) else lately(np.nan_to_num(values))
        value = float(smooth[-1]) if len(smooth) else float("nan")
        beside = ""
        if pinned is not None and 0 < len(values) <= pinned.weeks:
            other = pinned.kpis[name]
            theirs = other if kpi.total == "last" else lately(np.nan_to_num(other))
            gap = value - float(theirs[len(values) - 1])
            beside = f"{'+' if gap >= 0 else '−'}{sketch.short(abs(gap))} against the pinned run"
        tiles.append(
            f'<div class="gm-tile" title="{escape(kpi.meaning)}"><div class="gm-name">{escape(kpi.title)}</div>'
            f'<div class="gm-value">{sketch.short(value)}</div><div class="gm-small">{escape(kpi.unit)}</div>'
            f'<div class="gm-small">{beside}</div>'
            f"{sketch.spark(list(smooth), kpi.title + ' by week') if len(smooth) > 1 else ''}</div>"
        )
    solara.HTML(tag="div", classes=["ex-tiles"], unsafe_innerHTML="".join(tiles))


@solara.component
def Lines(course: Course, pinned: Course | None, turn: int) -> None:
    """The course of KPIs, means of a quarter, with moves marked and the pinned run beside."""
    charts = []
    for name in LINES:
        kpi = KPIS[name]
        series = []
        for run, style, said in ((pinned, PINNED, "pinned"), (course, NOW, "this run")):
            if run is not None and run.weeks:
                values = run.kpis[name] if kpi.total == "last" else lately(np.nan_to_num(run.kpis[name]))
                series.append(sketch.Series(said, style, [float(value) for value in values]))
        marks = [(week, label) for week, label in course.events]
        charts.append(sketch.chart(f"{kpi.title} ({kpi.unit})", series, marks, weeks=HORIZON + 1))
    solara.HTML(tag="div", classes=["ex-charts"], unsafe_innerHTML="".join(f"<div>{one}</div>" for one in charts))


@solara.component
def People(bench: Laboratory, by: str, turn: int) -> None:
    """The organisation."""
    solara.HTML(tag="div", unsafe_innerHTML=portrait.organisation(bench.people(), by))


@solara.component
def Person(bench: Laboratory, turn: int) -> None:
    """Who somebody is, and what would weigh in the next case."""
    row, complexity = solara.use_reactive(0), solara.use_reactive(0.5)
    count = len(bench.people().department)
    with solara.Div(classes=["ex-row"]):
        solara.InputInt("Member of staff, by number", value=row, continuous_update=False)
        solara.SliderFloat("Complexity of the next case", value=complexity, min=0.0, max=1.0, step=0.1)
    chosen = min(max(0, int(row.value or 0)), count - 1)
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(said)}</td></tr>"
        for name, said in bench.person(chosen, complexity.value)
    )
    solara.HTML(tag="table", unsafe_innerHTML=rows)


@solara.component
def Changes(scenario: str, levers: dict[str, Any], seed: int, course: Course, pinned: Course | None) -> None:
    """What differs, and the same on the command line, as a link, and as a file."""

    def words(changed: dict[str, Any]) -> str:
        return "; ".join(f"{key} = {value}" for key, value in changed.items()) or "nothing"

    told = [f"This run: {load(scenario).title}; changed: {words(levers)}; seed {seed}."]
    if pinned is not None:
        told.append(f"Pinned: {pinned.title}; changed: {words(pinned.changed)}.")
    sets = " ".join(f"--set {key}={value}" for key, value in levers.items())
    solara.HTML(tag="h3", unsafe_innerHTML="What changed")
    for line in told:
        solara.Text(line, classes=["ex-said"])
    solara.Text(f"On the command line, set from week 0: ccsim run {scenario} --seed {seed} {sets}", classes=["ex-said"])
    solara.Text(f"As a link: /?{link_of(scenario, levers, seed)}", classes=["ex-said"])
    with solara.Div(classes=["ex-row"]):
        solara.FileDownload(lambda: load(scenario).changed(levers).to_toml(), filename="my-scenario.toml",
                            label="Download the scenario")  # fmt: skip
        solara.FileDownload(lambda: _csv(course), filename="run.csv", label="Download the weeks (CSV)")


def _csv(course: Course) -> str:
    import pandas as pd

    frame = pd.DataFrame(dict(course.kpis))
    frame.insert(0, "week", range(len(frame)))
    return frame.to_csv(index=False)
