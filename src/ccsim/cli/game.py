"""The management game on the command line: play it, replay a file, look for a good plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccsim.errors import count_noun, writing

if TYPE_CHECKING:
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

    replayed = read_game(file)
    played = replayed.game
    player = f" of {played.player}" if played.player else ""
    typer.echo(f"Game{player} on {played.scenario!r}, seed {played.seed}. {replayed.note}\n")
    for quarter, choice in zip(played.seen, played.choices, strict=True):
        typer.echo(f"Quarter {quarter.number + 1}: {_words(choice.start, choice.stop)}")
        print_quarter(played, quarter)
    if played.over:
        print_debrief(played)
    else:
        typer.echo(f"The game is not finished: {played.quarter} of {played.rules.quarters} quarters are played.")
    if not replayed.same:
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
        answers, quarter = _prompt_answers(going), None
        while quarter is None:
            try:
                quarter = going.play(_prompt_choice(going, answers))
            except InputError as error:
                typer.echo(f"  {error}\n")
        print_quarter(going, quarter)
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

    replayed = read_game(file)
    if not replayed.same:
        typer.echo(f"{file}: {replayed.note}", err=True)
    _write(out, report_page(replayed.game, debrief(replayed.game)))
    if csv is not None:
        _write(csv, weeks_csv(replayed.game))


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

    read, faults = of_folder(folder)
    for fault in faults:
        typer.echo(fault, err=True)
    rows = named(read)
    for row in rows:
        error = "" if row.surprise is None else f"   error of predictions {kpi_value('reported_csat', row.surprise)}"
        typer.echo(f"{row.score.total:6.1f} points  {row.name}  (seed {row.seed}, {row.scenario}){error}")
    if len({(row.seed, row.scenario) for row in rows}) > 1:
        typer.echo("The games do not share the same draws, so part of the difference is chance.")
    if not rows:
        raise typer.Exit(1)
    like = Game(rows[0].seed, rows[0].scenario)
    if csv is not None:
        _write(csv, class_csv(rows, like))
    if out is not None:
        from ccsim.game.comparison import page

        _write(out, page(str(folder), rows, like))


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
    from ccsim.game.search import search as search_plan
    from ccsim.results.formatting import points

    worlds = None if worlds_from == "usual" else admitted(worlds_from)
    count_plan = paced(plans, "plan", lambda text: typer.echo(text, err=True))

    def report_progress(tried: int, best: float) -> None:
        count_plan()
        if plans >= 50 and tried % 50 == 0:
            typer.echo(f"  {count_noun(tried, 'plan')}, best {points(best)} points", err=True)

    best_plan = search_plan(plans, seeds, seed, report_progress, worlds)
    command = f"ccsim game search --plans {plans} --seeds {seeds} --seed {seed}"
    command += f" --worlds-from {worlds_from}" if worlds_from != "admitted" else ""
    rows = [
        {key: list(names) for key, names in (("start", row.start), ("stop", row.stop)) if names}
        for row in best_plan.choices
    ]  # fmt: skip
    typer.echo(
        f"{points(best_plan.points)} points on average over {count_noun(seeds, 'seed')}, the best of {count_noun(plans, 'plan')}."
    )
    for number, row in enumerate(rows):
        typer.echo(f"  Quarter {number + 1:2}: {_words(row.get('start', []), row.get('stop', []))}")
    if out is not None:
        _write(out, json.dumps({"command": command, "points": best_plan.points, "choices": rows}, indent=1) + "\n")


def print_quarter(played: "Game", quarter: "Quarter") -> None:
    """Print what a manager sees in a quarter."""
    from ccsim.results.formatting import kpi_value, title_of

    for line in quarter.news:
        typer.echo(f"  NEWS  {line}")
    late = {row.kpi: row.late for row in played.rules.report}
    for kpi, value in quarter.reported.items():
        when = " (of the quarter before)" if late[kpi] else ""
        typer.echo(f"  {title_of(kpi)}{when}: {'not known yet' if value is None else kpi_value(kpi, value)}")
    for kpi, value in quarter.shown.items():
        typer.echo(f"  You learn: {title_of(kpi)}: {kpi_value(kpi, value)}")
    typer.echo("")


def print_debrief(played: "Game") -> None:
    """Print what really happened in a finished game."""
    from ccsim.game.debrief import best_command, debrief, scored
    from ccsim.results.formatting import kpi_value, title_of

    result = debrief(played)
    typer.echo("What really happened, quarter by quarter:")
    for kpi in played.catalogue.hidden:
        values = "  ".join(f"{kpi_value(kpi, value):>6}" for value in result.lines["you"].kpis[kpi])
        typer.echo(f"  {title_of(kpi):<34} {values}")
    for quarter, title in result.events:
        typer.echo(f"  Quarter {quarter + 1}: {title}.")
    typer.echo("\nScore, with the same draws:")
    for row in result.lines.values():
        parts = ", ".join(f"{scored(kpi)} {kpi_value(kpi, value)}" for kpi, value in row.score.values.items())
        typer.echo(f"  {row.title:<16} {row.score.total:6.1f}   {parts}")
    typer.echo(f"  The best plan was found by: {best_command()}")
    typer.echo("\nWhat each move was worth (the game less the same game without it):")
    for move in result.contributions:
        typer.echo(f"  {move.points:+6.1f} points  EUR {move.profit:+12,.0f}  {move.csat:+5.1f} CSAT  {move.title}")


def _write(file: Path, text: str) -> None:
    with writing(file):
        file.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {file}")


def _prompt_answers(going: "Game") -> tuple[str, ...]:
    from ccsim.game.save_file import NOTE

    asks = going.catalogue.asks(going.quarter)
    return tuple(typer.prompt(f"  {ask}\n ", default="", show_default=False)[:NOTE].strip() for ask in asks)


def _prompt_choice(going: "Game", answers: tuple[str, ...]) -> "Choice":
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
