"""Load the files of users' mechanisms: check their declarations, and build a week with their lines.

The populations of the package do not change, so its compiled kernels remain valid. A user's columns are in separate
populations, one per mechanism and population, such as ``mood_staff``.
"""

from __future__ import annotations

import hashlib
import re
import sys
import traceback
from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ccsim.engine.columns import POPULATIONS, Column, FloatArray
from ccsim.engine.declarations import mechanism_names, short_path
from ccsim.engine.jit import PLAIN, cache_folder, kept_in, skip_dispatch
from ccsim.engine.steps import STEPS, Step
from ccsim.errors import DeclarationError, InputError
from ccsim.model import kpis, populations, settings
from ccsim.model.extension import Source, hash_with
from ccsim.model.mechanism import Mechanism, mechanism_of
from ccsim.model.own_checks import check_text, step_arguments
from ccsim.model.own_week import week_with
from ccsim.model.populations import base_of
from ccsim.model.recorder import TALLIES, TALLY_NAMES

if TYPE_CHECKING:
    from ccsim.model.state import ModelState


@dataclass(frozen=True)
class Own:
    """One mechanism of a user.

    Attributes:
        source: its file.
        mechanism: what its module declares.
        steps: its kernels, with their places.
    """

    source: Source
    mechanism: Mechanism
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """The name of the mechanism, which is the name of its file."""
        return self.source.name


@dataclass(eq=False)
class Extension:
    """A set of users' mechanisms that are in force together.

    Attributes:
        sources: their files.
        mechanisms: their modules and declarations.
        populations: their columns: a class by a name such as ``"mood_staff"``.
        kpis: their KPIs by name.
        settings: the class of all parameters, theirs after those of the package.
        columns: the class of all their populations.
        week: the module of their week; ``SOURCE`` is its text.
    """

    sources: tuple[Source, ...]
    mechanisms: tuple[Own, ...]
    populations: dict[str, Any]
    kpis: dict[str, kpis.Kpi]
    settings: Any
    columns: Any
    week: ModuleType
    _step_kernel: Callable[..., None] | None = field(default=None, repr=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Extension:
        """Return itself, because a copy of an organisation uses the same mechanisms."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the files, which are loaded again when unpickled."""
        return extension_of, (self.sources,)

    def empty(self, rows: Mapping[str, int]) -> tuple[Any, dict[str, FloatArray]]:
        """Return new columns, and their flows by the name of the population.

        Args:
            rows: the number of rows of each population of the package.
        """
        made = {name: populations.empty(kind, rows[base_of(name)]) for name, kind in self.populations.items()}
        flows = {name: block for name, (_, block) in made.items() if block.size}
        return self.columns(**{name: columns for name, (columns, _) in made.items()}), flows

    def columns_of(self, population: str) -> dict[str, tuple[str, Column]]:
        """Return the columns that a population of the package gains, by name, each with its population."""
        return {
            column.name: (name, column)
            for name, kind in self.populations.items()
            if base_of(name) == population
            for column in kind.columns
        }

    def initialise(self, state: ModelState) -> None:
        """Let each mechanism set its columns at the founding."""
        for own in self.mechanisms:
            for each in own.steps:
                if each.first:
                    self._run(each.compiled, *self._arguments(own, each, state))

    def step(self, state: ModelState) -> None:
        """Simulate a week whose flows are cleared."""
        if self._step_kernel is None:
            self._compile(state)
            self._step_kernel = skip_dispatch(self.week.step_kernel)
        self._run(self._step_kernel, state.populations, state.own, state.settings, state.seed, state.week)

    def _arguments(self, own: Own, each: Step, state: ModelState) -> tuple[Any, ...]:
        scope = {**vars(state), "state": state.populations, "p": state.settings}
        expressions = step_arguments(own.name, own.mechanism, self.populations)
        return tuple(eval(expressions[argument], {}, scope) for argument in each.arguments)

    def _compile(self, state: ModelState) -> None:
        """Compile the kernels one by one, so that a mistake is reported at its own line and not in the week that calls them.

        Raises:
            InputError: one of them cannot be compiled.
        """
        if PLAIN:
            return
        import numba

        for own in self.mechanisms:
            for each in own.steps:
                types = tuple(map(numba.typeof, self._arguments(own, each, state)))
                try:
                    each.compiled.compile(types)  # type: ignore[attr-defined]  # a compiled kernel has it
                except numba.core.errors.NumbaError as error:
                    raise InputError(_in_one_line(str(error), own, each)) from None

    def _run(self, work: Callable[..., None], *arguments: Any) -> None:
        """Run kernels. Errors that they raise uncompiled are reported with their line.

        Raises:
            InputError: a user's kernel raised something.
        """
        try:
            work(*arguments)
        except Exception as error:
            place = _line_of(error, self.sources)
            if place is None:
                raise
            raise InputError(f"{place}: {type(error).__name__}: {error}") from error


@cache
def extension_of(sources: tuple[Source, ...]) -> Extension:
    """Return the mechanisms of some files, loaded and checked.

    Raises:
        InputError: one of them cannot be used; the message names file and line.
    """
    package = f"ccsim_own_{_identity(sources)}"
    sys.modules[package] = ModuleType(package)
    folder = _folder(sources)
    with kept_in(folder):
        loaded = [_load(source, package) for source in sources]
        owns = [own for own, _ in loaded]
        _refuse_clashes(owns)
        columns = {
            f"{own.name}_{kind.population}": _population(own, kind) for own in owns for kind in own.mechanism.columns
        }
        for own in owns:
            check_text(own.source, own.mechanism, own.steps, columns)
        week = week_with([(own.name, own.mechanism, own.steps) for own in owns], columns, package, folder)
    groups = settings.in_order([*settings.GROUPS, *(kind for own in owns for kind in own.mechanism.groups)])
    make: Any = namedtuple
    home: Any = week
    home.Settings = make(
        "Settings", [kind.group for kind in groups], defaults=[kind() for kind in groups], module=home.__name__
    )
    home.Own = make("Own", list(columns), module=home.__name__)
    declared = _kpis([row for _, rows in loaded for row in rows], columns)
    extension = Extension(sources, tuple(owns), columns, declared, home.Settings, home.Own, week)
    home.Settings.extension = extension
    LOADED.append(extension)
    return extension


#: All loaded extensions; the latest is searched first.
LOADED: list[Extension] = []


def _identity(sources: tuple[Source, ...]) -> str:
    files = [source.file for source in sources]
    return hashlib.sha256(f"{hash_with(sources)}{files!r}".encode()).hexdigest()[:16]


def _folder(sources: tuple[Source, ...]) -> Path | None:
    """Return the folder of the written week and its compiled code; None if no folder can be written."""
    kernels = None if PLAIN else cache_folder()
    if kernels is None:
        return None
    folder = kernels / f"own-{_identity(sources)}"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return folder


def _load(source: Source, package: str) -> tuple[Own, list[tuple[kpis.Kpi, str]]]:
    """Run the file of a mechanism, and return its declarations and its KPIs.

    Returns:
        The mechanism, and its KPIs, each with the file and line of its declaration.

    Raises:
        DeclarationError: a declaration in it is refused.
        InputError: it cannot be run.
    """
    module = ModuleType(f"{package}.{source.name}")
    module.__file__ = source.file
    sys.modules[module.__name__] = module
    try:
        code = compile(source.text, source.file, "exec")
    except SyntaxError as error:
        raise InputError(f"{short_path(source.file)}:{error.lineno}: {error.msg}") from None
    except ValueError as error:
        raise InputError(f"{short_path(source.file)}: {error}") from None
    with kpis.gathered() as rows:
        try:
            exec(code, vars(module))
        except DeclarationError:
            raise
        except Exception as error:  # noqa: BLE001  # any error in a user's file is reported with its line
            place = _line_of(error, (source,)) or short_path(source.file)
            raise InputError(f"{place}: {type(error).__name__}: {error}") from None
    return Own(source, mechanism_of(module), tuple(getattr(module, STEPS, ()))), rows


def _refuse_clashes(owns: list[Own]) -> None:
    """Refuse names that are already in use."""
    groups = {kind.group: "ccsim" for kind in settings.GROUPS}
    names: dict[tuple[str, str], str] = {}
    for base in populations.KINDS:
        names |= {(base.__name__.lower(), column.name): "ccsim" for column in base.columns}
    tallies = dict.fromkeys(TALLY_NAMES, "ccsim")
    for own in owns:
        where = short_path(own.source.file)
        if own.name in mechanism_names():
            raise InputError(f"{where}: ccsim has a mechanism {own.name!r}; give the file another name")
        for kind in own.mechanism.groups:
            if kind.group in groups or kind.group in ("extension", *POPULATIONS):
                raise InputError(
                    f"{where}: parameters({kind.group!r}): {groups.get(kind.group, 'ccsim')} has a group of this name"
                )
            groups[kind.group] = own.name
        for kind in own.mechanism.columns:
            for column in kind.columns:
                key = (kind.population, column.name)
                recorded = kind.population in TALLIES and column.kind == "flow"
                if key in names or (recorded and column.name in tallies):
                    whose = names.get(key) or tallies[column.name]
                    raise InputError(
                        f"{where}: column {kind.population}.{column.name}: {whose} has a column of this name"
                    )
                names[key] = own.name
                if recorded:
                    tallies[column.name] = own.name


def _population(own: Own, kind: Any) -> Any:
    """Return a class of columns as a separate population, stored like the one that it extends."""
    base = getattr(populations, kind.population.capitalize())
    flows_last = sorted(kind.columns, key=lambda column: column.kind == "flow")
    population = populations.built(kind, tuple(flows_last), base.storage)
    setattr(own.mechanism.module, kind.__name__, population)  # numba's cache looks it up here by its name
    return population


def _kpis(rows: list[tuple[kpis.Kpi, str]], columns: Mapping[str, Any]) -> dict[str, kpis.Kpi]:
    """Return KPIs by name, checked once all tallies are known."""
    tallies = {
        column.name for name, kind in columns.items() if base_of(name) in TALLIES
        for column in kind.columns if column.kind == "flow"
    }  # fmt: skip
    checked: dict[str, kpis.Kpi] = {}
    for row, where in rows:
        kpis.refuse_kpi(row, where, tallies | set(checked), checked)
        checked[row.name] = row
    return checked


def _line_of(error: BaseException, sources: tuple[Source, ...]) -> str | None:
    """Return the last line of a user's file in an error's traceback; None if there is none."""
    files = {source.file for source in sources}
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return f"{short_path(lines[-1].filename)}:{lines[-1].lineno}: in {lines[-1].name}" if lines else None


def _in_one_line(message: str, own: Own, each: Step) -> str:
    """Return numba's reason for not compiling a kernel, in one line."""
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    lines = re.findall(rf'{re.escape(Path(own.source.file).name)}", line (\d+)', message)
    texts = [line.strip(" >-") for line in message.splitlines()]
    reasons = [
        line for line in texts if line and not line.startswith(("Failed in nopython", "During:", "File ", "<source"))
    ]
    where = f"{short_path(own.source.file)}:{lines[-1]}" if lines else each.where
    return f"{where}: step {each.name} cannot be compiled: {reasons[0] if reasons else message}"
