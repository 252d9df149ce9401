"""``ccsim odd``: describe the model from its declarations."""

from pathlib import Path
from typing import Annotated

import typer


def odd(
    out: Annotated[Path | None, typer.Option(help="Write to this file, below its hand-written part.")] = None,
) -> None:
    """Describe the model by the ODD protocol: entities, schedule, parameters, equations, KPIs."""
    from ccsim.errors import InputError
    from ccsim.reports import odd as description

    if out is None:
        typer.echo(description.declared_text(), nl=False)
        return
    if out.is_dir():
        raise InputError(f"{out}: is a folder; name a file")
    out.touch()
    description.main(out)
    typer.echo(f"Description: {out}")
