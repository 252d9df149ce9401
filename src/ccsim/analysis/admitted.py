"""Admitted worlds: values of all uncertain assumptions with which the ordinary organisation agrees with published values.

``ccsim worlds`` makes them by history matching and stores them in a Parquet file; ``docs/worlds.md`` explains how they are
admitted. Every analysis that varies the assumptions draws from them, unless the declared ranges are requested.
The values of a world belong together and should not be used separately.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ccsim.analysis.parameter_space import Dimension, dimensions, drawn
from ccsim.engine.columns import FloatArray
from ccsim.engine.jit import source_hash
from ccsim.errors import InputError, count_noun
from ccsim.experiments.design import Design
from ccsim.experiments.factors import Factor
from ccsim.model.settings import all_parameters
from ccsim.scenarios.renamed import RenamedAttributes

#: The file that ccsim ships.
SHIPPED = Path(__file__).with_name("worlds.parquet")
#: Version of the file format.
VERSION = 1
#: Words for a choice of worlds: those that ccsim ships, or all values within the declared ranges.
ADMITTED, DECLARED = "admitted", "declared"
#: Prefixes of the columns with a world's value and implausibility for each pattern.
VALUE, MISFIT = "value of ", "misfit of "


@dataclass(frozen=True)
class AdmittedWorlds(RenamedAttributes):
    """Worlds that were admitted.

    Attributes:
        keys: parameters that vary between worlds.
        values: shape (worlds, parameters).
        pattern_values: for each pattern, by its id, the value in each world in its own unit, shape (worlds,).
        misfits: for each pattern, the implausibility of each world in standard deviations, shape (worlds,).
        made: how they were made, such as ``sources`` (hash of the model), ``patterns``, ``command`` and ``waves``.
        file: the file in which they are stored.
    """

    _former: ClassVar[Mapping[str, str]] = {"figures": "pattern_values"}

    keys: tuple[str, ...]
    values: FloatArray
    pattern_values: Mapping[str, FloatArray] = field(default_factory=dict)
    misfits: Mapping[str, FloatArray] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    file: Path = SHIPPED

    def __len__(self) -> int:
        """Return the number of worlds."""
        return len(self.values)

    def world(self, number: int) -> dict[str, Any]:
        """Return a world's values by key."""
        rows = all_parameters()
        named = zip(self.keys, self.values[number].tolist(), strict=True)
        return {key: round(value) if rows[key].kind is int else value for key, value in named}

    def draw(self, count: int, seed: int) -> list[dict[str, Any]]:
        """Return worlds, each at most once, in random order.

        Args:
            count: how many.
            seed: seed of the order; with more worlds the first ones stay the same.

        Raises:
            InputError: there are fewer.
        """
        if count > len(self):
            raise InputError(
                f"worlds: at most {len(self)}, as many as {self.file.name} holds, got {count}; "
                "ccsim worlds makes more, and --worlds-from declared accepts any number"
            )
        order = np.random.default_rng(seed).permutation(len(self))
        return [self.world(int(number)) for number in order[:count]]

    def ranges(self, share: float = 0.95) -> dict[str, tuple[float, float]]:
        """Return the range of the middle share of the worlds, by key."""
        ends = np.quantile(self.values, [0.5 - share / 2, 0.5 + share / 2], axis=0)
        return {key: (float(low), float(high)) for key, low, high in zip(self.keys, *ends, strict=True)}

    @property
    def stale(self) -> str:
        """A warning if the model's sources have changed since the worlds were admitted; otherwise empty."""
        made = self.made.get("sources")
        if made == source_hash():
            return ""
        return (
            f"the admitted worlds ({self.file.name}) were made with other sources of the model ({made}; these are "
            f"{source_hash()}): ccsim worlds --confirm checks whether they still hold"
        )

    def design(self, space: Sequence[Dimension], count: int, seed: int) -> Design:
        """Return points at which a study is run: values of worlds, combined with a Latin hypercube of everything else.

        Args:
            space: the parameters that vary. An assumption over the whole of its declared range takes its values from the worlds; one
                over a user's own range, a lever or a week takes them from its range.
            count: how many points.
            seed: seed of worlds and hypercube.

        Raises:
            InputError: there are fewer worlds.
        """
        known = set(self.keys)
        own = [dimension for dimension in space if dimension.key not in known or not dimension.covers_declared_range]
        from_worlds = [dimension.key for dimension in space if dimension not in own]
        points = [{key: world[key] for key in from_worlds} for world in self.draw(count, seed)]
        if own:
            cube = drawn(own, "latin-hypercube", count, seed)
            points = [{**point, **cube.row(number)} for number, point in enumerate(points)]
        return Design.given(points)

    def narrowed(self, space: Sequence[Dimension]) -> tuple[Dimension, ...]:
        """Return a space whose assumptions span the range of 95 % of the worlds, for designs that generate their own points."""
        ends = self.ranges()
        return tuple(
            dimension.between(*ends[dimension.key])
            if dimension.key in ends and dimension.covers_declared_range else dimension
            for dimension in space
        )  # fmt: skip


def space_of(
    factors: Sequence[str], fixed: Mapping[str, Any] | None, worlds: AdmittedWorlds | None
) -> tuple[tuple[Dimension, ...], AdmittedWorlds | None]:
    """Return the space, and the worlds from which its values come.

    Args:
        factors: texts that name the factors. The word ``assumptions`` stands for complete worlds.
        fixed: keys that a scenario sets itself.
        worlds: the requested worlds; None for the declared ranges.

    Returns:
        The space, with all parameters of the worlds if ``factors`` contains ``assumptions``; and the worlds, None if
        they are not used.
    """
    space = dimensions(factors, fixed)
    complete = "assumptions" in {part.strip() for text in factors for part in text.split(",")}
    if worlds is None or not complete:
        return space, None
    known = {dimension.key for dimension in space} | set(fixed or {})
    others = tuple(Dimension(Factor(key)) for key in worlds.keys if key not in known)
    return space + others, worlds


def read_worlds(path: Path | None = None) -> AdmittedWorlds:
    """Return the worlds of a file, by default of the shipped one.

    Raises:
        InputError: the file does not exist, or does not contain worlds of this model.
    """
    return _read(path or SHIPPED)


@cache
def _read(path: Path) -> AdmittedWorlds:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        made = json.loads((table.schema.metadata or {})[b"ccsim worlds"])
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; ccsim worlds makes one") from None
    except (OSError, pa.ArrowException, KeyError, ValueError):
        raise InputError(f"{path}: contains no worlds; ccsim worlds makes such a file") from None
    if made.get("version") != VERSION:
        raise InputError(f"{path}: has format {made.get('version')}, but this version of ccsim reads format {VERSION}")
    columns = {name: table[name].to_numpy().astype(np.float64) for name in table.column_names}
    keys = tuple(name for name in columns if name in all_parameters())
    if not keys:
        raise InputError(f"{path}: none of its columns is a parameter of this model")
    values = np.column_stack([columns[key] for key in keys])
    # Values are stored in single precision, so a value at the end of a legal range may be off in its last digit.
    legal = np.array([all_parameters()[key].legal for key in keys])
    values = np.clip(values, legal[:, 0], legal[:, 1])
    pattern_values, misfits = (
        {name.removeprefix(start): column for name, column in columns.items() if name.startswith(start)}
        for start in (VALUE, MISFIT)
    )
    return AdmittedWorlds(keys, values, pattern_values, misfits, made, path)


def write_worlds(worlds: AdmittedWorlds, path: Path) -> None:
    """Write worlds to a file, in single precision."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {key: worlds.values[:, k] for k, key in enumerate(worlds.keys)}
    columns |= {VALUE + name: column for name, column in worlds.pattern_values.items()}
    columns |= {MISFIT + name: column for name, column in worlds.misfits.items()}
    table = pa.table({name: pa.array(np.asarray(column, dtype=np.float32)) for name, column in columns.items()})
    text = json.dumps({"version": VERSION, **worlds.made})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata({b"ccsim worlds": text.encode()}), path, compression="zstd")
    _read.cache_clear()


def worlds_of(text: str | None) -> AdmittedWorlds | None:
    """Return the worlds that a user requests; None for the declared ranges.

    Args:
        text: ``"admitted"`` (also None), ``"declared"``, or the path of a file that ``ccsim worlds`` made.

    Raises:
        InputError: the file does not exist, or contains no worlds.
    """
    if text == DECLARED:
        return None
    if text in (None, ADMITTED):
        return read_worlds()
    if not str(text).endswith(".parquet"):
        raise InputError(f"worlds: must be {ADMITTED}, {DECLARED} or the path of a .parquet file, got {text!r}")
    return read_worlds(Path(str(text)))


def words_for(worlds: AdmittedWorlds | None) -> str:
    """Describe the source of values of assumptions."""
    return "the declared ranges" if worlds is None else f"{count_noun(len(worlds), 'admitted world')}"
