"""Make the notebooks as .ipynb with their outputs, from the scripts in percent format beside them.

python teaching/notebooks/as_ipynb.py            # run and write all of them
python teaching/notebooks/as_ipynb.py 04         # only those whose name begins so
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CELL = re.compile(r"^# %%(?P<kind> \[markdown\])?[^\n]*\n", re.MULTILINE)


def cells(script: str) -> list[tuple[str, str]]:
    """Return the cells of a script in percent format, each as its kind (``code`` or ``markdown``) and text."""
    marks = list(CELL.finditer(script))
    ends = [*(mark.start() for mark in marks[1:]), len(script)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        text = script[mark.end() : end].strip("\n")
        if mark["kind"]:
            found.append(
                ("markdown", "\n".join(line.removeprefix("#").removeprefix(" ") for line in text.splitlines()))
            )
        else:
            found.append(("code", text))
    return found


def notebook(script: str) -> Any:
    """Return a notebook without outputs."""
    from nbformat import v4

    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}
    made = v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    made.cells = [make[kind](text, id=f"cell-{number}") for number, (kind, text) in enumerate(cells(script), start=1)]
    return made


def run(script: Path) -> Path:
    """Run a script as a notebook and write it with its outputs beside the script.

    Args:
        script: a script in percent format.

    Returns:
        The notebook's path.
    """
    import nbformat
    from nbclient import NotebookClient

    made = notebook(script.read_text(encoding="utf-8"))
    NotebookClient(made, timeout=900, resources={"metadata": {"path": str(script.parent)}}).execute()
    for cell in made.cells:
        cell.metadata = {}
    out = script.with_suffix(".ipynb")
    nbformat.write(made, out)
    return out


if __name__ == "__main__":
    for path in sorted(HERE.glob(f"{sys.argv[1] if len(sys.argv) > 1 else '[0-9]'}*.py")):
        print(run(path).name)
