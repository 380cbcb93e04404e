"""Which areas of a large collection hold points, by its own spatial index: ready at once."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from zones.cover.grid_cover import GridCover, Memberships, build_cover
from zones.lookup.containment import areas_for_a_cover
from zones.model import JSON
from zones.properties.feature_name import feature_name
from zones.ragged_arrays import offsets_of
from zones.snapshot.collection import Collection

MANY: Final = 20_000
"""Points after which a cover pays that takes seconds to build."""
_FEW: Final = 1_000
"""Points in one question that do not count towards it."""
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_AREAL: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_OF_INDEX: Final = 64


class TreeCover:
    """Answers as a ``GridCover`` of the same areas does; for any number of threads.

    Points are looked up in the collection's spatial index, which is there. Once very many have been
    asked for a cover is built, which takes seconds and memory, and stays.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._points_looked_up = 0

    def __reduce__(self) -> tuple[object, ...]:
        return _itself, (self._grid,)

    @property
    def nbytes(self) -> int:
        """Memory of what was built, without the areas themselves."""
        return self._grid.nbytes if "_grid" in self.__dict__ else _OF_INDEX

    def at(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the areas that hold one point, ascending."""
        _, areas = self._pairs(np.array([lon]), np.array([lat]))
        return tuple(areas.tolist())

    def lookup(self, lon: ArrayLike, lat: ArrayLike) -> Memberships:
        """Return for each of n points all areas that hold it, as ``GridCover.lookup`` does."""
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        self._points_looked_up += len(x) if len(x) > _FEW else 0
        if x.ndim != 1 or x.shape != y.shape or self._points_looked_up > MANY:
            return self._grid.lookup(x, y)
        points, areas = self._pairs(x, y)
        counts = np.bincount(points, minlength=len(x))
        return Memberships(offsets_of(counts), areas.astype(np.int32))

    def _pairs(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        """Return pairs of point and area that holds it, ascending."""
        finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        places = shapely.points(lon[finite], lat[finite])
        at, near = self._collection.tree.query(places)
        areas, which = np.unique(near, return_inverse=True)
        shapes = self._collection.geometries[areas]
        shapes[~areas_for_a_cover(shapes)] = None
        points = finite[at]
        holds = np.flatnonzero(shapely.intersects_xy(shapes[which], lon[points], lat[points]))
        points, found = points[holds], near[holds]
        order = np.lexsort((found, points))
        return points[order], found[order]

    @cached_property
    def _grid(self) -> GridCover:
        return build_cover(areas_of(self._collection))


class NamesOf(Sequence[str | None]):
    """The names of a collection's features, each found when it is asked for."""

    def __init__(self, collection: Collection) -> None:
        self._properties = collection.properties
        self._title_field = collection.info.title_field

    def __len__(self) -> int:
        return len(self._properties)

    def __reduce__(self) -> tuple[type[list[str | None]], tuple[list[str | None]]]:
        return list, ([*self],)

    @overload
    def __getitem__(self, index: int) -> str | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[str | None]: ...
    def __getitem__(self, index: int | slice) -> str | list[str | None] | None:
        if isinstance(index, slice):
            return [self._name(each) for each in self._properties[index]]
        return self._name(self._properties[index])

    def __iter__(self) -> Iterator[str | None]:
        return map(self._name, self._properties)

    def _name(self, properties: Mapping[str, JSON]) -> str | None:
        return feature_name(properties, self._title_field)


def has_areas(collection: Collection) -> bool:
    """Return whether any feature is a polygon with a place."""
    areal = np.flatnonzero(np.isin(collection.kinds, _AREAL))
    # Most often the first ones have.
    return any(
        bool(np.isfinite(collection.bounds_at(some)).all(axis=1).any())
        for some in (areal[:_FEW], areal[_FEW:])
    )


def areas_of(collection: Collection) -> NDArray[np.object_]:
    """Return the areas of a collection, None for what is none or empty."""
    shapes = np.array(collection.geometries, dtype=object)
    shapes[~areas_for_a_cover(shapes) | shapely.is_empty(shapes)] = None
    return shapes


def _itself(cover: GridCover) -> GridCover:
    return cover
