"""The declarations as data for the pages: parameters, KPIs, scenarios, comparisons, moves and rules.

    python -m ccsim.app.model_data     # rewrite static/model.json

Nothing is declared here. Formulas and conditions are exported as trees, which the host evaluates in the same order.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ccsim import __version__
from ccsim.app.engine_key import engine_key
from ccsim.engine.expressions import parse
from ccsim.engine.parameters import Parameter
from ccsim.engine.rng import Stream
from ccsim.experiments.experiment import load_experiment
from ccsim.game.catalogue import FROM_BOTTOM, FROM_TOP, catalogue
from ccsim.game.debrief import best_plan
from ccsim.game.game import BUDGET, SHARE
from ccsim.model.extension import active, active_sources
from ccsim.model.kpis import KPIS, QUARTER, RETENTION, available
from ccsim.model.populations import base_of
from ccsim.model.recorder import TALLIES, flow_names, tallies_of
from ccsim.model.settings import GROUPS, all_parameters, default_settings
from ccsim.scenarios.scenario import TABLES, Intervention, Scenario, data_dirs, load_scenario

#: The file shipped with the package.
STATIC = Path(__file__).parent / "static"
FILE = STATIC / "model.json"

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.And: "and",
    ast.Or: "or",
}
_GROUPS = {kind.group for kind in GROUPS}
#: A tree: a number, a name, or a list of an operation and its operands.
Tree = float | str | list[Any]


def tree(node: ast.expr) -> Tree:
    """Return a checked expression as plain data."""
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # checked when it was read
        case ast.Name(id=name):
            return name
        case ast.BinOp(op=op, left=left, right=right):
            return [_OPERATORS[type(op)], tree(left), tree(right)]
        case ast.BoolOp(op=op, values=parts):
            return [_OPERATORS[type(op)], *map(tree, parts)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ["not", tree(operand)]
        case ast.UnaryOp(operand=operand):
            return ["negative", tree(operand)]
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return ["call", name, tree(argument)]
        case ast.Compare(left=left, ops=ops, comparators=others):
            return ["compare", [_OPERATORS[type(op)] for op in ops], *map(tree, (left, *others))]
    raise AssertionError(ast.unparse(node))


def model_data() -> dict[str, Any]:
    """Return everything that the pages know about the model."""
    scenarios = [load_scenario(path) for path in _shipped("scenarios")]
    rules = catalogue()
    own = [source.name for source in active_sources()]
    return {
        "version": __version__,
        "sourceHash": engine_key(),
        "groups": [_group(name) for name in dict.fromkeys(row.group for row in all_parameters().values())],
        "parameters": [_parameter(row) for row in all_parameters().values()],
        "kpis": [
            {
                "key": row.name,
                "title": row.title,
                "unit": row.unit,
                "share": row.unit.startswith("share"),
                "better": row.direction,
                "decimals": 2 if row.unit in ("hours", "hours/person", "weeks") else 1,
                "aggregation": row.aggregation,
                "help": row.meaning,
                "formula": row.formula,
                "tree": tree(parse(row.formula)),
            }
            for row in KPIS.in_force(active()).values()
        ],
        "tallies": {population: tallies_of(population) for population in TALLIES} | own_tallies(),
        "bySegment": list(available("segment")),
        "given": {"retention": tree(parse(RETENTION)), "discount": "accounts.discount"},
        "quarter": QUARTER,
        "streams": {stream.name: int(stream) for stream in Stream},
        "scenarios": [scenario_data(row) for row in scenarios],
        "comparisons": [_comparison(path) for path in _shipped("experiments")],
        "moves": [row.model_dump(by_alias=True) for row in rules.moves.values()],
        "rules": rules.rules.model_dump(by_alias=True),
        "spending": {"fromTop": FROM_TOP, "fromBottom": FROM_BOTTOM, "budget": BUDGET, "share": SHARE},
        "best": [{"start": choice.start, "stop": choice.stop} for choice in best_plan()],
        **({"own": own} if own else {}),
    }


def own_tallies() -> dict[str, tuple[str, ...]]:
    """Return the tallies of users' mechanisms in force, by the name of their population, such as ``"mood_firm"``."""
    own = active().populations if active() else {}
    tallies = {name: flow_names(kind) for name, kind in own.items() if base_of(name) in TALLIES}
    return {name: names for name, names in tallies.items() if names}


def _shipped(kind: str) -> Iterable[Path]:
    """Return the files of a kind that come with the package."""
    return sorted(
        (path for folder in data_dirs(kind)[:1] for path in folder.glob("*.toml")), key=lambda path: path.stem
    )


def _group(name: str) -> dict[str, Any]:
    about = (getattr(default_settings(), name).__doc__ or "").strip().split("\n")[0]
    return {"key": name, "title": name.replace("_", " ").capitalize(), "help": about}


def _parameter(row: Parameter) -> dict[str, Any]:
    (low, high), (least, most) = row.range, row.legal
    return {
        "key": row.key,
        "group": row.group,
        "name": row.name,
        "title": row.name.replace("_", " ").capitalize(),
        "unit": "" if row.unit in ("on/off", "weight") else row.unit,
        "kind": row.kind.__name__,
        "default": row.shown,
        "low": low,
        "high": high,
        "least": least,
        "most": most if math.isfinite(most) else None,
        "step": 1.0 if row.kind is not float else 10.0 ** math.floor(math.log10((high - low) / 40)),
        "options": row.choices,
        "off": row.off,
        "help": row.meaning,
        "source": row.source,
        "role": row.role,
        "impulse": row.impulse,
        **({"own": True} if row.group not in _GROUPS else {}),
    }


def scenario_data(row: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, its conditions as trees."""
    return {
        "key": row.name,
        "title": row.title,
        "description": row.about,
        "values": row.values(),
        **{table: getattr(row, table) for table in TABLES},
        "schedule": [_move(move) for move in row.schedule],
    }


def _move(move: Intervention) -> dict[str, Any]:
    condition = move.when.text if move.when else None
    return {
        "week": move.week,
        "when": condition,
        "tree": tree(parse(condition)) if condition else None,
        "after": move.earliest_week,
        "label": move.label,
        "set": move.set,
    }


def _comparison(path: Path) -> dict[str, Any]:
    row = load_experiment(path)
    return {
        "key": path.stem,
        "title": row.title,
        "question": row.question,
        "baseline": row.baseline,
        "scenarios": list(row.scenarios),
        "kpis": list(row.kpis),
        "weeks": row.weeks,
        "replicates": row.replicates,
        "seed": row.seed,
    }


def text() -> str:
    """Return the text of the file."""
    return file_text(model_data())


def file_text(data: dict[str, Any]) -> str:
    """Return declarations as the text of a file, with one line per row so that changes are visible in a diff."""
    lines = [f"{_written(key)}:{_rows(value)}" for key, value in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _rows(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _written(value)
    return "[\n" + ",\n".join(map(_written, value)) + "\n]"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write() -> None:
    """Rewrite the file."""
    STATIC.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
