"""Logs of changes of tickets: the hand-offs in them, and the tickets behind them."""

from __future__ import annotations

import pandas as pd

#: Placeholder for the group of a ticket without one.
NO_GROUP = "0"
#: How the rows of a ticket become one: the time at which it was opened, what was counted until the last change.
MERGED = {
    "opened": "min", "agent": "first", "handed_on": "max", "stations": "max", "reopened": "max", "within_target": "last", "worked": "max",
    "closed": "max", "time": "min",
}  # fmt: skip


def is_log(rows: pd.DataFrame) -> bool:
    """Return whether rows are changes of tickets: some tickets have several, each with its time."""
    return {"id", "time"} <= set(rows) and bool((rows["id"].ne("") & rows["id"].duplicated()).any())


def tickets_of(log: pd.DataFrame) -> pd.DataFrame:
    """Return one row per ticket of a log: the group is that in which the ticket arrived.

    Args:
        log: one row per change, with ``id``, ``time``, ``opened`` and ``group``. Where the log does not count how often a ticket was
            handed on, its changes of group are counted.
    """
    ordered = log[log["id"] != ""].sort_values(["id", "time"], kind="stable")
    named = ordered[ordered["group"] != NO_GROUP]
    before = named.groupby("id")["group"].shift()
    changes = (before.notna() & (before != named["group"])).groupby(named["id"]).sum()
    if "agent" in ordered:
        ordered = ordered.assign(agent=ordered["agent"].where(ordered["agent"] != ""))
    tickets = ordered.groupby("id").agg({name: how for name, how in MERGED.items() if name in ordered})
    tickets["group"] = named.groupby("id")["group"].first().reindex(tickets.index).fillna(NO_GROUP)
    if "agent" in tickets:
        tickets["agent"] = tickets["agent"].fillna("")
    if "handed_on" not in tickets:
        tickets["handed_on"] = changes.reindex(tickets.index).fillna(0.0)
    return tickets.reset_index()


def handoffs(events: pd.DataFrame) -> pd.DataFrame:
    """Return the number of hand-offs from one group to another: ``from``, ``to``, ``share`` (counts).

    Args:
        events: the states of tickets: ``id``, ``time``, ``group``; states without a group are ignored.
    """
    named = events[events["group"] != NO_GROUP].sort_values(["id", "time"], kind="stable")
    before = named.groupby("id")["group"].shift()
    moved = before.notna() & (before != named["group"])
    pairs = pd.DataFrame({"from": before[moved], "to": named["group"][moved]})
    return pairs.groupby(["from", "to"]).size().rename("share").reset_index()
