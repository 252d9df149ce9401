"""Free resources of this machine: memory, address space, disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from math import inf
from pathlib import Path

#: Files in which Linux states free memory, and the memory limit and use of a container.
MEMORY = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Machine:
    """Available resources in bytes; infinity if not known.

    Attributes:
        memory: free memory.
        address_space: address space of one process.
        disk: free space on the disk of a folder.
    """

    memory: float = inf
    address_space: float = inf
    disk: float = inf


def this_machine(folder: Path) -> Machine:
    """Return the free resources of this machine and of the disk of a folder, which need not exist yet."""
    return Machine(min(_free_memory(), _free_in_container()), _address_space(), _free_disk(folder))


def _free_memory() -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in MEMORY.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    with contextlib.suppress(AttributeError, OSError, ValueError):
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))  # macOS: the total memory
    return _free_memory_of_windows()


def _free_memory_of_windows() -> float:
    if sys.platform != "win32":
        return inf
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32),
                    *((name, ctypes.c_uint64) for name in ("all", "free", "p", "q", "r", "s", "t"))]  # fmt: skip

    status = Status(length=ctypes.sizeof(Status))
    return float(status.free) if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else inf


def _free_in_container() -> float:
    with contextlib.suppress(OSError, ValueError, StopIteration):
        most = (CONTAINER / "memory.max").read_text(encoding="ascii").strip()
        if most != "max":
            lines = (CONTAINER / "memory.stat").read_text(encoding="ascii").splitlines()
            # The page cache can be freed; the memory of processes cannot.
            return float(int(most) - next(int(line.split()[1]) for line in lines if line.startswith("anon ")))
    return inf


def _address_space() -> float:
    """Return the limit of a process's address space (``ulimit -v``)."""
    try:
        import resource
    except ImportError:
        return inf
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return inf if limit == resource.RLIM_INFINITY else float(limit)


def _free_disk(folder: Path) -> float:
    with contextlib.suppress(OSError, ValueError):
        path = folder.absolute()
        return float(shutil.disk_usage(next((each for each in (path, *path.parents) if each.exists()), path)).free)
    return inf
