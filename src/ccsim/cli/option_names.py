"""Messages name an option as it is typed, such as ``--samples``, not the argument of a function behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

#: Arguments of functions that no option is named after, and the options that set them.
ARGUMENTS = {
    "at": "--report-week", "until": "--precision", "budget": "--time-limit", "points": "--samples", "money": "--max-cost",
    "max_cost": "--max-cost", "quantile": "--robust-metric", "worlds": "--n-uncertain", "density": "--min-density",
    "sure": "--min-share", "size": "--size", "robustness": "--robustness", "steps": "--steps", "plans": "--plans",
}  # fmt: skip


def as_typed(message: str, group: Any, words: Sequence[str]) -> str:
    """Return a message whose lines begin with the option that they are about, not with an argument.

    Args:
        message: what is wrong, as a function says it: ``points: must be at least 8, got 1``.
        group: the command line, as click has it.
        words: the words that were typed, without the name of the program.
    """
    options = _options(group, words)
    found = []
    for line in message.split("\n"):
        named = re.match(r"([a-z_]+)(?=: )", line)
        found.append(options[named[1]] + line[named.end() :] if named and named[1] in options else line)
    return "\n".join(found)


def _options(group: Any, words: Sequence[str]) -> dict[str, str]:
    """Return the options of the command that was typed, by the arguments that they set."""
    command = group
    for word in words:
        inner = getattr(command, "commands", {}).get(word)
        if inner is None:
            break
        command = inner
    found: dict[str, str] = {}
    for row in command.params:
        names = [name for name in row.opts if name.startswith("--")]
        if names:
            found |= {row.name: names[0], names[0].strip("-").replace("-", "_"): names[0]}
    typed = set(found.values())
    return {**{name: option for name, option in ARGUMENTS.items() if option in typed}, **found}
