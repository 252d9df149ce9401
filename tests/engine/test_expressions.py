"""Expressions are arithmetic over names, and nothing else runs."""

import math

import numpy as np
import pytest

from ccsim.engine.expressions import check_number, evaluate, names, parse
from ccsim.errors import InputError


def test_arrays_are_combined_element_by_element() -> None:
    value = evaluate(
        parse("100 * (a - b) / total"), {"a": np.array([3.0, 1.0]), "b": 1.0, "total": np.array([4.0, 2.0])}
    )
    assert value.tolist() == [50.0, 0.0]


def test_a_number_divided_by_zero_is_not_a_number() -> None:
    assert math.isnan(evaluate(parse("1 / zero"), {"zero": 0.0}))


def test_a_function_of_one_argument_is_called_if_it_is_allowed() -> None:
    tree = parse("2 * half(x)")
    check_number(tree, ("half",))
    assert evaluate(tree, {"x": 3.0, "half": lambda value: value / 2}) == 3.0
    with pytest.raises(InputError, match=r"half\(x\)"):
        check_number(tree)


def test_powers_are_refused_unless_they_are_allowed() -> None:
    with pytest.raises(InputError, match=r"a \*\* 2"):
        check_number(parse("a ** 2"))
    check_number(parse("a ** 2"), powers=True)
    assert evaluate(parse("a ** 2"), {"a": np.array([3.0])}).tolist() == [9.0]


def test_names_are_those_that_are_read() -> None:
    assert names(parse("a + log(b) * 2")) == {"a", "b", "log"}
    assert names(parse("a + log(b) * 2"), functions=False) == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "[a]",
        "a if b else c",
        "'x'",
        "True",
        "a ** 2",
        "f(a, b)",
        "f(x=1)",
        "(a := 1)",
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        check_number(parse(text), ("f",))


@pytest.mark.parametrize("text", ["", "a +", "(" * 200 + "a" + ")" * 200, "a" * 301])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        check_number(parse(text))
