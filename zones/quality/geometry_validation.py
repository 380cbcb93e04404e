"""Whether geometries may be stored: every problem with its feature, its reason and its place.

The order is fixed, so that nothing costly or doubtful meets what has not passed the cheap tests:
finite -> in the range of the CRS -> caps -> (to EPSG:4490) -> valid, or repaired when asked ->
of the collection's kind -> not empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.coordinate_plausibility import ROUNDING_DEG
from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.crs.transform import believable_xy, coordinate_fault, geometry_to_storage
from zones.model import JSON, BBox, GeometryKind, Problem
from zones.quality.invalidity_reasons import invalidity, repair_note
from zones.sandbox.limits import DEEPEST_NESTING
from zones.star_shaped import are_valid

Geometries = NDArray[np.object_]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

# GEOS may think long about one such feature; should it think too long, this one is named.
_HEAVY_VERTICES = 10_000
_COLLECTION = 7
_HALF_EQUATOR_M, _ROUNDING_M = 20037508.342789244, 0.01
_KIND_OF_TYPE: dict[int, GeometryKind] = {
    0: "point",
    1: "line",
    2: "line",
    3: "polygon",
    4: "point",
    5: "line",
    6: "polygon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryRules:
    """What geometries must be; ``kinds`` empty allows any. ``extent`` is where they belong.

    ``datum`` is set if the degrees that ``crs`` stands for are those of GCJ-02 or BD-09.
    """

    crs: CRS | SourceCRS
    datum: CRS | None = None
    kinds: frozenset[GeometryKind] = frozenset()
    repair: bool = False
    max_vertices_per_feature: int = 200_000
    extent: BBox | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Geometries in EPSG:4490, 2-d, exteriors counter-clockwise; None where refused or absent.

    ``far`` marks those wholly outside the rules' extent.
    """

    geometries: Geometries
    problems: tuple[Problem, ...]
    repaired: int
    far: Mask


@dataclass(slots=True)
class _Findings:
    """Which features are still good, and what was wrong with the others."""

    numbers: Numbers
    good: Mask
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, index: int, code: str, **params: JSON) -> None:
        self.good[index] = False
        self.problems.append(Problem(code, params, feature=int(self.numbers[index])))


def check_geometries(
    geometries: Geometries,
    numbers: Numbers,
    *,
    rules: GeometryRules,
    about_to_check: Callable[[int], None] = lambda number: None,
) -> Checked:
    """Return the geometries that may be stored, and the problems of the others.

    Parameters
    ----------
    geometries
        In ``rules.crs``; None stays None without a problem.
    numbers
        Of the features in the file, for the problems.
    about_to_check
        Called with the number of a feature whose test may take long.
    """
    good = ~shapely.is_missing(geometries)
    findings = _Findings(numbers, np.asarray(good))
    _check_coordinates(geometries, rules, findings)
    _check_caps(geometries, rules, findings)
    stored = np.full(len(geometries), None, dtype=object)
    stored[findings.good] = _to_storage(geometries[findings.good], rules)
    _check_transformed(stored, geometries, rules, findings)
    repaired = _check_validity(stored, rules, findings, about_to_check)
    _check_kinds(stored, rules, findings)
    stored[~findings.good] = None
    far = _far(stored, rules.extent)
    _check_order(far, geometries, rules, findings)
    stored[~findings.good] = None
    oriented = np.asarray(shapely.orient_polygons(stored, exterior_cw=False))
    return Checked(oriented, tuple(findings.problems), repaired, far & findings.good)


def _to_storage(geometries: Geometries, rules: GeometryRules) -> Geometries:
    if _known(rules.crs) is CRS.EPSG_3857:  # beyond its edge PROJ goes round the world
        geometries = _unrounded(geometries, (_HALF_EQUATOR_M, np.inf), _ROUNDING_M)
    moved = geometry_to_storage(geometries, rules.crs)
    if rules.datum is not None and rules.datum is not rules.crs:
        moved = geometry_to_storage(moved, rules.datum)
    return _unrounded(np.asarray(moved), (180.0, 90.0), ROUNDING_DEG)


def _unrounded(geometries: Geometries, edge: tuple[float, float], rounding: float) -> Geometries:
    """Return geometries with vertices on the edge of the world that rounding put beyond it."""
    if not len(geometries):
        return geometries
    bounds = np.abs(shapely.total_bounds(geometries)).reshape(2, 2)
    if not (bounds > edge).any():
        return geometries

    def onto_edge(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        is_rounding = np.abs(xy) <= np.add(edge, rounding)
        return np.where(is_rounding, np.clip(xy, np.negative(edge), edge), xy)

    return np.asarray(shapely.transform(geometries, onto_edge))


def _check_coordinates(geometries: Geometries, rules: GeometryRules, found: _Findings) -> None:
    """Refuse what is not finite or out of the range of a CRS that we know."""
    indices = np.flatnonzero(found.good)
    xy, owner = shapely.get_coordinates(geometries[indices], return_index=True)
    known = _known(rules.crs)
    fits = np.isfinite(xy).all(axis=1)
    if known is not None:
        fits &= believable_xy(xy[:, 0], xy[:, 1], known)
    owners, first = np.unique(owner[~fits], return_index=True)
    for position, (x, y) in zip(owners, xy[~fits][first].tolist(), strict=True):
        fault = coordinate_fault(x, y, known or CRS.CRS84)
        params = {name: _shown(value) for name, value in fault.params.items()} if fault else {}
        found.refuse(int(indices[position]), fault.code if fault else "invalid", **params)


def _check_caps(geometries: Geometries, rules: GeometryRules, found: _Findings) -> None:
    counts = shapely.get_num_coordinates(geometries)
    most = rules.max_vertices_per_feature
    for index in np.flatnonzero(found.good & (counts > most)):
        found.refuse(int(index), "too-many-vertices", count=int(counts[index]), most=most)
    for index in np.flatnonzero(found.good & (shapely.get_type_id(geometries) == _COLLECTION)):
        if _is_deeper(geometries[index], DEEPEST_NESTING):
            found.refuse(int(index), "collection-too-deep", most=DEEPEST_NESTING)


def _check_transformed(
    stored: Geometries, geometries: Geometries, rules: GeometryRules, found: _Findings
) -> None:
    """Refuse what has no place in EPSG:4490: too far from where its CRS is defined."""
    lonlat, owner = shapely.get_coordinates(stored, return_index=True)
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(lonlat) <= (180.0, 90.0)).all(axis=1)
    for index in np.unique(owner[off]):
        x, y = shapely.get_coordinates(geometries[index])[0].tolist()
        found.refuse(int(index), "coordinate-untransformable", x=x, y=y, crs=_name(rules.crs))


def _check_validity(
    stored: Geometries,
    rules: GeometryRules,
    found: _Findings,
    about_to_check: Callable[[int], None],
) -> int:
    """Refuse invalid geometries, or put repaired ones in their place; return how many."""
    heavy = shapely.get_num_coordinates(stored) >= _HEAVY_VERTICES
    valid = np.zeros(len(stored), bool)
    light = found.good & ~heavy
    valid[light] = are_valid(stored[light])
    for index in np.flatnonzero(found.good & heavy):
        about_to_check(int(found.numbers[index]))
        valid[index] = shapely.is_valid(stored[index])
    repaired = 0
    for index in np.flatnonzero(found.good & ~valid):
        problem = invalidity(stored[index], int(found.numbers[index]))
        if not rules.repair:
            found.good[index] = False
            found.problems.append(problem)
            continue
        mended = shapely.make_valid(stored[index], method="structure", keep_collapsed=False)
        if mended.is_empty:
            found.refuse(int(index), "geometry-collapsed")
            continue
        found.problems.append(repair_note(stored[index], mended, problem))
        stored[index] = mended
        repaired += 1
    return repaired


def _check_kinds(stored: Geometries, rules: GeometryRules, found: _Findings) -> None:
    empty = np.asarray(shapely.is_empty(stored))
    for index in np.flatnonzero(found.good & empty):
        found.refuse(int(index), "geometry-empty")
    if not rules.kinds:
        return
    allowed = [kind for kind, name in _KIND_OF_TYPE.items() if name in rules.kinds]
    types = shapely.get_type_id(stored)
    for index in np.flatnonzero(found.good & ~np.isin(types, allowed)):
        found.refuse(
            int(index),
            "geometry-kind",
            found=stored[index].geom_type,
            kinds=", ".join(sorted(rules.kinds)),
        )


def _check_order(far: Mask, geometries: Geometries, rules: GeometryRules, found: _Findings) -> None:
    """Refuse what lies far away but would lie near if x and y were exchanged."""
    candidates = np.flatnonzero(far)
    if rules.extent is None or not candidates.size:
        return
    exchanged = shapely.transform(geometries[candidates], lambda xy: xy[:, ::-1])
    known = _known(rules.crs)
    swapped = _to_storage(exchanged, rules)
    near = ~_far(swapped, rules.extent) & np.isfinite(shapely.bounds(swapped)).all(axis=1)
    for index in candidates[near]:
        x, y = shapely.get_coordinates(geometries[index])[0].tolist()
        code = "coordinate-swapped" if known and known.is_geographic else "coordinate-axes-swapped"
        found.refuse(int(index), code, x=x, y=y, crs=_name(rules.crs))


def _far(stored: Geometries, extent: BBox | None) -> Mask:
    """Return which geometries lie wholly outside the extent; None does not."""
    if extent is None:
        return np.zeros(len(stored), bool)
    west, south, east, north = shapely.bounds(stored).T
    with np.errstate(invalid="ignore"):
        outside = (
            (east < extent.west)
            | (west > extent.east)
            | (north < extent.south)
            | (south > extent.north)
        )
    return np.asarray(outside)


def _is_deeper(geometry: BaseGeometry, levels: int) -> bool:
    members: Iterator[BaseGeometry] = (
        part for part in shapely.get_parts(geometry) if shapely.get_type_id(part) == _COLLECTION
    )
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in members)


def _known(crs: CRS | SourceCRS) -> CRS | None:
    return crs.known if isinstance(crs, SourceCRS) else crs


def _name(crs: CRS | SourceCRS) -> str:
    return crs.name if isinstance(crs, SourceCRS) else crs.key


def _shown(value: object) -> JSON:
    """Return a value fit for JSON, which has no NaN."""
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float) else str(value)
