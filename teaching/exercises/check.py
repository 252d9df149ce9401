"""Check an answer to an exercise: plain Python, from the command line, Jupyter or marimo.

    python teaching/exercises/check.py 1 my_answer.py --student 4711

In a notebook: ``from check import check; check(1, answers, student="4711")`` with any object that has the functions that
the exercise asks for; the list says what is wrong. Each student has seeds of an own, so that answers cannot be copied.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from ccsim.errors import CcsimError
from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import do_nothing, score
from ccsim.game.game import Choice, play_through

#: Points that a plan of exercise 1 has to gain over doing nothing, on average.
GAIN = 15.0
SEEDS, CASES = 4, 200
#: Points by which an estimate of exercise 3 may be off, on average.
CLOSE = 1.5
#: What staff may be judged by in exercise 3.
MEASURES: tuple[tuple[str, ...], ...] = ((), ("measure-speed",), ("measure-surveys",))
SURVEY = ("independent-survey",)


def seeds_of(student: str, count: int = SEEDS) -> list[int]:
    """Return a student's seeds."""
    digest = hashlib.sha256(f"ccsim exercises {student}".encode()).digest()
    return [int.from_bytes(digest[4 * place : 4 * place + 4], "big") for place in range(count)]


def check(exercise: int, answer: Any, student: str = "") -> list[str]:
    """Return what is wrong with an answer, in words; nothing if it is right.

    Args:
        exercise: 1, 2 or 3.
        answer: a module or any object with the functions that the exercise asks for.
        student: whose seeds to use.
    """
    return CHECKS[exercise](answer, seeds_of(student))


def beats_nothing(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 1: ``plan()`` can be paid for, and gains enough over doing nothing on seeds not seen before."""
    try:
        choices = list(answer.plan())
        games = [play_through(choices, seed) for seed in seeds]
    except CcsimError as error:
        return [f"the plan cannot be played: {error}"]
    if any(not game.over for game in games):
        return [f"the plan has {len(choices)} quarters; it takes {catalogue().rules.quarters}"]
    none = [play_through(do_nothing(catalogue()), seed) for seed in seeds]
    gains = [score(one).total - score(other).total for one, other in zip(games, none, strict=True)]
    if fmean(gains) < GAIN:
        return [f"the plan gains {fmean(gains):.1f} points over doing nothing on average; it takes {GAIN:.0f}"]
    return []


def tells_luck(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 2: ``difference(mine, others)`` is an interval of 95 % for the mean difference on the same draws."""
    chance = random.Random(seeds[0])
    covered, wide = 0, []
    for _ in range(CASES):
        world = [chance.gauss(50.0, 10.0) for _ in range(20)]
        mine, others = ([one + shift + chance.gauss(0.0, 2.0) for one in world] for shift in (3.0, 0.0))
        low, high = answer.difference(mine, others)
        covered += low <= 3.0 <= high
        wide.append(high - low)
    faults = []
    # Of 200 intervals of 95 %, fewer than 180 or all of them cover the truth less than once in a thousand.
    if not 0.90 * CASES <= covered < CASES:
        faults.append(f"{covered} of {CASES} intervals hold the true difference; about {0.95 * CASES:.0f} should")
    if fmean(wide) > 4.0:
        faults.append("the interval is far too wide: the two lists are of the same seeds, so compare seed by seed")
    return faults


def reads_the_gap(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 3: ``satisfaction(figures, shown)`` estimates the true satisfaction of a year's last quarter."""
    errors, naive = [], []
    for seed in seeds:
        for measure in MEASURES:
            figures, shown, true = a_year(measure, seed)
            errors.append(abs(float(answer.satisfaction(figures, shown)) - true))
            naive.append(abs(figures[-1]["reported_csat"] - true))
    if fmean(errors) > CLOSE:
        return [
            f"the estimate is {fmean(errors):.1f} points off on average; it takes {CLOSE:g} (what is reported is off by "
            f"{fmean(naive):.1f})"
        ]
    return []


def a_year(measure: tuple[str, ...], seed: int) -> tuple[list[dict[str, Any]], list[dict[str, float]], float]:
    """Play a year; customers are asked independently in the first and third quarter.

    Returns:
        What was reported, and what listening showed, by quarter; and the true satisfaction of the last quarter.
    """
    game = play_through([Choice((*measure, *SURVEY)), Choice(), Choice(SURVEY), Choice()], seed)
    return [dict(row.figures) for row in game.seen], [dict(row.shown) for row in game.seen], game.by_quarter("csat")[-1]


CHECKS: dict[int, Callable[[Any, Sequence[int]], list[str]]] = {1: beats_nothing, 2: tells_luck, 3: reads_the_gap}


def module_of(file: Path) -> Any:
    """Return a file of Python as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file}: is no file of Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Check a file."""
    parser = argparse.ArgumentParser(description="Check an answer to an exercise.")
    parser.add_argument("exercise", type=int, choices=sorted(CHECKS))
    parser.add_argument("file", type=Path)
    parser.add_argument("--student", default="", help="whose seeds to use")
    asked = parser.parse_args()
    if not asked.file.is_file():
        raise SystemExit(f"{asked.file}: there is no such file")
    faults = check(asked.exercise, module_of(asked.file), asked.student)
    print("\n".join(faults) or f"Exercise {asked.exercise}: right.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
