"""Whether the polygons of the seed fit together: shared edges, no gap, no overlap, right roles."""

from collections.abc import Iterator
from itertools import combinations

import shapely

from zones.crs.area_and_length import geodesic_area_m2
from zones.lookup.border_lines import read_borders
from zones.lookup.numbered_edges import Edge, edges_of
from zones.model import JSON, Problem
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import text

AREA_TOLERANCE_M2 = 1.0
"""Sums of areas worked out in another order differ by far less; a gap is larger by far."""


def check_tiling(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield where zones, subdistricts, district and borders do not fit together."""
    yield from _check_edges(snapshot)
    yield from _check_overlaps(snapshot, "zones")
    yield from _check_overlaps(snapshot, "subdistricts")
    yield from _check_district(snapshot)
    yield from _check_zones_in_subdistricts(snapshot)
    yield from _check_roles(snapshot)


def _check_edges(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that every edge of a polygon is an edge of a border piece, and the reverse."""
    drawn = {e for piece in snapshot.collection("borders") for e in edges_of(piece.geometry)}
    used = set()
    for collection_id in ("zones", "subdistricts", "district"):
        for polygon in snapshot.collection(collection_id):
            edges = set(edges_of(polygon.geometry))
            used |= edges
            yield from _missing("check-edge-undrawn", collection_id, polygon.fid, edges - drawn)
    for piece in snapshot.collection("borders"):
        idle = set(edges_of(piece.geometry)) - used
        yield from _missing("check-edge-idle", "borders", piece.fid, idle)


def _missing(code: str, collection_id: str, fid: str, edges: set[Edge]) -> Iterator[Problem]:
    if edges:
        lon, lat = min(edges)[0]
        params: dict[str, JSON] = {"collection": collection_id, "fid": fid, "edges": len(edges)}
        yield Problem(code, params, lon=lon, lat=lat)


def _check_overlaps(snapshot: Snapshot, collection_id: str) -> Iterator[Problem]:
    for one, other in combinations(snapshot.collection(collection_id), 2):
        if one.geometry is None or other.geometry is None:
            continue
        area = geodesic_area_m2(shapely.intersection(one.geometry, other.geometry))
        if area > AREA_TOLERANCE_M2:
            params: dict[str, JSON] = {
                "fid": one.fid,
                "other": other.fid,
                "area_m2": round(area, 1),
            }
            yield Problem("check-overlap", {"collection": collection_id, **params})


def _check_district(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that the subdistricts sum to the district and cover it."""
    subdistricts = snapshot.collection("subdistricts").geometries
    district = shapely.union_all(snapshot.collection("district").geometries)
    summed = sum(geodesic_area_m2(each) for each in subdistricts if each is not None)
    whole = geodesic_area_m2(district)
    uncovered = shapely.symmetric_difference(district, shapely.union_all(subdistricts))
    apart = geodesic_area_m2(uncovered)
    if abs(summed - whole) > AREA_TOLERANCE_M2 or apart > AREA_TOLERANCE_M2:
        areas = {"summed": summed, "whole": whole, "apart": apart}
        yield Problem("check-district", {key: round(area, 1) for key, area in areas.items()})


def _check_zones_in_subdistricts(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that each zone by bounds lies within its subdistricts by administration."""
    subdistricts = snapshot.collection("subdistricts")
    for zone in snapshot.collection("zones"):
        own = [s.geometry for s in subdistricts if text(s.properties, "zone") == zone.fid]
        beyond = geodesic_area_m2(shapely.difference(zone.geometry, shapely.union_all(own)))
        if beyond > AREA_TOLERANCE_M2:
            yield Problem("check-zone-beyond", {"fid": zone.fid, "area_m2": round(beyond, 1)})


def _check_roles(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that a border piece has the role that the polygons on its sides give it."""
    for border in snapshot.derived(read_borders).all:
        if border.fid is None:
            continue
        role = text(snapshot.collection("borders").feature(border.fid).properties, "role")
        if border.separates_zones != (role in ("bounds", "administration")):
            yield Problem("check-role", {"fid": border.fid, "role": str(role)})
