"""The texts of a MapInfo table as bytes, for their encoding to be found out.

A .mid has a line for each feature. A .dat is laid out as a dBASE table: a head of 32 bytes with
the lengths of head and record, and 32 bytes for each column with its name and width.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from zones.encoding.trial_decoding import EncodedText
from zones.formats.mapinfo.file_head import MapInfoColumn

_HEAD_BYTES, _COLUMN_BYTES, _NAME_BYTES, _WIDTH_AT = 32, 32, 10, 16
_RECORDS_AT_ONCE = 5000
_PADDING: Final = b" \x00"
_LAUNDERED: Final = b"_"


def texts_of(path: Path, columns: Sequence[MapInfoColumn]) -> Iterator[EncodedText]:
    """Yield the texts that are not ASCII: lines of a .mid, cells of a .dat."""
    if not path.exists():
        return
    with path.open("rb") as file:
        if path.suffix == ".mid":
            yield from (EncodedText(line.rstrip(b"\r\n")) for line in file if not line.isascii())
            return
        head = file.read(_HEAD_BYTES)
        if len(head) < _HEAD_BYTES:
            return
        start, length = struct.unpack_from("<HH", head, 8)
        cells = list(_text_cells(file.read(_COLUMN_BYTES * len(columns)), columns))
        file.seek(start)
        while block := file.read(length * _RECORDS_AT_ONCE):
            for at in range(0, len(block), length):
                for begin, end in cells:
                    raw = block[at + begin : at + end].rstrip(_PADDING)
                    if not raw.isascii():
                        yield EncodedText(raw.partition(b"\x00")[0], full=len(raw) == end - begin)


def _text_cells(described: bytes, columns: Sequence[MapInfoColumn]) -> Iterator[tuple[int, int]]:
    """Yield where the texts of a record begin and end; its first byte marks what is deleted."""
    at = 1
    for index, column in enumerate(columns):
        width_at = _COLUMN_BYTES * index + _WIDTH_AT
        width = described[width_at] if width_at < len(described) else 0
        if column.is_text:
            yield at, at + width
        at += width


def whole_names(path: Path, names: Sequence[bytes]) -> list[bytes]:
    """Return the names of columns with what the .dat has in place of bytes that GDAL laundered.

    GDAL puts ``_`` for a first byte that is no letter where no encoding is named.
    """
    if path.suffix != ".dat" or not path.exists():
        return list(names)
    with path.open("rb") as file:
        file.seek(_HEAD_BYTES)
        described = file.read(_COLUMN_BYTES * len(names))
    found = []
    for index, name in enumerate(names):
        at = _COLUMN_BYTES * index
        short = described[at : at + _NAME_BYTES].partition(b"\x00")[0]
        head = name[: len(short)]
        laundered = len(head) == len(short) and all(
            own in (other, _LAUNDERED[0]) for own, other in zip(head, short, strict=True)
        )
        found.append(short + name[len(short) :] if laundered and short else name)
    return found
