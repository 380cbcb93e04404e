"""The lines between zones and between subdistricts, and how well each is known.

What a line separates is told by the polygons themselves: an edge of a zone separates zones by
bounds; an edge between subdistricts of different zones, or between one and the outside,
separates zones by administration; an edge between subdistricts of one zone separates only
these. A piece of ``borders`` counts as far as it runs along such edges, vertex by vertex, and
gives them its accuracy; one that runs along none no longer bounds anything. Edges that no piece
covers (a layer was replaced, say) are borders as well, as good as the polygons claim to be.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from zones.layout import Subdistrict, Zone, accuracy_m, subdistricts_of, texts, zones_of
from zones.lookup.lines import lengths_m
from zones.model import Feature
from zones.placement import NearestBorder
from zones.snapshot import Snapshot

Edge = tuple[tuple[float, ...], tuple[float, ...]]
"""Two neighbouring vertices (lon, lat), the lesser first, so that both sides agree on it."""


@dataclass(frozen=True, slots=True)
class Border:
    """A line that separates zones, subdistricts or both.

    ``fid`` is the piece of ``borders``; None for edges that no piece covers. ``between`` names
    what lies on its sides; ``accuracy_m`` is None where nobody stated it.
    """

    fid: str | None
    between: tuple[str, ...]
    accuracy_m: float | None
    separates_zones: bool
    separates_subdistricts: bool
    geometry: BaseGeometry

    def placed(self, distance_m: float) -> NearestBorder:
        """Return the border as the nearest one of an answer."""
        return NearestBorder(distance_m, self.accuracy_m, self.between, self.fid)


@dataclass(frozen=True, slots=True)
class Stretch:
    """How much of a polygon's outline runs along one border, in metres of EPSG:4550."""

    border: Border
    length_m: float


@dataclass(frozen=True)
class Borders:
    """All borders, and those along the outline of each zone by the zone's id."""

    all: tuple[Border, ...]
    along: Mapping[str, tuple[Stretch, ...]]


@dataclass(slots=True)
class _Sides:
    """The polygons that have an edge."""

    zones: dict[str, Zone] = field(default_factory=dict)
    subdistricts: dict[str, Subdistrict] = field(default_factory=dict)

    def add(self, other: "_Sides") -> None:
        self.zones |= other.zones
        self.subdistricts |= other.subdistricts

    @property
    def administration(self) -> set[str | None]:
        return {subdistrict.zone for subdistrict in self.subdistricts.values()}

    @property
    def separates_zones(self) -> bool:
        alone = len(self.subdistricts) == 1
        return bool(self.zones) or alone or len(self.administration) > 1

    @property
    def between(self) -> tuple[str, ...]:
        by_administration = tuple(sorted(zone for zone in self.administration if zone))
        if self.separates_zones:
            return tuple(sorted(self.zones)) or by_administration
        return tuple(sorted(self.subdistricts))

    @property
    def accuracy_m(self) -> float | None:
        polygons: list[Zone | Subdistrict] = [*self.zones.values(), *self.subdistricts.values()]
        stated = [p.accuracy_m for p in polygons if p.accuracy_m is not None]
        return max(stated, default=None)


def read_borders(snapshot: Snapshot) -> Borders:
    """Return the borders of a snapshot; pass it to ``snapshot.derived``."""
    zones = snapshot.derived(zones_of)
    sides = _sides(zones, snapshot.derived(subdistricts_of))
    border_of: dict[Edge, Border] = {}
    for piece in snapshot.collection_or_empty("borders"):
        along = [edge for edge in edges_of(piece.geometry) if edge in sides]
        if along:
            border_of |= dict.fromkeys(along, _drawn(piece, [sides[edge] for edge in along]))
    for group in _alike({edge: side for edge, side in sides.items() if edge not in border_of}):
        border_of |= dict.fromkeys(group, _undrawn(group, sides[group[0]]))
    return Borders(
        all=tuple({id(border): border for border in border_of.values()}.values()),
        along={zone.id: _stretches(zone.geometry, border_of) for zone in zones},
    )


def edges_of(geometry: BaseGeometry | None) -> Iterator[Edge]:
    """Yield the edges of a line, or of a polygon's outline; none for None and for points."""
    if geometry is None:
        return
    line = geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
    for part in shapely.get_parts(line):
        for start, end in pairwise(map(tuple, shapely.get_coordinates(part).tolist())):
            yield (start, end) if start <= end else (end, start)


def _sides(zones: Iterable[Zone], subdistricts: Iterable[Subdistrict]) -> dict[Edge, _Sides]:
    sides: defaultdict[Edge, _Sides] = defaultdict(_Sides)
    for zone in zones:
        for edge in edges_of(zone.geometry):
            sides[edge].zones[zone.id] = zone
    for subdistrict in subdistricts:
        for edge in edges_of(subdistrict.geometry):
            sides[edge].subdistricts[subdistrict.id] = subdistrict
    return dict(sides)


def _drawn(piece: Feature, found: Iterable[_Sides]) -> Border:
    together = _Sides()
    separates_zones = False
    for side in found:
        together.add(side)
        separates_zones |= side.separates_zones
    return Border(
        fid=piece.fid,
        between=texts(piece.properties, "between") or together.between,
        accuracy_m=accuracy_m(piece.properties),
        separates_zones=separates_zones,
        separates_subdistricts=bool(together.subdistricts),
        geometry=piece.geometry,
    )


def _undrawn(edges: Iterable[Edge], side: _Sides) -> Border:
    return Border(
        fid=None,
        between=side.between,
        accuracy_m=side.accuracy_m,
        separates_zones=side.separates_zones,
        separates_subdistricts=bool(side.subdistricts),
        geometry=shapely.MultiLineString(list(edges)),
    )


def _alike(sides: Mapping[Edge, _Sides]) -> list[list[Edge]]:
    """Return the edges grouped by what they separate."""
    groups: defaultdict[tuple[frozenset[str], ...], list[Edge]] = defaultdict(list)
    for edge, side in sides.items():
        groups[frozenset(side.zones), frozenset(side.subdistricts)].append(edge)
    return list(groups.values())


def _stretches(
    outline: BaseGeometry | None, border_of: Mapping[Edge, Border]
) -> tuple[Stretch, ...]:
    edges: defaultdict[int, list[Edge]] = defaultdict(list)
    borders = {}
    for edge in edges_of(outline):
        borders[id(border_of[edge])] = border_of[edge]
        edges[id(border_of[edge])].append(edge)
    lengths = lengths_m([shapely.MultiLineString(edges[key]) for key in borders])
    return tuple(map(Stretch, borders.values(), lengths))
