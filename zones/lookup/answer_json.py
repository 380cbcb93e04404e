"""The JSON of an answer, from pieces that are written once.

Of an answer's 2 kB only the numbers are new: what names zones, axes, borders and conflicts is the
same for every point that meets them. Measured on the plan's layers: 3 us to fill in a form,
against 17 us for the typed placement, its dictionaries and orjson.

The pieces are cut out of what ``Placement.as_json`` and orjson write, so that the shape is told
in one place only. A cut cannot hit a name: within one, JSON escapes the quotation mark.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final

import orjson

from zones.crs.transform import CRS
from zones.lookup.answer import DEGREE_DECIMALS, Placement
from zones.lookup.distances_and_certainty import Told
from zones.lookup.lookup_layers import Axis, Belt, LookupLayers
from zones.lookup.rules_without_distances import ZoneVerdict

Around = tuple[bytes, bytes]
"""What stands before and after a number."""
FormKey = tuple[object, ...]
"""What the polygons say; whether each distance is a number, the last of them a border's, zones and
subdistrict certain; the lines that are nearest."""

MOST_FORMS: Final = 4096
"""Answers but for their numbers; 2 kB each."""

_DISTANCE: Final = b'"distance_m":0.0'
_NO_DISTANCES: Final = b'[],"belts":[],"nearest_border":null'
_POINT: Final = b'"crs":"EPSG:4490"'

_BARE: Final = Placement(
    lon=0.0,
    lat=0.0,
    source_crs=None,
    inside_district=False,
    primary=None,
    zones=(),
    subdistrict=None,
    axes=(),
    belts=(),
    nearest_border=None,
    conflicts=(),
    certain=False,
    revision=0,
)


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity, which is quicker
class MembershipTemplate:
    """What the polygons say before the distances, and after; by whether that is certain.

    ``belts`` tells for each belt whether it is one of the polygons.
    """

    before: Around
    after: Around
    inside_district: bool
    belts: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class BeltWords:
    """What stands around a belt's distance, and before that of each of its lines."""

    before: bytes
    between: bytes
    lines: tuple[bytes, ...]
    after: bytes

    def form(self, number: bytes, *, inside: bool) -> bytes:
        """Return what is said of the belt with ``number`` in the place of each distance.

        The corridor that holds a point is no way off, which is not measured.
        """
        lines = b",".join([_escaped(name) + number for name in self.lines])
        between = (b"0.0" if inside else number) + _escaped(self.between)
        return _escaped(self.before) + between + lines + _escaped(self.after)


class AnswerTemplates:
    """Writes the answers of one revision."""

    def __init__(self, layers: LookupLayers, *, revision: int) -> None:
        self._revision = revision
        self._forms: dict[FormKey, bytes] = {}
        self._axes = [_axis_words(axis) for axis in layers.axes]
        self._belts = [
            [_belt_words(belt, inside=i) for i in (False, True)] for belt in layers.belts
        ]
        self._borders = [
            _around(_placement_json(nearest_border=border.placed(0.0))["nearest_border"])
            for border in layers.borders
        ]

    def of_membership(self, holding: ZoneVerdict) -> MembershipTemplate:
        """Return what is to be said of the polygons, to be kept for the next point in them."""
        (before, unsure_after), (sure_before, after) = [
            _membership_words(holding, certain=certain, revision=self._revision)
            for certain in (False, True)
        ]
        return MembershipTemplate(
            before=(before, sure_before),
            after=(unsure_after, after),
            inside_district=holding.inside_district,
            belts=holding.belts,
        )

    def answer(
        self,
        lon: float,
        lat: float,
        words: MembershipTemplate,
        told: Told,
        *,
        source_crs: CRS | None,
    ) -> bytes:
        """Return the JSON of an answer: what orjson writes of ``Placement.as_json``."""
        metres, lines, *flags = told
        point = _degrees(lon), _degrees(lat), _crs_member(source_crs)
        is_measured = inf not in metres
        key = (words, is_measured, *flags, *lines)
        form = self._forms.get(key) or self._new_form(key, words, told)
        if is_measured:
            return form % (*point, *metres)
        return form % (*point, *map(_metres, metres))

    def _new_form(self, key: FormKey, words: MembershipTemplate, told: Told) -> bytes:
        """Return the answer but for its numbers, to be kept."""
        metres, lines, has_border, certain, subdistrict_certain = told
        number = b"%b" if inf in metres else b"%.1f"
        form = b"".join(
            [
                b'{"point":{"lon":%b,"lat":%b,"crs":"EPSG:4490"%b',
                _escaped(words.before[subdistrict_certain]),
                self._axes_form(words, lines, number),
                b'],"belts":[',
                self._belts_form(words, number),
                b'],"nearest_border":',
                number.join(map(_escaped, self._borders[lines[-1]])) if has_border else b"null",
                _escaped(words.after[certain]),
            ]
        )
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        self._forms[key] = form
        return form

    def _axes_form(self, words: MembershipTemplate, lines: list[int], number: bytes) -> bytes:
        axes = zip(self._axes, lines, strict=False) if words.inside_district else ()
        return b",".join([number.join(map(_escaped, around[line])) for around, line in axes])

    def _belts_form(self, words: MembershipTemplate, number: bytes) -> bytes:
        return b",".join(
            [
                of_belt[holds].form(number, inside=holds)
                for of_belt, holds in zip(self._belts, words.belts, strict=True)
                if holds or words.inside_district
            ]
        )


def _placement_json(**members: Any) -> dict[str, Any]:
    return replace(_BARE, **members).as_json()


def _around(document: dict[str, Any]) -> Around:
    before, after = orjson.dumps(document).split(_DISTANCE)
    return before + _DISTANCE[:-3], after


def _axis_words(axis: Axis) -> dict[int, Around]:
    """Return what stands around the distance, by the line of the nearest part."""
    return {
        line: _around(_placement_json(axes=(axis.placed(0.0, line),))["axes"][0])
        for line in axis.lines
    }


def _belt_words(belt: Belt, *, inside: bool) -> BeltWords:
    placed = replace(belt.placed(0.0, inside=inside, lines_m=(0.0,) * len(belt.lines)), lines_m=())
    before, rest = _around(_placement_json(belts=(placed,))["belts"][0])
    between, after = rest.split(b"{}")
    named = tuple(orjson.dumps(role) + b":" for role, _ in belt.lines)
    return BeltWords(before, between + b"{", named, b"}" + after)


def _membership_words(holding: ZoneVerdict, *, certain: bool, revision: int) -> Around:
    document = _placement_json(
        inside_district=holding.inside_district,
        primary=holding.primary,
        zones=holding.zones,
        subdistrict=holding.placed_subdistrict(certain=certain),
        conflicts=holding.conflicts,
        certain=certain,
        revision=revision,
    )
    _, _, rest = orjson.dumps(document).partition(_POINT)
    before, after = rest.split(_NO_DISTANCES)
    return before + b"[", after


def _crs_member(crs: CRS | None) -> bytes:
    if crs is None or crs.is_lonlat:
        return b""
    return b',"given":' + orjson.dumps(crs.key)


def _degrees(value: float) -> bytes:
    text = orjson.dumps(value)
    # A number that needs no more decimals is its own rounding, which takes ten times as long.
    if len(text) - text.find(b".") <= DEGREE_DECIMALS + 1 and b"e" not in text:
        return text
    return orjson.dumps(round(value, DEGREE_DECIMALS))


def _escaped(piece: bytes) -> bytes:
    return piece.replace(b"%", b"%%")


def _metres(value: float) -> bytes:
    """Return a distance as orjson writes it rounded to 0.1 m; infinity is null."""
    return b"%.1f" % value if value < inf else b"null"
