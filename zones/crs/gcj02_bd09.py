"""GCJ-02 and BD-09, the two shifted datums of Chinese web maps, on arrays of degrees.

Both are published only as code. GCJ-02 is the formula that has been public since about 2010
under the names ``wgtochina_lb`` and ``EvilTransform``; it agrees with the coordinate service of
AMap to 0.3 m. BD-09 is the formula known as ``bd_encrypt``. Their published inverses are one
step of an approximation (1-2 m for GCJ-02, 0.5 m for BD-09); here both are iterated to the limit
of the arithmetic.

Every function takes longitude and latitude in degrees, x first, as scalars or arrays that
broadcast together, and returns two float64 arrays of the broadcast shape. NaN passes through.
WGS 84 and CGCS2000 are the same here: they differ by less than a metre.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LonLat = tuple[Floats, Floats]

# The Krasovsky 1940 ellipsoid (that of Beijing 1954); the formula turns metres into degrees on
# it although it is applied to WGS 84. e2 = f (2 - f) = 0.006693421622966, the "ee" of the code.
_SEMI_MAJOR_M = 6378245.0
_FLATTENING = 1 / 298.3
_E2 = _FLATTENING * (2 - _FLATTENING)

# The code shifts inside this rectangle of WGS 84 and leaves all else alone. It is wider than
# China: parts of Korea, Japan, Mongolia and South-East Asia lie in it and are shifted as well.
CHINA_WEST, CHINA_EAST = 72.004, 137.8347
CHINA_SOUTH, CHINA_NORTH = 0.8293, 55.8271

# No shift in the rectangle is longer than this (0.0109 degrees of longitude in its north-east).
_LONGEST_SHIFT_DEG = 0.02

# The waves of the formula: angular frequencies in radians per degree, amplitudes in metres.
_X_WAVES = np.pi * np.array([6, 2, 1, 1 / 3, 1 / 12, 1 / 30])
_Y_WAVES = np.pi * np.array([1, 1 / 3, 1 / 12, 1 / 30])
_EAST_BY_X = np.array([20, 20, 20, 40, 150, 300]) * 2 / 3
_NORTH_BY_X = np.array([20, 20, 0, 0, 0, 0]) * 2 / 3
_NORTH_BY_Y = np.array([20, 40, 160, 320]) * 2 / 3

_BD_WAVE = 3000 * np.pi / 180
_BD_EAST_DEG, _BD_NORTH_DEG = 0.0065, 0.006

# The slope of either shift is at most 0.02, so that each step gains about two digits: stepping
# from a miss of 5e-11 degrees leaves 1e-12 (0.1 micrometre). Seven steps are enough; the bound
# only guards against endless turning.
_TOLERANCE_DEG = 5e-11
_MOST_STEPS = 30

# A place on the rectangle's very edge comes back from the iteration a rounding error outside it.
_EDGE_DEG = 1e-10


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return GCJ-02 longitude and latitude of WGS 84 places; the identity outside the rectangle.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02(123.4, 41.79)
    >>> round(float(lon), 6), round(float(lat), 6)
    (123.406145, 41.792446)
    """
    lon, lat = _pair(lon, lat)
    return _where(_in_china(lon, lat), _shift_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return the WGS 84 places whose GCJ-02 longitude and latitude are given.

    ``gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))`` returns every place inside the rectangle to
    1e-10 degrees. At the rectangle's edge GCJ-02 itself is torn, since the shift stops there: a
    strip some hundred metres wide is reached twice (by a shifted place within and by an
    unshifted one without) and another not at all. The place within the rectangle is preferred,
    and what no place reaches is returned unchanged.
    """
    lon, lat = _pair(lon, lat)
    near = _in_china(lon, lat, margin=_LONGEST_SHIFT_DEG)
    found_lon, found_lat = _where(near, _unshift_from_gcj02, lon, lat)
    within = _in_china(found_lon, found_lat, margin=_EDGE_DEG)
    return np.where(within, found_lon, lon), np.where(within, found_lat, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return BD-09 longitude and latitude of GCJ-02 places, everywhere, as the formula stands."""
    return _shift_to_bd09(*_pair(lon, lat))


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return the GCJ-02 places whose BD-09 longitude and latitude are given.

    The formula turns about longitude 0, latitude 0; within a degree of there, and across
    longitude 180, it has no single inverse, and the answer means nothing.
    """
    return _undo(_shift_to_bd09, *_pair(lon, lat))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return BD-09 longitude and latitude of WGS 84 places, by way of GCJ-02."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return the WGS 84 places whose BD-09 longitude and latitude are given."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _shift_to_gcj02(lon: Floats, lat: Floats) -> LonLat:
    """Return the shifted places of 1-d arrays, wherever they lie."""
    east_m, north_m = _gcj02_shift_m(lon - 105.0, lat - 35.0)
    sin_lat = np.sin(np.radians(lat))
    bend = 1 - _E2 * sin_lat * sin_lat
    parallel_m = _SEMI_MAJOR_M / np.sqrt(bend) * np.cos(np.radians(lat))
    meridian_m = _SEMI_MAJOR_M * (1 - _E2) / (bend * np.sqrt(bend))
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _gcj02_shift_m(x: Floats, y: Floats) -> LonLat:
    """Return the shift in metres east and north, ``x`` and ``y`` degrees from 105 E, 35 N."""
    waves_x = np.sin(np.multiply.outer(_X_WAVES, x))
    waves_y = np.sin(np.multiply.outer(_Y_WAVES, y))
    root = np.sqrt(np.abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + _EAST_BY_X @ waves_x
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    return east, north + _NORTH_BY_X @ waves_x + _NORTH_BY_Y @ waves_y


def _unshift_from_gcj02(lon: Floats, lat: Floats) -> LonLat:
    return _undo(_shift_to_gcj02, lon, lat)


def _shift_to_bd09(lon: Floats, lat: Floats) -> LonLat:
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + _BD_EAST_DEG, radius * np.sin(angle) + _BD_NORTH_DEG


def _undo(shift: Callable[[Floats, Floats], LonLat], lon: Floats, lat: Floats) -> LonLat:
    """Return the places that ``shift`` moves to ``lon``, ``lat``, by fixed-point iteration."""
    place_lon, place_lat = lon, lat
    for _ in range(_MOST_STEPS):
        shifted_lon, shifted_lat = shift(place_lon, place_lat)
        miss_lon, miss_lat = shifted_lon - lon, shifted_lat - lat
        place_lon, place_lat = place_lon - miss_lon, place_lat - miss_lat
        # A comparison with NaN is false: places that are NaN do not keep the others turning.
        if not np.any(np.maximum(np.abs(miss_lon), np.abs(miss_lat)) > _TOLERANCE_DEG):
            break
    return place_lon, place_lat


def _where(
    mask: NDArray[np.bool_], shift: Callable[[Floats, Floats], LonLat], lon: Floats, lat: Floats
) -> LonLat:
    """Return the places moved by ``shift`` where ``mask`` holds and as they are elsewhere."""
    moved_lon, moved_lat = lon.copy(), lat.copy()
    moved_lon[mask], moved_lat[mask] = shift(lon[mask], lat[mask])
    return moved_lon, moved_lat


def _in_china(lon: Floats, lat: Floats, *, margin: float = 0.0) -> NDArray[np.bool_]:
    across = (lon >= CHINA_WEST - margin) & (lon <= CHINA_EAST + margin)
    inside: NDArray[np.bool_] = np.asarray(
        across & (lat >= CHINA_SOUTH - margin) & (lat <= CHINA_NORTH + margin)
    )
    return inside


def _pair(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Return both as float64 arrays of their common shape."""
    pair = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return pair[0], pair[1]
