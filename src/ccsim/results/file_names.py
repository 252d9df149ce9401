"""Names of files that every system takes."""

from __future__ import annotations

import re
from collections.abc import Iterable


def is_device_name(name: str) -> bool:
    """Return whether Windows takes a file of this name, whatever its suffix, for a device."""
    return re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name.partition(".")[0].strip(), re.IGNORECASE) is not None


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each scenario: short, of signs that every system takes, and none twice."""
    found: dict[str, str] = {}
    taken = set()
    for name in names:
        own = re.sub(r"[^\w.=@ -]", "_", name)[:60]
        own = f"_{own}" if is_device_name(own) else own
        while own.casefold() in taken:
            own += "_"
        taken.add(own.casefold())
        found[name] = own
    return found
