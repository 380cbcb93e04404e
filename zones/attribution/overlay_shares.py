"""How much of each feature lies in each of others: overlay shares that sum to the whole.

*Whole and outside.* Every feature of ``of`` is cut by the polygons of ``by``; what no polygon
holds is its ``outside``. Parts and outside sum to the feature.

*Overlaps.* Where polygons of ``by`` overlap, the ground counts once, for the first of them in
the order of ``by`` (zones: the plan's order).

*Along borders.* A line that runs along the border of two polygons counts half for each.

*Measure.* Polygons by geodesic area, lines by geodesic length. A cut puts vertices on edges that
are straight in degrees and not geodesic, so that parts measured alone miss the whole by some
parts per million; they are scaled to sum to it, and ``closure_ppm`` states the largest scaling.

*Noise.* Two features drawn along the same line may meet in slivers, products of rounding. A part
below 1 m2 (lines: 1 cm) and below a thousandth of its feature is such noise: it is not listed,
and the scaling gives its ground to the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.area_and_length import geodesic_areas_m2, geodesic_lengths_m
from zones.errors import ZonesError
from zones.snapshot.collection import Collection
from zones.snapshot.plan_feature_reading import number

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Quantity = Literal["area_m2", "length_m"]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_TO_BE_CUT = -2
OUTSIDE = "outside"

NOISE_AREA_M2 = 1.0
NOISE_LENGTH_M = 0.01
NOISE_SHARE = 1e-3


@dataclass(frozen=True, slots=True)
class OverlayPart:
    """What of one feature lies in one polygon; ``by`` None is outside all of them."""

    of: str
    by: str | None
    value: float
    share: float


@dataclass(frozen=True)
class OverlayTable:
    """Shares of each feature of ``of`` in the polygons of ``by``.

    ``parts`` are by feature in stored order, then by polygon in the order of ``by``, outside
    last; parts without measure are left out. ``totals`` are the whole of each measured feature,
    in m2 or m by ``quantity``. A feature without geometry, or without area where others have
    it, is in ``unmeasured``.
    """

    of: str
    by: str
    quantity: Quantity
    parts: tuple[OverlayPart, ...]
    totals: dict[str, float]
    unmeasured: tuple[str, ...]
    closure_ppm: float

    def parts_of(self, fid: str) -> tuple[OverlayPart, ...]:
        """Return the parts of one feature."""
        return tuple(part for part in self.parts if part.of == fid)


def overlay_shares(of: Collection, by: Collection) -> OverlayTable:
    """Return which share of every feature of ``of`` lies in which polygon of ``by``.

    Raises
    ------
    ZonesError
        If ``of`` has only points, which have neither area nor length.
    """
    quantity = _quantity(of)
    wholes = _measured(of.geometries, quantity)
    order, cutters = _partition(by)
    names: list[str | None] = [by.fids[i] for i in order]
    parts: list[OverlayPart] = []
    closures = [0.0]
    measured = np.flatnonzero(wholes > 0)
    container = _container_of_each(of, cutters)
    for i in measured.tolist():
        whole = float(wholes[i])
        if container[i] != _TO_BE_CUT:
            parts.append(OverlayPart(of.fids[i], [*names, None][container[i]], whole, 1.0))
            continue
        values, closure = _cut(of.geometries[i], cutters, whole, quantity)
        closures.append(closure)
        parts += [
            OverlayPart(of.fids[i], name, value, value / whole)
            for name, value in zip([*names, None], values.tolist(), strict=True)
            if value > 0
        ]
    return OverlayTable(
        of=of.info.id,
        by=by.info.id,
        quantity=quantity,
        parts=tuple(parts),
        totals={of.fids[i]: float(wholes[i]) for i in measured.tolist()},
        unmeasured=tuple(fid for fid, whole in zip(of.fids, wholes, strict=True) if not whole > 0),
        closure_ppm=max(closures),
    )


def with_shares(of: Collection, by: Collection) -> "GeoDataFrame":
    """Return the features of ``of`` as a GeoDataFrame with a column of shares for each of ``by``.

    The columns are named after the polygons' fids, the last one ``outside``; each row sums to 1.
    Features without measure have NaN. See ``overlay_shares`` for what a share is.
    """
    table = overlay_shares(of, by)
    columns = [*by.fids, OUTSIDE]
    found: dict[str, dict[str, float]] = {fid: dict.fromkeys(columns, 0.0) for fid in table.totals}
    for part in table.parts:
        found[part.of][OUTSIDE if part.by is None else part.by] = part.share
    return of.to_geodataframe().assign(
        **{name: [found.get(fid, {}).get(name, np.nan) for fid in of.fids] for name in columns}
    )


def in_order(by: Collection) -> list[int]:
    """Return the positions of the polygons in the order that decides where several hold a place.

    That is their ``order`` property (zones: the plan's order), then as they are stored.
    """
    orders = [number(properties, "order") for properties in by.properties]
    return sorted(range(len(by)), key=lambda i: (np.inf if orders[i] is None else orders[i], i))


def _quantity(of: Collection) -> Quantity:
    dimension = int(shapely.get_dimensions(of.geometries).max(initial=-1))
    if dimension == 0:
        raise ZonesError("overlay-of-points", collection=of.info.id)
    return "length_m" if dimension == 1 else "area_m2"


def _measured(geometries: Sequence[BaseGeometry | None] | Geometries, quantity: Quantity) -> Floats:
    """Return the measures, 0 for what has none."""
    measure = geodesic_areas_m2 if quantity == "area_m2" else geodesic_lengths_m
    return np.nan_to_num(measure(geometries))


def _partition(by: Collection) -> tuple[list[int], Geometries]:
    """Return the polygons in their order, each without what those before it hold."""
    order = [i for i in in_order(by) if by.geometries[i] is not None]
    geometries = by.geometries[order].copy()
    tree = shapely.STRtree(geometries)
    later, earlier = tree.query(geometries, predicate="intersects")
    for i in range(len(order)):
        before = geometries[earlier[(later == i) & (earlier < i)]]
        if shapely.area(shapely.intersection(geometries[i], before)).sum() > 0:
            geometries[i] = shapely.difference(geometries[i], shapely.union_all(before))
    return order, geometries


def _container_of_each(of: Collection, cutters: Geometries) -> NDArray[np.intp]:
    """Return for each feature the polygon that holds all of it, -1 if none touches it.

    Most features of a large collection are either; whatever touches a border is to be cut.
    """
    container = np.full(len(of), -1, np.intp)
    for i, cutter in enumerate(cutters):
        container[of.tree.query(cutter, predicate="intersects")] = _TO_BE_CUT
        # No two cutters hold one place, so that what one holds none of the others touches
        # but with its border; those cut it, and find no more than that.
        container[of.tree.query(cutter, predicate="contains_properly")] = i
    return container


def _cut(
    whole: BaseGeometry, cutters: Geometries, whole_measure: float, quantity: Quantity
) -> tuple[Floats, float]:
    """Return the measure of each part, outside last, and by how many ppm they were scaled."""
    near = np.flatnonzero(shapely.intersects(cutters, whole))
    values = np.zeros(len(cutters) + 1)
    if quantity == "area_m2":
        values[[*near.tolist(), -1]] = _measured(_cut_polygon(whole, cutters[near]), quantity)
        limit = NOISE_AREA_M2
    else:
        forth = _measured(_cut_line(whole, cutters[near]), quantity)
        back = _measured(_cut_line(whole, cutters[near[::-1]]), quantity)
        values[[*near.tolist(), -1]] = (forth + np.append(back[-2::-1], back[-1])) / 2
        limit = NOISE_LENGTH_M
    values[values < min(limit, NOISE_SHARE * whole_measure)] = 0.0
    scale = float(whole_measure / values.sum())
    return values * scale, abs(scale - 1) * 1e6


def _cut_polygon(whole: BaseGeometry, cutters: Geometries) -> list[BaseGeometry]:
    """Return what of a polygon lies in each cutter, and outside them."""
    outside = shapely.difference(whole, shapely.union_all(cutters))
    return [*shapely.intersection(whole, cutters), outside]


def _cut_line(whole: BaseGeometry, cutters: Geometries) -> list[BaseGeometry]:
    """Return what of a line lies in each cutter, and outside them; the first takes the border."""
    left = np.array([whole] if whole.is_simple else _segments(whole), dtype=object)
    pieces = []
    for cutter in cutters:
        pieces.append(shapely.geometrycollections(shapely.intersection(left, cutter)))
        left = shapely.difference(left, cutter)
    return [*pieces, shapely.geometrycollections(left)]


def _segments(line: BaseGeometry) -> list[BaseGeometry]:
    """Return the segments of a line one by one, since a cut would merge stretches run twice."""
    return [
        shapely.LineString(ends)
        for part in shapely.get_parts(line)
        for ends in pairwise(shapely.get_coordinates(part).tolist())
        if ends[0] != ends[1]
    ]
