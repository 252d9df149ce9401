"""Rows of the table in docs/game.md that no other file of the application's tests covers, by the number of the row."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ccsim.model.kpis import final_value
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import list_scenarios, load_scenario

Open = Callable[..., Any]
TABLE = Path(__file__).parents[2] / "docs" / "game.md"


def _answered(page: Any, begins: str) -> None:
    page.wait_for_function("begins => document.querySelector('#answer')?.textContent.startsWith(begins)", arg=begins)


@pytest.fixture
def command() -> Iterator[str]:
    """Start `ccsim app` as a user does, and give its address."""
    port = 8971
    words = [sys.executable, "-m", "ccsim", "app", "--no-open", "--port", str(port)]
    served = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    yield address
    served.terminate()
    served.wait(20)


def test_row_01_one_command_shows_a_page_that_is_never_blank(command: str, browser: Any) -> None:
    page = browser.new_page(locale="en-GB")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(command)
    assert page.locator("h1").inner_text(), "something is said before the first run is there"
    page.locator(".big svg .line.run").wait_for(timeout=60_000)
    assert page.locator(".lever").count() > 3 and page.locator(".mini").count() == 4 and not faults
    page.close()


def test_row_03_time_is_played_paused_and_stepped_and_stops_at_the_horizon(visit: Open) -> None:
    page = visit(query="?from=top-down&weeks=301")
    _answered(page, "Top-down")
    at = page.locator(".watch .at")
    assert at.inner_text() == "Week 301 of 301"
    page.get_by_label("Week shown").fill("2")
    page.get_by_role("button", name="One week forward").click()
    assert at.inner_text() == "Week 3 of 301"
    page.get_by_role("button", name="Watch it happen").click()
    page.wait_for_function("() => !document.querySelector('.watch .at').textContent.startsWith('Week 3 ')")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Watch it happen").wait_for()
    stopped = at.inner_text()
    page.wait_for_timeout(400)
    assert at.inner_text() == stopped
    page.get_by_label("Week shown").fill("295")
    page.get_by_role("button", name="Watch it happen").click()
    page.get_by_role("button", name="Watch it happen").wait_for()
    assert at.inner_text() == "Week 301 of 301"


def test_rows_04_and_05_every_lever_tells_what_it_is_its_range_and_its_source(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="All 84 levers").click()
    levers = page.locator(".lever")
    wanted = [key for key, row in all_parameters().items() if row.role in ("lever", "size")]
    assert levers.count() == len(wanted)
    page.evaluate("document.querySelectorAll('.lever .info').forEach(each => each.click())")
    page.wait_for_function("n => document.querySelectorAll('.lever .more').length === n", arg=len(wanted))
    output = page.locator(".lever .more").all_inner_texts()
    assert set(page.locator(".lever .more code").all_inner_texts()) == set(wanted)
    assert all("Usual" in text or "usual" in text for text in output)
    assert all(re.search(r"Source: .+", text) for text in output)


def test_row_07_reset_brings_the_scenarios_values_back(visit: Open) -> None:
    page = visit(query="?from=bottom-up&programme.budget=20000&empowerment.rights=0.1")
    _answered(page, "Bottom-up with")
    page.get_by_role("button", name="Reset").click()
    _answered(page, "Bottom-up: ")
    assert page.get_by_label("Budget: type a value").input_value() == "€8,000 a week"


def test_row_08_one_seed_one_result_and_another_seed_another(visit: Open) -> None:
    ends = []
    for seed in (3, 3, 4):
        page = visit(query=f"?from=combined&weeks=40&seed={seed}")
        _answered(page, "Combined")
        ends.append(page.locator(".big svg .line.run").get_attribute("d"))
    assert ends[0] == ends[1] != ends[2]


def test_row_09_key_figures_equal_the_exported_weeks(visit: Open) -> None:
    page = visit(query="?from=combined&weeks=40")
    _answered(page, "Combined")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Weeks as CSV").click()
    rows = [line.split(",") for line in Path(taken.value.path()).read_text().splitlines() if not line.startswith("#")]
    mine = [row for row in rows[1:] if row[0].startswith("Combined")]
    twin = [row for row in rows[1:] if row[0].startswith("Doing nothing")]
    place = rows[0].index("adoption")
    ends = [final_value("adoption", np.array([float(row[place]) for row in run])) for run in (mine, twin)]
    shown, change = page.locator(".mini", has_text="Adoption").locator(".figures").inner_text().split(maxsplit=1)
    assert len(mine) == len(twin) == 40 and shown == f"{100 * ends[0]:.1f}"
    apart = 100 * (ends[0] - ends[1])
    assert f"{apart:+.1f}".replace("-", "−") in change


def test_row_10_a_chart_has_axes_a_reading_and_never_goes_blank(visit: Open) -> None:
    page = visit(query="?from=top-down")
    _answered(page, "Top-down")
    texts = page.locator("#big-chart .grid text").all_text_contents()
    assert "year 3" in texts and sum(bool(re.fullmatch(r"[\d.]+", text)) for text in texts) >= 3
    page.locator("#big-chart svg").hover(position={"x": 200, "y": 100})
    assert re.search(r"Week \d+ of 156", page.locator("#big-chart text.at").text_content() or "")
    page.evaluate(
        """() => {
            window.blank = 0;
            const look = () => { if (!document.querySelector('.big svg .line.run')?.getAttribute('d')) window.blank++; requestAnimationFrame(look) };
            look();
        }"""
    )
    slider = page.get_by_label("Budget", exact=True)
    for value in range(1000, 16000, 1000):
        slider.fill(str(value))
    page.get_by_label("Week shown").fill("20")
    page.wait_for_timeout(500)
    assert page.evaluate("window.blank") == 0


def test_row_13_two_runs_are_laid_over_each_other_and_exactly_what_was_changed_is_listed(visit: Open) -> None:
    page = visit(
        "compare", query="?r1.from=bottom-up&r1.weeks=20&r2.from=bottom-up&r2.weeks=20&r2.programme.budget=2000"
    )
    page.locator("#changes tbody tr").first.wait_for()
    assert page.locator("#changes tbody th").all_inner_texts() == ["Budget"]
    assert page.locator("#changes tbody td").all_inner_texts() == ["€8,000 a week", "€2,000 a week"]
    assert page.locator(".pair path.line").count() == 2
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="Copy link").wait_for()


def test_row_13_a_saved_run_is_compared_after_a_reload(visit: Open) -> None:
    page = visit(query="?from=top-down&programme.budget=4000")
    _answered(page, "Top-down with")
    page.get_by_role("button", name="Save to compare").click()
    page.reload()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Your choice").click()
    page.get_by_role("checkbox", name="Saved: Top-down with Budget €4,000 a week").check()
    page.get_by_role("button", name="Compare 3").wait_for()


def test_row_14_every_scenario_is_a_choice_and_sets_the_levers(visit: Open) -> None:
    page = visit()
    choice = page.get_by_label("Start from")
    options = choice.locator("option").evaluate_all("rows => rows.map(row => row.value)")
    assert sorted(options) == sorted(list_scenarios())
    for name in ("top-down", "champion-network", "scorecard-journey"):
        choice.select_option(name)
        page.wait_for_function("name => location.hash.includes('from=' + name)", arg=name)
        share = float(
            load_scenario(name)
            .values()
            .get("programme.top_down_share", all_parameters()["programme.top_down_share"].default)
        )
        assert float(page.get_by_label("Led from the top", exact=True).input_value()) == pytest.approx(share)


def test_row_15_a_scenario_file_that_the_page_wrote_is_read_back(visit: Open, tmp_path: Path) -> None:
    page = visit(query="?from=hero-leaves&programme.budget=9000&champions.selection=at+random&w60.programme.budget=100")
    page.wait_for_function("() => document.querySelector('#answer').textContent.startsWith('A hero leaves')")
    text = page.locator("#answer").inner_text()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Scenario file (TOML)").click()
    (tmp_path / "mine.toml").write_bytes(Path(taken.value.path()).read_bytes())
    other = visit()
    other.get_by_label("Open a scenario").set_input_files(tmp_path / "mine.toml")
    other.get_by_role("heading", name=text).wait_for()
    (tmp_path / "bad.toml").write_text('extends = "top-down"\n[levers.programme]\nbudget = -1\n')
    other.get_by_label("Open a scenario").set_input_files(tmp_path / "bad.toml")
    other.get_by_role("alert").get_by_text("programme.budget = -1").wait_for()


def test_row_17_visitors_have_runs_and_games_of_their_own(visit: Open) -> None:
    one, other = visit(query="?from=top-down"), visit(query="?from=combined")
    _answered(one, "Top-down")
    one.get_by_label("Budget", exact=True).fill("15000")
    _answered(one, "Top-down with Budget €15,000")
    _answered(other, "Combined: ")
    assert other.evaluate("localStorage.getItem('ccsim.game')") is None


def test_row_19_every_parameter_has_a_source_or_the_word_assumed(visit: Open) -> None:
    page = visit("about")
    assert page.locator("td.source").count() == 20, "a page that opens is short"
    page.get_by_role("button", name=f"Show all {len(all_parameters())}").click()
    page.locator("td.source").nth(len(all_parameters()) - 1).wait_for()
    sources = page.locator("td.source").all_inner_texts()
    assert len(sources) == len(all_parameters()) and all(text.strip() for text in sources)


def test_row_25_an_event_is_news_in_its_quarter_and_stands_in_the_log(visit: Open) -> None:
    from ccsim.game.catalogue import catalogue
    from ccsim.game.game import events_of

    seed = next(seed for seed in range(100) if min(events_of(seed, catalogue()).values(), default=9) <= 2)
    coming = events_of(seed, catalogue())
    name = min(coming, key=lambda each: coming[each])
    page = visit("play")
    page.get_by_label("Luck (seed)").fill(str(seed))
    page.get_by_role("button", name="Begin").click()
    page.locator(".tray").wait_for()
    for quarter in range(1, coming[name] + 2):
        assert page.locator(".news").count() == 0
        page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
        page.get_by_role("heading", name=f"Quarter {quarter}: ").wait_for()
    assert catalogue().events[name].title in page.locator(".news").inner_text()
    page.get_by_text("What happened so far").click()
    assert catalogue().events[name].title in page.locator(".log").inner_text()


def test_rows_20_and_25_questions_between_the_years_are_asked_and_their_answers_kept(visit: Open) -> None:
    page = visit("play")
    page.get_by_role("button", name="Begin").click()
    for quarter in range(1, 5):
        page.get_by_role("button", name=f"Play quarter {quarter}", exact=True).click()
        page.get_by_role("heading", name=f"Quarter {quarter}: ").wait_for()
    page.get_by_text("Three questions are waiting for your answer.").wait_for()
    page.locator(".reflect textarea").first.fill("I trusted the survey.")
    page.get_by_text("Three questions are waiting for your answer.").wait_for(state="detached")
    page.get_by_role("button", name="Play quarter 5", exact=True).click()
    page.get_by_role("heading", name="Quarter 5: ").wait_for()
    page.get_by_text("What happened so far").click()
    assert "I trusted the survey." in page.locator(".log").inner_text()


@pytest.mark.slow
def test_row_27_a_lever_is_drawn_soon_and_no_memory_is_lost(visit: Open) -> None:
    page = visit()
    page.locator(".bandkey").wait_for()
    slider = page.get_by_label("Budget", exact=True)
    client = page.context.new_cdp_session(page)

    def held() -> float:
        client.send("HeapProfiler.collectGarbage")
        return float(client.send("Runtime.getHeapUsage")["usedSize"])

    def moved(times: int) -> None:
        for turn in range(times):
            # Up to 7,500 and round again: the scenario's own 8,000 would stand in no address.
            value = 500 * (turn % 15 + 1)
            line = page.locator(".big svg .line.run").get_attribute("d")
            slider.fill(str(value))
            page.wait_for_function(
                "([value, line]) => new URLSearchParams(location.hash.split('?')[1]).get('programme.budget') === value"
                " && document.querySelector('.big svg .line.run').getAttribute('d') !== line",
                arg=[str(value), line],
            )

    moved(10)
    before = held()
    moved(30)
    assert held() < before * 1.2 + 4e6


def test_each_row_of_the_table_names_a_test_that_exists() -> None:
    text = TABLE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", text, flags=re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 31))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (TABLE.parents[1] / "tests").rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)", sources))
    for number, row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, f"row {number} names no test"
        assert not [name for name in named if name not in known], number
