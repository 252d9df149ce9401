"""Scores of a game's choices on other draws, for the course's numbers and decks.

Imported by class_deck.py, course_numbers.py and instructor/expected.py; not run by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from ccsim.game.debrief import do_nothing, play_feasible, score
from ccsim.game.game import Choice, Game


def rescore_on_seeds(game: Game, seeds: int = 20) -> tuple[list[float], list[float]]:
    """Return the scores of the same choices and of doing nothing on other draws.

    Draws and events differ; each pair of scores is of one seed.

    Args:
        game: the finished game.
        seeds: number of other seeds.

    Returns:
        The scores of the choices, and those of doing nothing, in the order of the seeds.
    """
    terms = game.terms.model_copy(update={"predict": False})

    def replayed(choices: Sequence[Choice], seed: int) -> float:
        other = Game(seed, game.scenario, rules=game.catalogue, terms=terms)
        for choice in choices[: game.rules.quarters]:
            play_feasible(other, choice)
        return score(other).total

    others = [(game.seed + number) % 2**62 for number in range(1, seeds + 1)]
    nothing = do_nothing(game.catalogue)
    return [replayed(game.choices, seed) for seed in others], [replayed(nothing, seed) for seed in others]
