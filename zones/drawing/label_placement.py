"""Names put where they can be read: by rank, each where it touches no other, or not at all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.drawing.area_label_points import MOST_EXACT, Anchor
from zones.drawing.draw_plan_layers import Subject
from zones.drawing.label_candidates import (
    FARTHEST_OFF,
    LabelPosition,
    lies_within,
    line_places,
    places_about,
    point_places,
    polygon_places,
    touch,
)
from zones.drawing.label_collisions import Area, Placer, Room, area_of
from zones.drawing.label_texts_and_ranks import Rule, Wording
from zones.drawing.many_area_labels import NamedAreas, place_area_names
from zones.drawing.model import Bounds, Label, LabelStyle, Shape, Style, Viewport
from zones.drawing.text_width import label_size
from zones.messages import Lang

STEEP_DEGREES: Final = 58.0
"""Steeper Chinese names along lines are written downwards."""
_EDGE_PX: Final = 3.0
_NUMERAL_PX: Final = 21.0
_NUMERAL_GAP: Final = 2.0
_FRAME_FILL: Final = "#fffdf8"
_AREA: Final = 2


@dataclass(frozen=True, slots=True)
class LabelledFeature:
    """A feature to be named: its geometry in pixels, its rule, and the ways to write its name.

    ``anchor`` is the middle of an area, where that is known.
    """

    subject: Subject
    geometry: BaseGeometry
    rule: Rule
    wordings: tuple[Wording, ...]
    anchor: Anchor = None
    gap: float = 6.0


@dataclass(frozen=True, slots=True)
class _Target:
    """What is to be named, with the bounds and the dimension of its geometry."""

    named: LabelledFeature
    bounds: Bounds
    dimension: int


@dataclass(frozen=True, slots=True)
class PlacedLabels:
    """Labels, what is drawn under them, and the names that found no room."""

    labels: tuple[Label, ...]
    furniture: tuple[Shape, ...]
    unplaced: tuple[str, ...]


def place_labels(
    names: Sequence[LabelledFeature],
    viewport: Viewport,
    lang: Lang,
    *,
    areas: Iterable[NamedAreas] = (),
    dots: Iterable[Bounds] = (),
    covered: Iterable[Bounds] = (),
) -> PlacedLabels:
    """Return the names that have room, those of the lowest rank first.

    Parameters
    ----------
    areas
        Areas of staff's collections, which come last, as these do.
    dots
        Boxes of points that names of less importance are to leave free.
    covered
        Boxes that no name may be in, as those of legends that lie on the picture.
    """
    return _Placing(viewport, lang, dots, covered).all(names, areas)


class _Placing:
    def __init__(
        self, viewport: Viewport, lang: Lang, dots: Iterable[Bounds], covered: Iterable[Bounds]
    ) -> None:
        self._scale = viewport.symbol_scale
        edge = _EDGE_PX * self._scale
        view = (edge, edge, viewport.width_px - edge, viewport.height_px - edge)
        self._viewport, self._bounds = viewport, view
        self._view = shapely.box(*view)
        self._lang = lang
        self._room, self._dots = Room(view), Room(view)
        for box in dots:
            self._dots.take(area_of(box))
        for box in covered:
            self._room.take(area_of(box))

    def all(self, names: Sequence[LabelledFeature], areas: Iterable[NamedAreas]) -> PlacedLabels:
        exact = len(names) <= MOST_EXACT
        labels: list[Label] = []
        furniture: list[Shape] = []
        unplaced: list[str] = []
        seen = (each for each in _targets(names) if touch(each.bounds, self._bounds))
        for target in sorted(seen, key=lambda target: target.named.rule.rank):
            found = next(self._tries(target, exact=exact), None)
            if found is None:
                unplaced.append(target.named.wordings[0].text)
                continue
            wording, label, area = found
            self._room.take(area)
            furniture += self._furniture(wording, label, area)
            labels += self._letters(wording, label)
        placer = Placer(self._bounds, self._view, self._room, self._dots)
        for each in areas:
            for text, named in place_area_names(each, self._viewport, placer):
                if named is None:
                    unplaced.append(text)
                else:
                    labels.append(named)
        return PlacedLabels(tuple(labels), tuple(furniture), tuple(unplaced))

    def _tries(self, target: _Target, *, exact: bool) -> Iterator[tuple[Wording, Label, Area]]:
        """Return every way that works to write a name, the best first."""
        for wording in target.named.wordings:
            covering = []
            for label, area in self._free_places(target, wording, exact=exact):
                if self._dots.fits(area):
                    yield wording, label, area
                elif not target.named.rule.avoids_dots:
                    covering.append((wording, label, area))
            yield from covering

    def _free_places(
        self, target: _Target, wording: Wording, *, exact: bool
    ) -> Iterator[tuple[Label, Area]]:
        """Return the places where a wording touches no label, the best first."""
        style = wording.style.scaled(self._scale)
        if target.dimension == _AREA and not self._can_hold(target.bounds, wording, style):
            return
        for place in self._places(target, wording, style.size, exact=exact):
            label = self._label(target.named, wording, style, place)
            width, height = self._size(wording, style, downwards=label.downwards)
            if _is_too_wide(wording, width, place):
                return
            label = _beside(label, place, width)
            area = Area((label.x, label.y), (width, height), label.angle)
            if self._room.fits(area):
                yield label, area

    def _can_hold(self, bounds: Bounds, wording: Wording, style: LabelStyle) -> bool:
        """Return whether a name whose middle is in an area, or near, can be wholly in view."""
        width, height = self._size(wording, style)
        off = style.size * FARTHEST_OFF
        west, north, east, south = self._bounds
        middles = (west + width / 2, north + height / 2, east - width / 2, south - height / 2)
        return touch((bounds[0], bounds[1] - off, bounds[2], bounds[3] + off), middles)

    def _places(
        self, target: _Target, wording: Wording, size: float, *, exact: bool
    ) -> Iterable[LabelPosition]:
        geometry = target.named.geometry
        match target.dimension:
            case 0:
                return point_places(geometry, self._view, size, target.named.gap * self._scale)
            case 1:
                return line_places(geometry, self._view, size)
            case _:
                return self._places_in(target, wording, size, exact=exact)

    def _places_in(
        self, target: _Target, wording: Wording, size: float, *, exact: bool
    ) -> Iterator[LabelPosition]:
        """Yield places in an area: about its middle, then about that of what is seen of it."""
        anchor = target.named.anchor
        if anchor is None or wording.roominess is not None:
            yield from polygon_places(target.named.geometry, self._view, size, exact=exact)
            return
        if lies_within((*anchor, *anchor), self._bounds):
            yield from places_about(*anchor, size)
        if self._is_cut_with_room(target.bounds, wording):
            yield from polygon_places(target.named.geometry, self._view, size, exact=exact)

    def _is_cut_with_room(self, bounds: Bounds, wording: Wording) -> bool:
        """Return whether an area goes on beyond the view, and a name is no larger than its part."""
        if lies_within(bounds, self._bounds):
            return False
        width, height = self._size(wording, wording.style.scaled(self._scale))
        west, north, east, south = self._bounds
        seen_x = min(bounds[2], east) - max(bounds[0], west)
        seen_y = min(bounds[3], south) - max(bounds[1], north)
        return seen_x >= width and seen_y >= height

    def _label(
        self, named: LabelledFeature, wording: Wording, style: LabelStyle, place: LabelPosition
    ) -> Label:
        steep = self._lang == "zh" and abs(place.angle) > STEEP_DEGREES
        turn = 90 if place.angle > 0 else -90
        return Label(
            wording.text,
            place.x,
            place.y,
            style,
            angle=place.angle - turn if steep else place.angle,
            downwards=steep,
            collection=named.subject.collection.info.id,
            fid=named.subject.fid,
        )

    def _size(
        self, wording: Wording, style: LabelStyle, *, downwards: bool = False
    ) -> tuple[float, float]:
        disc = _NUMERAL_PX * self._scale
        width, height = label_size(wording.text, style, downwards=downwards)
        if not wording.numeral:
            return width, height
        if not wording.text:
            return disc, disc
        return max(width, disc), height + disc + _NUMERAL_GAP * self._scale

    def _furniture(self, wording: Wording, label: Label, area: Area) -> Iterator[Shape]:
        """Return what is drawn under a label: the disc of its numeral, its frame."""
        if wording.numeral:
            middle = shapely.Point(label.x, self._numeral_y(wording, label))
            yield Shape(
                middle,
                Style(
                    fill=label.style.colour,
                    stroke="#ffffff",
                    stroke_width=1.5 * self._scale,
                    radius=_NUMERAL_PX / 2 * self._scale,
                ),
                names_of=label.collection,
            )
        if label.style.frame:
            corner = min(label_size(label.text, label.style, downwards=label.downwards)) / 2
            inner = shapely.buffer(area.shape(), -corner * 0.98, join_style="mitre")
            yield Shape(
                shapely.buffer(inner, corner * 0.98, quad_segs=6),
                Style(
                    fill=_FRAME_FILL,
                    fill_opacity=0.92,
                    stroke=label.style.frame,
                    stroke_width=1.5 * self._scale,
                ),
                names_of=label.collection,
            )

    def _letters(self, wording: Wording, label: Label) -> Iterator[Label]:
        if not wording.numeral:
            yield label
            return
        white = LabelStyle(12.5 * self._scale, "#ffffff", halo=None, bold=True)
        y = self._numeral_y(wording, label)
        yield replace(label, text=wording.numeral, y=y, style=white)
        if label.text:
            below = (_NUMERAL_PX + _NUMERAL_GAP) / 2 * self._scale
            yield replace(label, y=label.y + below)

    def _numeral_y(self, wording: Wording, label: Label) -> float:
        _, height = self._size(wording, label.style, downwards=label.downwards)
        return label.y - height / 2 + _NUMERAL_PX / 2 * self._scale


def _targets(names: Sequence[LabelledFeature]) -> Iterator[_Target]:
    geometries = np.array([each.geometry for each in names], dtype=object)
    dimensions = shapely.get_dimensions(geometries).tolist()
    for each, bounds, dimension in zip(
        names, shapely.bounds(geometries).tolist(), dimensions, strict=True
    ):
        yield _Target(each, tuple(bounds), dimension)


def _is_too_wide(wording: Wording, width: float, place: LabelPosition) -> bool:
    """Return whether a name is used only where the polygon is wide enough, and it is not."""
    if wording.roominess is None or place.reach is None:
        return False
    return width > place.reach * wording.roominess


def _beside(label: Label, place: LabelPosition, width: float) -> Label:
    if place.side == "middle":
        return label
    off = {"start": width / 2, "end": -width / 2}[place.side]
    return replace(label, x=label.x + off)
