"""An organisation in Mesa's own page, as somebody who knows Mesa opens it: with no network, and by its buttons."""

from __future__ import annotations

from importlib.resources import files

import pytest
from tests.ui.conftest import SMALL

pytest.importorskip("altair")

PAGE = """
import solara
from mesa.visualization.utils import update_counter

from ccsim.ui.mesa_page import page


@solara.component
def mine(model):
    update_counter.get()
    solara.Text(f"conviction {model.kpis['conviction'].iloc[-1]:.3f} in week {model.week}" if model.week >= 0 else "founded")


SMALL = {"organisation.staff": 20, "organisation.customers": 60, "organisation.warm_up": 4}
Page = page("top-down", levers=("programme.budget",), kpis=("csat",), components=[(mine, 0)], weeks=3, sizes=SMALL)
"""
PROJECTOR = (1280, 720)


def steps(page) -> int:
    """Return how far Mesa says that the model has come."""
    return int(float(page.get_by_text("Step: ").or_(page.get_by_text("Time: ")).inner_text().split()[-1]))


def wait_for_steps(page, count: int) -> None:
    page.wait_for_function(
        "count => [...document.querySelectorAll('span, div')].some(one => !one.children.length"
        " && /^(Step|Time): /.test(one.innerText) && parseFloat(one.innerText.split(' ')[1]) >= count)",
        arg=count,
    )


@pytest.mark.slow
def test_ccsim_mesa_plays_steps_pauses_and_resets(open_page, start_server, shot):
    address, _, _ = start_server("mesa", "top-down", "--weeks", "30", *SMALL)
    page = open_page(address, PROJECTOR, patience=120_000)
    page.get_by_role("button", name="Step", exact=True).wait_for()
    page.get_by_role("heading", name="Programme").wait_for()
    page.get_by_text("Budget (EUR/week)").wait_for()
    page.get_by_text("8000", exact=True).first.wait_for()
    page.wait_for_function("document.querySelectorAll('img').length >= 6")
    shot(page, "mesa-founded")
    page.get_by_role("button", name="Step", exact=True).click()
    wait_for_steps(page, 1)
    assert steps(page) == 1, "a step is one week"
    page.get_by_role("button", name="▶").click()
    wait_for_steps(page, 4)
    page.get_by_role("button", name="❚❚").click()
    page.get_by_role("button", name="▶").wait_for()
    shot(page, "mesa-played", whole=True)
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Press Step", exact=False).or_(page.get_by_text("Step: 0")).or_(
        page.get_by_text("Time: 0")
    ).first.wait_for()
    assert steps(page) == 0
    assert page.get_by_role("heading", name="Programme").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [PROJECTOR, (390, 844)])
def test_nothing_in_the_page_is_without_a_name_or_out_of_reach_in_both_themes(open_page, serving, size, shot):
    for scheme in ("light", "dark"):
        page = open_page(serving[0], size, patience=120_000)
        page.emulate_media(color_scheme=scheme)
        page.get_by_role("button", name="Step", exact=True).wait_for()
        page.wait_for_function("document.querySelectorAll('img').length >= 6")
        page.get_by_role("button", name="Step", exact=True).click()
        wait_for_steps(page, 1)
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(found => found.violations.map(row => [row.id, row.nodes[0].html]))")
        assert found == []
        assert page.get_by_text("This website runs on").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.evaluate("scrollTo(0, 9999)")
        if size[0] < 700:
            lowest = page.evaluate("Math.max(...[...document.images].map(i => i.getBoundingClientRect().bottom))")
            assert lowest <= size[1], "the last plot cannot be reached"
        assert page.locator("img").first.get_attribute("alt").startswith("The organisation")
        shot(page, f"mesa-{size[0]}-{scheme}")


@pytest.mark.slow
def test_a_page_of_ones_own_is_drawn_stepped_and_reset(open_page, start_server, tmp_path, shot):
    (tmp_path / "my_page.py").write_text(PAGE)
    address, _, _ = start_server("mesa", "--page", str(tmp_path / "my_page.py"))
    page = open_page(address, PROJECTOR)
    page.get_by_text("founded").wait_for(timeout=120_000)
    page.wait_for_function("document.querySelectorAll('img').length == 2")
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_text("in week 0").wait_for()
    shot(page, "mesa-page", whole=True)
    for week in range(1, 3):
        page.get_by_role("button", name="Step", exact=True).click()
        page.get_by_text(f"in week {week}").wait_for()
    page.wait_for_function(
        "[...document.querySelectorAll('button')].some(one => one.innerText.match(/step/i) && one.disabled)"
    )
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("founded").wait_for()
