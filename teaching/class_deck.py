"""A debrief deck of your own class: predictions, gaps, moves and the hinge, made from the games that students kept.

    python teaching/class_deck.py FOLDER                     # writes class-deck.html, .pptx and .csv into the folder
    python teaching/class_deck.py CODE                       # of a class on this laptop; writes into the current folder
    python teaching/class_deck.py FOLDER --names             # shows the names that players chose

Give a folder of games that students saved, or the code of a class that was played on this laptop. Every number on a slide is in
the CSV. Games with another seed or other terms than the first are left out, and the command says so. A deck of 40 games takes some minutes: each move is taken out of each game once.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median

sys.path.insert(0, str(Path(__file__).parent))

import charts
import deck
from matplotlib.figure import Figure
from other_draws import rescore_on_seeds

from ccsim.app.class_store import default_folder
from ccsim.errors import CcsimError
from ccsim.game.debrief import MoveContribution, best_plan, do_nothing, feasible, leave_one_out, score
from ccsim.game.game import Game
from ccsim.game.save_file import game_of, read_game

#: Moves that the table shows.
SHOWN = 6


@dataclass
class Table:
    """The numbers of the deck as rows of a CSV: slide, what, of whom, value as it is shown."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def note(self, slide: str, what: str, whose: str, value: float, form: str) -> str:
        """Keep a number and return it as it is shown."""
        text = format(value, form).replace("-", "−")
        self.rows.append((slide, what, whose, text))
        return text

    def write(self, path: Path) -> None:
        """Write the CSV."""
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("slide", "what", "whose", "value"), *self.rows])


def games_of(folder: Path) -> tuple[list[tuple[str, Game]], list[str]]:
    """Return the finished games of a folder with names to show, and what was left out.

    Args:
        folder: where the kept games are.

    Raises:
        ValueError: no game can be used.
    """
    found: list[tuple[str, Game]] = []
    left_out: list[str] = []
    for path in sorted(folder.glob("*.json")):
        if path.name == "class.json":
            continue  # the settings of a class, as the server keeps it
        name = ""
        try:
            if path.name.startswith("player-"):
                player = json.loads(path.read_text(encoding="utf-8"))
                name, content = player["name"], player["game"]
                if not content:
                    left_out.append(f"{path.name}: was not handed in")
                    continue
                game = game_of(content.encode(), path.name).game
            else:
                game = read_game(path).game
        except (CcsimError, ValueError, KeyError, AttributeError) as error:
            left_out.append(str(error) if isinstance(error, CcsimError) else f"{path.name}: is no game ({error})")
            continue
        if not game.over:
            left_out.append(f"{path.name}: is not finished")
        elif found and (game.seed, game.scenario, game.terms) != (
            found[0][1].seed,
            found[0][1].scenario,
            found[0][1].terms,
        ):
            left_out.append(f"{path.name}: was played otherwise than {found[0][0]} (seed, organisation or terms)")
        else:
            found.append((name or game.player or f"Team {len(found) + 1}", game))
    if not found:
        raise ValueError(f"{folder}: holds no finished game (files that end in .json)")
    return found, left_out


def make(games: Sequence[tuple[str, Game]], names: bool = False) -> tuple[deck.Deck, Table]:
    """Return the deck of a class and its numbers.

    Args:
        games: finished games with names, all of one seed.
        names: whether to show the names.
    """
    table = Table()
    shown = [(name if names else f"Team {number}", game) for number, (name, game) in enumerate(games, start=1)]
    like = shown[0][1]
    slides, pictures = [], {}
    slides.append(
        deck.Slide(
            "What really happened in your games",
            f"{table.note('1', 'games', 'class', len(shown), 'd')} games on seed {table.note('1', 'seed', 'class', like.seed, 'd')}",
            first=True,
        )
    )
    for make_slide in (_predictions, _gaps, _points, _moves, _hinge, _luck):
        slide, figure = make_slide(shown, table)
        slides.append(slide)
        if figure is not None:
            pictures[slide.chart] = charts.png(figure)
    slides.append(
        deck.Slide(
            "What will you ask tomorrow?", "- Who was asked?\n- Who is judged by the answer?\n- What would it have been otherwise?",
            notes=(("Answer", "Let each team write down one figure from their own work and its maker."),),
        )
    )  # fmt: skip
    return deck.Deck("class-deck", tuple(slides), pictures), table


def _predictions(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    notes = (
        ("Question", "Where were you furthest off, and what did you believe then?"),
        ("Answer", "Errors shrink where players learn, and jump when an event comes or a move begins to act."),
        ("Trap", "A small error may only mean that last quarter's figure was copied."),
    )
    errors: dict[int, list[float]] = defaultdict(list)
    for _, game in games:
        for number, choice in enumerate(game.choices):
            if "reported_csat" in choice.expected:
                errors[number].append(choice.expected["reported_csat"] - game.by_quarter("reported_csat")[number])
    if not errors:
        return deck.Slide("Your predictions", "No predictions were asked for in this class.", notes=notes), None
    fig, ax = charts._axes()
    for number, values in sorted(errors.items()):
        ax.plot([number + 1] * len(values), values, "o", color=charts.BLUE, alpha=0.5)
        ax.plot(number + 1, fmean(values), "_", color=charts.ORANGE, markersize=26, markeredgewidth=3)
    ax.axhline(0, color=charts.GREY, linestyle=":")
    ax.set(xlabel="quarter", ylabel="predicted less reported satisfaction")
    size = {number: fmean(abs(value) for value in values) for number, values in errors.items()}
    worst = max(size, key=size.__getitem__)
    body = f"Largest mean error: quarter {table.note('2', 'quarter of largest error', 'class', worst + 1, 'd')}, {table.note('2', 'mean error there', 'class', size[worst], '.1f')} points."
    return deck.Slide("Your predictions", body, "predictions", "Errors of prediction by quarter", notes=notes), fig


def _gaps(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    fig, ax = charts._axes()
    last: dict[str, float] = {}
    for kpi, colour, dash, title in (
        ("reported_fcr", charts.ORANGE, "--", "reported"),
        ("fcr", charts.BLUE, "-", "true"),
    ):
        rows = [[100.0 * value for value in game.by_quarter(kpi)] for _, game in games]
        for row in rows:
            ax.plot(range(1, len(row) + 1), row, color=colour, alpha=0.2, linewidth=1)
        mean = [fmean(column) for column in zip(*rows, strict=True)]
        ax.plot(range(1, len(mean) + 1), mean, dash, color=colour, linewidth=3, label=title)
        last[kpi] = mean[-1]
    ax.set(xlabel="quarter", ylabel="resolved at first contact (%)")
    ax.legend(frameon=False)
    text, true = (
        table.note("3", f"{kpi} at the end", "class mean", last[kpi], ".0f") for kpi in ("reported_fcr", "fcr")
    )
    notes = (
        ("Question", "Who made the reported figure, and who gained by the difference?"),
        ("Answer", f"You were told {text} %; the truth was {true} %. A case that is closed counts as solved."),
        ("Trap", "Nobody lied. Ask what the person at the desk was paid for."),
    )
    return deck.Slide(
        "What you were told, and what was true",
        f"At the end: reported {text} %, true {true} %.",
        "gaps",
        "Reported and true resolution by quarter",
        notes=notes,
    ), fig


def _points(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    like = games[0][1]
    totals = [score(game).total for _, game in games]
    none = score(feasible(do_nothing(like.catalogue), like)).total
    best = score(feasible(best_plan(), like)).total
    for (name, _), total in zip(games, totals, strict=True):
        table.note("4", "points", name, total, ".0f")
    fig, ax = charts._axes()
    ax.plot(sorted(totals), range(len(totals)), "o", color=charts.BLUE, markersize=10)
    for value, words, colour in ((none, "doing nothing", charts.GREY), (best, "best plan found", charts.ORANGE)):
        ax.axvline(value, color=colour, linestyle="--")
        ax.text(value, len(totals) - 0.3, f" {words}", color=colour, va="bottom")
    ax.set(xlabel="points", yticks=[], ylim=(-0.6, len(totals) + 0.6))
    ax.spines["left"].set_visible(False)
    above = sum(total > none for total in totals)
    body = (
        f"Median {table.note('4', 'median points', 'class', median(totals), '.0f')}; doing nothing {table.note('4', 'points', 'doing nothing', none, '.0f')}; "
        f"best plan found {table.note('4', 'points', 'best plan found', best, '.0f')}. "
        f"{table.note('4', 'games above doing nothing', 'class', above, 'd')} of {table.note('4', 'games', 'class', len(games), 'd')} beat doing nothing."
    )
    notes = (("Question", "How can doing nothing beat a programme?"), ("Answer", "Programmes cost money and hours at once; what they bring comes later, if at all."), ("Trap", "Do not name the winner yet: luck comes on a later slide."))  # fmt: skip
    return deck.Slide("Your points", body, "points-of-class", "Points of each game", notes=notes), fig


def _moves(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    rows: dict[str, list[MoveContribution]] = defaultdict(list)
    for _, game in games:
        for one in contributions(game):
            rows[one.title].append(one)
    often = sorted(rows, key=lambda title: (-len(rows[title]), title))[:SHOWN]
    lines = ["| move | games | worth in them (mean points) |", "| --- | --- | --- |"]
    for title in often:
        count = table.note("5", "games with the move", title, len(rows[title]), "d")
        worth = table.note("5", "mean worth, points", title, fmean(one.points for one in rows[title]), "+.1f")
        lines.append(f"| {title} | {count} | {worth} |")
    notes = (
        ("Question", "Which of these did you expect to be worth more, and which less?"),
        ("Answer", "The worth of a move is the game less the same game without it, on the same chance events."),
        ("Trap", "Worths do not add up: moves work together."),
    )
    return deck.Slide(
        "The moves that you chose most", "\n".join(lines) if often else "No move was made.", notes=notes
    ), None


def _hinge(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    found = [(abs(one.points), name, one, game) for name, game in games for one in contributions(game)]
    notes = (
        ("Question", "What did this move change, in whom, and how long did it take?"),
        ("Answer", "Ask the team to say it as a chain: because A, B did C, which changed D."),
        ("Trap", "In another game the same move may be worth nothing."),
    )
    if not found:
        return deck.Slide("The hinge", "No move was made.", notes=notes), None
    _, name, one, game = max(found, key=lambda row: row[:2])
    quarter = next(number for number, choice in enumerate(game.choices, 1) if one.name in choice.start)
    body = (
        f"- The move that mattered most in any of your games: **{one.title}**, {name}, quarter {table.note('6', 'quarter of the hinge', name, quarter, 'd')}.\n"
        f"- Without it, the same game on the same chance events ends {table.note('6', 'worth of the hinge, points', name, abs(one.points), '.1f')} points "
        f"{'lower' if one.points > 0 else 'higher'}.\n"
        f"- True satisfaction at the end differs by {table.note('6', 'satisfaction of the hinge', name, one.csat, '+.1f')} points."
    )
    return deck.Slide("The hinge", body, notes=notes), None


def _luck(games: Sequence[tuple[str, Game]], table: Table) -> tuple[deck.Slide, Figure | None]:
    name, game = max(games, key=lambda row: score(row[1]).total)
    yours, none = rescore_on_seeds(game, 20)
    ahead = sum(one > other for one, other in zip(yours, none, strict=True))
    fig, ax = charts._axes()
    for one, other in zip(yours, none, strict=True):
        ax.plot([0, 1], [other, one], "-o", color=charts.BLUE if one > other else charts.ORANGE, alpha=0.6)
    ax.set_xticks([0, 1], ["doing nothing", "the same choices"])
    ax.set(xlim=(-0.3, 1.3), ylabel="points on 20 other draws")
    body = (
        f"The best game had {table.note('7', 'points here', name, score(game).total, '.0f')} points here. On {table.note('7', 'other draws', name, len(yours), 'd')} other draws: "
        f"{table.note('7', 'lowest', name, min(yours), '.0f')} to {table.note('7', 'highest', name, max(yours), '.0f')}, ahead of doing nothing in "
        f"{table.note('7', 'draws ahead', name, ahead, 'd')}."
    )
    notes = (("Question", "Luck or skill?"), ("Answer", "Compare pair by pair: each line is one world."), ("Trap", "A high point of the range is not what this team would get next time."))  # fmt: skip
    return deck.Slide(
        "The best game, on other draws", body, "luck-of-class", "Points of the same choices on other draws", notes=notes
    ), fig


_CONTRIBUTIONS: dict[str, tuple[MoveContribution, ...]] = {}


def contributions(game: Game) -> tuple[MoveContribution, ...]:
    """Return the worth of each move of a game; worked out once."""
    key = game.digest()
    if key not in _CONTRIBUTIONS:
        _CONTRIBUTIONS[key] = leave_one_out(game)
    return _CONTRIBUTIONS[key]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the deck of a class."""
    parser = argparse.ArgumentParser(description="A debrief deck of a class's own games.")
    parser.add_argument("games", help="folder of kept games, or the code of a class that was played on this laptop")
    parser.add_argument("--names", action="store_true", help="show the names that players chose")
    options = parser.parse_args(arguments)
    folder = out = Path(options.games)
    if not folder.is_dir():
        folder, out = default_folder() / options.games.upper(), Path()
    if not folder.is_dir():
        print(f"{options.games}: is neither a folder nor the code of a class on this laptop", file=sys.stderr)
        return 2
    try:
        games, left_out = games_of(folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for words in left_out:
        print(f"Left out: {words}", file=sys.stderr)
    made, table = make(games, options.names)
    (out / "class-deck.html").write_text(deck.to_html(made), encoding="utf-8")
    deck.to_pptx(made, out / "class-deck.pptx")
    table.write(out / "class-deck.csv")
    print(f"Wrote class-deck.html, .pptx and .csv into {out.resolve()}, from {len(games)} games")
    return 0


if __name__ == "__main__":
    sys.exit(main())
