"""Geometries in WKB -> geometries, open rings closed and broken ones told."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import Problem

_GEOS_REASON = 200


@dataclass(frozen=True, slots=True)
class BuiltFromWKB:
    """Geometries, None where there is none and where ``problems`` tells why."""

    geometries: NDArray[np.object_]
    problems: tuple[Problem, ...]


def geometries_from_wkb(wkb: NDArray[np.object_], numbers: NDArray[np.int64]) -> BuiltFromWKB:
    """Return the geometries of features by their numbers in the file; None stays None."""
    present = np.array([raw is not None for raw in wkb], bool)
    with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
        geometries = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))
        missing = np.flatnonzero(present & shapely.is_missing(geometries))
        geometries[missing] = shapely.from_wkb(wkb[missing], on_invalid="fix")
    closed = missing[~shapely.is_missing(geometries[missing])]
    problems = [_broken(int(numbers[at]), wkb[at]) for at in np.setdiff1d(missing, closed)]
    if closed.size:
        first, params = int(numbers[closed[0]]), {"count": len(closed)}
        problems.append(Problem("rings-closed", dict(params), "warning", feature=first))
    return BuiltFromWKB(geometries, tuple(problems))


def _broken(number: int, raw: Any) -> Problem:
    try:
        shapely.from_wkb(raw)
        reason = ""
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        reason = str(error).partition(": ")[2] or str(error)
    return Problem("geometry-broken", {"reason": reason[:_GEOS_REASON]}, feature=number)
