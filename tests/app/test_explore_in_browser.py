"""Explore beyond the first picture: people, decisions in mid-run, causes and needs, each checked against Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ready import READY

from ccsim.engine.jit import PLAIN
from ccsim.model.kpis import final_value
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import Simulation, simulate

Open = Callable[..., Any]
native = pytest.mark.skipif(PLAIN, reason="a run of the whole organisation takes minutes uncompiled")


def _legend(page: Any) -> list[int]:
    return [int(text) for text in page.locator(".legend.dots b").all_inner_texts()]


@native
def test_every_person_is_a_dot_and_the_legend_sums_to_the_posts(visit: Open) -> None:
    page = visit(query="?from=combined&weeks=26")
    page.wait_for_function("() => document.querySelector('#answer').textContent.startsWith('Combined')")
    page.wait_for_function(
        "() => document.querySelectorAll('svg.people circle').length === 200 && !document.querySelector('.crowd.stale')"
    )
    run = Simulation(load_scenario("combined"), 1, 26)
    for _ in range(26):
        run.step()
    staff = run.state.populations.staff
    threshold = run.state.settings.habit.adopter_threshold  # type: ignore[attr-defined]
    present = np.array(staff.vacant_until) <= 26
    habit = present & (np.array(staff.habit) > threshold)
    convinced = present & ~habit & (np.array(staff.tipped_week) != -1)
    vacant = int((~present).sum())
    expected = [int((present & ~habit & ~convinced).sum()), int(convinced.sum()), int(habit.sum())]
    assert sum(_legend(page)) == 200
    # Shares are drawn in 255 steps: somebody at the very threshold may fall to either side.
    assert np.abs(np.array(_legend(page)) - np.array(expected + [vacant] * (vacant > 0))).max() <= 1


@pytest.mark.slow
def test_a_person_tells_what_they_are_like_and_the_week_moves_them(visit: Open) -> None:
    page = visit()
    page.locator("svg.people circle").first.wait_for()
    page.locator("svg.people circle").nth(20).click()
    page.get_by_role("group", name="person 21 in front office 1").wait_for()
    before = _legend(page)
    page.get_by_label("Week shown").fill("1")
    page.get_by_text("People, week 1", exact=True).wait_for()
    assert _legend(page) != before
    page.get_by_role("button", name="Next person").click()
    page.get_by_role("group", name="person 22 in front office 1").wait_for()
    page.get_by_role("button", name="By department").click()
    assert page.get_by_role("region", name="By department").locator("tbody tr").count() == 5


@native
def test_a_decision_in_mid_run_changes_only_what_comes_after_it_and_python_agrees(visit: Open, tmp_path: Path) -> None:
    page = visit(query="?from=top-down&weeks=60")
    page.wait_for_function("() => document.querySelector('#answer').textContent.startsWith('Top-down')")
    page.get_by_label("Week shown").fill("40")
    page.get_by_label("Apply changes from week 41 on").check()
    page.get_by_label("Budget", exact=True).fill("20000")
    page.get_by_role("heading", name="Top-down, then Budget €20,000 a week from week 41 on").wait_for()
    assert page.get_by_role("list", name="Decisions during the run").get_by_role("listitem").count() == 1
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Scenario file (TOML)").click()
    (tmp_path / "mine.toml").write_bytes(Path(taken.value.path()).read_bytes())
    weekly = simulate(load_scenario(tmp_path / "mine.toml"), 1, 60).kpis["csat"]
    plain = simulate("top-down", 1, 60).kpis["csat"]
    assert np.array_equal(weekly[:40], plain[:40], equal_nan=True) and weekly[-1] != plain[-1]
    assert page.locator("text.end.run").text_content() == f"{final_value('csat', weekly):.1f}"
    page.reload()
    page.get_by_role("heading", name="from week 41 on").wait_for()
    page.get_by_role("button", name="Undo the decision of week 41").click()
    page.wait_for_function("() => !document.querySelector('#answer').textContent.includes('week 41')")


@pytest.mark.slow
def test_causes_are_runs_with_one_mechanism_off_and_no_arrow_is_drawn(visit: Open) -> None:
    page = visit(query="?from=bottom-up&weeks=52")
    page.wait_for_function("() => document.querySelector('#answer').textContent.startsWith('Bottom-up')")
    page.get_by_role("button", name="Find out").click()
    page.get_by_text("with all mechanisms on").wait_for(timeout=120_000)
    output = page.locator(".why").inner_text()
    assert "Each line is a pair of runs with that mechanism switched off" in output and "→" not in output
    assert re.search(r"Without it, [+−]?\d", output) or "No single mechanism carries it" in output


@pytest.mark.slow
@pytest.mark.parametrize("question", ["Top-down or bottom-up?", "What if the hero leaves?", "What should we measure?"])
def test_each_question_is_answered_by_runs_within_reach(question: str, visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name=question).click()
    page.locator(".reply p:not(.soft)").wait_for(timeout=120_000)
    assert re.search(r"\d", page.locator(".reply p").inner_text())
    assert page.locator(".questions .row").count() >= 3


def test_runs_are_named_by_what_was_changed_and_one_colour_has_one_meaning(visit: Open) -> None:
    page = visit(query="?from=top-down&pin.from=bottom-up&pin.programme.budget=4000")
    page.get_by_text("Pinned: Bottom-up with Budget €4,000 a week").wait_for()
    legend = page.locator(".big .legend")
    for kind, variable in (("run", "--run"), ("base", "--base"), ("pin", "--pin")):
        line = page.evaluate(f"getComputedStyle(document.querySelector('.big svg .line.{kind}')).stroke")
        key = page.evaluate(f"getComputedStyle(document.querySelector('.big .legend i.{kind}')).borderTopColor")
        assert line == key, (kind, variable)
    box, card = legend.bounding_box(), page.locator(".big").bounding_box()
    assert box["x"] + box["width"] <= card["x"] + card["width"], "a legend is never cut"
    assert page.evaluate(
        "[...document.querySelectorAll('.big .legend li')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    )


def test_links_with_decisions_that_make_no_sense_are_reported(visit: Open) -> None:
    page = visit(query="?from=top-down&w9.programme.budget=x&w7.organisation.staff=40&w5.programme.budget=9000")
    output = page.get_by_role("alert").inner_text()
    assert "w9.programme.budget=x" in output and "w7.organisation.staff=40" in output and "w5" not in output
    page.locator(READY["explore"]).wait_for()
