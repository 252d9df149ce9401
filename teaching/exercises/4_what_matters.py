"""Exercise 4. Which of these parameters does satisfaction depend on most? You may run the company forty times.

    python teaching/exercises/check.py 4 this_file.py --student YOUR_NUMBER

``outcome(values)`` runs a year and a half of bottom-up change with some values changed, and returns true satisfaction at the
end, always with the same chance events. ``ranges`` gives the plausible range of each parameter. The checker compares your answer with
runs with other chance events.
"""

from collections.abc import Callable, Mapping


def most_important(outcome: Callable[[Mapping[str, float]], float], ranges: Mapping[str, tuple[float, float]]) -> str:
    """Return the key of the parameter that matters most over its range.

    The code below returns the last key in alphabetical order. Is that a good reason?
    """
    return max(ranges)
