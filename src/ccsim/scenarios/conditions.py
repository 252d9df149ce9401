"""Conditions in a schedule, such as ``executive_conviction > 0.6 and profit > 0``: checked, never executed.

A condition may hold numbers, names of KPIs, + - * /, comparisons, and, or, not, parentheses. Nothing else.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccsim.errors import InputError, UnknownNameError

_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b if b else float("nan"),
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
#: Longer texts are refused, so that nothing nests deeper than Python can follow.
_LONGEST = 300
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

        if len(self.text) > _LONGEST:
            raise InputError(f"a condition must have at most {_LONGEST} characters, got {len(self.text)}")
        _check_truth(self._tree(), self.text)
        known = self.known or frozenset(KPIS)
        for name in sorted(self.names - known):
            raise UnknownNameError("KPI", name, known)

    @property
    def names(self) -> frozenset[str]:
        """KPIs that the condition reads."""
        return frozenset(node.id for node in ast.walk(self._tree()) if isinstance(node, ast.Name))

    def holds(self, values: Mapping[str, float]) -> bool:
        """Say whether the condition holds for the given KPIs; no comparison with nan is true."""
        return bool(_value(self._tree(), values))

    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
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
            if not all(type(op) in _COMPARISONS for op in ops):
                raise _refused(node, text)
            for part in (left, *others):
                _check_number(part, text)
        case _:
            _check_number(node, text)
            number = ast.unparse(node)
            raise InputError(f"{text!r}: {number!r} is a number, neither true nor false; {_EXAMPLE}")


def _check_number(node: ast.expr, text: str) -> None:
    """Refuse what is no number, and everything within that is not on the short list."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check_number(operand, text)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
            _check_number(left, text)
            _check_number(right, text)
        case ast.Name():
            pass
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and value < 1e300:
            pass
        case _:
            raise _refused(node, text)


def _refused(node: ast.expr, text: str) -> InputError:
    return InputError(f"{text!r}: {ast.unparse(node)!r} cannot be used in a condition; {_ACCEPTED}")


def _value(node: ast.expr, values: Mapping[str, float]) -> Any:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_value(part, values) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, values)
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
        case ast.BinOp(op=op, left=left, right=right):
            return _ARITHMETIC[type(op)](_value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            terms = [_value(part, values) for part in (left, *others)]
            pairs = zip(ops, terms, terms[1:], strict=False)
            return all(_COMPARISONS[type(op)](a, b) for op, a, b in pairs)
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # checked when it was read
    raise AssertionError(node)
