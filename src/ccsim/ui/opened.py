"""The arguments of :func:`ccsim.ui.mesa_page.page` from the command line, because Solara calls it without any."""

from __future__ import annotations

from typing import Any

CHOSEN: dict[str, Any] = {}
