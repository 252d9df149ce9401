"""Past events that moved a lever, with which the model's effect of the lever can be tested."""

from __future__ import annotations

from ccsim.organisations.folder import Folder
from ccsim.scenarios.scenario import Scenario


def levers_of(scenario: Scenario) -> set[str]:
    """Return the levers that a scenario moves, at week 0 or later."""
    return set(scenario.levers).union(*(move.set for move in scenario.schedule))


def tested_by(folder: Folder, scenario: Scenario) -> list[str]:
    """Return the labels of events that moved a lever of a scenario and have values before and after.

    Args:
        folder: the organisation.
        scenario: the scenario of the option.
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
