"""A founded organisation beside its data: sizes, spans, ties, segments. Groups only, none below the smallest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccsim.model.layout import Layout
from ccsim.model.settings import default_settings
from ccsim.model.ties import ties_of
from ccsim.organisations.knowledge import gini
from ccsim.organisations.layout import settings_of_layout
from ccsim.organisations.measured import last_figures
from ccsim.organisations.privacy import shown
from ccsim.organisations.structure import time_in_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ccsim.organisations.folder import Folder


def layout_table(folder: Folder, layout: Layout, seed: int) -> pd.DataFrame:
    """Return what the files say beside what was founded: ``what``, ``group``, ``data``, ``model``.

    Departments and segments below the smallest group are merged.
    """
    from ccsim.model.initial_state import sample_initial

    world = sample_initial(settings_of_layout(layout), seed, layout)
    state = world.populations
    rows: list[tuple[str, str, float, float]] = []
    time = np.bincount(state.staff.department, state.staff.contract, len(layout.departments))
    stated = time_in_files(folder)
    data = np.array([stated.get(name, np.nan) for name in layout.departments])
    rows += _grouped("full-time posts", layout.departments, data, time, folder.smallest_group)
    led = np.bincount(state.staff.leader[state.staff.leader >= 0], minlength=len(layout.superior))
    spans = led[led > 0]
    if len(layout.superior):
        posts = folder.frame("people") if "people" in folder.tables else folder.frame("posts")
        said = posts is not None and ("manager" in posts or "reports_to" in posts)
        rows.append(
            ("leaders", "", float(len(layout.superior)) if said else float("nan"), float(len(state.leaders.tier)))
        )
        rows.append(("posts to a leader, median", "", float("nan"), float(np.median(spans)) if len(spans) else 0.0))
    rows += _tie_rows(layout, state.colleagues)
    if len(layout.customers):
        active = np.bincount(state.customers.segment[state.customers.active == 1], minlength=len(layout.customers))
        rows += _grouped(
            "customers", layout.segments, layout.customers.astype(float), active.astype(float), folder.smallest_group
        )
    measured = last_figures(folder, layout).assign(model=np.nan)
    return pd.concat([pd.DataFrame(rows, columns=["what", "group", "data", "model"]), measured], ignore_index=True)


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
    """Return one row a group that is large enough; the others together."""
    found: dict[str, list[float]] = {}
    for name, here, there in zip(shown(names, model.tolist(), smallest), data, model, strict=True):
        if name is not None:
            pair = found.setdefault(name, [0.0, 0.0])
            pair[0] += float(here)
            pair[1] += float(there)
    return [(what, name, here, there) for name, (here, there) in found.items()]


def layout_figure(folder: Folder, layout: Layout, seed: int) -> Figure:
    """Draw sizes of departments and segments, data beside founded, and how many listen to a person."""
    from matplotlib.figure import Figure

    table = layout_table(folder, layout, seed)
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    axes = figure.subplots(1, 3)
    for axis, what in zip(axes, ("full-time posts", "customers"), strict=False):
        _bars(axis, table[table["what"] == what], what)
    ties = ties_of(layout, 8, 0.15, default_settings().ties, seed)
    counts = np.bincount(ties[ties >= 0], minlength=len(layout.department))
    edges = np.linspace(0, max(counts.max(initial=0), 1), 9)
    heights, _ = np.histogram(counts, edges)
    # A bar of fewer than the smallest group is drawn into the one beside it.
    axes[2].bar(edges[:-1], _coarse(heights, folder.smallest_group), np.diff(edges), align="edge", color="#4878a8")
    axes[2].set(title="who is listened to", xlabel="named by so many", ylabel="people")
    figure.suptitle(f"{layout.name}, founded")
    return figure


def _coarse(heights: np.ndarray, smallest: int) -> np.ndarray:
    """Return heights in which no bar stands for fewer than the smallest group: small ones go to the left, the first to the right."""
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
