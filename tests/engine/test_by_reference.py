"""How kernels are handed their columns. Nothing is compiled here: only the types are asked for."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import typeof, types

from ccsim.engine.by_reference import Columns, take_columns


class Pair(NamedTuple):
    """Columns of a population."""

    first: np.ndarray
    second: np.ndarray


take_columns(Pair)


def test_columns_of_equal_length_go_by_reference() -> None:
    found = typeof(Pair(np.zeros(3), np.zeros(3, np.int64)))
    assert isinstance(found, Columns)


@pytest.mark.parametrize(
    "columns",
    [
        Pair(np.zeros(3), np.zeros(4)),
        Pair(np.zeros((3, 2)), np.zeros((3, 2))),
        Pair(np.zeros(3), (1.0, 2.0, 3.0)),  # type: ignore[arg-type]  # a tuple in place of an array is the point
    ],
    ids=["two lengths", "two dimensions", "no array"],
)
def test_columns_of_two_lengths_or_shapes_do_not(columns: Pair) -> None:
    assert isinstance(typeof(columns), types.BaseNamedTuple)
