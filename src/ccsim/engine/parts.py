"""How a kernel is compiled: its parts are translated, put together, and only then optimised, once.

numba compiles every function that a kernel calls to machine code of its own, with two ways to call it from outside, and
optimises what calls it on top of that. Of the more than two hundred rules and kernels of a week none needs this: only the
week is called. Here a function that is called by compiled code is translated to LLVM's language and left as it is, a
*part*. What Python calls links the parts, is optimised and becomes machine code.

These are inner parts of numba. Where it no longer has them, kernels are compiled in the usual way, with the same results.
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

#: What is called after each function that has been translated.
LISTENERS: list[Callable[[], None]] = []


class _Part(JITCodeLibrary):  # type: ignore[misc]  # numba has no types
    """The code of one function, not optimised, to be linked by what calls it."""

    def add_llvm_module(self, module: Any) -> None:
        """Link a module as it is."""
        module.data_layout = self._codegen._data_layout
        self._final_module.link_in(module)

    def add_linking_library(self, library: Any) -> None:
        """Keep a library that this one calls."""
        library._ensure_finalized()
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Let other modules drop what they have inlined."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "linkonce_odr"
        self._shared_module = self._final_module
        self._finalized = True


class _Whole(_Part):
    """The code of a function that Python calls, with all its parts."""

    def finalize(self) -> None:
        """Link all parts, each once, optimise, and make machine code."""
        self._linking_libraries = list(_closure(self))
        JITCodeLibrary.finalize(self)

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bytes]]:
        """Keep machine code, and of the code in LLVM's language only what is defined: what calls a kernel links its part."""
        self._ensure_finalized()
        names = [one.name for one in self._get_module_for_linking().functions if not one.is_declaration]
        defined = llvm.parse_assembly("\n".join(f'define void @"{name}"() {{ unreachable }}' for name in names))
        return self.name, "object", (self._get_compiled_object(), defined.as_bitcode())

    def _optimize_final_module(self) -> None:
        # Rules are simplified before they are folded into kernels: without it a week takes a fifth longer.
        self._optimize_functions(self._final_module)
        super()._optimize_final_module()


def _closure(library: Any) -> dict[Any, None]:
    """Return all libraries that one calls, directly or not, in the order in which they are met."""
    found: dict[Any, None] = {}
    waiting = list(library._linking_libraries)
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found[one] = None
            if isinstance(one, _Part):
                waiting += one._linking_libraries
    return found


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPart(NativeLowering):  # type: ignore[misc]  # numba has no types
    _name = "ccsim_lower_part"

    def run_pass(self, state: Any) -> bool:
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        state.library._ensure_finalized()
        # It is never called; numba identifies functions by such an object.
        named = _dynfunc.make_function(
            lowered.fndesc.lookup_module(), state.func_id.func_name, "", 0, lowered.env, (state.library,)
        )
        state.targetctx.insert_user_function(named, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=named)
        for listener in LISTENERS:
            listener()
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerWhole(NativeLowering):  # type: ignore[misc]  # numba has no types
    _name = "ccsim_lower_whole"

    def run_pass(self, state: Any) -> bool:
        state.library = _Whole(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@contextmanager
def _remembered_operators() -> Iterator[None]:
    """Let numba look up once which of its own functions takes which types: a week asks 11,000 times for 300 answers.

    For each ``a + b`` it otherwise tries all that ``+`` might mean, and words why each does not fit.
    """
    functions: Any = BaseFunction
    look_up = functions.get_call_type

    def known(self: Any, context: Any, arguments: Any, named: Any) -> Any:
        if named:
            return look_up(self, context, arguments, named)
        answers, key = self.__dict__.setdefault("_ccsim_answers", {}), (context, tuple(arguments))
        if key not in answers:
            answers[key] = look_up(self, context, arguments, named)
        return answers[key]

    functions.get_call_type = known
    try:
        yield
    finally:
        functions.get_call_type = look_up


class _Compiler(CompilerBase):  # type: ignore[misc]  # numba has no types
    lowering: Any = None

    def compile_extra(self, function: Any) -> Any:
        # What is kept while a kernel is compiled is kept to its end: to look for garbage in it takes a sixth of the time.
        # A part that is compiled meanwhile finds it so.
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


class _WholeCompiler(_Compiler):
    lowering = _LowerWhole


def compiled(function: Any, **options: Any) -> Any:
    """Return numba's form of a function, which Python and compiled code may call."""
    whole = numba.njit(function, pipeline_class=_WholeCompiler, no_cfunc_wrapper=True, **options)

    @cache
    def part() -> Any:
        """Return the form that is translated only; made when something is compiled, as on most starts nothing is."""
        return _part(function, options)

    def template(arguments: Any, named: Any) -> Any:
        """Return the type of a call; a constant is an argument like any other, so that each rule is translated once."""
        return part().get_call_template([types.unliteral(kind) for kind in arguments], named)  # type: ignore[attr-defined]  # numba has no types

    # What compiled code asks for when it calls the function.
    whole.get_call_template = template
    whole.get_overload = lambda signature: part().get_overload(signature)
    return whole


def _part(function: Any, options: dict[str, Any]) -> Any:
    return numba.njit(function, pipeline_class=_PartCompiler, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)


def translated(function: Any, kinds: tuple[Any, ...], **options: Any) -> tuple[str, list[str]]:
    """Return a function in LLVM's language, not optimised, with everything that it calls.

    Args:
        function: the source.
        kinds: numba's types of its arguments.
        options: numba's.

    Returns:
        Its name there, and the text of each module, its own first.
    """
    part = _part(function, options)
    part.compile(kinds)
    found = next(iter(part.overloads.values()))
    libraries = [found.library, *_closure(found.library)]
    return found.fndesc.llvm_func_name, [str(library._get_module_for_linking()) for library in libraries]
