"""What speaks for a candidate: where it puts the data, and whether that is more than chance."""

from collections.abc import Mapping, Sequence
from typing import Final

from zones.georeference.outline_fit import FEWEST, Fit, OutlineFits
from zones.questions_to_people import Params, Reason

_BESIDE_M = 1000.0  # the distance is worth more words than the share inside
_ALL_PERCENT = 99
_WRITTEN: Final = {"none": "WGS 84 / CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}


def place_reason(name: str, found: OutlineFits) -> Reason:
    """Return how the place to which a candidate brings the data fits the district."""
    fit = found.fits[name]
    inside: Params = {"inside": inside_percent(fit), "points": found.points}
    if not found.points or fit.distance_m >= _BESIDE_M:
        params: Params = {"inside": inside_percent(fit), "distance_km": distance_km(fit)}
        return Reason("reason-place", params)
    if fit.border_m is None:
        return Reason("reason-inside", inside)
    return Reason("reason-border", {**inside, "border_m": round(fit.border_m)})


def verdict(
    names: Sequence[str], rivals: Sequence[str], found: OutlineFits, *, by_fit: bool
) -> Reason:
    """Return why the first stands first, be it that nothing tells it from ``rivals``.

    ``by_fit`` if it does not stand there by custom.
    """
    first, *others = names
    if fits_nothing(names, found):
        return _nothing({name: found.fits[name] for name in names})
    by_custom = rivals and not by_fit
    shares = {name: inside_percent(found.fits[name]) for name in (rivals if by_custom else others)}
    listed = ", ".join(f"{_shown(name)} {inside} %" for name, inside in shares.items())
    params: Params = {"inside": inside_percent(found.fits[first]), "others": listed}
    if not by_custom:
        return Reason("reason-fits-better" if rivals else "reason-fits-best", params)
    if found.points < FEWEST:
        listed = ", ".join(map(_shown, rivals))
        return Reason("reason-too-few", {"points": found.points, "others": listed})
    if min(inside_percent(found.fits[first]), *shares.values()) >= _ALL_PERCENT:
        return Reason("reason-inside-either-way", params)
    return Reason("reason-undecided", params)


def fits_nothing(names: Sequence[str], found: OutlineFits) -> bool:
    """Return whether no candidate brings any of the data into the district or next to it."""
    fits = [found.fits[name] for name in names]
    return all(fit.distance_m >= _BESIDE_M and not inside_percent(fit) for fit in fits)


def inside_percent(fit: Fit) -> int:
    """Return the share of vertices inside the district, of those near it."""
    return round(100 * (1 - fit.outside))


def distance_km(fit: Fit) -> float:
    """Return the median distance of the vertices from the district."""
    return round(fit.distance_m / 1000, 1)


def _nothing(fits: Mapping[str, Fit]) -> Reason:
    listed = ", ".join(f"{_shown(name)} {distance_km(fit)} km" for name, fit in fits.items())
    return Reason("reason-fits-nothing", {"distances": listed})


def _shown(name: str) -> str:
    """Return the name of a candidate as people write it, in any language."""
    return _WRITTEN.get(name, name)
