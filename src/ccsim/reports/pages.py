"""Pages of HTML and Markdown from templates. An HTML page is one file with a shared head and embedded pictures."""

from __future__ import annotations

import base64
import math
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, ResultsError, writing


@dataclass(frozen=True)
class DisplayedNumber:
    """A number on a page.

    Attributes:
        key: its key.
        value: the number to the last bit, as text.
        text: as shown.
    """

    key: str
    value: str
    text: str

    @classmethod
    def of(cls, key: str, value: float, text: str) -> DisplayedNumber:
        """Return a number with its value to the last bit.

        Args:
            key: its key.
            value: the number.
            text: as shown.
        """
        return cls(key, value.hex() if math.isfinite(value) else str(value), text)


def render_page(template: str, data: Mapping[str, Any], package: str = "ccsim.reports") -> str:
    """Return a page.

    Args:
        template: name of a file in ``templates`` without ``.j2``, such as ``"report.html"`` or ``"claims.md"``.
        data: variables of the template, by name.
        package: the package with the template; the shared head is found from any of them.

    Returns:
        The page as HTML or Markdown.
    """
    import jinja2

    html = template.endswith(".html")
    packages = dict.fromkeys((package, "ccsim.reports"))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name, "templates") for name in packages]), autoescape=html,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=not html, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return environment.get_template(f"{template}.j2").render(data)


def write_page(page: Path, text: str, failure: type[CcsimError] = ResultsError) -> Path:
    """Write a page, creating its folder if necessary.

    Args:
        page: path of the page.
        text: the page.
        failure: class of the error raised if it cannot be written.

    Returns:
        The page written.

    Raises:
        CcsimError: the page cannot be written; of the class ``failure``.
    """
    with writing(page, failure):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    return page


def reproduce_command(folder: Path) -> str:
    """Return the command that reproduces a number of a results folder, up to the number's key.

    It works from the working folder in which the page was written: a folder below that one is named relative to it, so that the page shows
    no path of the machine.
    """
    place = folder
    with suppress(OSError, ValueError):
        place = folder.resolve().relative_to(Path.cwd().resolve())
    return f"ccsim reproduce {shlex.quote(str(place))}"


def inline(picture: bytes) -> str:
    """Return an SVG picture as an address that holds it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
