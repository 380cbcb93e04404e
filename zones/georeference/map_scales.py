"""Millimetres on a map of unknown or wrong scale: the usual scales as candidates, the best first.

1 mm at 1:500 is 0.5 m. Eastings and northings of a district are so large that, of the usual
scales, hardly ever two put the same numbers into it.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.georeference.crs_candidates import Ranking, rank_systems, share_inside
from zones.georeference.usual_systems import METRES
from zones.georeference.vertex_sample import Sample
from zones.questions_to_people import Candidate, OpenQuestion, Reason
from zones.source.model import MapScale, Source

# Of surveys and plans (GB/T 20257: 1:500 to 1:2000), of topographic and geological maps.
_USUAL: Final = (
    *(500, 1000, 2000, 5000, 10_000, 25_000, 50_000),
    *(100_000, 200_000, 250_000, 500_000, 1_000_000),
)
_MM: Final = 1000.0
_HALF: Final = 0.5
_METRES: Final = frozenset(system.key for system in METRES)

Floats = NDArray[np.float64]


def map_scale_question(
    source: Source, scale: MapScale, outline: BaseGeometry | None, *, crs: str | None
) -> OpenQuestion | None:
    """Return which scale the map has; None where the file's own leaves no doubt.

    A scale that the file names is doubted only if it puts nothing into the district and another
    one does.

    Parameters
    ----------
    scale
        By which the source's coordinates became metres.
    outline
        The district in EPSG:4490; without it the size of the numbers decides.
    crs
        The system that a person has named, the only one in the candidates then.
    """
    sample = Sample()
    for _, batch in source.batches():
        sample.take(batch.geometries)
    if not len(xy := sample.vertices()):
        return None
    usual = dict.fromkeys((scale.denominator, *map(float, _USUAL)))
    rankings = {each: _ranked(xy * (each / scale.denominator), outline, crs) for each in usual}
    fitting = [each for each in usual if _inside(rankings[each]) >= _HALF]
    if scale.is_named and (outline is None or not fitting or scale.denominator in fitting):
        return None
    in_order = sorted(usual, key=lambda each: (-_inside(rankings[each]), each))
    candidates = [
        _candidate(one, each) for each in in_order for one in rankings[each].candidates
    ] or [_candidate(Candidate({"crs": crs} if crs else {}), each) for each in sorted(usual)]
    decided = len(fitting) == 1 and not rankings[fitting[0]].undecided
    x, y = (xy[0] * (_MM / scale.denominator)).tolist()
    params: dict[str, str | int | float | bool] = {"x": f"{x:.10g}", "y": f"{y:.10g}"}
    code = "ask-map-scale"
    if scale.is_named:
        code, params = "ask-map-scale-denied", {**params, "scale": f"{scale.denominator:.15g}"}
    return OpenQuestion("crs", code, params, tuple(candidates), undecided=not decided)


def _ranked(xy: Floats, outline: BaseGeometry | None, crs: str | None) -> Ranking:
    """Return the systems of metres that the numbers could be in, or the one that is named."""
    ranking = rank_systems(xy, outline)
    known = tuple(
        each
        for each in ranking.candidates
        if each.options["crs"] in _METRES and crs in (None, each.options["crs"])
    )
    return replace(ranking, candidates=known)


def _inside(ranking: Ranking) -> float:
    return max(map(share_inside, ranking.candidates), default=0.0)


def _candidate(candidate: Candidate, denominator: float) -> Candidate:
    """Return a candidate with a scale, and what a millimetre is by it."""
    text = f"{denominator:.15g}"
    reason = Reason("reason-map-scale", {"scale": text, "metres": f"{denominator / _MM:.15g}"})
    return replace(
        candidate,
        options={"map_scale": text, **candidate.options},
        reasons=(reason, *candidate.reasons),
    )
