import sys

import numpy as np
import numpy.typing as npt
import pytest

from ccsim.engine.columns import FloatArray, IntArray, columns, declared_columns, fixed, flow, stock
from ccsim.errors import DeclarationError
from ccsim.model.populations import (
    CASE,
    LINE,
    MET,
    Cases,
    Customers,
    Departments,
    Firm,
    Leaders,
    Segments,
    Staff,
    empty,
    population,
)

KINDS = [Staff, Leaders, Customers, Cases, Departments, Segments, Firm]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_population_has_the_declared_starts_and_kinds(kind: type) -> None:
    rows, _ = empty(kind, 3)
    for column in kind.columns:  # type: ignore[attr-defined]
        values = np.asarray(getattr(rows, column.name))
        assert values.shape == (3,) and (values == column.start).all()
        assert np.issubdtype(values.dtype, np.integer if column.is_integer else np.floating), column.name


@pytest.mark.parametrize("kind", KINDS)
def test_the_block_of_flows_is_the_flows_themselves_and_nothing_else(kind: type) -> None:
    rows, block = empty(kind, 3)
    columns = kind.columns  # type: ignore[attr-defined]
    flows = [column.name for column in columns if column.kind == "flow"]
    assert block.size == 3 * len(flows)
    for column in columns:
        getattr(rows, column.name)[:] = 7
    block[...] = 0.0
    for column in columns:
        values = np.asarray(getattr(rows, column.name))
        assert (values == (0 if column.kind == "flow" else 7)).all(), column.name
    by_name = block if kind.storage == "columns" else block.T  # type: ignore[attr-defined]  # flows in one record aside
    for k, name in enumerate(flows):
        getattr(rows, name)[1] = k + 1
        assert (block == k + 1).sum() == 1, name
        assert by_name[k, 1] == k + 1 or name in MET, name


def test_where_rows_are_many_whole_numbers_take_no_more_bytes_than_they_need() -> None:
    for kind, sizes in ((Customers, {1, 4}), (Cases, {1, 4}), (Staff, {4}), (Departments, {8})):
        rows, _ = empty(kind, 1)
        columns = [column for column in kind.columns if column.is_integer]  # type: ignore[attr-defined]
        assert {np.asarray(getattr(rows, column.name)).itemsize for column in columns} == sizes


def test_each_population_says_what_it_is() -> None:
    assert all(kind.__doc__ for kind in KINDS)


def test_few_rows_are_records_and_many_are_columns() -> None:
    assert {kind.storage for kind in (Staff, Customers, Cases)} == {"columns"}  # type: ignore[attr-defined]
    assert {kind.storage for kind in (Leaders, Departments, Segments, Firm)} == {"records"}  # type: ignore[attr-defined]


def test_no_rows_are_a_population_too() -> None:
    for kind in KINDS:
        rows, block = empty(kind, 0)
        assert len(getattr(rows, kind.columns[0].name)) == 0 == block.size  # type: ignore[attr-defined]


def test_flows_stand_after_all_other_columns_wherever_they_are_declared() -> None:
    class Mixed:
        passing: FloatArray = flow("people", "people who pass")
        kept: IntArray = stock("people", "people who stay", "turnover")

    Mixed.__annotations__ = {"passing": npt.NDArray[np.float64], "kept": npt.NDArray[np.int64]}
    made = population("records")(Mixed)
    assert [column.name for column in made.columns] == ["kept", "passing"]  # type: ignore[attr-defined]


def test_what_a_contact_looks_at_of_a_case_lies_within_one_record() -> None:
    rows, _ = empty(Cases, 3)
    places = [getattr(rows, name).ctypes.data - rows.complexity.ctypes.data for name in CASE]
    assert all(0 <= place < LINE // 2 for place in places)
    assert {getattr(rows, name).strides for name in CASE} == {(LINE // 2,)}


def test_a_column_that_two_mechanisms_declare_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ccsim.model import populations

    class Firm:
        stage: FloatArray = stock("step", "step reached", "structure")

    Firm.__annotations__ = {"stage": npt.NDArray[np.float64]}
    with pytest.raises(DeclarationError, match=r"column firm\.stage: two mechanisms declare it"):
        populations.population("records")(Firm)


@pytest.mark.parametrize(
    ("kind", "line", "message"),
    [
        (FloatArray, 0.5, "must be fixed(...), stock(...) or flow(...), got 0.5"),
        (float, stock("share", "how it feels", "habit"), "type must be FloatArray, IntArray, Int8Array or UInt32Array, got float"),
        (FloatArray, stock("share", "how it feels"), "stock must have an owner: the mechanism that writes it"),
        (FloatArray, stock("share", "how it feels", "habbit"), "unknown owner 'habbit' (did you mean 'habit'?)"),
        (FloatArray, stock("shares", "how it feels", "habit"), "unknown unit 'shares' (did you mean 'share'"),
        (FloatArray, flow("", "how it feels"), "unknown unit ''"),
        (FloatArray, flow("share", " "), "meaning must be a few words, got ' '"),
        (IntArray, flow("people", "people who pass"), "type of a flow must be Floats"),
    ],
)  # fmt: skip
def test_a_faulty_column_is_refused_with_its_file_and_name(kind: object, line: object, message: str) -> None:
    wrong = type("Staff", (), {"mood": line, "__annotations__": {"mood": kind}})
    with pytest.raises(DeclarationError) as caught:
        declared_columns(wrong)
    assert f"column staff.mood: {message}" in str(caught.value)


@pytest.mark.parametrize("name", ["sum", "T", "_mood", "two words"])
def test_a_name_that_no_column_can_bear_is_refused(name: str) -> None:
    wrong = type("Staff", (), {name: flow("share", "how it feels"), "__annotations__": {name: FloatArray}})
    with pytest.raises(DeclarationError, match=f"column staff.{name}: name must"):
        declared_columns(wrong)


def test_the_line_of_a_faulty_column_is_named() -> None:
    line = sys._getframe().f_lineno + 4
    with pytest.raises(DeclarationError, match=rf"test_populations\.py:{line}: column staff\.mood: unknown owner"):

        class Staff:
            mood: FloatArray = stock("share", "how it feels", "habbit")

        declared_columns(Staff)


def test_a_column_declared_twice_in_a_class_is_refused() -> None:
    with pytest.raises(DeclarationError, match="column in staff: a later line of the same name replaces this line"):

        class Staff:
            mood: FloatArray = stock("share", "how it feels", "habit")
            mood: FloatArray = flow("share", "how it feels")  # type: ignore[no-redef]  # noqa: F811  # that is the point

        declared_columns(Staff)


def test_an_unknown_population_is_refused() -> None:
    with pytest.raises(
        DeclarationError, match=r"test_populations\.py:\d+: unknown population 'employees' \(known: cases"
    ):
        columns("employees")


def test_a_column_knows_its_owners_and_what_it_is_for() -> None:
    class Small:
        home: IntArray = fixed("row", "where it lives")
        mood: FloatArray = stock("share", "how it feels", "habit", "skills")
        meals: FloatArray = flow("hours", "what it ate")

    Small.__annotations__ = {"home": IntArray, "mood": FloatArray, "meals": FloatArray}
    made = population("columns")(Small)
    home, mood, meals = made.columns  # type: ignore[attr-defined]
    assert (home.name, home.kind, home.is_integer, home.owners) == ("home", "fixed", True, ())
    assert (mood.name, mood.kind, mood.is_integer, mood.owners) == ("mood", "stock", False, ("habit", "skills"))
    assert (meals.kind, meals.unit) == ("flow", "hours")


def test_the_declaring_mechanism_owns_its_stocks_first() -> None:
    class Small:
        mood: FloatArray = stock("share", "how it feels", "habit")

    Small.__annotations__, Small.__module__ = {"mood": npt.NDArray[np.float64]}, "ccsim.mechanisms.staff.mood"
    (mood,) = columns("staff")(Small).columns  # type: ignore[attr-defined]
    assert mood.owners == ("mood", "habit")
