"""Check counts given by callers: weeks, seeds, replicates. Integers of numpy are accepted like those of Python."""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np

from ccsim.errors import InputError, shown

#: More weeks than a run can sensibly have.
MAX_WEEKS = 5200


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """Return a whole number within bounds as a Python int.

    Args:
        name: its name in the message.
        value: the given value.
        least: the lowest accepted value.
        most: the highest accepted value.

    Raises:
        InputError: it is not a whole number, or out of bounds.
    """
    wrong = InputError(f"{name}: must be a whole number from {least} to {most}, got {shown(value)}")
    if isinstance(value, (bool, np.bool_, np.ndarray)) or not isinstance(value, SupportsIndex):
        raise wrong
    number = operator.index(value)
    if not least <= number <= most:
        raise wrong
    return number
