"""A management game on the model: twelve quarters, a purse, little attention, and figures that are late and gamed.

A game is a scenario, a seed and a list of choices: the same three give the same game, bit for bit. Nothing here
knows a browser.
"""

from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.game.playing import Choice, Game, Quarter
from ccsim.game.saved import read_game, save, text_of

__all__ = [
    "Catalogue",
    "Choice",
    "Game",
    "Quarter",
    "catalogue",
    "read_game",
    "save",
    "text_of",
]
