"""Whether degrees fit the district's outline better when taken for another datum.

Maps of AMap, Tencent and Baidu are shifted by some 500 m, and files made from them seldom say
so. Nothing is shifted here by guess: the evidence is told, and a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs import from_storage_xy, to_plane, to_storage_xy
from zones.model import Problem
from zones.reference_systems import CRS

DatumName = Literal["none", "gcj02", "bd09"]

_SYSTEMS: Final[dict[DatumName, CRS]] = {"none": CRS.CRS84, "gcj02": CRS.GCJ02, "bd09": CRS.BD09}
_NEIGHBOURHOOD_M = 2000.0  # farther places say nothing of the outline
_BAND_M = 200.0  # a vertex so near to the border under some datum may be meant to lie on it
_FEWEST_AT_BORDER, _FEWEST_IN_ALL = 8, 10
_GAIN_M, _GAIN_RATIO = 100.0, 0.5
_GAIN_OUTSIDE, _MOST_OUTSIDE = 0.1, 0.02
_MOST_POINTS = 2000
_APART_DEG = 0.0005  # some 50 m


@dataclass(frozen=True, slots=True)
class DatumFit:
    """How well the data fit if their degrees are of this datum.

    ``border_m`` is the median distance from the border of the vertices that may be meant to lie
    on it, null when there are too few; ``outside`` the share of vertices outside the district.
    """

    datum: DatumName
    border_m: float | None
    outside: float


@dataclass(frozen=True, slots=True)
class DatumFinding:
    """The datum that was taken (``none``: not shifted), and how each would fit.

    ``points`` vertices near the district were tried. ``better`` names a datum that fits far
    better than the one taken. ``fits`` is empty when there was too little to try.
    """

    taken: DatumName
    points: int
    fits: tuple[DatumFit, ...] = ()
    better: DatumName | None = None


def fit_datum(
    lonlat: NDArray[np.float64], outline: BaseGeometry | None, *, taken: DatumName
) -> DatumFinding:
    """Return how well vertices fit the outline under each datum.

    Parameters
    ----------
    lonlat
        Vertices in EPSG:4490 as ``taken`` makes them, shape (n, 2).
    outline
        The district in EPSG:4490; None finds nothing.
    """
    if outline is None or not len(lonlat):
        return DatumFinding(taken, 0)
    plane = to_plane(outline)
    shapely.prepare(plane)
    lonlat = _near(_thinned(lonlat), plane)
    if len(lonlat) < _FEWEST_IN_ALL:
        return DatumFinding(taken, len(lonlat))
    raw = from_storage_xy(lonlat[:, 0], lonlat[:, 1], _SYSTEMS[taken])
    places = {
        name: to_plane(shapely.points(*to_storage_xy(*raw, system)))
        for name, system in _SYSTEMS.items()
    }
    fits = _fits(places, plane)
    return DatumFinding(taken, len(lonlat), fits, _better(fits, taken))


def datum_problem(found: DatumFinding) -> Problem | None:
    """Return the warning that another datum fits better, with its evidence."""
    if found.better is None:
        return None
    by_name = {fit.datum: fit for fit in found.fits}
    taken, better = by_name[found.taken], by_name[found.better]
    params = {
        "taken": found.taken,
        "better": found.better,
        "points": found.points,
        "taken_outside": round(100 * taken.outside, 1),
        "better_outside": round(100 * better.outside, 1),
    }
    if taken.border_m is None or better.border_m is None:
        return Problem("datum-fits-better-inside", dict(params), "warning")
    borders = {"taken_m": round(taken.border_m), "better_m": round(better.border_m)}
    return Problem("datum-fits-better", {**params, **borders}, "warning")


def _thinned(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vertices that stand apart: a hundred of one arc prove no more than one does."""
    _, first = np.unique(np.floor(lonlat / _APART_DEG), axis=0, return_index=True)
    lonlat = lonlat[np.sort(first)]
    step = max(1, -(-len(lonlat) // _MOST_POINTS))
    return lonlat[::step]


def _near(lonlat: NDArray[np.float64], plane: BaseGeometry) -> NDArray[np.float64]:
    points = to_plane(shapely.points(lonlat))
    return np.asarray(lonlat[shapely.dwithin(points, plane, _NEIGHBOURHOOD_M)])


def _fits(
    places: dict[DatumName, NDArray[np.object_]], plane: BaseGeometry
) -> tuple[DatumFit, ...]:
    border = plane.boundary
    shapely.prepare(border)
    distances = {name: shapely.distance(points, border) for name, points in places.items()}
    at_border = np.min(list(distances.values()), axis=0) <= _BAND_M
    enough = int(at_border.sum()) >= _FEWEST_AT_BORDER
    return tuple(
        DatumFit(
            name,
            float(np.median(distances[name][at_border])) if enough else None,
            float(np.mean(~shapely.covers(plane, points))),
        )
        for name, points in places.items()
    )


def _better(fits: Sequence[DatumFit], taken: DatumName) -> DatumName | None:
    """Return the datum that fits far better than the one taken, the best if there are two."""
    mine = next(fit for fit in fits if fit.datum == taken)
    better = [fit for fit in fits if fit is not mine and _is_far_better(fit, mine)]
    best = min(better, key=lambda fit: (fit.border_m or 0.0, fit.outside), default=None)
    return best.datum if best else None


def _is_far_better(fit: DatumFit, mine: DatumFit) -> bool:
    if fit.border_m is not None and mine.border_m is not None:
        gain = mine.border_m - fit.border_m
        if gain >= _GAIN_M and fit.border_m <= _GAIN_RATIO * mine.border_m:
            return True
    gained = mine.outside - fit.outside
    return gained >= _GAIN_OUTSIDE and fit.outside <= _MOST_OUTSIDE
