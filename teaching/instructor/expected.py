"""Write expected-results.md: what to expect of the game on the seeds that the guide suggests.

    python teaching/instructor/expected.py            # write the file and numbers.json anew, after a change of the model
    python teaching/instructor/expected.py --check    # say whether the file still is what the model brings

The guide states no number of its own, so that it cannot drift from the model.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[1]))

from other_draws import rescore_on_seeds

from ccsim.game.catalogue import catalogue
from ccsim.game.debrief import best_command, best_plan, do_nothing, events, feasible, score
from ccsim.game.game import Choice, Game

FILE = Path(__file__).with_name("expected-results.md")
SEEDS = (1, 2, 3)
#: What first-time players do, by name: (quarter from 1, moves begun in it).
HABITS = {
    "Announce, and nothing else": {1: ("announce",)},
    "All from the top at once": {1: ("announce", "train", "coach-leaders")},
    "Everything in the first quarter": {1: ("announce", "train", "coach-leaders", "widen-rights", "measure-journeys")},
    "Free one hero": {1: ("hero",)},
    "From the bottom, then more rights": {1: ("improvement-time", "meet-customers"), 2: ("widen-rights",)},
    "Reward survey scores": {1: ("measure-surveys",)},
    "Rights, no blame, fewer checks": {1: ("widen-rights",), 2: ("no-blame",), 3: ("ease-checks",)},
}


def plan(started: dict[int, tuple[str, ...]]) -> list[Choice]:
    """Return a plan from the quarters in which moves are begun."""
    return [Choice(started.get(quarter + 1, ())) for quarter in range(catalogue().rules.quarters)]


def lines() -> dict[str, list[Choice]]:
    """Return every line to play, by name."""
    habits = {name: plan(started) for name, started in HABITS.items()}
    return {"Doing nothing": do_nothing(catalogue()), **habits, "Best plan found": best_plan()}


def text() -> str:
    """Return the file's text; it plays some thirty games."""
    games = {name: [feasible(choices, Game(seed)) for seed in SEEDS] for name, choices in lines().items()}
    points = {name: [score(game).total for game in row] for name, row in games.items()}
    columns = ["true satisfaction, end", "reported, end", "reported less true", "profit, Q3", "profit, Q12", "fatigue"]
    parts = [
        "# What to expect\n\nWritten by `teaching/instructor/expected.py` from the model; a test compares. Do not edit. "
        f"The organisation is `nothing`; the best plan was found by `{best_command()}` on seeds of its own.\n",
        "## What the world does\n",
        _table(["seed", "events"], [[str(seed), _events(Game(seed))] for seed in SEEDS]),
        "## Points\n",
        _table(
            ["line", *(f"seed {seed}" for seed in SEEDS), "mean"],
            [[name, *(f"{value:.0f}" for value in (*row, fmean(row)))] for name, row in points.items()],
        ),
        "## Behind the points, means over the seeds\n",
        _table(["line", *columns], [[name, *_behind(row)] for name, row in games.items()]),
        "## Luck\n",
        _luck(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _events(game: Game) -> str:
    for choice in do_nothing(game.catalogue):
        game.play(choice)
    return "; ".join(f"quarter {quarter + 1}: {title}" for quarter, title in events(game)) or "none"


def _behind(row: list[Game]) -> list[str]:
    def mean(kpi: str, quarter: int) -> float:
        return fmean(game.by_quarter(kpi)[quarter] for game in row)

    true, text = mean("csat", -1), mean("reported_csat", -1)
    profit = [f"{mean('profit', quarter) / 1000:.0f} k" for quarter in (2, 11)]
    return [f"{true:.1f}", f"{text:.1f}", f"{text - true:+.1f}", *profit, f"{mean('fatigue', -1):.2f}"]


def _luck() -> str:
    game = feasible(plan(HABITS["Rights, no blame, fewer checks"]), Game(SEEDS[0]))
    yours, none = rescore_on_seeds(game, 20)
    better = sum(one > other for one, other in zip(yours, none, strict=True))
    return (
        "*Rights, no blame, fewer checks* on 20 other draws: "
        f"{min(yours):.0f} to {max(yours):.0f} points. Doing nothing on the same ones: {min(none):.0f} to "
        f"{max(none):.0f}. Better than doing nothing in {better} of 20.\n"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    ruled = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(ruled) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or check it."""
    now = text()
    if "--check" in arguments:
        same = FILE.read_text(encoding="utf-8") == now
        print(
            "The file is what the model brings." if same else "The file has drifted: run this script without --check."
        )
        return not same
    FILE.write_text(now, encoding="utf-8")
    print(f"Wrote {FILE}")
    sys.path.insert(0, str(FILE.parents[1]))
    import course_numbers

    return course_numbers.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
