"""What frames every page: the bar with the way to the other pages, and the look of it all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import solara

CSS = Path(__file__).with_name("explore.css")
TABS = {"explore": "Explore", "compare": "Compare", "about": "About the model"}


@solara.component_vue("vue/nav.vue")
def Nav(tab: str, tabs: list[list[str]], here: bool = True, event_go: Any = None) -> None:
    """Show where one is, and the other pages; ``go`` is told the name of a tab of this page."""


@solara.component
def Layout(children: list[Any]) -> None:
    """A page in its frame. The page Explore brings its own bar, because its tabs belong to a run."""
    route, _ = solara.use_route()
    if route is not None and route.path == "mesa":
        # SolaraViz brings its own bar and its own drawer, for Solara's layout.
        solara.AppLayout(children=children, navigation=False)
        return
    solara.Style(CSS)
    with solara.Div(classes=["ex-frame"]):
        if route is not None and route.path != "/":
            Nav(tab=route.path, tabs=[list(row) for row in TABS.items()], here=False)
        with solara.Div(children=children, attributes={"role": "main"}):
            pass
