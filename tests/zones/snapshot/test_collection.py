"""A collection in memory: selection by box, GeoJSON bytes, changes."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point

from tests.toy import SD_1, SD_2, WEST, ZONE_A, at, collection, feature, square
from zones.crs.transform import CRS, from_storage_xy
from zones.errors import CoordinateError, UnknownFeatureError
from zones.model import BBox, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot


def _subdistricts() -> Collection:
    return collection("subdistricts", [feature("sd-1", SD_1), feature("sd-2", SD_2)])


def _box(west: float, south: float, east: float, north: float) -> BBox:
    return BBox(*at(west, south), *at(east, north))


def test_degenerate_box_finds_what_holds_the_point() -> None:
    assert _subdistricts().select(_box(0.5, 0.5, 0.5, 0.5)).tolist() == [0]
    assert _subdistricts().select(_box(1, 0.5, 1, 0.5)).tolist() == [0, 1]
    assert _subdistricts().select(_box(3, 0.5, 3, 0.5)).tolist() == []


def test_box_without_width_is_the_line_that_it_is() -> None:
    assert _subdistricts().select(_box(1.5, -1, 1.5, 5)).tolist() == [1]
    assert _subdistricts().select(_box(0.2, 1, 1.2, 1)).tolist() == [0, 1]


def test_box_that_only_touches_a_corner_finds_the_feature() -> None:
    assert _subdistricts().select(_box(-1, -1, 0, 0)).tolist() == [0]


def test_box_across_the_antimeridian_finds_both_sides_once() -> None:
    dateline = collection(
        "far",
        [
            feature("east", Point(179.5, 0)),
            feature("west", Point(-179.5, 0)),
            feature("both", LineString([(-180, 0), (180, 0)])),
            feature("none", Point(0, 10)),
        ],
    )
    assert dateline.select(BBox(179, -1, -179, 1)).tolist() == [0, 1, 2]
    assert dateline.select(BBox(300, -1, -179, 1)).tolist() == [1, 2]
    assert dateline.select(BBox(300, -1, -300, 1)).tolist() == []


@pytest.mark.parametrize(
    "bbox", [BBox(0, 2, 1, 1), BBox(float("nan"), 0, 1, 1), BBox(0, 0, float("inf"), 1)]
)
def test_impossible_box_is_refused(bbox: BBox) -> None:
    with pytest.raises(CoordinateError) as caught:
        _subdistricts().select(bbox)
    assert caught.value.code == "bbox-impossible"


@given(
    bounds=st.lists(st.integers(-2, 8), min_size=4, max_size=4),
    squares=st.lists(st.tuples(st.integers(-2, 6), st.integers(-2, 6)), max_size=12),
)
def test_selection_is_a_plain_loop_over_intersects(
    bounds: list[int], squares: list[tuple[int, int]]
) -> None:
    made = collection(
        "random", [feature(str(i), square(x, y, x + 1, y + 1)) for i, (x, y) in enumerate(squares)]
    )
    west, east = sorted(bounds[::2])
    south, north = sorted(bounds[1::2])
    probe = shapely.LineString([at(west, south), at(east, north)]).envelope
    expected = [i for i, g in enumerate(made.geometries) if shapely.intersects(g, probe)]
    assert made.select(_box(west, south, east, north)).tolist() == expected


def test_degenerate_box_on_the_seed_finds_the_zone_that_holds_the_point(
    seeded_snapshot: Snapshot,
) -> None:
    zones = seeded_snapshot.collection("zones")
    rng = np.random.default_rng(20)
    for lon, lat in rng.uniform((123.33, 41.68), (123.45, 41.82), (200, 2)).tolist():
        expected = [i for i, g in enumerate(zones.geometries) if g.intersects(Point(lon, lat))]
        assert zones.select(BBox(lon, lat, lon, lat)).tolist() == expected


def test_extent_covers_all_features_and_is_none_without_any_place() -> None:
    assert _subdistricts().extent == _box(0, 0, 2, 2)
    assert collection("sites", [feature("nowhere", None)]).extent is None
    assert collection("sites", []).extent is None


def test_feature_without_geometry_is_kept_and_never_found() -> None:
    sites = collection("sites", [feature("nowhere", None), feature("here", Point(at(1, 1)))])
    assert sites.select(_box(-9, -9, 9, 9)).tolist() == [1]
    assert json.loads(sites.feature_json(0)) == {
        "type": "Feature",
        "id": "nowhere",
        "geometry": None,
        "properties": {"name": "nowhere"},
    }


def test_feature_json_rounds_degrees_to_seven_decimals() -> None:
    point = collection("p", [feature("p", Point(123.123456789, 41.1), name="和平区")])
    told = json.loads(point.feature_json(0))
    assert told["geometry"] == {"type": "Point", "coordinates": [123.1234568, 41.1]}
    assert told["properties"] == {"name": "和平区"}


def test_feature_json_in_metres_has_millimetres_and_north_first_where_the_authority_says() -> None:
    lon, lat = at(1, 1)
    easting, northing = from_storage_xy(lon, lat, CRS.EPSG_4550)
    told = json.loads(
        collection("p", [feature("p", Point(lon, lat))]).feature_json(0, CRS.EPSG_4550)
    )
    assert told["geometry"]["coordinates"] == [round(northing, 3), round(easting, 3)]


def test_feature_json_in_gcj02_is_shifted_and_longitude_first() -> None:
    lon, lat = at(1, 1)
    told = json.loads(collection("p", [feature("p", Point(lon, lat))]).feature_json(0, CRS.GCJ02))
    expected = from_storage_xy(lon, lat, CRS.GCJ02)
    assert told["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-7)
    assert told["geometry"]["coordinates"][0] > lon + 0.003


def test_geojson_of_every_seed_feature_is_the_geometry_it_was_read_from(
    seeded_snapshot: Snapshot,
) -> None:
    for stored in seeded_snapshot.collections.values():
        for text, geometry in zip(
            stored.features_json(range(len(stored))), stored.geometries, strict=True
        ):
            told = json.loads(text)["geometry"]
            assert told is None or shapely.equals(shapely.geometry.shape(told), geometry)


def test_feature_is_encoded_once_also_after_a_change_of_others() -> None:
    before = _subdistricts()
    encoded = before.feature_json(0)
    after = before.with_delta([feature("sd-2", SD_2, new=True)], revision=2)
    assert before.feature_json(0) is encoded
    assert after.feature_json(0) is encoded
    assert b'"new":true' in after.feature_json(1)


def test_delta_replaces_in_place_adds_at_the_end_and_leaves_the_old_collection() -> None:
    before = _subdistricts()
    after = before.with_delta(
        [feature("sd-3", None), feature("sd-1", ZONE_A)], ["sd-2", "unknown"], revision=7
    )
    assert after.fids == ("sd-1", "sd-3")
    assert after.feature("sd-1").geometry is ZONE_A
    assert after.revision == 7
    assert before.fids == ("sd-1", "sd-2")


def test_encoded_bytes_follow_their_feature_when_others_are_removed() -> None:
    before = _subdistricts()
    second = before.features_json([0, 1])[1]
    after = before.with_delta(remove=["sd-1"], revision=2)
    assert after.feature_json(0) is second


def test_delta_may_renew_the_description() -> None:
    info = CollectionInfo("subdistricts", "新", "new")
    assert _subdistricts().with_delta(revision=2, info=info).info is info


def test_lone_multipolygon_is_one_feature() -> None:
    both = MultiPolygon([square(0, 0, 1, 1), square(2, 0, 3, 1)])
    assert len(collection("multi", [feature("both", both)]).geometries) == 1


def test_unknown_feature_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownFeatureError) as caught:
        _subdistricts().index_of("sd-9")
    assert caught.value.params == {"collection": "subdistricts", "fid": "sd-9"}


def test_geometries_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        _subdistricts().geometries[0] = None


def test_many_threads_encode_and_select_alike(seeded_snapshot: Snapshot) -> None:
    stored = seeded_snapshot.collection("borders")
    fresh = Collection(stored.info, 1, stored)

    def ask(_: int) -> tuple[list[bytes], list[int]]:
        lon, lat = WEST, 41.79
        found = fresh.select(BBox(lon, lat, lon + 0.03, lat + 0.01))
        return fresh.features_json(range(len(fresh)), CRS.BD09), found.tolist()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert all(answer == answers[0] for answer in answers)


def test_a_wide_box_finds_what_a_plain_loop_finds() -> None:
    dice = np.random.default_rng(7)
    places = dice.uniform((123.3, 41.6), (123.5, 41.9), (3000, 2))
    shapes = [shapely.box(x, y, x + 0.004, y + 0.003) for x, y in places.tolist()]
    shapes[::7] = [shapely.Point(x, y).buffer(0.003) for x, y in places[::7].tolist()]
    features = [Feature(str(i), shape, {}) for i, shape in enumerate(shapes)]
    many = Collection(CollectionInfo("many", "many", "many"), 1, features)
    for west, south, east, north in [(123.31, 41.62, 123.49, 41.88), (123, 41, 124, 42),
                                     (123.4, 41.7, 123.401, 41.701)]:  # fmt: skip
        box = shapely.box(west, south, east, north)
        wanted = [i for i, shape in enumerate(shapes) if shape.intersects(box)]
        assert many.select(BBox(west, south, east, north)).tolist() == wanted
