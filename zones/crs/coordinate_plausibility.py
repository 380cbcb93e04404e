"""Whether coordinates can be what they claim, and if not, what they look like instead.

Only what is certain from the numbers alone is found. Two mistakes are not: a swapped pair west of
90 E, and Gauss-Krueger metres called Web Mercator, are believable as they stand.
"""

from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zones.crs.reference_systems import CRS, STORAGE, CoordinateRange
from zones.errors import CoordinateError

Loc = tuple[str | int, ...]
_Fault = tuple[str, dict[str, object]]

_HALF_TURN_DEG = 180.0

ROUNDING_DEG: Final = 1e-9
"""What arithmetic may add to 180 or 90: a tenth of a millimetre, which is no fault."""
_ROUNDING_M: Final = 1e-4


def _with_rounding(crs: CRS) -> CoordinateRange:
    """Return the range of a system's numbers with what rounding may add to its edges."""
    x_min, y_min, x_max, y_max = crs.extent
    more = ROUNDING_DEG if crs.is_geographic else _ROUNDING_M
    return CoordinateRange(x_min - more, y_min - more, x_max + more, y_max + more)


_BELIEVED: Final = {crs: _with_rounding(crs) for crs in CRS}
_WEST, _SOUTH, _EAST, _NORTH = _BELIEVED[STORAGE]

# Zone numbers as China counts them: 13-23 are 6 degrees wide, 24-45 are 3 degrees wide.
_FIRST_ZONE, _FIRST_3_DEGREE_ZONE, _LAST_ZONE = 13, 24, 45

# China in each projected system: only what lies there is taken for a mistaken system.
_IN_CHINA = {
    CRS.EPSG_4529: CoordinateRange(41e6, 1.8e6, 42e6, 6e6),
    CRS.EPSG_4528: CoordinateRange(40e6, 1.8e6, 41e6, 6e6),
    CRS.EPSG_4550: CoordinateRange(0.0, 1.8e6, 1e6, 6e6),
    CRS.EPSG_3857: CoordinateRange(8.1e6, 1.7e6, 15.1e6, 7.2e6),
}


def believable_xy(x: ArrayLike, y: ArrayLike, crs: CRS) -> NDArray[np.bool_]:
    """Return for each pair whether it is finite and in the range of ``crs``, but for rounding.

    In a projected system, pairs that could be degrees (both within 180 of zero) are not
    believed: they are degrees, or places that nobody maps.
    """
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    x_min, y_min, x_max, y_max = _BELIEVED[crs]
    inside = (xs >= x_min) & (xs <= x_max) & (ys >= y_min) & (ys <= y_max)
    if not crs.is_geographic:
        inside &= np.maximum(np.abs(xs), np.abs(ys)) > _HALF_TURN_DEG
    return np.asarray(inside)


def are_degrees(lon: float, lat: float) -> bool:
    """Return whether a pair is believable as degrees: what ``coordinate_fault`` finds sound."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def check_xy(x: ArrayLike, y: ArrayLike, crs: CRS, *, loc: Loc = ()) -> None:
    """Raise if a pair cannot be a coordinate in ``crs``.

    Parameters
    ----------
    x, y
        Longitude and latitude, or easting and northing: two numbers, or arrays of one shape.
    loc
        Where the pair came from; for arrays the index of the first wrong pair, counted from 0
        in row-major order, is added.

    Raises
    ------
    CoordinateError
        Not finite, out of range, swapped, degrees for metres or the reverse, or the easting of
        another zone; the hint says what to give instead.
    """
    fault = None
    if isinstance(x, float | int) and isinstance(y, float | int):
        fault = coordinate_fault(float(x), float(y), crs, loc=loc)
    elif (wrong := np.flatnonzero(~believable_xy(x, y, crs))).size:
        first = int(wrong[0])
        x_first, y_first = float(np.ravel(x)[first]), float(np.ravel(y)[first])
        fault = coordinate_fault(x_first, y_first, crs, loc=(*loc, first))
    if fault:
        raise fault


def coordinate_fault(x: float, y: float, crs: CRS, *, loc: Loc = ()) -> CoordinateError | None:
    """Return what is wrong with one pair as an error that is not raised, or None."""
    if not (isfinite(x) and isfinite(y)):
        found: _Fault | None = ("coordinate-not-finite", {})
    elif crs.is_geographic:
        found = _geographic_fault(x, y, crs)
    else:
        found = _projected_fault(x, y, crs)
    if found is None:
        return None
    code, params = found
    return CoordinateError(code, loc=loc, **{"x": x, "y": y, "crs": crs.key, **params})


def zone_of(x: float, y: float) -> tuple[int, int] | None:
    """Return number and meridian of the zone whose number begins an easting, if it is in China."""
    zone, china = _zone_of(x), _IN_CHINA[CRS.EPSG_4550]
    return (zone, _meridian_of(zone)) if zone and china.y_min <= y <= china.y_max else None


def _geographic_fault(x: float, y: float, crs: CRS) -> _Fault | None:
    if _BELIEVED[crs].holds(x, y):
        return None
    if _BELIEVED[crs].holds(y, x):
        return "coordinate-swapped", {}
    if likely := _in_metres(x, y) or _in_metres(y, x):
        return _other_crs(likely, crs)
    return _out_of_range(crs)


def _projected_fault(x: float, y: float, crs: CRS) -> _Fault | None:
    if max(abs(x), abs(y)) <= _HALF_TURN_DEG:
        return "coordinate-in-degrees", {"suggest": STORAGE.key}
    if _BELIEVED[crs].holds(x, y):
        return None
    if _BELIEVED[crs].holds(y, x):
        return "coordinate-axes-swapped", {}
    if likely := _in_metres(x, y):
        return _other_crs(likely, crs)
    if zone := _zone_of(x):
        return "coordinate-other-zone", {"zone": zone, "meridian": _meridian_of(zone)}
    return _out_of_range(crs)


def _in_metres(x: float, y: float) -> CRS | None:
    """Return the projected system that the pair most likely belongs to."""
    return next((crs for crs, china in _IN_CHINA.items() if china.holds(x, y)), None)


def _other_crs(likely: CRS, claimed: CRS) -> _Fault:
    """Return the fault of metres that look like ``likely``.

    An easting without prefix does not tell its meridian; what was claimed may.
    """
    if likely is CRS.EPSG_4550 and claimed is not CRS.EPSG_4529:
        if claimed is not CRS.EPSG_4528:
            return "coordinate-without-zone", {}
        likely = CRS.EPSG_4549
    return "coordinate-other-crs", {"suggest": likely.key}


def _zone_of(easting: float) -> int | None:
    zone = int(easting // 1e6)
    return zone if _FIRST_ZONE <= zone <= _LAST_ZONE else None


def _meridian_of(zone: int) -> int:
    return 3 * zone if zone >= _FIRST_3_DEGREE_ZONE else 6 * zone - 3


def _out_of_range(crs: CRS) -> _Fault:
    return "coordinate-out-of-range", crs.extent._asdict()
