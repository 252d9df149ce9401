import math

import pytest

from ccsim.engine.parameters import Parameter, parameter, parameters
from ccsim.errors import InputError
from ccsim.model.settings import Settings, declared, impossible, ordinary, with_values


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


@parameters("weather")
class Weather:
    """How the sky is."""

    rain: float = parameter(0.2, unit="share", range=(0.0, 0.5), off=0.0, meaning="part of a day that is wet")
    storms: int = parameter(2, unit="storms/year", range=(0, 5), meaning="storms a year", source="Beaufort 1805")
    siren: bool = parameter(True, unit="on/off", range=(0, 1), meaning="whether a siren sounds", lever=True)
    sky: int = parameter(1, unit="", range=(0, 1), choices=("grey", "blue"), meaning="the colour", lever=True)
    flood: float = parameter(0.0, unit="metres", range=(0.0, 3.0), meaning="water in this week", impulse=True)
    area: float = parameter(9.0, unit="km", range=(1.0, 99.0), meaning="how large", size=True)


ROWS: dict[str, Parameter] = {row.name: row for row in Weather.declared}  # type: ignore[attr-defined]


def test_a_group_of_parameters_is_a_named_tuple_of_defaults_with_its_declarations() -> None:
    assert tuple(Weather()) == (0.2, 2, True, 1, 0.0, 9.0)
    assert [type(value) for value in Weather()] == [float, int, bool, int, float, float]  # type: ignore[attr-defined]
    assert Weather()._replace(rain=0.4).rain == 0.4  # type: ignore[attr-defined]
    assert (Weather.group, Weather.__doc__) == ("weather", "How the sky is.")  # type: ignore[attr-defined]
    assert ROWS["rain"].key == "weather.rain"


def test_a_parameter_has_one_role() -> None:
    assert {name: row.role for name, row in ROWS.items()} == {
        "rain": "assumption", "storms": "assumption", "siren": "lever", "sky": "lever", "flood": "lever", "area": "size",
    }  # fmt: skip
    assert [name for name, row in ROWS.items() if row.assumed] == ["rain"]
    assert [name for name, row in ROWS.items() if row.impulse] == ["flood"]


def test_shares_are_legal_from_0_to_1_and_everything_else_from_0_up() -> None:
    assert ROWS["rain"].legal == (0.0, 1.0)
    assert ROWS["flood"].legal == (0.0, math.inf)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [("rain", 1, 1.0), ("storms", 3.0, 3), ("siren", False, False), ("sky", "grey", "grey"), ("flood", 2, 2.0)],
)
def test_a_legal_value_is_kept_in_the_declared_kind(name: str, value: object, kept: object) -> None:
    found = ROWS[name].check(value)
    assert found == kept and type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("rain", 1.5, "a number from 0 to 1 (share)"),
        ("rain", "wet", "a number from 0 to 1"),
        ("rain", True, "a number"),
        ("storms", 1.5, "a whole number of at least 0"),
        ("siren", 1, "true or false"),
        ("siren", "on", "true or false"),
        ("sky", 1, "one of 'grey', 'blue'"),
        ("sky", "gray", "did you mean 'grey'?"),
        ("flood", -1.0, "a number of at least 0 (metres)"),
        ("flood", None, "a number of at least 0"),
    ],
)
def test_a_refusal_says_the_value_and_what_would_be_accepted(name: str, value: object, told: str) -> None:
    with pytest.raises(InputError) as caught:
        ROWS[name].check(value)
    assert repr(value) in str(caught.value) and told in str(caught.value)


def test_a_choice_is_shown_by_name_and_read_by_place() -> None:
    assert ROWS["sky"].shown == "blue"
    assert ROWS["sky"].encode("grey") == 0 and ROWS["rain"].encode(0.5) == 0.5
