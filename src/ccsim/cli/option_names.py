"""Name options in messages as they are typed, such as ``--samples``, not as arguments of functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

#: Arguments of functions whose option has another name, and that option.
ARGUMENTS = {
    "quantile": "--robust-metric", "worlds": "--n-uncertain",
}  # fmt: skip


def as_typed(message: str, group: Any, words: Sequence[str]) -> str:
    """Return a message whose lines begin with the option that they concern, not with an argument.

    Args:
        message: the message of a function, such as ``max_cost: must be an amount in EUR, got nan``.
        group: the command line, as click represents it.
        words: the arguments that were typed, without the name of the program.
    """
    options = _options(group, words)
    found = []
    for line in message.split("\n"):
        named = re.match(r"([a-z_]+)(?=: )", line)
        found.append(options[named[1]] + line[named.end() :] if named and named[1] in options else line)
    return "\n".join(found)


def _options(group: Any, words: Sequence[str]) -> dict[str, str]:
    """Return the options of the typed command, by the arguments that they set."""
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
