"""The objects of a MIF by their first lines: which they are, where they stand, and their words.

GDAL reads a TEXT as the point where it begins; the words it keeps for drawing alone, without the
quotation marks in them (GDAL 3.12.4, seen here).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

_OBJECT: Final = re.compile(
    rb"^[ \t]*+(none|point|multipoint|line|pline|region|arc|text|rect|roundrect|ellipse|collection)"
    rb"\b[ \t]*+([0-9]{0,9})",
    re.MULTILINE | re.IGNORECASE,
)
_HAS_TEXT: Final = re.compile(rb"^[ \t]*+text\b", re.MULTILINE | re.IGNORECASE)
_WORDS: Final = re.compile(rb'\s*+"((?:[^"\r\n]|"")*+)"')
_COLLECTION, _TEXT = "COLLECTION", "TEXT"
_ESCAPE: Final = re.compile(r"\\([n\\])")


@dataclass(frozen=True, slots=True)
class MIFObject:
    """An object: its kind in capitals, its line in the file, the words of a text as written."""

    kind: str
    line: int
    words: bytes = b""


def mif_objects(path: Path, head_bytes: int) -> Iterator[MIFObject]:
    """Yield the objects in the order of the rows; parts of a collection belong to it."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        line, counted_to, parts = 1, 0, 0
        for found in _OBJECT.finditer(content, head_bytes):
            if parts:
                parts -= 1
                continue
            kind = found[1].decode("ascii").upper()
            parts = int(found[2] or 0) if kind == _COLLECTION else 0
            line += content[counted_to : found.start(1)].count(b"\n")
            counted_to = found.start(1)
            words = _WORDS.match(content, found.end()) if kind == _TEXT else None
            yield MIFObject(kind, line, words[1].replace(b'""', b'"') if words else b"")


def words_in_mif(path: Path, head_bytes: int) -> dict[int, bytes]:
    """Return the words of each text by the number of its row, from 1."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if not _HAS_TEXT.search(content, head_bytes):
            return {}
    objects = enumerate(mif_objects(path, head_bytes), start=1)
    return {number: each.words for number, each in objects if each.kind == _TEXT}


def unescaped(words: str) -> str:
    """Return the words of a text in a MIF with their line breaks.

    It is for words that are decoded: a character of GBK may end in the byte of a backslash.
    """
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else "\\", words)
