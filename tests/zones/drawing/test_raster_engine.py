"""Drawings as pixels: the same by both engines, and in colours that a legend can be read by."""

import io
from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import STORAGE
from zones.drawing.model import Drawing, Label, LabelStyle, Shape, Style, Viewport
from zones.drawing.raster_encode import encoded
from zones.drawing.raster_engine import engine, picture
from zones.drawing.raster_fonts import chinese_face
from zones.drawing.raster_pillow import paint as paint_by_pillow
from zones.drawing.raster_skia import MANY
from zones.drawing.raster_skia import paint as paint_by_skia

ENGINES = [paint_by_skia, paint_by_pillow]
SIDE = 60
VIEW = Viewport(STORAGE, (0, 0, 1, 1), SIDE, SIDE)
SQUARE = shapely.box(10, 10, 50, 50)
RED = Style(fill="#ff0000")


def drawing(
    *geometries: BaseGeometry,
    style: Style = RED,
    labels: tuple[Label, ...] = (),
    ground: str | None = None,
) -> Drawing:
    """Return geometries in one style."""
    return Drawing(VIEW, tuple(Shape(each, style) for each in geometries), labels, ground)


def at(pixels: NDArray[np.uint8], x: int, y: int) -> list[int]:
    """Return red, green, blue and alpha of a pixel."""
    colour: list[int] = pixels[y, x].tolist()
    return colour


@pytest.fixture(params=ENGINES, ids=["skia", "pillow"])
def paint(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Return an engine."""
    return request.param


def test_skia_is_used_here() -> None:
    assert engine() == "skia"


def test_areas_are_filled_to_their_edges(paint) -> None:  # type: ignore[no-untyped-def]
    pixels = paint(drawing(SQUARE))
    assert pixels.shape == (SIDE, SIDE, 4)
    assert at(pixels, 30, 30) == at(pixels, 10, 10) == at(pixels, 49, 49) == [255, 0, 0, 255]
    assert at(pixels, 8, 30)[3] == at(pixels, 52, 30)[3] == at(pixels, 30, 52)[3] == 0


def test_holes_stay_open_however_rings_are_wound(paint) -> None:  # type: ignore[no-untyped-def]
    hole = shapely.box(20, 20, 40, 40)
    for ring in (hole.exterior.coords, list(hole.exterior.coords)[::-1]):
        pixels = paint(drawing(shapely.Polygon(SQUARE.exterior.coords, [ring])))
        assert at(pixels, 30, 30)[3] == 0
        assert at(pixels, 15, 30)[3] == 255


def test_opacity_lets_the_ground_through(paint) -> None:  # type: ignore[no-untyped-def]
    pixels = paint(drawing(SQUARE, style=Style(fill="#000000", fill_opacity=0.5), ground="#ffffff"))
    assert abs(at(pixels, 30, 30)[0] - 127) <= 1
    assert at(pixels, 2, 2) == [255] * 4


def test_points_are_discs_and_lines_have_a_width(paint) -> None:  # type: ignore[no-untyped-def]
    style = Style(fill="#0000ff", stroke="#00ff00", stroke_width=4, radius=10)
    pixels = paint(drawing(shapely.Point(30, 30), style=style))
    assert at(pixels, 30, 30) == [0, 0, 255, 255]
    assert at(pixels, 30, 20)[1] > 200
    assert at(pixels, 30, 20)[3] > 150
    assert at(pixels, 30, 16)[3] == 0
    line = paint(drawing(shapely.LineString([(0, 30), (60, 30)]), style=style))
    assert at(line, 30, 29) == at(line, 30, 30) == [0, 255, 0, 255]
    assert at(line, 30, 35)[3] == 0


@pytest.mark.parametrize("width", [0.5, 1.0])
def test_thin_outlines_are_the_same_from_whichever_corner(width: float) -> None:
    style = Style(stroke="#000000", stroke_width=width)
    corners = [(10.3, 10.3), (50.2, 10.3), (50.2, 50.2), (10.3, 50.2)]
    turned = [shapely.Polygon([*corners[i:], *corners[:i]]) for i in range(4)]
    first, *others = [paint_by_skia(drawing(each, style=style)).astype(int) for each in turned]
    assert all(np.abs(other - first).max() <= 1 for other in others)


def test_dashes_leave_gaps(paint) -> None:  # type: ignore[no-untyped-def]
    style = Style(stroke="#000000", stroke_width=4, dash=(10, 10), cap="butt")
    row = paint(drawing(shapely.LineString([(0, 30), (60, 30)]), style=style))[30, :, 3]
    assert [int(row[x]) for x in (5, 15, 25, 35)] == [255, 0, 255, 0]


def test_hatches_cover_a_part_of_an_area(paint) -> None:  # type: ignore[no-untyped-def]
    inside = paint(drawing(SQUARE, style=Style(hatch="#000000")))[12:48, 12:48, 3] > 100
    assert 0.1 < inside.mean() < 0.6


def test_names_are_written_in_their_middle_with_a_halo(paint) -> None:  # type: ignore[no-untyped-def]
    label = Label("浑河", 30, 30, LabelStyle(size=20, colour="#000000", halo="#ffffff"))
    pixels = paint(drawing(labels=(label,), ground="#ff0000"))
    dark = np.argwhere((pixels[..., :3] < 60).all(axis=2))
    assert abs(dark.mean(axis=0) + 0.5 - 30).max() < 2
    assert np.ptp(dark[:, 1]) == pytest.approx(37, abs=4)
    assert (pixels[..., :3] > 230).all(axis=2).any()
    turned = paint(drawing(labels=(replace(label, angle=90.0),), ground="#ff0000"))
    upright = np.argwhere((turned[..., :3] < 60).all(axis=2))
    assert np.ptp(upright[:, 0]) == pytest.approx(np.ptp(dark[:, 1]), abs=3)


def test_letters_are_those_of_the_mainland() -> None:
    face = chinese_face()
    if face is None:
        pytest.skip("no Chinese font (Debian: fonts-noto-cjk) is installed")
    assert "JP" not in face.family
    assert "SC" in face.family or "WenQuanYi" in face.family or "CN" in face.family


def test_many_alike_look_as_if_painted_one_by_one() -> None:
    corners = [(x, y) for x in range(0, SIDE, 6) for y in range(0, SIDE, 6)]
    squares = [shapely.box(x, y, x + 4, y + 4) for x, y in corners]
    assert len(squares) > MANY
    style = Style(fill="#336699", fill_opacity=0.6, stroke="#000000", stroke_width=1)
    together = paint_by_skia(drawing(*squares, style=style))
    singly = Drawing(
        VIEW, tuple(Shape(s, replace(style, radius=i)) for i, s in enumerate(squares)), ()
    )
    assert np.abs(together.astype(int) - paint_by_skia(singly).astype(int)).max() <= 2


@pytest.mark.parametrize("opacity", [1.0, 0.62])
def test_flat_areas_keep_their_colour_in_a_palette(opacity: float) -> None:
    rng = np.random.default_rng(5)
    circles = shapely.buffer(shapely.points(rng.uniform(0, SIDE, (40, 2))), 4)
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in rng.integers(0, 255, (40, 3))]
    shapes = [Shape(c, Style(fill=f)) for c, f in zip(circles, colours, strict=True)]
    flat = Shape(shapely.box(0, 0, SIDE, 20), Style(fill="#fbf9f4", fill_opacity=opacity))
    pixels = paint_by_skia(Drawing(VIEW, (*shapes, flat), ()))
    image = Image.open(io.BytesIO(encoded(pixels, "png", dpi=96)))
    assert image.mode == "P"
    top = np.asarray(image.convert("RGBA"))[:19]
    exact = (top == pixels[:19]).all(axis=2)
    assert exact.mean() > (0.95 if opacity == 1 else 0.3)


def test_nothing_is_a_blank_picture() -> None:
    for form in ("png", "png24", "jpeg", "webp"):
        image = Image.open(io.BytesIO(picture(drawing(), form)))  # type: ignore[arg-type]
        assert image.size == (SIDE, SIDE)


def test_the_resolution_stands_in_the_file() -> None:
    fine = replace(drawing(), viewport=replace(VIEW, symbol_scale=2.0))
    dpi = Image.open(io.BytesIO(picture(fine, "png24"))).info["dpi"]
    assert dpi == pytest.approx((192, 192), abs=1)


@pytest.mark.parametrize(("alpha", "most"), [(255, 7), (90, 15)], ids=["opaque", "translucent"])
def test_few_colours_are_told_apart_as_the_eye_does(alpha: int, most: int) -> None:
    shades = np.linspace(0, 255, 4096).astype(np.uint8)
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 0] = shades.reshape(64, 64)
    pixels[..., 3] = alpha
    read = np.asarray(Image.open(io.BytesIO(encoded(pixels, "png", dpi=96))).convert("RGBA"))
    assert np.abs(read.astype(int) - pixels).max() <= most


@pytest.mark.parametrize("alpha", [255, 90], ids=["opaque", "translucent"])
def test_every_pixel_of_a_true_colour_picture_is_as_it_was(alpha: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (30, 40, 4), dtype=np.uint8)
    pixels[..., 3] = alpha
    read = Image.open(io.BytesIO(encoded(pixels, "png24", dpi=96)))
    assert read.mode == ("RGB" if alpha == 255 else "RGBA")
    assert (np.asarray(read.convert("RGBA")) == pixels).all()
    many = Image.open(io.BytesIO(encoded(pixels, "png", dpi=96)))
    assert many.mode == "P"
    assert np.asarray(many.convert("RGBA"))[..., 3].tolist() == [[alpha] * 40] * 30
