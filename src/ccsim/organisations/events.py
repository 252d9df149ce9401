"""What was done in the past: events that moved a lever, and so could test what the model says of it."""

from __future__ import annotations

from ccsim.organisations.folder import Folder
from ccsim.scenarios.scenario import Scenario


def levers_of(scenario: Scenario) -> set[str]:
    """Return the levers that a scenario moves, at week 0 or later."""
    return set(scenario.levers).union(*(move.set for move in scenario.schedule))


def tested_by(folder: Folder, scenario: Scenario) -> list[str]:
    """Return the labels of events that moved a lever of a scenario and have figures before and after.

    Args:
        folder: the organisation.
        scenario: the option.
    """
    events, history = folder.frame("events"), folder.frame("history")
    if events is None or history is None or "lever" not in events:
        return []
    own = events[events["lever"].isin(levers_of(scenario))]
    days = history["date"]
    return [
        str(label)
        for day, label in zip(own["date"], own["label"], strict=True)
        if (days < day).sum() >= 2 and (days > day).sum() >= 2
    ]
