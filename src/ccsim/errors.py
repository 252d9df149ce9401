"""What can go wrong by a user's doing, as one small tree.

    CcsimError
    ├── InputError        a value that the user gave cannot be used
    │   ├── UnknownNameError   a name that nothing here bears (with near matches)
    │   ├── InputErrors   several faults of one file, all of them
    │   └── DeclarationError   a parameter, a column or a KPI that is declared wrongly
    └── ResultsError      a results folder that cannot be read, written or resumed

Every message says where, which value, what would be accepted. Anything else that is raised
is a defect of ccsim and crashes loudly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


class CcsimError(Exception):
    """A user's mistake, with a message that says how to fix it.

    What cannot be seen, or turns the text around, is written as an escape: a message quotes what people give.
    """

    def __str__(self) -> str:
        return printable(super().__str__(), sys.maxsize)


class InputError(CcsimError):
    """A value that the user gave cannot be used."""


@contextmanager
def writing(path: object, failure: type[CcsimError] | None = None) -> Iterator[None]:
    """Say where a block could not write, in place of the system's own error.

    Args:
        path: the file or folder.
        failure: what is raised instead of the system's error; by default an ``InputError``.

    Raises:
        CcsimError: the page cannot be written; of the class ``failure``.
    """
    try:
        yield
    except OSError as error:
        raise (failure or InputError)(f"{path}: cannot be written ({error.strerror or error})") from None


def deleted_folder() -> str:
    """Say that the working folder has been deleted; nothing if it is there."""
    try:
        Path.cwd()
    except OSError:
        return "the working folder has been deleted: change to another one"
    return ""


#: Present names by kind and former name; :mod:`ccsim.scenarios.renamed` enters them.
FORMER_NAMES: dict[tuple[str, str], str] = {}
#: Why a former name has no present one, by kind and name; entered there too.
WITHDRAWN: dict[tuple[str, str], str] = {}


class UnknownNameError(InputError):
    """A name that nothing here bears; the message offers the present name of what was renamed, or the nearest ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        if (kind, name) in FORMER_NAMES:
            super().__init__(f"{name}: the {kind} is now called {FORMER_NAMES[kind, name]}")
            return
        if (kind, name) in WITHDRAWN:
            super().__init__(f"{name}: the {kind} is gone: {WITHDRAWN[kind, name]}")
            return
        super().__init__(f"no {kind} is called {shown(name)}{did_you_mean(name, known)}")


class DeclarationError(InputError):
    """A parameter, a column or a KPI that is declared wrongly."""


class ResultsError(CcsimError):
    """A results folder that cannot be read, written or resumed."""


@dataclass(frozen=True, slots=True)
class InputIssue:
    """One fault of one file: where it stands and what is wrong with it."""

    file: str
    line: int | None
    key: str
    problem: str

    def __str__(self) -> str:
        location = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{location}: {self.key}: {self.problem}" if self.key else f"{location}: {self.problem}"


class InputErrors(InputError):
    """All faults of a file, in the order of their lines."""

    def __init__(self, issues: Iterable[InputIssue]) -> None:
        self.issues = sorted(issues, key=lambda fault: (fault.file, fault.line or 0, fault.key))
        super().__init__("\n".join(str(fault) for fault in self.issues))


def count_noun(count: int, noun: str, plural: str = "") -> str:
    """Return a number of things in words: ``1 run``, ``2,000 runs``.

    Args:
        count: how many there are.
        noun: the name of one of them.
        plural: the name of several, where it is not the noun and an s.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def shown(value: object, most: int = 80) -> str:
    """Return a value as messages show it: as Python writes it, cut in the middle when it is long."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number of thousands of digits"
    except RecursionError:
        return "a deeply nested value"
    return text if len(text) <= most else f"{text[: most - 20]}…{text[-19:]}"


def printable(text: str, most: int = 300) -> str:
    """Return a name for a message: signs that no reader can see, or that turn the text around, as escapes."""
    visible = "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text)
    return visible if len(visible) <= most else f"{visible[: most - 20]}…{visible[-19:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` with the nearest known names, or the choice when it is small."""
    options = sorted({str(option) for option in known})
    # A name far longer than any known one resembles none, and would take long to compare.
    near = get_close_matches(str(name), options, n=3, cutoff=0.6) if len(str(name)) <= 200 else []
    if near:
        return f" (did you mean {' or '.join(shown(option) for option in near)}?)"
    if 0 < len(options) <= 12:
        # Names may be a user's own, such as the columns of a file, and of any length.
        return f" (known: {', '.join(printable(option, 80) for option in options)})"
    return ""
