"""How soon the application's page Explore answers, in Debian's Chromium, and what it weighs.

    python -m benchmarks.app_page                    # all
    python -m benchmarks.app_page --slowed 4         # a phone: the processor slowed four times
    python -m benchmarks.app_page --weeks 10000      # memory over this many weeks

Prints: bytes that a visit loads (gzip), milliseconds to the first figure, to a redraw while a slider moves (median and 95 %),
to a band of 30 companies, and the page's memory, garbage collected. The machine's load is printed, too: the page shares the
processors with whatever else runs. WebAssembly against native is in `benchmarks.webassembly`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ccsim.app.pages import StaticPages
from ccsim.app.server import PagesServer

LOADED = ("/", "/app.js", "/app.css", "/worker.js", "/engine.wasm", "/model.json")
#: Seconds between two stops of a slowed page.
PERIOD = 0.012
LINE = "() => document.querySelector('.big svg .line.run')?.getAttribute('d')"


def _move(page: Any, value: int) -> float:
    """Move the budget and return the milliseconds until the line is another one."""
    return float(
        page.evaluate(
            """async value => {
                const slider = [...document.querySelectorAll('.lever input[type=range]')][0];
                const line = () => document.querySelector('.big svg .line.run').getAttribute('d');
                const before = line(), began = performance.now();
                slider.value = value;
                slider.dispatchEvent(new Event('input', { bubbles: true }));
                while (line() === before) {
                    if (performance.now() - began > 10000) return NaN;
                    await new Promise(requestAnimationFrame);
                }
                return performance.now() - began;
            }""",
            value,
        )
    )


@contextmanager
def slowed_down(times: float) -> Iterator[None]:
    """Let the browser's pages run for one part of the time only, workers and all: the tools of the browser slow the page alone.

    Args:
        times: how many times slower; 1 leaves them as they are.

    Yields:
        Nothing.
    """
    over = threading.Event()

    def hold() -> None:
        renderers: list[int] = []
        looked, ran = 0.0, PERIOD / times
        while not over.is_set():
            if time.monotonic() - looked > 0.2:
                renderers, looked = _renderers(), time.monotonic()
            _send(renderers, signal.SIGSTOP)
            # A machine that has other work to do lets them run for longer than was wanted; they rest for that, too.
            time.sleep(ran * (times - 1))
            _send(renderers, signal.SIGCONT)
            began = time.monotonic()
            time.sleep(PERIOD / times)
            ran = time.monotonic() - began

    holder = threading.Thread(target=hold, daemon=True)
    if times > 1:
        holder.start()
    try:
        yield
    finally:
        over.set()
        if times > 1:
            holder.join()


def _renderers() -> list[int]:
    """Return the processes that run pages, of browsers that this process has started."""
    above, pages = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            above[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if b"--type=renderer" in (folder / "cmdline").read_bytes():
                pages.append(int(folder.name))
    return [page for page in pages if os.getpid() in _line(page, above)]


def _used() -> float:
    """Return the seconds of processor time that the pages have used."""
    ticks = 0
    for page in _renderers():
        with suppress(OSError):
            row = Path(f"/proc/{page}/stat").read_text().rpartition(")")[2].split()
            ticks += int(row[11]) + int(row[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _line(process: int, above: dict[int, int]) -> list[int]:
    """Return the parents of a process, the nearest first."""
    parents = []
    while (process := above.get(process, 0)) > 1:
        parents.append(process)
    return parents


def _send(processes: list[int], what: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, what)


def measure(browser: Any, address: str, slowed: float, moves: int, weeks: int) -> None:
    """Print the figures of one visit.

    Args:
        browser: a browser of Playwright.
        address: where the pages are.
        slowed: how many times slower the page's processor is made.
        moves: how often the slider is moved.
        weeks: how many weeks are lived for the figure of memory.
    """
    phone = slowed > 1
    context = browser.new_context(viewport={"width": 390 if phone else 1280, "height": 844 if phone else 720})
    page = context.new_page()
    page.set_default_timeout(120_000)
    client = context.new_cdp_session(page)
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(LINE)
    print(f"first figure: {1000 * (time.perf_counter() - began):.0f} ms")
    page.locator(".bandkey").wait_for()
    began = time.perf_counter()
    _move(page, 15_500)
    page.get_by_text("(30 runs)").wait_for()
    print(f"band of 30 companies: {time.perf_counter() - began:.1f} s")
    used = _used()
    took = sorted(_move(page, 200 * (i % 75) + 100) for i in range(moves))
    used = (_used() - used) / moves
    print(f"redraw: median {statistics.median(took):.0f} ms, 95 % within {took[int(0.95 * len(took))]:.0f} ms", end="")
    print(
        f"; {1000 * used:.0f} ms of processor time, workers and all"
        + (f", {slowed:g} times that when slowed" if phone else "")
    )

    def held() -> float:
        client.send("HeapProfiler.collectGarbage")
        return float(client.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    before = held()
    for i in range(weeks // 156):
        _move(page, 200 * (i % 75) + 100)
    print(f"memory of the page: {before:.1f} MB, after {weeks} weeks more {held():.1f} MB")
    context.close()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--slowed", type=float, default=1.0)
    asked.add_argument("--moves", type=int, default=60)
    asked.add_argument("--weeks", type=int, default=10_000)
    given = asked.parse_args()
    from playwright.sync_api import sync_playwright

    pages = StaticPages(["127.0.0.1"])
    print("a visit loads " + ", ".join(f"{name} {len(pages.packed[name]) / 1000:.1f} kB" for name in LOADED), end="")
    print(f"; together {sum(len(pages.packed[name]) for name in LOADED) / 1000:.0f} kB")
    served = PagesServer("127.0.0.1", 0, pages)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    program = os.environ.get("CCSIM_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as found:
        browser = found.chromium.launch(executable_path=program, args=["--disable-gpu"])
        with slowed_down(given.slowed):
            measure(browser, f"http://127.0.0.1:{served.server_address[1]}/", given.slowed, given.moves, given.weeks)
        browser.close()
    served.shutdown()


if __name__ == "__main__":
    main()
