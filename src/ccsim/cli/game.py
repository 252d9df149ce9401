"""The management game on the command line: play it, replay a file, look for a good plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccsim.errors import count_noun, writing

if TYPE_CHECKING:
    from ccsim.game.debrief import Debrief
    from ccsim.game.game import Choice, Game, Quarter

game = typer.Typer(help="The management game: twelve quarters, limited money, limited attention.", no_args_is_help=True)

SavedFile = Annotated[Path, typer.Argument(help="A saved game.")]
Seed = Annotated[int, typer.Option(help="Seed; the same seed brings the same events.")]


@game.command()
def moves() -> None:
    """List the moves, with what each costs and which levers it sets."""
    from ccsim.game.catalogue import catalogue
    from ccsim.results.formatting import amount

    rules = catalogue()
    for group, rows in rules.groups.items():
        typer.echo(f"{group}:")
        for row in rows:
            typer.echo(f"  {row.name:<20} {row.title}: {row.price()}")
            typer.echo(f"  {'':<20} {row.about}")
            levers = [f"{key} = {value}" for key, value in row.set.items()]
            levers += [f"programme.{part}: {amount(euros)} a week" for part, euros in row.spend.items()]
            if levers:
                typer.echo(f"  {'':<20} Sets {'; '.join(levers)}")


@game.command()
def replay(file: SavedFile) -> None:
    """Replay a saved game bit for bit and reveal what happened."""
    from ccsim.game.save_file import read_game

    found = read_game(file)
    who = f" of {found.game.player}" if found.game.player else ""
    typer.echo(f"Game{who} on {found.game.scenario!r}, seed {found.game.seed}. {found.note}\n")
    for seen, choice in zip(found.game.seen, found.game.choices, strict=True):
        print_choice(found.game, seen.number, choice)
        print_quarter(found.game, seen)
    if found.game.over:
        print_debrief(found.game)
    else:
        typer.echo(
            f"The game is not finished: {found.game.quarter} of {found.game.rules.quarters} quarters are played."
        )
    if not found.same:
        raise typer.Exit(1)


@game.command()
def play(
    file: Annotated[Path, typer.Argument(help="File for the game; an unfinished game is continued.")] = Path(
        "game.json"
    ),
    seed: Seed = 1,
    scenario: Annotated[str, typer.Option(help="Scenario on which the game is played.")] = "nothing",
    predict: Annotated[bool, typer.Option(help="Require a prediction before each quarter.")] = False,
    quarters: Annotated[int, typer.Option(help="Number of quarters; 0 for the number in the rules.")] = 0,
) -> None:
    """Play in the terminal: each quarter type moves to start, -moves to stop, or nothing."""
    from ccsim.errors import InputError
    from ccsim.game.class_rules import Terms
    from ccsim.game.game import Game
    from ccsim.game.save_file import read_game, save
    from ccsim.results.formatting import amount

    terms = Terms(predict=predict, quarters=quarters)
    going = read_game(file).game if file.exists() else Game(seed, scenario, terms=terms)
    typer.echo(
        going.rules.brief.strip()
        + "\n\n`ccsim game moves` lists the moves. Ctrl-C stops; the game is kept in the file.\n"
    )
    while not going.over:
        runs = ", ".join(going.running) or "nothing"
        typer.echo(f"Quarter {going.quarter + 1} of {going.rules.quarters}. {amount(going.money)} left. Runs: {runs}.")
        answers, seen = _answers(going), None
        while seen is None:
            try:
                seen = going.play(_asked(going, answers))
            except InputError as error:
                typer.echo(f"  {error}\n")
        print_quarter(going, seen)
        save(going, file)
    print_debrief(going)
    typer.echo(f"\nThe game is in {file}; ccsim game replay {file} shows it again.")


@game.command()
def report(
    file: SavedFile,
    out: Annotated[Path, typer.Option(help="Write the page (HTML) to this file.")] = Path("game.html"),
    csv: Annotated[Path | None, typer.Option(help="Also write every week to this file (CSV).")] = None,
) -> None:
    """Write a finished game as a printable page or a table: score, decisions, predictions, answers."""
    from ccsim.game.debrief import debrief
    from ccsim.game.report_page import report_page
    from ccsim.game.save_file import read_game
    from ccsim.game.tables import weeks_csv

    found = read_game(file)
    if not found.same:
        typer.echo(f"{file}: {found.note}", err=True)
    _write(out, report_page(found.game, debrief(found.game)))
    if csv is not None:
        _write(csv, weeks_csv(found.game))


@game.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="A folder of saved games.")],
    out: Annotated[Path | None, typer.Option(help="Write charts and tables (HTML) to this file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write one row per game to this file (CSV).")] = None,
) -> None:
    """Compare the finished games in a folder, for use after a class."""
    from ccsim.game.game import Game
    from ccsim.game.tables import class_csv, named, of_folder
    from ccsim.results.formatting import kpi_value

    rows, faults = of_folder(folder)
    for fault in faults:
        typer.echo(fault, err=True)
    shown = named(rows)
    for name, row in shown:
        error = "" if row.surprise is None else f"   error of predictions {kpi_value('reported_csat', row.surprise)}"
        typer.echo(f"{row.score.total:6.1f} points  {name}  (seed {row.seed}, {row.scenario}){error}")
    if len({(row.seed, row.scenario) for row in rows}) > 1:
        typer.echo("The games do not share the same draws, so part of the difference is chance.")
    if not rows:
        raise typer.Exit(1)
    like = Game(rows[0].seed, rows[0].scenario)
    if csv is not None:
        _write(csv, class_csv(rows, like))
    if out is not None:
        from ccsim.game.comparison import page

        _write(out, page(str(folder), shown, like))


@game.command()
def search(
    plans: Annotated[int, typer.Option(min=1, help="Number of plans to try.")] = 400,
    seeds: Annotated[int, typer.Option(min=1, help="Number of seeds on which each plan is played.")] = 4,
    seed: Seed = 0,
    worlds_from: Annotated[str, typer.Option(
        "--worlds-from", metavar="WHERE", help="Worlds to play in: admitted, usual (the assumed values), or a .parquet file of ccsim worlds.")] = "admitted",
    out: Annotated[Path | None, typer.Option(help="Write the plan to this file.")] = None,
) -> None:  # fmt: skip
    """Search for a good plan without knowing the draws of any game."""
    import json

    from ccsim.cli.analysis_options import admitted
    from ccsim.execution.forecast import paced
    from ccsim.game.search import search as look
    from ccsim.results.formatting import points

    worlds = None if worlds_from == "usual" else admitted(worlds_from)
    foretold = paced(plans, "plan", lambda text: typer.echo(text, err=True))

    def tell(tried: int, best: float) -> None:
        foretold()
        if plans >= 50 and tried % 50 == 0:
            typer.echo(f"  {count_noun(tried, 'plan')}, best {points(best)} points", err=True)

    found = look(plans, seeds, seed, tell=tell, worlds=worlds)
    command = f"ccsim game search --plans {plans} --seeds {seeds} --seed {seed}"
    command += f" --worlds-from {worlds_from}" if worlds_from != "admitted" else ""
    rows = [
        {key: list(names) for key, names in (("start", row.start), ("stop", row.stop)) if names}
        for row in found.choices
    ]  # fmt: skip
    typer.echo(
        f"{points(found.points)} points on average over {count_noun(seeds, 'seed')}, the best of {count_noun(plans, 'plan')}."
    )
    for number, row in enumerate(rows):
        typer.echo(f"  Quarter {number + 1:2}: {_words(row.get('start', []), row.get('stop', []))}")
    if out is not None:
        _write(out, json.dumps({"command": command, "points": found.points, "choices": rows}, indent=1) + "\n")


def print_choice(played: "Game", number: int, choice: "Choice") -> None:
    """Print what was chosen for a quarter.

    Args:
        played: the game.
        number: the quarter, from 0.
        choice: the moves that are started and stopped in it.
    """
    typer.echo(f"Quarter {number + 1}: {_words(choice.start, choice.stop)}")


def print_quarter(played: "Game", seen: "Quarter") -> None:
    """Print what a manager sees in a quarter."""
    from ccsim.results.formatting import kpi_value, title_of

    for line in seen.news:
        typer.echo(f"  NEWS  {line}")
    late = {row.kpi: row.late for row in played.rules.report}
    for kpi, value in seen.reported.items():
        when = " (of the quarter before)" if late[kpi] else ""
        typer.echo(f"  {title_of(kpi)}{when}: {'not known yet' if value is None else kpi_value(kpi, value)}")
    for kpi, value in seen.shown.items():
        typer.echo(f"  You learn: {title_of(kpi)}: {kpi_value(kpi, value)}")
    typer.echo("")


def print_debrief(played: "Game") -> None:
    """Print what really happened in a finished game."""
    from ccsim.game.debrief import best_command, debrief, scored
    from ccsim.results.formatting import kpi_value, title_of

    found: Debrief = debrief(played)
    typer.echo("What really happened, quarter by quarter:")
    for kpi in played.catalogue.hidden:
        values = "  ".join(f"{kpi_value(kpi, value):>6}" for value in found.lines["you"].kpis[kpi])
        typer.echo(f"  {title_of(kpi):<34} {values}")
    for quarter, title in found.events:
        typer.echo(f"  Quarter {quarter + 1}: {title}.")
    typer.echo("\nScore, with the same draws:")
    for row in found.lines.values():
        parts = ", ".join(f"{scored(kpi)} {kpi_value(kpi, value)}" for kpi, value in row.score.values.items())
        typer.echo(f"  {row.title:<16} {row.score.total:6.1f}   {parts}")
    typer.echo(f"  The best plan was found by: {best_command()}")
    typer.echo("\nWhat each move was worth (the game less the same game without it):")
    for part in found.contributions:
        typer.echo(f"  {part.points:+6.1f} points  EUR {part.profit:+12,.0f}  {part.csat:+5.1f} CSAT  {part.title}")


def _write(file: Path, text: str) -> None:
    with writing(file):
        file.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {file}")


def _answers(going: "Game") -> tuple[str, ...]:
    from ccsim.game.save_file import NOTE

    asks = going.catalogue.asks(going.quarter)
    return tuple(typer.prompt(f"  {ask}\n ", default="", show_default=False)[:NOTE].strip() for ask in asks)


def _asked(going: "Game", answers: tuple[str, ...]) -> "Choice":
    from ccsim.game.game import Choice
    from ccsim.results.formatting import title_of

    words = typer.prompt("  Moves", default="", show_default=False).replace(",", " ").split()
    expected: dict[str, float] = {}
    for kpi in going.catalogue.predicted:
        guess = typer.prompt(f"  Your prediction, {title_of(kpi)} (Enter: none)", default="", show_default=False)
        try:
            expected |= {kpi: float(guess)} if guess.strip() else {}
        except ValueError:
            typer.echo(f"  {guess!r} is not a number; no prediction is recorded.")
    stop = tuple(word[1:] for word in words if word.startswith("-"))
    return Choice(tuple(word for word in words if not word.startswith("-")), stop, expected, answers)


def _words(start: Any, stop: Any) -> str:
    parts = [f"start {', '.join(start)}"] if start else []
    parts += [f"stop {', '.join(stop)}"] if stop else []
    return "; ".join(parts) or "nothing new"
