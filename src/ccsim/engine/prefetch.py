"""Ask the processor for what a loop will read soon.

A loop over rows that lie apart waits for memory at each of them, unless it says ahead which comes next. Nothing that is
computed depends on it.
"""

from __future__ import annotations

from typing import Any

from ccsim.engine.jit import AHEAD, PLAIN

#: How many people ahead a pass over the staff asks for memory.
PEOPLE_AHEAD = 8

#: How many rows of the market ahead a pass over it asks for memory, and how many values a line of memory holds.
CUSTOMERS_AHEAD, A_LINE = 64, 8


def prefetch(column: Any, row: Any) -> None:
    """Have the line of memory that holds a value brought near.

    Args:
        column: a column.
        row: number of the row; one that does not exist is not looked at.
    """


def _compiled() -> None:
    """Let kernels call :func:`prefetch`."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.core.typing.templates import AbstractTemplate, infer_global, signature
    from numba.extending import lower_builtin
    from numba.np.arrayobj import make_array

    byte, word, flag = ir.IntType(8).as_pointer(), ir.IntType(64), ir.IntType(32)

    @infer_global(prefetch)
    class _Template(AbstractTemplate):  # type: ignore[misc]  # numba has no types
        def generic(self, arguments: Any, keywords: Any) -> Any:
            return signature(types.none, arguments[0], types.intp)

    @lower_builtin(prefetch, types.Array, types.intp)  # type: ignore[untyped-decorator]  # numba has no types
    def lower(context: Any, builder: Any, kind: Any, arguments: Any) -> Any:
        if not AHEAD:  # WebAssembly has no such instruction
            column, row = arguments
            array = make_array(kind.args[0])(context, builder, column)
            (stride,) = cgutils.unpack_tuple(builder, array.strides, 1)
            address = builder.add(builder.ptrtoint(array.data, word), builder.mul(row, stride))
            function = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag]), "llvm.prefetch.p0i8"
            )
            # To read, to be kept in every cache, data.
            builder.call(function, [builder.inttoptr(address, byte), flag(0), flag(3), flag(1)])
        return context.get_dummy_value()


if not PLAIN:
    _compiled()
