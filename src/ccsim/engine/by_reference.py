"""Pass populations and parameters to compiled code as one address each, instead of every column and value.

numba passes a tuple as its parts and an array as seven numbers. A call with the market and a few groups of
parameters would have hundreds of arguments, and compiling such calls took most of the time in
which a week was compiled. Here each population and each group of parameters is the address of a *table* of 8-byte
entries: the values of parameters, or the addresses of columns followed by the number of rows. A table does not change
while a kernel runs, and its loads are marked as invariant (``invariant.load``), so a loop reads each entry only once.

This module is imported only if numba is in use.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

_WORD = ir.IntType(64)
_BYTE = ir.IntType(8)
_ADDRESS = _BYTE.as_pointer()

#: How an entry of a table is read from its Python object; see ``_filler``.
_FLOAT, _WHOLE, _COLUMN = 0, 1, 2

#: Where numpy stores the addresses of an array's data and of its shape (``PyArrayObject_fields``).
_DATA_AT, _SHAPE_AT = 16, 32


class ByReference(types.Type):
    """The type of a population or a group of parameters: its fields, each with its numba type and its position."""

    def __init__(self, title: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        """Store the fields.

        Args:
            title: a short name; with a hash of the fields it is part of the names of compiled functions.
            fields: name, type and position of each: the number of its entry, or the byte within a record.
        """
        self.fields = {name: (kind, place) for name, kind, place in fields}
        self.title = title
        text = repr([(name, str(kind), place) for name, kind, place in fields])
        super().__init__(name=f"{title}_{hashlib.sha256(text.encode()).hexdigest()[:8]}")


class Parameters(ByReference):
    """A named tuple of numbers."""


class Columns(ByReference):
    """A named tuple of arrays with one row per person; some may be fields of one record, see ``strides``."""

    def __init__(self, title: str, fields: tuple[tuple[str, Any, int], ...], strides: tuple[int, ...]) -> None:
        """Store the fields, and the bytes from one row of each to the next."""
        super().__init__(f"{title}{hashlib.sha256(repr(strides).encode()).hexdigest()[:8]}", fields)
        self.strides = strides


class Records(ByReference):
    """A record array with one record per person; its table holds the address of the first record and the number of rows."""

    def __init__(self, title: str, fields: tuple[tuple[str, Any, int], ...], size: int) -> None:
        """Store the fields and the size of a record in bytes."""
        super().__init__(f"{title}{size}", fields)
        self.size = size


class _Address(models.PrimitiveModel):  # type: ignore[misc]  # numba has no types
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _ADDRESS)


# ---- Which Python objects have these types


def take_parameters(cls: Any) -> None:
    """Let kernels take a class of parameters by reference."""
    kinds = {float: types.float64, int: types.int64, bool: types.boolean}
    by_reference = Parameters(
        cls.__name__, tuple((row.name, kinds[row.kind], place) for place, row in enumerate(cls.declared))
    )
    typeof_impl.register(cls)(lambda value, context: by_reference)


def take_columns(cls: Any) -> None:
    """Let kernels take a class of columns (a named tuple of arrays) by reference."""

    def type_of(value: Any, context: Any) -> Any:
        plain = all(type(column) is np.ndarray and column.ndim == 1 and column.flags.behaved for column in value)
        if not plain or len({len(column) for column in value}) > 1:
            return typeof_impl.dispatch(tuple)(value, context)
        fields = []
        for place, (name, column) in enumerate(zip(cls._fields, value, strict=True)):
            number = numpy_support.from_dtype(column.dtype)
            adjacent = column.strides[0] == column.itemsize
            fields.append((name, types.Array(number, 1, "C" if adjacent else "A"), place))
        return Columns(cls.__name__, tuple(fields), tuple(column.strides[0] for column in value))

    typeof_impl.register(cls)(type_of)


def _typeof_records(value: Any, context: Any) -> Any:
    kinds = value.dtype.fields
    if value.ndim != 1 or not value.flags.carray or kinds is None or any(kind[0].shape for kind in kinds.values()):
        return typeof_impl.dispatch(np.ndarray)(value, context)
    fields = tuple(
        (name, types.Array(numpy_support.from_dtype(kind[0]), 1, "A"), kind[1]) for name, kind in kinds.items()
    )
    return Records("Rows", fields, value.dtype.itemsize)


# ---- What kernels read


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc]  # numba has no types
    key = ByReference

    def generic_resolve(self, kind: Any, name: str) -> Any:
        return kind.fields[name][0] if name in kind.fields else None


def _load(builder: Any, table: Any, place: int, kind: Any) -> Any:
    """Load an entry of a table, which does not change while the kernel runs."""
    entries = builder.bitcast(table, kind.as_pointer())
    entry = builder.load(builder.gep(entries, [_WORD(place)]))
    entry.set_metadata("invariant.load", builder.module.add_metadata([]))
    return entry


def _value(context: Any, builder: Any, kind: Any, table: Any, name: str) -> Any:
    number, place = kind.fields[name]
    if number == types.float64:
        return _load(builder, table, place, ir.DoubleType())
    entry = _load(builder, table, place, _WORD)
    return entry if number == types.int64 else builder.icmp_signed("!=", entry, _WORD(0))


def _column(context: Any, builder: Any, kind: Any, table: Any, name: str) -> Any:
    array, place = kind.fields[name]
    data = _load(builder, table, place, _WORD)
    return _array(context, builder, array, data, _load(builder, table, len(kind.fields), _WORD), kind.strides[place])


def _field(context: Any, builder: Any, kind: Any, table: Any, name: str) -> Any:
    array, place = kind.fields[name]
    data = builder.add(_load(builder, table, 0, _WORD), _WORD(place))
    return _array(context, builder, array, data, _load(builder, table, 1, _WORD), kind.size)


def _array(context: Any, builder: Any, kind: Any, data: Any, rows: Any, stride: int) -> Any:
    """Return the array that begins at an address, without reference counting."""
    array = make_array(kind)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(data, array.data.type),
        shape=[rows],
        strides=[_WORD(stride)],
        itemsize=_WORD(context.get_abi_sizeof(context.get_data_type(kind.dtype))),
        meminfo=None,
    )
    return array._getvalue()


# ---- How Python's objects become tables


def _unbox_parameters(kind: Any, tuple_: Any, c: Any) -> Any:
    return _unboxed(c, tuple_, [_FLOAT if number == types.float64 else _WHOLE for number, _ in kind.fields.values()])


def _unbox_columns(kind: Any, tuple_: Any, c: Any) -> Any:
    return _unboxed(c, tuple_, [_COLUMN] * len(kind.fields), rows=True)


def _unbox_records(kind: Any, records: Any, c: Any) -> Any:
    table = cgutils.alloca_once(c.builder, ir.ArrayType(_WORD, 2))
    words = c.builder.bitcast(table, _WORD.as_pointer())
    c.builder.store(_read_column(c.builder, records, c.builder.gep(words, [_WORD(1)])), words)
    return NativeValue(_opaque(c, table))


def _unboxed(c: Any, tuple_: Any, kinds: list[int], rows: bool = False) -> Any:
    count = len(kinds)
    table = cgutils.alloca_once(c.builder, ir.ArrayType(_WORD, count + 1))
    bytes_ = cgutils.global_constant(
        c.builder, ".ccsim.kinds", ir.Constant(ir.ArrayType(_BYTE, count), bytearray(kinds))
    )
    address = c.builder.bitcast(table, _ADDRESS)
    c.builder.call(_filler(c), [tuple_, address, c.builder.bitcast(bytes_, _ADDRESS), _WORD(count)])
    failed = c.pyapi.c_api_error() if not rows else cgutils.false_bit
    return NativeValue(_opaque(c, table), is_error=failed)


def _opaque(c: Any, table: Any) -> Any:
    """Return a table's address in a way that the compiler cannot follow.

    Otherwise the compiler would see how the table is filled, and might move an invariant load before that.
    """
    kind = ir.FunctionType(_ADDRESS, [_ADDRESS])
    return c.builder.asm(kind, "", "=r,0,~{memory}", [c.builder.bitcast(table, _ADDRESS)], side_effect=True)


def _filler(c: Any) -> Any:
    """Return the function of a module that fills a table from a tuple: tuple, table, a byte for the kind of each, count."""
    module, name = c.builder.module, "ccsim.fill"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [_ADDRESS, _ADDRESS, _ADDRESS, _WORD]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    tuple_, table, kinds, count = function.args
    item_of = _python(builder, "PyTuple_GetItem", _ADDRESS, [_ADDRESS, _WORD])
    words = builder.bitcast(table, _WORD.as_pointer())
    with cgutils.for_range(builder, count, intp=_WORD) as loop:
        item = builder.call(item_of, [tuple_, loop.index])
        choice = builder.switch(builder.load(builder.gep(kinds, [loop.index])), builder.append_basic_block("other"))
        after = builder.append_basic_block("after")
        builder.position_at_end(choice.default)
        builder.branch(after)
        for value, read in ((_FLOAT, _read_float), (_WHOLE, _read_whole), (_COLUMN, _read_column)):
            block = builder.append_basic_block(f"kind{value}")
            choice.add_case(_BYTE(value), block)
            builder.position_at_end(block)
            builder.store(read(builder, item, builder.gep(words, [count])), builder.gep(words, [loop.index]))
            builder.branch(after)
        builder.position_at_end(after)
    builder.ret_void()
    return function


def _read_float(builder: Any, item: Any, rows: Any) -> Any:
    """Return the entry of a number: the double itself."""
    convert = _python(builder, "PyFloat_AsDouble", ir.DoubleType(), [_ADDRESS])
    return builder.bitcast(builder.call(convert, [item]), _WORD)


def _read_whole(builder: Any, item: Any, rows: Any) -> Any:
    """Return the entry of a whole number or a truth value."""
    return builder.call(_python(builder, "PyLong_AsLongLong", _WORD, [_ADDRESS]), [item])


def _read_column(builder: Any, item: Any, rows: Any) -> Any:
    """Return the entry of a column or record array (its address), and store its number of rows."""
    shape = builder.inttoptr(_word_at(builder, item, _SHAPE_AT), _WORD.as_pointer())
    builder.store(builder.load(shape), rows)
    return _word_at(builder, item, _DATA_AT)


def _python(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)


def _word_at(builder: Any, object_: Any, offset: int) -> Any:
    return builder.load(builder.bitcast(builder.gep(object_, [_WORD(offset)]), _WORD.as_pointer()))


typeof_impl.register(np.recarray)(_typeof_records)
for _kind, _get, _fill in (
    (Parameters, _value, _unbox_parameters),
    (Columns, _column, _unbox_columns),
    (Records, _field, _unbox_records),
):
    register_model(_kind)(_Address)
    lower_getattr_generic(_kind)(_get)
    unbox(_kind)(_fill)
