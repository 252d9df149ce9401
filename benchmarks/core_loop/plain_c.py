"""The core loop in C, built when it is first run with ``cc -O3 -march=native`` and no option that changes rounding."""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from shared import (
    BY_COLLEAGUE,
    CHURN,
    COLLEAGUES,
    DEMAND,
    DROP,
    LEARNED,
    LOAD,
    NEWCOMER,
    TAKE_UP,
    UPDATE,
    Week,
    measure,
    start,
)

SOURCE = Path(__file__).with_name("loop.c")


def make(staff: int, customers: int) -> Week:
    """Return what lives a week."""
    library = ctypes.CDLL(str(built()))
    skill, begun, colleagues, first, posts = start(staff, customers)
    p = np.array([DEMAND, LEARNED, LOAD, UPDATE, CHURN, NEWCOMER, TAKE_UP, BY_COLLEAGUE, DROP])
    arrays = (
        p, skill, begun.astype(np.uint8), colleagues, first, np.full(customers, NEWCOMER), np.zeros(staff, np.int64),
        np.empty(staff), np.empty(staff, np.int64), np.empty(staff, np.uint8), np.empty(5),
    )  # fmt: skip
    addresses = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    sizes = [ctypes.c_int64(size) for size in (staff, customers, posts, COLLEAGUES)]

    def week(t: int) -> tuple[float, float, float, float, float]:
        library.live(*sizes, ctypes.c_uint32(t), *addresses)
        return tuple(arrays[-1])

    return week


def built() -> Path:
    """Return the library, built in the folder that ``CORE_LOOP_BUILD`` names."""
    folder = Path(os.environ.get("CORE_LOOP_BUILD") or tempfile.mkdtemp())
    library = folder / "loop.so"
    if not library.is_file():
        options = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
        subprocess.run(["cc", *options, "-o", str(library), str(SOURCE)], check=True)
    return library


if __name__ == "__main__":
    measure(make)
