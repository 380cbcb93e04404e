"""A table of boundary points -> the parcels that they bound, where its columns or rows say so.

Such tables list 点号, 纵坐标X, 横坐标Y, often 圈号 (the number of the ring), and repeat the first
point at the end of each ring. A ring is told by its number or by that point; what is a hole is
told by containment (``zones.formats.nested_rings``), as in 国土 TXT.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from zones.formats.csv.coordinate_headings import without_separators
from zones.formats.nested_rings import polygon_of
from zones.model import JSON, GeometryKind, Problem
from zones.source.model import Source

_RING: Final = frozenset(
    {"圈号", "地块圈号", "界址圈号", "环号", "圈", "ring", "ringno", "ringid", "ringnumber"}
)
_PARCEL: Final = (
    *("地块编号", "地块号", "地块代码", "宗地代码", "宗地号", "宗地编号", "图斑编号", "图斑号"),
    *("dkbh", "zddm", "tbbh", "地块名称", "dkmc", "地块", "宗地", "图斑", "面号", "parcel"),
    *("parcelid", "polygonid"),
)
_POINT: Final = frozenset(
    {"点号", "界址点号", "界址点", "界址点编号", "界址点序号", "界址点名", "拐点", "拐点号"}
    | {"拐点编号", "点名", "点编号", "桩号", "界桩号", "jzdh", "point", "pointno", "pointid"}
)
_FEWEST: Final = 3
_SAME_M, _SAME_DEG = 0.005, 5e-8
_MOST_DEGREES = 360.0
_LONGEST_UNTOLD: Final = 20_000  # points
_SHOWN: Final = 80

Row = dict[str, JSON]
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BoundaryColumns:
    """The columns that number points, rings and parcels; None where there is none."""

    point: str | None = None
    ring: str | None = None
    parcel: str | None = None


@dataclass(slots=True)
class PointListParcel:
    """The rings of a parcel, how many points were read, and the number of its first row (from 1).

    ``attributes`` are those of its first point, ``differing`` the names of those that others have
    otherwise; blank cells below the first say the same, as merged ones do.
    """

    first: int
    attributes: Row
    points: int = 0
    rings: list[list[Pair]] = field(default_factory=list)
    differing: set[str] = field(default_factory=set)

    def take(self, row: Row) -> None:
        """Take the attributes of one more point."""
        self.points += 1
        for name, value in row.items():
            if value is not None and value != self.attributes[name]:
                self.differing.add(name)


@dataclass(slots=True)
class Parcels:
    """All parcels of a table, and what was found on the way.

    ``are_closed`` if every ring returns to its first point.
    """

    found: list[PointListParcel] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    are_closed: bool = True
    blank: int = 0


def boundary_columns(names: Sequence[str]) -> BoundaryColumns:
    """Return the columns of a table that say which points bound what, by their names.

    Examples
    --------
    >>> boundary_columns(["宗地号", "点号", "X", "Y", "圈号"])
    BoundaryColumns(point='点号', ring='圈号', parcel='宗地号')
    """
    plain = {without_separators(name): name for name in reversed(names)}
    return BoundaryColumns(
        point=next((name for key, name in plain.items() if key in _POINT), None),
        ring=next((name for key, name in plain.items() if key in _RING), None),
        parcel=next((plain[key] for key in _PARCEL if key in plain), None),
    )


def may_bound(columns: BoundaryColumns, kinds: frozenset[GeometryKind]) -> bool:
    """Return whether the points of a table may be meant as the bounds of areas.

    Where only areas are wanted, points in their order bound one; where none are, none do.
    """
    if kinds and "polygon" not in kinds:
        return False
    return kinds == {"polygon"} or columns.ring is not None or columns.point is not None


def parcels_of(source: Source, columns: BoundaryColumns, *, is_meant: bool) -> Parcels:
    """Return the points of a table by parcel and ring, in their order.

    Where it is not certain that they bound areas, a list that has no end is not gone through.
    """
    reader = _Reader(columns)
    for _, batch in source.batches():
        reader.reported.problems += batch.problems
        at_fault = {problem.feature for problem in batch.problems if problem.severity == "error"}
        rows = zip(batch.numbers.tolist(), batch.geometries, batch.properties, strict=True)
        for number, point, row in rows:
            if point is not None:
                if point.geom_type != "Point":  # a column of WKT has whatever shapes it has
                    return Parcels()
                if reader.has_no_end and not is_meant:
                    reader.reported.are_closed = False
                    return reader.reported
                reader.take(number, (float(point.x), float(point.y)), row)
            elif number not in at_fault:
                reader.reported.blank += 1
    reader.end_ring()
    return reader.reported


class _Reader:
    """Takes rows one by one and begins rings and parcels where they begin."""

    def __init__(self, columns: BoundaryColumns) -> None:
        self._columns = columns
        self.reported = Parcels()
        self._ring: list[Pair] = []
        self._names: list[JSON] = []
        self._number: JSON = None
        self._parcel: JSON = None
        self._is_closed = False

    def take(self, number: int, xy: Pair, row: Row) -> None:
        """Take the point of a row."""
        columns = self._columns
        ring = row.get(columns.ring) if columns.ring else None
        parcel = row.get(columns.parcel) if columns.parcel else None
        parcel = self._parcel if parcel is None else parcel
        closes = parcel == self._parcel and self._closes(number, xy, row)
        if closes:  # whatever number of a ring it bears
            self._is_closed = True
        else:
            if self._begins(ring, parcel):
                self.reported.found.append(PointListParcel(number, row))
            self._parcel, self._number = parcel, self._number if ring is None else ring
            self._ring.append(xy)
            self._names.append(row.get(columns.point) if columns.point else None)
        self.reported.found[-1].take(row)

    @property
    def has_no_end(self) -> bool:
        """Return whether the ring is longer than one that is told by its end alone may be."""
        return len(self._ring) > _LONGEST_UNTOLD

    def _begins(self, ring: JSON, parcel: JSON) -> bool:
        """End the ring if a row begins another one; return whether it begins another parcel."""
        other_parcel = not self.reported.found or parcel != self._parcel or self._goes_back(ring)
        other_ring = ring is not None and ring != self._number
        if self._ring and (other_parcel or other_ring or self._is_closed):
            self.end_ring()
        return other_parcel

    def _goes_back(self, ring: JSON) -> bool:
        """Return whether rings are numbered anew, as in the next of parcels that have no name."""
        if self._columns.parcel or not self._ring:
            return False
        if isinstance(ring, int | float) and isinstance(self._number, int | float):
            return ring < self._number or (self._is_closed and ring == self._number)
        return False

    def _closes(self, number: int, xy: Pair, row: Row) -> bool:
        """Return whether a point is the first of its ring once more."""
        if len(self._ring) < _FEWEST:
            return False
        if _is_same(xy, self._ring[0]):
            return True
        if self._is_closed:
            return False
        name = row.get(self._columns.point) if self._columns.point else None
        if name is None or name != self._names[0] or len(set(map(str, self._names))) < _FEWEST:
            return False
        params: dict[str, JSON] = {"name": str(name)[:_SHOWN], "row": number}
        self.reported.problems.append(Problem("boundary-end-differs", params, "warning"))
        return False

    def end_ring(self) -> None:
        """Put the ring away that is complete."""
        if len(self._ring) >= _FEWEST:
            self.reported.found[-1].rings.append(self._ring)
            self.reported.are_closed = self.reported.are_closed and self._is_closed
        elif self._ring:
            params: dict[str, JSON] = {
                "points": len(self._ring),
                "row": self.reported.found[-1].first,
            }
            self.reported.problems.append(Problem("boundary-ring-short", params, "warning"))
            self.reported.are_closed = False
        self._ring, self._names, self._is_closed = [], [], False


def area_of(parcel: PointListParcel) -> BaseGeometry | None:
    """Return the area of a parcel, its rings closed; None without a ring."""
    return polygon_of([np.array([*ring, ring[0]]) for ring in parcel.rings])


def _is_same(one: Pair, other: Pair) -> bool:
    reach = _SAME_DEG if max(map(abs, one)) <= _MOST_DEGREES else _SAME_M
    return abs(one[0] - other[0]) <= reach and abs(one[1] - other[1]) <= reach
