"""A founded organisation compared with its data: sizes, spans, ties, segments. Only groups of at least the smallest size are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccsim.model.layout import Layout
from ccsim.organisations.knowledge import gini
from ccsim.organisations.layout import settings_of_layout
from ccsim.organisations.measured import last_values
from ccsim.organisations.privacy import shown
from ccsim.organisations.structure import time_in_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ccsim.organisations.folder import Folder


def layout_table(folder: Folder, layout: Layout, seed: int) -> pd.DataFrame:
    """Return the data beside the founded organisation: ``what``, ``group``, ``data``, ``model``.

    Departments and segments below the smallest group are merged.

    Args:
        folder: the organisation.
        layout: what files state of the organisation.
        seed: seed of the draws.
    """
    from ccsim.model.initial_state import sample_initial

    world = sample_initial(settings_of_layout(layout), seed, layout)
    state = world.populations
    rows: list[tuple[str, str, float, float]] = []
    time = np.bincount(state.staff.department, state.staff.contract, len(layout.departments))
    stated = time_in_files(folder)
    data = np.array([stated.get(name, np.nan) for name in layout.departments])
    rows += _grouped("full-time posts", layout.departments, data, time, folder.smallest_group)
    rows += _leader_rows(layout, state.staff.leader, _lines_known(folder))
    rows += _tie_rows(layout, state.colleagues)
    if len(layout.customers):
        active = np.bincount(state.customers.segment[state.customers.active == 1], minlength=len(layout.customers))
        rows += _grouped(
            "customers", layout.segments, layout.customers.astype(float), active.astype(float), folder.smallest_group
        )
    measured = last_values(folder, layout).assign(model=np.nan)
    return pd.concat([pd.DataFrame(rows, columns=["what", "group", "data", "model"]), measured], ignore_index=True)


def _leader_rows(layout: Layout, leader: np.ndarray, known: bool) -> list[tuple[str, str, float, float]]:
    """Return the number of leaders and their spans; data are missing where no file says who reports to whom."""
    if not len(layout.superior):
        return []
    count, here, there = float(len(layout.superior)), _spans(layout.leader), _spans(leader)
    rows = [("leaders", "", count if known else np.nan, count)]
    for what, measure in (("posts to a leader, median", np.median), ("posts to a leader, mean", np.mean)):
        stated = float(measure(here)) if known and len(here) else np.nan
        rows.append((what, "", stated, float(measure(there)) if len(there) else 0.0))
    return rows


def _lines_known(folder: Folder) -> bool:
    """Return whether files say who reports to whom."""
    return bool({"manager", "reports_to"} & set(folder.frame(folder.posts_kind)))


def _spans(leader: np.ndarray) -> np.ndarray:
    """Return how many posts each leader leads who leads any."""
    led = np.bincount(leader[leader >= 0])
    return led[led > 0]


def _tie_rows(layout: Layout, colleagues: np.ndarray) -> list[tuple[str, str, float, float]]:
    known = layout.ties
    rows = []
    people = len(colleagues)
    measures: tuple[tuple[str, Callable[[np.ndarray], float]], ...] = (
        ("ties of a person, mean", lambda ties: float((ties >= 0).sum() / people)),
        ("how unequal: named by others (Gini)", lambda ties: gini(np.bincount(ties[ties >= 0], minlength=people))),
        ("how unequal: naming others (Gini)", lambda ties: gini((ties >= 0).sum(axis=1))),
    )
    for what, measure in measures:
        rows.append((what, "", float("nan") if known is None else measure(known), measure(colleagues)))
    return rows


def _grouped(
    what: str, names: tuple[str, ...], data: np.ndarray, model: np.ndarray, smallest: int
) -> list[tuple[str, str, float, float]]:
    """Return one row for each group that is large enough, and one for all others together."""
    found: dict[str, list[float]] = {}
    for name, here, there in zip(shown(names, model.tolist(), smallest), data, model, strict=True):
        if name is not None:
            pair = found.setdefault(name, [0.0, 0.0])
            pair[0] += float(here)
            pair[1] += float(there)
    return [(what, name, here, there) for name, (here, there) in found.items()]


def layout_figure(folder: Folder, layout: Layout, seed: int) -> Figure:
    """Draw sizes of departments and segments, spans, and how many listen to a person: data beside model.

    Args:
        folder: the organisation.
        layout: what files state of the organisation.
        seed: seed of the draws.

    Returns:
        The figure, with four panels.
    """
    from matplotlib.figure import Figure

    from ccsim.model.initial_state import sample_initial

    table = layout_table(folder, layout, seed)
    state = sample_initial(settings_of_layout(layout), seed, layout).populations
    figure = Figure(figsize=(13, 3.6), layout="constrained")
    axes = figure.subplots(1, 4)
    for axis, what in zip(axes, ("full-time posts", "customers"), strict=False):
        _bars(axis, table[table["what"] == what], what)
    spans, known = _spans(state.staff.leader), _spans(layout.leader) if _lines_known(folder) else None
    _counts(axes[2], spans, known, folder.smallest_group, weights=True)
    axes[2].set(title="spans", xlabel="posts to their leader", ylabel="posts")
    named = np.bincount(state.colleagues[state.colleagues >= 0], minlength=len(layout.department))
    ties = None if layout.ties is None else np.bincount(layout.ties[layout.ties >= 0], minlength=len(named))
    _counts(axes[3], named, ties, folder.smallest_group)
    axes[3].set(title="who is listened to", xlabel="named by so many", ylabel="people")
    figure.suptitle(layout.name)
    return figure


def _counts(axis: Any, model: np.ndarray, data: np.ndarray | None, smallest: int, *, weights: bool = False) -> None:
    """Draw how often each number occurs, or how many posts it stands for; a bar of fewer than the smallest group joins the one beside it."""
    top = max(int(each.max(initial=0)) for each in (model, data) if each is not None)
    edges = np.linspace(0, max(top, 1) + 1, 9)
    width = edges[1] - edges[0]
    for place, each, label, colour in ((0.0, data, "data", "#999999"), (0.5, model, "model", "#4878a8")):
        if each is not None:
            heights, _ = np.histogram(each, edges, weights=each if weights else None)
            axis.bar(
                edges[:-1] + place * width,
                _coarse(heights, smallest),
                0.5 * width,
                align="edge",
                color=colour,
                label=label,
            )
    axis.legend(frameon=False)


def _coarse(heights: np.ndarray, smallest: int) -> np.ndarray:
    """Return heights in which no bar has fewer than the smallest group: small bars are merged to the left, the first one to the right."""
    found = heights.copy()
    for k in range(len(found) - 1, 0, -1):
        if 0 < found[k] < smallest:
            found[k - 1] += found[k]
            found[k] = 0
    if 0 < found[0] < smallest and found[1:].any():
        found[1 + int(np.flatnonzero(found[1:])[0])] += found[0]
        found[0] = 0
    return found


def _bars(axis: Any, table: pd.DataFrame, what: str) -> None:
    places = np.arange(len(table))
    axis.barh(places - 0.2, table["data"], 0.4, label="data", color="#999999")
    axis.barh(places + 0.2, table["model"], 0.4, label="model", color="#4878a8")
    axis.set_yticks(places, table["group"])
    axis.invert_yaxis()
    axis.set(title=what)
    if len(table):
        axis.legend(frameon=False)
