"""Names that users knew under another word: each is refused with the name that it has now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccsim.errors import InputError

#: Commands by their former names.
COMMANDS = {
    "claims": "test-claims",
    "diverge": "diff",
    "explore": "discover",
    "levers": "parameters",
    "new": "init",
    "show": "describe",
    "why": "reproduce",
}
#: Options by their former names; of an option that meant several things, one name for each command.
OPTIONS: Mapping[str, str | Mapping[str, str]] = {
    "--against": "--baseline",
    "--at": "--report-week",
    "--budget": "--time-limit",
    "--budget-money": "--max-cost",
    "--density": "--min-density",
    "--money": "--cost-kpi",
    "--over": {
        "calibrate": "--parameter",
        "discover": "--factor",
        "optimise": "--uncertain",
        "sensitivity": "--factor",
    },
    "--points": "--samples",
    "--robust": "--robust-metric",
    "--so-far": "--partial",
    "--sure": "--min-share",
    "--until": "--precision",
    "--vary": "--factor",
    "--worlds": "--n-uncertain",
}

#: Tables of a scenario file by their former names.
KEYS = {"before": "history"}


def refuse_old_words(words: Sequence[str]) -> None:
    """Refuse a command line that uses a former name.

    Args:
        words: what follows ``ccsim`` on the command line.

    Raises:
        InputError: a command or an option has another name now.
    """
    command = words[0] if words else ""
    if command in COMMANDS:
        raise InputError(f"{command}: the command is called {COMMANDS[command]} now")
    if command in ("org", "game", "worlds"):  # their options never had other names
        return
    for word in words[1:]:
        option = word.partition("=")[0]
        new = OPTIONS.get(option)
        if isinstance(new, Mapping):
            new = new.get(command)
        if new is not None:
            raise InputError(f"{option}: the option is called {new} now")
