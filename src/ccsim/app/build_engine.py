"""Build the engine that runs in a browser: ``engine.wasm`` from the kernels, ``model.json`` from the declarations.

    python -m ccsim.app.build_engine            # build what is out of date
    python -m ccsim.app.build_engine --check    # exit status 1 if anything is out of date
    python -m ccsim.app.build_engine --verify   # compile, and compare with the shipped engine byte by byte

numba and llvmlite do everything: no linker, compiler or network is needed. It takes about a minute.

The engine is keyed by everything that affects compiled code (:func:`ccsim.app.engine_key.engine_key`): rules, kernels, constants, and names and types of
parameters and columns. A new default, range, text or formula changes ``model.json`` only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ccsim.app import model_data
from ccsim.app.engine_key import engine_key
from ccsim.app.model_data import STATIC
from ccsim.errors import CcsimError, InputError
from ccsim.model.extension import extended

ENGINE = STATIC / "engine.wasm"
COMMAND = "python -m ccsim.app.build_engine"
#: The section of the module that describes to the host how to call it.
SECTION = "ccsim"
#: Exit status of the compiling process if a user's file is at fault.
_REFUSED = 3
#: numba settings that do not depend on the processor, without optimisation before the target is known.
_ENVIRONMENT = {
    "CCSIM_AHEAD": "1",
    "CCSIM_PLAIN": "",
    "NUMBA_DISABLE_JIT": "",
    "NUMBA_OPT": "0",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "PYTHONHASHSEED": "0",
}


class BuildError(CcsimError):
    """The engine cannot be built on this machine."""


def described(module: bytes) -> dict[str, Any]:
    """Return a module's description of itself.

    Raises:
        BuildError: it is not an engine of ccsim.
    """
    from ccsim.app.object_file import custom_section

    section = custom_section(module, SECTION)
    if section is None:
        raise BuildError(f"{ENGINE.name} is damaged or belongs to another program; rebuild it with {COMMAND}")
    data: dict[str, Any] = json.loads(section)
    return data


def faults() -> list[str]:
    """Return which shipped files are out of date; empty if none is."""
    problems = []
    if not ENGINE.is_file():
        problems.append(f"{ENGINE.name} is missing")
    elif described(ENGINE.read_bytes())["key"] != engine_key():
        problems.append(f"{ENGINE.name} is older than the kernels")
    if not model_data.FILE.is_file() or model_data.FILE.read_text(encoding="utf-8") != model_data.text():
        problems.append(f"{model_data.FILE.name} is older than the declarations")
    return problems


def compiled(own: Sequence[str] = ()) -> bytes:
    """Compile the engine in a separate process and return the module.

    Args:
        own: files of users' mechanisms that it includes besides those of the package.

    Returns:
        The WebAssembly module.

    Raises:
        BuildError: it cannot be compiled; the message is the last output of that process.
        InputError: a user's mechanism cannot be compiled; the message names file and line.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "engine.wasm"
        environment = os.environ | _ENVIRONMENT | {"CCSIM_CACHE_DIR": folder}
        module = __spec__.name if __spec__ else __name__
        words = [sys.executable, "-W", "ignore", "-m", module, "--compile-to", str(out)]
        words += [word for file in own for word in ("--with", file)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == _REFUSED:
            raise InputError(done.stderr.strip())
        if done.returncode:
            message = [line.strip() for line in done.stderr.splitlines() if line.strip()][-8:]
            raise BuildError(f"the engine cannot be built: {' '.join(message) or 'no message'}")
        return out.read_bytes()


def _compile_to(out: Path) -> None:
    """Compile in this process, with the environment set by :func:`compiled`."""
    import llvmlite
    import numba

    from ccsim.app.object_file import with_custom_section
    from ccsim.app.own_entry_points import entry_points_in_force, populations_in_force
    from ccsim.app.webassembly import compile_engine

    key = engine_key()  # before anything is compiled: sources may be edited meanwhile
    engine = compile_engine(entry_points_in_force())
    data = {
        "key": key,
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "dataEnd": engine.data_end,
        "populations": populations_in_force(),
        "slots": engine.slots,
    }
    out.write_bytes(with_custom_section(engine.module, SECTION, json.dumps(data, separators=(",", ":")).encode()))


def main(words: list[str] | None = None) -> int:
    """Build or check; return the exit status."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Build the engine that runs in a browser.")
    parser.add_argument("--check", action="store_true", help="only report whether the shipped files are up to date")
    parser.add_argument(
        "--verify", action="store_true", help="compile, and compare with the shipped engine byte by byte"
    )
    parser.add_argument("--force", action="store_true", help="compile even if the engine is up to date")
    parser.add_argument("--compile-to", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--with", dest="own", action="append", default=[], help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.compile_to:
        try:
            with extended(chosen.own, everywhere=True):
                _compile_to(chosen.compile_to)
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            return _REFUSED
        return 0
    old = faults()
    if chosen.check:
        sys.stdout.write(
            "\n".join(f"{fault}; build it with {COMMAND}" for fault in old) + "\n" if old else "as the sources give\n"
        )
        return int(bool(old))
    if chosen.verify:
        same = ENGINE.is_file() and compiled() == ENGINE.read_bytes()
        sys.stdout.write(f"{ENGINE.name} is {'' if same else 'not '}what the sources give here, byte by byte\n")
        return int(not same)
    STATIC.mkdir(exist_ok=True)
    if chosen.force or any(fault.startswith(ENGINE.name) for fault in old):
        start = time.perf_counter()
        ENGINE.write_bytes(compiled())
        sys.stdout.write(f"{ENGINE.name}: {ENGINE.stat().st_size:,} bytes in {time.perf_counter() - start:.0f} s\n")
    model_data.write()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
