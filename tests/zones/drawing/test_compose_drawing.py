"""The plan as a picture: what is in it, where it is, and that names can be read."""

from dataclasses import replace

import pytest
import shapely

from tests.zones.drawing.views import district_view, view_of
from zones.crs.transform import CRS, from_storage_xy
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.label_collisions import Area
from zones.drawing.model import Drawing, Label, Viewport
from zones.drawing.plan_element_colours import ELEMENT_STYLES
from zones.drawing.text_width import label_size
from zones.errors import UnknownCollectionError
from zones.model import BBox, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def drawing(seeded_snapshot: Snapshot) -> Drawing:
    return compose(seeded_snapshot, district_view(seeded_snapshot), DrawingRequest())


def area(label: Label) -> shapely.Polygon:
    size = label_size(label.text, label.style, downwards=label.downwards)
    return Area((label.x, label.y), size, label.angle).shape()


def test_every_element_is_drawn_in_its_colour(drawing: Drawing) -> None:
    drawn = {(shape.fid, shape.style.fill or shape.style.stroke) for shape in drawing.shapes}
    assert {(id_, style.colour) for id_, style in ELEMENT_STYLES.items()} <= drawn


def test_zones_are_named_in_the_order_of_their_numerals(drawing: Drawing) -> None:
    numerals = [label.text for label in drawing.labels if label.text in set("123456")]
    names = [label.text.replace("\n", "") for label in drawing.labels]
    assert numerals == list("123456")
    assert "长白岛高端商务商业集聚区" in names


def test_no_label_touches_another_or_the_frame(drawing: Drawing) -> None:
    areas = [area(label) for label in drawing.labels]
    first, second = shapely.STRtree(areas).query(areas, predicate="intersects")
    assert (first == second).all()
    frame = shapely.box(0, 0, drawing.viewport.width_px, drawing.viewport.height_px)
    assert shapely.covers(frame, areas).all()


def test_place_is_where_its_coordinates_are(seeded_snapshot: Snapshot) -> None:
    view = district_view(seeded_snapshot)
    sites = seeded_snapshot.collection("sites")
    drawn = {
        shape.fid: shape.geometry
        for shape in compose(seeded_snapshot, view, DrawingRequest(["sites"])).shapes
        if shape.geometry.geom_type == "Point"
    }
    fid, point = next(iter(drawn.items()))
    place = sites.feature(str(fid)).geometry
    assert place is not None
    x, y = from_storage_xy(place.x, place.y, CRS.EPSG_4550)
    metres = view.pixel_m
    assert point.x == pytest.approx((x - view.bounds[0]) / metres, abs=0.01)
    assert point.y == pytest.approx((view.bounds[3] - y) / metres, abs=0.01)


def test_uncertain_place_is_a_circle_of_that_size(seeded_snapshot: Snapshot) -> None:
    view = district_view(seeded_snapshot)
    sites = seeded_snapshot.collection("sites")
    for shape in compose(seeded_snapshot, view, DrawingRequest(["sites"])).shapes:
        if shape.geometry.geom_type == "Polygon":
            radius = sites.feature(str(shape.fid)).properties["accuracy_m"]
            west, _, east, _ = shape.geometry.bounds
            assert isinstance(radius, int | float)
            assert (east - west) / 2 * view.pixel_m == pytest.approx(radius, rel=0.01)
            return
    pytest.fail("no circle is drawn")


def test_what_is_out_of_view_is_not_drawn(seeded_snapshot: Snapshot) -> None:
    view = view_of(BBox(123.43, 41.72, 123.431, 41.721), 400)
    drawn = {shape.fid for shape in compose(seeded_snapshot, view, DrawingRequest()).shapes}
    assert "zone-beishichang" not in drawn
    assert all(
        shapely.box(-400, -400, 800, 800).intersects(shape.geometry)
        for shape in compose(seeded_snapshot, view, DrawingRequest()).shapes
    )


def test_twice_the_resolution_is_the_same_picture(seeded_snapshot: Snapshot) -> None:
    small = compose(seeded_snapshot, district_view(seeded_snapshot), DrawingRequest())
    large = compose(
        seeded_snapshot, district_view(seeded_snapshot, 1800, scale=2), DrawingRequest()
    )
    assert [label.text for label in small.labels] == [label.text for label in large.labels]
    assert large.viewport.scale_denominator == pytest.approx(small.viewport.scale_denominator)
    assert large.shapes[-1].style.stroke_width == 2 * small.shapes[-1].style.stroke_width


def test_no_name_is_written_where_the_picture_is_covered(seeded_snapshot: Snapshot) -> None:
    view = district_view(seeded_snapshot)
    box = (300.0, 300.0, 700.0, 700.0)
    found = compose(seeded_snapshot, view, DrawingRequest(covered=(box,)))
    assert not shapely.intersects(shapely.box(*box), [area(each) for each in found.labels]).any()
    assert found.unplaced


def test_unknown_collection_is_named(seeded_snapshot: Snapshot) -> None:
    with pytest.raises(UnknownCollectionError):
        compose(seeded_snapshot, district_view(seeded_snapshot), DrawingRequest(["nowhere"]))


@pytest.mark.parametrize("crs", [CRS.EPSG_3857, CRS.EPSG_4490, CRS.EPSG_4550, CRS.GCJ02])
def test_view_of_nowhere_is_an_empty_picture(seeded_snapshot: Snapshot, crs: CRS) -> None:
    unit = 1e-4 if crs.is_geographic else 10.0
    low = crs.extent.x_max - unit, crs.extent.y_max - unit
    view = Viewport(crs, (*low, low[0] + 2 * unit, low[1] + 2 * unit), 100, 100)
    assert compose(seeded_snapshot, view, DrawingRequest()).shapes == ()


def test_features_of_every_kind_are_drawn(seeded_snapshot: Snapshot) -> None:
    shapes = [
        shapely.box(123.40, 41.75, 123.41, 41.76),
        shapely.LineString([(123.40, 41.75), (123.42, 41.77)]),
        shapely.MultiPoint([(123.40, 41.75), (123.41, 41.76)]),
        shapely.GeometryCollection([shapely.Point(123.4, 41.75), shapely.Point(123.41, 41.76)]),
        shapely.Polygon(),
        None,
    ]
    features = [Feature(str(i), shape, {"name": f"甲{i}"}) for i, shape in enumerate(shapes)]
    own = Collection(CollectionInfo("own", "自", "own"), 1, features)
    snapshot = Snapshot(1, {"own": own}, seeded_snapshot.plan)
    found = compose(snapshot, district_view(seeded_snapshot), DrawingRequest(["own"]))
    assert {shape.fid for shape in found.shapes} == {"0", "1", "2", "3"}
    assert {label.text for label in found.labels} >= {"甲0", "甲1", "甲2"}


def test_straight_side_is_bent_as_its_system_bends_it(seeded_snapshot: Snapshot) -> None:
    wide = shapely.box(118.0, 41.0, 128.0, 42.0)
    own = Collection(CollectionInfo("own", "自", "own"), 1, [Feature("1", wide, {})])
    snapshot = Snapshot(1, {"own": own}, seeded_snapshot.plan)
    view = Viewport(CRS.EPSG_4550, (50_000, 4_400_000, 950_000, 4_800_000), 900, 400)
    (shape,) = compose(snapshot, view, replace(DrawingRequest(["own"]), has_labels=False)).shapes
    _, northing = from_storage_xy(123.0, 41.0, CRS.EPSG_4550)
    below = shapely.LineString([(450, 400), (450, 0)]).intersection(shape.geometry.exterior)
    lowest = max(point.y for point in shapely.get_parts(below))
    assert lowest == pytest.approx((4_800_000 - northing) / 1000, abs=0.5)
