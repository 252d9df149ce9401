"""Pages of the reference, made from the declarations of ccsim when the site is built.

Nothing here is typed by hand that the package already states: commands come from the command-line parser, parameters and
KPIs from their declarations, file formats from the schemas that read the files.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

import click
from pydantic import BaseModel
from typer.main import get_command

import ccsim
from ccsim.engine.parameters import Parameter
from ccsim.experiments.io import ExperimentSchema, SweepSchema
from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.model.kpis import KPIS
from ccsim.model.packs import behavioural, core, packs, switched_on
from ccsim.model.settings import all_parameters
from ccsim.organisations.columns import ACCEPTS, KINDS
from ccsim.scenarios.io import InterventionSchema, ScenarioSchema
from ccsim.scenarios.scenario import Scenario, list_scenarios, load_scenario
from ccsim.validation.claims.schema import ClaimShape, load_claims

#: Documents that stand outside of docs/, and the page that each becomes.
OTHERS = {
    "CONTRIBUTING.md": "how-to/contributing.md",
    "CHANGELOG.md": "reference/changelog.md",
    "benchmarks/README.md": "explanation/benchmarks.md",
}
#: Modules whose public names an author of mechanisms or of games imports, besides those of ``ccsim`` itself.
PUBLIC_MODULES = ("ccsim.mechanism", "ccsim.game")


def cell(text: object) -> str:
    """Return a text as it may stand in a cell of a table."""
    return re.sub(r"\s+", " ", str(text)).replace("|", "\\|").replace("<", "&lt;").strip()


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def commands(
    command: click.Command, path: tuple[str, ...] = ("ccsim",)
) -> Iterable[tuple[tuple[str, ...], click.Command]]:
    """Go through a command and all commands below it.

    Args:
        command: where to begin.
        path: the words that call it.

    Yields:
        The words that call a command, and the command.
    """
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


def command_line() -> str:
    """Return the page of the command line."""
    from ccsim.cli.main import app

    parts = [
        "# Command line\n\nMade from the parser of `ccsim` when the site is built. `ccsim COMMAND --help` prints the same text.\n"
    ]
    for path, command in commands(get_command(app)):
        context = click.Context(command, info_name=" ".join(path))
        parts.append(f"{'##' if len(path) < 3 else '###'} {' '.join(path)}\n")
        text = inspect.cleandoc(command.help or "").replace("\b", "")
        parts.append(_paragraphs(text))
        parts.append("```text\n" + " ".join([*path, *command.collect_usage_pieces(context)]) + "\n```\n")
        arguments = [one for one in command.params if isinstance(one, click.Argument)]
        options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        if arguments:
            parts.append(table(["argument", "meaning"], ([f"`{_name(one)}`", _help(one)] for one in arguments)))
        if options:
            parts.append(
                table(["option", "value", "meaning"], ([_switches(one), _value(one), _help(one)] for one in options))
            )
    return "\n".join(parts)


def _paragraphs(text: str) -> str:
    # Lines that the author indented are examples: they stay as they are.
    blocks = re.split(r"\n\s*\n", text)
    return (
        "\n\n".join(
            "```text\n" + inspect.cleandoc(block.strip("\n")) + "\n```"
            if block.strip("\n").startswith("  ")
            else cell(block)
            for block in blocks
        )
        + "\n"
    )


def _name(one: click.Parameter) -> str:
    return one.make_metavar(click.Context(click.Command("ccsim")))


def _help(one: click.Parameter) -> str:
    text = getattr(one, "help", "") or ""
    given = getattr(one, "default", None)
    shown = getattr(one, "show_default", False) and given not in (None, (), [], False) and not callable(given)
    return f"{text} Default: `{getattr(given, 'value', given)}`." if shown else text


def _switches(one: click.Option) -> str:
    return ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))


def _value(one: click.Option) -> str:
    return "" if one.is_flag else f"`{_name(one).strip('[]')}`"


def parameters(role: str, title: str, intro: str) -> str:
    """Return the page of the parameters of a role.

    Args:
        role: ``lever``, ``assumption`` or ``size``.
        title: heading of the page.
        intro: what such a parameter is, in a sentence or two.
    """
    rows = [one for one in all_parameters().values() if one.role == role]
    groups = dict.fromkeys(one.group for one in rows)
    parts = [f"# {title}\n\n{intro} Made from the declarations when the site is built; there are {len(rows)}.\n"]
    for group in groups:
        parts.append(f"## {group}\n")
        more = ["pack"] if role == "assumption" else []
        head = ["key", "default", "unit", "plausible range", "meaning", "source", *more]
        parts.append(table(head, ([*_parameter(one), *([one.pack] * len(more))] for one in rows if one.group == group)))
    return "\n".join(parts)


def pack_pages() -> str:
    """Return the page of the packs: what switches each on, and which scenarios and claims do."""
    shipped = {name: load_scenario(name) for name in list_scenarios()}
    used: dict[str, dict[str, None]] = {}
    for name, scenario in shipped.items():
        for pack in _packs_of(scenario):
            used.setdefault(pack, {})[f"`{name}`"] = None
    for claim in load_claims():
        for scenario in claim.scenarios.values():
            for pack in _packs_of(scenario):
                used.setdefault(pack, {})[claim.id] = None
    rows = [
        (
            one.name,
            ", ".join(f"`{key}`" for key in one.switches),
            str(len(one.members)),
            ", ".join(used.get(one.name, [])),
        )
        for one in packs().values()
    ]
    return (
        "# Packs\n\nA pack is a mechanism, or several, that is off in the ordinary organisation. Its assumptions act only once one "
        "of its switches is moved from its default; [the model](../odd.md) lists them. Made from the declarations when the "
        f"site is built. The core has {len(core())} assumptions, {len(behavioural(core()))} of them about how people, customers and "
        "work behave.\n\n"
        + table(["pack", "switched on by", "assumptions", "scenarios and claims that switch it on"], rows)
    )


def _packs_of(scenario: Scenario) -> set[str]:
    return {name for values in scenario.in_force() for name in switched_on(values)}


def _parameter(one: Parameter) -> list[str]:
    bounds = " or ".join(f"`{choice}`" for choice in one.choices) if one.choices else ""
    if not bounds and one.range:
        bounds = f"{one.range[0]:g} to {one.range[1]:g}"
    value = (
        f"{one.default:g}"
        if isinstance(one.default, int | float) and not isinstance(one.default, bool)
        else one.default
    )
    return [f"`{one.group}.{one.name}`", f"{value}", one.unit, bounds, one.meaning, one.source]


def kpis() -> str:
    """Return the page of the KPIs."""
    parts = [
        "# KPIs\n\nFigures of every week, made from the week's tallies. Made from the declarations when the site is built. A KPI is a "
        "column of the table `runs`, a name in conditions, and a value of `--kpi`. *Level* figures are shown as the mean of the "
        "last quarter, *sum* figures as totals.\n",
        table(
            ["name", "title", "unit", "better", "aggregation", "meaning", "formula"],
            (
                [f"`{one.name}`", one.title, one.unit, one.direction, one.aggregation, one.meaning, f"`{one.formula}`"]
                for one in KPIS.values()
            ),
        ),
    ]
    return "\n".join(parts)


def scenarios() -> str:
    """Return the page of the scenarios that ccsim ships."""
    rows = []
    for name in list_scenarios():
        one = load_scenario(name)
        rows.append([f"`{name}`", one.title, one.about])
    return (
        "# Scenarios\n\nThe scenario files that ccsim ships. `ccsim describe NAME` tells what one sets; a file of yours can extend any of "
        "them.\n\n" + table(["name", "title", "what it is"], rows)
    )


def moves(rules: Catalogue | None = None) -> str:
    """Return the page of the moves of the management game."""
    rules = rules or catalogue()
    parts = [
        "# Moves of the game\n\nWhat a player of the management game can do, and what it costs. `ccsim game moves` prints the same.\n"
    ]
    for group in dict.fromkeys(one.group for one in rules.moves.values()):
        parts.append(f"## {group}\n")
        rows = (
            [
                one.title,
                one.about,
                one.attention,
                one.upkeep,
                f"{one.once:,.0f}",
                f"{one.in_model + one.weekly:,.0f}",
                f"`{one.name}`",
            ]
            for one in rules.moves.values()
            if one.group == group
        )
        parts.append(
            table(
                ["move", "what it is", "attention to start", "a quarter to keep", "EUR once", "EUR a week", "name"],
                rows,
            )
        )
    return "\n".join(parts)


def file_formats() -> str:
    """Return the page of the file formats."""
    parts = [
        "# File formats\n\nMade from the schemas that read the files. A key that a table does not name is refused with file, line and the "
        "nearest known key.\n\n## Scenario\n\nA TOML file. Keys inside `[levers]`, `[history]`, `[assumptions]` and `[organisation]` are those of "
        "[levers](levers.md), [assumptions](assumptions.md) and [sizes](sizes.md), grouped in tables such as `[levers.programme]`.\n",
        _schema(ScenarioSchema),
        "Each `[[schedule]]` table is a later move, by week or by condition:\n",
        _schema(InterventionSchema),
        "## Experiment\n\nA TOML file that names scenarios to compare.\n",
        _schema(ExperimentSchema),
        "A `[sweep]` table runs one lever over several values:\n",
        _schema(SweepSchema),
        "## Claims\n\nEach `[[claim]]` of a file in `claims/`:\n",
        _schema(ClaimShape),
        "## Organisation folder\n\nCSV files in UTF-8 beside `organisation.toml`; each is optional. `ccsim org new FOLDER` writes commented examples.\n",
    ]
    for kind in KINDS.values():
        parts.append(f"### {kind.name}.csv\n\nGives {kind.gives}.\n")
        rows = ([f"`{one.name}`", "yes" if one.needed else "", ACCEPTS[one.cells], one.gives] for one in kind.columns)
        parts.append(table(["column", "needed", "cells hold", "gives"], rows))
    parts.append(RESULTS)
    return "\n".join(parts)


RESULTS = """## Results folder

`ccsim compare`, `sweep` and the analyses write a folder that any Parquet reader can open:

| path | what it holds |
| --- | --- |
| `manifest.json` | the experiment, versions, seeds, hash of the sources, the command, and how far it came |
| `runs/` | one row per scenario, replicate and week: `scenario`, `replicate`, `seed`, `week`, and a column for each [KPI](kpis.md) |
| `departments/`, `segments/` | the same by department or segment, for the KPIs that can be split |
| `interventions/` | one row per move that was made: `scenario`, `replicate`, `week`, `label` |
| `scenarios/` | every scenario with its parents merged in |
| `table.csv`, `figure.png`, `figure.svg` | what the command printed and drew |

`ccsim.open_results(FOLDER)` reads it in Python; `ccsim query FOLDER "SELECT ..."` in SQL.
"""


def _schema(schema: type[BaseModel]) -> str:
    rows = []
    for name, field in schema.model_fields.items():
        needed = "yes" if field.is_required() else ""
        given = field.get_default(call_default_factory=True) if not field.is_required() else ""
        rows.append([f"`{name}`", _type(field.annotation), needed, "" if given in ("", None, {}, []) else f"`{given}`"])
    return table(["key", "holds", "needed", "default"], rows)


def _type(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(parts[0])
    if origin is UnionType or str(origin) == "typing.Union":
        return " or ".join(_type(part) for part in parts if part is not type(None))
    if origin is list:
        return f"list of {_type(parts[0])}"
    if origin is dict or kind is dict:
        return "table"
    words = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return words.get(kind, getattr(kind, "__name__", str(kind)))


def python_names() -> dict[str, str]:
    """Return each public name of ccsim with the place where it is defined."""
    names = {f"ccsim.{name}": f"ccsim.{ccsim._HOME[name]}.{name}" for name in ccsim.__all__}
    for module in PUBLIC_MODULES:
        home = import_module(module)
        for name in home.__all__:
            names[f"{module}.{name}"] = f"{_home(home, name)}.{name}"
    return names


def _home(module: Any, name: str) -> str:
    value = getattr(module, name)
    place = getattr(value, "__module__", "") or ""
    known = place.startswith("ccsim.") and getattr(import_module(place), name, None) is value
    return place if known else module.__name__


def python_api(module: str, title: str, intro: str) -> str:
    """Return the page of the public names of a module, for mkdocstrings.

    Args:
        module: its dotted name.
        title: heading of the page.
        intro: a sentence or two.
    """
    parts = [f"# {title}\n\n{intro}\n"]
    for name, place in python_names().items():
        if name.rpartition(".")[0] == module:
            parts.append(f"## `{name}` {{ #{name} }}\n\n::: {place}\n    options:\n      show_root_heading: false\n")
    return "\n".join(parts)


LEVER = "A lever is what the organisation itself can set, at week 0, in a schedule, or with `--set`."
ASSUMPTION = (
    "An assumption describes the world or the people, and the organisation cannot set it. Most are marked *assumed*."
)
SIZE = "A size is fixed when the organisation is founded."

#: Each generated page, and what makes it.
PAGES: dict[str, Callable[[], str]] = {
    "reference/command-line.md": command_line,
    "reference/python.md": lambda: python_api(
        "ccsim",
        "Python: ccsim",
        "Every public name of `ccsim`. Names are imported when they are first used, so `import ccsim` stays quick.",
    ),
    "reference/python-mechanism.md": lambda: python_api(
        "ccsim.mechanism", "Python: ccsim.mechanism", "What a [mechanism of your own](../own-mechanism.md) imports."
    ),
    "reference/python-game.md": lambda: python_api(
        "ccsim.game", "Python: ccsim.game", "The management game, played by a program."
    ),
    "reference/levers.md": lambda: parameters("lever", "Levers", LEVER),
    "reference/assumptions.md": lambda: parameters("assumption", "Assumptions", ASSUMPTION),
    "reference/packs.md": pack_pages,
    "reference/sizes.md": lambda: parameters("size", "Sizes", SIZE),
    "reference/kpis.md": kpis,
    "reference/scenarios.md": scenarios,
    "reference/moves.md": moves,
    "reference/file-formats.md": file_formats,
}
