"""Names of many areas of one collection, placed as those of single ones are, from arrays."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.drawing.area_label_points import label_points_px, middles_of_largest_circles
from zones.drawing.label_candidates import OFF_THE_MIDDLE
from zones.drawing.label_collisions import Placer
from zones.drawing.label_texts_and_ranks import OWN_STYLE, own_name
from zones.drawing.many_areas import boxes_px
from zones.drawing.model import Bounds, Label, LabelStyle, Viewport
from zones.drawing.project_to_pixels import clipped, to_pixels
from zones.drawing.text_width import label_size
from zones.messages import Lang
from zones.ragged_arrays import Integers
from zones.snapshot.collection import Collection

Floats = NDArray[np.float64]
_UNREAD: Final = ""
_EXACT_PX: Final = 1.5
"""So far from the middle of what is seen of an area its name may stand."""


@dataclass(frozen=True, slots=True)
class NamedAreas:
    """Areas of a collection that have names, by their positions in it."""

    collection: Collection
    numbers: Integers
    texts: tuple[str, ...]


def named_areas(collection: Collection, near: Integers, lang: Lang) -> NamedAreas:
    """Return the areas that have a name, with it."""
    texts = collection.derived(_texts_in(lang)).of(collection, near)
    has_name = np.array([text is not None for text in texts], dtype=bool)
    return NamedAreas(collection, near[has_name], tuple(text for text in texts if text is not None))


class _Texts:
    """The names of features, read when first asked for; several threads write the same."""

    def __init__(self, count: int, lang: Lang) -> None:
        self._texts: list[str | None] = [_UNREAD] * count
        self._lang = lang

    def of(self, collection: Collection, numbers: Integers) -> list[str | None]:
        texts = self._texts
        for number in numbers.tolist():
            if texts[number] == _UNREAD:
                texts[number] = own_name(collection.properties[number], collection.info, self._lang)
        return [texts[number] for number in numbers.tolist()]


# A collection remembers what was derived from it by the function that derives it.
@cache
def _texts_in(lang: Lang) -> Callable[[Collection], _Texts]:
    def texts(collection: Collection) -> _Texts:
        return _Texts(len(collection), lang)

    return texts


def place_area_names(
    areas: NamedAreas, viewport: Viewport, placer: Placer
) -> Iterator[tuple[str, Label | None]]:
    """Yield the names of what is in view, and their labels if there is room for them.

    It stands about the middle of its area, or of what is seen of that where the area is cut off.
    """
    style = OWN_STYLE.scaled(viewport.symbol_scale)
    boxes = boxes_px(areas.collection, areas.numbers, viewport)
    areas, boxes = _touching(areas, boxes, placer.view)
    sizes_of = [label_size(text, style) for text in areas.texts]
    sizes = np.array(sizes_of).reshape(-1, 2)
    middles = label_points_px(areas.collection, areas.numbers, viewport)
    tries = _tries_in_view(middles, sizes, style, placer.view)
    is_cut = _cut_with_room(boxes, sizes, placer.view)
    seen = partial(_places_seen, areas, viewport=viewport, view=placer.view, style=style)
    # Finding the middle of a part takes longer than all else: only where it is needed.
    at_once = seen(np.flatnonzero(is_cut & [not each for each in tries]))
    id_, fids = areas.collection.info.id, areas.collection.fids
    across = middles[:, 0].tolist()
    for number, (text, size) in enumerate(zip(areas.texts, sizes_of, strict=True)):
        area = placer.first_free([(across[number], y) for y in tries[number]], size)
        if area is None and is_cut[number]:
            places = at_once if number in at_once else seen(np.array([number]))
            area = placer.first_free(places.get(number, []), size)
        if area is None:
            yield text, None
            continue
        placer.room.take(area)
        x, y = area.middle
        fid = fids[int(areas.numbers[number])]
        yield text, Label(text, x, y, style, collection=id_, fid=fid)


def _touching(areas: NamedAreas, boxes: Floats, view: Bounds) -> tuple[NamedAreas, Floats]:
    """Return those of the areas that touch the view, and their boxes."""
    low, high = np.array(view[:2]), np.array(view[2:])
    with np.errstate(invalid="ignore"):
        seen = ((boxes[:, 2:] >= low) & (boxes[:, :2] <= high)).all(axis=1)
    touching = np.flatnonzero(seen)
    texts = tuple(areas.texts[number] for number in touching.tolist())
    return NamedAreas(areas.collection, areas.numbers[touching], texts), boxes[touching]


def _tries_in_view(
    middles: Floats, sizes: Floats, style: LabelStyle, view: Bounds
) -> list[list[float]]:
    """Return how far down each name may stand, the best first, where its middle is in view."""
    west, north, east, south = view
    x, half_x, half_y = middles[:, 0], sizes[:, 0] / 2, sizes[:, 1, None] / 2
    y = middles[:, 1, None] + np.array(OFF_THE_MIDDLE) * style.size
    with np.errstate(invalid="ignore"):
        fits = (x - half_x >= west) & (x + half_x <= east)
        fits &= (middles[:, 1] >= north) & (middles[:, 1] <= south)
        fits_y = (y - half_y >= north) & (y + half_y <= south) & fits[:, None]
    places = zip(y.tolist(), fits_y.tolist(), strict=True)
    return [[at for at, ok in zip(*each, strict=True) if ok] for each in places]


def _cut_with_room(boxes: Floats, sizes: Floats, view: Bounds) -> NDArray[np.bool_]:
    """Return which areas go on beyond the view, their names no larger than what is seen."""
    low, high = np.array(view[:2]), np.array(view[2:])
    with np.errstate(invalid="ignore"):
        is_inside = (boxes[:, :2] >= low).all(axis=1) & (boxes[:, 2:] <= high).all(axis=1)
        seen = np.minimum(boxes[:, 2:], high) - np.maximum(boxes[:, :2], low)
        cut: NDArray[np.bool_] = ~is_inside & (seen >= sizes).all(axis=1)
    return cut


def _places_seen(
    areas: NamedAreas, cut: Integers, *, viewport: Viewport, view: Bounds, style: LabelStyle
) -> Mapping[int, list[tuple[float, float]]]:
    """Return the places about the middle of what is seen of areas that are cut off."""
    if not len(cut):
        return {}
    geometries = np.asarray(areas.collection.geometries[areas.numbers[cut]], dtype=object)
    seen = clipped(to_pixels(geometries, viewport), view)
    middles = middles_of_largest_circles(seen, exact_to=_EXACT_PX * viewport.symbol_scale)
    down = np.array(OFF_THE_MIDDLE) * style.size
    return {
        number: [(x, y + step) for step in down.tolist()]
        for number, (x, y) in zip(cut.tolist(), middles.tolist(), strict=True)
        if not math.isnan(x)
    }
