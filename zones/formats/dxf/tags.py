"""A drawing's bytes -> its tags, two lines each; runs of plain ones come in one piece.

Vertices are most of a drawing, colours, owners and names of classes most of the rest: a run of
them is found by one pattern and need not be looked at line by line.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

_AT_ONCE: Final = 1024 * 1024
_HEADER_BYTES: Final = 64 * 1024
# Plain numbers as programs write them, and texts without escapes; others are looked at one by one.
_NUMBER: Final = rb" *+-?[0-9]++(?:\.[0-9]++)?+\r?+\n"
_TEXT: Final = rb"[\x00-\x09\x0b-\x5b\x5d-\x7f]*+\n"


def _pair(x: int, y: int, z: int) -> bytes:
    """Return the pattern of a vertex: X and Y, and maybe Z."""
    in_x, in_y, in_z = (rb" *+%d\r?+\n" % code + _NUMBER for code in (x, y, z))
    return in_x + in_y + rb"(?:%b)?+" % in_z


# Codes whose values stay as they are: all of up to three digits but those that are looked at (0, 1,
# 2, 5, 8, 42, 60, 67, 72), and but X and Y that might lack each other.
_OF_NUMBER: Final = rb"1[2-9]|2[2-9]|3[0-9]|4[013-9]|5[0-9]|1[1-4][0-9]|2[123][0-9]"
_OF_TEXT: Final = (
    rb"[34679]|6[1-689]|7[013-9]|[89][0-9]|10[0-9]|1[5-9][0-9]|20[0-9]|2[4-9][0-9]|[3-9][0-9][0-9]"
)
_PLAIN: Final = rb"%b|%b| *+(?:%b)\r?+\n%b| *+(?:%b)\r?+\n%b" % (
    _pair(10, 20, 30),
    _pair(11, 21, 31),
    _OF_NUMBER,
    _NUMBER,
    _OF_TEXT,
    _TEXT,
)
_TAG: Final = re.compile(
    rb"((?:%b)++)|([^\n]*+\n)([^\n]*+\n)" % _PLAIN  # every two lines match
)


class Tag(NamedTuple):
    """The line of a group code and that of its value; ``line`` is the number of the first.

    A run of tags that stay as they are is ``plain``: vertices, X, Y and Z of each, all of them
    plain numbers, and others that nothing is to be told of.
    """

    code: bytes
    value: bytes
    line: int
    plain: bytes = b""


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
