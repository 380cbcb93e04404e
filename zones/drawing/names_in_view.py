"""Which features in a view are named, how their names may be written, and what they run along."""

from collections.abc import Iterator, Sequence
from math import log2
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.drawing.area_label_points import Anchor, anchors_px
from zones.drawing.draw_plan_layers import Subject
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.label_placement import LabelledFeature
from zones.drawing.label_texts_and_ranks import (
    GROUND_M_OF_ZOOM_0,
    OWN_RULE,
    Rule,
    rule_of,
    wordings,
)
from zones.drawing.many_area_labels import NamedAreas, named_areas
from zones.drawing.model import Viewport
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

MOST_LABELLED: Final = 6_000
"""Of a collection with more features in view none is named: no name could be told from another."""


def names_in_view(
    snapshot: Snapshot, layers: list[list[Subject]], viewport: Viewport, request: DrawingRequest
) -> Iterator[LabelledFeature]:
    """Yield the features that are to be named, with their geometries in EPSG:4490."""
    screen_zoom, zoom = _zooms(viewport, request)
    for layer in layers:
        rule = rule_of(layer[0].collection.info.id) if layer else None
        if rule is None or zoom < rule.from_zoom or len(layer) > MOST_LABELLED:
            continue
        for subject, anchor in zip(layer, _anchors(layer, rule, viewport), strict=True):
            if texts := wordings(subject, rule, request.lang, zoom, screen_zoom=screen_zoom):
                geometry = _centre_line(snapshot, subject)
                yield LabelledFeature(subject, geometry, rule, tuple(texts), anchor)


def areas_to_name(
    areas: Sequence[tuple[Collection, NDArray[np.int64]]],
    viewport: Viewport,
    request: DrawingRequest,
) -> Iterator[NamedAreas]:
    """Yield what is to be named of areas that are drawn together."""
    if _zooms(viewport, request)[1] >= OWN_RULE.from_zoom:
        for collection, near in areas:
            if len(near) <= MOST_LABELLED:
                yield named_areas(collection, near, request.lang)


def _zooms(viewport: Viewport, request: DrawingRequest) -> tuple[float, float]:
    """Return the zoom of a screen as large, and of one that would show as many names."""
    screen_zoom = log2(GROUND_M_OF_ZOOM_0 / (viewport.ground_m * viewport.symbol_scale))
    return screen_zoom, screen_zoom + log2(request.detail)


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
