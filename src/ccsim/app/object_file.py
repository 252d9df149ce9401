"""Turn the object file that LLVM writes for wasm32 into a module that a browser can load.

One object file needs little of a linker: its functions already call each other by number, so that what is left is to
place its data in memory, to add that place to every address, and to name what the host calls. Memory and the pointer to
the top of the stack come from the host, as imports. The form of the file is described in WebAssembly's tool conventions
(Linking.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ccsim.errors import CcsimError

#: Start address of data, above 0 so that no address of data is 0.
DATA_START = 1024

_CUSTOM, _IMPORT, _EXPORT, _CODE, _DATA = 0, 2, 7, 10, 11
_UNDEFINED, _EXPLICIT_NAME = 0x10, 0x40
_FUNCTION, _MEMORY, _GLOBAL = 0, 2, 3
#: Relocations by type: how the number is written ("leb", "sleb" or "i32"), and whether it is an address of data.
_RELOCATIONS = {
    0: ("leb", False),
    3: ("leb", True),
    4: ("sleb", True),
    5: ("i32", True),
    6: ("leb", False),
    7: ("leb", False),
}


class LinkError(CcsimError):
    """The object file needs something that a module for the browser cannot have."""


@dataclass
class _Reader:
    data: bytes
    offset: int = 0

    def number(self) -> int:
        value, self.offset = _leb(self.data, self.offset)
        return value

    def take(self, size: int) -> bytes:
        start, self.offset = self.offset, self.offset + size
        return self.data[start : self.offset]

    def name(self) -> str:
        return self.take(self.number()).decode()


def _leb(data: bytes | bytearray, offset: int) -> tuple[int, int]:
    """Read an unsigned LEB128 number; return it and the position after it."""
    value = shift = 0
    while True:
        byte = data[offset]
        value |= (byte & 0x7F) << shift
        offset, shift = offset + 1, shift + 7
        if byte < 0x80:
            return value, offset


def _written(value: int) -> bytes:
    """Return an unsigned number in LEB128."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | 0x80 if value else byte)
        if not value:
            return bytes(out)


def _padded(value: int) -> bytes:
    """Return a number in LEB128 of five bytes, with or without a sign."""
    return bytes([value >> 7 * k & 0x7F | (0x80 if k < 4 else 0) for k in range(5)])


def _named(name: str) -> bytes:
    return _written(len(name.encode())) + name.encode()


def link(obj: bytes, exports: Iterable[str]) -> tuple[bytes, int]:
    """Return the module and the address after its data.

    Args:
        obj: the object file.
        exports: functions that the host calls.

    Raises:
        LinkError: it calls an undefined function, or contains something that needs a real linker.
    """
    sections = list(_sections(obj))
    places = {kind: number for number, (kind, _) in enumerate(sections) if kind}
    custom = {}
    for kind, content in sections:
        if kind == _CUSTOM:
            reader = _Reader(content)
            custom[reader.name()] = reader
    _check_imports(sections[places[_IMPORT]][1])
    functions = _functions(custom["linking"])
    missing = sorted(set(exports) - set(functions))
    if missing:
        raise LinkError(f"the object file lacks {', '.join(missing)}")
    bodies = {number: bytearray(content) for number, (kind, content) in enumerate(sections)}
    for name, reader in custom.items():
        if name.startswith("reloc."):
            target = reader.number()
            if sections[target][0] in (_CODE, _DATA):
                _relocate(bodies[target], reader)
    end = DATA_START
    if _DATA in places:
        bodies[places[_DATA]], end = _placed(bytes(bodies[places[_DATA]]))
    rows = [_named(name) + bytes([_FUNCTION]) + _written(functions[name]) for name in sorted(exports)]
    exported = _written(len(rows)) + b"".join(rows)
    out = bytearray(b"\0asm\1\0\0\0")
    done = False
    for number, (kind, _) in enumerate(sections):
        if kind == _CUSTOM or kind == _EXPORT:
            continue
        if not done and kind > _EXPORT:
            out += bytes([_EXPORT]) + _written(len(exported)) + exported
            done = True
        out += bytes([kind]) + _written(len(bodies[number])) + bodies[number]
    return bytes(out), end


def _sections(obj: bytes) -> Iterator[tuple[int, bytes]]:
    if obj[:8] != b"\0asm\1\0\0\0":
        raise LinkError("LLVM wrote no WebAssembly object file")
    reader = _Reader(obj, 8)
    while reader.offset < len(obj):
        kind = reader.take(1)[0]
        yield kind, reader.take(reader.number())


def _check_imports(content: bytes) -> None:
    """Raise an error for imports other than memory and the stack pointer."""
    reader = _Reader(content)
    unknown = []
    for _ in range(reader.number()):
        module, name, kind = reader.name(), reader.name(), reader.take(1)[0]
        if kind == _FUNCTION:
            reader.number()
        elif kind == _MEMORY:
            flags, _ = reader.number(), reader.number()
            if flags & 1:
                reader.number()
        elif kind == _GLOBAL:
            reader.take(2)
        else:
            unknown.append(f"{module}.{name}")
            break
        if kind == _FUNCTION or (kind == _GLOBAL and name != "__stack_pointer"):
            unknown.append(name)
    if unknown:
        raise LinkError(
            f"the engine uses functions that a browser does not have: {', '.join(name[:60] for name in unknown)}"
        )


def _functions(reader: _Reader) -> dict[str, int]:
    """Return the functions that the symbol table defines, by name."""
    reader.number()  # version
    functions = {}
    while reader.offset < len(reader.data):
        kind = reader.take(1)[0]
        part = _Reader(reader.take(reader.number()))
        if kind != 8:
            continue
        for _ in range(part.number()):
            symbol, flags = part.take(1)[0], part.number()
            if symbol == 1:  # data
                part.name()
                if not flags & _UNDEFINED:
                    part.number(), part.number(), part.number()
            elif symbol == 3:  # a section
                part.number()
            else:
                number = part.number()
                if not flags & _UNDEFINED or flags & _EXPLICIT_NAME:
                    name = part.name()
                    if symbol == 0 and not flags & _UNDEFINED:
                        functions[name] = number
    return functions


def _relocate(body: bytearray, reader: _Reader) -> None:
    """Add the place of data to every address of data; the numbers of functions, types and globals stand already."""
    for _ in range(reader.number()):
        kind, offset, _ = reader.take(1)[0], reader.number(), reader.number()
        if kind not in _RELOCATIONS:
            raise LinkError(f"the object file has a relocation of type {kind}, such as a pointer to a function")
        form, address = _RELOCATIONS[kind]
        if not address:
            continue
        while reader.take(1)[0] >= 0x80:  # what is added to the symbol's address is in the body already
            pass
        if form == "i32":
            value = int.from_bytes(body[offset : offset + 4], "little") + DATA_START
            body[offset : offset + 4] = value.to_bytes(4, "little")
            continue
        value, _ = _leb(body, offset)  # five bytes, whatever the value
        body[offset : offset + 5] = _padded(value + DATA_START)


def _placed(content: bytes) -> tuple[bytearray, int]:
    """Return the data section with every segment in its place, and the address after the last one."""
    reader = _Reader(content)
    count = reader.number()
    out, end = bytearray(_written(count)), DATA_START
    for _ in range(count):
        flags = reader.number()
        if flags != 0 or reader.take(1)[0] != 0x41:  # i32.const
            raise LinkError("the object file has a data segment of an unknown form")
        start = reader.number() + DATA_START
        if reader.take(1)[0] != 0x0B:
            raise LinkError("the object file has a data segment of an unknown form")
        data = reader.take(reader.number())
        out += bytes([0, 0x41]) + _padded(start) + bytes([0x0B]) + _written(len(data)) + data
        end = max(end, start + len(data))
    return out, end


def with_custom_section(module: bytes, name: str, content: bytes) -> bytes:
    """Return a module with a custom section at its end.

    Args:
        module: a WebAssembly module.
        name: name of the section.
        content: content of the section.
    """
    section = _named(name) + content
    return module + bytes([_CUSTOM]) + _written(len(section)) + section


def custom_section(module: bytes, name: str) -> bytes | None:
    """Return a custom section of a module, None if it has none of that name."""
    if module[:8] != b"\0asm\1\0\0\0":
        return None
    for kind, content in _sections(module):
        reader = _Reader(content)
        if kind == _CUSTOM and reader.name() == name:
            return content[reader.offset :]
    return None
