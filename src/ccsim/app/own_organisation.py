"""A user's own organisation in the pages: created here from its files, and run in the browser.

The files, the draws of a fit and the drawing of ties need Python; the weeks do not. The page requests one organisation
per seed, before its past.
"""

from __future__ import annotations

import json
import re
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.app.model_data import model_data
from ccsim.engine.parameters import Parameter
from ccsim.errors import InputError, shown
from ccsim.model.initial_state import sample_initial
from ccsim.model.layout import Layout, take_stock
from ccsim.model.populations import Staff
from ccsim.model.settings import Settings, all_parameters
from ccsim.model.state import ModelState
from ccsim.organisations.layout import FREE, layout_of, layout_of_folder, settings_of_layout
from ccsim.scenarios.scenario import SOURCE, Scenario, check
from ccsim.simulation.simulation import LARGEST_SEED, past

#: The address at which pages ask for it.
PATH = "/own/organisation"
#: The largest request: every parameter is named in less.
LARGEST = 100_000
#: What no week is, and no row: it shows what files say of week 0.
_UNKNOWN = -(1 << 31)


class OwnOrganisation:
    """The folder of files from which the pages' organisation is created.

    Args:
        folder: see ``ccsim org``.

    Raises:
        InputErrors: the files have faults.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self.layout: Layout = layout_of_folder(folder)

    def model(self) -> dict[str, Any]:
        """Return the declarations for the pages: values stated in the files are the usual ones, and sizes cannot be set."""
        settings = settings_of_layout(self.layout)
        sizes = {f"organisation.{name}" for name in self.layout.sizes} - FREE
        stated = [*sorted(sizes), *self.layout.values]
        data = model_data()
        for row, row_data in zip(all_parameters().values(), data["parameters"], strict=True):
            row_data["default"] = _shown(row, settings)
            if row.key in sizes:
                row_data["role"] = "stated"
            if row.key in stated:
                row_data["source"] = f"the files of {self.layout.name}"
        about = {
            "name": self.layout.name, "stated": stated, "draws": len(self.layout.draws),
            "departments": self.layout.departments, "segments": self.layout.segments,
        }  # fmt: skip
        return {**data, "organisation": about}

    def answer(self, body: bytes) -> bytes:
        """Return the organisation that a page requests: the length of its description, the description as JSON, and the rows.

        Args:
            body: ``{"seed": "1", "values": {...}}``: sizes, assumptions and levers of the past that differ.

        Raises:
            InputError: the request cannot be read, a value is not accepted, or files of the folder are at fault.
        """
        seed, values = _read(body)
        with self._lock:
            state, data = self.initialise(seed, values)
        head = json.dumps(data, separators=(",", ":"), allow_nan=False).encode()
        return struct.pack("<I", len(head)) + head + _rows(state)

    def initialise(self, seed: int, values: Mapping[str, Any]) -> tuple[ModelState, dict[str, Any]]:
        """Return the organisation before its past, and what goes with its rows.

        Args:
            seed: the seed of the run.
            values: what the past sets, by key.

        Raises:
            InputError: a value is not accepted, or files of the folder are at fault.
        """
        scenario = _scenario(str(self.folder), values)
        layout = layout_of(scenario)
        assert layout is not None
        settings = past(scenario, layout, seed)
        state = sample_initial(settings, seed, layout)
        populations = state.populations
        rows = {
            "staff": len(populations.colleagues), "leaders": len(populations.leaders), "customers": len(populations.customers[0]), "cases": len(populations.cases[0]),  # type: ignore[index]  # a tuple of arrays
            "departments": len(populations.departments), "segments": len(populations.segments), "firm": 1,
        }  # fmt: skip
        data = {
            "rows": rows, "ties": populations.colleagues.shape[1], "week": state.week,
            "settings": {row.key: _number(row, settings) for row in all_parameters().values()},
            "stock": _stock(state, layout),
        }  # fmt: skip
        return state, data


def _read(body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        request = json.loads(body)
        seed, values = request["seed"], dict(request["values"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError("the request cannot be read: it must have a seed and values") from None
    if isinstance(seed, bool) or not isinstance(seed, (int, str)) or not re.fullmatch(r"-?[0-9]{1,30}", str(seed)):
        raise InputError(f"seed: must be a whole number, got {shown(str(seed)[:40])}")
    seed = int(seed)  # the page writes it as text, because it may be larger than JavaScript's numbers
    if not 0 <= seed <= LARGEST_SEED:
        raise InputError(f"seed: must be from 0 to {LARGEST_SEED}, got {seed}")
    return seed, values


def _scenario(folder: str, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with values where their roles belong; levers are those of the past."""
    home = {"size": "organisation", "assumption": "assumptions", "lever": "history"}
    tables: dict[str, dict[str, Any]] = {name: {} for name in home.values()}
    for key, value in values.items():
        if key == SOURCE:
            raise InputError(f"{key}: the pages have one organisation, that of `ccsim app --organisation`")
        checked = check(key, value)
        tables[home[all_parameters()[key].role]][key] = checked
    return Scenario("own", source=folder, **tables)  # type: ignore[arg-type]  # tables by name


def _number(row: Parameter, settings: Settings) -> float:
    value: float = getattr(getattr(settings, row.group), row.name)
    return row.encode(row.kind(value)) * 1 if not row.choices else value


def _shown(row: Parameter, settings: Settings) -> float | str:
    value = getattr(getattr(settings, row.group), row.name)
    return row.choices[int(value)] if row.choices else row.kind(value)


def _stock(state: ModelState, layout: Layout) -> list[dict[str, Any]]:
    """Return what files say of week 0, column by column: what the layout sets in a world that stands before it."""
    twin = state.copy()
    twin.week = -1
    staff: Any = twin.populations.staff
    names = [row.name for row in Staff.columns if row.is_integer]
    for name in names:
        getattr(staff, name)[:] = _UNKNOWN
    take_stock(twin, layout)
    stated = []
    for name in names:
        column = getattr(staff, name)
        rows = np.flatnonzero(column != _UNKNOWN)
        if len(rows):
            values = column[rows].tolist()
            stated.append({"population": "staff", "column": name, "rows": rows.tolist(), "values": values})
    return stated


def _rows(state: ModelState) -> bytes:
    """Return every row as it lies in the browser's memory: records whole, arrays without flows, ties last."""
    populations = state.populations._asdict()
    ties = populations.pop("colleagues")
    arrays: list[Any] = []
    for part in (*populations.values(), *(state.own or ())):
        if isinstance(part, tuple):
            kind: Any = type(part)
            arrays += [getattr(part, row.name) for row in kind.columns if row.kind != "flow"]
        else:
            arrays.append(part)
    return b"".join(np.ascontiguousarray(array).tobytes() for array in (*arrays, ties))
