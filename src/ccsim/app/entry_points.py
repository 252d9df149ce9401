"""Functions of the model that the host in the browser calls, each with arguments of the types it is compiled for.

Nothing is computed here: every function is the one that Python runs. Its arguments are described to the host as a list
of *slots* of eight bytes, made from the types that numba finds, see :func:`slots_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.app.choice_entry import weigh_options
from ccsim.engine.ahead import ahead
from ccsim.engine.rng import uniforms4
from ccsim.model import initial_state, kpis, week
from ccsim.model.settings import default_settings
from ccsim.model.state import empty_state

#: A slot: a number; or what the host puts there, such as ``("address", "staff")`` or ``("float", "programme.budget")``.
Slot = int | tuple[str, str] | tuple[str, str, int]


@ahead
def draw_four(seed: Any, stream: Any, week: Any, row: Any, out: Any) -> None:
    """Write four uniform draws, shape (4,), see :func:`ccsim.engine.rng.uniforms4`.

    Args:
        seed: seed of the run.
        stream: the stream.
        week: the week.
        row: the row.
        out: shape (4,); filled.

    Writes:
        out: all of it.
    """
    out[0], out[1], out[2], out[3] = uniforms4(seed, stream, week, row)


@dataclass(frozen=True)
class EntryPoint:
    """A function of the module.

    Attributes:
        name: its name for the host.
        function: the model's function.
        arguments: by name, examples of the right types. Populations and parameters are known by the names of their
            columns and keys; other arguments by their own.
    """

    name: str
    function: Callable[..., None]
    arguments: dict[str, Any]


def entry_points() -> list[EntryPoint]:
    """Return the functions that the module exports."""
    settings = default_settings()
    state = empty_state(2, 1, 1, 2, 1, 1, settings, 0)
    series, counts = np.empty(2), np.empty(6, np.int64)
    arguments = {"populations": state.populations, "settings": settings, "seed": 0, "week": 0}
    return [
        EntryPoint("count_rows", initial_state.row_counts, {"settings": settings, "rows": counts}),
        EntryPoint("new_organisation", initial_state.draw_organisation, arguments),
        EntryPoint("live_week", week.step_kernel, arguments),
        EntryPoint("draw_four", draw_four, {"seed": 0, "stream": 0, "week": 0, "row": 0, "out": series}),
        EntryPoint(
            "weigh_options",
            weigh_options,
            {"populations": state.populations, "settings": settings, "person": 0, "left_out": 0, "out": series},
        ),
        EntryPoint("discount_weeks", kpis.discount_weeks, {"rate": 0.5, "out": series}),
        *(EntryPoint(name, function, {"x": series, "out": series}) for name, function in kpis.SERIES.items()),
    ]


def slots_of(kind: Any, path: str) -> Iterator[Slot]:
    """Yield the slots of an argument, as numba hands it to compiled code.

    Args:
        kind: numba's type of it.
        path: its name; empty for a tuple whose parts bear names of their own.

    Raises:
        TypeError: a host cannot pass a value of this type.
    """
    from numba.core import types as numba_types

    types: Any = numba_types
    if isinstance(kind, types.BaseNamedTuple):
        for name, part in zip(kind.fields, kind, strict=True):
            yield from slots_of(part, f"{path}.{name}" if path else name)
    elif isinstance(kind, types.Array):
        size = kind.dtype.size if isinstance(kind.dtype, types.Record) else kind.dtype.bitwidth // 8
        yield from (0, 0, ("items", path), size)
        yield "address", path
        yield from (("rows", path, axis) for axis in range(kind.ndim))
        yield from (("stride", path, axis) for axis in range(kind.ndim))
    elif isinstance(kind, types.Boolean):
        yield "flag", path
    elif isinstance(kind, types.Integer):
        yield "whole", path
    elif isinstance(kind, types.Float):
        yield "float", path
    else:
        raise TypeError(f"{path}: a host cannot pass {kind}")
