"""Why did somebody decide so? The terms of a person's last choice, as they were when it was made.

Each term is found by switching it off in the model's own rule and looking at what is missing: the rule is a sum, so
the terms add up to what made each option attractive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from ccsim.draws import four
from ccsim.mechanisms import choice, contact, service
from ccsim.world import World

OPTIONS = (contact.FAST, contact.SCRIPT, contact.SOLVE, contact.HAND_OVER, contact.ESCALATE)
NAMES = ("close fast", "follow the script", "solve with judgement", "hand over", "escalate")
#: Terms in the order of the rule, in words.
TERMS = ("what the scorecard rewards", "belief in acting customer-first", "what colleagues do, and praise", "habit",
         "effort", "risk of blame", "checks on departures", "reluctance to pass on")  # fmt: skip


@dataclass(frozen=True)
class LastChoice:
    """A choice and what it was made of.

    Attributes:
        option: place in ``NAMES`` of what was chosen.
        complexity, stages, lost: of the case.
        terms: shape (terms, options), in units of utility.
        chances: of each option, before the draw.
        luck: the draw that decided, from 0 to 1.
    """

    option: int
    complexity: float
    stages: int
    lost: bool
    terms: np.ndarray
    chances: np.ndarray
    luck: float


@cache
def interpreted(function: Any) -> Callable[..., Any]:
    """Return a rule as plain Python, with the rules that it calls: nothing is compiled for a single question."""
    plain = getattr(function, "py_func", function)
    if not isinstance(plain, FunctionType):
        return function  # type: ignore[no-any-return]
    names = plain.__globals__
    rules = {name: interpreted(names[name]) for name in plain.__code__.co_names if hasattr(names.get(name), "py_func")}
    return FunctionType(plain.__code__, {**names, **rules}, plain.__name__, plain.__defaults__, plain.__closure__)


def at(world: World, row: int) -> Any:
    """Return a member of staff: the columns of a row."""
    return world.state.staff[row]  # type: ignore[index]


def last_choice(before: World | None, now: World, row: int) -> LastChoice | None:
    """Return the choice that a person made for the last case of the week; None without one.

    Args:
        before: the world as it was before the week; stocks that the choice looked at are from there.
        now: the world after it; what the week itself brought is from there.
        row: which member of staff.
    """
    person = at(now, row)
    if before is None or person.handled < 1 or person.last_choice < 1:
        return None
    case, who = _case(before, now, row), _person(before, now, row)
    p = now.settings
    options = [k for k in OPTIONS if k != contact.HAND_OVER or len(now.state.departments.front) > 1]
    terms = np.zeros((len(TERMS), len(OPTIONS)))
    for option in options:
        terms[:, option] = _terms(option, case, who, p)
    luck = float(interpreted(four)(np.uint64(now.seed), service.SERVE, now.week, int(person.last_case))[0])
    chosen = int(person.last_choice) - 1
    # Whether a leader had time is not kept: of the two answers, the one that leads to what was chosen is right.
    open_to = [options, [k for k in options if k != contact.ESCALATE]]
    chances = next((c for c in (_chances(terms, some) for some in open_to) if _drawn(c, luck) == chosen),
                   _chances(terms, options))  # fmt: skip
    return LastChoice(chosen, float(person.last_complexity), int(person.last_stages), bool(person.last_lost), terms,
                      chances, luck)  # fmt: skip


def _case(before: World, now: World, row: int) -> tuple[Any, ...]:
    person = at(now, row)
    old, new = (each.state.departments[person.department] for each in (before, now))  # type: ignore[index]
    joined = new.linked if "linked" in new.dtype.names else new.joined
    return (float(person.last_complexity), int(person.last_stages), int(person.last_lost), float(old.routine),
            float(old.workload), float(new.spoilt), float(joined))  # fmt: skip


def _person(before: World, now: World, row: int) -> tuple[Any, ...]:
    """What the person brought to the choice: stocks as they were, and what the week had added to them."""
    old, new, p = at(before, row), at(now, row), now.settings
    cover, case = float(new.cover), int(new.last_case)
    norm = p.conviction.norm * (old.peer_practice - 0.25) + old.praise + now.state.customers.care[case]
    return (min(1.0, max(0.0, old.skill + new.knows)), min(1.0, max(0.0, old.latitude + cover)), float(old.taste),
            interpreted(choice.felt)(old.latitude, old.safety, cover), p.conviction.pull * float(old.conviction),
            float(norm), p.habit.pull * float(old.habit), float(old.fatigue), float(new.slower))  # fmt: skip


def _terms(option: int, case: tuple[Any, ...], who: tuple[Any, ...], p: Any) -> list[float]:
    """Take an option's appeal apart."""
    appeal = interpreted(choice.appeal)

    def total(person: tuple[Any, ...] = who, service_: Any = p.service, rights: Any = p.empowerment) -> float:
        return float(appeal(option, case, person, p.staff_scorecard, p.scorecards, service_, p.handoffs, rights))

    def without(place: int) -> tuple[Any, ...]:
        return (*who[:place], 0.0, *who[place + 1 :])

    whole = total()
    parts = [whole - total(without(place)) for place in (4, 5, 6)]
    parts += [whole - total(service_=p.service._replace(effort=0.0)), whole - total(rights=p.empowerment._replace(fear=0.0)),
              whole - total(rights=p.empowerment._replace(checks=0.0)),
              whole - total(service_=p.service._replace(reluctance=0.0))]  # fmt: skip
    return [whole - sum(parts), *parts]


def _chances(terms: np.ndarray, options: list[int]) -> np.ndarray:
    appeal = terms.sum(axis=0)
    weights = np.zeros(len(OPTIONS))
    weights[options] = np.exp(appeal[options] - appeal[options].max())
    return weights / weights.sum()


def _drawn(chances: np.ndarray, luck: float) -> int:
    return min(len(OPTIONS) - 1, int(np.searchsorted(np.cumsum(chances), luck, side="right")))
