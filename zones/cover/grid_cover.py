"""Which polygons hold each point: a grid whose cells know the answer, or how to find it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from zones.cover.build_tables import build_tables
from zones.cover.cell_tables import CoverTables, Floats, Ints, Ints32
from zones.cover.exact_by_shapely import ExactTest, ambiguous_among
from zones.cover.many_points import (
    Answers,
    all_members,
    answers,
    lowest_members,
    whole_sets,
)
from zones.cover.one_point import OnePoint
from zones.cover.unique_edges import Geometries

CHUNK = 1 << 16
"""Points taken at a time, so that what is worked out for them stays in the cache."""


@dataclass(frozen=True, slots=True)
class Memberships:
    """The polygons that each of many points lies in.

    Those of point i, ascending, are ``members[offsets[i]:offsets[i + 1]]``.
    """

    offsets: Ints
    members: Ints32

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, point: int) -> Ints32:
        return self.members[self.offsets[point] : self.offsets[point + 1]]

    def counts(self) -> Ints:
        """Return how many polygons each point lies in."""
        return np.diff(self.offsets)


class GridCover:
    """Answers which polygons intersect a point; made by ``build_cover``.

    A polygon's border belongs to it, so that a point on a shared border lies in both polygons.
    Polygons may overlap and leave gaps. The answers are those of ``shapely.intersects_xy``,
    point by point, without a tolerance; a point that is not finite lies in no polygon.
    Coordinates are longitude and latitude as the polygons have them (EPSG:4490). Never changes;
    any number of threads may ask. Can be pickled, tables and all.
    """

    def __init__(self, geometries: Geometries, ambiguous: Ints, tables: CoverTables) -> None:
        self.tables = tables
        self._made_of = geometries, ambiguous, tables
        self._exact = ExactTest(geometries, ambiguous)
        self._one = OnePoint(tables, self._exact)

    def __len__(self) -> int:
        return len(self._made_of[0])

    def __repr__(self) -> str:
        grid = self.tables.grid
        return f"<GridCover: {len(self)} polygons, {grid.columns} x {grid.rows} cells>"

    def __reduce__(self) -> tuple[type["GridCover"], tuple[Geometries, Ints, CoverTables]]:
        return GridCover, self._made_of

    @property
    def nbytes(self) -> int:
        """Memory of the cover, without the polygons themselves."""
        return self.tables.nbytes

    def at(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the polygons that hold one point, ascending."""
        return self._one.members(float(lon), float(lat))

    def first(self, lon: ArrayLike, lat: ArrayLike) -> Ints32:
        """Return for each of n points the lowest index of a polygon that holds it, or -1.

        Parameters
        ----------
        lon, lat
            Degrees, shape (n,).

        Raises
        ------
        ValueError
            If the shapes differ or have more than one dimension.
        """
        lon, lat = checked_points(lon, lat)
        found = np.empty(len(lon), np.int32)
        for at in range(0, len(lon), CHUNK):
            part = slice(at, at + CHUNK)
            found[part] = lowest_members(self.tables, self._answers(lon[part], lat[part]))
        return found

    def lookup(self, lon: ArrayLike, lat: ArrayLike) -> Memberships:
        """Return for each of n points all polygons that hold it; arguments as for ``first``."""
        lon, lat = checked_points(lon, lat)
        offsets = np.zeros(len(lon) + 1, np.int64)
        members = [np.empty(0, np.int32)]
        for at in range(0, len(lon), CHUNK):
            part = slice(at, at + CHUNK)
            counts, ids = all_members(self.tables, self._answers(lon[part], lat[part]))
            offsets[at + 1 : at + 1 + len(counts)] = counts
            members.append(ids)
        return Memberships(np.cumsum(offsets, out=offsets), np.concatenate(members))

    def whole_sets(self, lon: Floats, lat: Floats) -> Ints32:
        """Return for each of n points which of ``sets`` it lies in, -1 where ``lookup`` must tell.

        Several times quicker than ``lookup``, which one point in a hundred needs.
        """
        found = np.empty(len(lon), np.int32)
        for at in range(0, len(lon), CHUNK):
            part = slice(at, at + CHUNK)
            found[part] = whole_sets(self.tables, lon[part], lat[part])
        return np.maximum(found, -1, out=found)

    @property
    def sets(self) -> Memberships:
        """The sets of polygons that hold whole cells of the grid."""
        return Memberships(self.tables.set_offsets.astype(np.int64), self.tables.set_members)

    def _answers(self, lon: Floats, lat: Floats) -> Answers:
        return answers(self.tables, self._exact, lon, lat)


def build_cover(geometries: Geometries, *, cells: int | None = None) -> GridCover:
    """Return a cover of polygons; their positions in the array are what it answers.

    Parameters
    ----------
    geometries
        Polygons and multipolygons in degrees, shape (n,), with finite coordinates. None and
        empty geometries hold no point. Invalid polygons are answered as shapely answers when
        they are not prepared; slowly, where several of their rings overlap.
    cells
        How many cells the grid shall have, about. Left out, so many that one in a hundred is a
        border cell, but no more than 1.6 million: 200,000 polygons of 19 vertices then take
        about 100 MB. Where polygons lie many deep there are fewer, to bound memory.

    Raises
    ------
    TypeError
        If a geometry that is not empty is no polygon or multipolygon.
    ValueError
        If a coordinate is not finite.
    """
    own = np.array(geometries, dtype=object)
    own.setflags(write=False)
    ambiguous = ambiguous_among(own)
    return GridCover(own, ambiguous, build_tables(own, ambiguous, cells=cells))


def checked_points(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return longitude and latitude as arrays.

    Raises
    ------
    ValueError
        If they are not of one shape (n,).
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"lon and lat need one shape (n,), not {x.shape} and {y.shape}")
    return x, y
