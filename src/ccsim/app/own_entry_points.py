"""Additions to the engine for users' mechanisms in force: their columns, their week, their initialisation."""

from __future__ import annotations

from typing import Any

from ccsim.app.engine_key import populations, row_layout
from ccsim.app.entry_points import EntryPoint, entry_points
from ccsim.model.extension import active
from ccsim.model.own_checks import step_arguments
from ccsim.model.populations import base_of
from ccsim.model.settings import default_settings
from ccsim.model.state import empty_state

#: The function that sets users' columns when an organisation is created.
INITIALISE_OWN = "initialise_own"


def populations_in_force() -> list[dict[str, Any]]:
    """Return how the rows of each population lie in memory; those of users' mechanisms say beside which one they stand."""
    extension = active()
    own = extension.populations.items() if extension else ()
    return [*populations(), *({**row_layout(name, kind), "base": base_of(name)} for name, kind in own)]


def entry_points_in_force() -> list[EntryPoint]:
    """Return what the module exports, with the week and the initialisation of users' mechanisms.

    Raises:
        InputError: a user's kernel cannot be compiled.
    """
    extension = active()
    points = entry_points()
    if extension is None:
        return points
    settings = default_settings()
    state = empty_state(2, 1, 1, 2, 1, 1, settings, 0)
    # One by one first, so that an error is reported with its line.
    extension._compile(state)
    arguments = {"populations": state.populations, "own": state.own, "settings": settings, "seed": 0, "week": 0}
    return [
        *(point for point in points if point.name != "live_week"),
        EntryPoint("live_week", extension.week.step_kernel, arguments),
        EntryPoint(INITIALISE_OWN, _initialiser(extension), arguments),
    ]


def _initialiser(extension: Any) -> Any:
    """Return a function that calls the initialisers of each mechanism, as Python does."""
    lines = [f"def {INITIALISE_OWN}(state, own, p, seed, week):", "    pass"]
    for own in extension.mechanisms:
        known = step_arguments(own.name, own.mechanism, extension.populations)
        for step in own.steps:
            if step.first:
                arguments = ", ".join(known[argument] for argument in step.arguments)
                lines.append(f"    own_{own.name}.{step.name}({arguments})")
    names = dict(vars(extension.week))
    exec("\n".join(lines), names)
    return names[INITIALISE_OWN]
