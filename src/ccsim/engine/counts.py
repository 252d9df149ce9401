"""Counts that callers give: weeks, seeds, replicates. A whole number of numpy is taken like one of Python."""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np

from ccsim.errors import InputError, shown

#: More weeks than a run can sensibly have.
MAX_WEEKS = 5200


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """Return a whole number within bounds as Python's own.

    Args:
        name: what it is called in the message.
        value: what was given.
        least: the lowest accepted value.
        most: the highest accepted value.

    Raises:
        InputError: it is no whole number, or out of bounds.
    """
    wrong = InputError(f"{name}: must be a whole number from {least} to {most}, got {shown(value)}")
    if isinstance(value, (bool, np.bool_, np.ndarray)) or not isinstance(value, SupportsIndex):
        raise wrong
    number = operator.index(value)
    if not least <= number <= most:
        raise wrong
    return number
