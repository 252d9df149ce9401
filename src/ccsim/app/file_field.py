"""A field for a file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import solara
from ipyvuetify.extra import FileInput


@solara.component
def FileField(on_file: Callable[[Any], None]) -> None:
    """A field for a file that the keyboard and a phone can use too; the file is read only as far as it is asked for."""
    chosen, choose = solara.use_state(None)
    files, put = solara.use_state(None)
    field = FileInput.element(accept=".json", multiple=False, on_file_info=choose)

    def wire() -> None:
        if chosen:
            real: Any = solara.get_widget(field)
            # As solara's own field does it: the widget drops its observer when it is made by a component.
            real.version += 1
            real.reset_stats()
            put(real.get_files())

    def read(_cancelled: threading.Event) -> None:
        if files:
            on_file(files[0])

    solara.use_effect(wire, [chosen])
    solara.use_thread(read, dependencies=[files])
