"""Tables of boundary points as sources of areas."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.csv.boundary_points import (
    BoundaryColumns,
    Parcels,
    Row,
    area_of,
    boundary_columns,
    may_bound,
    parcels_of,
)
from zones.model import JSON, GeometryKind, Problem
from zones.source.model import Source, SourceBatch, SourceLayer

_BATCH_FEATURES: Final = 2000
_LISTED: Final = 300

Area = tuple[BaseGeometry | None, Row]


def areas_or_points(points: Source, kinds: frozenset[GeometryKind]) -> Source:
    """Return a table of points as the areas that they bound, if they do.

    Parameters
    ----------
    kinds
        What the collection takes; empty for anything. Points that bound something stay points
        where areas are not wanted; where nothing else is, they bound an area in their order.
    """
    columns = boundary_columns(list(points.layer.field_types))
    if not may_bound(columns, kinds):
        return points
    is_meant = columns.ring is not None or kinds == {"polygon"}
    parcels = parcels_of(points, columns, is_meant=is_meant)
    if not any(parcel.rings for parcel in parcels.found) or not (is_meant or parcels.are_closed):
        return points
    return _AreaSource(points.layer, parcels, columns)


class _AreaSource:
    """The parcels of a table; attributes are those that all points of a parcel share."""

    def __init__(self, layer: SourceLayer, parcels: Parcels, columns: BoundaryColumns) -> None:
        dropped = {columns.point, columns.ring}.union(*(each.differing for each in parcels.found))
        field_types = {
            name: kind for name, kind in layer.field_types.items() if name not in dropped
        }
        self._areas = list(_areas(parcels, columns, list(field_types)))
        self._problems = tuple(parcels.problems)
        lost = [name for name in layer.field_types if name in dropped]
        self.layer = replace(
            layer,
            field_types=field_types,
            notes=(*layer.notes, *_notes(parcels, len(self._areas), lost)),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the areas in the order of their first points."""
        count = max(1, len(self._areas))
        for begin in range(0, count, _BATCH_FEATURES):
            some = self._areas[begin : begin + _BATCH_FEATURES]
            numbers = np.arange(begin + 1, begin + len(some) + 1)
            geometries = np.array([area for area, _ in some], dtype=object)
            rows = [row for _, row in some]
            problems = () if begin else self._problems
            done = (begin + len(some)) / count
            yield done, SourceBatch(numbers, geometries, [None] * len(some), rows, problems)


def _areas(parcels: Parcels, columns: BoundaryColumns, names: Sequence[str]) -> Iterator[Area]:
    """Yield areas and attributes; areas side by side that nothing joins are several features."""
    are_joined = columns.parcel is not None or columns.ring is not None
    for parcel in parcels.found:
        area = area_of(parcel)
        parts = [area] if are_joined or area is None else shapely.get_parts(area).tolist()
        for part in parts:
            yield part, {name: parcel.attributes[name] for name in names}


def _notes(parcels: Parcels, areas: int, dropped: Sequence[str]) -> Iterator[Problem]:
    points = sum(parcel.points for parcel in parcels.found)
    rings = sum(len(parcel.rings) for parcel in parcels.found)
    counts: dict[str, JSON] = {"points": points, "rings": rings, "areas": areas}
    yield Problem("boundary-areas", counts, "note")
    if dropped:
        listed = ", ".join(dropped)[:_LISTED]
        yield Problem("boundary-fields-dropped", {"fields": listed}, "note")
    if parcels.blank:
        yield Problem("boundary-rows-blank", {"count": parcels.blank}, "warning")
