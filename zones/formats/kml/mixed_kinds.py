"""Geometries of KML where only some kinds may be: labels are left out, rings become areas.

Google Earth keeps an area and the point of its label in one geometry. The parts of the highest
dimension are the thing, if they are of a kind that may be; an area is never made of its label.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.model import GeometryKind, Problem
from zones.source.model import SourceBatch

_KINDS: Final[tuple[GeometryKind, ...]] = ("point", "line", "polygon")
_MAKERS: Final = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
_RING, _COLLECTION = 2, 7


def fitted(batch: SourceBatch, kinds: Collection[GeometryKind]) -> SourceBatch:
    """Return the batch with geometries that fit the kinds, as far as they hold such parts.

    ``kinds`` empty allows any; rings stay lines then.
    """
    types = shapely.get_type_id(batch.geometries)
    if not np.isin(types, (_RING, _COLLECTION)).any():
        return batch
    geometries, problems = batch.geometries.copy(), list(batch.problems)
    as_areas = set(kinds) == {"polygon"}
    rings = np.flatnonzero(types == _RING).tolist()
    make = shapely.polygons if as_areas else shapely.linestrings
    for at in rings:
        geometries[at] = make(shapely.get_coordinates(geometries[at]))
    if as_areas and rings:
        problems.append(_problem("lines-as-areas", batch, rings))
    mixed = np.flatnonzero(types == _COLLECTION).tolist() if kinds else []
    parted = [at for at in mixed if _keep_main(geometries, at, kinds)]
    if parted:
        problems.append(_problem("kml-parts-left-out", batch, parted))
    return replace(batch, geometries=geometries, problems=tuple(problems))


def _keep_main(
    geometries: NDArray[np.object_],
    at: int,
    kinds: Collection[GeometryKind],
) -> bool:
    """Keep the parts of the highest dimension alone if they may be; return whether it was done."""
    parts = _parts(geometries[at])
    dimension = max((int(shapely.get_dimensions(part)) for part in parts), default=-1)
    if dimension < 0 or _KINDS[dimension] not in kinds:
        return False
    main = [part for part in parts if shapely.get_dimensions(part) == dimension]
    geometries[at] = main[0] if len(main) == 1 else _MAKERS[dimension](main)
    return len(main) < len(parts)


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Return all single geometries in one."""
    if not hasattr(geometry, "geoms"):
        return [geometry]
    return [single for part in shapely.get_parts(geometry) for single in _parts(part)]


def _problem(code: str, batch: SourceBatch, rows: Sequence[int]) -> Problem:
    return Problem(code, {"count": len(rows)}, "note", feature=int(batch.numbers[rows[0]]))
