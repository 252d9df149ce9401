"""Run the examples of a page, and keep its printed output up to date.

    python docs/hooks/run_examples.py --check      # do the pages show what the commands print now?
    python docs/hooks/run_examples.py              # write the output into the pages anew

A page is run from top to bottom in an empty folder. Four kinds of blocks count:

- ``console``: lines that begin with ``$ ccsim`` are run; what follows each is its output. ``| head -n 9`` cuts it.
- a block with ``title="FILE"``: it is written to that file.
- ``python``: it is run; all blocks of a page share their names.
- ``text`` directly after ``python``: what that block prints.

``sh`` blocks are for commands that a page only mentions: a test checks that their words exist.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1]
#: Pages whose examples are run, in this order.
PAGES = (
    "index.md",
    "tutorials/first-comparison.md",
    "tutorials/own-scenario.md",
    "tutorials/study.md",
    "mesa.md",
)
BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<options>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


def run_page(text: str) -> str:
    """Run the examples of a page in the current folder and return the page with the output that they gave.

    Args:
        text: the page, in Markdown.

    Returns:
        The page with output replaced.

    Raises:
        RuntimeError: an example failed.
    """
    names: dict[str, Any] = {"__name__": "page"}
    printed: str | None = None

    def replace(found: re.Match[str]) -> str:
        nonlocal printed
        kind, options, body = found["kind"], found["options"], found["body"]
        before, printed = printed, None
        if title := re.search(r'title="([^"]+)"', options):
            path = Path(title[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif kind == "console":
            body = "".join(f"$ {line}\n{_run_command(line)}" for line in _commands(body))
        elif kind == "python":
            printed = _run_python(body, names)
        elif kind == "text" and before is not None:
            body = before
        return f"```{kind}{options}\n{body}```"

    return BLOCK.sub(replace, text)


def _commands(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith("$ "):
            yield line.removeprefix("$ ")


def _run_command(line: str) -> str:
    from typer.testing import CliRunner

    from ccsim.cli.main import app

    command, _, cut = line.partition(" | head -n ")
    words = shlex.split(command)
    if words[0] != "ccsim":
        raise RuntimeError(f"only ccsim is run: {line}")
    # As wide as where no terminal says otherwise, whatever the environment says.
    result = CliRunner().invoke(app, words[1:], env={"COLUMNS": "120"})
    if result.exit_code:
        raise RuntimeError(f"{line}: ended with {result.exit_code}\n{result.output}\n{result.exception!r}")
    # Where the repository lies is nothing that a page should show.
    shown = result.stdout.replace(f"{DOCS.parent}{os.sep}", "")
    lines = [row.rstrip() for row in shown.splitlines()]
    return "".join(f"{row}\n" for row in (lines[: int(cut)] if cut else lines))


def _run_python(body: str, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(body, "<page>", "exec"), names)
    return "".join(f"{row.rstrip()}\n" for row in out.getvalue().splitlines())


def drift(kept: str, now: str) -> str:
    """Return the first difference of two texts, in words; nothing if there is none but for rounding.

    Args:
        kept: the text as it was written.
        now: the text as it comes out now.
    """
    for one, other in zip(kept.splitlines(), now.splitlines(), strict=False):
        if " ".join(NUMBER.sub("#", one).split()) != " ".join(NUMBER.sub("#", other).split()):
            return f"{one!r} is {other!r} now"
        for mine, theirs in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True):
            # Figures are rounded: another processor may round the last digit otherwise.
            was, is_now = (float(number.replace(",", "")) for number in (mine, theirs))
            last = max(10.0 ** -len(mine.partition(".")[2]), 1e-9 * abs(was))
            if abs(was - is_now) > 1.01 * last:
                return f"{one!r} is {other!r} now"
    if len(kept.splitlines()) != len(now.splitlines()):
        return f"{len(kept.splitlines())} lines are {len(now.splitlines())} now"
    return ""


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def main(arguments: list[str] | None = None) -> int:
    """Write the output of the pages anew, or check it."""
    parser = argparse.ArgumentParser(description="Run the examples of the pages.")
    parser.add_argument("pages", nargs="*", default=PAGES, help="pages, relative to docs/")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page has drifted")
    asked = parser.parse_args(arguments)
    found = 0
    for name in asked.pages:
        page = DOCS / name
        kept = page.read_text(encoding="utf-8")
        with _empty_folder():
            now = run_page(kept)
        if asked.check and (difference := drift(kept, now)):
            print(f"{name}: {difference}")
            found = 1
        elif not asked.check:
            page.write_text(now, encoding="utf-8")
            print(f"{name}: written")
    return found


if __name__ == "__main__":
    sys.exit(main())
