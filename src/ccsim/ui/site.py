"""The pages and their addresses: what the server serves."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

import solara

from ccsim.ui import guard
from ccsim.ui.classroom import ClassPage
from ccsim.ui.explore import ExplorePage
from ccsim.ui.frame import Layout
from ccsim.ui.play import PlayPage

mesa: list[Any] = []
try:
    from ccsim.ui.mesa_page import page

    mesa = [solara.Route(path="mesa", component=page("combined"), label="Mesa")]
except ImportError:  # the extra of Mesa's page is not installed
    pass

guard.require()
routes = [
    solara.Route(path="/", component=ExplorePage, label="Explore", layout=Layout),
    solara.Route(path="play", component=PlayPage, label="Play", layout=Layout),
    solara.Route(path="class", component=ClassPage, label="Class", layout=Layout),
    *mesa,
]


# The model is loaded (and at first compiled) while the first visitor's browser loads the page.
threading.Thread(target=import_module, args=("ccsim.execution.preload",), daemon=True).start()
__all__ = ["Layout", "routes"]
