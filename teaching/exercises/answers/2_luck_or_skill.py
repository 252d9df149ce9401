"""A model answer to exercise 2: the difference of each seed first, then the mean of the differences.

A good seed is good for both plans. Taken seed by seed, that part of luck cancels out.
"""

from statistics import fmean, stdev

#: The 97.5 % point of Student's t with 19 degrees of freedom.
T19 = 2.093


def difference(mine: list[float], others: list[float]) -> tuple[float, float]:
    """Return an interval of 95 % for the mean difference; the lists are in the order of the seeds."""
    gaps = [one - other for one, other in zip(mine, others, strict=True)]
    error = T19 * stdev(gaps) / len(gaps) ** 0.5
    return fmean(gaps) - error, fmean(gaps) + error
