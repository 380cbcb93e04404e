"""Area and length of stored geometry: on the ellipsoid, and in the plane of EPSG:4550.

Geometry is in EPSG:4490 degrees. The figure of record is the geodesic one, on the CGCS2000
ellipsoid with the shortest lines between vertices (Karney 2013, "Algorithms for geodesics", as in
PROJ). The planar figure is that of the Gauss-Krueger projection with the meridian 123 E, in which
cadastral work is done; in the district it is 15 to 40 ppm larger in area.

As in Shapely, points and lines have area 0, points have length 0, the length of a polygon is that
of all its rings, a collection measures the sum of its parts, empty geometry measures 0 and None
measures NaN. Neither the direction of a ring nor a height matters. Geometry must be valid: parts
that overlap count twice. Planar areas grow with the distance from the meridian (50 ppm at 45 km,
200 ppm at 90 km); on the far side of the earth planar figures are NaN.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from zones.crs.transform import to_plane

Floats = NDArray[np.float64]
_Parts = tuple[NDArray[np.object_], NDArray[np.intp]]

# CGCS2000, EPSG ellipsoid 1024: semi-major axis and inverse flattening.
_ELLIPSOID = Geod(a=6378137.0, rf=298.257222101)

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one geometry measures; None where the figure has no meaning for its kind.

    Polygons have areas and lengths (their perimeter), lines have lengths, points have neither;
    nor has empty geometry without a kind, or a missing one. Planar figures are None where the
    projection has no value.
    """

    area_m2: float | None = None
    length_m: float | None = None
    planar_area_m2: float | None = None
    planar_length_m: float | None = None


def measure(geom: Any) -> Measurement:
    """Return every figure of one geometry."""
    return measure_all([geom])[0]


def measure_all(geoms: Iterable[Any]) -> list[Measurement]:
    """Return every figure of each geometry, in their order."""
    array = _array(geoms)
    columns = (
        shapely.get_dimensions(array).tolist(),
        geodesic_areas_m2(array).tolist(),
        geodesic_lengths_m(array).tolist(),
        planar_areas_m2(array).tolist(),
        planar_lengths_m(array).tolist(),
    )
    return [_meaningful(*row) for row in zip(*columns, strict=True)]


def geodesic_area_m2(geom: Any) -> float:
    """Return the area of one geometry on the ellipsoid."""
    return float(geodesic_areas_m2([geom])[0])


def geodesic_areas_m2(geoms: Iterable[Any]) -> Floats:
    """Return the area of each geometry on the ellipsoid."""
    array = _array(geoms)
    polygons, owner = _of_type(_simple_parts(array), shapely.GeometryType.POLYGON)
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    is_hole = np.diff(polygon_of, prepend=-1) == 0
    areas = np.array([_ring_area_m2(ring) for ring in rings], dtype=np.float64)
    return _total(np.where(is_hole, -areas, areas), owner[polygon_of], array)


def equal_areas_m2(geoms: Iterable[Any]) -> Floats:
    """Return the area of each geometry on the ellipsoid, its sides straight on a map of true areas.

    All at once, in a tenth of the time of ``geodesic_areas_m2``; sides of 10 km make some
    0.01 % of difference, of 100 km 0.1 %.
    """
    array = _array(geoms)
    flat = shapely.transform(array, _on_cylinder)
    return np.where(shapely.is_missing(array), np.nan, shapely.area(flat))


def _on_cylinder(degrees: Floats) -> Floats:
    """Return positions on the cylinder that keeps areas (Lambert's), in metres."""
    e, sine = _ELLIPSOID.es**0.5, np.sin(np.radians(degrees[:, 1]))
    bulge = np.arctanh(e * sine) / e + sine / (1.0 - _ELLIPSOID.es * sine**2)
    north = _ELLIPSOID.a * (1.0 - _ELLIPSOID.es) * bulge / 2.0
    return np.column_stack([_ELLIPSOID.a * np.radians(degrees[:, 0]), north])


def geodesic_length_m(geom: Any) -> float:
    """Return the length of one geometry on the ellipsoid; of a polygon, its perimeter."""
    return float(geodesic_lengths_m([geom])[0])


def geodesic_lengths_m(geoms: Iterable[Any]) -> Floats:
    """Return the length of each geometry on the ellipsoid; of polygons, their perimeter."""
    array = _array(geoms)
    parts = _simple_parts(array)
    polygons, polygon_owner = _of_type(parts, shapely.GeometryType.POLYGON)
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    lines, line_owner = _of_type(parts, *_LINES)
    owner = np.concatenate([line_owner, polygon_owner[polygon_of]])
    xy, line_of = shapely.get_coordinates(np.concatenate([lines, rings]), return_index=True)
    start = np.flatnonzero(line_of[1:] == line_of[:-1])
    _, _, steps_m = _ELLIPSOID.inv(*xy[start].T, *xy[start + 1].T)
    return _total(steps_m, owner[line_of[start]], array)


def planar_area_m2(geom: Any) -> float:
    """Return the area of one geometry in EPSG:4550."""
    return float(planar_areas_m2([geom])[0])


def planar_areas_m2(geoms: Iterable[Any]) -> Floats:
    """Return the area of each geometry in EPSG:4550."""
    return _in_plane(shapely.area, _array(geoms))


def planar_length_m(geom: Any) -> float:
    """Return the length of one geometry in EPSG:4550; of a polygon, its perimeter."""
    return float(planar_lengths_m([geom])[0])


def planar_lengths_m(geoms: Iterable[Any]) -> Floats:
    """Return the length of each geometry in EPSG:4550; of polygons, their perimeter."""
    return _in_plane(shapely.length, _array(geoms))


def _meaningful(dimensions: int, *figures: float) -> Measurement:
    area_m2, length_m, planar_area_m2, planar_length_m = (
        None if isnan(figure) else figure for figure in figures
    )
    if dimensions <= 0:
        return Measurement()
    if dimensions == 1:
        return Measurement(length_m=length_m, planar_length_m=planar_length_m)
    return Measurement(area_m2, length_m, planar_area_m2, planar_length_m)


def _in_plane(figure: Callable[[Any], Floats], array: NDArray[np.object_]) -> Floats:
    """Return the figure of each geometry in EPSG:4550, NaN where the projection has no value."""
    with np.errstate(invalid="ignore"):
        values = figure(to_plane(array))
    return np.where(np.isfinite(values), values, np.nan)


def _array(geoms: Iterable[Any]) -> NDArray[np.object_]:
    if isinstance(geoms, np.ndarray):
        return geoms
    listed = list(geoms)
    # Filled, not converted: numpy would try to look into geometries that are sequences.
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _simple_parts(array: NDArray[np.object_]) -> _Parts:
    """Return the points, lines and polygons of all geometries, and whose part each is."""
    parts, owner = shapely.get_parts(array, return_index=True)
    while np.any(shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT):
        parts, whole = shapely.get_parts(parts, return_index=True)
        owner = owner[whole]
    return parts, owner


def _of_type(parts: _Parts, *types: int) -> _Parts:
    chosen = np.isin(shapely.get_type_id(parts[0]), types)
    return parts[0][chosen], parts[1][chosen]


def _ring_area_m2(ring: Any) -> float:
    lon, lat = shapely.get_coordinates(ring).T
    signed_m2, _ = _ELLIPSOID.polygon_area_perimeter(lon, lat)
    return abs(float(signed_m2))


def _total(values: Floats, owner: NDArray[np.intp], array: NDArray[np.object_]) -> Floats:
    """Return the sum of the values of each geometry, NaN for a missing one."""
    sums = np.bincount(owner, weights=values, minlength=len(array))
    return np.where(shapely.is_missing(array), np.nan, sums)
