"""Rules and kernels: plain Python that also runs compiled.

A *rule* is one sentence of the model over scalars. A *kernel* is a loop that says "for every person".
Both are ordinary functions. With numba they run compiled; with the environment variable ``CCSIM_PLAIN=1``
the same source runs as it stands, which is the reference, the debugger's view and the coverage tool's.

Compiled code is kept on disk. numba notices a change of the file that holds a kernel, but not of a file whose
functions that kernel calls, so the folder's name is a hash of all sources that shape compiled code: an edit of any of
them starts afresh.
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

#: What a source file contains that shapes compiled code.
_MARKS = (b"@kernel", b"@rule", b"@parameters(", b"@population(", b"@columns(")

#: Packages that decide numbers: results of different versions of them do not mix. Pages, figures, commands and the like
#: may change while an experiment is going on.
MODEL_SOURCES = ("engine", "mechanisms", "model", "scenarios", "organisations", "simulation", "experiments")

#: Where kernels are kept that are no part of the package.
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)

#: Whether the source runs as it stands. ``NUMBA_DISABLE_JIT`` asks numba for the same.
PLAIN = any(os.environ.get(name, "") not in ("", "0") for name in ("CCSIM_PLAIN", "NUMBA_DISABLE_JIT"))

#: Set in the process that compiles the engine for the browser, where kernels take numba's usual arguments.
AHEAD = os.environ.get("CCSIM_AHEAD", "") not in ("", "0")


def rule(function: Function) -> Function:
    """Mark a scalar sentence of the model; compiled into the kernels that use it."""
    return function if PLAIN else _compile(function, inline=True)


@overload
def kernel(function: Function) -> Function: ...


@overload
def kernel(*, allocates: bool) -> Callable[[Function], Function]: ...


def kernel(function: Function | None = None, *, allocates: bool = False) -> Function | Callable[[Function], Function]:
    """Mark a loop over a population; compiled on first use and kept on disk.

    Args:
        function: the loop.
        allocates: whether it, or a kernel that it calls, makes arrays of its own. The others get by without numba's
            counting of references, which costs service four tenths of its time.

    Returns:
        The compiled function, or the function itself with ``CCSIM_PLAIN=1``; a decorator if called with options only.
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
        # Private parts of numba: where it no longer has them, the result is the same and takes longer.
        from ccsim.engine import parts

        dispatcher: Any = parts.compiled(function, **options, **({} if allocates else {"_nrt": False}))
    except (ImportError, AttributeError, KeyError, TypeError):
        dispatcher = numba.njit(function, **options)
    if not inline:
        _keep_on_disk(dispatcher)
    compiled: Function = dispatcher
    return compiled


def take_by_reference(cls: Any) -> None:
    """Have kernels take a class of parameters or a population by reference, see :mod:`ccsim.engine.by_reference`."""
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

    numba looks at every argument of every call, down to each column of a population and each parameter. For a week,
    which is given the whole world, that takes a fifth of the time of an organisation of the default size.
    """
    entry: Any = None

    def called(*arguments: Any) -> Any:
        nonlocal entry
        if entry is not None:
            return entry(*arguments)
        found = kernel(*arguments)
        versions = list(getattr(kernel, "overloads", {}).values())
        entry = getattr(versions[0], "entry_point", None) if len(versions) == 1 else None
        return found

    return kernel if PLAIN else called  # type: ignore[return-value]  # it takes what the kernel takes


@cache
def _numba() -> Any:
    """Return numba.

    Raises:
        InputError: it cannot be loaded here.
    """
    try:
        import numba
        import numba.np.ufunc.parallel  # looks at NUMBA_NUM_THREADS, which would fail in the first run otherwise

        numba.np.ufunc.parallel.get_thread_count()
    except Exception as error:  # noqa: BLE001  # it depends on the environment in many ways
        try:
            Path.cwd()
        except OSError:
            raise InputError("the working folder has been deleted: change to another one") from None
        given = ", ".join(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
        raise InputError(
            f"numba cannot be loaded ({error}){f' with {given}' if given else ''}: mend or unset that, or set CCSIM_PLAIN=1, "
            "with which ccsim runs without it, more slowly"
        ) from None
    return numba


def _keep_on_disk(dispatcher: Any) -> None:
    """Enable numba's disk cache for one kernel, in our own folder and without touching other packages' setting."""
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
        # The text of a user's kernel may have come without its file, to another machine: it is compiled in memory.
        if _folder.get() is None:
            raise
    finally:
        config.CACHE_DIR = before


def _load_lightly(dispatcher: Any) -> None:
    """Load what is kept of a kernel without all that compiling takes, scipy's linear algebra and more, as numba does.

    Kernels of the package call nothing of that; a user's may.
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
    """Keep the kernels that are made within the block in a folder of their own."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


@cache
def cache_folder() -> Path | None:
    """Return the folder of compiled kernels for exactly these sources, or None where none can be written.

    ``CCSIM_CACHE_DIR`` overrides the place, ordinarily the user's cache folder.
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
    """Return the folder that everything compiled is kept below: if nothing can be kept, a temporary one; else None.

    The temporary folder is this process's and that of the processes it starts, so that one of them compiles for all.
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
            f"ccsim: {root} cannot be written ({fault}), so every start compiles the model anew, "
            "which takes a quarter of a minute; CCSIM_CACHE_DIR names another folder\n"
        )
    return temporary


def _fault_of_writing(folder: Path) -> str | None:
    """Say why a folder cannot be made and written; None if it can."""
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
    """Return a short hash of the sources that decide numbers: the identity of the model."""
    package = Path(__file__).parents[1]
    return _hash_of(package, (path for name in MODEL_SOURCES for path in (package / name).rglob("*.py")))


@cache
def kernel_hash() -> str:
    """Return a short hash of the sources that shape compiled code: those that declare rules, kernels, parameters or columns."""
    package = Path(__file__).parents[1]
    return _hash_of(package, (path for path in package.rglob("*.py") if _shapes_kernels(path)))


def _shapes_kernels(path: Path) -> bool:
    return path.parent.name == "engine" or any(mark in path.read_bytes() for mark in _MARKS)


def _hash_of(package: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
