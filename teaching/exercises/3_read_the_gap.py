"""Exercise 3. What do customers really think in the last quarter of the year?

    python teaching/exercises/check.py 3 this_file.py --student YOUR_NUMBER

Each quarter a manager reports satisfaction (``values[quarter]["reported_csat"]``). In the first and third quarters an
institute surveyed all customers (``shown[quarter]["csat"]``). Staff are judged by their speed, by the survey, or not at all;
you do not know which.
"""


def satisfaction(values: list[dict], shown: list[dict]) -> float:
    """Return your estimate of true satisfaction, 0 to 100, in the last quarter.

    The code below trusts the report.
    """
    return values[-1]["reported_csat"]
