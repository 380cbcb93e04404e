"""Rollups of one collection by the polygons of another, whose parts sum to the whole.

``area`` and ``length`` are overlays (``zones.attribution.overlay_shares``). ``count``,
``sum:field`` and ``mean:field`` put every feature whole into one polygon: points where they are,
lines and polygons by a point on them (shapely's ``point_on_surface``). A point on the border of
several polygons, or where they overlap, counts once, for the first in their order (zones: the
plan's order). What no polygon holds is ``outside``, what has no geometry is ``unlocated``; both are
stated, never lost. Each row says how many of its features are ``uncertain``: points that may lie
elsewhere by their own ``accuracy_m``, which one known only to within a circle always may. Features
without a number in the field are in no sum and no mean, and are counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, Final, Literal

import numpy as np
import shapely

from zones.attribution.overlay_shares import OverlayPart, OverlayTable, in_order, overlay_shares
from zones.errors import ZonesError
from zones.lookup.containment import Containment, points_on
from zones.messages import say
from zones.properties.feature_name import feature_name
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import Properties, accuracy_m, number, text
from zones.snapshot.uncertainty_circles import certainly_within, circle_m, possible_ground

Where = Literal["member", "outside", "unlocated"]
_Fallen = tuple[Where, str | None, float, bool]
"""The row that a value falls to, the value, and whether it is certain to fall there."""
_MEMBER: Final = "member"
_OUTSIDE: Final = "outside"
_UNLOCATED: Final = "unlocated"
_POLYGON_DIMENSIONS = 2

__all__ = ["AttributionTable", "OverlayTable", "Total", "attribute", "overlay_shares"]


@dataclass(frozen=True, slots=True)
class Total:
    """What falls to one polygon, to the outside or to no place.

    ``value`` is None for the mean of nothing. ``share`` is of the whole; None for means.
    ``features`` counts those that entered the value, ``uncertain`` those of them that may belong
    elsewhere by their accuracy.
    """

    where: Where
    by: str | None
    name: str | None
    name_en: str | None
    value: float | None
    share: float | None
    features: int
    uncertain: int = 0


@dataclass(frozen=True)
class AttributionTable:
    """A rollup: one row for each polygon in order, outside, and unlocated.

    The values of the rows sum to ``total``; of means, weighted by ``features``. ``parts`` are
    the shares of each single feature, for ``area`` and ``length`` only. ``skipped`` features
    had no number in the field, or no measure.
    """

    of: str
    by: str
    measure: str
    rows: tuple[Total, ...]
    total: float | None
    features: int
    skipped: int = 0
    parts: tuple[OverlayPart, ...] = ()
    closure_ppm: float = 0.0
    revision: int = 0

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return JSON values; ``rule`` tells in ``lang`` how features were attributed."""
        overlaid = self.measure in ("area", "length")
        rule = "attribution-rule-overlay" if overlaid else "attribution-rule-whole"
        return {
            "of": self.of,
            "by": self.by,
            "measure": self.measure,
            "unit": {"area": "m2", "length": "m"}.get(self.measure),
            "rows": [_row_json(row) for row in self.rows],
            "total": self.total,
            "features": self.features,
            "skipped": self.skipped,
            "parts": [
                {"of": p.of, "by": p.by, "value": p.value, "share": p.share} for p in self.parts
            ],
            "closure_ppm": self.closure_ppm,
            "rule": say(rule, lang).message,
            "revision": self.revision,
        }


def attribute(snapshot: Snapshot, of: str, by: str, measure: str) -> AttributionTable:
    """Return the rollup of collection ``of`` by the polygons of collection ``by``.

    Parameters
    ----------
    measure
        ``area`` (m2, geodesic), ``length`` (m, geodesic), ``count``, ``sum:field`` or
        ``mean:field`` with a numeric property.

    Raises
    ------
    UnknownCollectionError
    ZonesError
        If the measure is none of these, ``by`` has no polygons, ``of`` has no area or length
        to share, or no feature has a number in the field.
    """
    features, polygons = snapshot.collection(of), snapshot.collection(by)
    if not (shapely.get_dimensions(polygons.geometries) == _POLYGON_DIMENSIONS).any():
        raise ZonesError("attribution-by-no-polygons", collection=by)
    if measure in ("area", "length"):
        table = _overlaid(features, polygons, measure)
    elif measure == "count" or re.fullmatch("(sum|mean):.+", measure):
        table = _rolled_up(features, polygons, measure)
    else:
        raise ZonesError("attribution-measure", measure=measure[:100])
    return replace(table, revision=snapshot.revision)


def _overlaid(features: Collection, polygons: Collection, measure: str) -> AttributionTable:
    table = overlay_shares(features, polygons)
    if table.quantity != f"{measure}_{'m2' if measure == 'area' else 'm'}":
        raise ZonesError("attribution-wrong-measure", collection=features.info.id, measure=measure)
    fallen: list[_Fallen] = [
        (_MEMBER if p.by is not None else _OUTSIDE, p.by, p.value, True) for p in table.parts
    ]
    rolled = _rollup(features, polygons, measure, fallen)
    return replace(
        rolled,
        skipped=len(table.unmeasured),
        parts=table.parts,
        closure_ppm=table.closure_ppm,
    )


def _rolled_up(features: Collection, polygons: Collection, measure: str) -> AttributionTable:
    _, _, field = measure.partition(":")
    places = _places(features, polygons)
    values = _numbers(features, field) if field else _ones(features)
    fallen: list[_Fallen] = [
        (where, by, value, _is_certain(features, i, by, polygons))
        for i, ((where, by), value) in enumerate(zip(places, values, strict=True))
        if value is not None
    ]
    return replace(
        _rollup(features, polygons, measure, fallen), skipped=len(features) - len(fallen)
    )


def _places(features: Collection, polygons: Collection) -> list[tuple[Where, str | None]]:
    """Return for each feature the one polygon that it counts for."""
    order, containment = polygons.derived(_containment_in_order)
    lons, lats = points_on(features.geometries)
    members_of_points = containment.members_of_many(lons, lats)
    return [
        (_UNLOCATED, None)
        if np.isnan(lon)
        else (_MEMBER, polygons.fids[order[members[0]]])
        if members
        else (_OUTSIDE, None)
        for lon, members in zip(lons, members_of_points, strict=True)
    ]


def _is_certain(features: Collection, i: int, by: str | None, polygons: Collection) -> bool:
    """Return whether a feature falls to the same polygon, or outside, wherever it may lie."""
    if accuracy_m(features.properties[i]) is None:
        return True
    feature = features.feature(features.fids[i])
    ground = possible_ground(feature)
    if ground is feature.geometry:  # nothing but a point may lie elsewhere
        return True
    if by is not None:
        return certainly_within(feature, [polygons.feature(by).geometry])
    is_circle = circle_m(feature.geometry, feature.properties) is not None
    return not is_circle and len(polygons.tree.query(ground, predicate="intersects")) == 0


def _containment_in_order(polygons: Collection) -> tuple[list[int], Containment]:
    order = in_order(polygons)
    return order, Containment([polygons.geometries[i] for i in order])


def _numbers(features: Collection, field: str) -> list[float | None]:
    """Return the numbers in a field, None where there is none.

    Raises
    ------
    ZonesError
        If no feature has a number there.
    """
    values = [number(properties, field) for properties in features.properties]
    if all(value is None for value in values):
        raise ZonesError("attribution-no-numbers", field=field[:100], collection=features.info.id)
    return values


def _ones(features: Collection) -> list[float | None]:
    return [1.0] * len(features)


def _rollup(
    features: Collection,
    polygons: Collection,
    measure: str,
    fallen: Sequence[_Fallen],
) -> AttributionTable:
    """Return the rows and the whole of values, each of which fell to one row."""
    figure = _mean if measure.startswith("mean:") else _sum
    total = figure([value for _, _, value, _ in fallen])
    groups: defaultdict[tuple[Where, str | None], list[float]] = defaultdict(list)
    uncertain: Counter[tuple[Where, str | None]] = Counter()
    for where, by, value, is_certain in fallen:
        groups[where, by].append(value)
        uncertain[where, by] += not is_certain
    rows = []
    for where, by, properties in _row_heads(polygons):
        figured = figure(groups[where, by])
        share = figured / total if figure is _sum and figured is not None and total else None
        name, name_en = _name(properties, polygons), text(properties, "name_en")
        counts = len(groups[where, by]), uncertain[where, by]
        rows.append(Total(where, by, name, name_en, figured, share, *counts))
    return AttributionTable(
        features.info.id, polygons.info.id, measure, tuple(rows), total, len(features)
    )


def _name(properties: Properties, polygons: Collection) -> str | None:
    return feature_name(properties, polygons.info.title_field)


def _row_heads(polygons: Collection) -> list[tuple[Where, str | None, Properties]]:
    members: list[tuple[Where, str | None, Properties]] = [
        (_MEMBER, polygons.fids[i], polygons.properties[i]) for i in in_order(polygons)
    ]
    return [*members, (_OUTSIDE, None, {}), (_UNLOCATED, None, {})]


def _sum(values: Sequence[float]) -> float | None:
    return fsum(values)


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None


def _row_json(row: Total) -> dict[str, Any]:
    return {
        "where": row.where,
        "by": row.by,
        "name": row.name,
        "name_en": row.name_en,
        "value": row.value,
        "share": row.share,
        "features": row.features,
        "uncertain": row.uncertain,
    }
