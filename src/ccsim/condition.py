"""Conditions in a schedule, such as ``executive_conviction > 0.6 and profit > 0``: parsed, checked, never executed.

A condition may hold numbers, names of KPIs, + - * /, comparisons, and, or, not, and parentheses. Nothing else.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ccsim.errors import InputError, UnknownName

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
_EXAMPLE = "a condition reads like 'executive_conviction > 0.6 and profit > 0'"


@dataclass(frozen=True)
class Condition:
    """A condition over KPIs.

    Raises:
        InputError: the text is no condition, or names what is no KPI.
    """

    text: str

    def __post_init__(self) -> None:
        from ccsim.kpis import KPIS

        tree = self._tree()
        _check(tree, self.text)
        if not isinstance(tree, (ast.Compare, ast.BoolOp)) and not _is_not(tree):
            raise InputError(f"{self.text!r} says nothing that could be true or false; {_EXAMPLE}")
        for name in sorted(self.names):
            if name not in KPIS:
                raise UnknownName("KPI", name, KPIS)

    @property
    def names(self) -> frozenset[str]:
        """KPIs that the condition reads."""
        return frozenset(node.id for node in ast.walk(self._tree()) if isinstance(node, ast.Name))

    def holds(self, values: Mapping[str, float]) -> bool:
        """Say whether the condition holds for the given KPIs; a KPI that is not a number makes no comparison true."""
        return bool(_value(self._tree(), values))

    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise InputError(f"{self.text!r} cannot be read; {_EXAMPLE}") from None


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _check(node: ast.expr, text: str) -> None:
    """Refuse everything that is not on the short list."""
    match node:
        case ast.BoolOp(values=values):
            parts = values
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            parts = [operand]
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
            parts = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARISONS for op in ops):
            parts = [left, *others]
        case ast.Name():
            parts = []
        case ast.Constant(value=value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            parts = []
        case _:
            raise InputError(
                f"{text!r}: {ast.unparse(node)!r} is not accepted; a condition takes numbers, KPIs, "
                "+ - * /, < <= > >=, and, or, not, and parentheses"
            )
    for part in parts:
        _check(part, text)


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
            return all(_COMPARISONS[type(op)](a, b) for op, a, b in zip(ops, terms, terms[1:], strict=False))
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return value
    raise AssertionError(node)
