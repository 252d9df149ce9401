"""File names that are valid on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable


def is_device_name(name: str) -> bool:
    """Return whether Windows treats a file of this name, with any suffix, as a device."""
    return re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name.partition(".")[0].strip(), re.IGNORECASE) is not None


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a unique short file name for each scenario, with characters that are valid on every system."""
    files: dict[str, str] = {}
    taken = set()
    for name in names:
        file = re.sub(r"[^\w.=@ -]", "_", name)[:60]
        file = f"_{file}" if is_device_name(file) else file
        while file.casefold() in taken:
            file += "_"
        taken.add(file.casefold())
        files[name] = file
    return files
