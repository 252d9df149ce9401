"""Conditions in a schedule, such as ``executive_conviction > 0.6 and profit > 0``: checked, never executed.

A condition may hold numbers, names of KPIs, + - * /, comparisons, and, or, not, parentheses. Nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from ccsim.engine.expressions import COMPARISONS, LONGEST, check_number, evaluate, names, parse
from ccsim.errors import InputError, UnknownNameError

_EXAMPLE = "a condition reads like 'executive_conviction > 0.6 and profit > 0'"
_ACCEPTED = "it may hold numbers, KPIs, + - * /, < <= > >=, and, or, not, and parentheses"


@dataclass(frozen=True)
class Condition:
    """A condition over KPIs.

    Attributes:
        text: the condition.
        known: names that it may hold; by default those of the KPIs.

    Raises:
        InputError: the text is no condition, or names what is no KPI.
    """

    text: str
    known: frozenset[str] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        from ccsim.model.kpis import KPIS

        if len(self.text) > LONGEST:
            raise InputError(f"a condition must have at most {LONGEST} characters, got {len(self.text)}")
        _check_truth(self._tree(), self.text)
        known = self.known or frozenset(KPIS)
        for name in sorted(self.names - known):
            raise UnknownNameError("KPI", name, known)

    @property
    def names(self) -> frozenset[str]:
        """KPIs that the condition reads."""
        return names(self._tree())

    def holds(self, values: Mapping[str, float]) -> bool:
        """Say whether the condition holds for the given KPIs; no comparison with nan is true."""
        return bool(evaluate(self._tree(), values))

    def _tree(self) -> ast.expr:
        try:
            return parse(self.text)
        except InputError:
            raise InputError(f"{self.text!r} cannot be read; {_EXAMPLE}") from None


def _check_truth(node: ast.expr, text: str) -> None:
    """Refuse what is neither true nor false, and everything within that is not on the short list."""
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check_truth(part, text)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check_truth(operand, text)
        case ast.Compare(left=left, ops=ops, comparators=others):
            if not all(type(op) in COMPARISONS for op in ops):
                raise _refused(node, text)
            for part in (left, *others):
                _check_number(part, text)
        case _:
            _check_number(node, text)
            number = ast.unparse(node)
            raise InputError(f"{text!r}: {number!r} is a number, neither true nor false; {_EXAMPLE}")


def _check_number(node: ast.expr, text: str) -> None:
    """Refuse what is no number, and everything within that is not on the short list."""
    try:
        check_number(node)
    except InputError as part:
        raise InputError(f"{text!r}: {str(part)!r} cannot be used in a condition; {_ACCEPTED}") from None


def _refused(node: ast.expr, text: str) -> InputError:
    return InputError(f"{text!r}: {ast.unparse(node)!r} cannot be used in a condition; {_ACCEPTED}")
