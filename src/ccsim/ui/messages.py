"""Validate messages from the browser."""

from __future__ import annotations

from typing import Any


def parts(message: Any) -> tuple[str, Any]:
    """Take apart ``{"what": …, "value": …}``; of anything else, nothing is to be done."""
    if not isinstance(message, dict):
        return "", None
    return str(message.get("what", ""))[:40], message.get("value")
