"""Explore as people use it. The numbers in the names are the rows of the checklist of a teaching interface."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from driving import SIZES, SMALL, press, set_lever, step, tile, to_end, until, week_of

from ccsim.model.kpis import rolling_mean
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import list_scenarios, load
from ccsim.simulation.simulation import replicate_seed, simulate
from ccsim.ui.about import assumptions
from ccsim.ui.controls import groups
from ccsim.ui.course import COLOURS


def csv_of(page) -> tuple[str, pd.DataFrame]:
    """Take the weeks of the run away, and return what stands above them, and them."""
    press(page, "Compare")
    with page.expect_download() as download:
        page.get_by_text("Weeks (CSV)").click()
    text = download.value.path().read_text()
    press(page, "Explore")
    page.locator(".a-people canvas").first.wait_for()
    return text, pd.read_csv(io.StringIO(text), comment="#")


def test_row_01_and_02_the_page_is_there_with_no_network(visit, serving, shot):
    page = visit("", "projector")
    for part in (".ex-nav", ".a-levers", ".ex-tile", ".ex-chart", ".a-people canvas"):
        assert page.locator(part).first.is_visible(), part
    assert "for this machine only" in serving[2].read_text()
    shot(page, "explore-before")


def test_row_03_time_is_in_weeks_and_stops_at_the_horizon(visit, shot):
    page = visit(f"weeks=23&{SMALL}")
    step(page, 3)
    assert page.locator(".stepno").inner_text().startswith("Week 3 of 23")
    page.get_by_label("Speed").select_option("5 weeks a frame")
    press(page, "Play")
    until(page, 8)
    press(page, "Pause")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    stopped = week_of(page)
    page.wait_for_timeout(700)
    assert week_of(page) == stopped, "once the page says that it pauses, no week is lived"
    if stopped < 23:
        press(page, "Play")
    page.get_by_text("The run is over").wait_for()
    assert week_of(page) == 23, "no horizon that 5 does not divide is overrun"
    assert page.get_by_role("button", name="Play", exact=True).is_disabled()
    assert page.get_by_role("button", name="One week").is_disabled()
    press(page, "Start again")
    page.get_by_text("Before week 1 of 23").wait_for()


def test_row_04_a_briefing_and_a_help_text_for_every_lever(visit, shot):
    page = visit(SMALL)
    for _ in range(2):
        page.get_by_text("Briefing: your role").click()
        for heading in (
            "Your role",
            "Your goal",
            "Your levers",
            "How to read the graphs",
            "Things to notice",
            "Things to try",
        ):
            part = page.locator(".ex-brief").get_by_role("heading", name=heading)
            part.wait_for()
            assert len(part.locator("xpath=following-sibling::*[1]").inner_text()) > 40
        page.get_by_text("Briefing: your role").click()
        step(page)
    assert all(len(row["meaning"]) > 8 for group in groups() for row in group["rows"])


def test_row_05_levers_say_unit_range_default_and_delay_and_refuse_what_is_out_of_range(visit):
    page = visit(SMALL)
    page.get_by_label("Find a lever").fill("share of the departments in which")
    text = page.locator(".ex-lever[data-key='rollout.reach']").inner_text()
    row = all_parameters()["rollout.reach"]
    assert (
        row.meaning in text and f"{row.range[0]:g} to {row.range[1]:g}" in text and f"usually {row.default:g}" in text
    )
    assert "Acts from the coming week on." in text and f"Source: {row.source}" in text
    set_lever(page, "rollout.reach", "7")
    page.get_by_role("alert").get_by_text("must be a number from 0 to 1").wait_for()
    page.wait_for_function("document.getElementById('rollout.reach').value === '1'")


def test_row_06_a_decision_in_mid_run_changes_only_what_comes_after_it(visit):
    page = visit(f"weeks=26&seed=4&{SMALL}")
    step(page, 6)
    set_lever(page, "programme.budget", "9000")
    page.locator("table.log").get_by_text("Programme budget = 9,000 EUR/week").wait_for()
    to_end(page)
    assert page.locator("table.log tbody tr").count() == 1
    assert page.locator("table.log tbody td").first.inner_text().strip() == "6"
    assert "–" not in page.locator("table.log tbody td").nth(2).inner_text(), "what it costs is told"
    _, moved = csv_of(page)
    small = {"organisation.staff": 60, "organisation.customers": 300, "organisation.warm_up": 12}
    plain = simulate(load("nothing").with_values(small), replicate_seed(4, 0), 26)
    pd.testing.assert_series_equal(moved["csat"][:6], pd.Series(plain.kpis["csat"][:6]), check_names=False)
    assert (moved["spend"][:6] == 0).all() and (moved["spend"][6:] > 0).all()


def test_row_07_what_waits_for_the_next_start_is_marked_and_defaults_come_back(visit):
    page = visit(SMALL)
    step(page, 2)
    set_lever(page, "organisation.span", "6")
    page.get_by_text("applies when you start again").wait_for()
    press(page, "Start again1")
    page.get_by_text("Before week 1").wait_for()
    page.get_by_text("applies when you start again").wait_for(state="hidden")
    assert page.locator(".ex-lever[data-key='organisation.span'] input[type=number]").input_value() == "6"
    press(page, "Restore defaults")
    page.wait_for_function(
        "document.querySelector(\".ex-lever[data-key='organisation.span'] input[type=number]\").value === '10'"
    )


def test_row_08_one_seed_one_result_as_the_script_has_it(visit):
    small = {"organisation.staff": 60, "organisation.customers": 300, "organisation.warm_up": 12}
    script = simulate(load("top-down").with_values(small), replicate_seed(7, 0), 20)
    found = []
    for seed in (7, 7, 8):
        page = visit(f"scenario=top-down&weeks=20&seed={seed}&{SMALL}")
        to_end(page)
        found.append((tile(page, "npv"), tile(page, "csat")))
    assert found[0] == found[1] != found[2]
    assert found[0] == (script.kpis["npv"][-1], float(rolling_mean(script.kpis["csat"])[-1]))
    before = page.get_by_label("Seed").input_value()
    press(page, "New seed")
    page.wait_for_function(f"document.querySelector('input[inputmode=numeric]').value !== '{before}'")


def test_row_09_key_figures_equal_the_exported_weeks(visit):
    page = visit(f"scenario=bottom-up&{SMALL}")
    step(page, 5)
    assert "doing nothing" in page.locator(".tile-npv .gap").inner_text()
    shown = {name: tile(page, name) for name in ("csat", "fcr", "conviction", "npv")}
    _, frame = csv_of(page)
    assert shown["npv"] == pytest.approx(frame["npv"].iloc[-1], rel=1e-12)
    for name in ("csat", "fcr", "conviction"):
        assert shown[name] == pytest.approx(frame[name].tail(13).mean(), rel=1e-9)


def test_row_10_charts_have_axes_a_baseline_a_reading_and_do_not_blink(visit, shot):
    page = visit(f"scenario=top-down&{SMALL}")
    chart = page.locator(".chart-csat")
    assert "week" in chart.locator("svg").first.text_content()
    assert "doing nothing" in chart.inner_text()
    page.evaluate("""() => { window.same = document.querySelector('.chart-csat svg'); window.empty = 0;
      new MutationObserver(() => { if (document.querySelectorAll('.chart-csat path[stroke]').length < 1) window.empty++ })
        .observe(document.querySelector('.a-lines'), { childList: true, subtree: true }) }""")
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    until(page, 50)
    press(page, "Pause")
    assert page.evaluate("window.same === document.querySelector('.chart-csat svg') && window.empty") == 0
    box = chart.locator("svg").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    assert re.search(r"week \d+:\s+[\d.]+", chart.locator(".ex-read").inner_text())
    shot(page, "explore-playing")


def test_row_11_everybody_is_drawn_and_tells_why(visit, shot):
    page = visit(f"scenario=hero&seed=2&{SMALL}")
    step(page, 2)
    legend = page.locator(".a-people .ex-legend").first.inner_text()
    assert "60 posts" in legend and "champion (1)" in legend
    crowd = page.locator(".a-people .ex-legend").nth(1).inner_text()
    customers = sum(int(number) for number in re.findall(r"Segment \d: (\d+)", crowd))
    _, frame = csv_of(page)
    assert customers == frame["active"].iloc[-1]
    canvas = page.locator(".a-people canvas").first
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    person = page.locator(".ex-person")
    person.wait_for()
    for part in ("Post", "Listens to", "The penny", "State"):
        assert part in person.inner_text()
    page.locator("table.terms").get_by_text("what the scorecard rewards").wait_for()
    assert "The draw was" in person.inner_text()
    for name, row in COLOURS.items():
        page.get_by_label("People by").select_option(name)
        page.locator(".a-people .ex-legend").first.get_by_text(f"{row[0]}:").wait_for()
    page.locator(".a-people").get_by_label("Ties").select_option("all")
    shot(page, "explore-person", whole=True)


def test_row_12_the_feed_names_the_lever_and_what_it_did(visit, shot):
    page = visit(f"seed=3&{SMALL}")
    step(page, 2)
    set_lever(page, "programme.budget", "12000")
    press(page, "One quarter")
    until(page, 15)
    feed = page.locator(".feed li").first.inner_text()
    assert "Week 2:" in feed and "Programme budget = 12,000 EUR/week" in feed
    assert "because of it alone" in feed and "Programme spending +" in feed and "→" in feed


def test_row_14_every_scenario_file_is_a_choice_and_sets_the_levers(visit):
    page = visit(SMALL)
    options = page.get_by_label("Scenario").locator("option")
    assert {one.get_attribute("value") for one in options.all()} == set(list_scenarios("scenarios"))
    for name in ("champion-network", "scorecard-journey"):
        page.get_by_label("Scenario").select_option(name)
        page.get_by_text(load(name).about[:40]).wait_for()
        for key, value in load(name).levers.items():
            page.get_by_label("Find a lever").fill(key)
            field = page.locator(f".ex-lever[data-key='{key}'] :is(input[type=number], select)")
            page.wait_for_function(
                "([f, v]) => document.getElementById(f).value == v",
                arg=[key, f"{value:g}" if not isinstance(value, str) else value],
            )
            assert field.is_visible()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("scenario=nohting&seed=-3&programme.budget=nan&programme.budgte=5&organisation.staff=1000000000&weeks=1e9&6:organisation.staff=50",
         ("did you mean 'nothing'", "seed: must be a whole number", "programme.budget", "did you mean 'programme.budget'", "1000000000", "got '1e9'", "cannot be moved during a run")),
        ("organisation.staff=50000", ("at most 2000",)),
        ("organisation.departments=20&organisation.staff=10", ("need at least as many staff",)),
        ("x=" + "y" * 7000, ("too long",)),
    ],
)  # fmt: skip
def test_row_16_absurd_links_are_a_message_and_the_page_lives_on(visit, query, said):
    page = visit(f"{query}&organisation.customers=300&organisation.warm_up=12")
    for words in said:
        page.get_by_role("alert").get_by_text(words).wait_for()
    step(page)


def test_row_16_what_a_browser_may_send_is_checked_again(visit):
    page = visit(SMALL)
    bad = [{"key": "empowerment.rights", "value": 1e9}, {"key": "empowerment.rights", "value": None}, {"key": "nothing", "value": 1},
           {"key": ["x"], "value": {}}, "text", 7, {"key": "champions.count", "value": "many"}]  # fmt: skip
    for message in bad:
        page.evaluate("message => document.querySelector('.ex-find').parentElement.__vue__.put(message)", message)
    for message in [{"what": "speed", "value": "warp"}, {"what": ["x"]}, None, {"what": "scenario", "value": "../../etc/passwd"},
                    {"what": "seed", "value": "1e9"}, {"what": "step", "value": 1e9}]:  # fmt: skip
        page.evaluate("message => document.querySelector('.ex-bar').__vue__.act(message)", message)
    page.wait_for_timeout(500)
    until(page, 1)
    assert week_of(page) == 1, "a step of a thousand million weeks is a step"
    step(page)


def test_row_17_visitors_have_runs_of_their_own(visit):
    one, other = visit(SMALL), visit(SMALL)
    step(one, 2)
    assert (week_of(one), week_of(other)) == (2, 0)
    press(other, "Start again")
    step(other)
    assert (week_of(one), week_of(other)) == (2, 1)


def test_row_18_nothing_on_the_page_runs_code(visit):
    page = visit(SMALL)
    for word in ("console", "command", "python"):
        assert page.get_by_placeholder(re.compile(word, re.I)).count() == 0
        assert page.get_by_role("button", name=re.compile(word, re.I)).count() == 0


def test_row_19_limits_and_assumptions_with_their_sources(visit, shot):
    page = visit(SMALL)
    press(page, "About the model")
    page.get_by_text("It is not a forecast").wait_for()
    page.locator(".ex-about summary").first.click()
    shot(page, "about")
    assert all(row.source for row in all_parameters().values())
    assert all(f"<code>{key}</code>" in assumptions() for key in all_parameters())


@pytest.mark.parametrize("size", SIZES)
def test_row_26_nothing_is_cut_off_or_overlaps(visit, shot, size):
    page = visit(f"scenario=combined&{SMALL}", size)
    step(page, 3)
    for tab in ("Explore", "Compare", "About the model"):
        press(page, tab)
        page.wait_for_timeout(600)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], tab
        shot(page, f"{tab.split()[0].lower()}-{size}", whole=size == "phone")


def test_row_26_everything_is_reached_by_keyboard(visit):
    page = visit(SMALL)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(e => e.innerText?.split('\\n')[0] || e.id || e.getAttribute('aria-label') || e.tagName)(document.activeElement)"
            )
        )
    for name in (
        "Compare",
        "Play",
        "One week",
        "One quarter",
        "To the end",
        "Start again",
        "New seed",
        "Restore defaults",
        "Find a lever",
    ):
        assert name in reached, (name, reached)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus is seen"


@pytest.mark.parametrize("tab", ["Explore", "Compare", "About the model"])
def test_row_26_no_serious_fault_of_accessibility(visit, tab):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(f"scenario=top-down&{SMALL}")
    step(page, 2)
    page.locator(".a-people canvas").first.click(position={"x": 70, "y": 110})
    press(page, tab)
    page.wait_for_timeout(800)
    found = axe.run(page, context={"include": [[".ex-frame"]]}).response["violations"]
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:4])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, serious
