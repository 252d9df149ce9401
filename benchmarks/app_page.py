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
import statistics
import threading
import time
from typing import Any

from ccsim.app.pages import StaticPages
from ccsim.app.server import PagesServer

LOADED = ("/", "/app.js", "/app.css", "/worker.js", "/engine.wasm", "/model.json")
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
    if phone:
        client.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(LINE)
    print(f"first figure: {1000 * (time.perf_counter() - began):.0f} ms")
    page.locator(".bandkey").wait_for()
    began = time.perf_counter()
    _move(page, 15_500)
    page.get_by_text("(30 runs)").wait_for()
    print(f"band of 30 companies: {time.perf_counter() - began:.1f} s")
    took = sorted(_move(page, 200 * (i % 75) + 100) for i in range(moves))
    print(f"redraw: median {statistics.median(took):.0f} ms, 95 % within {took[int(0.95 * len(took))]:.0f} ms")

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
        measure(browser, f"http://127.0.0.1:{served.server_address[1]}/", given.slowed, given.moves, given.weeks)
        browser.close()
    served.shutdown()


if __name__ == "__main__":
    main()
