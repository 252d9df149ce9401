"""The pages and their addresses: what the server serves."""

from __future__ import annotations

import threading

import solara

from ccsim.app.classroom import ClassPage
from ccsim.app.explore import ExplorePage
from ccsim.app.frame import Layout
from ccsim.app.play import PlayPage
from ccsim.scenario import load

routes = [
    solara.Route(path="/", component=ExplorePage, label="Explore", layout=Layout),
    solara.Route(path="play", component=PlayPage, label="Play", layout=Layout),
    solara.Route(path="class", component=ClassPage, label="Class", layout=Layout),
]


def warm_up() -> None:
    """Load (and at first compile) the model while the first visitor's browser loads the page."""
    from ccsim.simulation import simulate

    simulate(
        load("nothing").changed({"organisation.staff": 20, "organisation.customers": 40, "organisation.warm_up": 1}),
        0,
        1,
    )


threading.Thread(target=warm_up, daemon=True).start()
__all__ = ["Layout", "routes"]
