"""What a lookup looks in: the polygons that may hold a point and the lines it is measured to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.lookup.answer import AxisDistance, BeltDistance, NearestPart, PlacedConflict
from zones.lookup.border_lines import Border, read_borders
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import (
    Subdistrict,
    Zone,
    accuracy_m,
    name_of,
    recognised,
    records,
    subdistricts_of,
    text,
    texts,
    zones_of,
)
from zones.snapshot.settled_by_official import applying_disputes

LOOKED_IN: Final = frozenset(
    {"zones", "subdistricts", "disputes", "belts", "belt_lines", "district", "axes", "borders"}
)
"""The collections that a lookup reads."""


@dataclass(frozen=True, slots=True)
class FeatureName:
    """What a feature is called; the plan's id if the plan knows it."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis whose parts are the lines from ``first_line`` on."""

    named: FeatureName
    parts: tuple[NearestPart | None, ...]
    first_line: int

    @property
    def lines(self) -> range:
        """The positions of the lines of its parts."""
        return range(self.first_line, self.first_line + len(self.parts))

    def placed(self, distance_m: float, line: int) -> AxisDistance:
        """Return how near the axis is, given the distance to its nearest part's line."""
        part = self.parts[line - self.first_line]
        return AxisDistance(self.named.id, self.named.name, self.named.name_en, distance_m, part)


@dataclass(frozen=True, slots=True)
class Belt:
    """A belt: the outline of its corridor and its lines by role, as positions of lines."""

    named: FeatureName
    outline: int
    lines: tuple[tuple[str, int], ...]

    def placed(self, distance_m: float, *, inside: bool, lines_m: Iterable[float]) -> BeltDistance:
        """Return how near the belt is, given the distances to its corridor and its lines."""
        roles = (role for role, _ in self.lines)
        return BeltDistance(
            self.named.id,
            self.named.name,
            self.named.name_en,
            inside=inside,
            distance_m=distance_m,
            lines_m=tuple(zip(roles, lines_m, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class LookupDispute:
    """A disputed area; in one of the kind ``handover`` the subdistricts are in doubt as well."""

    conflict: PlacedConflict
    handover: bool


@dataclass(frozen=True, slots=True)
class District:
    """The district, or one part of it; ``outline`` is the position of its line."""

    outline: int


LookupMember = Zone | Subdistrict | LookupDispute | Belt | District


class LookupLayers:
    """The members and lines of a snapshot.

    ``polygons[i]`` is the geometry of ``members[i]``; ``lines`` begins with the geometries of
    ``borders``, in their order.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.borders: tuple[Border, ...] = snapshot.derived(read_borders).all
        self.members: list[LookupMember] = []
        self.polygons: list[BaseGeometry | None] = []
        self.lines: list[BaseGeometry] = [border.geometry for border in self.borders]
        self._snapshot = snapshot
        for zone in snapshot.derived(zones_of):
            self._add_member(zone, zone.geometry)
        for subdistrict in snapshot.derived(subdistricts_of):
            self._add_member(subdistrict, subdistrict.geometry)
        for feature in _with_a_place(snapshot.derived(applying_disputes)):
            self._add_member(
                _dispute(feature, self._info("disputes"), snapshot.plan), feature.geometry
            )
        self.belts = [self._add_belt(feature) for feature in self._located("belts")]
        self.districts = [self._add_district(feature) for feature in self._located("district")]
        self.axes = [self._add_axis(feature) for feature in self._located("axes")]

    def _located(self, collection_id: str) -> list[Feature]:
        return _with_a_place(self._snapshot.collection_or_empty(collection_id))

    def _info(self, collection_id: str) -> CollectionInfo:
        return self._snapshot.collection_or_empty(collection_id).info

    def _named(self, feature: Feature, collection_id: str) -> FeatureName:
        info = self._info(collection_id)
        element = recognised(feature, info, self._snapshot.plan)
        english = text(feature.properties, "name_en") or (element.name_en if element else "")
        return FeatureName(element.id if element else feature.fid, name_of(feature, info), english)

    def _add_member(self, member: LookupMember, geometry: BaseGeometry | None) -> None:
        self.members.append(member)
        self.polygons.append(geometry)

    def _add_lines(self, *geometries: BaseGeometry) -> int:
        """Return the position of the first of them."""
        self.lines += geometries
        return len(self.lines) - len(geometries)

    def _add_axis(self, feature: Feature) -> Axis:
        lines = shapely.get_parts(feature.geometry).tolist()
        parts = tuple(
            NearestPart(text(p, "id"), text(p, "name"), text(p, "basis"), accuracy_m(p))
            for p in records(feature.properties, "parts")
        )
        described = parts if len(parts) == len(lines) else (None,) * len(lines)
        return Axis(self._named(feature, "axes"), described, self._add_lines(*lines))

    def _add_belt(self, feature: Feature) -> Belt:
        named = self._named(feature, "belts")
        # Of lines of one role the last is told.
        lines = {
            text(line.properties, "role") or line.fid: self._add_lines(line.geometry)
            for line in self._located("belt_lines")
            if text(line.properties, "belt") in (feature.fid, named.id)
        }
        belt = Belt(named, self._add_lines(_outline(feature.geometry)), tuple(lines.items()))
        self._add_member(belt, feature.geometry)
        return belt

    def _add_district(self, feature: Feature) -> District:
        district = District(self._add_lines(_outline(feature.geometry)))
        self._add_member(district, feature.geometry)
        return district


def _with_a_place(features: Iterable[Feature]) -> list[Feature]:
    return [f for f in features if f.geometry is not None and not f.geometry.is_empty]


def _dispute(feature: Feature, info: CollectionInfo, plan: Plan) -> LookupDispute:
    properties = feature.properties
    conflict = plan.conflict(text(properties, "conflict") or "")
    placed = PlacedConflict(
        id=conflict.id if conflict else text(properties, "conflict") or feature.fid,
        title=conflict.title if conflict else name_of(feature, info),
        title_en=conflict.title_en if conflict else text(properties, "name_en") or "",
        claims=texts(properties, "claims"),
        resolution=text(properties, "resolution"),
        resolution_en=text(properties, "resolution_en"),
        area=feature.fid,
    )
    return LookupDispute(placed, handover=text(properties, "kind") == "handover")


def _outline(geometry: BaseGeometry) -> BaseGeometry:
    return geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
