"""The page that the server of Mesa's page serves: the one requested by ``ccsim mesa``."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

import solara

from ccsim.ui.mesa_page import CHOSEN, page

Page = page(**CHOSEN)


@solara.component
def Layout(children: list[Any]) -> None:
    """Solara's frame for a page with a bar and a drawer, without tabs: there is one page."""
    solara.AppLayout(children=children, navigation=False)


# The model is loaded (and at first compiled) while the first visitor's browser loads the page.
threading.Thread(target=import_module, args=("ccsim.execution.preload",), daemon=True).start()
__all__ = ["Layout", "Page"]
