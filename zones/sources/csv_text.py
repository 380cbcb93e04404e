"""How a table's text is written: UTF-16, and a first line that names the delimiter."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from zones.errors import SourceError, SourceLimitError

UTF_16: Final = "UTF-16"
LONGEST_LINE: Final = 32 * 1024 * 1024
_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32_MARK: Final = codecs.BOM_UTF32_LE  # begins as UTF-16 does
_AT_ONCE = 1024 * 1024
_NAMED: Final = re.compile(r'"?sep=([^\w"\s]|\t| )"?', re.IGNORECASE | re.ASCII)


def is_utf16(file: BinaryIO) -> bool:
    """Return whether a text begins with the mark of UTF-16, as Excel's "Unicode text" does."""
    file.seek(0)
    start = file.read(len(_UTF_32_MARK))
    return start[:2] in _MARKS and start != _UTF_32_MARK


def utf16_lines(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a text in UTF-16, each with its line break, from the file's start.

    Raises
    ------
    SourceError
        ``csv-utf16-damaged`` if it is not in UTF-16 all through.
    SourceLimitError
        If a line is too long.
    """
    decoder = codecs.getincrementaldecoder("utf-16")()
    file.seek(0)
    begun, at_end = "", False
    while not at_end:
        piece = file.read(_AT_ONCE)
        at_end = not piece
        try:
            *lines, begun = (begun + decoder.decode(piece, final=at_end)).split("\n")
        except UnicodeError as error:
            raise SourceError("csv-utf16-damaged") from error
        if len(begun) > LONGEST_LINE:
            raise SourceLimitError("csv-invalid", line="—", reason="line too long")
        yield from (f"{line}\n" for line in lines)
    if begun:
        yield begun


def named_delimiter(line: str) -> str | None:
    """Return the delimiter that a first line ``sep=;`` names, as Excel takes it; else None.

    Examples
    --------
    >>> named_delimiter("sep=;"), named_delimiter("名称;经度;纬度")
    (';', None)
    """
    found = _NAMED.fullmatch(line.rstrip("\r\n"))
    return found[1] if found else None
