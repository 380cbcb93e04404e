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
3. *Conflicts* are the disputed areas that hold the point, border included, but for those that
   official boundaries have settled (``zones.snapshot.settled_by_official``).
4. *The nearest border* is the nearest line that separates two zones, or a zone from what is not
   in any, by either meaning (``zones.lookup.border_lines``). Its distance is measured in the plane
   EPSG:4550. It is told for points in the district and up to 5 km from it.
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

import numpy as np
from numpy.typing import ArrayLike

from zones.crs.transform import CRS, STORAGE, are_degrees, check_xy
from zones.lookup.answer import BeltDistance, Placement
from zones.lookup.answer_json import AnswerTemplates, MembershipTemplate
from zones.lookup.containment import Containment
from zones.lookup.distances_and_certainty import (
    BORDER_REPORTED_WITHIN_M,
    Asked,
    Distances,
    Measured,
)
from zones.lookup.lookup_layers import LOOKED_IN, LookupLayers
from zones.lookup.rules_without_distances import Rules, ZoneVerdict
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import Zone, subdistricts_of, zones_of

__all__ = ["BORDER_REPORTED_WITHIN_M", "Locator", "build_locator"]

Judged = tuple[ZoneVerdict, MembershipTemplate, Asked]
"""What is the same for all points that the same polygons hold."""

Verdict = tuple[tuple[int, ...], bool, bool]
"""The polygons that hold a point, and whether its zones and its subdistrict are certain: what is
said of it follows from them, but for distances."""

REMEMBERED = 4096
"""Sets of polygons whose answer is kept; the plan's layers have some hundred."""


class Layers:
    """What look-ups of one state of the plan's layers rest on, whatever the revision is called."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.layers = LookupLayers(snapshot)
        self.containment = Containment(self.layers.polygons)
        self.rules = Rules(self.layers, _known_zones(snapshot))
        self.distances = Distances(self.layers)


class Locator:
    """Answers for one revision; made by ``build_locator``, shared by all threads."""

    def __init__(self, ready: Layers, *, revision: int) -> None:
        self.revision = revision
        self._layers = ready.layers
        self._containment = ready.containment
        self._rules = ready.rules
        self._distances = ready.distances
        self._wording = AnswerTemplates(ready.layers, revision=revision)
        self._membership_cache: dict[tuple[int, ...], Judged] = {}

    def locate(self, lon: float, lat: float, *, source_crs: CRS | None = None) -> Placement:
        """Return where a place lies.

        Parameters
        ----------
        lon, lat
            Degrees in EPSG:4490.
        source_crs
            The CRS in which the place was given, only to be told in the answer.

        Raises
        ------
        CoordinateError
            If the numbers are not finite, not degrees, or swapped.
        """
        lon, lat = float(lon), float(lat)
        check_xy(lon, lat, STORAGE)
        return self._place(lon, lat, self._containment.members(lon, lat), source_crs=source_crs)

    def answer(self, lon: float, lat: float, *, source_crs: CRS | None = None) -> bytes:
        """Return the JSON of what ``locate`` returns: the same bytes, much sooner."""
        lon, lat = float(lon), float(lat)
        if not are_degrees(lon, lat):
            check_xy(lon, lat, STORAGE)
        _, words, asked = self._judged(self._containment.members(lon, lat))
        told = self._distances.told(lon, lat, asked)
        return self._wording.answer(lon, lat, words, told, source_crs=source_crs)

    def verdict(self, lon: float, lat: float) -> Verdict:
        """Return what the answer to a sound place follows from, in a third of its time."""
        members = self._containment.members(lon, lat)
        _, _, asked = self._judged(members)
        return members, *self._distances.certainty(lon, lat, asked)

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[Placement]:
        """Return for each of n places what ``locate`` returns; both arrays have shape (n,).

        Raises
        ------
        CoordinateError
            As ``locate``; its ``loc`` ends in the index of the first wrong pair.
        """
        x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
        check_xy(x, y, STORAGE)
        members_of_points = self._containment.members_of_many(x, y)
        return [
            self._place(lon, lat, tuple(members))
            for lon, lat, members in zip(x.tolist(), y.tolist(), members_of_points, strict=True)
        ]

    def _place(
        self, lon: float, lat: float, members: tuple[int, ...], *, source_crs: CRS | None = None
    ) -> Placement:
        holding, _, asked = self._judged(members)
        measured = self._distances.measured(lon, lat, asked)
        layers = self._layers
        return Placement(
            lon=lon,
            lat=lat,
            source_crs=None if source_crs is None or source_crs.is_lonlat else source_crs.key,
            inside_district=holding.inside_district,
            primary=holding.primary,
            zones=holding.zones,
            subdistrict=holding.placed_subdistrict(certain=measured.subdistrict_certain),
            axes=tuple(
                axis.placed(*nearest)
                for axis, nearest in zip(layers.axes, measured.axes, strict=False)
            ),
            belts=self._belts(measured),
            nearest_border=measured.border
            and layers.borders[measured.border[1]].placed(measured.border[0]),
            conflicts=holding.conflicts,
            certain=measured.certain,
            revision=self.revision,
        )

    def _belts(self, measured: Measured) -> tuple[BeltDistance, ...]:
        return tuple(
            self._layers.belts[belt].placed(distance_m, inside=inside, lines_m=lines_m)
            for belt, inside, distance_m, lines_m in measured.belts
        )

    def _judged(self, members: tuple[int, ...]) -> Judged:
        return self._membership_cache.get(members) or self._judged_anew(members)

    def _judged_anew(self, members: tuple[int, ...]) -> Judged:
        holding = self._rules.holding(members)
        judged = holding, self._wording.of_membership(holding), self._distances.asked(holding)
        # All are forgotten at once: to know which was asked for last costs more at every point.
        if len(self._membership_cache) >= REMEMBERED:
            self._membership_cache.clear()
        self._membership_cache[members] = judged
        return judged


def build_locator(snapshot: Snapshot) -> Locator:
    """Return the locator of a snapshot; use it as ``snapshot.derived(build_locator)``.

    What it rests on is taken over from the revision before if the plan's layers are as they were.
    """
    ready = snapshot.part(LOOKED_IN).derived(Layers)
    return Locator(ready, revision=snapshot.revision)


def _known_zones(snapshot: Snapshot) -> dict[str, Zone]:
    """Return every zone that an answer may name: drawn, in the plan, or named by a subdistrict."""
    plan = {
        e.id: Zone(e.id, e.name, e.name_en, e.order, None, None) for e in snapshot.plan.elements
    }
    drawn = {zone.id: zone for zone in reversed(snapshot.derived(zones_of))}
    named = {s.zone for s in snapshot.derived(subdistricts_of) if s.zone}
    others = {id_: Zone(id_, id_, "", np.inf, None, None) for id_ in named}
    return others | plan | drawn
