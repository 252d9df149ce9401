"""Look for a good plan: keep changing the best one so far, and keep what scores more on average over some seeds.

The plan is found on seeds of its own, so that it does not know the draws of the game with which it is compared, and each
seed is played in another admitted world, so that it does not rest on values that are not known.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import do_nothing, feasible, score
from ccsim.game.game import Choice, Game

#: Seeds on which plans are compared: far from those that a class would choose.
FIRST_SEED = 1_000_003


@dataclass(frozen=True)
class SearchResult:
    """The best plan of a search.

    Attributes:
        choices: the plan.
        points: its mean score over the seeds.
    """

    choices: list[Choice]
    points: float


def search(
    plans: int = 400,
    seeds: int = 4,
    seed: int = 0,
    report_progress: Callable[[int, float], None] | None = None,
    worlds: AdmittedWorlds | None = None,
) -> SearchResult:
    """Return the best plan found.

    Args:
        plans: how many plans to try.
        seeds: on how many seeds each is played.
        seed: of the search itself; the same seed finds the same plan.
        report_progress: called with the number of plans tried and the best score so far.
        worlds: the worlds of which each seed is played in one; None for the usual values on every seed.
    """
    rng = random.Random(seed)
    drawn = worlds.draw(seeds, seed) if worlds else [{}] * seeds
    templates = [Game(FIRST_SEED + number, assumptions=world) for number, world in enumerate(drawn)]
    best = do_nothing(catalogue())
    points = _mean(best, templates)
    for number in range(plans):
        plan = _changed(best, rng)
        games = [feasible(plan, game) for game in templates]
        mean = fmean(score(game).total for game in games)
        if mean > points:
            best, points = _carried_out(plan, games[0]), mean
        if report_progress is not None:
            report_progress(number + 1, points)
    return SearchResult(*_pruned(best, points, templates))


def _pruned(plan: list[Choice], points: float, templates: list[Game]) -> tuple[list[Choice], float]:
    """Leave out every start and stop that adds nothing: a plan is easier to talk about without them."""
    for quarter, choice in enumerate(plan):
        for name in dict.fromkeys((*choice.start, *choice.stop)):
            shorter = [*plan[:quarter], plan[quarter].without(name), *plan[quarter + 1 :]]
            mean = _mean(shorter, templates)
            if mean >= points:
                plan, points = shorter, mean
    return plan, points


def _mean(plan: list[Choice], templates: list[Game]) -> float:
    return fmean(score(feasible(plan, game)).total for game in templates)


def _carried_out(plan: list[Choice], game: Game) -> list[Choice]:
    """Return the part of a plan that was carried out: the starts that were possible, and all stops."""
    return [Choice(did.start, planned.stop) for did, planned in zip(game.choices, plan, strict=True)]


def _changed(plan: list[Choice], rng: random.Random) -> list[Choice]:
    """Return a plan with one to three changes."""
    moves = [name for name, row in catalogue().moves.items() if row.set or row.spend]
    for _ in range(rng.randint(1, 3)):
        plan = _once_changed(plan, moves, rng)
    return plan


def _once_changed(plan: list[Choice], moves: list[str], rng: random.Random) -> list[Choice]:
    """Return a plan with a move more, less, sooner, elsewhere, or stopped."""
    started = [(quarter, name) for quarter, choice in enumerate(plan) for name in choice.start]
    quarter, kind, new = rng.randrange(len(plan)), rng.random(), list(plan)
    if kind < 0.4 or not started:
        new[quarter] = _with(new[quarter], rng.choice(moves))
        return new
    begun, name = rng.choice(started)
    if kind < 0.85:
        new[begun] = _less(new[begun], name)
    if 0.6 <= kind < 0.85:
        # Most moves are worth more the sooner they start.
        begins = min(quarter, begun) if kind < 0.75 else quarter
        new[begins] = _with(new[begins], name)
    if kind >= 0.85 and quarter > begun:
        new[quarter] = Choice(new[quarter].start, tuple(dict.fromkeys((*new[quarter].stop, name))))
    return new


def _with(choice: Choice, name: str) -> Choice:
    return choice if name in choice.start else Choice((*choice.start, name), choice.stop)


def _less(choice: Choice, name: str) -> Choice:
    return Choice(tuple(row for row in choice.start if row != name), choice.stop)
