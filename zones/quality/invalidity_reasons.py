"""Why a geometry is not valid, and what its repair changed, as problems to be told."""

import re

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import to_plane
from zones.model import JSON, Problem

_REASON = re.compile(r"(.*?)\[(\S+) (\S+)\]", re.DOTALL)
_REASONS = {
    "Self-intersection": "invalid-self-intersection",
    "Ring Self-intersection": "invalid-ring-touches-itself",
    "Hole lies outside shell": "invalid-hole-outside",
    "Holes are nested": "invalid-holes-nested",
    "Nested shells": "invalid-shells-nested",
    "Duplicate Rings": "invalid-rings-twice",
    "Interior is disconnected": "invalid-disconnected",
    "Too few points in geometry component": "invalid-too-few-points",
}


def invalidity(geometry: BaseGeometry, number: int) -> Problem:
    """Return why a geometry in EPSG:4490 is not valid, with the place if GEOS tells one."""
    explanation = str(shapely.is_valid_reason(geometry))
    match = _REASON.fullmatch(explanation)
    reason = match[1] if match else explanation
    code = _REASONS.get(reason, "geometry-invalid")
    params: dict[str, JSON] = {} if code in _REASONS.values() else {"reason": reason[:100]}
    lon, lat = (float(match[2]), float(match[3])) if match else (None, None)
    return Problem(code, params, feature=number, lon=lon, lat=lat)


def repair_note(before: BaseGeometry, after: BaseGeometry, problem: Problem) -> Problem:
    """Return the note of a repair, with areas in EPSG:4550; the halves of a bow-tie cancel out."""
    old_m2, new_m2 = (float(shapely.area(to_plane(geometry))) for geometry in (before, after))
    params: dict[str, JSON] = {
        "reason": problem.code,
        "before_m2": round(old_m2, 2),
        "after_m2": round(new_m2, 2),
        "change_m2": round(new_m2 - old_m2, 2),
    }
    return Problem(
        "geometry-repaired",
        params,
        severity="warning",
        feature=problem.feature,
        lon=problem.lon,
        lat=problem.lat,
    )
