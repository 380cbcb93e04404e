"""Messages of an Arrow stream, cut from bytes that come in pieces of any size.

The Arrow columnar format, "Encapsulated message format": a mark of four bytes 0xFF, the length
of the metadata, the metadata (a flatbuffer ``Message``), the body. Only the two lengths, the kind
and whether a body is compressed are read here; Apache Arrow reads the rest.
"""

import struct
from collections.abc import Iterator
from struct import Struct
from typing import Final

from zones.errors import BulkError

_U16, _I32, _U32, _I64 = (Struct(code) for code in ("<H", "<i", "<I", "<q"))
_MARK: Final = b"\xff\xff\xff\xff"
LARGEST_MESSAGE: Final = 64 * 2**20
SCHEMA, DICTIONARY, BATCH = 1, 2, 3
# Slots of the flatbuffer tables Message and RecordBatch (Message.fbs).
_KIND, _HEADER, _BODY_LENGTH, _COMPRESSION, _DATA = 1, 2, 3, 3, 1


class ArrowFrames:
    """Gathers bytes and gives whole messages."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def add(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        """Take a piece and yield the kind and the bytes of each message that is whole by now.

        Raises
        ------
        BulkError
            ``bulk-arrow-invalid``: no such stream, a compressed body, a message over 64 MB.
        """
        self._waiting += piece
        while len(self._waiting) >= 2 * _U32.size:
            if self._waiting[:4] != _MARK:
                raise invalid("no message where one should begin")
            length = _U32.unpack_from(self._waiting, 4)[0]
            if length == 0:
                return  # the end of the stream
            if length > LARGEST_MESSAGE:
                raise invalid("a message is larger than 64 MB")
            if len(self._waiting) < 8 + length:
                return
            kind, body = _read_metadata(bytes(self._waiting[8 : 8 + length]))
            size = 8 + length + body
            if len(self._waiting) < size:
                return
            message = bytes(self._waiting[:size])
            del self._waiting[:size]
            yield kind, message


def invalid(reason: str) -> BulkError:
    """Return the fault of bytes that are no Arrow stream."""
    return BulkError("bulk-arrow-invalid", reason=reason)


def _read_metadata(metadata: bytes) -> tuple[int, int]:
    """Return the kind of a message and the length of its body."""
    try:
        table = _U32.unpack_from(metadata, 0)[0]
        kind_at, length_at = (_slot(metadata, table, slot) for slot in (_KIND, _BODY_LENGTH))
        kind = metadata[kind_at] if kind_at else 0
        length = _I64.unpack_from(metadata, length_at)[0] if length_at else 0
        compressed = _is_compressed(metadata, table, kind)
    except (IndexError, ValueError, struct.error) as error:
        raise invalid("broken metadata") from error
    if compressed:
        raise invalid("compressed batches are not taken; write them without compression")
    if not 0 <= length <= LARGEST_MESSAGE:
        raise invalid("a message is larger than 64 MB")
    return kind, length


def _is_compressed(metadata: bytes, table: int, kind: int) -> bool:
    at = _slot(metadata, table, _HEADER)
    if kind not in (DICTIONARY, BATCH) or not at:
        return False
    header = at + _U32.unpack_from(metadata, at)[0]
    if kind == DICTIONARY:
        data = _slot(metadata, header, _DATA)
        if not data:
            return False
        header = data + _U32.unpack_from(metadata, data)[0]
    return bool(_slot(metadata, header, _COMPRESSION))


def _slot(metadata: bytes, table: int, slot: int) -> int:
    """Return where a field of a flatbuffer table stands, 0 if it is left out."""
    vtable = table - _I32.unpack_from(metadata, table)[0]
    if vtable < 0:
        raise ValueError(vtable)
    size = _U16.unpack_from(metadata, vtable)[0]
    entry = 4 + 2 * slot
    offset: int = _U16.unpack_from(metadata, vtable + entry)[0] if entry + 2 <= size else 0
    return table + offset if offset else 0
