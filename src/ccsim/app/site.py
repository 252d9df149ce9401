"""The pages and their addresses: what ``solara run`` serves."""

from __future__ import annotations

import solara

from ccsim.app.classroom import ClassPage
from ccsim.app.explore import ExplorePage
from ccsim.app.play import PlayPage

routes = [
    solara.Route(path="/", component=ExplorePage, label="Explore"),
    solara.Route(path="play", component=PlayPage, label="Play"),
    solara.Route(path="class", component=ClassPage, label="Class"),
]
