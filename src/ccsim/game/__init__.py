"""A management game on the model: twelve quarters, a budget, limited attention, and figures that are late, partial, and in one case too optimistic.

A game is defined by a scenario, a seed, a lecturer's terms (usually none) and a list of choices: the same four give the same game,
bit for bit. This package does not depend on a browser.
"""

from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, Game, Quarter, play_through
from ccsim.game.save_file import read_game, save, text_of

__all__ = [
    "Catalogue",
    "Choice",
    "Game",
    "Quarter",
    "Terms",
    "catalogue",
    "play_through",
    "read_game",
    "save",
    "text_of",
]
