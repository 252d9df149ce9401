"""A right answer to exercise 5: the bottom spends the budget, measures change, and rights follow practice.

Hint for students: `ccsim run FILE` tells in which week each move was made. What can a company of convinced people not do?
"""


def scenario() -> str:
    """Return the scenario as the text of a TOML file."""
    return """
title = "Rights follow practice"
extends = "nothing"

[levers.programme]
budget = 8000.0
top_down_share = 0.0

[levers.staff_scorecard]
handling_time = 0.0
csat = 0.5

[[schedule]]
when = "adoption > 0.3"
label = "Rights"
[schedule.set.empowerment]
rights = 1.0
"""
