"""When the reference system is for a person to decide: it is missing, or the numbers deny it."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.reference_systems import CRS
from zones.sources.crs_candidates import Ranking, rank_systems, share_inside
from zones.sources.decisions import Params, Question
from zones.sources.sample import Sample
from zones.sources.source_model import Source, SourceLayer, crs_finding
from zones.sources.usual_systems import DEGREES
from zones.sources.validation import Checked

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


def outline_of(request: dict[str, Any]) -> BaseGeometry | None:
    """Return the district that a request brings along, in EPSG:4490."""
    told = request["outline"]
    return shapely.from_wkb(bytes.fromhex(told)) if told else None


def decided_crs(
    source: Source, *, datum: str | None, outline: BaseGeometry | None
) -> tuple[SourceLayer, Question | None]:
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
    sample = Sample()
    for _, batch in source.batches():
        sample.take(batch.geometries)
    xy = sample.vertices()
    if not len(xy):
        return settled, None
    return source.layer, _question(source.layer.crs_finding.in_file, xy, outline)


def _asked(code: str, params: Params, ranking: Ranking) -> Question:
    undecided = ranking.undecided and len(ranking.candidates) > 1
    return Question("crs", code, params, ranking.candidates, undecided=undecided)


def _question(
    in_file: str | None, xy: NDArray[np.float64], outline: BaseGeometry | None
) -> Question:
    """Return what to ask; ``in_file`` is what the file says if that was not understood."""
    ranking, params = rank_systems(xy, outline), _example(xy)
    code = "ask-crs" if ranking.candidates else "ask-crs-local"
    if in_file:
        code, params = "ask-crs-unreadable", {**params, "crs": in_file}
    return _asked(code, params, ranking)


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
        self._denied += sum(told.code in _DENIALS for told in checked.problems)

    def question(self) -> Question | None:
        """Return what to ask: only if most features deny the system and another one would do."""
        if self._finding.basis == "option" or not self._placed:
            return None
        xy = self._raw.vertices()
        share = self._denied / self._placed
        if share >= _HALF and (others := self._others(xy)).candidates:
            params = {**_example(xy), "crs": self._name(), "count": self._denied}
            return _asked("ask-crs-denied", params, others)
        if self._far == self._placed:
            others = self._others(xy)
            near = tuple(one for one in others.candidates if share_inside(one) >= _HALF)
            params = {**_example(xy), "crs": self._name()}
            return _asked("ask-crs-far", params, replace(others, candidates=near)) if near else None
        return None

    def _others(self, xy: NDArray[np.float64]) -> Ranking:
        """Return what else the numbers could be; degrees are no answer to doubts about degrees."""
        ranking = rank_systems(xy, self.outline)
        claimed = next((crs for crs in CRS if crs.key == self._finding.key), None)
        excluded = {self._finding.key}
        if claimed is not None and claimed.is_geographic:
            excluded.update(system.key for system in DEGREES)
        others = tuple(one for one in ranking.candidates if one.options["crs"] not in excluded)
        return replace(ranking, candidates=others)

    def _name(self) -> str:
        return self._finding.key or self._finding.name


def _example(xy: NDArray[np.float64]) -> Params:
    x, y = xy[0].tolist()
    return {"x": f"{x:.10g}", "y": f"{y:.10g}", "supported": ", ".join(crs.key for crs in CRS)}
