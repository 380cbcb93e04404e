"""Where each of millions of points lies: as ``zones.lookup.locator``, worked out for arrays.

Answers without distances depend on nothing but the polygons that hold the point and on whether
it is nearer to a border than that border's accuracy. Points are told apart by that through a
grid cover, and the locator itself is asked once for each answer that occurs. Only in a strip
about the line where nearness ends, too thin for the cover, it is asked point by point.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from zones.cover.grid_cover import GridCover, build_cover
from zones.crs.transform import STORAGE, believable_xy
from zones.lookup.answer import Placement
from zones.lookup.bulk_distances import BorderDistances, BorderTree
from zones.lookup.locator import Layers, Locator, Verdict, build_locator
from zones.lookup.lookup_layers import LOOKED_IN, LookupLayers
from zones.lookup.polygon_sets import Members, PolygonSets
from zones.lookup.uncertainty_bands import UncertaintyBand, band_of
from zones.snapshot.model import Snapshot

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NOT_ANSWERED = -1
_UNSURE = -1
_UNMET = -2


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """A placement without its distances; shared by all points that lie alike."""

    zone_id: str | None
    zone_name: str | None
    by_bounds: tuple[str, ...]
    by_administration: tuple[str, ...]
    subdistrict_id: str | None
    subdistrict_name: str | None
    subdistrict_certain: bool | None
    inside_district: bool
    certain: bool
    conflicts: tuple[str, ...]


def answer_of(placement: Placement) -> BulkAnswer:
    """Return what a placement says, distances left out."""
    names = {zone.id: zone.name for zone in placement.zones}
    subdistrict = placement.subdistrict
    return BulkAnswer(
        zone_id=placement.primary,
        zone_name=names.get(placement.primary or ""),
        by_bounds=tuple(zone.id for zone in placement.zones if "bounds" in zone.by),
        by_administration=tuple(z.id for z in placement.zones if "administration" in z.by),
        subdistrict_id=subdistrict.id if subdistrict else None,
        subdistrict_name=subdistrict.name if subdistrict else None,
        subdistrict_certain=subdistrict.certain if subdistrict else None,
        inside_district=placement.inside_district,
        certain=placement.certain,
        conflicts=tuple(dict.fromkeys(conflict.id for conflict in placement.conflicts)),
    )


class BulkLocator:
    """Answers for one revision; made by ``build_bulk_locator``, shared by all threads.

    Can be pickled: what travels are the collections it is made of, not the cover, which is a
    hundred times larger and made anew in a fraction of a second.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        layers = snapshot.part(LOOKED_IN).derived(Layers).layers
        self.locator: Locator = snapshot.derived(build_locator)
        self._snapshot = snapshot
        self._polygons = len(layers.polygons)
        self._bands = (
            band_of(border for border in layers.borders if border.separates_zones),
            band_of(border for border in layers.borders if border.separates_subdistricts),
        )
        self._cover = _cover(layers, self._bands)
        self._combinations = PolygonSets(len(self._cover))
        self._number_of_set = self._combinations.numbers(self._cover.sets)
        self._border_tree = BorderTree(layers)
        self._codes: Ints = np.empty(0, np.int64)
        self._code_of: dict[BulkAnswer, int] = {}
        self._code_of_verdict: dict[Verdict, int] = {}
        self.answers: list[BulkAnswer] = []
        self._lock = Lock()

    def __reduce__(self) -> tuple[type["BulkLocator"], tuple[Snapshot]]:
        return BulkLocator, (self._snapshot.only(LOOKED_IN),)

    def codes(self, lon: Floats, lat: Floats) -> Ints:
        """Return for each of n places the position of its answer in ``answers``.

        Parameters
        ----------
        lon, lat
            Degrees in EPSG:4490, shape (n,). What cannot be degrees is ``NOT_ANSWERED``.
        """
        sound = believable_xy(lon, lat, STORAGE)
        if sound.all():
            return self._sound_codes(lon, lat)
        codes = np.full(len(lon), NOT_ANSWERED, np.int64)
        codes[sound] = self._sound_codes(lon[sound], lat[sound])
        return codes

    def border_distances(self, lon: Floats, lat: Floats, codes: Ints) -> BorderDistances:
        """Return how far the nearest border between zones is; several microseconds a point.

        Parameters
        ----------
        codes
            What ``codes`` returned for the places.
        """
        inside = np.array([answer.inside_district for answer in self.answers] + [False])
        return self._border_tree.nearest(lon, lat, inside[codes])

    def _sound_codes(self, lon: Floats, lat: Floats) -> Ints:
        numbers = self._numbers(lon, lat)
        if int(numbers.max(initial=-1)) >= len(self._codes):
            self._learn(numbers, lon, lat)
        codes = self._codes.take(numbers)
        if int(codes.min(initial=0)) == _UNMET:
            self._learn(numbers, lon, lat)
            codes = self._codes.take(numbers)
        for point in np.flatnonzero(codes == _UNSURE).tolist():
            codes[point] = self._code_at(lon[point], lat[point])
        return codes

    def _numbers(self, lon: Floats, lat: Floats) -> Ints:
        """Return the number of the polygons that hold each point."""
        sets = self._cover.whole_sets(lon, lat)
        numbers = self._number_of_set.take(sets, mode="wrap")
        rest = np.flatnonzero(sets < 0)
        numbers[rest] = self._combinations.numbers(self._cover.lookup(lon[rest], lat[rest]))
        return numbers

    def _learn(self, numbers: Ints, lon: Floats, lat: Floats) -> None:
        """Ask the locator for each combination not met before, by one of its points."""
        new, first = np.unique(numbers, return_index=True)
        members = self._combinations.members()
        learnt = {
            number: _UNSURE
            if self._is_unsure(members[number])
            else self._code(self.locator.locate(lon[point], lat[point]))
            for number, point in zip(new.tolist(), first.tolist(), strict=True)
            if number >= len(self._codes) or self._codes[number] == _UNMET
        }
        with self._lock:
            size = max(len(self._codes), max(learnt, default=-1) + 1)
            # Numbers that another thread gave and has not learnt yet stay below all codes.
            codes = np.full(size, _UNMET, np.int64)
            codes[: len(self._codes)] = self._codes
            codes[list(learnt)] = list(learnt.values())
            self._codes = codes

    def _is_unsure(self, members: Members) -> bool:
        """Return whether a point may or may not be near a border: in a band's rim."""
        rims = (self._polygons + 2 * which for which in range(len(self._bands)))
        return any(inner not in members and inner + 1 in members for inner in rims)

    def _code_at(self, lon: float, lat: float) -> int:
        """Return the code of one point, by what its answer follows from."""
        verdict = self.locator.verdict(lon, lat)
        code = self._code_of_verdict.get(verdict)
        if code is None:
            code = self._code_of_verdict[verdict] = self._code(self.locator.locate(lon, lat))
        return code

    def _code(self, placement: Placement) -> int:
        answer = answer_of(placement)
        with self._lock:
            code = self._code_of.setdefault(answer, len(self.answers))
            if code == len(self.answers):
                self.answers.append(answer)
        return code


def build_bulk_locator(snapshot: Snapshot) -> BulkLocator:
    """Return the locator for arrays; use it as ``snapshot.derived(build_bulk_locator)``."""
    return snapshot.part(LOOKED_IN).derived(BulkLocator)


def _cover(layers: LookupLayers, bands: tuple[UncertaintyBand, ...]) -> GridCover:
    """Return the cover of the members' polygons and, after them, each band's inner and outer."""
    polygons = [*layers.polygons, *(part for band in bands for part in (band.inner, band.outer))]
    listed = np.empty(len(polygons), dtype=object)
    listed[:] = polygons
    return build_cover(listed)
