"""Coordinates of a MIF, strictly.

GDAL takes the digits before the first character that is none for the whole number.
"""

import re
from collections import deque
from pathlib import Path
from typing import Final

from zones.errors import SourceError

_AT_ONCE: Final = 2**20
_SHOWN: Final = 60
_NUMBER: Final = rb"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"
_NUMBERS: Final = rb"(?:%b(?:[ \t]++|(?=\r?$)))++\r?$" % _NUMBER
_WRONG: Final = re.compile(
    rb"^[ \t]*+(?:(?:point|line|rect|roundrect|ellipse|arc)[ \t]++|(?=[-+.0-9]))(?!%b)[^\n]++"
    % _NUMBERS,
    re.MULTILINE | re.IGNORECASE,
)
is_number: Final = re.compile(_NUMBER.decode()).fullmatch
_OF_NUMBERS: Final = b"0123456789+-.eE \t\r"


def check_coordinates(path: Path, head_bytes: int) -> None:
    """Raise for a line of coordinates below a MIF's head that holds anything but numbers.

    Raises
    ------
    SourceError
        ``markup-number``, with the line.
    """
    with path.open("rb") as file:
        line = 1 + file.read(head_bytes).count(b"\n")
        rest = b""
        while block := file.read(_AT_ONCE):
            lines, line_break, rest = (rest + block).rpartition(b"\n")
            _check(lines, line)
            line += (lines + line_break).count(b"\n")
        _check(rest, line)


def _check(lines: bytes, first: int) -> None:
    if _are_plain(lines):
        return
    if (wrong := _WRONG.search(lines)) is not None:
        line = first + lines.count(b"\n", 0, wrong.start())
        value = wrong[0].strip().decode("ascii", "backslashreplace")[:_SHOWN]
        raise SourceError("markup-number", format="MIF", line=line, value=value)


def _are_plain(lines: bytes) -> bool:
    """Return whether all lines without a word are of numbers, and the others are right.

    Of what is written with these characters alone, Python reads the same as a double.
    """
    with_words, numbers = list[bytes](), list[bytes]()
    for line in lines.split(b"\n"):
        (with_words if line.translate(None, _OF_NUMBERS) else numbers).append(line)
    if _WRONG.search(b"\n".join(with_words)):
        return False
    try:
        deque(map(float, b" ".join(numbers).split()), maxlen=0)
    except ValueError:
        return False
    return True
