"""Messages of an Arrow stream, cut from bytes that come in pieces of any size.

The Arrow columnar format, "Encapsulated message format": a mark of four bytes 0xFF, the length
of the metadata, the metadata (a flatbuffer ``Message``), the body. Only the two lengths, the kind
and whether a body is compressed are read here; Apache Arrow reads the rest.
"""

import struct
from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from zones.errors import BulkError

_U16, _I32, _U32, _I64 = (Struct(code) for code in ("<H", "<i", "<I", "<q"))
_MARK: Final = b"\xff\xff\xff\xff"
LARGEST_MESSAGE: Final = 64 * 2**20
LARGEST_METADATA: Final = 8 * 2**20
SCHEMA, DICTIONARY, BATCH = 1, 2, 3
# Slots of the flatbuffer tables Message and RecordBatch (Message.fbs).
_KIND, _HEADER, _BODY_LENGTH, _COMPRESSION = 1, 2, 3, 3
_ID, _DATA, _IS_DELTA = 0, 1, 2


class Message(NamedTuple):
    """A message of a stream; ``dictionary`` and ``is_delta`` count for dictionaries alone."""

    kind: int
    content: bytes
    dictionary: int = 0
    is_delta: bool = False


class _Metadata(NamedTuple):
    kind: int
    body: int
    dictionary: int
    is_delta: bool


class ArrowFrames:
    """Gathers bytes and gives whole messages."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def add(self, piece: bytes) -> Iterator[Message]:
        """Take a piece and yield each message that is whole by now.

        Raises
        ------
        BulkError
            ``bulk-arrow-invalid``: no such stream, a compressed body, a message over 64 MB, of
            which metadata over 8 MB.
        """
        self._waiting += piece
        while len(self._waiting) >= 2 * _U32.size:
            if self._waiting[:4] != _MARK:
                raise invalid("no message where one should begin")
            length = _U32.unpack_from(self._waiting, 4)[0]
            if length == 0:
                return  # the end of the stream
            if length > LARGEST_METADATA:
                raise invalid("the description of a message is larger than 8 MB")
            if len(self._waiting) < 8 + length:
                return
            metadata = _read_metadata(self._copied(8, 8 + length))
            size = 8 + length + metadata.body
            if len(self._waiting) < size:
                return
            content = self._copied(0, size)
            del self._waiting[:size]
            yield Message(metadata.kind, content, metadata.dictionary, metadata.is_delta)

    def end(self) -> None:
        """Tell that nothing more comes; what is after the end of the stream does not count.

        Raises
        ------
        BulkError
            ``bulk-arrow-invalid``: the stream breaks off within a message.
        """
        if self._waiting and not self._waiting.startswith(_MARK + bytes(_U32.size)):
            raise invalid("the stream breaks off within a message")

    def _copied(self, begin: int, end: int) -> bytes:
        """Return some of what is waiting, copied once: a slice would be a copy by itself."""
        with memoryview(self._waiting) as whole:
            return bytes(whole[begin:end])


def invalid(reason: str) -> BulkError:
    """Return the fault of bytes that are no Arrow stream."""
    return BulkError("bulk-arrow-invalid", reason=reason)


def _read_metadata(metadata: bytes) -> _Metadata:
    """Return what a message says of itself that is needed here."""
    try:
        table = _U32.unpack_from(metadata, 0)[0]
        kind_at, length_at = (_slot(metadata, table, slot) for slot in (_KIND, _BODY_LENGTH))
        kind = metadata[kind_at] if kind_at else 0
        length = _I64.unpack_from(metadata, length_at)[0] if length_at else 0
        dictionary, is_delta = 0, False
        header = _referred(metadata, table, _HEADER) if kind in (DICTIONARY, BATCH) else 0
        if kind == DICTIONARY and header:
            id_at, delta_at = (_slot(metadata, header, slot) for slot in (_ID, _IS_DELTA))
            dictionary = _I64.unpack_from(metadata, id_at)[0] if id_at else 0
            is_delta = bool(delta_at and metadata[delta_at])
            header = _referred(metadata, header, _DATA)
        compressed = bool(header and _slot(metadata, header, _COMPRESSION))
    except (IndexError, ValueError, struct.error) as error:
        raise invalid("broken metadata") from error
    if compressed:
        raise invalid("compressed batches are not taken; write them without compression")
    if not 0 <= length <= LARGEST_MESSAGE:
        raise invalid("a message is larger than 64 MB")
    return _Metadata(kind, length, dictionary, is_delta)


def _referred(metadata: bytes, table: int, slot: int) -> int:
    """Return where the table stands that a field refers to, 0 if it is left out."""
    at = _slot(metadata, table, slot)
    return at + int(_U32.unpack_from(metadata, at)[0]) if at else 0


def _slot(metadata: bytes, table: int, slot: int) -> int:
    """Return where a field of a flatbuffer table stands, 0 if it is left out."""
    vtable = table - _I32.unpack_from(metadata, table)[0]
    if vtable < 0:
        raise ValueError(vtable)
    size = _U16.unpack_from(metadata, vtable)[0]
    entry = 4 + 2 * slot
    offset: int = _U16.unpack_from(metadata, vtable + entry)[0] if entry + 2 <= size else 0
    return table + offset if offset else 0
