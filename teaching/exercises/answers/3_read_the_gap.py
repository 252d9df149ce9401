"""A model answer to exercise 3: trust the course of the report, correct its level by the last independent survey.

The gap between report and truth depends on who is asked and on what staff are judged by. It moves slowly, so the gap of
the third quarter is a good guess for the fourth. After a change of the scorecard it would not be.
"""


def satisfaction(values: list[dict], shown: list[dict]) -> float:
    """Return an estimate of true satisfaction, 0 to 100, in the last quarter."""
    known = [quarter for quarter, row in enumerate(shown) if "csat" in row][-1]
    return values[-1]["reported_csat"] + shown[known]["csat"] - values[known]["reported_csat"]
