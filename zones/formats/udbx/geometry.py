"""SpatiaLite's geometries -> WKB: the same numbers between marks of its own.

``00 order srid mbr 7C type … FE``; within a collection each member begins with ``69`` where WKB
has its byte order. As in SpatiaLite's document "BLOB-Geometry".
"""

import struct
from typing import Final

_START, _MBR_END, _END, _MEMBER = 0x00, 0x7C, 0xFE, 0x69
_HEAD_BYTES, _TYPE_BYTES = 39, 4
_POINT, _LINE, _POLYGON = 1, 2, 3
_COLLECTIONS: Final = range(4, 8)
_DIMENSIONS: Final = (2, 3, 3, 4)
_WKB_FLAGS: Final = (0, 0x80000000, 0x40000000, 0xC0000000)


class NoGeometry(Exception):  # noqa: N818 - told to the caller, never raised on
    """Bytes that are no geometry of SpatiaLite's."""


def wkb_of(blob: bytes) -> bytes:
    """Return the geometry as WKB with its heights and measures.

    Raises
    ------
    NoGeometry
        If the bytes are none, or end early.
    """
    if len(blob) <= _HEAD_BYTES + _TYPE_BYTES or blob[0] != _START or blob[1] not in (0, 1):
        raise NoGeometry
    if blob[_HEAD_BYTES - 1] != _MBR_END or blob[-1] != _END:
        raise NoGeometry
    try:
        written, at = _Walk(blob).geometry(_HEAD_BYTES)
    except (struct.error, IndexError) as error:
        raise NoGeometry from error
    if at != len(blob) - 1:
        raise NoGeometry
    return written


class _Walk:
    """Goes through a blob and copies what WKB has too."""

    def __init__(self, blob: bytes) -> None:
        self._blob, self._order = blob, "<" if blob[1] == 1 else ">"

    def geometry(self, at: int) -> tuple[bytes, int]:
        code = self._number(at)
        at += _TYPE_BYTES
        kind, dimension = code % 1000, code // 1000
        if dimension >= len(_DIMENSIONS) or code < 0:
            raise NoGeometry
        start = at
        head = self._head(kind, dimension)
        if kind in _COLLECTIONS:
            return self._members(head, at)
        if kind == _POINT:
            at += 8 * _DIMENSIONS[dimension]
        elif kind in (_LINE, _POLYGON):
            at = self._positions(at, kind, 8 * _DIMENSIONS[dimension])
        else:
            raise NoGeometry  # compressed: SuperMap writes none
        if at >= len(self._blob):
            raise NoGeometry
        return head + self._blob[start:at], at

    def _members(self, head: bytes, at: int) -> tuple[bytes, int]:
        parts = [head, self._blob[at : at + 4]]
        count = self._number(at)
        at += 4
        for _ in range(count):
            if self._blob[at] != _MEMBER:
                raise NoGeometry
            part, at = self.geometry(at + 1)
            parts.append(part)
        return b"".join(parts), at

    def _positions(self, at: int, kind: int, position_bytes: int) -> int:
        rings = 1
        if kind == _POLYGON:
            rings, at = self._number(at), at + 4
        for _ in range(rings):
            count = self._number(at)
            at += 4 + count * position_bytes
            if count < 0 or at > len(self._blob):
                raise NoGeometry
        return at

    def _number(self, at: int) -> int:
        (number,) = struct.unpack_from(f"{self._order}i", self._blob, at)
        return int(number)

    def _head(self, kind: int, dimension: int) -> bytes:
        order = self._blob[1:2]
        return order + struct.pack(f"{self._order}I", kind | _WKB_FLAGS[dimension])
