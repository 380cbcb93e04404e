"""Planned against measured: area or length of each of the nine elements, and how sure it is.

The figure of record is geodesic; the planar one is of EPSG:4550. Axes are measured over all
their parts, the belt along its centre line; the parts that the plan names and those that only
connect them are told apart.

*Accuracy band of an area.* A line known to within ``a`` metres that is off by as much along its
whole length ``L`` moves the area by ``a * L``. ``accuracy_bound_m2`` is the sum of ``a * L`` over
the outline: every line wrong to its limit, all in one direction. ``accuracy_band_m2`` is the root
of the sum of squares, lines being wrong independently of each other; pieces that follow one line
of the ground are wrong together and are added before they are squared.

*Accuracy band of a length.* Both ends of a part may lie off by ``a`` along the line. The bound
is the sum of ``2 * a`` over the parts, the band the root of the sum of ``2 * a**2``.

A band is None where the accuracy of any line is not stated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import fsum, hypot
from typing import Any

import shapely

from zones.crs.area_and_length import Measurement, geodesic_length_m, geodesic_lengths_m, measure
from zones.geojson.figure_rounding import shown
from zones.lookup.border_lines import Stretch, read_borders
from zones.model import Feature
from zones.plan_text import Element, ElementType
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import Properties, accuracy_m, recognised, records, text

_M2_PER_KM2 = 1e6
_M_PER_KM = 1e3

COLLECTION_OF: Mapping[ElementType, str] = {"zone": "zones", "axis": "axes", "belt": "belts"}


@dataclass(frozen=True, slots=True)
class AxisPart:
    """A part of an axis: named by the plan or only a connection; traced, inferred, schematic."""

    id: str | None
    name: str | None
    name_en: str | None
    role: str | None
    basis: str | None
    accuracy_m: float | None
    length_m: float


@dataclass(frozen=True, slots=True)
class FigureUncertainty:
    """How far a figure may be off: likely (``band``) and at most (``bound``), in its own unit.

    Both are None where that is not known.
    """

    band: float | None = None
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class ElementMeasure:
    """One row of the table; None where a figure does not apply or nothing is drawn.

    ``difference_percent`` is measured against planned: area for zones, length for axes and
    belt. Of a belt, the area is that of its corridor, the length that of its centre line.
    ``basis`` is the layer's own statement of what the geometry rests on.
    """

    id: str
    name: str
    name_en: str
    type: ElementType
    order: int
    planned_area_km2: float | None
    planned_length_km: float | None
    length_approx: bool
    area_m2: float | None = None
    planar_area_m2: float | None = None
    length_m: float | None = None
    planar_length_m: float | None = None
    named_length_m: float | None = None
    connection_length_m: float | None = None
    schematic_length_m: float | None = None
    difference_percent: float | None = None
    accuracy_band_m2: float | None = None
    accuracy_bound_m2: float | None = None
    accuracy_band_m: float | None = None
    accuracy_bound_m: float | None = None
    basis: str | None = None
    basis_en: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return JSON values: m2 and m to one decimal, percent to two."""
        document: dict[str, Any] = shown(asdict(self))
        return document


def areas_table(snapshot: Snapshot) -> tuple[ElementMeasure, ...]:
    """Return one row for each of the plan's nine elements, in the plan's order."""
    measures: Mapping[ElementType, Callable[[Snapshot, Element], ElementMeasure]] = {
        "zone": _zone_measure,
        "axis": _axis_measure,
        "belt": _belt_measure,
    }
    return tuple(measures[e.type](snapshot, e) for e in snapshot.plan.elements)


def drawn_features(snapshot: Snapshot, element: Element) -> list[Feature]:
    """Return the features that draw an element: of its id, or of its name in a layer of staff."""
    features = snapshot.collection_or_empty(COLLECTION_OF[element.type])
    return [
        feature
        for feature in features
        if feature.geometry is not None
        and recognised(feature, features.info, snapshot.plan) is element
    ]


def axis_parts(features: Iterable[Feature]) -> tuple[AxisPart, ...]:
    """Return the parts of an axis with their measured lengths; nameless if not described."""
    parts: list[AxisPart] = []
    for feature in features:
        lines = shapely.get_parts(feature.geometry)
        part_records = records(feature.properties, "parts")
        described = part_records if len(part_records) == len(lines) else ({},) * len(lines)
        lengths = geodesic_lengths_m(lines).tolist()
        parts += [_axis_part(each, length) for each, length in zip(described, lengths, strict=True)]
    return tuple(parts)


def belt_lines(snapshot: Snapshot, belt: Element) -> list[Feature]:
    """Return the lines of a belt: centre line, banks and others, by their ``role``."""
    belts = {belt.id, *(feature.fid for feature in drawn_features(snapshot, belt))}
    return [
        feature
        for feature in snapshot.collection_or_empty("belt_lines")
        if feature.geometry is not None and text(feature.properties, "belt") in belts
    ]


def area_band(stretches: Sequence[Stretch], follows: Mapping[str, str]) -> FigureUncertainty:
    """Return how far an area within these lines may be off, in m2.

    Parameters
    ----------
    follows
        The line of the ground that each border piece follows, by the piece's id. Pieces that
        are not in it stand for themselves.
    """
    lines: defaultdict[str | int, list[float]] = defaultdict(list)
    for i, (border, length) in enumerate((s.border, s.length_m) for s in stretches):
        if border.accuracy_m is None:
            return FigureUncertainty()
        line = i if border.fid is None else follows.get(border.fid, border.fid)
        lines[line].append(border.accuracy_m * length)
    return _band([fsum(moved) for moved in lines.values()])


def length_band(accuracies_m: Sequence[float | None]) -> FigureUncertainty:
    """Return how far a length of parts with these accuracies may be off, in m."""
    stated = [accuracy for accuracy in accuracies_m if accuracy is not None]
    if len(stated) < len(accuracies_m) or not stated:
        return FigureUncertainty()
    return _band([end for accuracy in stated for end in (accuracy, accuracy)])


def _band(errors: Sequence[float]) -> FigureUncertainty:
    return (
        FigureUncertainty(band=hypot(*errors), bound=fsum(errors))
        if errors
        else FigureUncertainty()
    )


def _zone_measure(snapshot: Snapshot, zone: Element) -> ElementMeasure:
    features = drawn_features(snapshot, zone)
    stretches = snapshot.derived(read_borders).along.get(zone.id, ())
    follows = {
        piece.fid: line
        for piece in snapshot.collection_or_empty("borders")
        if (line := text(piece.properties, "follows"))
    }
    measured = _measured(features)
    band = area_band(stretches, follows)
    return replace(
        _row(zone, features),
        area_m2=measured.area_m2,
        planar_area_m2=measured.planar_area_m2,
        difference_percent=_difference(measured.area_m2, zone.planned_area_km2, _M2_PER_KM2),
        accuracy_band_m2=band.band,
        accuracy_bound_m2=band.bound,
    )


def _axis_measure(snapshot: Snapshot, axis: Element) -> ElementMeasure:
    features = drawn_features(snapshot, axis)
    parts = axis_parts(features)
    measured = _measured(features)
    band = length_band([part.accuracy_m for part in parts])
    described = any(part.role for part in parts)
    return replace(
        _row(axis, features),
        length_m=measured.length_m,
        planar_length_m=measured.planar_length_m,
        named_length_m=_length(parts, role="named") if described else None,
        connection_length_m=_length(parts, role="connection") if described else None,
        schematic_length_m=_length(parts, basis="schematic") if described else None,
        difference_percent=_difference(measured.length_m, axis.planned_length_km, _M_PER_KM),
        accuracy_band_m=band.band,
        accuracy_bound_m=band.bound,
    )


def _belt_measure(snapshot: Snapshot, belt: Element) -> ElementMeasure:
    corridors = drawn_features(snapshot, belt)
    centre = [
        line for line in belt_lines(snapshot, belt) if text(line.properties, "role") == "centre"
    ]
    corridor, line = _measured(corridors), _measured(centre)
    around = [
        None if (a := accuracy_m(c.properties)) is None else a * geodesic_length_m(c.geometry)
        for c in corridors
    ]
    area = _band([error for error in around if error is not None])
    length = length_band([accuracy_m(part.properties) for part in centre])
    return replace(
        _row(belt, corridors),
        area_m2=corridor.area_m2,
        planar_area_m2=corridor.planar_area_m2,
        length_m=line.length_m,
        planar_length_m=line.planar_length_m,
        difference_percent=_difference(line.length_m, belt.planned_length_km, _M_PER_KM),
        accuracy_band_m2=area.band,
        accuracy_bound_m2=area.bound,
        accuracy_band_m=length.band,
        accuracy_bound_m=length.bound,
    )


def _row(element: Element, features: Sequence[Feature]) -> ElementMeasure:
    properties: Properties = features[0].properties if features else {}
    return ElementMeasure(
        id=element.id,
        name=element.name,
        name_en=element.name_en,
        type=element.type,
        order=element.order,
        planned_area_km2=element.planned_area_km2,
        planned_length_km=element.planned_length_km,
        length_approx=element.length_approx,
        basis=text(properties, "basis"),
        basis_en=text(properties, "basis_en"),
    )


def _measured(features: Sequence[Feature]) -> Measurement:
    """Return the measures of the features together; overlapping polygons count once."""
    if not features:
        return Measurement()
    if len(features) == 1:
        return measure(features[0].geometry)
    return measure(shapely.union_all([feature.geometry for feature in features]))


def _axis_part(properties: Properties, length: float) -> AxisPart:
    return AxisPart(
        id=text(properties, "id"),
        name=text(properties, "name"),
        name_en=text(properties, "name_en"),
        role=text(properties, "role"),
        basis=text(properties, "basis"),
        accuracy_m=accuracy_m(properties),
        length_m=length,
    )


def _length(parts: Iterable[AxisPart], **conditions: str) -> float:
    chosen = [
        p for p in parts if all(getattr(p, key) == value for key, value in conditions.items())
    ]
    return fsum(part.length_m for part in chosen)


def _difference(measured: float | None, planned: float | None, unit: float) -> float | None:
    """Return measured against planned in percent; ``unit`` is the plan's unit in the measure's."""
    if measured is None or not planned:
        return None
    return (measured / (planned * unit) - 1) * 100
