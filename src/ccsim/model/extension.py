"""Users' own mechanisms, without a fork: which of them are in force.

    with extended(["mood.py"]):
        ccsim.compare("direction").table()

Within the block, their parameters, columns and KPIs exist everywhere, and the week includes their steps. Outside the block
nothing changes. An organisation that was founded within a block keeps its mechanisms.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from ccsim.engine.jit import source_hash
from ccsim.errors import InputError

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Source:
    """The file of a mechanism: its path, and its text, which identifies it."""

    file: str
    text: str

    @property
    def name(self) -> str:
        """The name of the mechanism: the name of the file without its suffix."""
        return Path(self.file).stem


#: What identifies a mechanism: a path or a module.
Own = str | Path | ModuleType | Source

#: The extension in force in this context, if it differs from the last of those in force in all threads.
_here: ContextVar[Any] = ContextVar("mechanisms")
_everywhere: list[Any] = [None]


def active() -> Any:
    """Return the users' mechanisms in force; None if there are none."""
    return _here.get(_everywhere[-1])


def active_sources() -> tuple[Source, ...]:
    """Return the files of the users' mechanisms in force."""
    extension = active()
    return extension.sources if extension else ()


@contextmanager
def extended(mechanisms: Iterable[Own] | Own | None, *, everywhere: bool = False) -> Iterator[None]:
    """Put users' mechanisms in force within a block, instead of those that are in force outside it.

    Args:
        mechanisms: paths of files, or modules; empty for none; None to change nothing.
        everywhere: in all threads of this process, for a server.

    Raises:
        InputError: a file cannot be read or used; the message names file and line.
    """
    if mechanisms is None:
        yield
        return
    sources = sources_of(mechanisms)
    # Imported by name, because the loader depends on the declarations, which import this module.
    extension = import_module("ccsim.model.own_mechanism").extension_of(sources) if sources else None
    if everywhere:
        _everywhere.append(extension)
    try:
        with within(extension):
            yield
    finally:
        if everywhere:
            _everywhere.pop()


@contextmanager
def within(extension: Any) -> Iterator[None]:
    """Put an extension in force within a block."""
    token = _here.set(extension)
    try:
        yield
    finally:
        _here.reset(token)


def takes_mechanisms(function: Function) -> Function:
    """Add a parameter ``mechanisms=[...]`` to a function; the mechanisms are in force while it runs."""

    @wraps(function)
    def called(*arguments: Any, mechanisms: Iterable[Own] | Own | None = None, **named: Any) -> Any:
        with extended(mechanisms):
            return function(*arguments, **named)

    return called  # type: ignore[return-value]  # it has the same arguments as the function


def sources_of(mechanisms: Iterable[Own] | Own) -> tuple[Source, ...]:
    """Return the files of some mechanisms, read.

    Raises:
        InputError: a file cannot be read, or its name cannot be the name of a mechanism.
    """
    several: Any = [mechanisms] if isinstance(mechanisms, (str, Path, ModuleType, Source)) else mechanisms
    sources: dict[str, Source] = {}
    for source in map(_read, several):
        if source.name in sources:
            raise InputError(f"{source.file}: two mechanisms have the name {source.name!r}")
        sources[source.name] = source
    return tuple(sources.values())


def _read(mechanism: Own) -> Source:
    if isinstance(mechanism, Source):
        return mechanism
    if isinstance(mechanism, ModuleType):
        if not getattr(mechanism, "__file__", None):
            raise InputError(f"mechanism {mechanism.__name__}: a module must have a file, such as mood.py")
        mechanism = str(mechanism.__file__)
    if not isinstance(mechanism, (str, Path)):
        raise InputError(f"mechanism {mechanism!r}: must be the path of a file, or a module")
    path = Path(mechanism)
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise InputError(f"{path}: the name of the file must be a Python identifier followed by .py, such as mood.py")
    try:
        return Source(str(path.absolute()), path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read (it is not UTF-8 text)") from None


def model_hash() -> str:
    """Return a short hash of all sources that determine numbers, including users' mechanisms."""
    return hash_with(active_sources())


def hash_with(sources: Iterable[Source]) -> str:
    """Return the hash of the model together with some mechanisms."""
    own = [(source.name, source.text) for source in sources]
    return hashlib.sha256(f"{source_hash()}{own!r}".encode()).hexdigest()[:16] if own else source_hash()


def loaded() -> Iterable[Any]:
    """Return all loaded users' mechanisms, in force or not, the latest first."""
    own = sys.modules.get("ccsim.model.own_mechanism")
    return reversed(own.LOADED) if own else ()


class Declared(dict[str, Any]):
    """Declarations in force, by name. A declaration that is not in force is found by its name if it has been loaded.

    Results that were made with a mechanism can therefore be shown after its block has ended.
    """

    def __init__(self, rows: Any, rows_of: Callable[[Any], dict[str, Any]]) -> None:
        super().__init__(rows)
        self._rows_of = rows_of

    def __missing__(self, name: str) -> Any:
        for extension in loaded():
            rows = self._rows_of(extension)
            if name in rows:
                return rows[name]
        raise KeyError(name)
