"""Exercise 7. Refute a claim: "Bottom-up beats top-down by much the same margin, whatever we assume."

    python teaching/exercises/check.py 7 this_file.py --student YOUR_NUMBER

Name at most four assumptions (``ccsim parameters --all`` lists them with their plausible ranges) under which bottom-up leads in satisfaction by
less than two thirds of its usual margin, on draws that you have not seen. Say in a comment which kind of organisation this describes.
"""


def world() -> dict[str, float]:
    """Return the values of at most four assumptions, each inside its plausible range.

    The code below returns the world with all default values.
    """
    return {}
