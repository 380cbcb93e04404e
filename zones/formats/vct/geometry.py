"""Objects of a VCT -> geometries; lines that polygons name are read again as they are needed."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.vct.batch import Batch
from zones.formats.vct.by_id import ById
from zones.formats.vct.file import VCTFile
from zones.formats.vct.rings import area_of, rings_in_any_order, rings_of
from zones.formats.vct.shapes import (
    Floats,
    UnreadableObject,
    VCTShape,
    line_of,
    point_of,
    polygon_of,
)

_MOST_CACHED_BYTES = 16 * 2**20
_BYTES_OF_AN_ARRAY = 250  # beside its numbers
_DEEPEST_PARTS = 4
_FEWEST_IN_RING, _FEWEST_IN_LINE = 4, 2
_MOST_LISTED = 8
_NORTHINGS: Final = (2e6, 6.2e6)
_EASTINGS: Final = ((1e5, 9e5), (13e6, 46e6))


class VCTGeometryBuilder:
    """Builds geometries; ``swapped`` is whether northings stand before eastings.

    ``denied`` is whether the head says otherwise.
    """

    def __init__(self, file: VCTFile) -> None:
        self._file = file
        offset = [*file.head.numbers("offset"), 0.0, 0.0][:2]
        self._offset, self._has_offset = np.array(offset), any(offset)
        self._topology = file.head.numbers("topo")[:1] not in ([], [0.0])
        self._by_id = {
            kind: ById(np.array(objects.ids, np.int64))
            for kind, objects in file.scan.objects.items()
        }
        self._cache: dict[int, Floats] = {}
        self._cached = 0
        self.denied = False
        self.swapped = self._is_swapped()

    def first_of(self, kind: str) -> tuple[float, float] | None:
        """Return the first position of the file, of this kind if it can be read, east first."""
        for each in (kind, "Line", "Polygon", "Point"):
            if len(self._file.scan.objects[each]):
                try:
                    pieces = self._shape(each, 0).pieces
                except UnreadableObject:
                    continue
                if pieces:
                    east, north = self._placed(pieces[0])[0].tolist()
                    return east, north
        return None

    def geometry(self, kind: str, row: int, batch: Batch) -> BaseGeometry:
        """Return the geometry of an object.

        Raises
        ------
        UnreadableObject
        """
        shape = self._shape(kind, row)
        fid = self._file.scan.objects[kind].ids[row]
        batch.flattened += shape.high
        if shape.miscounted:
            batch.count("vct-count-wrong", fid)
        if kind == "Point":
            return _points(self._placed(shape.pieces[0]))
        if kind == "Line":
            return _lines(self._pieces_of(shape))
        return self._area(shape, batch, fid, depth=0)

    def _shape(self, kind: str, row: int) -> VCTShape:
        raw, separator = self._file.raw(kind, row), self._file.separator
        if kind == "Point":
            return point_of(raw, separator)
        if kind == "Line":
            return line_of(raw, separator)
        return polygon_of(raw, separator, topology=self._topology)

    def _area(self, shape: VCTShape, batch: Batch, fid: int, *, depth: int) -> BaseGeometry:
        if not shape.of_polygons:
            return area_of(_long_enough(self._rings(shape, batch, fid)))
        refs = [abs(ref) for ref in shape.refs or () if ref]
        if not refs or depth >= _DEEPEST_PARTS:
            raise UnreadableObject("vct-open-ring", lines=_listed(refs))
        parts = [self._shape("Polygon", row) for row in self._places("Polygon", refs)]
        return shapely.union_all([self._area(part, batch, fid, depth=depth + 1) for part in parts])

    def _rings(self, shape: VCTShape, batch: Batch, fid: int) -> list[Floats]:
        if shape.refs is None:
            placed = [self._placed(piece) for piece in shape.pieces]
            closed = [_closed_ring(ring) for ring in placed]
            if any(len(ring) != len(own) for ring, own in zip(closed, placed, strict=True)):
                batch.count("rings-closed", fid)
            return closed
        lines = self._lines(shape.refs)
        if (rings := rings_of(lines)) is not None:
            return rings
        rings = rings_in_any_order([line for line in lines if line is not None])
        if rings is None:
            raise UnreadableObject("vct-open-ring", lines=_listed(shape.refs))
        batch.count("vct-edges-sorted", fid)
        return rings

    def _places(self, kind: str, ids: Sequence[int]) -> list[int]:
        places = [self._by_id[kind].place(each) for each in ids]
        if -1 in places:
            raise UnreadableObject("vct-part-missing", part=ids[places.index(-1)])
        return places

    def _lines(self, refs: Sequence[int]) -> list[Floats | None]:
        """Return the lines that are named, reversed where their id has a minus; None for a 0."""
        rows = iter(self._places("Line", [abs(ref) for ref in refs if ref]))
        found: list[Floats | None] = []
        for ref in refs:
            if ref == 0:
                found.append(None)
                continue
            line = self._line(next(rows))
            found.append(line[::-1] if ref < 0 else line)
        return found

    def _line(self, row: int) -> Floats:
        """Return all positions of a line; the last ones read are kept, as neighbours share them."""
        if (known := self._cache.get(row)) is not None:
            return known
        pieces = self._pieces_of(self._shape("Line", row), in_line=True)
        line = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        if self._cached > _MOST_CACHED_BYTES:
            self._cache.clear()
            self._cached = 0
        self._cache[row] = line
        self._cached += line.nbytes + _BYTES_OF_AN_ARRAY
        return line

    def _pieces_of(self, shape: VCTShape, *, in_line: bool = False) -> list[Floats]:
        if shape.refs is None:
            return [self._placed(piece) for piece in shape.pieces]
        if in_line:  # lines of lines of lines are not followed
            raise UnreadableObject("vct-kind", kind=100)
        return [line for line in self._lines(shape.refs) if line is not None]

    def _placed(self, xy: Floats) -> Floats:
        if not self._moved:
            return xy
        placed: Floats = (xy[:, ::-1] if self.swapped else xy) + self._offset
        return placed

    @property
    def _moved(self) -> bool:
        return self.swapped or self._has_offset

    def _is_swapped(self) -> bool:
        """Return whether northings come first: as the numbers show, else as the head says."""
        self.swapped = False
        by_head = self._file.head.value("xaxisdirection").casefold().startswith("n")
        first = self.first_of("Line")
        if first is None:
            return by_head
        one, other = first
        north_first = _is_northing(one) and _is_easting(other)
        east_first = _is_easting(one) and _is_northing(other)
        swapped = north_first or (by_head and not east_first)
        self.denied = swapped != by_head
        return swapped


def _is_northing(number: float) -> bool:
    return _NORTHINGS[0] <= number <= _NORTHINGS[1]


def _is_easting(number: float) -> bool:
    return any(low <= number <= high for low, high in _EASTINGS)


def _points(xy: Floats) -> BaseGeometry:
    return shapely.Point(xy[0]) if len(xy) == 1 else shapely.multipoints(xy)


def _lines(pieces: Sequence[Floats]) -> BaseGeometry:
    if not pieces or min(map(len, pieces)) < _FEWEST_IN_LINE:
        raise UnreadableObject("vct-too-short")
    lines = [shapely.linestrings(piece) for piece in pieces]
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)


def _closed_ring(ring: Floats) -> Floats:
    return ring if (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def _long_enough(rings: list[Floats]) -> list[Floats]:
    if not rings or min(map(len, rings)) < _FEWEST_IN_RING:
        raise UnreadableObject("vct-too-short")
    return rings


def _listed(refs: Sequence[int]) -> str:
    return ", ".join(map(str, refs[:_MOST_LISTED])) + (" …" if len(refs) > _MOST_LISTED else "")
