"""A right answer to exercise 4: move one parameter at a time over its whole range, on the same chance events.

Hint for students: what is the smallest number of runs that tells you anything about one parameter?
"""

from collections.abc import Callable, Mapping


def most_important(outcome: Callable[[Mapping[str, float]], float], ranges: Mapping[str, tuple[float, float]]) -> str:
    """Return the key of the parameter that matters most over its range."""
    effects = {}
    for key, (low, high) in ranges.items():
        values = [outcome({key: low + share * (high - low)}) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
        effects[key] = max(values) - min(values)
    return max(effects, key=effects.__getitem__)
