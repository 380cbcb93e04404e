"""Geometries in WKB -> geometries, open rings closed and broken ones told."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from zones.formats.arc_to_points import UnreadableCurveError
from zones.formats.straighten_wkt_wkb_curves import curves_of_wkb
from zones.model import Problem

_ONE_POINT: Final = "point array must contain 0 or >1 elements"
_UNKNOWN: Final = "Unknown WKB type "
_SOLIDS: Final = {"15": "PolyhedralSurface", "16": "TIN", "17": "Triangle"}
_FEWEST_IN_RING = 4
SLIP: Final = 1e-6
"""Of a ring's size: ends no farther apart are one place; 0.1 mm of a hundred metres."""


@dataclass(frozen=True, slots=True)
class BuiltFromWKB:
    """Geometries, None where there is none and where ``problems`` tells why."""

    geometries: NDArray[np.object_]
    problems: tuple[Problem, ...]


def geometries_from_wkb(wkb: NDArray[np.object_], numbers: NDArray[np.int64]) -> BuiltFromWKB:
    """Return the geometries of features by their numbers in the file; None stays None."""
    present = np.array([raw is not None for raw in wkb], bool)
    try:
        return _built(wkb, wkb, present, numbers)
    except NotImplementedError:  # of shapely: one of them has curves
        straight, curved = _straight(wkb)
    built = _built(straight, wkb, present, numbers)
    straightened = [
        Problem("curves-straightened", {}, "note", feature=int(numbers[at])) for at in curved
    ]
    return BuiltFromWKB(built.geometries, (*built.problems, *straightened[:1]))


def _built(
    wkb: NDArray[np.object_],
    encoded: NDArray[np.object_],
    present: NDArray[np.bool_],
    numbers: NDArray[np.int64],
) -> BuiltFromWKB:
    """Return the geometries of ``wkb``; ``encoded`` is how they came, which may hold curves."""
    with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
        geometries = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))
        missing = np.flatnonzero(present & shapely.is_missing(geometries))
        geometries[missing] = shapely.from_wkb(wkb[missing], on_invalid="fix")
    closed = missing[~shapely.is_missing(geometries[missing])]
    problems = [_broken(int(numbers[at]), encoded[at]) for at in np.setdiff1d(missing, closed)]
    geometries[closed] = [without_slips(geometry) for geometry in geometries[closed]]
    if closed.size:
        first, params = int(numbers[closed[0]]), {"count": len(closed)}
        problems.append(Problem("rings-closed", dict(params), "warning", feature=first))
    return BuiltFromWKB(geometries, tuple(problems))


def _straight(wkb: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[int]]:
    """Return WKB without curves, and where there were any; None for those that are unreadable."""
    found, curved = wkb.copy(), []
    for at, raw in enumerate(wkb):
        try:
            geometry = None if raw is None else curves_of_wkb(bytes(raw))
        except UnreadableCurveError:
            found[at] = None
            continue
        if geometry is not None:
            found[at] = shapely.to_wkb(geometry)
            curved.append(at)
    return found, curved


def without_slips(geometry: BaseGeometry) -> BaseGeometry:
    """Return what was closed without the side that leads from beside a ring's start to the start.

    Being micrometres long, it mostly crosses the sides next to it.
    """
    if not isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [
        Polygon(rings[0], rings[1:])
        for part in shapely.get_parts(geometry)
        if (rings := _closed_rings(part))
    ]
    if isinstance(geometry, MultiPolygon):
        return MultiPolygon(parts)
    return parts[0] if parts else geometry


def _closed_rings(polygon: Polygon) -> list[NDArray[np.float64]]:
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygon)]
    return [_closed_at_start(ring) for ring in rings]


def _closed_at_start(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(ring) <= _FEWEST_IN_RING + 1:
        return ring
    if not np.isfinite(ring).all():
        return ring  # for the validation to tell of
    slip = np.abs(ring[-2] - ring[0]).sum()
    is_slip = 0 < slip <= SLIP * np.abs(ring - ring[0]).sum(axis=1).max()
    return np.delete(ring, -2, axis=0) if is_slip else ring


def _broken(number: int, raw: Any) -> Problem:
    """Return why a geometry cannot be built, in words of ours."""
    try:
        shapely.from_wkb(raw)
        reason = ""
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        reason = str(error)
    if _ONE_POINT in reason:
        return Problem("line-too-short", feature=number)
    kind = _SOLIDS.get(reason.rpartition(_UNKNOWN)[2]) if _UNKNOWN in reason else None
    if kind is not None:
        return Problem("geometry-kind-unread", {"kind": kind}, feature=number)
    return Problem("geometry-broken", {"reason": "WKB"}, feature=number)
