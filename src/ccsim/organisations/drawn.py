"""Posts and leaders where no file holds them: of stated sizes, in the departments that other files name."""

from __future__ import annotations

import numpy as np

from ccsim.mechanisms.management.leadership import EXECUTIVE, HEAD, TEAM_LEAD
from ccsim.model.initial_state import bounds
from ccsim.model.layout import UNKNOWN_WEEK, Rows
from ccsim.model.settings import Settings
from ccsim.organisations.folder import Folder
from ccsim.organisations.structure import Structure


def drawn_structure(folder: Folder, settings: Settings, names: list[str]) -> Structure:
    """Return posts and leaders for the stated sizes, as in an organisation without files.

    Args:
        folder: the organisation.
        settings: its sizes.
        names: departments that files name, those in front first; none where no file does.
    """
    size = settings.organisation
    counts = _posts(folder, settings, names)
    ends = np.concatenate([[0], np.cumsum(counts)])
    rows = leaders(ends, size.tiers, size.span)
    tier, home, superior, first, last = np.array(rows, np.int64).reshape(-1, 5).T
    leader = np.full(ends[-1], -1, np.int64)
    for k in range(len(rows)):
        leader[first[k] : last[k]] = k
    posts = int(ends[-1])
    return Structure(
        tuple(names or [f"department {number + 1}" for number in range(size.departments)]),
        np.repeat(np.arange(len(counts)), counts), np.ones(posts), leader, np.zeros(posts, np.int64),
        np.full(posts, UNKNOWN_WEEK), superior, home, tier, np.zeros(len(rows), np.int64), superior,
    )  # fmt: skip


def _posts(folder: Folder, settings: Settings, names: list[str]) -> Rows:
    """Return the posts of each department; those in front share theirs by the work that arrives, where a file says it."""
    counts = np.array([last - first for first, last in bounds(settings)], np.int64)
    front = settings.organisation.front_departments
    frame = folder.frame("departments")
    if not names or "arrivals" not in frame:
        return counts
    own = frame.drop_duplicates("department").set_index("department").reindex(names[:front])
    work = own["arrivals"].fillna(0.0) * (own["minutes"].fillna(own["minutes"].mean()) if "minutes" in own else 1.0)
    if not work.sum() > 0:
        return counts
    spare = int(counts[:front].sum()) - front  # each department has one post at least
    edges = np.floor(np.cumsum(work.to_numpy(float)) / work.sum() * spare + 0.5).astype(np.int64)
    counts[:front] = 1 + np.diff(edges, prepend=0)
    return counts


def leaders(ends: Rows, tiers: int, span: int) -> list[tuple[int, int, int, int, int]]:
    """Return leaders as rows (tier, department, superior, first, last), the executive first.

    Args:
        ends: the post after each department's last, after a 0, shape (departments + 1,).
        tiers: of leaders.
        span: posts to a team lead.
    """
    departments = len(ends) - 1
    top = int(tiers >= 3)
    rows = [(int(EXECUTIVE), -1, -1, 0, 0)] * top
    rows += [(int(HEAD), d, top - 1, 0, 0) for d in range(departments if tiers >= 2 else 0)]
    for d in range(departments if tiers >= 1 else 0):
        for start in range(int(ends[d]), int(ends[d + 1]), span):
            rows.append((int(TEAM_LEAD), d, top + d if tiers >= 2 else -1, start, min(start + span, int(ends[d + 1]))))
    return rows
