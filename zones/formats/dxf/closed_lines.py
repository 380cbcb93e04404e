"""Lines of a drawing -> the areas that they enclose; a drawing has no areas of its own.

Draughtsmen close a line instead, or nearly: ends a few millimetres apart are a slip of the hand.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.crs.transform import geometry_to_storage, to_plane
from zones.model import JSON, Problem
from zones.source.model import SourceBatch

_LINE = 1
_FEWEST_IN_RING: Final = 4
_CLOSED_WITHIN_M: Final = 0.01
_MOST_LINES = 20_000  # looked at for areas that several of them enclose


def closed_lines_as_areas(batch: SourceBatch, crs: CRS | SourceCRS) -> SourceBatch:
    """Return the batch with polygons for lines that end where they begin, to one centimetre.

    A line that stays open is refused with the distance of its ends in metres; of lines that
    enclose an area together it is told.
    """
    geometries = batch.geometries.copy()
    lines = np.flatnonzero(shapely.get_type_id(geometries) == _LINE)
    vertices = shapely.get_num_coordinates(geometries[lines])
    gaps = _gaps_m(geometries[lines], crs)
    exact = shapely.is_closed(geometries[lines]) & (vertices >= _FEWEST_IN_RING)
    near = ~exact & (gaps <= _CLOSED_WITHIN_M) & (vertices >= _FEWEST_IN_RING)
    for at in lines[exact | near]:
        geometries[at] = _ring_as_area(shapely.get_coordinates(geometries[at]))
    problems = [*batch.problems]
    if (exact | near).any():
        problems.append(_note("lines-as-areas", batch, lines[exact | near]))
    if near.any():
        largest_mm = round(float(gaps[near].max()) * 1000, 2)
        problems.append(_note("lines-closed", batch, lines[near], largest_mm=largest_mm))
    if enclosed := _areas_enclosed(geometries[lines[vertices < _FEWEST_IN_RING]]):
        problems.append(Problem("lines-enclose", {"count": enclosed}, "warning"))
    open_ = ~exact & ~near & (vertices >= _FEWEST_IN_RING - 1) & np.isfinite(gaps)
    for at, gap in zip(lines[open_], gaps[open_].tolist(), strict=True):
        problems.append(
            Problem("line-open", {"gap_m": round(gap, 4)}, feature=int(batch.numbers[at]))
        )
        geometries[at] = None
    return replace(batch, geometries=geometries, problems=tuple(problems))


def nearly_closed_lines(batch: SourceBatch, crs: CRS | SourceCRS) -> SourceBatch:
    """Return the batch with a note of lines whose ends lie within a centimetre and do not meet."""
    lines = np.flatnonzero(shapely.get_type_id(batch.geometries) == _LINE)
    lines = lines[shapely.get_num_coordinates(batch.geometries[lines]) >= _FEWEST_IN_RING]
    gaps = _gaps_m(batch.geometries[lines], crs)
    near = ~shapely.is_closed(batch.geometries[lines]) & (gaps <= _CLOSED_WITHIN_M)
    if not near.any():
        return batch
    largest_mm = round(float(gaps[near].max()) * 1000, 2)
    found = _note("lines-nearly-closed", batch, lines[near], largest_mm=largest_mm)
    return replace(batch, problems=(*batch.problems, found))


def _note(code: str, batch: SourceBatch, rows: NDArray[np.int64], **params: JSON) -> Problem:
    count: dict[str, JSON] = {"count": len(rows), **params}
    return Problem(code, count, "note", feature=int(batch.numbers[rows[0]]))


def _gaps_m(lines: NDArray[np.object_], crs: CRS | SourceCRS) -> NDArray[np.float64]:
    """Return how far apart the ends of each line are, in metres in EPSG:4550."""
    ends = [
        np.asarray(to_plane(geometry_to_storage(shapely.get_point(lines, at), crs)))
        for at in (0, -1)
    ]
    with np.errstate(invalid="ignore"):
        return np.asarray(shapely.distance(*ends))


def _ring_as_area(xy: NDArray[np.float64]) -> shapely.Polygon:
    closed = np.vstack([xy[:-1], xy[:1]])
    with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
        return shapely.polygons(shapely.linearrings(closed))


def _areas_enclosed(lines: NDArray[np.object_]) -> int:
    """Return how many areas short lines enclose together, drawn side by side."""
    if not _FEWEST_IN_RING - 1 <= len(lines) <= _MOST_LINES:
        return 0
    finite = lines[np.isfinite(shapely.bounds(lines)).all(axis=1)]
    return len(shapely.get_parts(shapely.polygonize(finite)))
