"""The lines between zones and between subdistricts, and how well each is known.

What a line separates is told by the polygons themselves: an edge of a zone separates zones by
bounds; an edge between subdistricts of different zones, or between one and the outside,
separates zones by administration; an edge between subdistricts of one zone separates only
these. A piece of ``borders`` counts as far as it runs along such edges, vertex by vertex, and
gives them its accuracy; one that runs along none no longer bounds anything. Edges that no piece
covers (a layer was replaced, say) are borders as well, as good as the polygons claim to be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.lookup.answer import NearestBorder
from zones.lookup.line_distances import runs_m
from zones.lookup.numbered_edges import EdgeTable, Floats, Numbers, edge_table
from zones.model import Feature
from zones.properties.official_marking import is_official
from zones.ragged_arrays import distinct
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import (
    Subdistrict,
    Zone,
    accuracy_m,
    subdistricts_of,
    texts,
    zones_of,
)
from zones.snapshot.settled_by_official import is_official_layer

_AT_ONCE = 10_000  # borders whose edges are lines of their own, to bound memory


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
class BorderLines:
    """All borders, and those along the outline of each zone by the zone's id."""

    all: tuple[Border, ...]
    along: Mapping[str, tuple[Stretch, ...]]


def read_borders(snapshot: Snapshot) -> BorderLines:
    """Return the borders of a snapshot; pass it to ``snapshot.derived``."""
    zones, subdistricts = snapshot.derived(zones_of), snapshot.derived(subdistricts_of)
    pieces = _pieces(snapshot)
    polygons: list[Zone | Subdistrict] = [*zones, *subdistricts]
    table = edge_table([item.geometry for item in polygons] + [item.geometry for item in pieces])
    sides = _SidesOfEdges(polygons, table)
    drawn, border_of = _drawn_borders(pieces, sides, table, first_owner=len(polygons))
    borders = [*drawn, *_undrawn_borders(sides, table, border_of, first_number=len(drawn))]
    in_use = distinct(border_of[border_of >= 0]).tolist()
    return BorderLines(
        all=tuple(borders[number] for number in in_use),
        along=_Along(zones, borders, _stretches(table, border_of, zones=len(zones))),
    )


def _pieces(snapshot: Snapshot) -> tuple[Feature, ...]:
    """Return the border pieces that may count: none of ours where the boundaries are official.

    An official boundary that happens to run along one of our lines is known as well as its own
    layer says.
    """
    layers = (snapshot.collection_or_empty(id_) for id_ in ("zones", "subdistricts"))
    all_official = all(map(is_official_layer, layers))
    pieces = snapshot.collection_or_empty("borders")
    return tuple(p for p in pieces if not all_official or is_official(p.properties))


@dataclass(frozen=True, slots=True)
class _Sides:
    """The polygons that have an edge, or any of several."""

    polygons: tuple[Zone | Subdistrict, ...]

    @property
    def zones(self) -> set[str]:
        return {polygon.id for polygon in self.polygons if isinstance(polygon, Zone)}

    @property
    def subdistricts(self) -> dict[str, Subdistrict]:
        return {p.id: p for p in self.polygons if isinstance(p, Subdistrict)}

    @property
    def administration(self) -> set[str | None]:
        return {subdistrict.zone for subdistrict in self.subdistricts.values()}

    @property
    def separates_zones(self) -> bool:
        return bool(self.zones) or len(self.subdistricts) == 1 or len(self.administration) > 1

    @property
    def between(self) -> tuple[str, ...]:
        by_administration = tuple(sorted(zone for zone in self.administration if zone))
        if self.separates_zones:
            return tuple(sorted(self.zones)) or by_administration
        return tuple(sorted(self.subdistricts))

    @property
    def accuracy_m(self) -> float | None:
        stated = [p.accuracy_m for p in self.polygons if p.accuracy_m is not None]
        return max(stated, default=None)


class _SidesOfEdges:
    """What lies on the sides of each edge of a table whose first owners are these polygons.

    ``kind`` numbers, edge by edge, what lies on its sides: edges of one kind have the same
    polygons there. It is -1 for an edge that no polygon has.
    """

    def __init__(self, polygons: Sequence[Zone | Subdistrict], table: EdgeTable) -> None:
        ours = table.owner < len(polygons)
        edge, self._owner = table.edge[ours], table.owner[ours]
        self._polygons = polygons
        self._begins = np.searchsorted(edge, np.arange(len(table.vertices) + 1))
        self.kind = _numbered_alike(self._begins, self._owner)
        # The first owner of an edge in the table is the one that is walked along first.
        self.place = np.full(len(table.vertices), -1)
        self.place[edge[::-1]] = table.place[ours][::-1]

    def of(self, edge: int) -> _Sides:
        """Return what lies on the sides of an edge."""
        owners = self._owner[self._begins[edge] : self._begins[edge + 1]].tolist()
        return _Sides(tuple(self._polygons[owner] for owner in owners))

    def of_each_kind(self, edges: Numbers) -> list[_Sides]:
        """Return what lies on the sides of some edges, once for each kind among them."""
        _, first = np.unique(self.kind[edges], return_index=True)
        return [self.of(edge) for edge in edges[first].tolist()]


def _numbered_alike(begins: Numbers, owner: Numbers) -> Numbers:
    """Return a number for each edge, the same for edges with the same owners; -1 for none.

    The owners of edge ``i``, ascending, are those from ``begins[i]`` to ``begins[i + 1]``.
    """
    counts = np.diff(begins)
    kind = np.full(len(counts), -1)
    for at in range(int(counts.max(initial=0))):
        # Edges alike so far are told apart, or not, by their next owner.
        more = np.flatnonzero(counts > at)
        pairs = (kind[more] + 1) * (owner.max() + 1) + owner[begins[more] + at]
        kind[more] = kind.max() + 1 + np.unique(pairs, return_inverse=True)[1].ravel()
    return kind


def _drawn_borders(
    pieces: Sequence[Feature], sides: _SidesOfEdges, table: EdgeTable, *, first_owner: int
) -> tuple[list[Border], Numbers]:
    """Return the borders that pieces draw, and which of them each edge belongs to, else -1."""
    borders: list[Border] = []
    border_of = np.full(len(table.vertices), -1)
    theirs = (table.owner >= first_owner) & (sides.kind[table.edge] >= 0)
    edge, owner = table.edge[theirs], table.owner[theirs] - first_owner
    for number in distinct(owner).tolist():
        along = edge[owner == number]
        border_of[along] = len(borders)  # of two pieces along one edge the last counts
        borders.append(_drawn(pieces[number], sides.of_each_kind(along)))
    return borders, border_of


def _undrawn_borders(
    sides: _SidesOfEdges, table: EdgeTable, border_of: Numbers, *, first_number: int
) -> Iterator[Border]:
    """Yield the borders that no piece draws, one for each kind of sides; number their edges."""
    edges = np.flatnonzero((sides.kind >= 0) & (border_of < 0))
    edges = edges[np.argsort(sides.place[edges])]
    _, first, group = np.unique(sides.kind[edges], return_index=True, return_inverse=True)
    # As they come, and not as they are numbered.
    rank = np.argsort(np.argsort(first))
    group = rank[group.ravel()]
    border_of[edges] = first_number + group
    order = np.argsort(group, kind="stable")
    vertices, group = table.vertices[edges[order]], group[order]
    firsts = edges[np.sort(first)].tolist()
    for start in range(0, len(firsts), _AT_ONCE):
        some = slice(*np.searchsorted(group, (start, start + _AT_ONCE)))
        shapes = _joined(vertices[some], group[some] - start)
        for edge, shape in zip(firsts[start : start + _AT_ONCE], shapes, strict=True):
            yield _undrawn(sides.of(edge), shape)


def _joined(edges: Floats, group: Numbers) -> NDArray[np.object_]:
    """Return the edges of each group as lines, joined where they meet.

    A line for each edge would take twice the memory.
    """
    lines = shapely.multilinestrings(shapely.linestrings(edges), indices=group)
    return np.asarray(shapely.line_merge(lines))


def _drawn(piece: Feature, found: Iterable[_Sides]) -> Border:
    kinds = list(found)
    together = _Sides(tuple(polygon for kind in kinds for polygon in kind.polygons))
    return Border(
        fid=piece.fid,
        between=texts(piece.properties, "between") or together.between,
        accuracy_m=accuracy_m(piece.properties),
        separates_zones=any(kind.separates_zones for kind in kinds),
        separates_subdistricts=bool(together.subdistricts),
        geometry=piece.geometry,
    )


def _undrawn(sides: _Sides, shape: BaseGeometry) -> Border:
    return Border(
        fid=None,
        between=sides.between,
        accuracy_m=sides.accuracy_m,
        separates_zones=sides.separates_zones,
        separates_subdistricts=bool(sides.subdistricts),
        geometry=shape,
    )


class _Along(Mapping[str, tuple[Stretch, ...]]):
    """The stretches of each zone's outline, made when they are asked for.

    Parameters
    ----------
    stretches
        Zone and border by their positions, and metres, ascending by zone.
    """

    def __init__(
        self,
        zones: Sequence[Zone],
        borders: Sequence[Border],
        stretches: tuple[Numbers, Numbers, Floats],
    ) -> None:
        self._positions = {zone.id: position for position, zone in enumerate(zones)}
        self._borders = borders
        zone, self._border, self._length_m = stretches
        self._begins = np.searchsorted(zone, np.arange(len(zones) + 1)).tolist()

    def __getitem__(self, zone_id: str) -> tuple[Stretch, ...]:
        position = self._positions[zone_id]
        own = slice(self._begins[position], self._begins[position + 1])
        borders = (self._borders[number] for number in self._border[own].tolist())
        return tuple(map(Stretch, borders, self._length_m[own].tolist()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


def _stretches(
    table: EdgeTable, border_of: Numbers, *, zones: int
) -> tuple[Numbers, Numbers, Floats]:
    """Return zone, border and metres of each stretch, in the order of the zones' outlines."""
    pairs = np.flatnonzero(table.owner < zones)
    pairs = pairs[np.argsort(table.place[pairs])]
    edge, zone = table.edge[pairs], table.owner[pairs]
    border = border_of[edge]
    _, first, stretch = np.unique(
        zone * (border_of.max(initial=0) + 1) + border, return_index=True, return_inverse=True
    )
    length_m: Floats = np.zeros(len(first))
    np.add.at(length_m, stretch.ravel(), runs_m(table.vertices[edge]))
    order = np.argsort(first)
    return zone[first[order]], border[first[order]], length_m[order]
