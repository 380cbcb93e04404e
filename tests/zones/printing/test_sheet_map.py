"""The map of a sheet: to scale, in its place, with a grid that says where it is."""

import io
import math
import zipfile

import numpy as np
import pytest
import shapely

from tests.png_pixels import png_pixels
from zones.crs.transform import CRS, to_plane
from zones.errors import PrintError, UnknownCollectionError, UnknownFeatureError
from zones.model import BBox
from zones.printing.make_sheet import make_sheet
from zones.printing.map_view import SheetMap, sheet_map
from zones.printing.paper_layout import layout_of
from zones.printing.scale_bar import scale_bar
from zones.printing.sheet_content import content_of
from zones.printing.sheet_options import PX_PER_MM, Form, Grid, Look, SheetOrder, Size, check_order
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def shown(seeded_snapshot: Snapshot) -> SheetMap:
    return sheet_map(seeded_snapshot, SheetOrder(size=Size.A3, scale=50_000), None)


def test_known_distance_is_as_long_on_paper_as_the_scale_says(
    shown: SheetMap, seeded_snapshot: Snapshot
) -> None:
    sites = seeded_snapshot.collection("sites")
    dots = {s.fid: s.geometry for s in shown.drawing.shapes if s.geometry.geom_type == "Point"}
    a, b = (fid for fid in list(dots)[:2] if fid is not None)
    places = [to_plane(sites.feature(fid).geometry) for fid in (a, b)]
    on_paper_mm = dots[a].distance(dots[b]) / PX_PER_MM
    assert on_paper_mm * 50_000 / 1000 == pytest.approx(places[0].distance(places[1]), rel=1e-4)


def test_frame_shows_as_many_metres_as_it_is_wide(shown: SheetMap) -> None:
    west, south, east, north = shown.bounds
    frame = shown.layout.frame
    assert east - west == pytest.approx(frame.width * 50)
    assert north - south == pytest.approx(frame.height * 50)


def test_figure_of_the_grid_stands_where_that_easting_is(shown: SheetMap) -> None:
    west = shown.bounds[0]
    marks = [mark for mark in shown.grid.marks if mark.side == "bottom"]
    assert len(marks) >= 3
    for mark in marks:
        easting = float(mark.text.replace(" ", ""))
        assert west + mark.at_mm * 50 == pytest.approx(easting, abs=0.5)


def test_grid_of_degrees_is_figured_in_minutes(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(size=Size.A3, grid=Grid.DEGREES)
    marks = sheet_map(seeded_snapshot, order, None).grid.marks
    assert {"123°24′", "41°46′"} <= {mark.text for mark in marks}


def test_whole_district_fits_and_fills_the_frame(seeded_snapshot: Snapshot) -> None:
    found = sheet_map(seeded_snapshot, SheetOrder(size=Size.A4), None)
    district = to_plane(seeded_snapshot.collection("district").geometries[0])
    assert shapely.covers(shapely.box(*found.bounds), district)
    height = district.bounds[3] - district.bounds[1]
    assert height > 0.7 * (found.bounds[3] - found.bounds[1])


def test_every_element_has_a_sheet_of_its_own_that_holds_it(seeded_snapshot: Snapshot) -> None:
    for element in seeded_snapshot.plan.elements:
        found = sheet_map(seeded_snapshot, SheetOrder(size=Size.A4, element=element.id), element)
        assert found.scale <= 80_000
        assert any(shape.fid == element.id for shape in found.drawing.shapes)


def test_legend_has_the_order_of_the_plan_and_what_is_drawn_alone(
    seeded_snapshot: Snapshot,
) -> None:
    content = content_of(seeded_snapshot, SheetOrder(collections=("zones", "axes")))
    (page,) = content.values["pages"]
    numerals = [row["numeral"] for row in page["legend"] if row["numeral"]]
    titles = [row["title"] for row in page["legend"]]
    assert numerals == list("12345678")
    assert "水面" not in titles
    assert "轴线推定或示意段" in titles


def test_conflicts_are_hatched_and_counted(seeded_snapshot: Snapshot) -> None:
    content = content_of(seeded_snapshot, SheetOrder())
    assert any(shape.style.hatch for shape in content.maps[0].drawing.shapes)
    assert any("7 处" in note for note in content.values["pages"][0]["notes"])


def test_world_file_puts_the_picture_in_its_place(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(form=Form.GEO, size=Size.A4, dpi=36, collections=("zones",))
    archive = zipfile.ZipFile(io.BytesIO(make_sheet(seeded_snapshot, order).body))
    assert archive.namelist() == ["sheet-01.png", "sheet-01.pgw", "sheet-01.prj"]
    size, _, _, down, x, y = map(float, archive.read("sheet-01.pgw").split())
    pixels = png_pixels(archive.read("sheet-01.png")).astype(int)
    zone = to_plane(seeded_snapshot.collection("zones").feature("zone-manrong").geometry)
    inside = shapely.buffer(zone, -600).representative_point()
    column, row = round((inside.x - x) / size), round((inside.y - y) / down)
    # Manrong's green at the fill's opacity, over the ground.
    red, green, blue = pixels[row, column]
    assert green > red + 30
    assert green > blue
    assert b"CGCS2000" in archive.read("sheet-01.prj")


def test_greys_are_grey(seeded_snapshot: Snapshot) -> None:
    drawing = sheet_map(seeded_snapshot, SheetOrder(look=Look.GREY), None).drawing
    colours = {c for s in drawing.shapes for c in (s.style.fill, s.style.stroke) if c}
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("landscape", [True, False])
def test_boxes_of_a_layout_lie_on_the_paper_and_beside_each_other(
    size: Size, *, landscape: bool
) -> None:
    layout = layout_of(size, landscape=landscape)
    boxes = [
        shapely.box(box.x, box.y, box.x + box.width, box.y + box.height)
        for box in (layout.title, layout.frame, layout.panel)
    ]
    paper = shapely.box(5, 5, layout.paper.width - 5, layout.paper.height - 5)
    assert all(shapely.covers(paper, box) for box in boxes)
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
    assert layout.frame.width * layout.frame.height > 0.45 * size.value[0] * size.value[1]


@pytest.mark.parametrize("scale", [100, 2_500, 60_000, 5_000_000])
def test_scale_bar_is_round_and_fits(scale: float) -> None:
    bar = scale_bar(scale, 50)
    assert 15 < bar.piece_mm * 4 <= 50
    metres = float(bar.figures[-1]) * (1000 if bar.unit == "km" else 1)
    assert bar.piece_mm * 4 * scale / 1000 == pytest.approx(metres)
    assert math.isclose(float(bar.figures[1]) * 4, float(bar.figures[-1]), rel_tol=1e-6)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (SheetOrder(form=Form.PNG, size=Size.A0, dpi=300), "print-pixels"),
        (SheetOrder(title="长" * 81), "print-title-long"),
        (SheetOrder(element="zone-manrong", bbox=BBox(123, 41, 124, 42)), "print-place"),
    ],
)
def test_order_that_is_too_much_is_refused(order: SheetOrder, code: str) -> None:
    with pytest.raises(PrintError) as fault:
        check_order(order)
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (SheetOrder(bbox=BBox(-20, 0, -10, 10)), "print-far"),
        (SheetOrder(bbox=BBox(123.5, 41.7, 123.4, 41.8)), "print-far"),
        (SheetOrder(size=Size.A4, bbox=BBox(120, 10, 126, 50)), "print-scale-small"),
    ],
)
def test_place_that_no_sheet_shows_is_refused(
    seeded_snapshot: Snapshot, order: SheetOrder, code: str
) -> None:
    with pytest.raises(PrintError) as fault:
        sheet_map(seeded_snapshot, order, None)
    assert fault.value.code == code


def test_single_point_is_a_place(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(size=Size.A4, bbox=BBox(123.4, 41.75, 123.4, 41.75))
    assert sheet_map(seeded_snapshot, order, None).scale <= 1000


def test_what_does_not_exist_is_named(seeded_snapshot: Snapshot) -> None:
    with pytest.raises(UnknownFeatureError):
        content_of(seeded_snapshot, SheetOrder(element="nowhere"))
    with pytest.raises(UnknownCollectionError):
        content_of(seeded_snapshot, SheetOrder(collections=("nowhere",)))


def test_sheet_of_an_empty_store_is_a_frame(seeded_snapshot: Snapshot) -> None:
    empty = Snapshot(0, {}, seeded_snapshot.plan)
    made = make_sheet(empty, SheetOrder(form=Form.PNG, size=Size.A4, dpi=36))
    assert np.ptp(png_pixels(made.body)) > 200


def test_plane_is_the_crs_of_the_map(shown: SheetMap) -> None:
    assert shown.drawing.viewport.crs is CRS.EPSG_4550
