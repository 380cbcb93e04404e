"""With which strokes and fills the plan's own layers are drawn: what goes on which pane.

Geometries are still in EPSG:4490 here. Each kind of feature is a function, as in the map's own
script ``js/map/symbols.js``, whose looks come from ``plan_layer_style.py`` as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import PLANE, geometry_to_storage, to_plane
from zones.drawing.model import Style
from zones.drawing.outlines_without_cuts import without_cut_edges
from zones.drawing.plan_element_colours import ELEMENT_STYLES, ElementStyle
from zones.drawing.plan_layer_style import LOOKS, accuracy_class
from zones.snapshot.collection import Collection
from zones.snapshot.plan_feature_reading import Properties, accuracy_m, records, text
from zones.snapshot.uncertainty_circles import circle_m


@dataclass(frozen=True, slots=True)
class Stroke:
    """A geometry in EPSG:4490 on its pane, in its style."""

    pane: str
    style: Style
    geometry: BaseGeometry
    collection: str
    fid: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A feature that is to be drawn, and the id of the plan's element that it draws, if any.

    ``number`` is its position in the collection.
    """

    collection: Collection
    fid: str
    geometry: BaseGeometry
    properties: Properties
    element: str
    number: int = 0

    @property
    def element_style(self) -> ElementStyle | None:
        """The signs of the element that the feature draws."""
        return ELEMENT_STYLES.get(self.element)


_Pieces = Iterator[tuple[str, Style, BaseGeometry]]


def plan_strokes(subject: Subject) -> Iterator[Stroke]:
    """Return how a feature of one of the plan's own collections is drawn, lowest first."""
    draw = _BY_COLLECTION[subject.collection.info.id]
    for pane, style, geometry in draw(subject):
        yield Stroke(pane, style, geometry, subject.collection.info.id, subject.fid)


def is_plan_layer(collection_id: str) -> bool:
    """Return whether a collection has a look of its own."""
    return collection_id in _BY_COLLECTION


def circle(geometry: BaseGeometry, properties: Properties) -> BaseGeometry | None:
    """Return the disc that a place is drawn as, in EPSG:4490; None if it is a point."""
    radius = circle_m(geometry, properties)
    if radius is None:
        return None
    disc: BaseGeometry = geometry_to_storage(shapely.buffer(to_plane(geometry), radius), PLANE)
    return disc


def _zone(subject: Subject) -> _Pieces:
    known = subject.element_style
    fill, line = LOOKS["zone"], LOOKS["zone-line"]
    if known:
        fill, line = replace(fill, fill=known.colour), replace(line, stroke=known.line)
    yield "zones", fill, subject.geometry
    yield "zone-lines", line, subject.geometry


def _axis(subject: Subject) -> _Pieces:
    """Each part of an axis by itself: what the text names but no map shows is dashed."""
    known = subject.element_style
    parts = records(subject.properties, "parts")
    for number, line in enumerate(shapely.get_parts(subject.geometry)):
        basis = text(parts[number], "basis") if number < len(parts) else None
        style = LOOKS.get(f"axis-{basis}", LOOKS["axis-traced"])
        yield "axes", LOOKS["axis-casing"], line
        yield "axes", replace(style, stroke=known.colour) if known else style, line


def _belt(subject: Subject) -> _Pieces:
    known, style = subject.element_style, LOOKS["belt"]
    if known:
        style = replace(style, fill=known.colour, stroke=known.colour)
    yield "belts", style, subject.geometry


def _belt_line(subject: Subject) -> _Pieces:
    is_centre = subject.properties.get("role") == "centre"
    yield "belt-lines", LOOKS["belt-centre" if is_centre else "belt-line"], subject.geometry


def _site(subject: Subject) -> _Pieces:
    status = text(subject.properties, "site_status")
    dot = LOOKS.get(f"site-{status}", LOOKS["site-existing"])
    disc = circle(subject.geometry, subject.properties)
    if disc is None:
        yield "sites", dot, subject.geometry
        return
    style = LOOKS["site-circle"]
    is_plain = dot is LOOKS["site-existing"]
    yield "sites", style if is_plain else replace(style, fill=dot.fill), disc


def _border(subject: Subject) -> _Pieces:
    known = accuracy_class(accuracy_m(subject.properties))
    yield (
        "borders",
        Style(stroke="#ffffff", stroke_width=known.width + 2.4, stroke_opacity=0.8),
        subject.geometry,
    )
    dash = tuple(float(part) for part in known.dash.split())
    style = Style(stroke=known.colour, stroke_width=known.width, dash=dash, cap="butt")
    yield "borders", style, subject.geometry


def _district(subject: Subject) -> _Pieces:
    yield "district", LOOKS["district"], subject.geometry
    yield "district-line", LOOKS["district-line"], subject.geometry


def _ground(subject: Subject) -> _Pieces:
    kind = subject.properties.get("kind")
    if kind == "neighbour":
        yield "neighbours", LOOKS["neighbour"], subject.geometry
        outline = without_cut_edges(subject.geometry, subject.collection)
        yield "neighbours", LOOKS["neighbour-line"], outline
    elif kind == "water":
        yield "water", LOOKS["water"], subject.geometry
    else:
        yield "streets", LOOKS["street-casing"], subject.geometry
        yield "streets", LOOKS["street"], subject.geometry


def _single(pane: str, look: str) -> Callable[[Subject], _Pieces]:
    def draw(subject: Subject) -> _Pieces:
        yield pane, LOOKS[look], subject.geometry

    return draw


_BY_COLLECTION: Final[Mapping[str, Callable[[Subject], _Pieces]]] = MappingProxyType(
    {
        "zones": _zone,
        "axes": _axis,
        "belts": _belt,
        "belt_lines": _belt_line,
        "subdistricts": _single("subdistricts", "subdistrict"),
        "sites": _site,
        "disputes": _single("disputes", "dispute"),
        "borders": _border,
        "district": _district,
        "basemap": _ground,
    }
)


def all_strokes(subjects: Iterable[Subject]) -> list[Stroke]:
    """Return the strokes of all subjects of the plan's own collections."""
    return [stroke for subject in subjects for stroke in plan_strokes(subject)]
