"""The pages as one HTML file that opens without server and network, and as a folder for any web server."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Mapping
from pathlib import Path

from ccsim.app.pages import read_static
from ccsim.errors import InputError, writing

#: Nothing is loaded: everything is in the file.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
)
#: Files packed into the page, by the identifier under which the page finds them.
PACKED = {"ccsim-engine": "engine.wasm", "ccsim-model": "model.json", "ccsim-worker": "worker.js"}


def single_page(instead: Mapping[str, bytes] | None = None) -> str:
    """Return the whole application as one page.

    Args:
        instead: files that take the place of built ones, by name.

    Raises:
        InputError: the pages are missing.
    """
    files = read_static(instead=instead)
    page = files["index.html"].decode()
    data = "\n".join(
        f'<script type="text/plain" id="{name}">{base64.b64encode(gzip.compress(files[file], 9, mtime=0)).decode()}</script>'
        for name, file in PACKED.items()
    )
    script = re.sub(r"</(script)", r"<\\/\1", files["app.js"].decode(), flags=re.IGNORECASE).replace("<!--", "<\\!--")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    replacements = {
        '<link rel="stylesheet" href="app.css">': f"<style>{files['app.css'].decode()}</style>",
        '<script src="app.js" defer></script>': f"{data}\n<script>{script}</script>",
        '<meta charset="utf-8">': f'<meta charset="utf-8">\n{policy}',
    }
    for old, new in replacements.items():
        if page.count(old) != 1:
            raise InputError(f"the pages cannot be put into one file: index.html lacks {old}")
        page = page.replace(old, new)
    return page


def write_single_file(path: Path, instead: Mapping[str, bytes] | None = None) -> int:
    """Write the application as one HTML file.

    Args:
        path: path of the file; an existing file is replaced.
        instead: files that take the place of built ones, by name.

    Returns:
        Its size in bytes.

    Raises:
        InputError: it cannot be written.
    """
    content = single_page(instead=instead).encode()
    with writing(path):
        path.write_bytes(content)
    return len(content)


def write_folder(path: Path, instead: Mapping[str, bytes] | None = None) -> int:
    """Write the application as a folder of files for any web server.

    Args:
        path: path of the folder, created if necessary; files of the same names are replaced.
        instead: files that take the place of built ones, by name.

    Returns:
        The number of files.

    Raises:
        InputError: it cannot be written.
    """
    files = read_static(instead=instead)
    with writing(path):
        for name, content in files.items():
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return len(files)
