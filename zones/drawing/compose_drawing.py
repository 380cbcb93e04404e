"""Collections at a revision, a viewport and a language: the drawing of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.drawing.area_label_points import Anchor, anchors_px
from zones.drawing.crowded_features import crowd_shapes, is_crowd, spacing_px
from zones.drawing.draw_order import ORDER
from zones.drawing.draw_plan_layers import Stroke, Subject, is_plan_layer, plan_strokes
from zones.drawing.draw_staff_layers import own_strokes
from zones.drawing.highlight_element import highlight_strokes
from zones.drawing.label_placement import LabelledFeature, place_labels
from zones.drawing.label_texts_and_ranks import (
    GROUND_M_OF_ZOOM_0,
    OWN_RULE,
    Rule,
    rule_of,
    wordings,
)
from zones.drawing.many_area_labels import NamedAreas, named_areas
from zones.drawing.many_areas import are_many_areas, area_shapes
from zones.drawing.model import Bounds, CrowdShape, Drawing, Shape, Style, Viewport
from zones.drawing.project_to_pixels import to_pixels, view_degrees
from zones.drawing.staff_layer_style import Symbology, symbology_of
from zones.drawing.visible_features import elements_drawn, is_shown, not_drawn
from zones.messages import Lang
from zones.model import BBox
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

MOST_LABELLED: Final = 6_000
"""Of a collection with more features in view none is named: no name could be told from another."""


@dataclass(frozen=True, slots=True)
class DrawingRequest:
    """What a drawing shows: collections by id, None for those that maps show at first.

    ``symbologies`` are those of collections that staff styled. ``detail`` makes names appear so
    many times earlier than on the screen, which paper with its finer print allows. ``covered``
    are boxes in pixels that no name may be in. ``highlight`` is the id of an element of the plan
    that stands out while the rest recedes.
    """

    collections: Sequence[str] | None = None
    lang: Lang = "zh"
    symbologies: Mapping[str, Symbology] = field(default_factory=dict)
    has_labels: bool = True
    detail: float = 1.0
    covered: tuple[Bounds, ...] = ()
    highlight: str | None = None
    background: str | None = None


def compose(snapshot: Snapshot, viewport: Viewport, request: DrawingRequest) -> Drawing:
    """Return the picture of what lies in the viewport.

    Raises
    ------
    UnknownCollectionError
        If a collection that is asked for does not exist.
    """
    # What is drawn together lies where its features would, above what its pane has before it.
    drawn: list[Stroke | Shape | CrowdShape] = []
    layers, areas = [], []
    for id_ in collections_of(snapshot, request.collections):
        collection = snapshot.collection(id_)
        near = _near(collection, viewport)
        symbology = _symbology(collection, request)
        if symbology is not None and is_crowd(collection, len(near), viewport):
            drawn.extend(crowd_shapes(collection, near, symbology, viewport))
        elif symbology is not None and are_many_areas(collection, near, symbology, viewport):
            drawn.extend(area_shapes(collection, near, symbology, viewport))
            areas.append((collection, near))
        else:
            layers.append(_subjects(snapshot, collection, near))
            drawn.extend(_strokes(layers[-1], viewport, request))
    if request.highlight:
        drawn += highlight_strokes(
            [one for layer in layers for one in layer if one.element == request.highlight]
        )
    drawn.sort(key=lambda each: ORDER[each.pane if isinstance(each, Stroke) else "own"])
    names = list(_names(snapshot, layers, viewport, request)) if request.has_labels else []
    strokes = [each for each in drawn if isinstance(each, Stroke)]
    pixels = _Pixels(
        [stroke.geometry for stroke in strokes] + [each.geometry for each in names], viewport
    )
    shapes = [*_shapes(drawn, pixels, viewport)]
    placed = place_labels(
        [
            LabelledFeature(
                each.subject, pixels.of(each.geometry), each.rule, each.wordings, each.anchor
            )
            for each in names
        ],
        viewport,
        request.lang,
        areas=_named_areas(areas, viewport, request) if request.has_labels else (),
        dots=_dots(shapes),
        covered=request.covered,
    )
    return Drawing(
        viewport,
        (*shapes, *placed.furniture),
        placed.labels,
        request.background,
        placed.unplaced,
    )


def _shapes(
    drawn: Sequence[Stroke | Shape | CrowdShape], pixels: "_Pixels", viewport: Viewport
) -> Iterator[Shape | CrowdShape]:
    """Yield what is in view of the strokes, and what is drawn together, in its place."""
    for each in drawn:
        if not isinstance(each, Stroke):
            yield replace(each, style=_scaled(each.style, viewport))
            continue
        geometry = pixels.of(each.geometry)
        if not geometry.is_empty:
            yield Shape(geometry, _scaled(each.style, viewport), each.collection, each.fid)


def collections_of(snapshot: Snapshot, chosen: Sequence[str] | None) -> list[str]:
    """Return the ids of the collections that are drawn, in the snapshot's order.

    Raises
    ------
    UnknownCollectionError
    """
    for id_ in chosen or ():
        snapshot.info(id_)
        if id_ not in snapshot.collections:
            snapshot.collection(id_)
    return [
        id_
        for id_ in snapshot.collections
        if (is_shown(snapshot.info(id_)) if chosen is None else id_ in chosen)
    ]


def _near(collection: Collection, viewport: Viewport) -> NDArray[np.int64]:
    """Return the features of a collection that are near the view, in their order."""
    box = BBox(*view_degrees(viewport))
    near: NDArray[np.int64] = np.sort(collection.tree.query(shapely.box(*box)))
    return near


def _symbology(collection: Collection, request: DrawingRequest) -> Symbology | None:
    """Return how features are drawn; None where each of the plan's has a look of its own."""
    info = collection.info
    symbology = request.symbologies.get(info.id)
    if symbology is None and is_plan_layer(info.id):
        return None
    return symbology or symbology_of(info)


def _subjects(snapshot: Snapshot, collection: Collection, near: NDArray[np.int64]) -> list[Subject]:
    """Return features of a collection, without those that apply no longer."""
    id_ = collection.info.id
    elements = snapshot.derived(_elements)
    hidden = snapshot.derived(not_drawn)
    geometries = collection.geometries
    return [
        Subject(
            collection,
            fid,
            geometries[number],
            collection.properties[number],
            elements.get(f"{id_}/{fid}", fid),
            number,
        )
        for number in near.tolist()
        if f"{id_}/{(fid := collection.fids[number])}" not in hidden
        and not geometries[number].is_empty
    ]


def _elements(snapshot: Snapshot) -> Mapping[str, str]:
    return elements_drawn(snapshot)


def _strokes(layer: list[Subject], viewport: Viewport, request: DrawingRequest) -> Iterator[Stroke]:
    if not layer:
        return
    collection = layer[0].collection
    symbology = _symbology(collection, request)
    if symbology is None:
        for subject in layer:
            yield from plan_strokes(subject)
        return
    yield from own_strokes(layer, symbology, spacing_px(collection, viewport))


def _names(
    snapshot: Snapshot, layers: list[list[Subject]], viewport: Viewport, request: DrawingRequest
) -> Iterator[LabelledFeature]:
    screen_zoom, zoom = _zooms(viewport, request)
    for layer in layers:
        rule = rule_of(layer[0].collection.info.id) if layer else None
        if rule is None or zoom < rule.from_zoom or len(layer) > MOST_LABELLED:
            continue
        for subject, anchor in zip(layer, _anchors(layer, rule, viewport), strict=True):
            if texts := wordings(subject, rule, request.lang, zoom, screen_zoom=screen_zoom):
                geometry = _centre_line(snapshot, subject)
                yield LabelledFeature(subject, geometry, rule, tuple(texts), anchor)


def _zooms(viewport: Viewport, request: DrawingRequest) -> tuple[float, float]:
    """Return the zoom of a screen as large, and of one that would show as many names."""
    screen_zoom = log2(GROUND_M_OF_ZOOM_0 / (viewport.ground_m * viewport.symbol_scale))
    return screen_zoom, screen_zoom + log2(request.detail)


def _named_areas(
    areas: Sequence[tuple[Collection, NDArray[np.int64]]],
    viewport: Viewport,
    request: DrawingRequest,
) -> Iterator[NamedAreas]:
    """Yield what is to be named of areas that are drawn together."""
    if _zooms(viewport, request)[1] >= OWN_RULE.from_zoom:
        for collection, near in areas:
            if len(near) <= MOST_LABELLED:
                yield named_areas(collection, near, request.lang)


def _anchors(layer: list[Subject], rule: Rule, viewport: Viewport) -> list[Anchor]:
    """Return the middles of what staff added; the plan's own areas are few and large."""
    if rule is not OWN_RULE:
        return [None] * len(layer)
    chosen = np.array([subject.number for subject in layer], dtype=np.int64)
    return anchors_px(layer[0].collection, chosen, viewport)


def _centre_line(snapshot: Snapshot, subject: Subject) -> BaseGeometry:
    """Return what a name runs along: of a belt its centre line, a feature of another collection."""
    if subject.collection.info.id != "belts":
        return subject.geometry
    lines = snapshot.collection_or_empty("belt_lines")
    for properties, geometry in zip(lines.properties, lines.geometries, strict=True):
        is_centre = properties.get("belt") == subject.fid and properties.get("role") == "centre"
        if is_centre and geometry is not None:
            return geometry
    return subject.geometry


class _Pixels:
    """Geometries in pixels, each brought there once however often it is drawn."""

    def __init__(self, geometries: Sequence[BaseGeometry], viewport: Viewport) -> None:
        distinct = {id(geometry): geometry for geometry in geometries}
        array = np.empty(len(distinct), dtype=object)
        array[:] = list(distinct.values())
        placed: list[Any] = to_pixels(array, viewport).tolist()
        self._placed = dict(zip(distinct, placed, strict=True))

    def of(self, geometry: BaseGeometry) -> Any:
        """Return the geometry in pixels; empty if it is not in view."""
        return self._placed[id(geometry)]


def _scaled(style: Style, viewport: Viewport) -> Style:
    """Return a style in the picture's pixels."""
    scale = viewport.symbol_scale
    if scale == 1:
        return style
    return replace(
        style,
        stroke_width=style.stroke_width * scale,
        radius=style.radius * scale,
        dash=tuple(part * scale for part in style.dash),
    )


def _dots(shapes: Sequence[Shape | CrowdShape]) -> Iterator[Bounds]:
    """Return the boxes of what is drawn as points, which names are to leave free."""
    for shape in shapes:
        if isinstance(shape, Shape) and shape.geometry.geom_type == "Point":
            x, y, radius = shape.geometry.x, shape.geometry.y, shape.style.radius
            yield x - radius, y - radius, x + radius, y + radius
