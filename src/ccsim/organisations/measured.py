"""The last values of a history by department and segment, if they may be shown (at least ten answers)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ccsim.model.layout import Layout
from ccsim.organisations.folder import Folder
from ccsim.organisations.privacy import shown

GROUPS = ("department", "segment")


def of_the_whole(frame: pd.DataFrame) -> pd.Series:
    """Return which rows of a history concern the whole organisation, shape (rows,)."""
    parts = [frame[name] != "" for name in GROUPS if name in frame]
    return ~np.logical_or.reduce(parts) if parts else pd.Series(True, index=frame.index)


def not_forecast(folder: Folder) -> str:
    """Return a note on values of the history by department or segment, which are shown but not fitted or forecast; empty for none."""
    count = int((~of_the_whole(folder.frame("history"))).sum())
    if not count:
        return ""
    return (
        f"{count:,} values of history.csv concern a department or segment: ccsim org show has the last ones; fit, back-test and "
        "forecast use only values of the whole organisation."
    )


def last_values(folder: Folder, layout: Layout) -> pd.DataFrame:
    """Return the last value of each KPI by department and by segment: ``what``, ``group``, ``data``.

    A group with too few answers is merged with others, weighted by answers. If answers are not stated, its
    posts or customers are used instead.

    Args:
        folder: the organisation.
        layout: its posts and customers.
    """
    frame = folder.frame("history")
    rows: list[tuple[str, str, float]] = []
    for by in GROUPS:
        if by not in frame:
            continue
        own = frame[(frame[by] != "") & frame["value"].notna() & frame["date"].notna()].sort_values(
            "date", kind="stable"
        )
        sizes = _sizes(layout, by)
        for word, series in own.groupby("kpi", sort=False):
            last = series.drop_duplicates(by, keep="last")
            people = last[by].map(sizes).fillna(0.0)
            if "answers" in last:
                people = last["answers"].fillna(people)
            names = pd.Series(
                shown(last[by].tolist(), people.tolist(), folder.smallest_group), last.index, dtype=object
            )
            for name, values in last["value"].groupby(names, sort=False):
                mean = np.average(values, weights=people[values.index])
                rows.append((f"{word} by {by}, last value", str(name), float(mean)))
    return pd.DataFrame(rows, columns=["what", "group", "data"])


def _sizes(layout: Layout, by: str) -> dict[str, float]:
    """Return posts by department, or customers by segment."""
    if by == "department":
        counts = np.bincount(layout.department, minlength=len(layout.departments))
        return dict(zip(layout.departments, counts.astype(float).tolist(), strict=True))
    return dict(zip(layout.segments, layout.customers.astype(float).tolist(), strict=True))
