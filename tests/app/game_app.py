"""A small application with only the pages of the game, for tests of these pages."""

import solara

from ccsim.app.classroom import ClassPage
from ccsim.app.play import PlayPage

routes = [
    solara.Route(path="/", component=PlayPage, label="Play"),
    solara.Route(path="play", component=PlayPage, label="Play"),
    solara.Route(path="class", component=ClassPage, label="Class"),
]
