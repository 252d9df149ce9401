"""The settings of a run as a link, and back: what comes from outside is checked here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ccsim.errors import InputError, UnknownNameError, printable
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import list_scenarios
from ccsim.ui.course import Decision
from ccsim.ui.laboratory import FEWEST_WEEKS, HORIZON, MOST_SEED, MOST_WEEKS, bounded

#: Letters that a link may have, and values that it may set.
LONGEST_LINK, MOST_VALUES = 6000, 200
#: Faults of a page's address that are named one by one.
MOST_SAID = 4


@dataclass
class Settings:
    """What a run begins with.

    Attributes:
        scenario: its name.
        changed: what differs from it from the start, by key.
        decisions: levers set during the run.
        seed: of all draws.
        weeks: the horizon.
        problems: in words, what could not be used.
    """

    scenario: str = "nothing"
    changed: dict[str, Any] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    seed: int = 1
    weeks: int = HORIZON
    problems: list[str] = field(default_factory=list)


def link_of(
    scenario: str, changed: Mapping[str, Any], decisions: Sequence[Decision], seed: int, weeks: int = HORIZON
) -> str:
    """Return settings as the query of a link; a lever set in week 6 is written ``6:programme.budget=8000``."""
    parts: dict[str, Any] = {"scenario": scenario, "seed": seed}
    parts |= {"weeks": weeks} if weeks != HORIZON else {}
    parts |= {key: _text(value) for key, value in changed.items()}
    parts |= {f"{one.week}:{key}": _text(value) for one in decisions for key, value in one.set.items()}
    return urlencode(parts, safe=":")


def settings_of(query: str | None) -> Settings:
    """Return settings from the query of a link; what cannot be used is left out, and said."""
    found = Settings()
    for key, value in _rows(query, found.problems):
        try:
            _take(found, key, value)
        except InputError as error:
            found.problems.append(f"{printable(key, 60)}: {str(error).removeprefix(f'{key}: ')}")
    found.decisions.sort(key=lambda one: one.week)
    return found


def taken(query: str | None, takers: Mapping[str, Callable[[str], Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return what the address of a page says.

    Args:
        query: of the address.
        takers: for each key that the page knows, what makes a value of its text.

    Returns:
        Values by key, and in words what cannot be used; of a key that is given twice, the last one counts.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    for key, text in _rows(query, problems):
        try:
            if key not in takers:
                raise UnknownNameError("setting of this page", key[:60], takers)
            found[key] = takers[key](text)
        except UnknownNameError as error:
            problems.append(str(error))
        except InputError as error:
            problems.append(f"{printable(key, 60)}: {error}")
    said = list(dict.fromkeys(problems))
    return found, said[:MOST_SAID] + ([f"and {len(said) - MOST_SAID} more"] if len(said) > MOST_SAID else [])


def _rows(query: str | None, problems: list[str]) -> list[tuple[str, str]]:
    """Return keys and texts of a query; of one that cannot be a link of ours nothing, and ``problems`` says so."""
    text = (query or "").lstrip("?")
    if len(text) > LONGEST_LINK:
        problems.append("the link is too long to be one of ours, and was left aside")
        return []
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_VALUES)
    except ValueError:
        problems.append(f"the link sets more than {MOST_VALUES} values, and was left aside")
        return []


def _take(found: Settings, key: str, value: str) -> None:
    if key == "scenario":
        if value not in list_scenarios("scenarios"):
            raise UnknownNameError("scenario", value[:60], list_scenarios("scenarios"))
        found.scenario = value
    elif key == "seed":
        found.seed = whole(value, 0, MOST_SEED)
    elif key == "weeks":
        found.weeks = whole(value, FEWEST_WEEKS, MOST_WEEKS)
    elif ":" in key:
        week, _, lever = key.partition(":")
        number = whole(week, 0, MOST_WEEKS)
        checked = bounded(lever, value_of(lever, value))
        if all_parameters()[lever].role != "lever":
            raise InputError(f"{lever} cannot be moved during a run")
        known = next((one for one in found.decisions if one.week == number), None)
        if known:
            found.decisions.remove(known)
        found.decisions.append(Decision(number, {**(known.set if known else {}), lever: checked}))
    else:
        found.changed[key] = bounded(key, value_of(key, value))


def whole(text: str, least: int, most: int) -> int:
    """Return the whole number that a text writes.

    Raises:
        InputError: it writes none, or one out of range.
    """
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 19 and least <= int(plain) <= most):
        raise InputError(f"must be a whole number from {least} to {most}, got {text[:40]!r}")
    return int(plain)


def value_of(key: str, text: str) -> Any:
    """Return the text of a link in the kind that its parameter takes."""
    row = all_parameters().get(key)
    if row is None or row.choices:
        return text[:60]
    if row.kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text[:60])
    try:
        return int(text) if row.kind is int else float(text)
    except ValueError:
        return text[:60]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if _is_short(value) else str(value)


def _is_short(value: Any) -> bool:
    return isinstance(value, float) and float(f"{value:g}") == value
