"""A field for a file, or for a folder of files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import solara
import traitlets
from ipyvuetify.extra import FileInput

#: The most files that are read of a folder.
MOST_FILES = 300


class LabelledInput(FileInput):
    """The file input, with a label: without one a screen reader has nothing to say."""

    template = traitlets.Unicode(
        str(FileInput.template.default_value).replace("<v-file-input", '<v-file-input :label="label"', 1)
    ).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)


@solara.component
def FileField(
    on_file: Callable[[str, bytes], None], label: str, most: int, folder: bool = False, accept: str = ".json"
) -> None:
    """A field for a file that the keyboard and a phone can use too.

    Args:
        on_file: called with the name and content of each file.
        label: what is asked for.
        most: bytes of a file that may be read; of a larger one, one byte more is read, to tell.
        folder: whether a folder is chosen, with all files in it.
        accept: the ending of the files that are offered.
    """
    chosen, choose = solara.use_state(None)
    nothing: list[Any] = []
    files, put = solara.use_state(nothing)
    field = LabelledInput.element(
        accept=accept, multiple=folder, directory=folder, label=label, on_file_info=choose
    )  # fmt: skip

    def wire() -> None:
        if chosen:
            real: Any = solara.get_widget(field)
            # As solara's own field does it: the widget drops its observer when it is made by a component.
            real.version += 1
            real.reset_stats()
            put(real.get_files())

    def read(_cancelled: threading.Event) -> None:
        # All are read before any is used: what is drawn in between would break off the reading.
        # A browser's own limit binds the browser only.
        taken = list(files)[: MOST_FILES if folder else 1]
        contents = [(str(file["name"])[:60], file["file_obj"].read(most + 1)) for file in taken]
        for name, content in contents:
            on_file(name, content)

    solara.use_effect(wire, [chosen])
    solara.use_thread(read, dependencies=[files])
