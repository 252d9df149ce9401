"""An organisation in Mesa's own page, as somebody who knows Mesa opens it: with no network, and stepped by its buttons."""

from __future__ import annotations

import pytest
from driving import SIZES

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


@pytest.mark.slow
def test_mesas_page_is_drawn_stepped_and_reset(open_page, start_server, tmp_path, shot):
    (tmp_path / "my_page.py").write_text(PAGE)
    address, _, _ = start_server(SOLARA_APP=str(tmp_path / "my_page.py"))
    page = open_page(address, SIZES["projector"])
    page.get_by_text("founded").wait_for(timeout=120_000)
    canvas = page.locator("canvas").first
    canvas.wait_for()
    page.get_by_role("button", name="Step").click()
    page.get_by_text("in week 0").wait_for()
    assert page.locator("img").count() == 1, "Mesa's plot of the key figure"
    page.wait_for_function(
        "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(one => one))(document.querySelector('canvas'))"
    )
    shot(page, "mesa-page", whole=True)
    for week in range(1, 3):
        page.get_by_role("button", name="Step").click()
        page.get_by_text(f"in week {week}").wait_for()
    page.wait_for_function(
        "[...document.querySelectorAll('button')].some(one => one.innerText.match(/step/i) && one.disabled)"
    )
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("founded").wait_for()
