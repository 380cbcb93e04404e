"""Many areas in a view: drawn and named from arrays, as they are one by one."""

import numpy as np
import pytest
import shapely

from tests.zones.drawing.test_crowded_features import SIDE, SOUTH, WEST, snapshot_of, squares, view
from zones.drawing import many_areas
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.model import CrowdShape, Drawing, Shape, Style, Viewport
from zones.drawing.raster_skia import paint
from zones.drawing.staff_layer_style import Symbology
from zones.drawing.svg import svg_text
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

SIZE = 500
ALL = DrawingRequest(("many",))


def large_view(share: float = 1.0, *, scale: float = 1.0) -> Viewport:
    """Return a view in which names have room."""
    small = view(share)
    return Viewport(small.crs, small.bounds, SIZE * scale, SIZE * scale, scale)


def with_others(plan: Plan) -> Snapshot:
    """Return squares of which one is a cross with a hole, another of two parts, one far larger."""
    geometries = squares(12)
    west, south, east, north = geometries[30].bounds
    hole = shapely.box(west + (east - west) / 3, south + (north - south) / 3, east, north)
    geometries[30] = geometries[30].difference(shapely.buffer(hole.centroid, (east - west) / 5))
    geometries[31] = shapely.MultiPolygon([shapely.box(*geometries[31].bounds), geometries[60]])
    geometries[40] = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE / 3)
    return snapshot_of(geometries, plan)


def singly(snapshot: Snapshot, viewport: Viewport, monkeypatch: pytest.MonkeyPatch) -> Drawing:
    """Return the drawing of the same features one by one."""
    with monkeypatch.context() as patched:
        patched.setattr(many_areas, "MANY", 10**6)
        drawing = compose(snapshot, viewport, ALL)
    assert all(isinstance(shape, Shape) for shape in drawing.shapes)
    return drawing


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("share", [1.0, 0.8])
def test_many_areas_look_and_are_named_as_one_by_one(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, scale: float, share: float
) -> None:
    snapshot, viewport = with_others(plan), large_view(share, scale=scale)
    together, single = compose(snapshot, viewport, ALL), singly(snapshot, viewport, monkeypatch)
    assert any(isinstance(shape, CrowdShape) for shape in together.shapes)
    assert [label.text for label in together.labels] == [label.text for label in single.labels]
    assert len(together.labels) > 40
    assert together.unplaced == single.unplaced
    for one, other in zip(together.labels, single.labels, strict=True):
        assert (one.x, one.y) == pytest.approx((other.x, other.y), abs=0.3)
        assert (one.fid, one.collection, one.style) == (other.fid, other.collection, other.style)
    difference = np.abs(paint(together).astype(int) - paint(single).astype(int)).max(axis=2)
    assert (difference > 24).mean() < 0.01


def test_later_collections_cover_many_areas(plan: Plan) -> None:
    many = snapshot_of(squares(12), plan).collection("many")
    above = CollectionInfo("other", "项目", "Projects", kinds=frozenset({"polygon"}))
    box = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    other = Collection(above, 1, [Feature("1", box, {})])
    snapshot = Snapshot(1, {"many": many, "other": other}, plan)
    wanted = DrawingRequest(("many", "other"), has_labels=False)
    drawn = [shape.collection for shape in compose(snapshot, large_view(), wanted).shapes]
    assert drawn == ["many", "other"]


def test_overlapping_areas_stay_filled_in_svg(plan: Plan) -> None:
    solid = {"many": Symbology("single", Style(fill="#ff0000"))}
    wanted = DrawingRequest(("many",), symbologies=solid, has_labels=False)
    text = svg_text(compose(with_others(plan), large_view(), wanted))
    assert 'fill-rule="nonzero"' in text
    assert "evenodd" not in text
