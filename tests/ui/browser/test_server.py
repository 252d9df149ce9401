"""What costs the server and what it survives: speed and memory, a browser that goes away, a restart."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from driving import SIZES, SMALL, press, set_lever, step, tile, to_end, until, week_of


@pytest.mark.slow
def test_row_27_frames_are_quick_and_memory_is_steady(visit, serving):
    page = visit("scenario=combined&weeks=200")
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    until(page, 3)
    begun, first = page.evaluate("performance.now()"), week_of(page)
    until(page, first + 12)
    each = (page.evaluate("performance.now()") - begun) / (week_of(page) - first)
    press(page, "Pause")
    assert each < 250, f"{each:.0f} ms a week"
    other, heap, rss = visit(f"scenario=combined&weeks=13&{SMALL}"), [], []
    for _ in range(5):
        press(other, "Start again")
        other.get_by_text("Before week 1").wait_for()
        to_end(other)
        other.evaluate("window.gc && window.gc()")
        heap.append(other.evaluate("performance.memory.usedJSHeapSize"))
        rss.append(_status(serving[1].pid, "VmRSS"))
    assert rss[-1] < 1.2 * rss[1], rss
    assert heap[-1] < 1.5 * heap[1], heap


def test_a_closed_browser_leaves_nothing_running(visit, serving):
    page = visit(f"weeks=520&{SMALL}")
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    until(page, 3)
    assert _load(serving[1].pid) > 0.05, "the run costs the server something"
    page.context.close()
    for _ in range(30):
        if _load(serving[1].pid) < 0.03:
            return
    raise AssertionError("the server is still at work")


@pytest.mark.slow
def test_a_restarted_server_is_told_and_a_reload_brings_the_settings_back(browser, start_server, shot):
    address, process, _ = start_server()
    page = browser.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{address}/?seed=4&weeks=30&{SMALL}")
    page.locator(".ex-tile").first.wait_for()
    step(page, 2)
    set_lever(page, "programme.budget", "9000")
    page.locator("table.log").get_by_text("9,000 EUR/week").wait_for()
    process.kill()
    process.wait(10)
    start_server(port=int(address.rsplit(":", 1)[1]))
    page.get_by_text("Could not restore session").wait_for()
    shot(page, "restarted")
    page.get_by_text("Refresh now").click()
    page.get_by_text("Before week 1 of 30").wait_for()
    step(page, 3)
    page.locator("table.log").get_by_text("9,000 EUR/week").wait_for()
    assert page.get_by_label("Seed").input_value() == "4"
    page.close()


def _status(pid: int, name: str) -> int:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines[name].split()[0])


def _load(pid: int, seconds: float = 1.0) -> float:
    """Return the share of a processor that a process takes."""

    def used() -> int:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))

    before = used()
    time.sleep(seconds)
    return (used() - before) / os.sysconf("SC_CLK_TCK") / seconds


@pytest.mark.slow
def test_row_28_thirty_browser_contexts_step_together_and_none_fails(open_page, serving):
    address = f"{serving[0]}/?scenario=combined&weeks=52&{SMALL}"
    pages = [open_page(f"{address}&seed={seed}", SIZES["projector"], 120_000) for seed in range(1, 31)]
    for page in pages:
        page.locator(".stepno").wait_for()
    for week in (1, 2, 3):
        for page in pages:
            press(page, "One week")
        for page in pages:
            until(page, week)
    assert len({tile(page, "csat") for page in pages}) == 30  # each has a run of its own
