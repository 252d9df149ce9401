"""All parameter groups in one tuple, collected from the mechanisms that declare them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ccsim.engine.parameters import Parameter
from ccsim.errors import DeclarationError, InputError, UnknownNameError, count_noun
from ccsim.model.mechanism import mechanisms
from ccsim.model.size import OrganisationSize

#: Groups as they are shown and sampled, in this order; a group that is not named here follows after them.
ORDER = (
    "organisation", "programme", "rollout", "wins", "mandate", "sponsorship", "champions", "staff_scorecard",
    "head_scorecard", "executive_scorecard", "scorecards", "recognition", "empowerment", "leadership", "structure",
    "sensing", "offer", "promise", "personalisation", "proactive", "self_service", "technology", "segmentation",
    "staffing", "demand", "capacity", "service", "defects", "handoffs", "experience", "word_of_mouth", "market",
    "skills", "conviction", "habit", "embedding", "fatigue", "engagement", "turnover", "accounts", "work_pace", "implementation",
)  # fmt: skip


def in_order(groups: Iterable[Any]) -> list[Any]:
    """Return classes of parameters in the order of display.

    Raises:
        DeclarationError: two groups of one name.
    """
    by_name: dict[str, Any] = {}
    for kind in groups:
        if kind.group in by_name:
            one, other = by_name[kind.group].__module__, kind.__module__
            raise DeclarationError(f"parameters {kind.group}: {one} and {other} both declare them")
        by_name[kind.group] = kind
    named = [by_name.pop(name) for name in ORDER if name in by_name]
    return [*named, *by_name.values()]


if TYPE_CHECKING:

    class Settings(tuple[Any, ...]):
        """Every parameter in force, group by group; the order is the order of display."""

        _fields: tuple[str, ...]

        def __getattr__(self, group: str) -> Any: ...

        def _replace(self, **groups: Any) -> Settings: ...

else:
    _groups = in_order([OrganisationSize, *(kind for mechanism in mechanisms() for kind in mechanism.groups)])
    Settings = namedtuple(
        "Settings", [kind.group for kind in _groups], defaults=[kind() for kind in _groups], module=__name__
    )
    Settings.__doc__ = "Every parameter in force, group by group; the order is the order of display."


@cache
def all_parameters() -> dict[str, Parameter]:
    """Return every declared parameter by its key, in order of display."""
    return {row.key: row for group in Settings() for row in group.declared}


def default_settings() -> Settings:
    """Return the settings of the ordinary organisation: every default."""
    return Settings()


def replace_values(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return settings with some values changed.

    Args:
        settings: where to start.
        values: by dotted key, such as ``{"programme.budget": 8000}``.

    Raises:
        UnknownNameError: a key that no parameter bears.
        InputError: a value that its parameter does not accept.
    """
    changes: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        row = all_parameters().get(key)
        if row is None:
            raise UnknownNameError("parameter", key, all_parameters())
        try:
            changes.setdefault(row.group, {})[row.name] = row.encode(row.check(value))
        except InputError as error:
            raise InputError(f"{key}: {error}") from None
    groups = {group: getattr(settings, group)._replace(**new) for group, new in changes.items()}
    return settings._replace(**groups)


def check_sizes(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with a set of sizes taken together, as (key, problem)."""
    sizes = replace_values(
        default_settings(), {k: v for k, v in values.items() if k.startswith("organisation.")}
    ).organisation
    problems = []
    if sizes.departments > sizes.staff:
        problems.append(
            ("organisation.departments", f"{count_noun(sizes.departments, 'department')} need at least as many staff, "
             f"but organisation.staff is {sizes.staff}"))  # fmt: skip
    if sizes.front_departments > sizes.departments:
        problems.append(
            ("organisation.front_departments", f"{sizes.front_departments} of {count_noun(sizes.departments, 'department')} "
             "cannot be in front; organisation.departments is smaller"))  # fmt: skip
    if sizes.segments > sizes.customers:
        problems.append(
            ("organisation.segments", f"{count_noun(sizes.segments, 'segment')} need at least as many customers, "
             f"but organisation.customers is {sizes.customers}"))  # fmt: skip
    return problems
