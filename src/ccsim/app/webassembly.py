"""Compile functions of the model for a browser: numba's LLVM text, adapted to wasm32, optimised, and combined into one module.

numba types and lowers each function as it does natively, but optimises nothing: structures are still accessed by field,
so that their sizes follow from the target. LLVM then optimises for wasm32. Floating point is not reordered, contracted or
made less exact in either step, which is why the bits are those of the native engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccsim.app.entry_points import EntryPoint, Slot, slots_of
from ccsim.app.object_file import link

TRIPLE = "wasm32-unknown-unknown"
LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
#: What every browser of the last years has: Chrome 91, Firefox 89, Safari 16.4.
FEATURES = "+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals"

#: What compiled code calls besides itself. Memory is handed out by moving a pointer, which the host puts back after
#: each call; nothing counts references. ``log10`` is reached on the way to a message only; ``exp2`` is asked for powers of
#: whole numbers, which are exact; an array is reshaped from one dimension to one; and the product of sizes of arrays
#: cannot overflow 64 bits in a memory of 32.
RUNTIME = """
@engine_heap = internal global i32 0
declare i32 @llvm.wasm.memory.size.i32(i32)
declare i32 @llvm.wasm.memory.grow.i32(i32, i32)
declare double @llvm.sqrt.f64(double)
declare double @llvm.ceil.f64(double)
declare double @llvm.floor.f64(double)
declare void @llvm.trap()

define void @set_heap(i32 %top) {
  store i32 %top, ptr @engine_heap
  ret void
}

define internal ptr @take(i32 %size, i32 %align) {
  %top = load i32, ptr @engine_heap
  %less = sub i32 %align, 1
  %up = add i32 %top, %less
  %not = xor i32 %less, -1
  %start = and i32 %up, %not
  %end = add i32 %start, %size
  store i32 %end, ptr @engine_heap
  %pages = call i32 @llvm.wasm.memory.size.i32(i32 0)
  %last = add i32 %end, 65535
  %needed = lshr i32 %last, 16
  %few = icmp ugt i32 %needed, %pages
  br i1 %few, label %grow, label %done
grow:
  %more = sub i32 %needed, %pages
  %old = call i32 @llvm.wasm.memory.grow.i32(i32 0, i32 %more)
  %failed = icmp eq i32 %old, -1
  br i1 %failed, label %none, label %done
none:
  call void @llvm.trap()
  unreachable
done:
  %address = inttoptr i32 %start to ptr
  ret ptr %address
}

define ptr @NRT_Allocate(i64 %size) {
  %n = trunc i64 %size to i32
  %address = call ptr @take(i32 %n, i32 16)
  ret ptr %address
}

define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %head = call ptr @take(i32 64, i32 16)
  %n = trunc i64 %size to i32
  %data = call ptr @take(i32 %n, i32 %align)
  store i64 1, ptr %head
  %place = getelementptr { i64, ptr, ptr, ptr, i64 }, ptr %head, i32 0, i32 3
  store ptr %data, ptr %place
  %room = getelementptr { i64, ptr, ptr, ptr, i64 }, ptr %head, i32 0, i32 4
  store i64 %size, ptr %room
  ret ptr %head
}

define ptr @NRT_MemInfo_alloc(i64 %size) {
  %address = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 16)
  ret ptr %address
}

define void @NRT_Free(ptr %x) { ret void }
define void @NRT_MemInfo_call_dtor(ptr %x) { ret void }
define void @NRT_incref(ptr %x) alwaysinline { ret void }
define void @NRT_decref(ptr %x) alwaysinline { ret void }

define double @sqrt(double %x) {
  %result = call double @llvm.sqrt.f64(double %x)
  ret double %result
}

define double @ceil(double %x) {
  %result = call double @llvm.ceil.f64(double %x)
  ret double %result
}

define double @floor(double %x) {
  %result = call double @llvm.floor.f64(double %x)
  ret double %result
}

define double @log10(double %x) noinline {
  call void @llvm.trap()
  unreachable
}

define double @exp2(double %x) noinline {
  %integer = fptosi double %x to i64
  %back = sitofp i64 %integer to double
  %odd = fcmp une double %back, %x
  %above = icmp sgt i64 %integer, 1023
  %below = icmp slt i64 %integer, -1022
  %far = or i1 %above, %below
  %no = or i1 %odd, %far
  br i1 %no, label %none, label %exact
none:
  call void @llvm.trap()
  unreachable
exact:
  %shifted = add i64 %integer, 1023
  %bits = shl i64 %shifted, 52
  %power = bitcast i64 %bits to double
  ret double %power
}

define i32 @numba_attempt_nocopy_reshape(i64 %nd, ptr %dims, ptr %strides, i64 %new, ptr %shape, ptr %out, i64 %size, i32 %order) {
  %both = or i64 %nd, %new
  %flat = icmp eq i64 %both, 1
  br i1 %flat, label %same, label %none
none:
  call void @llvm.trap()
  unreachable
same:
  %stride = load i64, ptr %strides
  store i64 %stride, ptr %out
  ret i32 1
}

define { i64, i1 } @product(i64 %a, i64 %b) alwaysinline {
  %c = mul i64 %a, %b
  %result = insertvalue { i64, i1 } { i64 poison, i1 false }, i64 %c, 0
  ret { i64, i1 } %result
}

define double @numba_frexp(double %x, ptr %power) {
  %bits = bitcast double %x to i64
  %scaled = fmul double %x, 0x4350000000000000
  %high = and i64 %bits, 9218868437227405312
  %tiny = icmp eq i64 %high, 0
  %normal = select i1 %tiny, double %scaled, double %x
  %shift = select i1 %tiny, i32 1076, i32 1022
  %zero = fcmp oeq double %x, 0.0
  %endless = icmp eq i64 %high, 9218868437227405312
  %plain = or i1 %zero, %endless
  %word = bitcast double %normal to i64
  %part = lshr i64 %word, 52
  %digits = trunc i64 %part to i32
  %exponent = and i32 %digits, 2047
  %moved = sub i32 %exponent, %shift
  %stored = select i1 %plain, i32 0, i32 %moved
  store i32 %stored, ptr %power
  %rest = and i64 %word, -9218868437227405313
  %half = or i64 %rest, 4602678819172646912
  %mantissa = bitcast i64 %half to double
  %result = select i1 %plain, double %x, double %mantissa
  ret double %result
}
"""

#: Functions of numba's text that are dropped: wrappers for Python, and what the runtime above defines.
_DROPPED = re.compile(r"^define .*@(_ZN7cpython|cfunc\.|NRT_(incref|decref)|__excinfo_unwrap)")
#: Functions of the runtime that LLVM calls itself, in place of its intrinsics.
_LIBRARY = {"log10", "exp2"}
#: How a slot is loaded, by the type that compiled code takes.
_KINDS = ("double", "i64", "i32", "i8", "ptr")


@dataclass(frozen=True)
class Engine:
    """A compiled engine.

    Attributes:
        module: the WebAssembly module.
        data_end: the first address after its data.
        slots: the slots of each function, by its name.
    """

    module: bytes
    data_end: int
    slots: dict[str, list[Slot]]


def compile_engine(entries: list[EntryPoint]) -> Engine:
    """Compile functions for a browser.

    Call it in a separate process, see :mod:`ccsim.app.build_engine`.

    Returns:
        The module with the end of its static data and the number of its table slots.

    Raises:
        LinkError: one of them needs something that a browser does not have.
    """
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", features=FEATURES, opt=3, reloc="static"
    )
    engine, slots = llvm.parse_assembly(_for_browser(RUNTIME)), {}
    linked: set[str] = set()
    for entry in entries:
        texts, slots[entry.name] = _lowered(entry)
        for text in texts:
            if text not in linked:
                linked.add(text)
                engine.link_in(llvm.parse_assembly(_for_browser(text)))
    engine.verify()
    exported = {"set_heap", *slots}
    for function in engine.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name in exported | _LIBRARY else "internal"
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization, options.slp_vectorization = True, False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(engine, builder)
    module, end = link(machine.emit_object(engine), exported)
    return Engine(module, end, slots)


def _lowered(entry: EntryPoint) -> tuple[list[str], list[Slot]]:
    """Return numba's modules of a function, with one more that takes its arguments from slots, and the slots."""
    import numba

    from ccsim.engine.parts import translated

    kinds = tuple(map(numba.typeof, entry.arguments.values()))
    name, texts = translated(getattr(entry.function, "py_func", entry.function), kinds, error_model="numpy")
    slots = [
        slot
        for (key, value), kind in zip(entry.arguments.items(), kinds, strict=True)
        for slot in slots_of(kind, "" if hasattr(value, "_fields") else key)
    ]
    texts[0] += _entry(entry.name, name, _parameters(texts[0], name), slots)
    return texts, slots


def _parameters(text: str, name: str) -> list[str]:
    """Return the types that a function of numba's text takes."""
    head = re.search(rf'^define [^@]*@"?{re.escape(name)}"?\((.*)\)', text, re.MULTILINE)
    assert head is not None, name
    return [part.split()[0] for part in _top_level(head.group(1))]


def _entry(entry: str, name: str, kinds: list[str], slots: list[Slot]) -> str:
    """Return the text of a function that takes the address of slots and calls another with what they hold."""
    assert len(kinds) == len(slots) + 2 and set(kinds) <= set(_KINDS), (entry, len(kinds), len(slots), set(kinds))
    lines = [f"define i32 @{entry}(ptr %slots) {{", "  %result = alloca i64", "  %raised = alloca ptr"]
    arguments = ["ptr %result", "ptr %raised"]
    for number, kind in enumerate(kinds[2:]):
        lines.append(f"  %p{number} = getelementptr i8, ptr %slots, i32 {8 * number}")
        lines.append(f"  %v{number} = load {kind}, ptr %p{number}")
        arguments.append(f"{kind} %v{number}")
    lines += [f'  %status = call i32 @"{name}"({", ".join(arguments)})', "  ret i32 %status", "}"]
    return "\n" + "\n".join(lines) + "\n"


def _top_level(text: str) -> list[str]:
    """Split parameters at the commas outside of brackets."""
    parts, depth, part = [], 0, ""
    for sign in text:
        depth += sign in "({[<"
        depth -= sign in ")}]>"
        if sign == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += sign
    return [*parts, part]


def _for_browser(text: str) -> str:
    """Return LLVM text for wasm32, without what serves Python only."""
    kept, inside = [], False
    for line in text.split("\n"):
        inside = inside or bool(_DROPPED.match(line))
        if not inside or text is RUNTIME:
            kept.append(line)
        if line == "}":
            inside = False
    text = "\n".join(kept)
    text = re.sub(r"^target (datalayout|triple) = .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"= common (local_unnamed_addr )?global", "= internal global", text)
    # Kept, also where nothing that is linked already calls it.
    text = text.replace("define linkonce_odr ", "define weak_odr ")
    text = re.sub(r'"target-(cpu|features)"="[^"]*"', "", text)
    # A message's arguments are unwrapped by Python only; as data, the name is no pointer to a function.
    unwrapped = sorted(set(re.findall(r"@(__excinfo_unwrap\w+)", text)))
    text = re.sub(r"^declare .*@__excinfo_unwrap.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(call .*)@llvm\.smul\.with\.overflow\.i64\(", r"\1@product(", text)
    head = [f'target datalayout = "{LAYOUT}"', f'target triple = "{TRIPLE}"']
    tail = [f"@{name} = internal global i8 0" for name in unwrapped]
    if "@product(" in text and "define { i64, i1 } @product" not in text:
        tail.append("declare { i64, i1 } @product(i64, i64)")
    for name in ("NRT_incref", "NRT_decref", "NRT_MemInfo_call_dtor"):
        if f"@{name}(" in text and not re.search(rf"^(declare|define) .*@{name}\(", text, re.MULTILINE):
            tail.append(f"declare void @{name}(ptr)")
    return "\n".join([*head, text, *tail])
