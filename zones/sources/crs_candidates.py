"""Which reference systems a file's numbers could be in, the likeliest first, and why.

The size of the numbers tells degrees from metres and a zone's prefix from none; the place on
which they fall in each system does the rest, as far as that is no chance. Where it cannot tell,
the commoner system comes first, and the reasons say so. Nothing is chosen here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.sources.datum_fit import SQUARE_DEG
from zones.sources.decisions import MOST_POINTS, Candidate, Params, Reason
from zones.sources.outline_fit import FEWEST, Fit, OutlineFits
from zones.sources.usual_systems import DEGREES, METRES, UsualSystem

_SQUARE_M = 500.0
_NEARLY_ALL = 0.95
_REGION_M = 400_000.0  # one zone of 3 degrees aside; farther nobody here has data
_BESIDE_M = 1000.0  # the distance is worth more words than the share inside
_ALL_PERCENT = 99
_MOST_PLACED = 2000


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates in order; ``undecided`` if nothing shows that the first is the likeliest."""

    candidates: tuple[Candidate, ...] = ()
    undecided: bool = False


def rank_systems(xy: NDArray[np.float64], outline: BaseGeometry | None) -> Ranking:
    """Return the systems that coordinates believably are in, the likeliest first.

    Parameters
    ----------
    xy
        Coordinates as they stand in the file, shape (n, 2).
    outline
        The district in EPSG:4490; without it the numbers alone decide.
    """
    if not len(xy):
        return Ranking()
    degrees = [system for system in DEGREES if _is_believed(system, xy)]
    usual = degrees or [system for system in METRES if _is_believed(system, xy)]
    if outline is None or not usual:
        candidates = tuple(_candidate(system, xy, system.numbers(xy)) for system in usual)
        return Ranking(candidates, undecided=len(candidates) > 1)
    ways = {system.key: system.points for system in usual}
    found = OutlineFits(xy, ways, outline, square=SQUARE_DEG if degrees else _SQUARE_M)
    distances = [found.fits[system.key].distance_m for system in usual]
    near = [
        system
        for system, distance_m in zip(usual, distances, strict=True)
        if degrees or distance_m <= _REGION_M
    ]
    return _ranking(near, xy, found)


def share_inside(candidate: Candidate) -> float:
    """Return the share of vertices that a candidate puts into the district, 0 to 1."""
    shares = [reason.params.get("inside", 0) for reason in candidate.reasons]
    return max((float(share) / 100 for share in shares), default=0.0)


def _ranking(
    systems: Sequence[UsualSystem], xy: NDArray[np.float64], found: OutlineFits
) -> Ranking:
    by_key = {system.key: system for system in systems}
    names = found.ranked(list(by_key))
    rivals = [name for name in names[1:] if not found.beats(names[0], name)]
    reasons = {name: [*by_key[name].numbers(xy), _place(name, found)] for name in names}
    if len(names) > 1:
        by_fit = names[0] != systems[0].key
        reasons[names[0]].append(_verdict(names, rivals, found, by_fit=by_fit))
    if names:
        reasons[names[0]] += by_key[names[0]].doubts()
    candidates = tuple(_candidate(by_key[name], xy, reasons[name]) for name in names)
    return Ranking(candidates, undecided=bool(rivals))


def _verdict(
    names: Sequence[str], rivals: Sequence[str], found: OutlineFits, *, by_fit: bool
) -> Reason:
    """Return why the first stands first, be it that nothing tells it from ``rivals``.

    ``by_fit`` if it does not stand there by custom.
    """
    first, *others = names
    by_custom = rivals and not by_fit
    shares = {name: _inside(found.fits[name]) for name in (rivals if by_custom else others)}
    listed = ", ".join(f"{name} {inside} %" for name, inside in shares.items())
    params: Params = {"inside": _inside(found.fits[first]), "others": listed}
    if not by_custom:
        return Reason("reason-fits-better" if rivals else "reason-fits-best", params)
    if found.points < FEWEST:
        return Reason("reason-too-few", {"points": found.points, "others": ", ".join(rivals)})
    if min(_inside(found.fits[first]), *shares.values()) >= _ALL_PERCENT:
        return Reason("reason-inside-either-way", params)
    return Reason("reason-undecided", params)


def _candidate(
    system: UsualSystem, xy: NDArray[np.float64], reasons: Iterable[Reason]
) -> Candidate:
    """Return the candidate with the place to which it brings the data."""
    candidate = Candidate({"crs": system.key}, tuple(reasons))
    lonlat = shapely.get_coordinates(system.points(xy[:: -(-len(xy) // _MOST_PLACED)]))
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180, 90)).all(axis=1)]
    if not len(lonlat):
        return candidate
    west, south = lonlat.min(axis=0).tolist()
    east, north = lonlat.max(axis=0).tolist()
    some = lonlat[:: -(-len(lonlat) // MOST_POINTS)].round(7).tolist()
    points = tuple((lon, lat) for lon, lat in some)
    return replace(candidate, located=(west, south, east, north), points=points)


def _is_believed(system: UsualSystem, xy: NDArray[np.float64]) -> bool:
    return float(np.mean(system.believes(xy))) >= _NEARLY_ALL


def _place(name: str, found: OutlineFits) -> Reason:
    """Return how the place fits the district."""
    fit = found.fits[name]
    inside: Params = {"inside": _inside(fit), "points": found.points}
    if not found.points or fit.distance_m >= _BESIDE_M:
        distance_km = round(fit.distance_m / 1000, 1)
        return Reason("reason-place", {"inside": _inside(fit), "distance_km": distance_km})
    if fit.border_m is None:
        return Reason("reason-inside", inside)
    return Reason("reason-border", {**inside, "border_m": round(fit.border_m)})


def _inside(fit: Fit) -> int:
    return round(100 * (1 - fit.outside))
