"""Build serve.c with the system's compiler and call it on the engine's own arrays.

The C structures are made from the declarations of populations and parameters: a column or a parameter that is
added needs no word here.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ccsim.engine.rng import Stream
from ccsim.mechanisms.incentives.scorecards import Scorecards, StaffScorecard
from ccsim.mechanisms.management.empowerment import Empowerment
from ccsim.mechanisms.service.handling_options import Service
from ccsim.mechanisms.service.handoffs import Handoffs
from ccsim.mechanisms.staff.conviction import Conviction
from ccsim.mechanisms.staff.habit import Habit
from ccsim.model.populations import Cases, Customers, Departments, Leaders, Staff, empty

POPULATIONS: tuple[Any, ...] = (Staff, Leaders, Customers, Cases, Departments)
GROUPS: tuple[Any, ...] = (StaffScorecard, Service, Scorecards, Handoffs, Empowerment, Conviction, Habit)
C_TYPES = {"float64": "double", "int32": "int32_t", "int8": "int8_t", "uint32": "uint32_t"}
#: No option that lets the compiler round otherwise than the source says.
OPTIONS = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-shared", "-fPIC")


def compiler() -> str | None:
    """Return the system's C compiler, None if there is none."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def declarations() -> str:
    """Return the C structures of populations and parameters."""
    lines = ["#include <stdint.h>", f"enum {{ SERVICE_STREAM = {int(Stream.SERVICE)} }};"]
    for kind in POPULATIONS:
        if kind.storage == "records":
            fields = [f"{'int64_t' if column.is_integer else 'double'} {column.name};" for column in kind.columns]
        else:
            fields = [f"{_c_type(column, kind)} *{column.name};" for column in kind.columns]
        lines.append(f"typedef struct {{ {' '.join(fields)} }} {kind.__name__};")
    for group in GROUPS:
        fields = [f"double {row.name};" for row in group.declared]
        lines.append(f"typedef struct {{ {' '.join(fields)} }} {group.__name__};")
    return "\n".join(lines) + "\n"


def _c_type(column: Any, kind: Any) -> str:
    """Return the C type of what a column consists of: numbers, or records of which it is a field."""
    if not any(column.name in group for group in kind.near):
        return C_TYPES[column.dtype]
    array = getattr(empty(kind, 2)[0], column.name)
    return f"struct {{ {C_TYPES[column.dtype]} value; char others[{array.strides[0] - array.itemsize}]; }}"


def build(folder: Path) -> Callable[..., None]:
    """Compile into a folder and return a function with the arguments of ``service.serve``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "declared.h").write_text(declarations())
    source, library = Path(__file__).with_name("serve.c"), folder / "serve.so"
    command = [compiler() or "cc", *OPTIONS, f"-I{folder}", str(source), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    call = ctypes.CDLL(str(library)).serve
    call.restype = None
    return lambda *arguments: call(*_converted(*arguments))


def _converted(
    staff: Any, leaders: Any, customers: Any, cases: Any, departments: Any, parameters: Any,
    goodwill: float, seed: int, week: int,
) -> tuple[Any, ...]:  # fmt: skip
    """Return the kernel's arguments as C takes them."""
    return (
        _pointers(staff),
        ctypes.c_void_p(leaders.ctypes.data),
        _pointers(customers),
        _pointers(cases),
        ctypes.c_void_p(departments.ctypes.data),
        ctypes.c_int64(len(departments)),
        *(_numbers(group) for group in parameters),
        ctypes.c_double(goodwill),
        ctypes.c_uint64(seed),
        ctypes.c_int64(week),
    )


def _pointers(columns: Any) -> Any:
    """Return a structure of pointers to columns."""
    return (ctypes.c_void_p * len(columns))(*(column.ctypes.data for column in columns))


def _numbers(group: Any) -> Any:
    """Return a structure of a group's parameters, all as ``double``."""
    return (ctypes.c_double * len(group))(*(float(np.float64(value)) for value in group))
