"""Data for the page, wrapped so that Reacton and ipywidgets do not traverse it.

Reacton looks for components in every list and dict that it is handed, and so does ipywidgets for widgets, at each
frame: of some ten thousand numbers that takes far longer than to send them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RawPayload:
    """Plain data that only the page opens; the same data is not sent again."""

    value: Any


def opened(*names: str) -> dict[str, Callable[[Any, Any], Any]]:
    """Return what ``solara.component_vue`` takes as ``to_json`` for arguments of these names that come sealed."""
    return dict.fromkeys(names, _open)


def _open(sealed: Any, _widget: Any) -> Any:
    return sealed.value if isinstance(sealed, RawPayload) else sealed
