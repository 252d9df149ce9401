"""``--with FILE``: the user's own mechanisms, on every command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

With = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="FILE", help="A mechanism of your own (docs/own-mechanism.md); repeat for more."),
]


def take_mechanisms(app: typer.Typer) -> None:
    """Add ``--with`` to all registered commands, including those of groups."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _extended(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            take_mechanisms(group.typer_instance)


def _extended(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that runs with the mechanisms that ``--with`` names."""

    @wraps(command)
    def called(*arguments: Any, with_: list[Path] | None = None, **options: Any) -> Any:
        if not with_:
            return command(*arguments, **options)
        from ccsim.model.extension import extended

        with extended(with_, everywhere=True):
            return command(*arguments, **options)

    signature = inspect.signature(command)
    option = inspect.Parameter("with_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=With)
    called.__signature__ = signature.replace(parameters=[*signature.parameters.values(), option])  # type: ignore[attr-defined]  # inspect reads it
    called.__annotations__ = {**command.__annotations__, "with_": With}
    return called
