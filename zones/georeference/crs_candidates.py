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

from zones.georeference.candidate_reasons import fits_nothing, place_reason, verdict
from zones.georeference.datum_fit import SQUARE_DEG
from zones.georeference.outline_fit import OutlineFits
from zones.georeference.usual_systems import DEGREES, METRES, UsualSystem
from zones.questions_to_people import MOST_POINTS, Candidate, OptionName, Reason

_SQUARE_M = 500.0
_NEARLY_ALL = 0.95
_REGION_M = 400_000.0  # one zone of 3 degrees aside; farther nobody here has data
_MOST_PLACED = 2000


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates in order; ``undecided`` if nothing shows that the first is the likeliest.

    ``nearest_m`` is the least median distance of the data from the district, if no candidate
    brings them there; None where one does, or where nothing was compared.
    """

    candidates: tuple[Candidate, ...] = ()
    undecided: bool = False
    nearest_m: float | None = None


def rank_systems(
    xy: NDArray[np.float64], outline: BaseGeometry | None, *, form: Sequence[str] = ()
) -> Ranking:
    """Return the systems that coordinates believably are in, the likeliest first.

    Parameters
    ----------
    xy
        Coordinates as they stand in the file, shape (n, 2).
    outline
        The district in EPSG:4490; without it the numbers alone decide.
    form
        The names of properties by which AMap's form was recognised
        (``zones.georeference.amap_outline_recognition``): GCJ-02 comes first then, unless it is
        denied.
    """
    if not len(xy):
        return Ranking()
    degrees = [system for system in DEGREES if _is_believed(system, xy)]
    usual = degrees or [system for system in METRES if _is_believed(system, xy)]
    if form:
        usual.sort(key=lambda system: system.key != "gcj02")
    if outline is None or not usual:
        reasons = [
            (system, [*system.numbers(xy), *form_reasons(system.key, form)]) for system in usual
        ]
        candidates = tuple(candidate_at(system, xy, reason) for system, reason in reasons)
        return Ranking(candidates, undecided=len(candidates) > 1 and not form)
    ways = {system.key: system.points for system in usual}
    found = OutlineFits(xy, ways, outline, square=SQUARE_DEG if degrees else _SQUARE_M)
    near = [system for system in usual if degrees or found.fits[system.key].distance_m <= _REGION_M]
    return _ranking(near, xy, found, form)


def share_inside(candidate: Candidate) -> float:
    """Return the share of vertices that a candidate puts into the district, 0 to 1."""
    shares = [reason.params.get("inside", 0) for reason in candidate.reasons]
    return max((float(share) / 100 for share in shares), default=0.0)


def form_reasons(name: str, fields: Sequence[str]) -> tuple[Reason, ...]:
    """Return that the form of the features speaks for a datum, if it does."""
    if name != "gcj02" or not fields:
        return ()
    return (Reason("reason-amap-form", {"fields": ", ".join(fields)[:120]}),)


def candidate_at(
    system: UsualSystem,
    xy: NDArray[np.float64],
    reasons: Iterable[Reason],
    *,
    options: dict[OptionName, str] | None = None,
) -> Candidate:
    """Return the candidate with the place to which it brings the data."""
    candidate = Candidate(options or {"crs": system.key}, tuple(reasons))
    if not len(xy):
        return candidate
    lonlat = shapely.get_coordinates(system.points(xy[:: -(-len(xy) // _MOST_PLACED)]))
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180, 90)).all(axis=1)]
    if not len(lonlat):
        return candidate
    west, south = lonlat.min(axis=0).tolist()
    east, north = lonlat.max(axis=0).tolist()
    some = lonlat[:: -(-len(lonlat) // MOST_POINTS)].round(7).tolist()
    points = tuple((lon, lat) for lon, lat in some)
    return replace(candidate, located=(west, south, east, north), points=points)


def _ranking(
    systems: Sequence[UsualSystem],
    xy: NDArray[np.float64],
    found: OutlineFits,
    form: Sequence[str],
) -> Ranking:
    by_key = {system.key: system for system in systems}
    names = found.ranked(list(by_key))
    if form:
        names = _by_form_first(names, found)
    if not names:
        return Ranking()
    first = names[0]
    rivals = [name for name in names[1:] if not found.beats(first, name)]
    nothing = fits_nothing(names, found)
    reasons = {name: [*by_key[name].numbers(xy), place_reason(name, found)] for name in names}
    by_form = form_reasons(first, form)
    if by_form:
        reasons[first] += by_form
    elif len(names) > 1 or nothing:
        by_fit = first != systems[0].key
        reasons[first].append(verdict(names, rivals, found, by_fit=by_fit))
    reasons[first] += () if nothing else by_key[first].doubts()
    candidates = tuple(candidate_at(by_key[name], xy, reasons[name]) for name in names)
    return Ranking(
        candidates,
        undecided=not by_form and (nothing or bool(rivals)),
        nearest_m=min(found.fits[name].distance_m for name in names) if nothing else None,
    )


def _by_form_first(names: Sequence[str], found: OutlineFits) -> list[str]:
    """Return the names with GCJ-02 before all that do not fit better beyond chance."""
    beating = [name for name in names if found.beats(name, "gcj02")]
    others = [name for name in names if name not in (*beating, "gcj02")]
    return [*beating, *(["gcj02"] if "gcj02" in names else []), *others]


def _is_believed(system: UsualSystem, xy: NDArray[np.float64]) -> bool:
    return float(np.mean(system.believes(xy))) >= _NEARLY_ALL
