"""The covers of a large collection's areas in a file beside its segment, which all workers map.

The areas are taken some ten thousand at a time, in the order of the spatial index, so that each
part lies together: memory and time for it are those of a part, and of all in proportion to them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.cover.build_tables import build_tables
from zones.cover.cell_tables import CoverGrid, CoverTables
from zones.cover.exact_by_shapely import ambiguous_among
from zones.cover.many_points import all_members, answers
from zones.lookup.containment import areas_for_a_cover
from zones.model import JSON
from zones.segment_files.derived_files import AddArray, DerivedArrays
from zones.segment_files.made_by_code_version import digest_of
from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.mapped_collection import MappedCollection

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Exact = Callable[[Floats, Floats], tuple[Indices, Indices]]
"""Returns pairs of point and area that holds it, ascending, without a cover."""

AREAS: Final = 1 << 15
"""Of a part."""
_CELLS_AN_AREA: Final = 2
_VERTICES_A_CELL: Final = 8
"""More cells take more of the disk, fewer have more edges to be looked at: about four so."""
_TABLES: Final = tuple(field.name for field in fields(CoverTables) if field.name != "grid")


@cache
def cover_name() -> str:
    """Return the name of the file: another one when what makes it changes."""
    return f"covers-{digest_of(files('zones.cover'), files('zones.lookup'))}"


def make_covers(collection: MappedCollection) -> None:
    """Make the file if there is none.

    Raises
    ------
    OSError
        If there is no room, or the disk fails.
    """
    if collection.segment.derived is not None and collection.is_as_in_segment:
        collection.segment.derived.write(cover_name(), partial(_add_covers, collection))


def covers_in_file(collection: MappedCollection, exact: Exact) -> "CoversInFile | None":
    """Return the covers if there is a file of them."""
    if not collection.has_shared(cover_name()) or collection.segment.derived is None:
        return None
    found = collection.segment.derived.opened(cover_name())
    return None if found is None else CoversInFile(found, exact)


def areas_among(shapes: Geometries) -> Geometries:
    """Return shapes, None in place of what no point can be located in."""
    shapes[~areas_for_a_cover(shapes) | shapely.is_empty(shapes)] = None
    return shapes


class CoversInFile:
    """Answers by the covers of all parts; for any number of threads."""

    def __init__(self, found: DerivedArrays, exact: Exact) -> None:
        grids: Any = found.about["grids"]
        self._parts = [
            _Part(found.arrays, number, CoverGrid(**grid), exact)
            for number, grid in enumerate(grids)
        ]

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        """Return pairs of point and area that holds it, ascending."""
        points, areas = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for part in self._parts:
            near = part.near(lon, lat)
            if len(near):
                at, held = part.pairs(lon[near], lat[near])
                points.append(near[at])
                areas.append(held)
        point, area = np.concatenate(points), np.concatenate(areas)
        order = np.lexsort((area, point))
        return point[order], area[order]


class _Part:
    """The cover of some areas, known by their positions in the collection."""

    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], number: int, grid: CoverGrid, exact: Exact
    ) -> None:
        self._positions = arrays[f"{number} positions"]
        self._box: list[float] = arrays[f"{number} box"].tolist()
        self._exact = _TestInPart(self._positions, exact)
        self._tables = CoverTables(grid, **{name: arrays[f"{number} {name}"] for name in _TABLES})

    def near(self, lon: Floats, lat: Floats) -> Indices:
        """Return which points may lie in any of the areas; one that is NaN lies in none."""
        west, south, east, north = self._box
        return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        """Return pairs of point and position."""
        counts, members = all_members(self._tables, answers(self._tables, self._exact, lon, lat))
        return np.repeat(np.arange(len(counts)), counts), self._positions[members]


class _TestInPart:
    """A test of all areas as one of some of them, by their numbers among these."""

    def __init__(self, positions: Indices, exact: Exact) -> None:
        self._positions = positions
        self._exact = exact

    def pairs(self, lon: Floats, lat: Floats) -> tuple[Indices, Indices]:
        """Return pairs of point and area that holds it, ascending."""
        point, position = self._exact(lon, lat)
        area = np.minimum(np.searchsorted(self._positions, position), len(self._positions) - 1)
        own = self._positions[area] == position
        return point[own], area[own]


def _add_covers(collection: MappedCollection, add: AddArray) -> Mapping[str, JSON]:
    grids: list[JSON] = []
    for positions in _parts(collection):
        shapes = areas_among(collection.geometries[positions])
        there = ~shapely.is_missing(shapes)
        if there.any():
            tables = _tables_of(shapes[there])
            for name in _TABLES:
                add(f"{len(grids)} {name}", getattr(tables, name))
            add(f"{len(grids)} positions", positions[there])
            add(f"{len(grids)} box", shapely.total_bounds(shapes))
            grids.append(asdict(tables.grid))
    return {"grids": grids}


def _parts(collection: MappedCollection) -> Iterator[Indices]:
    """Yield the positions of some features that lie together, ascending."""
    order = collection.segment.tree.rows
    for begin in range(0, len(order), AREAS):
        yield np.sort(order[begin : begin + AREAS]).astype(np.int64)


def _tables_of(shapes: Geometries) -> CoverTables:
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    cells = _CELLS_AN_AREA * len(shapes) + vertices // _VERTICES_A_CELL
    return build_tables(shapes, ambiguous_among(shapes), cells=cells)
