"""The processes at work on an experiment, as Linux shows them."""

from __future__ import annotations

from pathlib import Path


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _does(pid: int, what: bytes) -> bool:
    try:
        return what in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def workers_of(coordinator: int) -> list[int]:
    """Return the worker processes of a coordinator: those forked from the one that has loaded the model."""
    loaded = [pid for pid in _children(coordinator) if _does(pid, b"forkserver")]
    return [worker for pid in loaded for worker in _children(pid)]


def memory_of(coordinator: int) -> float:
    """Return the memory of a coordinator and all below it in MiB; what several share is counted once."""
    total, waiting = 0, [coordinator]
    while waiting:
        pid = waiting.pop()
        waiting += _children(pid)
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
