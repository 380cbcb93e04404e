"""Thrift's compact protocol, as far as the table of contents of a Parquet file needs it.

A struct is read as its fields by number, each with its type, and written as it was read: what a
later edition of the format adds is carried along. (Apache Thrift, thrift-compact-protocol.md.)
"""

from typing import Any, Final

Struct = dict[int, tuple[int, Any]]
"""Fields by number: type and value. Lists are pairs of their elements' type and the elements."""

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
_INTEGERS: Final = frozenset({I16, I32, I64})
_LONG: Final = 0x0F
"""In the place of a list's count: it follows."""
_DEEPEST: Final = 32


class ThriftError(ValueError):
    """The bytes are no struct of the compact protocol."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        if self._at >= len(self._data):
            raise ThriftError("it ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ThriftError("it ends too early")
        self._at += count
        return taken

    def varint(self) -> int:
        value = shift = 0
        while (byte := self.byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def integer(self) -> int:
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def struct(self, depth: int = 0) -> Struct:
        if depth > _DEEPEST:
            raise ThriftError("it is nested too deeply")
        fields: Struct = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.integer()
            kind = head & 0x0F
            value = kind == TRUE if kind in {TRUE, FALSE} else self.value(kind, depth)
            fields[number] = kind, value
        return fields

    def value(self, kind: int, depth: int) -> Any:
        if kind in _INTEGERS:
            return self.integer()
        if kind == BINARY:
            return self.take(self.varint())
        if kind == STRUCT:
            return self.struct(depth + 1)
        if kind in {LIST, SET}:
            return self.list(depth)
        if kind in {TRUE, FALSE, BYTE}:  # of lists: a byte each
            return self.byte()
        if kind == DOUBLE:
            return self.take(8)
        raise ThriftError(f"no field of Parquet has the type {kind}")

    def list(self, depth: int) -> tuple[int, list[Any]]:
        head = self.byte()
        count = head >> 4 if head >> 4 < _LONG else self.varint()
        if count > len(self._data):
            raise ThriftError("a list is longer than all")
        return head & 0x0F, [self.value(head & 0x0F, depth + 1) for _ in range(count)]


def read_struct(data: bytes) -> Struct:
    """Return the struct that bytes begin with.

    Raises
    ------
    ThriftError
    """
    return _Reader(data).struct()


def write_struct(fields: Struct) -> bytes:
    """Return the bytes of a struct."""
    written = bytearray()
    last = 0
    for number, (kind, value) in fields.items():
        step = number - last
        if 0 < step <= _LONG:
            written.append(step << 4 | kind)
        else:
            written += bytes([kind]) + _integer(number)
        last = number
        if kind not in {TRUE, FALSE}:
            written += _value(kind, value)
    return bytes(written) + b"\0"


def _value(kind: int, value: Any) -> bytes:
    if kind in _INTEGERS:
        return _integer(value)
    if kind == BINARY:
        return _varint(len(value)) + bytes(value)
    if kind == STRUCT:
        return write_struct(value)
    if kind in {LIST, SET}:
        of, values = value
        count = len(values)
        head = bytes([min(count, _LONG) << 4 | of]) + (_varint(count) if count >= _LONG else b"")
        return head + b"".join([_value(of, each) for each in values])
    written: bytes = value if kind == DOUBLE else bytes([value])
    return written


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _integer(value: int) -> bytes:
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)
