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
    return re.sub(r"^[a-z_]+(?=: )", lambda match: options.get(match[0], match[0]), message, flags=re.MULTILINE)


def _options(group: Any, words: Sequence[str]) -> dict[str, str]:
    """Return the options of the typed command, by the arguments that they set."""
    command = group
    for word in words:
        subcommand = getattr(command, "commands", {}).get(word)
        if subcommand is None:
            break
        command = subcommand
    options: dict[str, str] = {}
    for row in command.params:
        option = next((name for name in row.opts if name.startswith("--")), None)
        if option:
            options |= {row.name: option, option.strip("-").replace("-", "_"): option}
    typed = set(options.values())
    return {**{name: option for name, option in ARGUMENTS.items() if option in typed}, **options}
