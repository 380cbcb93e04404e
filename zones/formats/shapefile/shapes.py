"""Where the shapes of a shapefile lie, and whether they can be what they claim.

Looked at before GDAL opens the file: every record, part and point count must lie inside it.
Layout as in Esri's technical description of July 1998; lengths there are in words of 16 bits.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.errors import SourceError

Ints = NDArray[np.int64]

_HEADER_BYTES, _RECORD_HEADER_BYTES, _INDEX_ENTRY_BYTES = 100, 8, 8
_FILE_CODE = 9994
# Type; type, box and counts of a multipoint; the same with the count of parts.
_SHORTEST_RECORD, _MULTIPOINT_HEAD, _PARTED_HEAD = 4, 40, 44
_LENGTH_AT, _TYPE_AT = 24, 32
NULL_SHAPE: Final = 0
_MULTIPATCH = 31
_POINTS, _MULTIPOINTS = (1, 11, 21), (8, 18, 28)
_PARTED = (3, 5, 13, 15, 23, 25)
_WITH_Z = (11, 13, 15, 18)
_MEASURED = (21, 23, 25, 28)
_SUPPORTED = (NULL_SHAPE, *_POINTS, *_MULTIPOINTS, *_PARTED)


@dataclass(frozen=True, slots=True)
class SHPRecords:
    """The records of a .shp file, in their order.

    Attributes
    ----------
    types
        Shape type of each; 0 has no geometry.
    points
        Vertices of each as it claims, 0 where unsound.
    sound
        Whether what the record claims fits into it.
    index_restored
        The .shx was missing or wrong and has been written anew.
    """

    types: Ints
    points: Ints
    sound: NDArray[np.bool_]
    index_restored: bool

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.types)

    def measured(self) -> NDArray[np.bool_]:
        """Return which have measures and no heights; GDAL leaves measures out of both."""
        return self.sound & np.isin(self.types, _MEASURED)


def open_shapes(shp: Path, *, rows: int) -> SHPRecords:
    """Return the records of ``shp``, writing the .shx beside it if that is missing or wrong.

    An index is wrong if it contradicts the .shp, or does not have as many entries as the table
    has ``rows``.

    Raises
    ------
    SourceError
        ``shp-damaged`` if it is no .shp file, ``shp-truncated`` if it ends early,
        ``shp-multipatch`` for three-dimensional bodies.
    """
    content = _content(shp)
    shape_type = int(content[_TYPE_AT : _TYPE_AT + 4].view("<i4")[0])
    if shape_type == _MULTIPATCH:
        raise SourceError("shp-multipatch")
    if shape_type not in _SUPPORTED:
        raise SourceError("shp-damaged")
    starts, lengths, restored = _records(shp, content, rows)
    types, points, sound = _claims(content, starts, lengths)
    sound &= (types == NULL_SHAPE) | (types == shape_type)
    return SHPRecords(types, np.where(sound, points, 0), sound, restored)


def _content(shp: Path) -> NDArray[np.uint8]:
    if shp.stat().st_size < _HEADER_BYTES:
        raise SourceError("shp-truncated")
    content = np.memmap(shp, np.uint8, "r")
    if _big_endian(content, np.array([0]))[0] != _FILE_CODE:
        raise SourceError("shp-damaged")
    if 2 * _big_endian(content, np.array([_LENGTH_AT]))[0] > len(content):
        raise SourceError("shp-truncated")
    return content


def _records(shp: Path, content: NDArray[np.uint8], rows: int) -> tuple[Ints, Ints, bool]:
    """Return start and length in bytes of each record's content, and whether the index is new."""
    shx = shp.with_suffix(".shx")
    listed = _listed(shx, content)
    if listed is not None and len(listed[0]) == rows:
        return *listed, False
    starts, lengths = _walk(content)
    _write_index(shx, shp, starts, lengths)
    return starts, lengths, True


def _listed(shx: Path, content: NDArray[np.uint8]) -> tuple[Ints, Ints] | None:
    """Return the records as the .shx lists them; None if it is missing or contradicts the .shp."""
    size = shx.stat().st_size if shx.exists() else 0
    if size < _HEADER_BYTES or (size - _HEADER_BYTES) % _INDEX_ENTRY_BYTES:
        return None
    entries = np.fromfile(shx, ">i4", offset=_HEADER_BYTES).reshape(-1, 2).astype(np.int64) * 2
    offsets, lengths = entries[:, 0], entries[:, 1]
    starts = offsets + _RECORD_HEADER_BYTES
    inside = (
        (offsets >= _HEADER_BYTES)
        & (lengths >= _SHORTEST_RECORD)
        & (starts + lengths <= len(content))
    )
    if not inside.all() or (2 * _big_endian(content, offsets + 4) != lengths).any():
        return None
    return starts, lengths


def _walk(content: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return the records as they follow each other in the .shp."""
    data = memoryview(content)  # type: ignore[arg-type]  # an array is a buffer
    starts, lengths = [], []
    declared = 2 * int(_big_endian(content, np.array([_LENGTH_AT]))[0])
    at, end = _HEADER_BYTES, declared if declared > _HEADER_BYTES else len(content)
    while at < end:
        start = at + _RECORD_HEADER_BYTES
        length = 2 * int.from_bytes(data[at + 4 : start], "big", signed=True)
        if length < _SHORTEST_RECORD or start + length > end:
            raise SourceError("shp-truncated")
        starts.append(start)
        lengths.append(length)
        at = start + length
    return np.array(starts, np.int64), np.array(lengths, np.int64)


def _write_index(shx: Path, shp: Path, starts: Ints, lengths: Ints) -> None:
    with shp.open("rb") as shapes:
        head = bytearray(shapes.read(_HEADER_BYTES))
    words = (_HEADER_BYTES + _INDEX_ENTRY_BYTES * len(starts)) // 2
    head[_LENGTH_AT : _LENGTH_AT + 4] = words.to_bytes(4, "big")
    entries = np.column_stack([starts - _RECORD_HEADER_BYTES, lengths]) // 2
    shx.write_bytes(bytes(head) + entries.astype(">i4").tobytes())


def _claims(
    content: NDArray[np.uint8], starts: Ints, lengths: Ints
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return type and vertices that each record claims, and whether they fit into its length."""
    types = _little_endian(content, starts)
    parted, multipoint = np.isin(types, _PARTED), np.isin(types, _MULTIPOINTS)
    readable = (parted & (lengths >= _PARTED_HEAD)) | (multipoint & (lengths >= _MULTIPOINT_HEAD))
    counted = np.where(readable, starts, 0)
    first, second = _little_endian(content, counted + 36), _little_endian(content, counted + 40)
    parts = np.where(parted & readable, first, 0)
    points = np.where(parted, second, first)
    single = np.isin(types, _POINTS)
    points = np.where(readable, points, single.astype(np.int64))
    z = np.isin(types, _WITH_Z)
    head = np.where(parted, _PARTED_HEAD, np.where(multipoint, _MULTIPOINT_HEAD, _SHORTEST_RECORD))
    needed = head + 4 * parts + (16 + 8 * z) * points + 16 * (z & ~single)
    counts_sound = (parts >= 0) & (points >= 0) & (parts <= points)
    known = (types == NULL_SHAPE) | single | readable
    return types, points, known & counts_sound & (needed <= lengths)


def _little_endian(content: NDArray[np.uint8], at: Ints) -> Ints:
    return _four_bytes(content, at).view("<i4").ravel().astype(np.int64)


def _big_endian(content: NDArray[np.uint8], at: Ints) -> Ints:
    return _four_bytes(content, at).view(">i4").ravel().astype(np.int64)


def _four_bytes(content: NDArray[np.uint8], at: Ints) -> NDArray[np.uint8]:
    return np.ascontiguousarray(content[at[:, None] + np.arange(4)])
