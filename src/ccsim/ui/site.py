"""The pages and their addresses: what the server serves."""

from __future__ import annotations

import threading
from importlib import import_module

import solara

from ccsim.ui import guard
from ccsim.ui.classroom import ClassPage
from ccsim.ui.explore import ExplorePage
from ccsim.ui.frame import Layout
from ccsim.ui.play import PlayPage

guard.require()
routes = [
    solara.Route(path="/", component=ExplorePage, label="Explore", layout=Layout),
    solara.Route(path="play", component=PlayPage, label="Play", layout=Layout),
    solara.Route(path="class", component=ClassPage, label="Class", layout=Layout),
]


# The model is loaded (and at first compiled) while the first visitor's browser loads the page.
threading.Thread(target=import_module, args=("ccsim.execution.preload",), daemon=True).start()
__all__ = ["Layout", "routes"]
