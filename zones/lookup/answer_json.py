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
from zones.lookup.distances_and_certainty import Measured
from zones.lookup.lookup_layers import Axis, Belt, LookupLayers
from zones.lookup.rules_without_distances import ZoneVerdict

Around = tuple[bytes, bytes]
"""What stands before and after a number."""
FormKey = tuple[bytes, bytes, bytes, tuple[bool, ...], tuple[int, ...], int | None]
"""How numbers are written; what the polygons say before and after; which of them are belts; the
nearest line of each axis; the nearest border."""

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


@dataclass(frozen=True, slots=True)
class MembershipTemplate:
    """What the polygons say before the distances, and after; by whether that is certain.

    ``belts`` tells for each belt whether it is one of the polygons.
    """

    before: Around
    after: Around
    belts: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class BeltWords:
    """What stands around a belt's distance, and before that of each of its lines by number."""

    before: bytes
    between: bytes
    lines: tuple[tuple[bytes, int], ...]
    after: bytes

    def form(self, number: bytes) -> bytes:
        """Return what is said of the belt with ``number`` in the place of each distance."""
        lines = b",".join([_escaped(name) + number for name, _ in self.lines])
        between = number + _escaped(self.between)
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
        return MembershipTemplate((before, sure_before), (unsure_after, after), holding.belts)

    def answer(
        self,
        lon: float,
        lat: float,
        words: MembershipTemplate,
        measured: Measured,
        *,
        source_crs: CRS | None,
    ) -> bytes:
        """Return the JSON of an answer: what orjson writes of ``Placement.as_json``."""
        numbers = [away for away, _ in measured.axes]
        for number, inside, away, lines_m in measured.belts:
            numbers.append(away)
            numbers += [lines_m[line] for _, line in self._belts[number][inside].lines]
        if measured.border is not None:
            numbers.append(measured.border[0])
        point = _degrees(lon), _degrees(lat), _crs_member(source_crs)
        if max(numbers, default=0.0) < inf:
            return self._form(words, measured, b"%.1f") % (*point, *numbers)
        return self._form(words, measured, b"%b") % (*point, *map(_metres, numbers))

    def _form(self, words: MembershipTemplate, measured: Measured, number: bytes) -> bytes:
        """Return the answer with ``number`` in the place of each distance, made once."""
        before = words.before[measured.subdistrict_certain]
        after = words.after[measured.certain]
        lines = tuple([line for _, line in measured.axes])
        border = None if measured.border is None else measured.border[1]
        key = number, before, after, words.belts, lines, border
        form = self._forms.get(key)
        if form is None:
            form = self._new_form(words, measured, number)
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[key] = form
        return form

    def _new_form(self, words: MembershipTemplate, measured: Measured, number: bytes) -> bytes:
        axes = [
            number.join(map(_escaped, words_of[line]))
            for words_of, (_, line) in zip(self._axes, measured.axes, strict=False)
        ]
        belts = [self._belts[belt.belt][belt.inside].form(number) for belt in measured.belts]
        border = b"null"
        if measured.border is not None:
            border = number.join(map(_escaped, self._borders[measured.border[1]]))
        pieces = [
            b'{"point":{"lon":%b,"lat":%b,"crs":"EPSG:4490"%b',
            _escaped(words.before[measured.subdistrict_certain]),
            b",".join(axes),
            b'],"belts":[',
            b",".join(belts),
            b'],"nearest_border":',
            border,
            _escaped(words.after[measured.certain]),
        ]
        return b"".join(pieces)


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
    # Of lines of one role the last is told, as in a dictionary.
    lines = {role: line for line, (role, _) in enumerate(belt.lines)}
    named = tuple((orjson.dumps(role) + b":", line) for role, line in lines.items())
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
