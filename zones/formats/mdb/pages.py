"""Pages of a database of Access 2000 or later (Jet 4, ACE) and the rows in them.

A page has 4,096 bytes. One of data (type 1) lists where its rows begin, from its end backwards.
Numbers are little-endian; a pointer to a row is the row's number in one byte and the page in three.
"""

import mmap
from collections.abc import Iterator
from typing import BinaryIO, Final

from zones.errors import SourceError

PAGE_BYTES: Final = 4096
MARKS: Final = (b"\0\1\0\0Standard Jet DB\0", b"\0\1\0\0Standard ACE DB\0")
DATA, DEFINITION, _MAP = 1, 2, 5
_VERSION_AT, _JET_3 = 0x14, 0
_OWNER_AT, _ROW_COUNT_AT, _ROW_STARTS_AT = 4, 12, 14
_DELETED, _ELSEWHERE, _START = 0x8000, 0x4000, 0x1FFF
_MOST_STEPS = 16
_INLINE, _ONE_ROW, _LENGTH = 0x80000000, 0x40000000, 0x3FFFFFFF
_LONG_HEAD = 12
_POINTER = 4


def number(content: bytes, at: int, size: int) -> int:
    """Return an unsigned number.

    Raises
    ------
    SourceError
        ``mdb-damaged`` if the content ends before it.
    """
    if not 0 <= at <= len(content) - size:
        raise damaged()
    return int.from_bytes(content[at : at + size], "little")


def damaged() -> SourceError:
    """Return the fault of a file that contradicts itself."""
    return SourceError("mdb-damaged")


class Pages:
    """The pages of a file, which must stay open.

    Raises
    ------
    SourceError
        ``mdb-not-one``; ``mdb-jet3`` for Access 97 and older.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if not self._file[: len(MARKS[0])].startswith(MARKS):
            raise SourceError("mdb-not-one")
        if self._file[_VERSION_AT : _VERSION_AT + 1] == bytes([_JET_3]):
            raise SourceError("mdb-jet3")
        self.count = len(self._file) // PAGE_BYTES

    def page(self, at: int, kind: int) -> bytes:
        """Return a page, which must be of this kind."""
        if not 0 < at < self.count:
            raise damaged()
        content = self._file[at * PAGE_BYTES : (at + 1) * PAGE_BYTES]
        if content[0] != kind:
            raise damaged()
        return content

    def definition(self, at: int) -> bytes:
        """Return the definition of a table, which may go on in further pages."""
        content, visited = self.page(at, DEFINITION), {at}
        after = number(content, 4, 4)
        while after:
            if after in visited:
                raise damaged()
            visited.add(after)
            page = self.page(after, DEFINITION)
            content, after = content + page[8:], number(page, 4, 4)
        return content

    def rows(self, at: int, owner: int) -> Iterator[bytes]:
        """Yield the rows of a page of data, without those deleted; none of another table's."""
        page = self.page(at, DATA)
        if number(page, _OWNER_AT, 4) != owner:
            return
        for index in range(number(page, _ROW_COUNT_AT, 2)):
            flags, content = _row(page, index)
            if flags & _DELETED:
                continue
            yield self.row(number(content, 0, 4)) if flags & _ELSEWHERE else content

    def row(self, pointer: int) -> bytes:
        """Return the row that a pointer leads to, by way of others where it was moved."""
        for _ in range(_MOST_STEPS):
            flags, content = _row(self.page(pointer >> 8, DATA), pointer & 0xFF)
            if not flags & _ELSEWHERE:
                return content
            pointer = number(content, 0, 4)
        raise damaged()

    def owned(self, pointer: int) -> Iterator[int]:
        """Yield the numbers of the pages that a usage map names.

        It is a first page with a bit for each that follows, or a list of pages of bits.
        """
        found = self.row(pointer)
        if number(found, 0, 1) == 0:
            yield from self._bits(found[5:], number(found, 1, 4))
            return
        bits = (PAGE_BYTES - 4) * 8
        for index, at in enumerate(range(1, len(found) - 3, 4)):
            if page := number(found, at, 4):
                yield from self._bits(self.page(page, _MAP)[4:], index * bits)

    def _bits(self, content: bytes, first: int) -> Iterator[int]:
        for index, byte in enumerate(content):
            for bit in range(8) if byte else ():
                page = first + 8 * index + bit
                if byte >> bit & 1 and page < self.count:
                    yield page

    def long_value(self, cell: bytes) -> bytes:
        """Return a memo or an OLE object: in its cell, in another row, or in a chain of rows."""
        length, pointer = number(cell, 0, 4), number(cell, 4, 4)
        size = length & _LENGTH
        if length & _INLINE:
            content = cell[_LONG_HEAD:]
        elif length & _ONE_ROW:
            content = self.row(pointer)
        else:
            content = b"".join(self._chain(pointer, size))
        if len(content) < size:
            raise damaged()
        return content[:size]

    def _chain(self, pointer: int, size: int) -> Iterator[bytes]:
        while pointer and size > 0:
            row = self.row(pointer)
            if len(row) <= _POINTER:
                raise damaged()
            yield row[_POINTER:]
            size -= len(row) - _POINTER
            pointer = number(row, 0, 4)


def _row(page: bytes, index: int) -> tuple[int, bytes]:
    if index >= number(page, _ROW_COUNT_AT, 2):
        raise damaged()
    flags = number(page, _ROW_STARTS_AT + 2 * index, 2)
    before = number(page, _ROW_STARTS_AT + 2 * index - 2, 2) & _START if index else PAGE_BYTES
    return flags, page[flags & _START : before]
