"""The pages and their addresses: what ``solara run`` serves."""

from __future__ import annotations

import solara

from ccsim.app.classroom import ClassPage
from ccsim.app.explore import ExplorePage
from ccsim.app.frame import Layout
from ccsim.app.play import PlayPage

routes = [
    solara.Route(path="/", component=ExplorePage, label="Explore", layout=Layout),
    solara.Route(path="play", component=PlayPage, label="Play", layout=Layout),
    solara.Route(path="class", component=ClassPage, label="Class", layout=Layout),
]
__all__ = ["Layout", "routes"]
