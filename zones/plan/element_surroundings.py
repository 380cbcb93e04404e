"""What lies around an element of the plan: neighbours, the lines it rests on, disputed areas."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import shapely

from zones.attribution.overlay_shares import NOISE_AREA_M2, OverlayTable, overlay_shares
from zones.crs.area_and_length import geodesic_areas_m2, geodesic_length_m
from zones.lookup.border_lines import read_borders
from zones.model import CollectionInfo, Feature
from zones.plan.planned_and_measured import COLLECTION_OF, belt_lines
from zones.plan_text import Element, ElementType, Plan
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import accuracy_m, name_of, number, recognised, text, texts
from zones.snapshot.settled_by_official import applying_disputes

Relation = Literal["border", "along", "overlap"]

# Which collections of elements can meet, and what their meeting is called.
_MEETINGS: Mapping[tuple[str, str], Relation] = {
    ("axes", "zones"): "along",
    ("axes", "belts"): "along",
    ("belts", "zones"): "overlap",
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An element that this one borders on, runs along in, or overlaps.

    ``measure`` is the length of the common border or of the axis within, in m; the ground in
    common, in m2.
    """

    id: str
    name: str
    name_en: str
    type: ElementType
    relation: Relation
    measure: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that the element's geometry rests on: border piece of a zone, line of a belt.

    ``difference_percent`` is measured against planned where the plan gives the line a length.
    """

    id: str | None
    name: str
    name_en: str
    method: str | None
    method_en: str | None
    accuracy_m: float | None
    length_m: float
    planned_length_km: float | None = None
    difference_percent: float | None = None


@dataclass(frozen=True, slots=True)
class OverlappingDispute:
    """A disputed area that the element claims or holds ground of; ``overlap_m2`` is that ground."""

    id: str
    conflict: str | None
    name: str
    name_en: str
    claims: tuple[str, ...]
    resolution: str | None
    resolution_en: str | None
    overlap_m2: float


def neighbours_of(snapshot: Snapshot, element: Element) -> tuple[Neighbour, ...]:
    """Return the elements that one borders on or meets, each with every relation it has."""
    shared: defaultdict[tuple[str, Relation], float] = defaultdict(float)
    for other, length in _bordering(snapshot, element):
        shared[other, "border"] += length
    for pair, relation in _MEETINGS.items():
        if COLLECTION_OF[element.type] in pair:
            for other, measure in _meeting(snapshot, element, pair):
                shared[other, relation] += measure
    found = [(snapshot.plan.element(id_), rel, m) for (id_, rel), m in shared.items()]
    return tuple(
        Neighbour(other.id, other.name, other.name_en, other.type, relation, measure)
        for other, relation, measure in found
    )


def _bordering(snapshot: Snapshot, element: Element) -> Iterable[tuple[str, float]]:
    """Yield the zones on the other side of a zone's outline, and the length of each stretch."""
    zones = {e.id for e in snapshot.plan.elements if e.type == "zone"} - {element.id}
    for stretch in snapshot.derived(read_borders).along.get(element.id, ()):
        for other in zones.intersection(stretch.border.between):
            yield other, stretch.length_m


def _meeting(
    snapshot: Snapshot, element: Element, pair: tuple[str, str]
) -> Iterable[tuple[str, float]]:
    """Yield the elements of another collection that this one meets, and by how much."""
    ids = [_element_ids(snapshot.collection_or_empty(each), snapshot.plan) for each in pair]
    for part in overlay_of(snapshot, *pair).parts:
        met = {ids[0].get(part.of), ids[1].get(part.by or "")}
        if element.id in met and None not in met:
            yield (met - {element.id}).pop() or "", part.value


def _element_ids(collection: Collection, plan: Plan) -> Mapping[str, str]:
    found = {f.fid: recognised(f, collection.info, plan) for f in collection}
    return {fid: element.id for fid, element in found.items() if element}


def evidence_of(snapshot: Snapshot, element: Element) -> tuple[Evidence, ...]:
    """Return the lines that a zone or belt rests on; an axis rests on its own parts."""
    if element.type == "belt":
        info = snapshot.collection_or_empty("belt_lines").info
        return tuple(_belt_evidence(line, info) for line in belt_lines(snapshot, element))
    pieces = snapshot.collection_or_empty("borders")
    stretches = snapshot.derived(read_borders).along.get(element.id, ())
    of_pieces = [pieces.feature(s.border.fid).properties if s.border.fid else {} for s in stretches]
    return tuple(
        Evidence(
            id=stretch.border.fid,
            name=text(properties, "follows") or "—".join(stretch.border.between),
            name_en=text(properties, "follows_en") or " - ".join(stretch.border.between),
            method=text(properties, "method"),
            method_en=text(properties, "method_en"),
            accuracy_m=stretch.border.accuracy_m,
            length_m=stretch.length_m,
        )
        for stretch, properties in zip(stretches, of_pieces, strict=True)
    )


def _belt_evidence(line: Feature, info: CollectionInfo) -> Evidence:
    length = geodesic_length_m(line.geometry)
    planned = number(line.properties, "planned_length_km")
    return Evidence(
        id=line.fid,
        name=name_of(line, info),
        name_en=text(line.properties, "name_en") or "",
        method=text(line.properties, "basis"),
        method_en=text(line.properties, "basis_en"),
        accuracy_m=accuracy_m(line.properties),
        length_m=length,
        planned_length_km=planned,
        difference_percent=(length / (planned * 1000) - 1) * 100 if planned else None,
    )


def disputes_of(
    snapshot: Snapshot, element: Element, drawn: Iterable[Feature]
) -> tuple[OverlappingDispute, ...]:
    """Return the disputed areas that a zone claims or holds ground of; none for axes and belts."""
    if element.type != "zone":
        return ()
    ground = shapely.union_all([feature.geometry for feature in drawn])
    info = snapshot.collection_or_empty("disputes").info
    areas = [f for f in snapshot.derived(applying_disputes) if f.geometry is not None]
    overlaps = geodesic_areas_m2([shapely.intersection(ground, f.geometry) for f in areas])
    return tuple(
        _dispute(feature, info, overlap if overlap > NOISE_AREA_M2 else 0.0)
        for feature, overlap in zip(areas, overlaps.tolist(), strict=True)
        if overlap > NOISE_AREA_M2 or element.id in texts(feature.properties, "claims")
    )


def _dispute(feature: Feature, info: CollectionInfo, overlap: float) -> OverlappingDispute:
    properties = feature.properties
    return OverlappingDispute(
        id=feature.fid,
        conflict=text(properties, "conflict"),
        name=name_of(feature, info),
        name_en=text(properties, "name_en") or "",
        claims=texts(properties, "claims"),
        resolution=text(properties, "resolution"),
        resolution_en=text(properties, "resolution_en"),
        overlap_m2=overlap,
    )


def overlay_of(snapshot: Snapshot, of: str, by: str) -> OverlayTable:
    """Return the overlay of elements by elements or subdistricts, worked out once a snapshot."""
    return snapshot.derived(_overlays)[of, by]


def _overlays(snapshot: Snapshot) -> dict[tuple[str, str], OverlayTable]:
    """Return every overlay that profiles are made of; about 30 ms, hence once for a snapshot."""
    pairs = [*((of, "subdistricts") for of in COLLECTION_OF.values()), *_MEETINGS]
    return {
        (of, by): overlay_shares(snapshot.collection_or_empty(of), snapshot.collection_or_empty(by))
        for of, by in pairs
    }
