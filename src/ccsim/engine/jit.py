"""Rules and kernels: plain Python that also runs compiled.

A *rule* is one scalar equation of the model. A *kernel* is a loop over a population.
Both are ordinary functions. With numba they run compiled; with the environment variable ``CCSIM_PLAIN=1``
the same source runs as plain Python, for the reference results, the debugger and the coverage tool.

Compiled code is cached on disk. numba notices a change of the file that contains a kernel, but not of a file whose
functions the kernel calls. The folder's name is therefore a hash of all sources that shape compiled code: an edit of any of
them starts a new folder.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, TypeVar, overload

from ccsim.errors import InputError

Function = TypeVar("Function", bound=Callable[..., Any])

#: Markers in the source files that shape compiled code.
_MARKS = (b"@kernel", b"@rule", b"@parameters(", b"@population(", b"@columns(")

#: Packages that determine numbers: results of different versions of them must not be mixed. Pages, figures and commands
#: may change while an experiment is running.
MODEL_SOURCES = ("engine", "mechanisms", "model", "scenarios", "organisations", "simulation", "experiments")

#: Cache folders of kernels that are not part of the package.
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)

#: Whether the source runs as plain Python. ``NUMBA_DISABLE_JIT`` has the same effect.
PLAIN = any(os.environ.get(name, "") not in ("", "0") for name in ("CCSIM_PLAIN", "NUMBA_DISABLE_JIT"))

#: Set in the process that compiles the engine for the browser, where kernels take numba's usual arguments.
AHEAD = os.environ.get("CCSIM_AHEAD", "") not in ("", "0")


def rule(function: Function) -> Function:
    """Mark a scalar equation of the model, which is compiled into the kernels that use it."""
    return function if PLAIN else _compile(function, inline=True)


@overload
def kernel(function: Function) -> Function: ...


@overload
def kernel(*, allocates: bool) -> Callable[[Function], Function]: ...


def kernel(function: Function | None = None, *, allocates: bool = False) -> Function | Callable[[Function], Function]:
    """Mark a loop over a population, which is compiled on first use and cached on disk.

    Args:
        function: the loop.
        allocates: whether it, or a kernel that it calls, allocates arrays. Other kernels do without numba's
            reference counting, which takes four tenths of the time of service.

    Returns:
        The compiled function, or the function itself with ``CCSIM_PLAIN=1``; a decorator if called only with options.
    """
    if function is not None:
        return function if PLAIN else _compile(function, inline=False, allocates=allocates)
    return lambda marked: marked if PLAIN else _compile(marked, inline=False, allocates=allocates)


def _compile(function: Function, *, inline: bool, allocates: bool = False) -> Function:
    numba = _numba()
    # error_model="numpy" lets LLVM vectorise divisions: kernels guard every divisor themselves. Rules are folded into
    # their kernels, so that what several of them need is worked out once (a quarter of the time of service).
    options: dict[str, Any] = {"error_model": "numpy", "forceinline": inline}
    try:
        # Private parts of numba. Without them the result is the same, but takes longer.
        from ccsim.engine import parts

        dispatcher: Any = parts.compiled(function, **options, **({} if allocates else {"_nrt": False}))
    except (ImportError, AttributeError, KeyError, TypeError):
        dispatcher = numba.njit(function, **options)
    if not inline:
        _keep_on_disk(dispatcher)
    compiled: Function = dispatcher
    return compiled


def take_by_reference(cls: Any) -> None:
    """Let kernels take a class of parameters or a population by reference; see :mod:`ccsim.engine.by_reference`."""
    if PLAIN or AHEAD:
        return
    _numba()
    from ccsim.engine import by_reference

    if hasattr(cls, "declared"):
        by_reference.take_parameters(cls)
    elif cls.storage == "columns":
        by_reference.take_columns(cls)


def skip_dispatch(kernel: Function) -> Function:
    """Return a version of a kernel that skips numba's type dispatch after the first call. Argument types must not change.

    numba checks every argument of every call, down to each column of a population and each parameter. For a week,
    whose arguments are the whole state, this takes a fifth of the time of an organisation of the default size.
    """
    entry: Any = None

    def called(*arguments: Any) -> Any:
        nonlocal entry
        if entry is not None:
            return entry(*arguments)
        result = kernel(*arguments)
        versions = list(getattr(kernel, "overloads", {}).values())
        entry = getattr(versions[0], "entry_point", None) if len(versions) == 1 else None
        return result

    return kernel if PLAIN else called  # type: ignore[return-value]  # it has the same arguments as the kernel


@cache
def _numba() -> Any:
    """Return numba.

    Raises:
        InputError: it cannot be loaded here.
    """
    try:
        import numba
        import numba.np.ufunc.parallel  # reads NUMBA_NUM_THREADS, which would otherwise fail in the first run

        numba.np.ufunc.parallel.get_thread_count()
    except Exception as error:  # noqa: BLE001  # loading can fail in many ways that depend on the environment
        try:
            Path.cwd()
        except OSError:
            raise InputError("the working folder has been deleted: change to another one") from None
        given = ", ".join(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
        raise InputError(
            f"numba cannot be loaded ({error}){f' with {given}' if given else ''}: correct or unset it, or set CCSIM_PLAIN=1, "
            "with which ccsim runs without numba, but more slowly"
        ) from None
    return numba


def _keep_on_disk(dispatcher: Any) -> None:
    """Enable numba's disk cache for one kernel in ccsim's own folder, without changing the setting of other packages."""
    from numba.core import config

    folder = _folder.get() or cache_folder()
    if folder is None:
        return
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        dispatcher.enable_caching()
        if _folder.get() is None:
            _load_lightly(dispatcher)
    except (OSError, RuntimeError):
        # The text of a user's kernel may have been sent to another machine without its file; it is then compiled in memory.
        if _folder.get() is None:
            raise
    finally:
        config.CACHE_DIR = before


def _load_lightly(dispatcher: Any) -> None:
    """Load a cached kernel without importing everything that numba needs for compiling, such as scipy's linear algebra.

    Kernels of the package call none of it; a user's kernels may.
    """
    try:
        from numba.core.runtime import rtsys

        cache: Any = dispatcher._cache
        load, guarded = cache._load_overload, cache._guard_against_spurious_io_errors
    except (ImportError, AttributeError):  # private parts of numba
        return

    def load_overload(signature: Any, context: Any) -> Any:
        rtsys.initialize(context)
        with guarded():
            return load(signature, context)

    cache.load_overload = load_overload


@contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Cache the kernels that are made within the block in a separate folder."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


@cache
def cache_folder() -> Path | None:
    """Return the folder of compiled kernels for exactly these sources; None if no folder can be written.

    ``CCSIM_CACHE_DIR`` overrides the default, which is the user's cache folder.
    """
    root = cache_root()
    if root is None:
        return None
    import numpy

    numba = _numba()

    version = f"{numba.__version__}-{numpy.__version__}-{sys.version_info[0]}.{sys.version_info[1]}"
    folder = root / "kernels" / f"{version}-{kernel_hash()}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def cache_root() -> Path | None:
    """Return the folder for all compiled code: a temporary one if the cache cannot be written; None if neither can.

    The temporary folder is shared by this process and the processes that it starts, so that one of them compiles for all.
    """
    import platformdirs

    root = Path(os.environ.get("CCSIM_CACHE_DIR") or platformdirs.user_cache_path("ccsim"))
    fault = _fault_of_writing(root / "kernels")
    if fault is None:
        return root
    temporary: Path | None = None
    with suppress(OSError):
        temporary = Path(tempfile.mkdtemp(prefix="ccsim-kernels-"))
        atexit.register(_remove, temporary, os.getpid())
        os.environ["CCSIM_CACHE_DIR"] = str(temporary)
    if parent_process() is None:
        sys.stderr.write(
            f"ccsim: {root} cannot be written ({fault}), so the model is compiled at every start, "
            "which takes a quarter of a minute; set CCSIM_CACHE_DIR to another folder\n"
        )
    return temporary


def _fault_of_writing(folder: Path) -> str | None:
    """Return why a folder cannot be made and written; None if it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def source_hash() -> str:
    """Return a short hash of the sources that determine numbers, which identifies the model."""
    package = Path(__file__).parents[1]
    return _hash_of(package, (path for name in MODEL_SOURCES for path in (package / name).rglob("*.py")))


@cache
def kernel_hash() -> str:
    """Return a short hash of the sources that shape compiled code: those that declare rules, kernels, parameters or columns."""
    package = Path(__file__).parents[1]
    files = package.rglob("*.py")
    shaping = (
        path for path in files if path.parent.name == "engine" or any(mark in path.read_bytes() for mark in _MARKS)
    )
    return _hash_of(package, shaping)


def _hash_of(package: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
