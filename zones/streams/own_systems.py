"""Points that name a system of their own each (EWKB, EWKT) -> coordinates of one system."""

import numpy as np

from zones.crs.transform import CRS, believable_xy, coordinate_fault, from_storage_xy, to_storage_xy
from zones.formats.csv.row_remarks import SRID_OVERRULED, SRID_READ, Finding, Findings
from zones.lookup.bulk_locator import Bools, Floats, Ints
from zones.streams.coordinates_to_answers import number_of_fault
from zones.streams.point_wkb import WKBPoints


def mean_alike(one: CRS, other: CRS) -> bool:
    """Return whether the same numbers mean the same place in both systems."""
    return one is other or (one.is_lonlat and other.is_lonlat)


def of_other_systems(srids: Ints, crs: CRS) -> Bools:
    """Return which points name a system that is not ``crs``; those that name none are in it."""
    alike = [code for code, own in _known().items() if mean_alike(own, crs)]
    is_other: Bools = (srids != 0) & ~np.isin(srids, alike)
    return is_other


def in_own_systems(points: WKBPoints, crs: CRS) -> tuple[Floats, Floats, Ints]:
    """Return x and y in ``crs`` of points, each in the system that it names, and faults.

    The numbers of faults are 0 where there is none.
    """
    x, y, faults = points.x.copy(), points.y.copy(), np.zeros(len(points.x), np.int64)
    others, known = of_other_systems(points.srids, crs), _known()
    for code in set(known) & set(np.unique(points.srids[others]).tolist()):
        rows = np.flatnonzero((points.srids == code) & ~points.missing)
        _move(x, y, faults, rows, known[code], crs)
    faults[others & ~np.isin(points.srids, list(known))] = number_of_fault("coordinate-other-srid")
    return x, y, faults


def found_systems(srids: Ints, crs: CRS, *, rules: bool) -> Findings:
    """Return how many points name another system than ``crs``, which may rule over them.

    Else those count that are in systems of ours: the others are faults.
    """
    named = np.flatnonzero(of_other_systems(srids, crs) & (rules | np.isin(srids, list(_known()))))
    if not named.size:
        return {}
    found = Finding(named.size, int(named[0]) + 1, str(srids[named[0]]))
    return {SRID_OVERRULED if rules else SRID_READ: found}


def _move(x: Floats, y: Floats, faults: Ints, rows: Ints, own: CRS, crs: CRS) -> None:
    """Bring rows from their own system to the table's; what has no place in theirs is a fault."""
    sound = believable_xy(x[rows], y[rows], own)
    for row in rows[~sound].tolist():
        fault = coordinate_fault(float(x[row]), float(y[row]), own)
        code = fault.code if fault else "coordinate-out-of-range"
        faults[row] = number_of_fault(code)
    rows = rows[sound]
    x[rows], y[rows] = from_storage_xy(*to_storage_xy(x[rows], y[rows], own), crs)


def _known() -> dict[int, CRS]:
    """Return our systems by their SRIDs."""
    return {code: crs for crs in CRS if (code := _srid(crs))}


def _srid(crs: CRS) -> int:
    """Return the SRID of a system, 0 if it has none."""
    authority, _, code = crs.key.partition(":")
    return int(code) if authority == "EPSG" else 0
