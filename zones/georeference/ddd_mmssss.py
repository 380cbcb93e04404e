"""Degrees that are decimal ones or ``ddd.mmssss``: both readings as candidates, the likelier first.

Surveyors' calculators write 123°23′48.9″ as 123.23489. Read as decimal degrees such a place lies up
to 40 km away; of decimal degrees, one pair in eight looks so by chance.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.georeference.crs_candidates import Ranking, rank_systems, share_inside
from zones.georeference.vertex_sample import Sample
from zones.questions_to_people import Candidate, OpenQuestion, OptionName, Reason
from zones.source.model import Source
from zones.source.reading_choices import Angles

_CHANCE: Final = 0.36**2  # that minutes and seconds of a pair of decimal degrees are below 60
_UNLIKELY: Final = 0.01
_HALF: Final = 0.5
_HUNDRED: Final = 100.0
_WHOLE_SECONDS: Final = 10_000.0  # from here on a number is dddmmss

Floats = NDArray[np.float64]


def packed_question(
    source: Source, outline: BaseGeometry | None, *, crs: str | None
) -> OpenQuestion | None:
    """Return how the degrees of a source are to be read; None if ``crs`` leaves no doubt.

    Parameters
    ----------
    crs
        The system that a person has named. Decimal degrees that fit the district in it are not
        asked about then, nor is anything where there is no district to compare with.
    """
    sample = Sample()
    for _, batch in source.batches():
        sample.take(batch.geometries)
    xy = sample.vertices()
    decimal, dms = rank_systems(xy, outline), rank_systems(unpacked_degrees(xy), outline)
    is_likelier = _is_likelier(dms, decimal, len(xy), outline)
    if crs is not None and (outline is None or not is_likelier):
        return None
    readings = [_candidates(dms, "dms", crs), _candidates(decimal, "decimal", crs)]
    candidates = [*readings[0], *readings[1]] if is_likelier else [*readings[1], *readings[0]]
    x, y = xy[0].tolist()
    lon, lat = unpacked_degrees(xy[:1])[0].tolist()
    params: dict[str, str | int | float | bool] = {"x": f"{x:.10g}", "y": f"{y:.10g}"}
    place = {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
    return OpenQuestion("crs", "ask-packed-degrees", {**params, **place}, tuple(candidates))


def unpacked_degrees(xy: Floats) -> Floats:
    """Return degrees of numbers written ``ddd.mmssss`` or ``dddmmss.s``.

    Examples
    --------
    >>> unpacked_degrees(np.array([[123.2418, 414706.0]])).round(9).tolist()
    [[123.405, 41.785]]
    """
    numbers = np.where(xy >= _WHOLE_SECONDS, xy / _WHOLE_SECONDS, xy)
    whole = np.floor(numbers)
    # What is 23 minutes in the file is 22.999999999 as a double.
    rest = np.round((numbers - whole) * _HUNDRED, 10)
    minutes = np.floor(rest)
    seconds = np.round((rest - minutes) * _HUNDRED, 8)
    return whole + minutes / 60 + seconds / 3600


def _is_likelier(dms: Ranking, decimal: Ranking, pairs: int, outline: BaseGeometry | None) -> bool:
    """Return whether degrees, minutes, seconds are likelier: by the place, else by chance."""
    if outline is None or not decimal.candidates or not dms.candidates:
        return not decimal.candidates or _CHANCE ** min(pairs, 100) < _UNLIKELY
    inside = share_inside(dms.candidates[0])
    return inside >= _HALF and inside > share_inside(decimal.candidates[0])


def _candidates(ranking: Ranking, angles: Angles, crs: str | None) -> list[Candidate]:
    """Return the candidates of a reading: all systems, or the one that a person has named."""
    known = [each for each in ranking.candidates if crs in (None, each.options["crs"])]
    options: dict[OptionName, str] = {"angles": angles}
    reason = Reason(f"reason-angles-{angles}")
    return [
        replace(each, options={**each.options, **options}, reasons=(reason, *each.reasons))
        for each in known
    ]
