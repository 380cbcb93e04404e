"""What differs between two revisions of a collection, feature by feature."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import orjson
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from zones.crs.area_and_length import geodesic_areas_m2
from zones.crs.transform import to_plane
from zones.model import JSON, Feature

Kind = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One attribute before and after; None also stands for an attribute that was not there."""

    name: str
    kind: Kind
    old: JSON = None
    new: JSON = None


@dataclass(frozen=True, slots=True)
class FeatureChange:
    """What became of one feature.

    ``moved_m`` is the Hausdorff distance between both shapes in EPSG:4550: no vertex lies
    farther than this from the other outline. ``area_change_m2`` is geodesic, new less old. Both
    are None where there is nothing to compare: a feature added or removed, or without geometry;
    the latter also unless one of the shapes is a polygon.
    """

    fid: str
    kind: Kind
    before: Feature | None
    after: Feature | None
    fields: tuple[FieldChange, ...] = ()
    moved_m: float | None = None
    area_change_m2: float | None = None

    @property
    def geometry_changed(self) -> bool:
        """Return whether the geometry is not the same to the last bit, vertex by vertex."""
        return _shape(self.before) != _shape(self.after)


@dataclass(frozen=True, slots=True)
class RevisionDiff:
    """The features that differ: those added, changed (as pairs of old and new) and removed."""

    added: tuple[Feature, ...]
    changed: tuple[tuple[Feature, Feature], ...]
    removed: tuple[Feature, ...]

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    def changes(self, start: int = 0, stop: int | None = None) -> list[FeatureChange]:
        """Return the changes from ``start`` to ``stop``: added ones, changed ones, removed ones.

        Distances and areas are measured for these alone.
        """
        pairs: list[tuple[Feature | None, Feature | None]] = [
            *((None, feature) for feature in self.added),
            *self.changed,
            *((feature, None) for feature in self.removed),
        ]
        chosen = pairs[start:stop]
        areas = _area_changes_m2(chosen)
        return [
            _change(before, after, area_m2)
            for (before, after), area_m2 in zip(chosen, areas, strict=True)
        ]


def difference_between(before: Sequence[Feature], after: Sequence[Feature]) -> RevisionDiff:
    """Return what differs, features being matched by their ids.

    Both may be whole collections, or what ``SqlStore.differing`` returns. Features are the same
    if their coordinates are, to the last bit and in their order, and their attributes.
    """
    earlier = {feature.fid: feature for feature in before}
    added, changed = [], []
    for feature in after:
        old = earlier.pop(feature.fid, None)
        if old is None:
            added.append(feature)
        elif not is_same(old, feature):
            changed.append((old, feature))
    return RevisionDiff(tuple(added), tuple(changed), tuple(earlier.values()))


def is_same(one: Feature, other: Feature) -> bool:
    """Return whether geometry and attributes are equal; the attributes may be in any order."""
    return _shape(one) == _shape(other) and _text(one.properties) == _text(other.properties)


def field_changes(old: Mapping[str, JSON], new: Mapping[str, JSON]) -> tuple[FieldChange, ...]:
    """Return the attributes that differ, in the order of the new ones, then those that ended."""
    found = []
    for name, value in new.items():
        if name not in old:
            found.append(FieldChange(name, "added", new=value))
        elif _text(old[name]) != _text(value):
            found.append(FieldChange(name, "changed", old[name], value))
    gone = [FieldChange(name, "removed", old=old[name]) for name in old if name not in new]
    return (*found, *gone)


def hausdorff_m(one: BaseGeometry | None, other: BaseGeometry | None) -> float | None:
    """Return the discrete Hausdorff distance of two geometries of EPSG:4490, in EPSG:4550.

    The greatest distance of a vertex of either from the nearest point of the other's lines (of
    polygons: their rings). None if one is missing or empty, or has no place in the plane.
    GEOS compares every vertex with every edge; here an index finds the nearest edge, so that two
    outlines of 200,000 vertices take seconds and not hours.
    """
    pieces = [_Pieces(geometry) for geometry in (one, other)]
    if not all(piece.in_plane for piece in pieces):
        return None
    return max(pieces[0].farthest_from(pieces[1]), pieces[1].farthest_from(pieces[0]))


class _Pieces:
    """The vertices and the edges of a geometry in the plane."""

    def __init__(self, geometry: BaseGeometry | None) -> None:
        flat = to_plane(geometry)
        self.vertices: Any = shapely.get_coordinates(flat)
        self.in_plane = len(self.vertices) > 0 and bool(np.isfinite(self.vertices).all())
        self._flat = flat

    def farthest_from(self, other: "_Pieces") -> float:
        """Return the greatest distance of a vertex of this one from the other's edges."""
        vertices = shapely.points(np.unique(self.vertices, axis=0))
        _, distances = STRtree(_edges(other._flat)).query_nearest(
            vertices, all_matches=False, return_distance=True
        )
        return float(distances.max())


def _edges(geometry: BaseGeometry) -> Any:
    """Return the points of a geometry and the edges of its lines and rings, each by itself."""
    parts = shapely.get_parts([geometry])
    while (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    kinds = shapely.get_type_id(parts)
    rings = shapely.get_rings(parts[kinds == shapely.GeometryType.POLYGON])
    lines = parts[(kinds == shapely.GeometryType.LINESTRING)]
    xy, owner = shapely.get_coordinates(np.concatenate([lines, rings]), return_index=True)
    start = np.flatnonzero(owner[1:] == owner[:-1])
    edges = shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1))
    return np.concatenate([parts[kinds == shapely.GeometryType.POINT], edges])


def _change(
    before: Feature | None, after: Feature | None, area_change_m2: float | None
) -> FeatureChange:
    if before is None or after is None:
        kind: Kind = "added" if before is None else "removed"
        feature = after or before
        assert feature is not None  # noqa: S101 - one of the two is there
        return FeatureChange(feature.fid, kind, before, after)
    fields = field_changes(before.properties, after.properties)
    moved_m = hausdorff_m(before.geometry, after.geometry)
    return FeatureChange(after.fid, "changed", before, after, fields, moved_m, area_change_m2)


def _area_changes_m2(
    pairs: Iterable[tuple[Feature | None, Feature | None]],
) -> list[float | None]:
    shapes = np.empty((2, len(listed := list(pairs))), dtype=object)
    for row, side in enumerate(zip(*listed, strict=True)):
        shapes[row] = [feature and feature.geometry for feature in side]
    flat = np.maximum.reduce(shapely.get_dimensions(shapes), axis=0) < 2  # noqa: PLR2004 - no area
    grown_m2 = geodesic_areas_m2(shapes[1]) - geodesic_areas_m2(shapes[0])
    none = flat | shapely.is_missing(shapes).any(axis=0)
    return [
        None if absent else value
        for absent, value in zip(none.tolist(), grown_m2.tolist(), strict=True)
    ]


def _shape(feature: Feature | None) -> bytes | None:
    wkb: bytes | None = shapely.to_wkb(feature.geometry) if feature else None
    return wkb


def _text(value: Any) -> bytes:
    plain = dict(value) if isinstance(value, Mapping) else value
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
