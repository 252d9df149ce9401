"""Exercise 5. Write a scenario of your own: it satisfies customers more than doing nothing, within a budget, on unseen draws.

    ccsim describe FILE                                       # check it yourself first
    python teaching/exercises/check.py 5 this_file.py --student YOUR_NUMBER

The scenario extends ``nothing``; ``programme.budget`` is at most EUR 8,000 a week at any time. At least one move waits for a
condition, which must come true. Satisfaction must be two points higher than with doing nothing.
"""


def scenario() -> str:
    """Return the scenario as the text of a TOML file.

    The scenario below is valid. Does its move happen?
    """
    return """
title = "My idea"
extends = "nothing"

[levers.programme]
budget = 4000.0

[[schedule]]
when = "executive_conviction > 0.95"
label = "Rights"
[schedule.set.empowerment]
rights = 1.0
"""
