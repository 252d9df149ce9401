"""Exercise 1. Write a plan that is worth 15 points more than doing nothing, on draws that you have not seen.

    ccsim game moves                                          # the moves, and what they cost
    python teaching/exercises/check.py 1 this_file.py --student YOUR_NUMBER

Each quarter you get EUR 110,000 and eight points of attention; unspent money is carried over. Before you check, say in a comment
which move you expect to be worth most, and why. Afterwards see what it was worth (``ccsim.game.debrief.leave_one_out``).
"""

from ccsim.game import Choice


def plan() -> list[Choice]:
    """Return twelve choices, one a quarter."""
    return [Choice() for _ in range(12)]
