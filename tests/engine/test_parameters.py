import math
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ccsim.engine.declarations import UNITS, add_unit, unit_fault
from ccsim.engine.parameters import HIGHEST_OTHERWISE, Parameter, parameter, parameters
from ccsim.errors import DeclarationError, InputError
from ccsim.model.settings import Settings, all_parameters, check_sizes, default_settings, replace_values

FIT = {"default": 0.2, "unit": "share", "range": (0.0, 0.5), "meaning": "part of a day that is wet"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"default": 0.6}, "default must be a number from 0 to 0.5, got 0.6"),
        ({"default": "0.2"}, "default must be a number from 0 to 0.5, got '0.2'"),
        ({"default": math.nan}, "default must be a number from 0 to 0.5, got nan"),
        ({"range": (0.5, 0.0)}, "range must be two finite numbers, the lower one first, got (0.5, 0.0)"),
        ({"range": (0.2, 0.2)}, "range must be two finite numbers, the lower one first, got (0.2, 0.2)"),
        ({"range": (0.0, math.inf), "unit": "weight"}, "range must be two finite numbers"),
        ({"range": 0.5}, "range must be two finite numbers, the lower one first, got 0.5"),
        ({"range": (0.0, 1.5)}, "range must be a number from 0 to 1, got 1.5"),
        ({"range": (-0.5, 0.5)}, "range must be a number from 0 to 1, got -0.5"),
        ({"legal": (0.0, math.inf)}, "legal must be two finite numbers"),
        ({"legal": (1.0, 0.0)}, "legal must be two finite numbers, the lower one first, got (1.0, 0.0)"),
        ({"legal": (0.0, 0.3)}, "range must be a number from 0 to 0.3, got 0.5"),
        ({"off": -1.0}, "off must be a number from 0 to 1, got -1.0"),
        ({"unit": "shares"}, "unknown unit 'shares' (did you mean 'share'"),
        ({"unit": "share/weak"}, "unknown part 'weak' of unit 'share/weak' (did you mean 'week' or 'weeks'?)"),
        ({"unit": "umbrellas"}, "unknown unit 'umbrellas'; add_unit adds a new one"),
        ({"unit": ""}, "unknown unit ''"),
        ({"meaning": " "}, "meaning must be a few words, got ' '"),
        ({"source": ""}, "source must be a few words, got ''"),
        ({"choices": ("dry", "wet")}, "choices must have the type int, the range (0, 1) and names that differ"),
    ],
)
def test_a_faulty_parameter_is_refused_with_its_file_line_and_name(change: dict[str, Any], message: str) -> None:
    line = sys._getframe().f_lineno + 4
    with pytest.raises(DeclarationError) as caught:

        @parameters("weather")
        class Weather:
            """How the sky is."""

            rain: float = parameter(**{**FIT, **change})

    assert f"test_parameters.py:{line + 3}: parameter weather.rain: {message}" in str(caught.value)


def test_a_name_declared_twice_in_a_group_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"test_parameters\.py:\d+: parameter in weather: .* of the same name"):

        @parameters("weather")
        class Weather:
            """How the sky is."""

            rain: float = parameter(0.2, unit="share", range=(0.0, 0.5), meaning="part of a day that is wet")
            wind: float = parameter(0.2, unit="share", range=(0.0, 0.5), meaning="part of a day that is windy")
            rain: float = parameter(0.3, unit="share", range=(0.0, 0.5), meaning="the same")  # type: ignore[no-redef]  # noqa: F811  # that is the point


def test_a_declaration_without_a_type_and_a_type_without_a_declaration_are_refused() -> None:
    with pytest.raises(DeclarationError, match=r"weather\.rain: the type is missing, as in rain: float"):

        @parameters("weather")
        class Bare:
            rain = parameter(**FIT)  # type: ignore[arg-type]

    with pytest.raises(DeclarationError, match=r"weather\.rain: must be parameter\(\.\.\.\), got 0\.2"):

        @parameters("weather")
        class Plain:
            rain: float = 0.2

    with pytest.raises(DeclarationError, match="type of a parameter in weather: name 'flaot' is not defined"):

        @parameters("weather")
        class Misspelt:
            rain: "flaot" = parameter(**FIT)  # type: ignore[name-defined, arg-type]  # noqa: F821


@pytest.mark.parametrize(
    ("kind", "default", "message"),
    [(str, 0.2, "type must be float, int or bool, got str"), (int, 0.2, "default must be a whole number from 0 to 1, got 0.2"),
     (bool, 0.2, "default must be true or false, got 0.2")],
)  # fmt: skip
def test_a_type_that_no_parameter_has_or_that_does_not_fit_is_refused(kind: type, default: float, message: str) -> None:
    body = {"rain": parameter(**{**FIT, "default": default}), "__annotations__": {"rain": kind}}  # type: ignore[arg-type]
    with pytest.raises(DeclarationError, match=message):
        parameters("weather")(type("Weather", (), body))


@pytest.mark.parametrize("name", ["_rain", "lambda", "two words"])
def test_a_name_that_no_field_can_bear_is_refused(name: str) -> None:
    body = {name: parameter(**FIT), "__annotations__": {name: float}}  # type: ignore[arg-type]
    with pytest.raises(
        DeclarationError, match="name must be a Python identifier that does not start with an underscore"
    ):
        parameters("weather")(type("Weather", (), body))


def test_a_lever_is_no_size() -> None:
    with pytest.raises(DeclarationError, match=r"test_parameters\.py:\d+: a parameter is a lever or a size, not both"):
        parameter(0.2, unit="share", range=(0.0, 0.5), meaning="wet", lever=True, size=True)


def test_a_refused_group_leaves_nothing_behind_for_the_next() -> None:
    for _ in range(2):
        with pytest.raises(DeclarationError, match="default"):
            parameters("weather")(type("W", (), {"a": parameter(**{**FIT, "default": 2.0}), "__annotations__": {"a": float}}))  # type: ignore[arg-type]  # fmt: skip

    @parameters("weather")
    class Weather:
        """How the sky is."""

        rain: float = parameter(0.2, unit="share", range=(0.0, 0.5), meaning="part of a day that is wet")

    assert Weather().rain == 0.2


@pytest.mark.parametrize("name", ["", " ", "one/two"])
def test_a_unit_is_one_noun(name: str) -> None:
    with pytest.raises(DeclarationError, match="unit must be one noun"):
        add_unit(name)


def test_a_unit_that_is_added_is_known_alone_and_by_the_week() -> None:
    assert unit_fault("umbrellas") and unit_fault("umbrellas/week")
    try:
        add_unit("umbrellas")
        assert unit_fault("umbrellas") is None is unit_fault("umbrellas/week")
        assert unit_fault("umbrellas/week/person")
    finally:
        UNITS.discard("umbrellas")


@pytest.mark.parametrize("row", all_parameters().values(), ids=str)
def test_settings_begin_with_the_default_of_every_declaration(row: Parameter) -> None:
    assert row.check(row.shown) == row.shown
    assert getattr(getattr(default_settings(), row.group), row.name) == row.default


def test_a_meaning_stands_alone_without_the_row_before_it() -> None:
    """Pages and tables show a parameter by itself: a word that points back would point at nothing."""
    back = re.compile(
        r"^(the same|it|that|those|these|such)\b|\b(of|between|to) (that|these|each such|such|those(?! (who|that|coached)))\b"
    )
    assert not [key for key, row in all_parameters().items() if back.search(row.meaning)]


def test_every_group_is_documented_once() -> None:
    groups = [group.group for group in Settings()]  # type: ignore[attr-defined]
    assert groups == list(Settings._fields)
    assert all(type(group).__doc__ for group in Settings())


@pytest.mark.parametrize(
    ("key", "value"),
    [("programme.top_down_share", 1.1), ("programme.top_down_share", math.nan), ("programme.budget", -1), ("champions.count", 1.5),
     ("champions.count", True), ("programme.budget", "8000"), ("champions.selection", "nobody"), ("champions.selection", 1)],
)  # fmt: skip
def test_a_value_that_is_not_accepted_is_refused_with_what_would_be(key: str, value: object) -> None:
    with pytest.raises(InputError, match=key):
        replace_values(default_settings(), {key: value})


def test_changed_settings_keep_the_kinds_of_numbers() -> None:
    changed = replace_values(
        default_settings(), {"programme.budget": 8000, "champions.count": 3.0, "champions.selection": "at random"}
    )
    assert type(changed.programme.budget) is float
    assert type(changed.champions.count) is int
    assert changed.champions.selection == 0


def test_sizes_that_do_not_fit_together_are_named() -> None:
    assert check_sizes({}) == []
    wrong = {"organisation.staff": 2, "organisation.customers": 1}
    keys = [key for key, _ in check_sizes(wrong)]
    assert keys == ["organisation.departments", "organisation.segments"]


@parameters("weather")
class Weather:
    """How the sky is."""

    rain: float = parameter(0.2, unit="share", range=(0.0, 0.5), off=0.0, meaning="part of a day that is wet")
    storms: int = parameter(2, unit="successes/year", range=(0, 5), meaning="storms a year", source="Beaufort 1805")
    siren: bool = parameter(True, unit="on/off", range=(0, 1), meaning="whether a siren sounds", lever=True)
    sky: int = parameter(1, unit="", range=(0, 1), choices=("grey", "blue"), meaning="the colour", lever=True)
    flood: float = parameter(0.0, unit="points", range=(0.0, 3.0), meaning="water in this week", impulse=True)
    area: float = parameter(9.0, unit="points", range=(1.0, 99.0), meaning="how large", size=True)


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


def test_every_parameter_has_a_highest_legal_value_by_its_unit_or_its_choices() -> None:
    assert ROWS["rain"].legal == (0.0, 1.0)
    assert ROWS["sky"].legal == (0.0, 1.0)
    assert ROWS["flood"].legal == (0.0, HIGHEST_OTHERWISE)
    assert all(math.isfinite(row.legal[1]) for row in all_parameters().values())


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint16, np.float32, np.float64, np.longdouble])
def test_a_number_of_numpy_is_taken_like_pythons(kind: Callable[[int], object]) -> None:
    for name, value in (("rain", 1), ("storms", 3), ("flood", 2)):
        found = ROWS[name].check(kind(value))
        assert found == value and type(found) is ROWS[name].kind
    for wrong in (np.bool_(True), np.float64("nan"), np.float32("inf"), np.array([1.0]), np.str_("1")):
        with pytest.raises(InputError, match="must be"):
            ROWS["flood"].check(wrong)
    assert ROWS["siren"].check(np.bool_(False)) is False
    assert ROWS["sky"].check(np.str_("grey")) == "grey"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [("rain", 1, 1.0), ("storms", 3.0, 3), ("siren", False, False), ("sky", "grey", "grey"), ("flood", 2, 2.0)],
)
def test_a_legal_value_is_kept_in_the_declared_kind(name: str, value: object, kept: object) -> None:
    found = ROWS[name].check(value)
    assert found == kept and type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rain", 1.5, "a number from 0 to 1 (share)"),
        ("rain", "wet", "a number from 0 to 1"),
        ("rain", True, "a number"),
        ("storms", 1.5, "a whole number from 0 to 1e+06"),
        ("siren", 1, "true or false"),
        ("siren", "on", "true or false"),
        ("sky", 1, "one of 'grey', 'blue'"),
        ("sky", "gray", "did you mean 'grey'?"),
        ("flood", -1.0, "a number from 0 to 1e+06 (points)"),
        ("flood", None, "a number from 0 to 1e+06"),
    ],
)
def test_a_refusal_says_the_value_and_what_would_be_accepted(name: str, value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        ROWS[name].check(value)
    assert repr(value) in str(caught.value) and message in str(caught.value)


def test_a_choice_is_shown_by_name_and_read_by_place() -> None:
    assert ROWS["sky"].shown == "blue"
    assert ROWS["sky"].encode("grey") == 0 and ROWS["rain"].encode(0.5) == 0.5


@pytest.mark.parametrize(
    "ends", [(1.0, 1.0), (2.0, 1.0), (-1.7e308, 1.7e308), (float("-inf"), 1.0), (0.0, 1.0, 2.0), [0.0, 1.0]]
)
def test_a_range_is_two_finite_numbers_with_a_finite_distance_the_lower_one_first(ends: object) -> None:
    row = parameter(0.5, unit="share", range=ends, meaning="a share", source="assumed")  # type: ignore[arg-type]  # as planned
    with pytest.raises(DeclarationError, match="two finite numbers, the lower one first"):
        parameters("storm")(type("Storm", (), {"__annotations__": {"wind": float}, "wind": row, "__doc__": "A storm."}))
