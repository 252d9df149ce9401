"""A part of a page that is folded away until it is asked for."""

from __future__ import annotations

from html import escape
from typing import Any

import solara


@solara.component
def Details(title: str, children: list[Any] = []) -> None:  # noqa: B006 - solara fills the children in
    """A heading that unfolds what stands under it: the browser's own element, which every keyboard and reader knows.

    Args:
        title: the heading.
        children: what stands under it; given by ``with Fold(...)``.
    """
    heading = solara.HTML(tag="summary", unsafe_innerHTML=escape(title))
    solara.v.Html(tag="details", class_="gm-fold", children=[heading, solara.Div(children=children)])
