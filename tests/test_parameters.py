import math

import pytest

from ccsim.errors import InputError
from ccsim.parameters import Parameter
from ccsim.settings import Settings, declared, impossible, ordinary, with_values


@pytest.mark.parametrize("row", declared().values(), ids=str)
def test_every_declaration_is_whole(row: Parameter) -> None:
    low, high = row.range
    assert row.legal[0] <= low <= high <= row.legal[1]
    assert low <= row.default <= high
    assert row.check(row.shown) == row.shown
    assert row.off is None or row.legal[0] <= row.off <= row.legal[1]
    assert len(row.meaning) > 8
    assert row.source
    assert row.role in ("lever", "assumption", "size")
    assert row.unit or row.choices
    assert getattr(getattr(ordinary(), row.group), row.name) == row.default


def test_every_group_is_documented_once() -> None:
    groups = [group.group for group in Settings()]  # type: ignore[attr-defined]
    assert groups == list(Settings._fields)
    assert all(type(group).__doc__ for group in Settings())


@pytest.mark.parametrize(
    ("key", "value"),
    [("programme.from_top", 1.1), ("programme.from_top", math.nan), ("programme.budget", -1), ("champions.count", 1.5),
     ("champions.count", True), ("programme.budget", "8000"), ("champions.chosen", "nobody"), ("champions.chosen", 1)],
)  # fmt: skip
def test_a_value_that_is_not_accepted_is_refused_with_what_would_be(key: str, value: object) -> None:
    with pytest.raises(InputError, match=key):
        with_values(ordinary(), {key: value})


def test_changed_settings_keep_the_kinds_of_numbers() -> None:
    changed = with_values(
        ordinary(), {"programme.budget": 8000, "champions.count": 3.0, "champions.chosen": "at random"}
    )
    assert type(changed.programme.budget) is float
    assert type(changed.champions.count) is int
    assert changed.champions.chosen == 0


def test_sizes_that_do_not_fit_together_are_named() -> None:
    assert impossible({}) == []
    wrong = {"organisation.staff": 2, "organisation.customers": 1}
    keys = [key for key, _ in impossible(wrong)]
    assert keys == ["organisation.departments", "organisation.segments"]
