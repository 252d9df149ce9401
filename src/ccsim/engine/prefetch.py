"""Prefetch memory that a loop will read soon.

A loop over rows that are far apart waits for memory at each row, unless it prefetches the next ones. Prefetching
does not change any result.
"""

from __future__ import annotations

from typing import Any

from ccsim.engine.jit import AHEAD, PLAIN

#: How many people ahead a loop over the staff prefetches.
PEOPLE_AHEAD = 8

#: How many rows ahead a loop over the market prefetches, and how many values a cache line holds.
CUSTOMERS_AHEAD, A_LINE = 64, 8


def prefetch(column: Any, row: Any) -> None:
    """Prefetch the cache line that holds a value.

    Args:
        column: a column.
        row: number of the row; a row that does not exist is ignored.
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
            # Arguments of the intrinsic: read, keep in all caches, data.
            builder.call(function, [builder.inttoptr(address, byte), flag(0), flag(3), flag(1)])
        return context.get_dummy_value()


if not PLAIN:
    _compiled()
