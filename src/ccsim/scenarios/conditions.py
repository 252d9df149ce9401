"""Conditions in a schedule, such as ``executive_conviction > 0.6 and profit > 0``; they are checked, never executed as code.

A condition may contain only numbers, names of KPIs, + - * /, comparisons, and, or, not, and parentheses.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from ccsim.engine.expressions import COMPARISONS, LONGEST, check_number, evaluate, names, parse
from ccsim.errors import InputError, UnknownNameError

_EXAMPLE = "a condition must have a form such as 'executive_conviction > 0.6 and profit > 0'"
_ACCEPTED = "it may contain numbers, KPIs, + - * /, < <= > >=, and, or, not, and parentheses"


@dataclass(frozen=True)
class Condition:
    """A condition over KPIs.

    Attributes:
        text: the condition.
        known: names that it may contain; by default those of the KPIs.

    Raises:
        InputError: the text is not a condition, or contains a name that is not a KPI.
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
        """Return whether the condition holds for the given KPIs; comparisons with nan are false."""
        return bool(evaluate(self._tree(), values))

    def _tree(self) -> ast.expr:
        try:
            return parse(self.text)
        except InputError:
            raise InputError(f"{self.text!r} cannot be read; {_EXAMPLE}") from None


def _check_truth(node: ast.expr, text: str) -> None:
    """Refuse an expression that is not a truth value, or that contains anything not on the whitelist."""
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
            raise InputError(f"{text!r}: {number!r} is a number, not a truth value; {_EXAMPLE}")


def _check_number(node: ast.expr, text: str) -> None:
    """Refuse an expression that is not a number, or that contains anything not on the whitelist."""
    try:
        check_number(node)
    except InputError as part:
        raise InputError(f"{text!r}: {str(part)!r} cannot be used in a condition; {_ACCEPTED}") from None


def _refused(node: ast.expr, text: str) -> InputError:
    return InputError(f"{text!r}: {ast.unparse(node)!r} cannot be used in a condition; {_ACCEPTED}")
