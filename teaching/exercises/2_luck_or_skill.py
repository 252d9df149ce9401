"""Exercise 2. Two plans were played on the same twenty seeds. How much better is the first, and how sure can you be?

    python teaching/exercises/check.py 2 this_file.py --student YOUR_NUMBER

The checker makes 200 pairs of lists of which it knows the true difference, and counts how often your interval holds it.
"""

from statistics import fmean, stdev


def difference(mine: list[float], others: list[float]) -> tuple[float, float]:
    """Return an interval of 95 % for the mean difference; the lists are in the order of the seeds.

    What stands here treats the lists as if they had nothing to do with each other. Do they?
    """
    error = (stdev(mine) ** 2 / len(mine) + stdev(others) ** 2 / len(others)) ** 0.5
    middle = fmean(mine) - fmean(others)
    return middle - 2.0 * error, middle + 2.0 * error
