"""What the command opened: arguments of :func:`ccsim.ui.mesa_page.page`, which Solara calls without any."""

from __future__ import annotations

from typing import Any

CHOSEN: dict[str, Any] = {}
