"""Take a run away: as weeks (CSV), as a picture (PNG), as a page (HTML), as a scenario file, as a link; and bring it back."""

from __future__ import annotations

import io
import re
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import solara

from ccsim.errors import CcsimError, InputError, shown
from ccsim.reports.formatting import drawn, figure, times, title_of
from ccsim.scenarios.scenario import Scenario, data_dirs
from ccsim.ui import pictures, sketch
from ccsim.ui.file_field import FileField
from ccsim.ui.fold import Details
from ccsim.ui.panels import setting
from ccsim.ui.sitting import Session, StoredRun

#: Bytes that a scenario file may have.
LARGEST = 100_000


def weeks_csv(run: StoredRun) -> str:
    """Return a run's KPIs by week, headed by what it was."""
    import pandas as pd

    course = run.course
    head = [f"scenario: {course.scenario}", f"seed: {course.seed}", f"weeks: {course.weeks} of {course.horizon}"]
    head += [f"changed: {key} = {value}" for key, value in course.changed.items()]
    head += [
        f"decision in week {one.week}: {key} = {value}" for one in course.decisions for key, value in one.set.items()
    ]
    frame = pd.DataFrame(dict(course.kpis))
    frame.insert(0, "week", range(len(frame)))
    return "".join(f"# {line}\n" for line in head) + frame.to_csv(index=False)


def scenario_toml(run: StoredRun) -> str:
    """Return the scenario file that does a run again; its first lines say on which seed and how long."""
    course = run.course
    name = "my-run"
    return (
        f"# seed = {course.seed}\n# weeks = {course.horizon}\n"
        f"# ccsim run {name}.toml --seed {course.seed} --weeks {course.horizon}\n{run.scenario.to_toml()}"
    )


def from_toml(content: bytes) -> tuple[Scenario, int | None, int | None]:
    """Return scenario, seed and weeks of a file that a user opens.

    Raises:
        InputError: the file cannot be used; the message says why.
    """
    from ccsim.scenarios.io import read_scenario

    if len(content) > LARGEST:
        raise InputError(f"the file is too large for a scenario; at most {LARGEST} bytes are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the file is no text, so no scenario file") from None
    _refuse_references(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "your-scenario.toml"
        path.write_text(text, encoding="utf-8")
        try:
            scenario = read_scenario(path)
        except CcsimError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from None
    numbers = [re.search(rf"^# {name} = (\d{{1,18}})\s*$", text, re.MULTILINE) for name in ("seed", "weeks")]
    seed, weeks = (int(one[1]) if one else None for one in numbers)
    return replace(scenario, files=("uploaded",)), seed, weeks


def _refuse_references(text: str) -> None:
    """Refuse a file that names another file of this machine, however it is spelled.

    Raises:
        InputError: it extends something else than a scenario that comes with ccsim, or names a folder.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return  # what is no TOML is refused with its line when it is read
    library = {path.stem for folder in data_dirs("scenarios") for path in folder.glob("*.toml")}
    parent = data.get("extends")
    if parent is not None and (not isinstance(parent, str) or parent not in library):
        raise InputError(
            f"extends: {shown(parent, 40)} is not accepted; a file brought to this page may extend a scenario that "
            "comes with ccsim, by its name only, not by a path"
        )
    sizes = data.get("organisation")
    if isinstance(sizes, dict) and "from" in sizes:
        raise InputError("organisation.from: a file brought to this page cannot name a folder of this server")


def picture_png(run: StoredRun, baseline: Any) -> bytes:
    """Return the charts of a run and of doing nothing as a picture for a slide, in the figures' style."""
    from ccsim.reports.figures.comparison import BASELINE, COLOURS, slide

    course = run.course
    with slide(len(pictures.LINES)) as (drawing, panels):
        for axes, name in zip(panels, pictures.LINES, strict=True):
            theirs = times(name) * baseline.drawn(name)[: course.weeks]
            axes.plot(theirs, color=BASELINE[0], linestyle=BASELINE[1], linewidth=2, label="doing nothing, same draws")
            axes.plot(times(name) * course.drawn(name), color=COLOURS[0], linewidth=2.2, label=course.title)
            axes.set_xlim(0, max(1, course.horizon - 1))
            for week, _ in course.events:
                axes.axvline(week, color="#8a8a8a", linewidth=0.8, linestyle=(0, (2, 3)))
            axes.set_title(title_of(name))
            axes.set_xlabel("week")
        drawing.suptitle(f"{course.title}, seed {course.seed}", x=0.02, ha="left", fontsize=16, fontweight="bold")
        handles, labels = panels[0].get_legend_handles_labels()
        drawing.legend(handles, labels, loc="upper right", frameon=False, ncols=2)
        drawing.tight_layout(rect=(0, 0, 1, 0.94))
        page = io.BytesIO()
        drawing.savefig(page, format="png", dpi=150, metadata={"Software": "ccsim"})
    return page.getvalue()


def report_html(run: StoredRun, baseline: Any, note: str) -> str:
    """Return a run as one page: what was decided, what came of it, and what its owner thinks of it."""
    course = run.course
    start = setting(run.scenario.levers) or "nothing"
    log = "".join(f"<tr><td>{one.week}</td><td>{escape(setting(one.set))}</td></tr>" for one in course.decisions)
    events = "".join(f"<li>week {week}: {escape(label)}</li>" for week, label in course.events) or "<li>none</li>"
    rows, charts = "", ""
    for name in (*pictures.TILES, "churn", "fatigue") if course.weeks else ():
        mine, theirs = float(course.drawn(name)[-1]), float(baseline.drawn(name)[course.weeks - 1])
        rows += (f"<tr><th>{title_of(name)}</th><td>{figure(name, mine)}</td>"
                 f"<td>{figure(name, theirs)}</td></tr>")  # fmt: skip
    for name in pictures.LINES:
        series = [sketch.Series("doing nothing", pictures.BASELINE, drawn(name, baseline.drawn(name)[: course.weeks])),
                  sketch.Series("this run", pictures.MINE, drawn(name, course.drawn(name)))]  # fmt: skip
        charts += f"<figure>{sketch.chart(title_of(name), series, list(course.events), weeks=course.horizon)}</figure>"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(course.title)}</title><style>
body {{ font: 15px/1.45 sans-serif; color: #222; max-width: 1080px; margin: 24px auto; padding: 0 16px; }} table {{ border-collapse: collapse; }}
td, th {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid #ddd; }} .charts {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 10px; }}
figure {{ margin: 0; }} svg {{ width: 100%; height: auto; }} pre {{ background: #f5f5f5; padding: 10px; overflow-x: auto; font-size: 12px; }} blockquote {{ border-left: 4px solid #0072b2; margin: 0; padding: 4px 12px; white-space: pre-wrap; }}
</style></head><body><h1>{escape(course.title)}</h1>
<p>Scenario {escape(course.scenario)}, seed {course.seed}, {course.weeks} of {course.horizon} weeks. Set from the start: {escape(start)}.</p>
<h2>Decisions</h2><table><tr><th>week</th><th>what was set</th></tr>{log or "<tr><td>–</td><td>none after the start</td></tr>"}</table>
<h2>Events</h2><ul>{events}</ul>
<h2>What came of it</h2><table><tr><th></th><th>this run</th><th>doing nothing</th></tr>{rows}</table><div class="charts">{charts}</div>
<h2>Reflections</h2><blockquote>{escape(note) or "none written"}</blockquote>
<h2>Do it again</h2><p>Save this as my-run.toml: <code>ccsim run my-run.toml --seed {course.seed} --weeks {course.horizon}</code></p><pre>{escape(run.scenario.to_toml())}</pre>
<p>One run is one draw of luck, and the model is no forecast: its assumptions are listed by <code>ccsim parameters --all</code>.</p></body></html>"""


@solara.component_vue("vue/notes.vue")
def Notes(note: str, link: str, event_write: Any = None) -> None:
    """Show the link that does the run again, and a field for reflections."""


@solara.component
def Exports(sitting: Session, turn: int, restart: Callable[..., None], problem: solara.Reactive[str]) -> None:
    """Every way to take the present run away, and to bring one back."""
    note = solara.use_reactive("")

    def bring(_name: str, content: bytes) -> None:
        try:
            scenario, seed, weeks = from_toml(content)
            restart(base=scenario, wanted={}, seed=sitting.seed if seed is None else seed, weeks=weeks or sitting.weeks)
        except CcsimError as error:
            problem.set(str(error))

    solara.HTML(tag="h2", unsafe_innerHTML="Take this run with you")
    with solara.Div(classes=["ex-row"]):
        for label, name, make in (
            ("Weeks (CSV)", "my-run.csv", lambda: weeks_csv(sitting.present())),
            ("Charts (PNG)", "my-run.png", lambda: picture_png(sitting.present(), sitting.baseline())),
            ("Report (HTML)", "my-run.html", lambda: report_html(sitting.present(), sitting.baseline(), note.value)),
            ("Scenario (TOML)", "my-run.toml", lambda: scenario_toml(sitting.present())),
        ):
            solara.FileDownload(make, filename=name, label=label)  # type: ignore[arg-type]
    Notes(note=note.value, link=sitting.link(), event_write=lambda text: note.set(str(text)[:4000]))
    with Details("Bring a scenario file"):
        FileField(bring, "Your scenario file", LARGEST, accept=".toml")
