"""Which areas of a large collection hold points, by its own spatial index: ready at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from zones.cover.exact_by_shapely import ambiguous_among
from zones.cover.grid_cover import Memberships, build_cover, checked_points
from zones.lookup.covers_in_file import CoversInFile, areas_among, cover_name, covers_in_file
from zones.model import JSON
from zones.properties.feature_name import feature_name
from zones.ragged_arrays import offsets_of
from zones.snapshot.collection import Collection
from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.mapped_collection import MappedCollection

COVER_PAYS: Final = 4
"""Points looked up for each area after which covers in a file pay, which take long to make."""
AT_ONCE: Final = 20_000
"""Points whose areas are read together."""
_FEW: Final = 1_000
"""Points in one question that do not count towards a cover."""
_PREPARED: Final = 32
"""Points near one area for which it pays to index its edges."""
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_AREAL: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_OF_INDEX: Final = 64


class TreeCover:
    """Answers as a ``GridCover`` of the same areas does; for any number of threads.

    Points are looked up in the collection's spatial index, which is there; what is read for it is
    not kept. Once very many have been asked for covers in a file are wanted, and used once they
    are there.
    """

    def __init__(self, collection: MappedCollection) -> None:
        self._collection = collection
        self._points_looked_up = 0
        self._covers: CoversInFile | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return build_cover, (areas_of(self._collection),)

    @property
    def nbytes(self) -> int:
        """Memory of what was built, without the areas themselves."""
        return _OF_INDEX

    @property
    def wants_covers(self) -> MappedCollection | None:
        """The collection, if covers of it in a file would pay and are not there."""
        is_little = self._points_looked_up <= COVER_PAYS * len(self._collection)
        if is_little or not self._collection.is_as_in_segment:
            return None
        return None if self._collection.has_shared(cover_name()) else self._collection

    def at(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the areas that hold one point, ascending."""
        _, areas = self._pairs(np.array([lon]), np.array([lat]))
        return tuple(areas.tolist())

    def lookup(self, lon: ArrayLike, lat: ArrayLike) -> Memberships:
        """Return for each of n points all areas that hold it, as ``GridCover.lookup`` does."""
        x, y = checked_points(lon, lat)
        self._points_looked_up += len(x) if len(x) > _FEW else 0
        counts, areas = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
        for part in (slice(at, at + AT_ONCE) for at in range(0, len(x), AT_ONCE)):
            point, area = self._pairs_of_many(x[part], y[part])
            counts.append(np.bincount(point, minlength=len(x[part])))
            areas.append(area.astype(np.int32))
        return Memberships(offsets_of(np.concatenate(counts)), np.concatenate(areas))

    def _pairs_of_many(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        if self._covers is None and self._points_looked_up > COVER_PAYS * len(self._collection):
            self._covers = covers_in_file(self._collection, self._pairs)
        return (self._covers.pairs if self._covers else self._pairs)(lon, lat)

    def _pairs(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        """Return pairs of point and area that holds it, ascending."""
        finite = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        at, near = self._collection.tree.about(lon[finite], lat[finite])
        areas, which = np.unique(near, return_inverse=True)
        shapes = areas_among(self._collection.geometries[areas])
        _prepare(shapes, np.bincount(which, minlength=len(areas)))
        points = finite[at]
        holds = np.flatnonzero(shapely.intersects_xy(shapes[which], lon[points], lat[points]))
        points, found = points[holds], near[holds]
        order = np.lexsort((found, points))
        return points[order], found[order]


def _prepare(shapes: Geometries, points: Indices) -> None:
    """Prepare those that many points are near, whose answers that does not change."""
    often = np.flatnonzero(points >= _PREPARED)
    # Copies: two threads that prepare one geometry at once end the process (GEOS 3.14).
    shapes[often] = shapely.from_wkb(shapely.to_wkb(shapes[often]))
    shapely.prepare(np.delete(shapes[often], ambiguous_among(shapes[often])))


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
    return areas_among(np.array(collection.geometries, dtype=object))
