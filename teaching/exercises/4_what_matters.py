"""Exercise 4. Which of these parameters does satisfaction depend on most? You may run the company forty times.

    python teaching/exercises/check.py 4 this_file.py --student YOUR_NUMBER

``outcome(values)`` lives a year and a half of change from the bottom with some values changed, and returns true satisfaction at
the end; always on the same chance events. ``ranges`` gives the plausible range of each parameter. The checker compares your answer with
runs on other chance events.
"""

from collections.abc import Callable, Mapping


def most_important(outcome: Callable[[Mapping[str, float]], float], ranges: Mapping[str, tuple[float, float]]) -> str:
    """Return the key of the parameter that matters most over its range.

    What stands here takes the last one of the alphabet. Is that a reason?
    """
    return max(ranges)
