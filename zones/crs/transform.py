"""The only place where coordinates change from one reference system to another.

Everything is stored and computed in EPSG:4490 (CGCS2000), x = longitude, y = latitude. What
comes in is brought there by ``to_storage*``, what goes out leaves by ``*from_storage*``. x is
always longitude or easting, whatever order an authority gives; only the functions with
``authority_order`` in their name know of the other.

Vertices are moved and edges are not: a straight edge of 1 km is bowed by up to 2 cm in another
system. Heights are dropped. What has no place in the target, as the far side of the earth in a
Gauss-Krueger zone, becomes infinite (not NaN: GEOS takes a ring that begins with NaN for an open
one), and NaN stays NaN; ask ``check_xy`` first for an error that explains. All functions may be
called from any thread.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from zones.crs import gcj02_bd09
from zones.crs.coordinate_plausibility import (
    are_degrees,
    believable_xy,
    check_xy,
    coordinate_fault,
)
from zones.crs.reference_systems import CRS, PLANE, STORAGE, parse_crs
from zones.crs.source_crs import SourceCRS, source_crs_from_epsg, source_crs_from_wkt

__all__ = [
    "CRS",
    "PLANE",
    "STORAGE",
    "SourceCRS",
    "are_degrees",
    "authority_order",
    "believable_xy",
    "check_xy",
    "coordinate_fault",
    "from_storage_xy",
    "geometry_authority_order",
    "geometry_from_storage",
    "geometry_to_storage",
    "parse_crs",
    "plane_point_step",
    "source_crs_from_epsg",
    "source_crs_from_wkt",
    "to_plane",
    "to_storage_xy",
]

Floats = NDArray[np.float64]
Geometries = Any  # a shapely geometry, None, or an array of them; shapely ships no types
_T = TypeVar("_T")
_Step = Callable[[Floats, Floats], tuple[Floats, Floats]]


@overload
def to_storage_xy(x: float, y: float, crs: CRS) -> tuple[float, float]: ...
@overload
def to_storage_xy(x: Floats, y: Floats, crs: CRS) -> tuple[Floats, Floats]: ...
def to_storage_xy(x: Any, y: Any, crs: CRS) -> tuple[Any, Any]:
    """Return longitude and latitude in EPSG:4490 of coordinates in ``crs``.

    Takes two floats, or two float64 arrays of one shape, and returns the same kind. The
    round trip through any supported system is exact to 0.01 mm in China.
    """
    return (x, y) if crs.is_lonlat else _apply(_into_storage(crs), x, y)


@overload
def from_storage_xy(lon: float, lat: float, crs: CRS) -> tuple[float, float]: ...
@overload
def from_storage_xy(lon: Floats, lat: Floats, crs: CRS) -> tuple[Floats, Floats]: ...
def from_storage_xy(lon: Any, lat: Any, crs: CRS) -> tuple[Any, Any]:
    """Return x and y in ``crs`` of places in EPSG:4490; the reverse of ``to_storage_xy``."""
    return (lon, lat) if crs.is_lonlat else _apply(_out_of_storage(crs), lon, lat)


def plane_point_step() -> Callable[[float, float], tuple[float, float]]:
    """Return ``from_storage_xy`` into EPSG:4550 for pairs of floats alone, in half its time."""
    step: Any = _out_of_storage(PLANE)
    moved: Callable[[float, float], tuple[float, float]] = step
    return moved


def geometry_to_storage(geoms: Geometries, crs: CRS | SourceCRS) -> Geometries:
    """Return 2-d geometries in EPSG:4490 of geometries in ``crs``.

    Takes a geometry or an array of them and returns the same; None stays None, empty stays empty.
    """
    if isinstance(crs, SourceCRS):
        if crs.known is None:
            return _move(geoms, _from_pipeline(crs.pipeline))
        crs = crs.known
    return shapely.force_2d(geoms) if crs.is_lonlat else _move(geoms, _into_storage(crs))


def geometry_from_storage(geoms: Geometries, crs: CRS) -> Geometries:
    """Return 2-d geometries in ``crs`` of geometries in EPSG:4490, shapes and gaps kept."""
    return shapely.force_2d(geoms) if crs.is_lonlat else _move(geoms, _out_of_storage(crs))


def to_plane(geoms: Geometries) -> Geometries:
    """Return geometries of EPSG:4490 in metres of EPSG:4550, for distances, areas and buffers.

    Within 60 km of the meridian 123 E, thus in all Shenyang, lengths are true to 50 ppm.
    """
    return geometry_from_storage(geoms, PLANE)


def authority_order(x: _T, y: _T, crs: CRS) -> tuple[_T, _T]:
    """Return the pair in the order of the authority of ``crs``: north first where it says so.

    Its own reverse, so it also brings a pair in authority order to x, y. For protocols that
    demand it (OGC API with a ``crs`` or ``bbox-crs`` given by URI), not for our own parameters.
    """
    return (y, x) if crs.axis_order == "yx" else (x, y)


def geometry_authority_order(geoms: Geometries, crs: CRS) -> Geometries:
    """Return geometries of ``crs`` with each vertex in the order of its authority."""
    return _move(geoms, lambda x, y: (y, x)) if crs.axis_order == "yx" else geoms


def _move(geoms: Geometries, step: _Step) -> Geometries:
    moved = shapely.transform(geoms, step, interleaved=False)
    # Heights beside measures stay in it as NaN; either of them alone goes.
    return shapely.force_2d(moved) if np.any(shapely.has_z(moved)) else moved


def _apply(step: _Step, x: Any, y: Any) -> tuple[Any, Any]:
    out_x, out_y = step(x, y)
    if isinstance(x, float | int):
        return float(out_x), float(out_y)
    return out_x, out_y


@cache
def _into_storage(crs: CRS) -> _Step:
    if crs is CRS.GCJ02:
        return gcj02_bd09.gcj02_to_wgs84
    if crs is CRS.BD09:
        return gcj02_bd09.bd09_to_wgs84
    return _projection(crs, inverse=True).transform


@cache
def _out_of_storage(crs: CRS) -> _Step:
    if crs is CRS.GCJ02:
        return gcj02_bd09.wgs84_to_gcj02
    if crs is CRS.BD09:
        return gcj02_bd09.wgs84_to_bd09
    return _projection(crs, inverse=False).transform


def _projection(crs: CRS, *, inverse: bool) -> Transformer:
    """Return the map projection of ``crs`` on its own datum.

    No step from datum to datum is asked of PROJ: WGS 84 and CGCS2000 are one here, and a later
    edition of its database shall not move our data. A pyproj Transformer keeps one state for
    each thread (since 3.1) and may be shared.
    """
    degrees = "EPSG:4490" if crs.datum == "CGCS2000" else "EPSG:4326"
    ends = (crs.key, degrees) if inverse else (degrees, crs.key)
    return Transformer.from_crs(*ends, always_xy=True)


@lru_cache(maxsize=64)
def _from_pipeline(pipeline: str) -> _Step:
    return Transformer.from_pipeline(pipeline).transform
