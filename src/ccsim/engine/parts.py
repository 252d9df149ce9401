"""Compile kernels: their parts are translated and linked, and only the linked whole is optimised, once.

numba compiles every function that a kernel calls to separate machine code, with two wrappers for callers, and
optimises its callers again. The more than two hundred rules and kernels of a week do not need this, because only the
week is called. Here a function that compiled code calls is translated to LLVM code and left unoptimised, as a
*part*. A function that Python calls is linked with its parts, optimised and turned into machine code.

This uses internals of numba. If numba no longer has them, kernels are compiled in the usual way, with the same results.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import _dynfunc
from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering
from numba.core.types.functions import BaseFunction

#: Callbacks after each translated function.
LISTENERS: list[Callable[[], None]] = []


class _Part(JITCodeLibrary):  # type: ignore[misc]  # numba has no types
    """The unoptimised code of one function, to be linked by its callers."""

    def add_llvm_module(self, module: Any) -> None:
        """Link a module without changes."""
        module.data_layout = self._codegen._data_layout
        self._final_module.link_in(module)

    def add_linking_library(self, library: Any) -> None:
        """Store a library that this one calls."""
        library._ensure_finalized()
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Let other modules drop functions that they have inlined."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "linkonce_odr"
        self._shared_module = self._final_module
        self._finalized = True


class _Linked(_Part):
    """The code of a function that Python calls, with all its parts."""

    def finalize(self) -> None:
        """Link all parts once, optimise, and generate machine code."""
        self._linking_libraries = list(_closure(self))
        JITCodeLibrary.finalize(self)

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bytes]]:
        """Store machine code, and only the definitions of the LLVM code, because callers of a kernel link its part."""
        self._ensure_finalized()
        functions = self._get_module_for_linking().functions
        names = [function.name for function in functions if not function.is_declaration]
        defined = llvm.parse_assembly("\n".join(f'define void @"{name}"() {{ unreachable }}' for name in names))
        return self.name, "object", (self._get_compiled_object(), defined.as_bitcode())

    def _optimize_final_module(self) -> None:
        # Rules are simplified before they are inlined into kernels; otherwise a week takes a fifth longer.
        self._optimize_functions(self._final_module)
        super()._optimize_final_module()


def _closure(library: Any) -> dict[Any, None]:
    """Return all libraries that a library calls, directly or indirectly, in the order of discovery."""
    closure: dict[Any, None] = {}
    pending = list(library._linking_libraries)
    while pending:
        called = pending.pop(0)
        if called not in closure:
            closure[called] = None
            if isinstance(called, _Part):
                pending += called._linking_libraries
    return closure


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPart(NativeLowering):  # type: ignore[misc]  # numba has no types
    _name = "ccsim_lower_part"

    def run_pass(self, state: Any) -> bool:
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        state.library._ensure_finalized()
        # It is never called; numba identifies functions by this object.
        named = _dynfunc.make_function(
            lowered.fndesc.lookup_module(), state.func_id.func_name, "", 0, lowered.env, (state.library,)
        )
        state.targetctx.insert_user_function(named, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=named)
        for listener in LISTENERS:
            listener()
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerLinked(NativeLowering):  # type: ignore[misc]  # numba has no types
    _name = "ccsim_lower_linked"

    def run_pass(self, state: Any) -> bool:
        state.library = _Linked(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@contextmanager
def _remembered_operators() -> Iterator[None]:
    """Cache numba's lookup of functions by argument types: a week makes 11,000 lookups with 300 different results.

    Otherwise numba tries all implementations of ``+`` for each ``a + b``, and formats a message for each that does not fit.
    """
    functions: Any = BaseFunction
    look_up = functions.get_call_type

    def cached(self: Any, context: Any, arguments: Any, named: Any) -> Any:
        if named:
            return look_up(self, context, arguments, named)
        answers, key = self.__dict__.setdefault("_ccsim_answers", {}), (context, tuple(arguments))
        if key not in answers:
            answers[key] = look_up(self, context, arguments, named)
        return answers[key]

    functions.get_call_type = cached
    try:
        yield
    finally:
        functions.get_call_type = look_up


class _Compiler(CompilerBase):  # type: ignore[misc]  # numba has no types
    lowering: Any = None

    def compile_extra(self, function: Any) -> Any:
        # Objects made while a kernel is compiled live to its end, so garbage collection would only cost a sixth of the time.
        # A part that is compiled meanwhile finds it already disabled.
        collects = gc.isenabled()
        gc.disable()
        try:
            with _remembered_operators() if collects else nullcontext():
                return super().compile_extra(function)
        finally:
            if collects:
                gc.enable()

    def define_pipelines(self) -> list[Any]:
        pm = DefaultPassBuilder.define_nopython_pipeline(self.state)
        for number, (kind, text) in enumerate(pm.passes):
            if kind is NativeLowering:
                pm.passes[number] = (self.lowering, text)
        pm.finalize()
        return [pm]


class _PartCompiler(_Compiler):
    lowering = _LowerPart


class _LinkedCompiler(_Compiler):
    lowering = _LowerLinked


def compiled(function: Any, **options: Any) -> Any:
    """Return numba's dispatcher of a function, which Python and compiled code may call."""
    dispatcher = numba.njit(function, pipeline_class=_LinkedCompiler, no_cfunc_wrapper=True, **options)

    @cache
    def part() -> Any:
        """Return the form that is only translated. It is made on demand, because most starts compile nothing."""
        return _part(function, options)

    def template(arguments: Any, named: Any) -> Any:
        """Return the type of a call. Constants are treated like other arguments, so that each rule is translated once."""
        return part().get_call_template([types.unliteral(kind) for kind in arguments], named)  # type: ignore[attr-defined]  # numba has no types

    # Compiled code asks for this when it calls the function.
    dispatcher.get_call_template = template
    dispatcher.get_overload = lambda signature: part().get_overload(signature)
    return dispatcher


def _part(function: Any, options: dict[str, Any]) -> Any:
    return numba.njit(function, pipeline_class=_PartCompiler, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)


def translated(function: Any, kinds: tuple[Any, ...], **options: Any) -> tuple[str, list[str]]:
    """Return the unoptimised LLVM code of a function, with everything that it calls.

    Args:
        function: the source.
        kinds: numba's types of its arguments.
        options: options of numba.

    Returns:
        Its name in the LLVM code, and the text of each module, its own first.
    """
    part = _part(function, options)
    part.compile(kinds)
    version = next(iter(part.overloads.values()))
    libraries = [version.library, *_closure(version.library)]
    return version.fndesc.llvm_func_name, [str(library._get_module_for_linking()) for library in libraries]
