"""How edited polygons lie to their neighbours: overlaps, gaps, slivers, ground left to nobody.

The checks are those of a file's features (``overlaps_gaps_slivers.py``), of the edited polygons
together with the stored ones around them; only what an edited one has part in is told. Ground is
left to nobody where a polygon held it before and none does afterwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.model import JSON, Problem
from zones.quality.overlapping_pairs import SMALLEST_M2, Geometries, area_m2, warning_at
from zones.quality.overlaps_gaps_slivers import Relations

_POLYGONAL: Final = (3, 6)
_BY_ID: Final = {
    "features-overlap": "edit-overlap",
    "features-gap": "edit-gap",
    "geometry-twice": "edit-twice",
}
_CLEAR_DEG: Final = 1e-9
Shapes = Mapping[str, BaseGeometry | None]


@dataclass(frozen=True, slots=True)
class TopologyProblem:
    """A remark on an edited feature, and the id of the other that has part in it."""

    fid: str | None
    other: str | None
    problem: Problem


def topology_problems(
    after: Shapes, *, before: Shapes, around: Shapes
) -> Iterator[TopologyProblem]:
    """Yield what edited features overlap, where they gape, are slivers or leave ground.

    Parameters
    ----------
    after
        The edited and new features by their ids, in EPSG:4490; deleted ones are left out.
    before
        The edited and deleted ones as they were.
    around
        The features near them that stay as they are.
    """
    edited, near = _polygons(after), _polygons(around)
    fids = [*edited, *near]
    relations = Relations()
    relations.take(_array([*edited.values(), *near.values()]), np.arange(1, len(fids) + 1))
    for problem in relations.problems():
        fid = fids[problem.feature - 1] if problem.feature else None
        number = problem.params.get("other")
        other = fids[number - 1] if isinstance(number, int) else None
        if fid is None or fid in edited:
            yield _named(fid, other, problem)
        elif other in edited:
            yield _named(other, fid, problem)
    yield from _left_ground(edited, _polygons(before), near)


def _named(fid: str | None, other: str | None, problem: Problem) -> TopologyProblem:
    """Return the remark in words that name the other feature by its id, not by its number."""
    code = _BY_ID.get(problem.code, problem.code)
    params = problem.params if other is None else {**problem.params, "other": other}
    return TopologyProblem(fid, other, replace(problem, code=code, params=params))


def _left_ground(edited: Shapes, before: Shapes, near: Shapes) -> Iterator[TopologyProblem]:
    if not before:
        return
    covered = shapely.union_all(_array([*edited.values(), *near.values()]))
    left = shapely.difference(shapely.union_all(_array([*before.values()])), covered)
    for part in shapely.get_parts(left):
        # What is thinner than rounding vanishes when it is shrunk.
        if part.area == 0 or shapely.buffer(part, -_CLEAR_DEG).is_empty:
            continue
        if (size_m2 := area_m2(part)) >= SMALLEST_M2:
            params: dict[str, JSON] = {"area_m2": round(size_m2, 2)}
            yield TopologyProblem(None, None, warning_at(part, "ground-left", params, 1))


def _polygons(shapes: Shapes) -> dict[str, BaseGeometry]:
    return {
        fid: shape
        for fid, shape in shapes.items()
        if shape is not None and shapely.get_type_id(shape) in _POLYGONAL
    }


def _array(shapes: list[BaseGeometry | None]) -> Geometries:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
