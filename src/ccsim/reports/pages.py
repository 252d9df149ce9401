"""Pages of HTML, each in one file: one head for all of them, and pictures within."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


def html_page(template: str, told: Mapping[str, Any]) -> str:
    """Return a page.

    Args:
        template: name of a file in ``templates``, without its endings.
        told: what the template reads, by name.

    Returns:
        The page as HTML.
    """
    import jinja2

    place = jinja2.Environment(
        loader=jinja2.PackageLoader("ccsim.reports", "templates"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return place.get_template(f"{template}.html.j2").render(told)


def inline(picture: bytes) -> str:
    """Return an SVG picture as an address that holds it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
