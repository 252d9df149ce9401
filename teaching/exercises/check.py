"""Check an answer to an exercise: plain Python, from the command line, Jupyter or marimo.

    python teaching/exercises/check.py 1 my_answer.py --student 4711

In a notebook: ``from check import check; check(1, answers, student="4711")`` with any object that has the functions that
the exercise asks for; the list says what is wrong. Each student has their own seeds, so that answers cannot be copied.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
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
#: What varies in exercise 4, how often its company may be run, and for how many weeks.
VARIED = (
    "habit.decay_rate",
    "word_of_mouth.influence",
    "programme.budget",
    "empowerment.rights",
    "market.word_of_mouth_churn",
)
RUNS, EXPLORED = 40, 78
#: Exercise 5: EUR a week that may be spent, and points of satisfaction to gain.
BUDGET, BETTER = 8000.0, 2.0
#: Exercise 7: share of the usual lead of bottom-up below which a world refutes the claim.
CLAIMED = 0.65


def seeds_of(student: str, count: int = SEEDS) -> list[int]:
    """Return a student's seeds."""
    digest = hashlib.sha256(f"ccsim exercises {student}".encode()).digest()
    return [int.from_bytes(digest[4 * place : 4 * place + 4], "big") for place in range(count)]


def check(exercise: int, answer: Any, student: str = "") -> list[str]:
    """Return what is wrong with an answer, in words; nothing if it is right.

    Args:
        exercise: its number, 1 to 7.
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
            values, shown, true = a_year(measure, seed)
            errors.append(abs(float(answer.satisfaction(values, shown)) - true))
            naive.append(abs(values[-1]["reported_csat"] - true))
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
    return (
        [dict(row.reported) for row in game.seen],
        [dict(row.shown) for row in game.seen],
        game.by_quarter("csat")[-1],
    )


def finds_what_matters(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 4: ``most_important(outcome, ranges)`` names a parameter that satisfaction depends on (nearly) most."""
    from ccsim.model.settings import all_parameters

    ranges = {key: (float(low), float(high)) for key in VARIED for low, high in [all_parameters()[key].range or (0, 1)]}
    calls = 0

    def outcome(values: Mapping[str, float]) -> float:
        nonlocal calls
        calls += 1
        if calls > RUNS:
            raise CcsimError(f"outcome may be called {RUNS} times")
        # One company alone would make it a matter of luck.
        return fmean(_satisfaction("bottom-up", values, seed, EXPLORED) for seed in seeds[:2])

    try:
        named = answer.most_important(outcome, ranges)
    except CcsimError as error:
        return [str(error)]
    if named not in ranges:
        return [f"{named!r} is none of {', '.join(ranges)}"]
    effects = {}
    for key, (low, high) in ranges.items():
        levels = [low + share * (high - low) for share in (0.0, 0.33, 0.67, 1.0)]
        means = [
            fmean(_satisfaction("bottom-up", {key: level}, seed, EXPLORED) for seed in seeds[2:4]) for level in levels
        ]
        effects[key] = max(means) - min(means)
    most = max(effects.values())
    if effects[named] < 0.7 * most:
        return [f"{named} moves satisfaction by {effects[named]:.1f} points over its range; another one by {most:.1f}"]
    return []


def writes_a_scenario(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 5: ``scenario()`` is valid, keeps to the budget, makes its move, and satisfies more than doing nothing."""
    import ccsim

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mine.toml"
        file.write_text(answer.scenario(), encoding="utf-8")
        try:
            mine = ccsim.load_scenario(str(file))
        except CcsimError as error:
            return [f"the scenario cannot be read: {error}"]
    faults = []
    if not any(name.endswith("nothing.toml") for name in mine.files) or len(mine.files) != 2:
        faults.append("the scenario has to extend nothing, and no other")
    budgets = [
        values.get("programme.budget", 0.0)
        for values in (mine.history, mine.levers, *(move.set for move in mine.schedule))
    ]
    if max(budgets) > BUDGET:
        faults.append(f"the programme spends {max(budgets):,.0f} EUR a week; it may spend {BUDGET:,.0f}")
    waiting = {move.label for move in mine.schedule if move.when is not None}
    if not waiting:
        faults.append("no move waits for a condition")
    if faults:
        return faults
    runs = [ccsim.simulate(mine, seed, 156) for seed in seeds]
    never = [label for label in waiting if any(label not in {event[1] for event in run.interventions} for run in runs)]
    if never:
        return [f"the move {never[0]!r} does not happen on every draw: its condition does not hold within 156 weeks"]
    gains = [
        float(run.kpis["csat"][-13:].mean()) - _satisfaction("nothing", {}, seed, 156)
        for run, seed in zip(runs, seeds, strict=True)
    ]
    if fmean(gains) < BETTER:
        return [f"satisfaction is {fmean(gains):+.1f} points against doing nothing on average; it takes {BETTER:+.1f}"]
    return []


def task_of(seeds: Sequence[int]) -> dict[str, int]:
    """Return the departments of a student's organisation with their people, for exercise 6."""
    chance = random.Random(seeds[0])
    names = chance.sample(["Hotline", "Branches", "Field", "Billing", "Network", "Claims", "Sales", "Online"], 4)
    return {name: chance.randint(14, 40) for name in names}


def describes_an_organisation(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 6: ``write(folder, departments)`` makes files that are read without a fault and founded as the task says."""
    from ccsim.organisations.io import read_folder
    from ccsim.organisations.layout import make_layout

    task = task_of(seeds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "mine"
        folder.mkdir()
        answer.write(folder, dict(task))
        try:
            read = read_folder(folder)
            make_layout(read)
        except CcsimError as error:
            return [f"ccsim org check finds a fault: {error}"]
        people = [table.frame for table in read.tables.get("people", ())]
    if not people:
        return ["no people.csv: the founded organisation is drawn from its usual sizes, not from your departments"]
    found = people[0]["department"].value_counts().to_dict()
    wrong = [
        f"{name} has {found.get(name, 0)} people instead of {count}"
        for name, count in task.items()
        if found.get(name, 0) != count
    ]
    more = set(found) - set(task)
    return [*wrong, *(f"{name} is no department of the task" for name in sorted(more))]


def refutes(answer: Any, seeds: Sequence[int]) -> list[str]:
    """Exercise 7: ``world()`` names at most four assumptions under which the lead of bottom-up shrinks by a third and more."""
    from ccsim.model.settings import all_parameters

    known, world = all_parameters(), dict(answer.world())
    if len(world) > 4:
        return [f"{len(world)} assumptions are too many; four are allowed"]
    for key, value in world.items():
        one = known.get(key)
        if one is None or one.role != "assumption":
            return [f"{key!r} is no assumption; ccsim parameters --all lists them"]
        if one.range is None or not one.range[0] <= value <= one.range[1]:
            return [f"{key} = {value:g} is outside of its plausible range {one.range}"]
    usual, there = _lead({}, seeds), _lead(world, seeds)
    if there >= CLAIMED * usual:
        return [
            f"bottom-up leads by {there:.1f} points in your world and by {usual:.1f} in the usual one; less than {CLAIMED:.0%} of that refutes the claim"
        ]
    return []


def _lead(world: Mapping[str, float], seeds: Sequence[int]) -> float:
    return fmean(
        _satisfaction("bottom-up", world, seed, 156) - _satisfaction("top-down", world, seed, 156) for seed in seeds
    )


def _satisfaction(scenario: str, values: Mapping[str, float], seed: int, weeks: int) -> float:
    import ccsim

    run = ccsim.simulate(ccsim.load_scenario(scenario).with_values(dict(values)), seed, weeks)
    return float(run.kpis["csat"][-13:].mean())


CHECKS: dict[int, Callable[[Any, Sequence[int]], list[str]]] = {
    1: beats_nothing,
    2: tells_luck,
    3: reads_the_gap,
    4: finds_what_matters,
    5: writes_a_scenario,
    6: describes_an_organisation,
    7: refutes,
}


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
    parser.add_argument("--task", action="store_true", help="say what the student's organisation of exercise 6 is like")
    options = parser.parse_args()
    if options.task:
        for name, people in task_of(seeds_of(options.student)).items():
            print(f"{name}: {people} people")
        return 0
    if not options.file.is_file():
        raise SystemExit(f"{options.file}: there is no such file")
    faults = check(options.exercise, module_of(options.file), options.student)
    print("\n".join(faults) or f"Exercise {options.exercise}: right.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
