"""What the page Explore costs and how soon it answers, in a real browser on `ccsim app`, at the default size.

    python -m benchmarks.pages                      # all three
    python -m benchmarks.pages --only speed answers

Starts a server on the loopback address and Debian's Chromium (or what $CCSIM_CHROMIUM names) without a window, and
prints, while the run is playing:

- speed: frames in which the organisation was drawn anew, and weeks lived, a second;
- answers: from a press of Pause or Play, a move of a slider, and a click on a person, until the answer has been drawn;
- memory: of the server and of the page, garbage collected, over many weeks with a start again at each horizon.

The browser and the server share the processors with whatever else the machine does; its load is printed, too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.class_load import memory, processor, start_server

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
#: The lever that is moved, and the answers that are waited for, as conditions on the page.
LEVER = "programme.budget"
SHOWN = {
    "pause": "[...document.querySelectorAll('.ex-bar button.main')].some(one => one.innerText === 'Play')",
    "play": "[...document.querySelectorAll('.ex-bar button.main')].some(one => one.innerText === 'Pause')",
    "slider, its number": "document.getElementById('programme.budget').value === String(window.wanted)",
    "slider, its decision in the log": "document.querySelector('table.log').innerText.includes("
    "window.wanted.toLocaleString('en-US') + ' EUR')",
    "person, the ring": "document.querySelector('.a-people figure').__vue__.shown === window.wanted",
    "person, who it is": "document.querySelector('.a-more').innerText.includes('Number ' + window.wanted)",
}
#: Counts frames in which the organisation was drawn, and notes when an event came and its answer had been drawn.
WATCH = """() => {
  window.frames_drawn = 0
  const people = document.querySelector('.a-people canvas'), clear = CanvasRenderingContext2D.prototype.clearRect
  let drawn = false
  CanvasRenderingContext2D.prototype.clearRect = function () { if (this.canvas === people) drawn = true; clear.apply(this, arguments) }
  const look = () => { if (drawn) window.frames_drawn++; drawn = false; requestAnimationFrame(look) }
  requestAnimationFrame(look)
  window.answer = condition => {
    const shown = new Function('return ' + condition)
    window.took = null
    let began = null
    const note = event => { if (began === null) began = event.timeStamp }
    for (const kind of ['mousedown', 'keydown']) window.addEventListener(kind, note, { capture: true, once: true })
    const wait = () => { if (began !== null && shown()) window.took = performance.now() - began; else requestAnimationFrame(wait) }
    requestAnimationFrame(wait)
  }
}"""


class Visit:
    """A browser at the page of a server, with what is to be known of both."""

    def __init__(self, page: Any, server: subprocess.Popen, port: int) -> None:
        self.page, self.server, self.port = page, server, port
        self.session = page.context.new_cdp_session(page)

    def open(self, weeks: int, speed: str) -> None:
        """Open the page with the combined programme at the default size, and play."""
        self.page.goto(f"http://127.0.0.1:{self.port}/?scenario=combined&weeks={weeks}")
        self.page.locator(".ex-tile").first.wait_for(timeout=180_000)
        self.page.evaluate(WATCH)
        self.page.get_by_label("Speed").select_option(speed)
        self.press("Play")
        self.page.wait_for_function("document.querySelector('.stepno').innerText.startsWith('Week')")

    def press(self, name: str) -> None:
        """Press a button of the bar."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def week(self) -> int:
        """Return the weeks lived, as the page says."""
        words = self.page.locator(".stepno").inner_text().split()
        return int(words[1]) if words[0] == "Week" else 0

    def memory(self) -> tuple[float, float, int]:
        """Return MB of the server, MB of the page's objects in use, and the nodes of its document."""
        self.session.send("HeapProfiler.collectGarbage")
        heap = self.session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
        return memory(self.server), heap, self.session.send("Memory.getDOMCounters")["nodes"]


@contextlib.contextmanager
def visiting() -> Iterator[Visit]:
    """Start a server and a browser, and end both afterwards."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CCSIM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        raise SystemExit("no Chromium: install Debian's, or name one in $CCSIM_CHROMIUM")
    server, port = start_server()
    try:
        with sync_playwright() as found:
            browser = found.chromium.launch(executable_path=program, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(60_000)
            yield Visit(page, server, port)
            browser.close()
    finally:
        server.kill()
        server.wait()


def used_by_browser() -> float:
    """Return the seconds of a processor that the programs below this one have used, without the server's."""
    rows = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = path.read_text().rpartition(")")
            fields = rest.split()
            rows[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]), "chrom" in name)
    below, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, row in rows.items() if row[0] in below} - below
        below, grown = below | more, bool(more)
    return sum(rows[pid][1] for pid in below if pid in rows and rows[pid][2]) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def shares(visit: Visit) -> Iterator[None]:
    """Print which share of one processor the server and the browser took meanwhile."""
    began, server, browser = time.perf_counter(), processor(visit.server), used_by_browser()
    yield
    took = time.perf_counter() - began
    print(
        f"  shares of one processor: server {(processor(visit.server) - server) / took:.2f}, "
        f"browser {(used_by_browser() - browser) / took:.2f}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    )


def speed(visit: Visit, seconds: float) -> None:
    """Print frames drawn and weeks lived a second, at each quick speed and, where most frames are, over long lines, too."""
    for name, weeks in (("fast", 156), ("fast", 520), ("5 weeks a frame", 520), ("a quarter a frame", 520)):
        visit.open(weeks, name)
        with shares(visit):
            begun, frames, week = time.perf_counter(), visit.page.evaluate("frames_drawn"), visit.week()
            while time.perf_counter() - begun < seconds and visit.week() < weeks:
                visit.page.wait_for_timeout(250)
            took = time.perf_counter() - begun
            drawn, lived = visit.page.evaluate("frames_drawn") - frames, visit.week() - week
            print(f"speed {name!r}, {weeks} weeks: {drawn / took:.1f} frames/s, {lived / took:.1f} weeks/s")


def answers(visit: Visit, times: int) -> None:
    """Print how long the controls take to answer while the run is playing."""
    visit.open(520, "fast")
    found: dict[str, list[float]] = {name: [] for name in SHOWN}
    places = _places(visit)
    with shares(visit):
        for number in range(times):
            if visit.week() > 470:
                visit.open(520, "fast")
            for name in ("pause", "play"):
                found[name].append(_timed(visit, name, 0, lambda name=name: visit.press(name.title())))
            for name in ("slider, its number", "slider, its decision in the log"):
                found[name].append(_timed(visit, name, *_slide(visit, number)))
            for step, name in enumerate(("person, the ring", "person, who it is")):
                row, at = places[(2 * number + step) % len(places)]
                found[name].append(_timed(visit, name, row, lambda at=at: visit.page.mouse.click(*at)))
    for name, row in found.items():
        row.sort()
        print(
            f"{name}: median {statistics.median(row):.0f} ms, 95 % {row[int(0.95 * len(row))]:.0f} ms, worst {row[-1]:.0f} ms"
        )
    print(f"  each {times} times")


def _timed(visit: Visit, name: str, wanted: int, deed: Callable[[], None]) -> float:
    """Return the milliseconds from an event to the frame in which its answer is drawn."""
    visit.page.wait_for_timeout(150)
    visit.page.evaluate("([condition, wanted]) => { window.wanted = wanted; answer(condition) }", [SHOWN[name], wanted])
    deed()
    visit.page.wait_for_function("window.took !== null")
    return float(visit.page.evaluate("window.took"))


def _slide(visit: Visit, number: int) -> tuple[int, Callable[[], None]]:
    """Return the value that a slider will have, and the press of a key that brings it."""
    slider = visit.page.locator(f".ex-lever[data-key='{LEVER}'] input[type=range]")
    slider.scroll_into_view_if_needed()
    slider.focus()
    now, step = int(slider.input_value()), int(slider.get_attribute("step") or 1)
    key, way = ("ArrowRight", 1) if now < 10 * step else ("ArrowLeft", -1)
    return now + way * step, lambda: visit.page.keyboard.press(key)


def _places(visit: Visit) -> list[tuple[int, tuple[float, float]]]:
    """Return people and where on the page they are drawn."""
    places = visit.page.evaluate("document.querySelector('.a-people figure').__vue__.places")
    box = visit.page.locator(".a-people canvas").first.bounding_box()
    found = [(row, (box["x"] + place["x"], box["y"] + place["y"])) for row, place in enumerate(places) if place]
    return [one for one in found if 120 < one[1][1] < 700][::7]


def steadiness(visit: Visit, weeks: int, name: str) -> None:
    """Print the memory of the server and of the page as weeks go by, with a start again at each horizon."""
    visit.open(156, name)
    lived, due, before = 0, 0, time.perf_counter()
    with shares(visit):
        while True:
            now = lived + visit.week()
            if now >= due:
                rss, heap, nodes = visit.memory()
                print(
                    f"after {now} weeks, {time.perf_counter() - before:.0f} s: server {rss:.0f} MB, page {heap:.1f} MB, {nodes} nodes"
                )
                due += weeks // 4
            if now >= weeks:
                return
            if visit.page.get_by_text("The run is over").count():
                lived += visit.week()
                visit.press("Start again")
                visit.page.get_by_text("Before week 1").wait_for()
                visit.press("Play")
            visit.page.wait_for_timeout(200)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", choices=("speed", "answers", "memory"), default=("speed", "answers", "memory")
    )
    parser.add_argument("--seconds", type=float, default=10, help="of playing at each speed")
    parser.add_argument("--times", type=int, default=40, help="that each control is used")
    parser.add_argument("--weeks", type=int, default=10_000, help="over which memory is watched")
    parser.add_argument(
        "--pace", default="a quarter a frame", help="speed at which memory is watched, as the page calls it"
    )
    chosen = parser.parse_args()
    with visiting() as visit:
        if "speed" in chosen.only:
            speed(visit, chosen.seconds)
        if "answers" in chosen.only:
            answers(visit, chosen.times)
        if "memory" in chosen.only:
            steadiness(visit, chosen.weeks, chosen.pace)


if __name__ == "__main__":
    main()
