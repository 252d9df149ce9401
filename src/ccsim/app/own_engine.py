"""The engine and the declarations with users' mechanisms: built on this machine, and kept for the next start."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ccsim.app import model_data
from ccsim.app.build_engine import BuildError, compiled, described
from ccsim.app.engine_key import engine_key
from ccsim.engine.jit import cache_folder
from ccsim.errors import InputError
from ccsim.model.extension import active_sources
from ccsim.results.parquet import write_atomic


def own_files(say: Callable[[str], None]) -> dict[str, bytes]:
    """Return the files of the pages that differ from the shipped ones, by name; empty without users' mechanisms.

    Args:
        say: called with a line of text before each long step.

    Raises:
        InputError: a mechanism cannot be compiled for a browser.
        BuildError: the engine cannot be built here.
    """
    if not active_sources():
        return {}
    return {"engine.wasm": own_engine(say), "model.json": model_data.text().encode()}


def own_engine(say: Callable[[str], None]) -> bytes:
    """Return the engine with users' mechanisms in force; it is built if this machine has not built it before.

    Args:
        say: called with a line of text before each long step.

    Raises:
        InputError: a mechanism cannot be compiled for a browser.
        BuildError: the engine cannot be built here.
    """
    key, folder = engine_key(), cache_folder()
    kept = folder / f"engine-{key}.wasm" if folder is not None else None
    if kept is not None and kept.is_file():
        with suppress(OSError):
            module = kept.read_bytes()
            if _key_of(module) == key:
                return module
    names = ", ".join(source.name for source in active_sources())
    say(f"Building the engine of the browser with {names}: a minute or two, once for these files.")
    module = compiled([source.file for source in active_sources()])
    if _key_of(module) != key:
        raise InputError(f"--with: a file of {names} was changed while the engine was built; start again")
    if kept is not None:
        with suppress(OSError):
            write_atomic(kept, module)
    return module


def _key_of(module: bytes) -> str:
    try:
        return str(described(module)["key"])
    except (BuildError, KeyError, ValueError):
        return ""
