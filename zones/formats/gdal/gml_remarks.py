"""What is told of a GML from its XML: what GDAL leaves out, or puts where it does not lie."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.formats.gdal.xml_reader import XMLSurvey
from zones.model import JSON, Problem
from zones.source.model import SourceBatch

_LISTED: Final = 200
_POINT, _MULTIPOINT = 0, 4


def survey_notes(survey: XMLSurvey) -> tuple[Problem, ...]:
    """Return what to tell of the file as a whole."""
    return tuple(_notes(survey))


def _notes(survey: XMLSurvey) -> Iterator[Problem]:
    if survey.is_part:
        yield Problem("service-gave-part", {}, "warning")
    if survey.unturned.count:
        params: dict[str, JSON] = {"count": survey.unturned.count, "line": survey.unturned.line}
        yield Problem("gml-curves-unturned", params, "warning")
    if survey.links.count:
        params = {"count": survey.links.count, "line": survey.links.line}
        yield Problem("gml-links", params, "warning")
    if survey.several.count:
        names = ", ".join(survey.several_names)[:_LISTED]
        params = {"count": survey.several.count, "line": survey.several.line, "names": names}
        yield Problem("gml-geometries-several", params, "warning")
    if survey.attributes:
        params = {"names": ", ".join(survey.attributes)[:_LISTED]}
        params["count"] = survey.attributes.total()
        yield Problem("gml-attributes", params, "note")
    if mixed := survey.mixed.count:
        params = {"count": mixed, "element": survey.mixed.element, "line": survey.mixed.line}
        yield Problem("gml-text-mixed", params, "warning")
    if survey.placeless.count:
        params = {"count": survey.placeless.count, "line": survey.placeless.line}
        yield Problem("gml-points-empty", params, "warning")


def without_made_up_places(batch: SourceBatch, survey: XMLSurvey) -> SourceBatch:
    """Return a batch without the points at 0, 0 that GDAL makes of those without a position."""
    if not survey.placeless.count:
        return batch
    geometries = batch.geometries.copy()
    for at in np.flatnonzero(np.isin(shapely.get_type_id(geometries), (_POINT, _MULTIPOINT))):
        geometries[at] = _placed(geometries[at])
    return replace(batch, geometries=geometries)


def _placed(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return what of points lies elsewhere than at 0, 0; None if nothing does."""
    parts: NDArray[np.object_] = shapely.get_parts(geometry)
    placed = parts[(shapely.get_x(parts) != 0) | (shapely.get_y(parts) != 0)]
    if len(placed) == len(parts):
        return geometry
    return shapely.MultiPoint(placed) if len(placed) else None
