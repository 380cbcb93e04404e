"""A drawing as SVG: well formed, all of it, and nothing but what was meant."""

from xml.etree import ElementTree as ET

import shapely

from tests.zones.drawing.views import district_view
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.model import Drawing, Label, LabelStyle, Shape, Style
from zones.drawing.svg import svg_text
from zones.snapshot.model import Snapshot

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 (our own)


def test_plan_is_drawn_with_its_names(seeded_snapshot: Snapshot) -> None:
    drawing = compose(
        seeded_snapshot, district_view(seeded_snapshot), DrawingRequest(background="#ffffff")
    )
    tree = parsed(svg_text(drawing))
    texts = {"".join(text.itertext()) for text in tree.iter(f"{SVG}text")}
    assert {"浑河", "长白岛高端商务商业集聚区"} <= texts
    assert len(list(tree.iter(f"{SVG}path"))) > 100
    assert tree.find(f"{SVG}rect") is not None


def test_disputed_ground_is_hatched(seeded_snapshot: Snapshot) -> None:
    drawing = compose(seeded_snapshot, district_view(seeded_snapshot), DrawingRequest(["disputes"]))
    text = svg_text(drawing)
    assert 'id="hatch-9c1f16"' in text
    assert text.count("url(#hatch-9c1f16)") == len(drawing.shapes)


def test_names_are_text_and_never_markup(seeded_snapshot: Snapshot) -> None:
    label = Label("<script>&", 5, 5, LabelStyle())
    view = district_view(seeded_snapshot)
    tree = parsed(svg_text(Drawing(view, (), (label,))))
    assert ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")] == ["<script>&"]


def test_holes_and_parts_are_kept(seeded_snapshot: Snapshot) -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4))
    both = shapely.MultiPolygon([ring, shapely.box(20, 0, 30, 10)])
    view = district_view(seeded_snapshot)
    (path,) = parsed(svg_text(Drawing(view, (Shape(both, Style(fill="#000000")),), ()))).iter(
        f"{SVG}path"
    )
    assert path.attrib["d"].count("Z") == 3
    assert path.attrib["fill-rule"] == "evenodd"
