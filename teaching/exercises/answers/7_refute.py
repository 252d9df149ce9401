"""A right answer to exercise 7: what was ordered is put into practice quickly, effort weighs little, and habits last.

Think of a young company with easy work: an order from the top becomes practice there within weeks.
Hint for students: what makes orders slow? Move the parameters of that mechanism first.
"""


def world() -> dict[str, float]:
    """Return the values of four assumptions."""
    return {"realignment.rate": 0.15, "service.effort_weight": 0.5, "demand.rate": 0.15, "habit.decay_rate": 0.005}
