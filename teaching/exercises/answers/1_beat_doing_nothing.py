"""A model answer to exercise 1: first what people may do, then what they are measured by, then what makes it stay.

Not the best plan. It spaces moves out, since each new one tires people, and spends on nothing that only talks.
"""

from ccsim.game import Choice

STARTED = {
    1: ("measure-surveys", "widen-rights"),
    2: ("no-blame",),
    3: ("ease-checks",),
    4: ("write-routines",),
}


def plan() -> list[Choice]:
    """Return twelve choices, one a quarter."""
    return [Choice(STARTED.get(quarter, ())) for quarter in range(1, 13)]
