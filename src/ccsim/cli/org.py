"""``ccsim org``: an organisation of your own, from a folder of files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ccsim.organisations.folder import Folder as Read

org = typer.Typer(
    help="Your own organisation: a folder of files, checked, founded, fitted and back-tested.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(help="The organisation's folder.")]


@org.command()
def new(folder: Folder) -> None:
    """Write a folder to start from: a commented organisation.toml, and a small invented example that runs."""
    from ccsim.organisations.template import write_template

    files = write_template(folder)
    typer.echo(f"{folder} is written: {', '.join(file.name for file in files)}.")
    typer.echo(f"Put your files in place of the invented ones, then: ccsim org check {folder}")


@org.command()
def check(folder: Folder) -> None:
    """Check a folder: every fault of every file; what is known, and what is assumed instead."""
    from ccsim.organisations.folder import read_folder
    from ccsim.organisations.founding import make_layout
    from ccsim.organisations.knowledge import NOT_IDENTIFIABLE, knowledge

    read = read_folder(folder)
    layout = make_layout(read)
    facts = knowledge(read, layout)
    typer.echo(f"{read.name}: no fault in {sum(map(len, read.tables.values()))} files.\n")
    for known, title in ((True, "Known"), (False, "Assumed instead")):
        typer.echo(f"{title}:")
        for fact in facts:
            if fact.known == known:
                typer.echo(f"  {fact.subject}: {fact.says}")
        typer.echo()
    _tell_unread(read)
    typer.echo("Not identifiable from levels alone, and what would change it:")
    for what, remedy in NOT_IDENTIFIABLE:
        typer.echo(f"  {what}: {remedy}")


def _tell_unread(read: "Read") -> None:
    for tables in read.tables.values():
        for table in tables:
            if table.unread:
                typer.echo(f"Not read: {len(table.unread)} columns of {table.file} that no line of [columns] names.")


@org.command()
def show(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="Folder for the table and the figure.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is drawn.")] = 1,
) -> None:
    """Found the organisation, and show it beside the data: sizes, spans, ties, segments."""
    from ccsim.organisations.folder import read_folder
    from ccsim.organisations.founding import make_layout
    from ccsim.reports.figures.comparison import save
    from ccsim.reports.figures.organisation import founded_figure, founded_table
    from ccsim.reports.tables import as_text

    read = read_folder(folder)
    layout = make_layout(read)
    table = founded_table(read, layout, seed)
    typer.echo(as_text(table, "markdown"), nl=False)
    place = out or folder / "results" / "show"
    place.mkdir(parents=True, exist_ok=True)
    table.to_csv(place / "founded.csv", index=False)
    files = save(founded_figure(read, layout, seed), place / "founded")
    typer.echo(f"\nTable and figure: {', '.join(map(str, [place / 'founded.csv', *files]))}")


@org.command()
def assess(folder: Folder) -> None:
    """Turn answers to the questionnaire into intervals of the model's values, and show the self-image by tier."""
    from ccsim.organisations.assessment import assess as found_of
    from ccsim.organisations.assessment import image_in_words
    from ccsim.organisations.folder import read_folder
    from ccsim.organisations.questionnaire import ITEMS

    if not (folder / "answers.csv").is_file():
        typer.echo(
            "answers.csv takes a row for each answer: tier (top, middle, staff), item, answer (1 not at all to 5 fully,"
        )
        typer.echo("0 do not know). The items:")
        for code, item in ITEMS.items():
            typer.echo(f"  {code}  {item.text}")
    read = read_folder(folder)
    found = found_of(read)
    for row in found.items.to_dict("records"):
        typer.echo(f"{row['item']}  {row['text']}")
        if row["moves"]:
            enough = row["answers"] >= read.smallest_group
            mean = f"mean {row['mean']:.1f} of {row['answers']} answers" if enough else "too few answers to show"
            typer.echo(f"    {mean}: {row['moves']} between {row['low']:.3g} and {row['high']:.3g} ({row['ground']})")
    for line in image_in_words(found):
        typer.echo(line)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(org, name="org")
