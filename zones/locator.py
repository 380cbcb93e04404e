"""Where is this point? The zones, subdistrict, axes and belt of one place, and how surely.

The rules, as a planner can check them on the map:

1. *In a zone by bounds*: the point lies in the polygon of the zone or on its border. *In a zone
   by administration*: it lies in, or on the border of, a subdistrict that the plan gives to the
   zone. ``by`` names each meaning that holds. The test has no tolerance: it is shapely's
   ``intersects`` on the coordinates as stored. A point on a border is in all zones that meet
   there.
2. *The primary zone* is the zone by administration if there is one only. On a border between
   administrations it is, of those zones, the one that also holds the point by bounds, and of
   several the first in the plan's order. Outside every subdistrict it is the first zone by
   bounds; where there is none, there is no primary.
3. *Conflicts* are the disputed areas that hold the point, border included.
4. *The nearest border* is the nearest line that separates two zones, or a zone from what is not
   in any, by either meaning (``zones.lookup.border``). Its distance is measured in the plane EPSG:4550.
   It is told for points in the district and up to 5 km from it.
5. *Certain* is false inside a disputed area, on a border between zones, and wherever any such
   line is nearer than its own accuracy: not only the nearest line, for one farther off may be
   known worse. A line without a stated accuracy is taken as drawn.
6. *The subdistrict* is the one that holds the point; on a border the one with the lowest code.
   It is certain unless the point is on such a border, nearer to a line between subdistricts than
   that line's accuracy, or in a disputed area of the kind ``handover``, where that line itself
   may run elsewhere.
7. *Axes and belts* are told for points in the district, with their distance; a belt that holds
   the point is told wherever that is. An axis is as near as its nearest part, and the part says
   whether it is only schematic.
8. *Inside the district*: in, or on the border of, a polygon of ``district``; if there is none,
   of any zone or subdistrict.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import ArrayLike

from zones.crs import CRS, PLANE, STORAGE, check_xy, from_storage_xy
from zones.layout import Subdistrict, Zone, subdistricts_of, zones_of
from zones.lookup.border import Border
from zones.lookup.containment import Containment
from zones.lookup.layers import Dispute, District, LookupLayers, Member
from zones.lookup.lines import Floats, Lines
from zones.placement import (
    BeltDistance,
    By,
    NearestBorder,
    PlacedSubdistrict,
    PlacedZone,
    Placement,
)
from zones.snapshot import Snapshot

BORDER_TOLD_WITHIN_M = 5000.0


class Locator:
    """Answers for one revision; made by ``build_locator``, shared by all threads."""

    def __init__(self, layers: LookupLayers, known: Mapping[str, Zone]) -> None:
        self._revision = layers.revision
        self._members = layers.members
        self._containment = Containment(layers.polygons)
        self._lines = Lines(layers.lines)
        self._axes, self._belts = layers.axes, layers.belts
        self._borders = layers.borders
        self._outlines = [district.outline for district in layers.districts]
        self._known = known
        self._zone_reach = _reach((b, b.separates_zones) for b in self._borders)
        self._subdistrict_reach = _reach((b, b.separates_subdistricts) for b in self._borders)
        self._between_zones = [i for i, b in enumerate(self._borders) if b.separates_zones]

    def locate(self, lon: float, lat: float, *, given: CRS | None = None) -> Placement:
        """Return where a place lies.

        Parameters
        ----------
        lon, lat
            Degrees in EPSG:4490.
        given
            The CRS in which the place was given, only to be told in the answer.

        Raises
        ------
        CoordinateError
            If the numbers are not finite, not degrees, or swapped.
        """
        lon, lat = float(lon), float(lat)
        check_xy(lon, lat, STORAGE)
        return self._place(lon, lat, self._containment.members(lon, lat), given=given)

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[Placement]:
        """Return for each of n places what ``locate`` returns; both arrays have shape (n,).

        Raises
        ------
        CoordinateError
            As ``locate``; its ``loc`` ends in the index of the first wrong pair.
        """
        x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
        check_xy(x, y, STORAGE)
        held = self._containment.members_of_many(x, y)
        return [
            self._place(lon, lat, members)
            for lon, lat, members in zip(x.tolist(), y.tolist(), held, strict=True)
        ]

    def _place(
        self, lon: float, lat: float, members: Iterable[int], *, given: CRS | None = None
    ) -> Placement:
        held = [self._members[i] for i in members]
        distances = self._lines.distances_m(*from_storage_xy(lon, lat, PLANE))
        # Python's numbers from here on: one by one they are quicker than numpy's.
        away = distances.tolist()
        by_bounds = {m.id for m in held if isinstance(m, Zone)}
        subdistricts = [m for m in held if isinstance(m, Subdistrict)]
        by_administration = {s.zone for s in subdistricts if s.zone is not None}
        disputes = [m for m in held if isinstance(m, Dispute)]
        inside = self._inside(held)
        on_border = len(by_bounds) > 1 or len(by_administration) > 1
        return Placement(
            lon=lon,
            lat=lat,
            given=None if given is None or given.is_lonlat else given.key,
            inside_district=inside,
            primary=self._primary(by_bounds, by_administration),
            zones=self._zones(by_bounds, by_administration),
            subdistrict=self._subdistrict(subdistricts, disputes, distances),
            axes=tuple(axis.distance(away) for axis in self._axes) if inside else (),
            belts=self._belt_distances(held, away, inside=inside),
            nearest_border=self._nearest_border(away, inside=inside),
            conflicts=tuple(dispute.told for dispute in disputes),
            certain=not (disputes or on_border or _any_nearer(distances, self._zone_reach)),
            revision=self._revision,
        )

    def _inside(self, held: Sequence[Member]) -> bool:
        within = District if self._outlines else (Zone, Subdistrict)
        return any(isinstance(member, within) for member in held)

    def _primary(
        self, by_bounds: AbstractSet[str], by_administration: AbstractSet[str]
    ) -> str | None:
        candidates = (by_administration & by_bounds) or by_administration or by_bounds
        return min(candidates, key=lambda id_: self._known[id_].order, default=None)

    def _zones(
        self, by_bounds: AbstractSet[str], by_administration: AbstractSet[str]
    ) -> tuple[PlacedZone, ...]:
        meanings: tuple[tuple[By, AbstractSet[str]], ...] = (
            ("bounds", by_bounds),
            ("administration", by_administration),
        )
        known = sorted(
            (self._known[id_] for id_ in by_bounds | by_administration), key=lambda z: z.order
        )
        return tuple(
            PlacedZone(z.id, z.name, z.name_en, tuple(by for by, ids in meanings if z.id in ids))
            for z in known
        )

    def _subdistrict(
        self, held: Sequence[Subdistrict], disputes: Iterable[Dispute], distances: Floats
    ) -> PlacedSubdistrict | None:
        if not held:
            return None
        first = min(held, key=lambda subdistrict: subdistrict.code)
        unsure = len(held) > 1 or any(dispute.handover for dispute in disputes)
        certain = not (unsure or _any_nearer(distances, self._subdistrict_reach))
        return PlacedSubdistrict(first.id, first.name, first.name_en, certain=certain)

    def _belt_distances(
        self, held: Sequence[Member], away: Sequence[float], *, inside: bool
    ) -> tuple[BeltDistance, ...]:
        return tuple(
            belt.distance(away, inside=holds)
            for belt in self._belts
            if (holds := any(member is belt for member in held)) or inside
        )

    def _nearest_border(self, away: Sequence[float], *, inside: bool) -> NearestBorder | None:
        if not self._between_zones:
            return None
        nearest = min(self._between_zones, key=away.__getitem__)
        outline = min((away[i] for i in self._outlines), default=away[nearest])
        if not (inside or outline <= BORDER_TOLD_WITHIN_M):
            return None
        border = self._borders[nearest]
        return NearestBorder(away[nearest], border.accuracy_m, border.between, border.fid)


def build_locator(snapshot: Snapshot) -> Locator:
    """Return the locator of a snapshot; use it as ``snapshot.derived(build_locator)``."""
    return Locator(LookupLayers(snapshot), _known_zones(snapshot))


def _known_zones(snapshot: Snapshot) -> dict[str, Zone]:
    """Return every zone that an answer may name: drawn, in the plan, or named by a subdistrict."""
    plan = {
        e.id: Zone(e.id, e.name, e.name_en, e.order, None, None) for e in snapshot.plan.elements
    }
    drawn = {zone.id: zone for zone in reversed(snapshot.derived(zones_of))}
    named = {s.zone for s in snapshot.derived(subdistricts_of) if s.zone}
    others = {id_: Zone(id_, id_, "", np.inf, None, None) for id_ in named}
    return others | plan | drawn


def _reach(borders: Iterable[tuple[Border, bool]]) -> Floats:
    """Return how far from each border an answer is not certain; 0 if it does not separate."""
    return np.array([(b.accuracy_m or 0.0) if separates else 0.0 for b, separates in borders])


def _any_nearer(distances: Floats, reach: Floats) -> bool:
    """Return whether any border is nearer than its reach; the lines begin with the borders."""
    return bool((distances[: len(reach)] < reach).any())
