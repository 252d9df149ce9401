"""Exercise 2. Two plans were played on the same twenty seeds. How much better is the first, and how sure can you be?

    python teaching/exercises/check.py 2 this_file.py --student YOUR_NUMBER

The checker makes 200 pairs of lists whose true difference it knows, and counts how often your interval contains it.
"""

from statistics import fmean, stdev


def difference(mine: list[float], others: list[float]) -> tuple[float, float]:
    """Return an interval of 95 % for the mean difference; the lists are in the order of the seeds.

    The code below treats the lists as independent. Are they?
    """
    error = (stdev(mine) ** 2 / len(mine) + stdev(others) ** 2 / len(others)) ** 0.5
    middle = fmean(mine) - fmean(others)
    return middle - 2.0 * error, middle + 2.0 * error
