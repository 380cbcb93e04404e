"""The legend: what the map shows, the plan's elements first and in the plan's order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import shapely

from zones.crs.transform import PLANE
from zones.drawing.draw_plan_layers import is_plan_layer
from zones.drawing.model import CrowdShape, Drawing, Shape, Style, Viewport
from zones.drawing.plan_element_colours import ACCURACY_CLASSES, ELEMENT_STYLES
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.staff_layer_style import as_dot, symbology_of
from zones.drawing.svg import svg_text
from zones.messages import Lang, say
from zones.printing.map_view import BACKGROUND, SheetMap, in_look
from zones.printing.sheet_options import SheetOrder
from zones.snapshot.model import Snapshot

WIDTH_PX, HEIGHT_PX = 34.0, 17.0
_AREA: Final = shapely.box(2, 2, WIDTH_PX - 2, HEIGHT_PX - 2)
_LINE: Final = shapely.LineString([(2, HEIGHT_PX / 2), (WIDTH_PX - 2, HEIGHT_PX / 2)])
_DOT: Final = shapely.Point(WIDTH_PX / 2, HEIGHT_PX / 2)
_DISC: Final = shapely.Point(WIDTH_PX / 2, HEIGHT_PX / 2).buffer(HEIGHT_PX / 2 - 1.2)


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One sign as SVG and what it stands for; ``numeral`` that of an element of the plan."""

    title: str
    svg: str
    numeral: str = ""


def legend_rows(snapshot: Snapshot, shown: SheetMap, order: SheetOrder) -> list[LegendRow]:
    """Return a row for each kind of sign that is in the map, and for none that is not."""
    rows = [*_elements(snapshot, shown, order.lang), *_others(snapshot, shown, order.lang)]
    return [LegendRow(title, _svg(signs, order), numeral) for title, numeral, signs in rows]


_Signs = Sequence[tuple[shapely.Geometry, Style]]
_Row = tuple[str, str, _Signs]


def _elements(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> Iterator[_Row]:
    drawn = {shape.fid for shape in shown.drawing.shapes}
    ids = snapshot.derived(_ids_of_elements)
    for element in snapshot.plan.elements:
        style = ELEMENT_STYLES.get(element.id)
        if style is None or drawn.isdisjoint({element.id, *ids.get(element.id, ())}):
            continue
        name = element.name_en if lang == "en" else element.name
        signs: dict[str, _Signs] = {
            "zone": [
                (_AREA, replace(LOOKS["zone"], fill=style.colour)),
                (_AREA, replace(LOOKS["zone-line"], stroke=style.line)),
            ],
            "axis": [(_LINE, replace(LOOKS["axis-traced"], stroke=style.colour))],
            "belt": [(_AREA, replace(LOOKS["belt"], fill=style.colour, stroke=style.colour))],
        }
        yield name, str(element.order), signs[element.type]


def _ids_of_elements(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return by element the ids that features of uploaded layers have which draw it."""
    from zones.drawing.visible_features import elements_drawn

    found: dict[str, set[str]] = {}
    for place, element in elements_drawn(snapshot).items():
        found.setdefault(element, set()).add(place.partition("/")[2])
    return found


def _others(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> Iterator[_Row]:
    present = {
        (shape.collection, _look(shape)) for shape in shown.drawing.shapes if shape.collection
    }
    collections = {collection for collection, _ in present}

    def word(code: str) -> str:
        return say(f"print-legend-{code}", lang).message

    if ("axes", True) in present:
        yield word("axis-schematic"), "", [(_LINE, LOOKS["axis-schematic"])]
    for collection, code, signs in _FIXED:
        if collection in collections:
            yield word(code), "", [(shape, LOOKS[look]) for shape, look in signs]
    yield from _sites(shown, word)
    yield from _ground(snapshot, shown, word)
    if "borders" in collections:
        yield from _borders(lang)
    for id_ in shown.collections:
        if id_ in collections and not is_plan_layer(id_):
            yield from _own(snapshot, shown, id_, lang)


def _look(shape: Shape | CrowdShape) -> bool:
    return bool(shape.style.dash)


_FIXED: Final = (
    ("belt_lines", "belt-line", [(_LINE, "belt-centre")]),
    ("subdistricts", "subdistrict", [(_LINE, "subdistrict")]),
    ("district", "district", [(_LINE, "district-line")]),
    ("disputes", "dispute", [(_AREA, "dispute")]),
)


def _sites(shown: SheetMap, word: Callable[[str], str]) -> Iterator[_Row]:
    sites = [shape for shape in shown.drawing.shapes if shape.collection == "sites"]
    fids = {shape.fid for shape in sites if shape.geometry.geom_type == "Point"}
    statuses = {shown.site_statuses.get(str(fid), "existing") for fid in fids}
    for status in ("existing", "upgrade", "planned"):
        if status in statuses:
            yield word(f"site-{status}"), "", [(_DOT, LOOKS[f"site-{status}"])]
    if len(fids) < len({shape.fid for shape in sites}):
        yield word("site-circle"), "", [(_DISC, LOOKS["site-circle"])]


def _ground(snapshot: Snapshot, shown: SheetMap, word: Callable[[str], str]) -> Iterator[_Row]:
    drawn = {shape.fid for shape in shown.drawing.shapes if shape.collection == "basemap"}
    ground = snapshot.collection_or_empty("basemap")
    kinds = {
        properties.get("kind")
        for fid, properties in zip(ground.fids, ground.properties, strict=True)
        if fid in drawn
    }
    if "water" in kinds:
        yield word("water"), "", [(_AREA, LOOKS["water"])]
    if "street" in kinds:
        # White on the white of the paper is nothing: streets lie on the ground here too.
        signs = [(_LINE, LOOKS["street-casing"]), (_LINE, LOOKS["street"])]
        yield word("street"), "", [(_AREA, Style(fill=BACKGROUND)), *signs]


def _borders(lang: Lang) -> Iterator[_Row]:
    for number, known in enumerate(ACCURACY_CLASSES, start=1):
        words = say(f"print-accuracy-class-{number}", lang).message
        dash = tuple(float(part) for part in known.dash.split())
        style = Style(stroke=known.colour, stroke_width=known.width, dash=dash, cap="butt")
        title = say("print-legend-border", lang, **{"class": words}).message
        yield title, "", [(_LINE, style)]


def _own(snapshot: Snapshot, shown: SheetMap, id_: str, lang: Lang) -> Iterator[_Row]:
    """Return a row for a collection of staff, and one for each class of its symbology."""
    info = snapshot.info(id_)
    symbology = symbology_of(info)
    kinds = {
        shapely.get_dimensions(shape.geometry)
        for shape in shown.drawing.shapes
        if shape.collection == id_
    }
    title = (info.title_en if lang == "en" else info.title) or id_
    yield title, "", _own_signs(symbology.otherwise, kinds)
    for each in symbology.classes:
        upper = "" if each.below is None else f"< {each.below:g}"
        name = each.title or ", ".join(each.values) or upper or "…"
        yield f"{title}: {name}", "", _own_signs(each.style, kinds)


def _own_signs(style: Style, kinds: set[int]) -> _Signs:
    if kinds == {0}:
        return [(_DOT, as_dot(style))]
    if kinds == {1}:
        return [(_LINE, replace(style, fill=None, hatch=None))]
    return [(_AREA, style)]


def _svg(signs: _Signs, order: SheetOrder) -> str:
    view = Viewport(PLANE, (0, 0, WIDTH_PX, HEIGHT_PX), WIDTH_PX, HEIGHT_PX)
    shapes = tuple(Shape(geometry, style) for geometry, style in signs)
    return svg_text(in_look(Drawing(view, shapes, ()), order.look))
