"""The choices of a week of service, one by one, with the terms that made each option attractive.

The rules of the choice are not repeated here. The week's own rules are run as plain Python, which gives the same bits as the compiled
ones, with functions that record their arguments. A term is what an option's utility loses when the term is
removed, so the terms always match :func:`ccsim.mechanisms.service.choice.utility`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.mechanisms.service import choice, service

#: The five options, by number, in words.
OPTIONS = ("closes it fast", "follows the script", "solves it with judgement", "hands it over", "puts it to a leader")

#: For each term, how to remove it: the argument of ``utility`` and the field of it to set to zero.
TERMS: dict[str, tuple[str, str]] = {
    "reward": ("person", "reward_weight"),
    "belief": ("person", "belief"),
    "norm": ("person", "norm"),
    "habit": ("person", "habit"),
    "effort": ("p", "effort_weight"),
    "blame": ("empowerment", "blame_weight"),
    "checks": ("empowerment", "monitoring_weight"),
    "reluctance": ("p", "transfer_reluctance"),
}


@dataclass(frozen=True)
class Choice:
    """One choice: who handles which case how.

    Attributes:
        department, person, case: rows; a case has its customer's row.
        option: number of the option chosen (:data:`OPTIONS`).
        draw: the draw that decided among the options.
        arguments: for each option that was open, the arguments of its utility.
    """

    department: int
    person: int
    case: int
    option: int
    draw: float
    arguments: Mapping[int, tuple[Any, ...]]

    def utilities(self) -> dict[int, float]:
        """Return the utility of each option that was open."""
        utility = plain(choice.utility)
        return {option: float(utility(*arguments)) for option, arguments in self.arguments.items()}

    def chances(self) -> dict[int, float]:
        """Return the chance of each option that was open (multinomial logit, McFadden 1974)."""
        utilities = self.utilities()
        top = max(utilities.values())
        weights = {option: float(np.exp(value - top)) for option, value in utilities.items()}
        return {option: weight / sum(weights.values()) for option, weight in weights.items()}

    def terms(self, option: int) -> dict[str, float]:
        """Return the terms of an option's utility, the total last; costs are negative."""
        utility, arguments = plain(choice.utility), self.arguments[option]
        total = float(utility(*arguments))
        terms = {}
        names = utility.__code__.co_varnames
        for name, (argument, field) in TERMS.items():
            changed, place = list(arguments), names.index(argument)
            changed[place] = arguments[place]._replace(**{field: 0.0})
            terms[name] = total - float(utility(*changed))
        return {**terms, "total": total}


def choices(arguments: tuple[Any, ...]) -> list[Choice]:
    """Run a service phase in plain Python and return every choice in order.

    Args:
        arguments: those of :func:`ccsim.mechanisms.service.service.serve`; it changes the columns in them.

    Returns:
        The choices in the order in which they are made.
    """
    recorded: list[Choice] = []
    options: dict[int, tuple[Any, ...]] = {}

    def record_utility(*called: Any) -> Any:
        options[int(called[0])] = called
        return utility(*called)

    def record_choice(i: int, case: int, department: int, draw: float, *rest: Any) -> Any:
        options.clear()
        chosen = choose(i, case, department, draw, *rest)
        recorded.append(Choice(department, int(i), int(case), int(chosen[0]), float(draw), dict(options)))
        return chosen

    utility = plain(choice.utility)
    choose = plain(choice.choose_handling, {"utility": record_utility})
    with np.errstate(over="ignore"):  # the arithmetic of the draws is modulo 2**64
        plain(service.serve, {"choose_handling": record_choice})(*arguments)
    return recorded


def plain(
    function: Any, instead: Mapping[str, Callable[..., Any]] | None = None, converted: dict[Any, Any] | None = None
) -> Callable[..., Any]:
    """Return a rule or kernel as plain Python, with all rules that it uses.

    Args:
        function: the rule or kernel, compiled or not.
        instead: functions to call in place of those named in its source or in that of a rule it uses.
        converted: functions already converted; a column may have the same name as a rule.
    """
    source = getattr(function, "py_func", function)
    scope, converted = dict(source.__globals__), {} if converted is None else converted
    converted[source] = copy = types.FunctionType(source.__code__, scope, source.__name__, source.__defaults__)
    for name in source.__code__.co_names:
        if instead and name in instead:
            scope[name] = instead[name]
        elif hasattr(scope.get(name), "py_func"):
            scope[name] = converted.get(scope[name].py_func) or plain(scope[name], instead, converted)
    return copy
