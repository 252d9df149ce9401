"""Numbers of the model that the course quotes: worked out once, kept in numbers.json, filled into texts and slides.

    python teaching/course_numbers.py            # work them out anew, after a change of the model (minutes)
    python teaching/course_numbers.py --bets     # only the claims of the page *Bet on the articles* (web/src/bet.json)

A text quotes a number by its path, with a format or with words for plus and minus:

    {{points.surveys.mean|.0f}}        51
    {{gap.csat.nothing|+.1f}}          -3.2
    {{gap.csat.nothing|above/below}}   below

No text of the course states a number of the model itself, so none can drift from the model.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

HERE = Path(__file__).parent
FILE = HERE / "numbers.json"
CLAIMS = HERE.parent / "docs" / "claims.md"
BETS_PAGE = HERE.parent / "web" / "src" / "bet.json"
PLACE = re.compile(r"\{\{\s*(?P<path>[\w.-]+)\s*(?:\|\s*(?P<form>[^{}]+?))?\s*\}\}")
#: Short names of the lines that expected.py plays.
SHORT = {
    "Doing nothing": "nothing",
    "Announce, and nothing else": "announce",
    "All from the top at once": "top",
    "Everything in the first quarter": "everything",
    "Free one hero": "hero",
    "From the bottom, then more rights": "bottom",
    "Reward survey scores": "surveys",
    "Rights, no blame, fewer checks": "rights",
    "Best plan found": "best",
}
#: Claims for the exercise "Bet on the articles": a spread of topics, one sentence each.
BETS = ("D1", "D5", "H1", "H5", "M1", "M3", "E1", "P1", "P2", "S1")
REPLICATES = 10


def collect() -> dict[str, Any]:
    """Work out every number that the course quotes; it plays some forty games and compares eight scenarios."""
    return {**_games(), **_comparisons(), "claims": claims()}


def _games() -> dict[str, Any]:
    from other_draws import rescore_on_seeds

    from ccsim.game.debrief import feasible, leave_one_out, score
    from ccsim.game.game import Game

    expected = runpy.run_path(str(HERE / "instructor" / "expected.py"))
    seeds = expected["SEEDS"]
    games = {SHORT[name]: [feasible(plan, Game(seed)) for seed in seeds] for name, plan in expected["lines"]().items()}
    found: dict[str, Any] = {
        "points": {},
        "gap": {"csat": {}, "fcr": {}},
        "true": {},
        "reported": {},
        "profit": {},
        "habit": {},
        "fatigue": {},
    }
    for name, row in games.items():
        points = [score(game).total for game in row]
        found["points"][name] = {
            **{f"seed{seed}": one for seed, one in zip(seeds, points, strict=True)},
            "mean": fmean(points),
        }
        for kpi, scale in (("csat", 1.0), ("fcr", 100.0)):
            true, text = (scale * fmean(game.by_quarter(key)[-1] for game in row) for key in (kpi, f"reported_{kpi}"))
            found["true"].setdefault(kpi, {})[name] = true
            found["reported"].setdefault(kpi, {})[name] = text
            found["gap"][kpi][name] = text - true
        profit = [fmean(game.by_quarter("profit")[quarter] for game in row) / 1000.0 for quarter in range(12)]
        low = min(range(12), key=profit.__getitem__)
        found["profit"][name] = {
            "quarters": profit,
            "lowest": profit[low],
            "lowest-quarter": low + 1,
            "last": profit[-1],
            "first": profit[0],
        }
        found["habit"][name] = [
            100.0 * fmean(game.by_quarter("habit")[quarter] for game in row) for quarter in range(12)
        ]
        found["fatigue"][name] = 100.0 * fmean(game.by_quarter("fatigue")[-1] for game in row)
    found["more"] = {name: found["points"][name]["mean"] - found["points"]["nothing"]["mean"] for name in games}
    rows = [leave_one_out(game) for game in games["rights"]]
    found["worth"] = {
        one.name: fmean(part.points for row in rows for part in row if part.name == one.name) for one in rows[0]
    }
    yours, none = rescore_on_seeds(games["rights"][0], 20)
    found["luck"] = {
        "low": min(yours), "high": max(yours), "nothing-low": min(none), "nothing-high": max(none),
        "better": sum(one > other for one, other in zip(yours, none, strict=True)), "of": len(yours),
    }  # fmt: skip
    found["best"] = _best(games["best"][0])
    return found


def _best(game: Any) -> dict[str, Any]:
    """Return what the best plan found does, in words."""
    rows = []
    for number, choice in enumerate(game.choices, start=1):
        begun = [game.catalogue.move(name).title for name in choice.start]
        ended = [game.catalogue.move(name).title for name in choice.stop]
        if begun or ended:
            rows.append({"quarter": number, "begins": begun, "stops": ended})
    return {"plan": rows, "moves": sum(len(row["begins"]) for row in rows)}


def _comparisons() -> dict[str, Any]:
    import ccsim

    found: dict[str, Any] = {}
    for name, kpis in {
        "direction": ("csat", "npv", "adoption"),
        "metrics": ("csat", "npv", "fcr", "reported_fcr", "aht"),
    }.items():
        experiment = ccsim.load_experiment(str(HERE.parent / "experiments" / f"{name}.toml"))
        scenarios = [
            one for one in experiment.scenarios if experiment.sweep is None or one not in experiment.sweep.points
        ]
        runs = {
            one: [
                ccsim.simulate(experiment.scenarios[one], experiment.seed_of(one, number), experiment.weeks)
                for number in range(REPLICATES)
            ]
            for one in scenarios
        }
        found[name] = {one: {kpi: _level(kpi, runs[one]) for kpi in kpis} for one in scenarios}
    one, other = found["direction"]["combined"], found["direction"]["bottom-up"]
    found["direction"]["combined-less-bottom"] = {kpi: one[kpi] - other[kpi] for kpi in one}
    return found


def _level(kpi: str, runs: list[Any]) -> float:
    from ccsim.model.kpis import KPIS

    def of(run: Any) -> float:
        values = run.kpis[kpi]
        return float(values[-1]) / 1000.0 if kpi == "npv" else float(values[-13:].mean())

    scale = 100.0 if KPIS[kpi].unit == "share" else 1.0
    return scale * fmean(of(run) for run in runs)


def claims() -> dict[str, dict[str, Any]]:
    """Return the claims of the bet with what the ledger says of them."""
    row = re.compile(
        r"^\| \[(?P<id>\w+)\]\([^)]*\) \| (?P<says>[^|]+) \| (?P<watched>[^|]+) \| (?P<effect>[^|]+) \| [^|]+ "
        r"\| (?P<holds>\d+) % \| (?P<reversed>\d+) % \| \*\*(?P<verdict>[^*]+)\*\* \|$",
        re.MULTILINE,
    )
    found = {one["id"]: one for one in row.finditer(CLAIMS.read_text(encoding="utf-8"))}
    return {
        name: {
            "says": found[name]["says"].strip(),
            "watched": found[name]["watched"].strip(),
            "holds": int(found[name]["holds"]),
            "reversed": int(found[name]["reversed"]),
            "verdict": found[name]["verdict"].strip(),
        }
        for name in BETS
    }


def worlds() -> int:
    """Return in how many worlds the ledger tests each claim, the defaults among them."""
    found = re.search(r"(\d+) other \*\*(?:plausible )?worlds", CLAIMS.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{CLAIMS} does not say in how many worlds the claims were tested")
    return int(found[1]) + 1


def bets_page() -> str:
    """Return the claims of the bet as the page in the browser reads them."""
    rows = [{"id": name, **row} for name, row in claims().items()]
    return json.dumps({"worlds": worlds(), "claims": rows}, indent=1, ensure_ascii=False) + "\n"


def read() -> dict[str, Any]:
    """Return the numbers as they were last worked out, the claims as the ledger has them now."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {**found, "claims": claims(), "worlds": worlds(), "lead": _leads(found["profit"])}


def _leads(profit: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return, for each line of play, its weekly profit less that of doing nothing: the worst quarter, and the last."""
    leads = {}
    for name, row in profit.items():
        by_quarter = [one - other for one, other in zip(row["quarters"], profit["nothing"]["quarters"], strict=True)]
        worst = min(range(12), key=by_quarter.__getitem__)
        leads[name] = {"worst": by_quarter[worst], "worst-quarter": worst + 1, "last": by_quarter[-1]}
    return leads


def look_up(path: str, numbers: dict[str, Any]) -> Any:
    """Return the number at a path.

    Args:
        path: keys, separated by dots; of a list the place from 1.
        numbers: where to look.

    Raises:
        KeyError: there is none.
    """
    value: Any = numbers
    for key in path.split("."):
        try:
            value = value[int(key) - 1] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise KeyError(f"numbers.json has no {path!r}") from None
    return value


def fill(text: str, numbers: dict[str, Any]) -> str:
    """Return a text with its numbers filled in.

    Args:
        text: the text, with places such as ``{{points.surveys.mean|.0f}}``.
        numbers: what `read` returns.

    Raises:
        KeyError: a path leads nowhere.
    """

    def write(found: re.Match[str]) -> str:
        value, form = look_up(found["path"], numbers), found["form"]
        if form is None:
            return str(value)
        if "/" in form:
            words = form.split("/")
            return words[0] if value >= 0 else words[1]
        # A minus sign, not a hyphen.
        return format(value, form).replace("-", "−")

    return PLACE.sub(write, text)


def main() -> int:
    """Work the numbers out and keep them."""
    BETS_PAGE.write_text(bets_page(), encoding="utf-8")
    print(f"Wrote {BETS_PAGE.relative_to(HERE.parent)}")
    if "--bets" in sys.argv[1:]:
        return 0
    FILE.write_text(json.dumps(_rounded(collect()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Wrote {FILE.relative_to(HERE.parent)}")
    return 0


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())
