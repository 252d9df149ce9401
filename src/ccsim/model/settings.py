"""All parameter groups in one tuple, collected from the mechanisms that declare them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from ccsim.engine.parameters import Parameter
from ccsim.errors import DeclarationError, InputError, UnknownNameError, count_noun
from ccsim.model.extension import Declared, active
from ccsim.model.mechanism import mechanisms
from ccsim.model.size import OrganisationSize

#: Order in which groups are shown and sampled; groups that are not named here follow after them.
ORDER = (
    "organisation", "programme", "rollout", "visible_successes", "mandate", "sponsorship", "champions", "staff_scorecard",
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
            modules = f"{by_name[kind.group].__module__} and {kind.__module__}"
            raise DeclarationError(f"parameters {kind.group}: {modules} both declare them")
        by_name[kind.group] = kind
    named = [by_name.pop(name) for name in ORDER if name in by_name]
    return [*named, *by_name.values()]


#: All groups of the package.
GROUPS: tuple[Any, ...] = tuple(
    in_order([OrganisationSize, *(kind for mechanism in mechanisms() for kind in mechanism.groups)])
)

if TYPE_CHECKING:

    class Settings(tuple[Any, ...]):
        """Every parameter in force, group by group; the order is the order of display."""

        _fields: tuple[str, ...]
        #: The users' mechanisms whose parameters are included; None without any.
        extension: ClassVar[Any]

        def __getattr__(self, group: str) -> Any: ...

        def _replace(self, **groups: Any) -> Settings: ...

else:
    Settings = namedtuple(
        "Settings", [kind.group for kind in GROUPS], defaults=[kind() for kind in GROUPS], module=__name__
    )
    Settings.__doc__ = "Every parameter in force, group by group; the order is the order of display."
    Settings.extension = None


def all_parameters() -> dict[str, Parameter]:
    """Return every parameter in force by its key, in order of display."""
    return _declared(active())


@cache
def _declared(extension: Any) -> dict[str, Parameter]:
    settings = extension.settings() if extension else Settings()
    return Declared({row.key: row for group in settings for row in group.declared}, _declared)


def default_settings() -> Settings:
    """Return the settings of the ordinary organisation: every default."""
    extension = active()
    return extension.settings() if extension else Settings()


def without_own(settings: Settings) -> Settings:
    """Return settings without the parameters of users' mechanisms, which come last."""
    return settings if settings.extension is None else Settings(*settings[: len(GROUPS)])


def replace_values(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return settings with some values changed.

    Args:
        settings: the settings to start from.
        values: by dotted key, such as ``{"programme.budget": 8000}``.

    Raises:
        UnknownNameError: there is no parameter with a key.
        InputError: a parameter does not accept its value.
    """
    changes: dict[str, dict[str, Any]] = {}
    known = _declared(settings.extension)
    for key, value in values.items():
        row = known.get(key)
        if row is None:
            raise UnknownNameError("parameter", key, known)
        try:
            changes.setdefault(row.group, {})[row.name] = row.encode(row.check(value))
        except InputError as error:
            raise InputError(f"{key}: {error}") from None
    groups = {group: getattr(settings, group)._replace(**new) for group, new in changes.items()}
    return settings._replace(**groups)


def check_sizes(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with a combination of sizes, as (key, problem)."""
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
             "cannot be front departments; organisation.departments is smaller"))  # fmt: skip
    if sizes.segments > sizes.customers:
        problems.append(
            ("organisation.segments", f"{count_noun(sizes.segments, 'segment')} need at least as many customers, "
             f"but organisation.customers is {sizes.customers}"))  # fmt: skip
    return problems
