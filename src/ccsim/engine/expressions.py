"""Expressions over names, such as ``resolved / handled``: parsed once, checked against a whitelist, never executed as code.

Conditions of scenarios, formulas of KPIs and measures of facts are expressions of this kind.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

import numpy as np

from ccsim.errors import InputError

#: Longer texts are refused, so that no expression is nested too deeply for Python.
LONGEST = 300


def divide(a: Any, b: Any) -> Any:
    """Return a / b; division by zero gives nan."""
    if isinstance(b, (int, float)) and b == 0:
        return a * float("nan")
    return a / b


def power(a: Any, b: Any) -> Any:
    """Return a to the power of b; infinite if it is too large, nan if it is not real."""
    return np.float64(a) ** b if isinstance(a, (int, float)) else a**b


ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: divide,
    ast.Pow: power,
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


@cache
def parse(text: str) -> ast.expr:
    """Return the syntax tree of an expression, which :func:`check_number` then has to check.

    Raises:
        InputError: the text is not an expression, or too long.
    """
    if len(text) > LONGEST:
        raise InputError(f"must have at most {LONGEST} characters, got {len(text)}")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{text!r} cannot be read") from None


def called(node: ast.Call) -> str:
    """Return the name of the function in a call; empty if it is not a plain call of a name."""
    plain = isinstance(node.func, ast.Name) and not node.keywords and len(node.args) == 1
    return node.func.id if plain else ""  # type: ignore[attr-defined]  # a name, as was just checked


def names(node: ast.expr, *, functions: bool = True) -> frozenset[str]:
    """Return the names that an expression reads, with or without those of functions that it calls."""
    calls = [] if functions else [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part not in calls)


def check_number(node: ast.expr, functions: Collection[str] = (), *, powers: bool = False) -> None:
    """Refuse everything except arithmetic over numbers and names.

    Args:
        node: the tree.
        functions: functions of one argument that may be called.
        powers: whether ``**`` is allowed.

    Raises:
        InputError: a part cannot be used; the message is that part.
    """
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            check_number(operand, functions, powers=powers)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in ARITHMETIC and (
            powers or not isinstance(op, ast.Pow)
        ):
            check_number(left, functions, powers=powers)
            check_number(right, functions, powers=powers)
        case ast.Call() if called(node) in functions:
            check_number(node.args[0], functions, powers=powers)
        case ast.Name():
            pass
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and value < 1e300:
            pass
        case _:
            raise InputError(ast.unparse(node))


def evaluate(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """Return the value of a checked expression.

    Args:
        node: the tree.
        values: numbers, arrays and functions by name; arrays are combined element by element.

    Returns:
        A number or an array.

    Raises:
        AssertionError: the expression has not been checked.
    """
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(evaluate(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(evaluate(part, values) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not evaluate(operand, values)
        case ast.UnaryOp(operand=operand):
            return -evaluate(operand, values)
        case ast.BinOp(op=op, left=left, right=right):
            return ARITHMETIC[type(op)](evaluate(left, values), evaluate(right, values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            terms = [evaluate(part, values) for part in (left, *others)]
            pairs = zip(ops, terms, terms[1:], strict=False)
            return all(COMPARISONS[type(op)](a, b) for op, a, b in pairs)
        case ast.Call(args=[argument]):
            return values[called(node)](evaluate(argument, values))
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # checked when it was read
    raise AssertionError(node)
