"""How a table's text is written: its lines, UTF-16, its delimiter, a line that names that."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from zones.errors import SourceError, SourceLimitError

UTF_16: Final = "UTF-16"
LONGEST_LINE: Final = 32 * 1024 * 1024
DELIMITERS: Final = ",;\t|"
MARKS_OF_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32_MARK: Final = codecs.BOM_UTF32_LE  # begins as UTF-16 does
_AT_ONCE = 1024 * 1024
_SAMPLE_BYTES = 64 * 1024
_LOOKS_LIKE_ROWS: Final = re.compile(rb"[,;\t|].*[\r\n]", re.DOTALL)
_NAMED: Final = re.compile(r'"?sep=([^\w"\s]|\t| )"?', re.IGNORECASE | re.ASCII)
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_QUOTED: Final = re.compile(r'"(?:[^"]++|"")*+"')


def utf16_codec(file: BinaryIO) -> str | None:
    """Return the codec of a text in UTF-16, with a mark as Excel writes it or without; else None.

    Without a mark it is told by its ASCII characters, a delimiter and a line break at least: each
    has a zero byte, always on the same side.
    """
    file.seek(0)
    start = file.read(_SAMPLE_BYTES)
    if begins_as_utf16(start[: len(_UTF_32_MARK)]):
        return "utf-16"
    if b"\0" not in start:
        return None
    start = start[: len(start) // 2 * 2]
    for codec, zeros, others in (
        ("utf-16-le", start[1::2], start[::2]),
        ("utf-16-be", start[::2], start[1::2]),
    ):
        ascii_ = bytes(one for one, zero in zip(others, zeros, strict=True) if not zero)
        if 0 not in others and _LOOKS_LIKE_ROWS.search(ascii_):
            return codec
    return None


def begins_as_utf16(start: bytes) -> bool:
    """Return whether bytes begin with the mark of UTF-16; four of them tell it from UTF-32."""
    return start[:2] in MARKS_OF_UTF_16 and not start.startswith(_UTF_32_MARK)


def byte_lines(file: BinaryIO) -> Iterator[bytes]:
    r"""Yield the lines of a text with their line breaks, from the file's start.

    Lines end in LF, CR LF or CR alone, as Excel for Mac writes them.

    Raises
    ------
    SourceLimitError
        ``csv-line-too-long``.
    """
    file.seek(0)
    begun = b""
    while piece := file.read(_AT_ONCE):
        lines = (begun + piece).splitlines(keepends=True)
        # A CR may be half of a CR LF.
        begun = b"" if lines[-1].endswith(b"\n") else lines.pop()
        _check_length(begun)
        yield from lines
    if begun:
        yield begun


def utf16_lines(file: BinaryIO, codec: str) -> Iterator[str]:
    """Yield the lines of a text in UTF-16, each with its line break, from the file's start.

    Raises
    ------
    SourceError
        ``csv-utf16-damaged`` if it is not in UTF-16 all through.
    SourceLimitError
        ``csv-line-too-long``.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    file.seek(0)
    begun, at_end = "", False
    while not at_end:
        piece = file.read(_AT_ONCE)
        at_end = not piece
        try:
            text = begun + decoder.decode(piece, final=at_end)
        except UnicodeError as error:
            raise SourceError("csv-utf16-damaged") from error
        lines = list(text_lines(text))
        # A CR may be half of a CR LF.
        begun = "" if not lines or lines[-1].endswith("\n") else lines.pop()
        _check_length(begun)
        yield from lines
    if begun:
        yield begun


def _check_length(line: str | bytes) -> None:
    if len(line) > LONGEST_LINE:
        raise SourceLimitError("csv-line-too-long", limit_mb=LONGEST_LINE // 2**20)


def named_delimiter(line: str) -> str | None:
    """Return the delimiter that a first line ``sep=;`` names, as Excel takes it; else None.

    Examples
    --------
    >>> named_delimiter("sep=;"), named_delimiter("名称;经度;纬度")
    (';', None)
    """
    found = _NAMED.fullmatch(line.rstrip("\r\n"))
    return found[1] if found else None


def delimiter_of(header: str) -> str:
    """Return the delimiter that a header has most of, outside quotes first.

    Examples
    --------
    >>> delimiter_of('名称;"经度,纬度"'), delimiter_of("名称")
    (';', ',')
    """
    outside = _QUOTED.sub("", header)
    return max(DELIMITERS, key=lambda mark: (outside.count(mark), header.count(mark)))


def text_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their line breaks, which are LF, CR LF or CR."""
    begin = 0
    for line_break in _BREAK.finditer(text):
        yield text[begin : line_break.end()]
        begin = line_break.end()
    if begin < len(text):
        yield text[begin:]
