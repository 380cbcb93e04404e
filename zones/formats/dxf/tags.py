"""A drawing's bytes -> its tags, two lines each; runs of vertices come in one piece.

Vertices are most of a drawing: a run of them is found by one pattern and need not be looked at
line by line.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

_AT_ONCE: Final = 1024 * 1024
_HEADER_BYTES: Final = 64 * 1024
# Plain numbers as programs write them; others are looked at one by one.
_NUMBER: Final = rb" *+-?[0-9]++(?:\.[0-9]++)?+\r?+\n"
_X, _Y, _Z = (rb" *+%d\r?+\n" % code + _NUMBER for code in (10, 20, 30))
_TAG: Final = re.compile(
    rb"((?:%b%b(?:%b)?+)++)|([^\n]*+\n)([^\n]*+\n)" % (_X, _Y, _Z)  # every two lines match
)


class Tag(NamedTuple):
    """The line of a group code and that of its value; ``line`` is the number of the first.

    A run of vertices, X, Y and Z of each, all of them plain numbers, is ``vertices``.
    """

    code: bytes
    value: bytes
    line: int
    vertices: bytes = b""


def tags(file: BinaryIO) -> Iterator[Tag]:
    """Yield a drawing's tags from its start; a last line without a value is left out."""
    line, rest = 1, b""
    for block in _blocks(file):
        text = rest + block
        end = _end_of_tags(text)
        for found in _TAG.finditer(text, 0, end):
            run, code, value = found.groups()
            if run:
                yield Tag(b"", b"", line, run)
                line += run.count(b"\n")
            else:
                yield Tag(code, value, line)
                line += 2
        rest = text[end:]


def lines_beyond_ascii(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a drawing that are not in ASCII, without their ends."""
    for block in _blocks(file):
        if not block.isascii():
            yield from (line for line in block.splitlines() if not line.isascii())


def _end_of_tags(text: bytes) -> int:
    """Return where the last line of an even number of lines ends."""
    end = text.rfind(b"\n")
    if text.count(b"\n") % 2:
        end = text.rfind(b"\n", 0, end)
    return end + 1


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in blocks of whole lines, each ending in LF; those that end in CR get one."""
    file.seek(0)
    ends_in_cr = b"\n" not in file.read(_HEADER_BYTES)
    file.seek(0)
    rest = b""
    while block := file.read(max(_AT_ONCE, len(rest))):
        if ends_in_cr:
            block += file.read(1) if block.endswith(b"\r") else b""
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        whole, line_break, begun = block.rpartition(b"\n")
        if line_break:
            yield rest + whole + line_break
            rest = begun
        else:
            rest += begun
    if rest:
        yield rest + b"\n"
