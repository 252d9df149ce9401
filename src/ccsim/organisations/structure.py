"""Turn rows of people or posts into rows of the model: posts by department, leaders, and ties."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ccsim.engine.columns import FloatArray
from ccsim.model.layout import UNKNOWN_WEEK, Rows
from ccsim.organisations.checks import ABOVE
from ccsim.organisations.folder import Folder


@dataclass
class Structure:
    """Posts and leaders; leaders come before the people who report to them.

    Attributes:
        departments: names, front departments first.
        department, contract, leader, vacant, hired: by post.
        superior, leader_department, tier, empty: by leader; ``reports_to`` is the superior post, empty or not.
        row_of: the post of each person's key.
    """

    departments: tuple[str, ...]
    department: Rows
    contract: FloatArray
    leader: Rows
    vacant: Rows
    hired: Rows
    superior: Rows
    leader_department: Rows
    tier: Rows
    empty: Rows
    reports_to: Rows
    row_of: dict[str, int] = field(default_factory=dict)


def structure_of(folder: Folder, departments: list[str]) -> Structure | None:
    """Return posts and leaders from files; None if no file states them.

    A person to whom others report is a leader; all others hold posts. A leader who has ties is also in the network, as a post
    without time for cases.
    """
    if folder.posts_kind not in folder.tables:
        return None
    rows, leading = _rows(folder)
    leads = rows[rows["key"].isin(leading)].reset_index(drop=True)
    leads = leads.loc[_superiors_first(leads["key"].tolist(), leads["above"].tolist())].reset_index(drop=True)
    leader_of = {key: number for number, key in reversed(list(enumerate(leads["key"])))}
    empty = np.array([status != "" for status in leads["status"]], np.int64)
    own = [leader_of.get(key, -1) for key in leads["above"]]
    # No one reports to an empty post; the line continues to the next filled one.
    filled = _next_filled(own, empty)
    posts = _posts(rows[~rows["key"].isin(leading)])
    posts = pd.concat([posts, _in_network(folder, rows, leading)], ignore_index=True)
    names = tuple(name for name in departments if (posts["department"] == name).any())
    index = {name: number for number, name in enumerate(names)}
    posts = (
        posts.assign(number=posts["department"].map(index)).sort_values("number", kind="stable").reset_index(drop=True)
    )
    leader = np.array([filled[leader_of[key]] if key in leader_of else -1 for key in posts["above"]], np.int64)
    roots = [k for k, superior in enumerate(own) if superior < 0]
    home = _homes(leads["department"].tolist(), own, index, posts["number"].to_numpy())
    home[roots if len(roots) == 1 else []] = -1  # the leader at the top leads the whole organisation
    return Structure(
        names, posts["number"].to_numpy(np.int64), posts["fte"].to_numpy(float), leader,
        np.asarray(posts["status"] == "vacant", np.int64), posts["hired"].to_numpy(np.int64),
        np.array([filled[k] if k >= 0 else -1 for k in own], np.int64),
        home, _tiers(own), empty, np.array(own, np.int64),
        {key: row for row, key in enumerate(posts["key"]) if key},
    )  # fmt: skip


def _rows(folder: Folder) -> tuple[pd.DataFrame, set[str]]:
    """Return the rows of people or posts with common column names, and the keys of leaders."""
    frame = folder.frame(folder.posts_kind)
    rows = pd.DataFrame({"department": frame["department"]})
    key, above = ABOVE[folder.posts_kind]
    rows["key"] = frame.get(key, "")
    rows["above"] = frame.get(above, "")
    rows["fte"] = frame["fte"].fillna(1.0) if "fte" in frame else 1.0
    rows["status"] = frame.get("status", "")
    rows["hired"] = _weeks_in_post(folder, frame)
    return rows, _leading(folder.posts_kind, rows)


def time_in_files(folder: Folder) -> dict[str, float]:
    """Return the full-time posts by department from the files, without closed posts and leaders' posts."""
    rows, leading = _rows(folder)
    kept = rows[~rows["key"].isin(leading) & (rows["status"] != "closed")]
    return {str(name): float(time) for name, time in kept.groupby("department")["fte"].sum().items()}


def _weeks_in_post(folder: Folder, frame: pd.DataFrame) -> pd.Series:
    """Return the week in which each person joined, relative to week 0."""
    weeks = pd.Series(UNKNOWN_WEEK, index=frame.index)
    if "years" in frame:
        weeks = weeks.mask(frame["years"].notna(), -(frame["years"].fillna(0) * 52.18).round().astype(int) - 1)
    if "hired" in frame:
        day = pd.Timestamp(folder.start_date) if folder.start_date else frame["hired"].max()
        came = ((frame["hired"] - day).dt.days // 7).fillna(0).clip(upper=-1).astype(int)
        weeks = weeks.mask(frame["hired"].notna(), came)
    return weeks


def _leading(kind: str, rows: pd.DataFrame) -> set[str]:
    """Return the keys of leaders: people to whom others report; for posts of which only some have a key, all posts with a key."""
    keys = set(rows["key"]) - {""}
    if kind == "posts" and keys and (rows["key"] == "").any():
        return keys
    return (set(rows["above"]) - {""}) & keys


def _superiors_first(keys: list[str], above: list[str]) -> list[int]:
    """Return the rows of leaders in an order in which superiors come first."""
    below: dict[str, list[int]] = {}
    for row, superior in enumerate(above):
        below.setdefault(superior if superior in keys else "", []).append(row)
    order: list[int] = []
    turn = below.get("", [])
    while turn:
        order += turn
        turn = [row for superior in turn for row in below.pop(keys[superior], [])]
    return order


def _homes(names: list[str], own: list[int], index: dict[str, int], posts: Rows) -> Rows:
    """Return each leader's department; a department without posts is replaced by that of the superior."""
    largest = int(np.bincount(posts).argmax()) if len(posts) else 0
    homes: list[int] = []
    for name, superior in zip(names, own, strict=True):
        homes.append(index.get(name, homes[superior] if superior >= 0 else largest))
    return np.array(homes, np.int64)


def _next_filled(own: list[int], empty: Rows) -> list[int]:
    """Return, for each leader's post, the leader to whom the people below report: itself, or the next filled post above."""
    filled: list[int] = []
    for k, superior in enumerate(own):
        filled.append(k if not empty[k] else filled[superior] if superior >= 0 else -1)
    return filled


def _posts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per post: a row of several full-time posts becomes several rows, with a part-time row for the remainder.

    Fractions add up within a department: three rows of a third of a post are one post.
    """
    rows = rows[rows["status"] != "closed"]
    if len(rows) and (rows["fte"] > 0).all() and (rows["fte"] <= 1).all():
        return rows.reset_index(drop=True)
    pieces = []
    for _, group in rows[rows["fte"] > 0].groupby("department", sort=False):
        ends = np.cumsum(group["fte"].to_numpy())
        count = int(np.ceil(ends[-1] - 1e-9))
        piece = group.iloc[np.minimum(np.searchsorted(ends, np.arange(count) + 1e-9), len(group) - 1)].copy()
        piece["fte"] = np.append(np.ones(count - 1), ends[-1] - (count - 1))
        pieces.append(piece)
    return pd.concat(pieces, ignore_index=True) if pieces else rows


def _in_network(folder: Folder, rows: pd.DataFrame, leading: set[str]) -> pd.DataFrame:
    """Return the leaders who have ties, as posts without time for cases."""
    ties = folder.frame("ties")
    return rows[rows["key"].isin(leading & {*ties["from"], *ties["to"]})].assign(fte=0.0, status="")


def _tiers(own: list[int]) -> Rows:
    """Return each leader's tier: 0 alone at the top, 1 above other leaders or at the top with others, 2 otherwise."""
    above = {k for k in own if k >= 0}
    alone = sum(superior < 0 for superior in own) == 1
    return np.array(
        [0 if superior < 0 and alone else 1 if k in above or superior < 0 else 2 for k, superior in enumerate(own)],
        np.int64,
    )
