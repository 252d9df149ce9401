"""Exercise 3. What do customers really think in the last quarter of the year?

    python teaching/exercises/check.py 3 this_file.py --student YOUR_NUMBER

Each quarter a manager reports satisfaction (``figures[quarter]["reported_csat"]``). In the first and the third quarter an
institute has asked all customers (``shown[quarter]["csat"]``). Staff are judged by nothing, by speed, or by the survey;
you are not told by which.
"""


def satisfaction(values: list[dict], shown: list[dict]) -> float:
    """Return your estimate of true satisfaction, 0 to 100, in the last quarter.

    What stands here believes the report.
    """
    return values[-1]["reported_csat"]
