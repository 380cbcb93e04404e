"""Very many features in a view: drawn together, and to look as if drawn one by one."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS, from_storage_xy
from zones.drawing import crowded_features, many_areas
from zones.drawing.compose_drawing import compose
from zones.drawing.crowded_features import is_crowd, spacing_px
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.model import Style, Viewport
from zones.drawing.raster_skia import paint
from zones.drawing.staff_layer_style import StyleClass, Symbology
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

WEST, SOUTH, SIDE = 123.40, 41.75, 0.02
SIZE = 200


def snapshot_of(geometries: Iterable[BaseGeometry], plan: Plan, kind: str = "polygon") -> Snapshot:
    """Return a snapshot with a collection of these."""
    info = CollectionInfo("many", "地块", "Parcels", kinds=frozenset({kind}))  # type: ignore[arg-type]
    features = [
        Feature(str(i), geometry, {"name": f"地块{i}", "use": "RB"[i % 2]})
        for i, geometry in enumerate(geometries)
    ]
    return Snapshot(1, {"many": Collection(info, 1, features)}, plan)


def squares(count: int) -> list[BaseGeometry]:
    """Return a grid of so many squares a side, a part of each cell left free."""
    step = SIDE / count
    corners = [(WEST + i * step, SOUTH + j * step) for j in range(count) for i in range(count)]
    return [shapely.box(x, y, x + 0.72 * step, y + 0.72 * step) for x, y in corners]


def view(share: float = 1.0, *, scale: float = 1.0) -> Viewport:
    """Return the grid, or its lower left part, in EPSG:3857."""
    west, south = from_storage_xy(WEST, SOUTH, CRS.EPSG_3857)
    east, north = from_storage_xy(WEST + SIDE * share, SOUTH + SIDE * share, CRS.EPSG_3857)
    return Viewport(CRS.EPSG_3857, (west, south, east, north), SIZE * scale, SIZE * scale, scale)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_crowd_looks_as_if_drawn_one_by_one(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    snapshot = snapshot_of(squares(40), plan)
    together = compose(snapshot, view(scale=scale), DrawingRequest(("many",)))
    assert 0 < len(together.shapes) < 10
    monkeypatch.setattr(crowded_features, "CROWD", 10**6)
    monkeypatch.setattr(many_areas, "MANY", 10**6)
    singly = compose(snapshot, view(scale=scale), DrawingRequest(("many",), has_labels=False))
    assert len(singly.shapes) == 1600
    difference = np.abs(paint(together).astype(int) - paint(singly).astype(int))
    assert difference.mean() < 1
    assert (difference.max(axis=2) > 12).mean() < 0.01


def test_classes_keep_their_colours(plan: Plan) -> None:
    red, blue = Style(fill="#ff0000"), Style(fill="#0000ff")
    classes = (StyleClass(red, values=("R",)), StyleClass(blue, values=("B",)))
    symbology = Symbology("categories", Style(), "use", classes)
    wanted = DrawingRequest(("many",), symbologies={"many": symbology})
    pixels = paint(compose(snapshot_of(squares(40), plan), view(), wanted))
    opaque = pixels[pixels[..., 3] == 255][:, :3]
    assert {tuple(each) for each in opaque.tolist()} == {(255, 0, 0), (0, 0, 255)}


def test_what_is_below_a_pixel_colours_it(plan: Plan) -> None:
    snapshot = snapshot_of(squares(60), plan)
    half = replace(view(), bounds=view().bounds, width_px=40.0, height_px=40.0)
    drawing = compose(snapshot, half, DrawingRequest(("many",)))
    assert len(drawing.shapes) == 1
    assert (paint(drawing)[2:38, 2:38, 3] > 0).all()
    assert drawing.labels == ()


def test_specks_come_as_runs_of_pixels_wherever_they_are(plan: Plan) -> None:
    step = SIDE / 10
    places = [(WEST + i * step, SOUTH + j * step) for i in range(10) for j in range(10)]
    tiny = [shapely.box(x, y, x + 1e-6, y + 1e-6) for x, y in places for _ in range(12)]
    pixels = paint(compose(snapshot_of(tiny, plan), view(), DrawingRequest(("many",))))[..., 3]
    assert 80 <= (pixels > 0).sum() <= 100
    row, column = np.argwhere(pixels > 0)[0]
    assert abs(column - 0) <= 20
    assert row % 20 in {19, 18, 0}


def test_points_that_hide_each_other_are_drawn_once(plan: Plan) -> None:
    rng = np.random.default_rng(1)
    points = shapely.points(WEST + SIDE * rng.random(20_000), SOUTH + SIDE * rng.random(20_000))
    drawing = compose(snapshot_of(points, plan, "point"), view(), DrawingRequest(("many",)))
    drawn = sum(shapely.get_num_geometries(shape.geometry) for shape in drawing.shapes)
    assert drawn < 20_000
    assert (paint(drawing)[..., 3] > 0).mean() > 0.5


@pytest.mark.slow
def test_lines_and_uncertain_places_are_drawn(plan: Plan) -> None:
    heights = SOUTH + SIDE * np.arange(1500) / 1500
    lines = [shapely.LineString([(WEST, y), (WEST + SIDE, y)]) for y in heights.tolist()]
    striped = paint(compose(snapshot_of(lines, plan, "line"), view(), DrawingRequest(("many",))))
    assert (striped[..., 3] > 0).mean() > 0.5
    info = CollectionInfo("many", "地块", "Parcels", kinds=frozenset({"point"}))
    place = shapely.Point(WEST + SIDE / 2, SOUTH + SIDE / 2)
    features = [Feature(str(i), place, {"accuracy_m": 600}) for i in range(1200)]
    snapshot = Snapshot(1, {"many": Collection(info, 1, features)}, plan)
    pixels = paint(compose(snapshot, view(), DrawingRequest(("many",))))
    assert (pixels[..., 3] > 0).mean() > 0.2


def test_how_crowded_a_collection_is_does_not_depend_on_the_view(plan: Plan) -> None:
    collection = snapshot_of(squares(40), plan).collection("many")
    half = replace(view(0.5), width_px=SIZE / 2, height_px=SIZE / 2)
    assert spacing_px(collection, view()) == pytest.approx(spacing_px(collection, half), rel=1e-3)
    assert spacing_px(collection, view(scale=2)) == pytest.approx(spacing_px(collection, view()))
    assert is_crowd(collection, 1600, view())
    assert not is_crowd(collection, 16, view(0.1))


def test_a_crowd_as_geometries_has_its_holes_and_lines(plan: Plan) -> None:
    step = SIDE / 40
    rings = [
        shapely.difference(each, shapely.buffer(each.centroid, step / 5)) for each in squares(40)
    ]
    found = compose(snapshot_of(rings, plan), view(scale=4.0), DrawingRequest(("many",)))
    areas = shapely.get_parts([shape.geometry for shape in found.shapes])
    assert len(areas) == 1600
    assert (shapely.get_num_interior_rings(areas) == 1).all()
    lines = [shapely.LineString([each.centroid, each.boundary.coords[0]]) for each in squares(40)]
    found = compose(snapshot_of(lines, plan, "line"), view(), DrawingRequest(("many",)))
    drawn = shapely.get_parts([shape.geometry for shape in found.shapes])
    assert {line.geom_type for line in drawn} == {"LineString"}
    assert len(drawn) == 1600


def test_large_ones_among_small_are_cut_to_the_view(plan: Plan) -> None:
    wide = shapely.box(WEST - 5, SOUTH - 1, WEST + 5, SOUTH + 1)
    drawing = compose(snapshot_of([*squares(40), wide], plan), view(), DrawingRequest(("many",)))
    west, south, east, north = shapely.total_bounds([each.geometry for each in drawing.shapes])
    assert min(west, south) > -100
    assert max(east, north) < SIZE + 100


def test_a_cell_is_drawn_once_and_runs_end_with_their_rows() -> None:
    row, column = np.array([[2, 2, 2, 2, 3, 3], [5, 6, 6, 8, 5, 9]])
    found = sorted(map(tuple, crowded_features._runs(row, column).tolist()))
    assert found == [(5, 2, 7, 3), (5, 3, 6, 4), (8, 2, 9, 3), (9, 3, 10, 4)]
