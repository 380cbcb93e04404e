"""When the reference system is for a person to decide: it is missing, or the numbers deny it."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.coordinate_plausibility import zone_of
from zones.crs.reference_systems import CRS, CoordinateRange
from zones.crs.transform import to_plane
from zones.georeference.amap_outline_recognition import AmapForm
from zones.georeference.crs_candidates import Ranking, rank_systems, share_inside
from zones.georeference.ddd_mmssss import packed_question
from zones.georeference.usual_systems import DEGREES, METRES
from zones.georeference.vertex_sample import Sample
from zones.quality.geometry_validation import Checked
from zones.questions_to_people import OpenQuestion, Params
from zones.source.model import Source, SourceLayer, crs_finding

# What another system could mend: not a missing number, nor a pair the wrong way round.
_DENIALS: Final = frozenset(
    {
        "coordinate-other-crs",
        "coordinate-without-zone",
        "coordinate-in-degrees",
        "coordinate-other-zone",
        "coordinate-out-of-range",
        "coordinate-untransformable",
    }
)
_HALF = 0.5
_AROUND_M = 25_000.0  # what lies farther from the district is remarked upon, whatever its system
_CHINA: Final = CoordinateRange(73.0, 3.0, 136.0, 54.0)
_DEGREES: Final = frozenset(system.key for system in DEGREES)


def outline_of(request: dict[str, Any]) -> BaseGeometry | None:
    """Return the district that a request brings along, in EPSG:4490."""
    outline = request["outline"]
    return shapely.from_wkb(bytes.fromhex(outline)) if outline else None


def decided_crs(
    source: Source, *, datum: str | None, outline: BaseGeometry | None
) -> tuple[SourceLayer, OpenQuestion | None]:
    """Return a layer whose system nobody named: with one if there is no doubt, or a question.

    There is no doubt where a datum was named, which only degrees have, and where nothing has a
    place. All of the file is looked through for the numbers.
    """
    settled = replace(
        source.layer,
        crs=CRS.CRS84,
        crs_finding=crs_finding(CRS.CRS84, basis="option" if datum else "format"),
    )
    if datum:
        return settled, None
    if source.layer.may_be_packed:
        return source.layer, packed_question(source, outline, crs=None)
    sample, form = Sample(), AmapForm()
    for _, batch in source.batches():
        sample.take(batch.geometries)
        form.take(batch.properties)
    xy = sample.vertices()
    if not len(xy):
        return settled, None
    ranking, in_file = rank_systems(xy, outline, form=form.fields), source.layer.crs_finding.in_file
    if in_file:
        params = {**_example(xy), "crs": in_file}
        return source.layer, _question("ask-crs-unreadable", params, ranking)
    code, params = _unnamed(ranking, xy, outline)
    return source.layer, _question(code, {**_example(xy), **params}, ranking)


def _question(code: str, params: Params, ranking: Ranking) -> OpenQuestion:
    rivals = ranking.undecided and len(ranking.candidates) > 1
    undecided = rivals or ranking.nearest_m is not None
    return OpenQuestion("crs", code, params, ranking.candidates, undecided=undecided)


def _unnamed(
    ranking: Ranking, xy: NDArray[np.float64], outline: BaseGeometry | None
) -> tuple[str, Params]:
    """Return what to ask where the file names no system, by what its numbers look like."""
    nearest_m = ranking.nearest_m
    in_degrees = any(one.options["crs"] in _DEGREES for one in ranking.candidates)
    if ranking.candidates and (nearest_m is None or nearest_m < _AROUND_M or in_degrees):
        return "ask-crs", {}
    swapped = rank_systems(xy[:, ::-1], outline).candidates if outline is not None else ()
    if swapped and share_inside(swapped[0]) >= _HALF:
        return "ask-crs-swapped", {"crs": swapped[0].options["crs"]}
    x, y = np.median(xy, axis=0).tolist()
    if (elsewhere := _elsewhere(xy, outline)) is not None:
        return elsewhere
    if (zone := zone_of(x, y)) is not None:
        return "ask-crs-other-zone", {"zone": zone[0], "meridian": zone[1]}
    return "ask-crs-local", {}


def _elsewhere(xy: NDArray[np.float64], outline: BaseGeometry | None) -> tuple[str, Params] | None:
    """Return that the numbers are those of a system that tells itself, in another place of China.

    Metres without a zone's prefix tell nothing: a local grid has such numbers too.
    """
    middle = np.median(xy, axis=0, keepdims=True)
    for system in METRES:
        tells_itself = system.zone is None or system.zone.prefix is not None
        if outline is None or not tells_itself or not system.believes(middle).all():
            continue
        place = system.points(middle)[0]
        if not _CHINA.holds(place.x, place.y):
            continue
        distance_m = float(shapely.distance(to_plane(place), to_plane(outline)))
        return "ask-crs-elsewhere", {
            "crs": system.key,
            "lon": round(place.x, 2),
            "lat": round(place.y, 2),
            "distance_km": round(distance_m / 1000),
        }
    return None


class SystemDoubts:
    """Gathers, while a file is read, what speaks against the system that it names itself."""

    def __init__(self, layer: SourceLayer, outline: BaseGeometry | None) -> None:
        self.outline = outline
        self._finding = layer.crs_finding
        self._raw = Sample()
        self._placed = self._denied = self._far = 0

    def take(self, geometries: NDArray[np.object_], checked: Checked) -> None:
        """Count the features of a batch whose numbers deny the system, or lie far away in it."""
        self._raw.take(geometries)
        self._placed += int((~shapely.is_missing(geometries)).sum())
        self._far += int(checked.far.sum())
        self._denied += sum(problem.code in _DENIALS for problem in checked.problems)

    def question(self) -> OpenQuestion | None:
        """Return what to ask: only if most features deny the system and another one would do."""
        if self._finding.basis == "option" or not self._placed:
            return None
        xy = self._raw.vertices()
        share = self._denied / self._placed
        if share >= _HALF and (others := self._others(xy)).candidates:
            params = {**_example(xy), "crs": self._name(), "count": self._denied}
            return _question("ask-crs-denied", params, others)
        if self._far == self._placed:
            others = self._others(xy)
            near = tuple(one for one in others.candidates if share_inside(one) >= _HALF)
            params = {**_example(xy), "crs": self._name()}
            return (
                _question("ask-crs-far", params, replace(others, candidates=near)) if near else None
            )
        return None

    def _others(self, xy: NDArray[np.float64]) -> Ranking:
        """Return what else the numbers could be; degrees are no answer to doubts about degrees."""
        ranking = rank_systems(xy, self.outline)
        claimed = next((crs for crs in CRS if crs.key == self._finding.key), None)
        excluded = {self._finding.key}
        if claimed is not None and claimed.is_geographic:
            excluded.update(_DEGREES)
        others = tuple(one for one in ranking.candidates if one.options["crs"] not in excluded)
        return replace(ranking, candidates=others)

    def _name(self) -> str:
        return self._finding.key or self._finding.name


def _example(xy: NDArray[np.float64]) -> Params:
    x, y = xy[0].tolist()
    return {"x": f"{x:.10g}", "y": f"{y:.10g}", "supported": ", ".join(crs.key for crs in CRS)}
