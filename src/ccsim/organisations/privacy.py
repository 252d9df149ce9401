"""Privacy: keys instead of identifiers, and only groups that are large enough are shown."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SALT_FILE = ".salt"
OTHERS = "others"
#: Maximum number of characters of a cell that a message quotes.
LONGEST_QUOTED = 40


@dataclass(frozen=True)
class Keys:
    """Replace identifiers by keyed hashes; an identifier has the same key in all files of a folder."""

    salt: bytes

    @classmethod
    def of_folder(cls, folder: Path) -> Keys:
        """Return the keys of a folder. The salt is written to the folder when it is first needed."""
        path = folder / SALT_FILE
        try:
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except (OSError, ValueError):
            salt = secrets.token_bytes(32)
        with suppress(OSError):  # if the folder cannot be written, the keys are valid only in this process
            path.write_text(salt.hex() + "\n", encoding="ascii")
            path.chmod(0o600)
        return cls(salt)

    def of(self, identifier: str) -> str:
        """Return the key of an identifier; an empty identifier has an empty key."""
        if not identifier:
            return ""
        return hashlib.blake2b(identifier.encode(), key=self.salt, digest_size=12).hexdigest()


def quoted(cell: str, identifiers: Container[str] = ()) -> str:
    """Return a faulty cell for a message: the cell itself, or a description of it if it may name a person.

    Args:
        cell: the cell.
        identifiers: cells of columns that identify people.
    """
    several_words = len(cell.split()) > 1 and not any(sign.isdigit() for sign in cell)
    if "@" in cell or cell in identifiers or several_words or len(cell) > LONGEST_QUOTED:
        return f"a text of {len(cell)} characters"
    return repr(cell)


def merged(sizes: Mapping[str, float], smallest: int) -> dict[str, str]:
    """Return the name under which each group is shown: its own, or a common one for all small groups.

    Small groups are merged. If they are still too small together, the next larger group is added, because the total
    minus all other groups would reveal them. Of two groups, one of which is small, neither is shown by itself.

    Args:
        sizes: people (or answers) by group.
        smallest: the smallest size that is shown.

    Returns:
        The name of each group; a group without a name counts only in the total, which is itself too small.
    """
    order = sorted(sizes, key=lambda name: (sizes[name], name))
    small = [name for name in order if sizes[name] < smallest]
    rest = order[len(small) :]
    while small and rest and sum(sizes[name] for name in small) < smallest:
        small.append(rest.pop(0))
    hidden = small if sum(sizes[name] for name in small) < smallest else []
    return {name: OTHERS if name in small else name for name in sizes if name not in hidden}


def rows_shown(sizes: np.ndarray, smallest: int) -> np.ndarray:
    """Return the row under which each group's values are stored: its own, or the first row of its merged group.

    Args:
        sizes: people of each group, shape (groups,).
        smallest: the smallest size that is shown.

    Returns:
        Shape (groups,); -1 for a group that counts only in the total.
    """
    names = merged({str(row): float(size) for row, size in enumerate(sizes)}, smallest)
    others = [row for row in range(len(sizes)) if names.get(str(row)) == OTHERS]
    rows = [others[0] if row in others else row if str(row) in names else -1 for row in range(len(sizes))]
    return np.array(rows, np.int64)


def merge_rows(block: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the sums of a block over merged groups; rows that are not shown are nan.

    Args:
        block: shape (weeks, groups, columns).
        rows: the row of each group, as :func:`rows_shown` returns it.
    """
    sums = np.full_like(block, np.nan)
    for row in np.unique(rows[rows >= 0]):
        sums[:, row] = block[:, rows == row].sum(axis=1)
    return sums


def shown(names: Sequence[str], sizes: Sequence[float], smallest: int) -> list[str | None]:
    """Return the name under which each group is shown; None for a group that is not shown.

    Args:
        names: name of each group; groups with the same name are counted together.
        sizes: people of each group, in the order of ``names``.
        smallest: the smallest size that is shown.
    """
    by_name: dict[str, float] = {}
    for name, size in zip(names, sizes, strict=True):
        by_name[name] = by_name.get(name, 0.0) + size
    shown_names = merged(by_name, smallest)
    return [shown_names.get(name) for name in names]
