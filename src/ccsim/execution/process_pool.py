"""Worker processes, each with its own pipe.

A pool with one pipe for all processes hangs if a process is killed in the middle of a message,
and loses all tasks in progress if a process crashes. Here a crash closes one pipe, costs one task, and identifies
the task. Ctrl-C is delivered only while no lock is held.

If the system supports it, processes are forked from a server that has loaded the model (:mod:`ccsim.execution.preload`) and does nothing
else. Loading takes seconds but forking takes almost no time, so a crashed process is replaced quickly.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import (
    connection,
    current_process,
    forkserver,
    get_all_start_methods,
    get_context,
    parent_process,
    resource_tracker,
)
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ccsim.engine.jit import PLAIN, cache_root

if TYPE_CHECKING:  # it loads the model, which the workers do at the same time
    from ccsim.execution.executor import Task, TaskResult

_FORKS = "forkserver" in get_all_start_methods()
_CONTEXT = get_context("forkserver" if _FORKS else "spawn")
_LOADED = "ccsim.execution.preload"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


#: In a forked process, the fork server of its parent, which this process must not use.
_INHERITED: list[int] = []


def _note_fork() -> None:
    server = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if server is not None:
        _INHERITED.append(server)


if _FORKS:
    os.register_at_fork(after_in_child=_note_fork)


def can_start() -> bool:
    """Return whether this process may start others; a worker of another pool may not, or does not need to."""
    return not (current_process().daemon or _INHERITED)


@dataclass
class Worker:
    """One process with its pipe and its current task."""

    process: BaseProcess
    pipe: connection.Connection
    task: Task | None = None

    @classmethod
    def start(cls, work: Callable[[Any, Task], TaskResult], shared: Any) -> Worker:
        """Start a process that returns ``work(shared, task)`` for each task."""
        own_end, worker_end = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(worker_end, work, shared), daemon=True)  # type: ignore[attr-defined]  # every context has it
        with _clean_main(), _single_threaded():
            process.start()
        worker_end.close()
        return cls(process, own_end)

    def send(self, task: Task) -> bool:
        """Submit a task; return whether this was possible."""
        try:
            self.pipe.send(task)
        except OSError:
            return False
        self.task = task
        return True

    def terminate(self) -> None:
        """Terminate the process at once; its pending result is discarded."""
        self.process.terminate()
        self.process.join()
        self.pipe.close()


def warm_up() -> None:
    """Load the model (and compile it the first time) once for all processes.

    With forked processes this returns at once, and the model is loaded in the background.
    """
    if not PLAIN:
        cache_root()  # reported once, here; if there is no cache, the processes share the compiled code of the first
    if _FORKS:
        _CONTEXT.set_forkserver_preload([_LOADED])
        resource_tracker.ensure_running()  # if it were started in the block, it would enable Ctrl-C again
        with _clean_main(), _single_threaded():
            forkserver.ensure_running()
    else:
        import_module(_LOADED)


class ProcessPool:
    """A pool of processes on this machine; a crash costs only the task of one process.

    Args:
        work, shared: the result of each task is ``work(shared, task)``.
        count: number of processes.
    """

    def __init__(self, work: Callable[[Any, Task], TaskResult], shared: Any, count: int) -> None:
        self.work, self.shared, self.count = work, shared, count
        self._workers: list[Worker] = []
        warm_up()

    @property
    def busy(self) -> bool:
        """Whether any task is in progress."""
        return any(worker.task is not None for worker in self._workers)

    def has_capacity(self) -> bool:
        """Return whether another task can be started at once."""
        return len(self._workers) < self.count or any(worker.task is None for worker in self._workers)

    def submit(self, task: Task) -> bool:
        """Submit a task; return whether this was possible."""
        worker = next((worker for worker in self._workers if worker.task is None), None)
        if worker is None:
            worker = Worker.start(self.work, self.shared)
            self._workers.append(worker)
        if worker.send(task):
            return True
        self._workers.remove(worker)
        return False

    def as_completed(self, seconds: float) -> Iterator[tuple[Task, TaskResult | None]]:
        """Yield the tasks that end within a number of seconds, each with its result; None if its process crashed."""
        ready = connection.wait([worker.pipe for worker in self._workers if worker.task is not None], timeout=seconds)
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            task, worker.task = worker.task, None
            assert task is not None
            try:
                result: TaskResult | None = worker.pipe.recv()
            except (EOFError, OSError):  # the process crashed
                worker.terminate()
                self._workers.remove(worker)
                result = None
            yield task, result

    def shutdown(self) -> None:
        """End all processes at once."""
        for worker in self._workers:
            worker.terminate()


def _serve(pipe: connection.Connection, work: Callable[[Any, Task], TaskResult], shared: Any) -> None:
    """Run tasks until the pipe closes. The parent handles Ctrl-C, and the process ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(work(shared, pipe.recv()))


def _exit_with_parent() -> None:
    """Wait for the parent process to end, then end this process too."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


@contextlib.contextmanager
def _clean_main() -> Iterator[None]:
    """Start processes that import only ccsim and ignore Ctrl-C from the beginning.

    A spawned process runs the user's script again, to find functions that it might receive. ccsim never needs this, and
    a script that starts runs without ``if __name__ == "__main__"`` would start them again in every process.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    mask = getattr(signal, "pthread_sigmask", None)  # a process inherits it
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
    try:
        with deferred_sigint():
            yield
    finally:
        sys.modules["__main__"] = main
        if mask:
            mask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def deferred_sigint() -> Iterator[None]:
    """Delay Ctrl-C to the end of the block, because a half-started process would print a traceback."""
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    held: list[Any] = []
    signal.signal(signal.SIGINT, lambda *signals: held.append(signals))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if held:
        usual(*held[0])


@contextlib.contextmanager
def _single_threaded() -> Iterator[None]:
    """Limit libraries in worker processes to one thread each, because the processes already use all processors."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
