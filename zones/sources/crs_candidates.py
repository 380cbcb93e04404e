"""Which reference systems a file's numbers could be in, the likeliest first, and why.

The size of the numbers tells degrees from metres and a zone's prefix from none; the place on
which they fall in each system does the rest. Nothing is chosen here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs import believable_xy, to_plane, to_storage_xy
from zones.reference_systems import CRS, parse_crs
from zones.sources.datum_fit import DatumFit, DatumName, fit_datum
from zones.sources.decisions import MOST_POINTS, Candidate, Reason

_IN_METRES: Final = (CRS.EPSG_4529, CRS.EPSG_4528, CRS.EPSG_4550, CRS.EPSG_4549, CRS.EPSG_3857)
_MERIDIANS: Final = {
    CRS.EPSG_4529: 123,
    CRS.EPSG_4528: 120,
    CRS.EPSG_4550: 123,
    CRS.EPSG_4549: 120,
}
_DATUMS: Final[tuple[tuple[DatumName, CRS], ...]] = (
    ("none", CRS.CRS84),
    ("gcj02", CRS.GCJ02),
    ("bd09", CRS.BD09),
)
_MOST_POINTS = 2000
_NEARLY_ALL = 0.95
_REGION_M = 400_000.0  # one zone of 3 degrees aside; farther nobody here has data


@dataclass(frozen=True, slots=True)
class _Tried:
    """Where the numbers fall in one system: the share in the district, the distance from it."""

    crs: CRS
    inside: float
    distance_m: float


def rank_systems(xy: NDArray[np.float64], outline: BaseGeometry | None) -> tuple[Candidate, ...]:
    """Return the systems that coordinates believably are in, the likeliest first.

    Parameters
    ----------
    xy
        Coordinates as they stand in the file, shape (n, 2).
    outline
        The district in EPSG:4490; without it the numbers alone decide.
    """
    xy = xy[:: max(1, -(-len(xy) // _MOST_POINTS))]
    if not len(xy):
        return ()
    degrees = _share(believable_xy(xy[:, 0], xy[:, 1], CRS.CRS84)) >= _NEARLY_ALL
    ranked = _degrees(xy, outline) if degrees else _metres(xy, outline)
    return tuple(_placed(candidate, xy) for candidate in ranked)


def _placed(candidate: Candidate, xy: NDArray[np.float64]) -> Candidate:
    """Return the candidate with the place to which it brings the data."""
    crs = parse_crs(candidate.options["crs"])
    lonlat = np.column_stack(to_storage_xy(xy[:, 0].copy(), xy[:, 1].copy(), crs))
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180, 90)).all(axis=1)]
    if not len(lonlat):
        return candidate
    west, south = lonlat.min(axis=0).tolist()
    east, north = lonlat.max(axis=0).tolist()
    some = lonlat[:: -(-len(lonlat) // MOST_POINTS)].round(7).tolist()
    points = tuple((lon, lat) for lon, lat in some)
    return replace(candidate, located=(west, south, east, north), points=points)


def share_inside(candidate: Candidate) -> float:
    """Return the share of vertices that a candidate puts into the district, 0 to 1."""
    shares = [reason.params.get("inside", 0) for reason in candidate.reasons]
    return max((float(share) / 100 for share in shares), default=0.0)


def _metres(xy: NDArray[np.float64], outline: BaseGeometry | None) -> tuple[Candidate, ...]:
    believed = [
        crs for crs in _IN_METRES if _share(believable_xy(xy[:, 0], xy[:, 1], crs)) >= _NEARLY_ALL
    ]
    if outline is None:
        return tuple(Candidate({"crs": crs.key}, _numbers(crs, xy)) for crs in believed)
    plane = to_plane(outline)
    shapely.prepare(plane)
    tried = [_try(crs, xy, plane) for crs in believed]
    near = [one for one in tried if one.distance_m <= _REGION_M]
    ranked = sorted(near, key=lambda one: (-round(one.inside, 2), one.distance_m))
    return tuple(
        Candidate({"crs": one.crs.key}, (*_numbers(one.crs, xy), _place(one))) for one in ranked
    )


def _try(crs: CRS, xy: NDArray[np.float64], plane: BaseGeometry) -> _Tried:
    lon, lat = to_storage_xy(xy[:, 0].copy(), xy[:, 1].copy(), crs)
    fits = np.isfinite(lon) & np.isfinite(lat)
    points = to_plane(shapely.points(lon[fits], lat[fits]))
    if not len(points):
        return _Tried(crs, 0.0, np.inf)
    distances = shapely.distance(points, plane)
    median_m = float(np.median(distances))
    return _Tried(crs, _share(distances == 0), median_m if np.isfinite(median_m) else np.inf)


def _numbers(crs: CRS, xy: NDArray[np.float64]) -> tuple[Reason, ...]:
    x = float(np.median(xy[:, 0]))
    if crs not in _MERIDIANS:
        return ()
    params: dict[str, str | int | float | bool] = {"x": f"{x:.0f}", "meridian": _MERIDIANS[crs]}
    if crs.extent.x_min > 0:
        return (Reason("reason-zone-prefix", {**params, "zone": int(x // 1e6)}),)
    return (Reason("reason-no-prefix", params),)


def _place(one: _Tried) -> Reason:
    distance_km = round(one.distance_m / 1000, 1)
    return Reason("reason-place", {"inside": round(100 * one.inside), "distance_km": distance_km})


def _degrees(xy: NDArray[np.float64], outline: BaseGeometry | None) -> tuple[Candidate, ...]:
    """Return the datums; the one that is not shifted first, unless another fits far better."""
    found = fit_datum(xy, outline, taken="none")
    fits = {fit.datum: fit for fit in found.fits}
    ranked = sorted(_DATUMS, key=lambda datum: datum[0] != (found.better or "none"))
    return tuple(
        Candidate({"crs": crs.key}, _fit_reasons(fits.get(name), points=found.points))
        for name, crs in _ordered(ranked, fits)
    )


def _ordered(
    ranked: Sequence[tuple[DatumName, CRS]], fits: dict[DatumName, DatumFit]
) -> list[tuple[DatumName, CRS]]:
    """Return the first as it is, the others by how near to the border they bring the data."""

    def miss(name: DatumName) -> tuple[float, float]:
        fit = fits.get(name)
        if fit is None:
            return 0.0, 0.0
        return (np.inf if fit.border_m is None else fit.border_m), fit.outside

    first, *others = ranked
    return [first, *sorted(others, key=lambda datum: miss(datum[0]))]


def _fit_reasons(fit: DatumFit | None, *, points: int) -> tuple[Reason, ...]:
    degrees = Reason("reason-degrees")
    if fit is None:
        return (degrees,)
    inside = round(100 * (1 - fit.outside))
    if fit.border_m is None:
        return degrees, Reason("reason-inside", {"inside": inside, "points": points})
    border = {"inside": inside, "points": points, "border_m": round(fit.border_m)}
    return degrees, Reason("reason-border", dict(border))


def _share(mask: NDArray[np.bool_]) -> float:
    return float(np.mean(mask))
