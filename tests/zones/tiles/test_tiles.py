"""Tiles of a collection: what is in them, where, and that neighbours agree."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from tests.bench.partitions import partition
from tests.tile_reader import LINE, POINT, POLYGON, TileLayer, read_tile, ring_area
from tests.toy import SD_1, SD_2, ZONE_A, at, collection, feature, line, square
from zones.crs.transform import CRS, geometry_from_storage
from zones.model import Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.tiles import (
    CGCS2000_QUAD,
    WEB_MERCATOR_QUAD,
    Tile,
    TileLimits,
    TileMatrixSet,
    encode_tile,
    encode_tile_within,
    prepare_tiles,
    tile_source,
)
from zones.tiles.draw_shapes import BUFFER
from zones.tiles.layer_bytes import EXTENT

REACH = box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
BOTH = pytest.mark.parametrize("tms", [WEB_MERCATOR_QUAD, CGCS2000_QUAD], ids=lambda tms: tms.id)


def _tiles(features: Iterable[Feature], tile: Tile) -> dict[str, TileLayer]:
    return read_tile(encode_tile(tile_source(collection("things", features)), tile))


def _over(lon: float, lat: float, zoom: int, tms: TileMatrixSet = WEB_MERCATOR_QUAD) -> Tile:
    return tms.tile_at(zoom, lon, lat)


def _in_units(geometry: BaseGeometry, tile: Tile) -> BaseGeometry:
    """Return a geometry of EPSG:4490 in units of the tile, unrounded, y downwards."""
    west, _, east, north = tile.bounds
    moved = geometry_from_storage(geometry, tile.tms.crs)
    scale = EXTENT / (east - west)
    return shapely.transform(moved, lambda xy: (xy - [west, north]) * [scale, -scale])


TOY = _over(*at(1, 1), 12)


def test_a_layer_is_named_as_the_collection_and_states_version_and_extent() -> None:
    layer = _tiles([feature("sd-1", SD_1)], TOY)["things"]
    assert (layer.name, layer.version, layer.extent) == ("things", 2, EXTENT)


def test_polygons_lines_and_points_keep_their_kind() -> None:
    features = [
        feature("p", Point(at(1, 1))),
        feature("l", line((0, 0), (1, 1))),
        feature("a", SD_1),
    ]
    layer = _tiles(features, TOY)["things"]
    assert {f.properties["name"]: f.kind for f in layer.features} == {
        "a": POLYGON,
        "l": LINE,
        "p": POINT,
    }


def test_parts_of_a_collection_are_drawn_each_as_what_it_is() -> None:
    mixed = GeometryCollection(
        [Point(at(1, 1)), GeometryCollection([SD_1, line((0, 0), (1, 1))]), Polygon()]
    )
    layer = _tiles([feature("mixed", mixed)], TOY)["things"]
    assert [(f.id, f.kind) for f in layer.features] == [(1, POLYGON), (1, LINE), (1, POINT)]


def test_multi_part_geometries_are_one_feature_each() -> None:
    features = [
        feature("p", MultiPoint([at(0, 0), at(1, 1)])),
        feature("l", MultiLineString([line((0, 0), (1, 0)), line((0, 1), (1, 1))])),
        feature("a", MultiPolygon([square(0, 0, 0.5, 0.5), square(1, 1, 1.5, 1.5)])),
    ]
    layer = _tiles(features, TOY)["things"]
    assert [len(f.paths) for f in layer.features] == [2, 2, 2]
    assert len(layer.feature(1).commands) == 5  # one MoveTo with both points


def test_features_stand_in_the_order_of_the_collection_whether_cut_or_not() -> None:
    tile = _over(*at(1, 1), 15)
    west, south, east, north = tile.bbox
    wide, high = east - west, north - south
    squares = [
        box(west + i * wide / 4, south + high / 2, west + (i + 1.5) * wide / 4, south + high)
        for i in (3, 0, 1, 3, 2)
    ]
    layer = _tiles([feature(str(i + 1), each) for i, each in enumerate(squares)], tile)["things"]
    assert [f.id for f in layer.features] == [1, 2, 3, 4, 5]


def test_outer_rings_turn_clockwise_on_the_screen_and_holes_the_other_way() -> None:
    ring = Polygon(square(0, 0, 2, 2).exterior, [square(0.5, 0.5, 1, 1).exterior])
    for geometry in (ring, shapely.reverse(ring)):
        found = _tiles([feature("ring", geometry)], TOY)["things"].features[0]
        assert [ring_area(path) > 0 for path in found.paths] == [True, False]


def test_numeric_fids_are_the_ids() -> None:
    layer = _tiles([feature("7", SD_1), feature("9007199254740991", SD_2)], TOY)["things"]
    assert [f.id for f in layer.features] == [7, 2**53 - 1]
    assert "fid" not in layer.keys


@pytest.mark.parametrize("fid", ["sd-2", "07", "-1", "9007199254740992", "٣", "1.0", ""])
def test_one_fid_that_is_no_number_makes_ids_places_and_fids_attributes(fid: str) -> None:
    layer = _tiles([feature("7", SD_1), feature(fid, SD_2)], TOY)["things"]
    assert [f.id for f in layer.features] == [1, 2]
    assert [f.properties["fid"] for f in layer.features] == ["7", fid]


def test_an_attribute_named_fid_is_left_as_it_is() -> None:
    layer = _tiles([Feature("a", SD_1, {"fid": 5}), Feature("b", SD_2, {})], TOY)["things"]
    assert [f.properties.get("fid") for f in layer.features] == [5, None]
    assert [f.properties["fid_2"] for f in layer.features] == ["a", "b"]


def test_a_tile_without_features_has_no_bytes() -> None:
    source = tile_source(collection("things", [feature("sd-1", SD_1)]))
    assert encode_tile(source, _over(0, 0, 12)) == b""
    assert encode_tile(tile_source(collection("none", [])), TOY) == b""


def test_features_without_a_place_are_left_out() -> None:
    features = [
        feature("1", None),
        feature("2", Polygon()),
        feature("3", SD_1),
        feature("4", Point()),
    ]
    assert [f.id for f in _tiles(features, TOY)["things"].features] == [3]


def test_coordinates_that_are_not_finite_lose_their_feature_alone() -> None:
    hole = Polygon(SD_1.exterior, [[at(0.2, 0.2), (np.inf, 1), at(0.2, 0.4)]])
    broken = [feature("1", LineString([at(0, 0), (np.inf, 3)])), feature("2", hole)]
    layer = _tiles([*broken, feature("3", SD_2)], TOY)["things"]
    assert [f.id for f in layer.features] == [3]


def test_a_feature_across_an_edge_is_in_both_tiles() -> None:
    west = _over(*at(1, 1), 13)
    lon, lat = west.bbox.east, (west.bbox.south + west.bbox.north) / 2
    across = feature("1", box(lon - 0.001, lat - 0.001, lon + 0.002, lat + 0.001))
    found = [
        _tiles([across], tile)["things"].feature(1).geometry
        for tile in (west, WEB_MERCATOR_QUAD.tile(13, west.row, west.column + 1))
    ]
    moved = shapely.transform(found[1], lambda xy: xy + np.array([EXTENT, 0]))
    assert found[0].bounds[2] == EXTENT + BUFFER
    assert moved.bounds[0] == EXTENT - BUFFER
    assert found[0].intersection(moved).bounds == pytest.approx(
        (EXTENT - BUFFER, moved.bounds[1], EXTENT + BUFFER, moved.bounds[3])
    )


def test_a_feature_in_the_buffer_is_in_the_tile_and_one_beyond_is_not() -> None:
    east = TOY.bbox.east
    unit = (TOY.bbox.east - TOY.bbox.west) / EXTENT
    points = [feature(str(n), Point(east + n * unit, at(1, 1)[1])) for n in (60, 63, 70)]
    assert [f.id for f in _tiles(points, TOY)["things"].features] == [60, 63]


@BOTH
@pytest.mark.parametrize("zoom", [10, 13, 15, 17])
def test_geometries_are_within_two_units_of_what_shapely_clips(
    seeded_snapshot: Snapshot, tms: TileMatrixSet, zoom: int
) -> None:
    for name in ("zones", "belts", "axes", "sites"):
        things = seeded_snapshot.collection(name)
        tile = _over(123.4, 41.79, zoom, tms)
        layer = read_tile(encode_tile(tile_source(things), tile)).get(name)
        for found in layer.features if layer else []:
            truth = _in_units(things.feature(str(found.properties["fid"])).geometry, tile)
            # One unit for simplification, the rest for rounding; at the edges of the reach what
            # strays by a unit may be cut far from where the truth is cut.
            inner = truth.intersection(REACH.buffer(-4))
            assert found.geometry.difference(truth.buffer(2)).is_empty
            assert inner.difference(found.geometry.buffer(2)).is_empty


def _parcels(count: int, bends: int) -> Collection:
    polygons = partition(count, bends=bends)
    return collection("parcels", [feature(str(i), each) for i, each in enumerate(polygons)])


@pytest.mark.slow
@pytest.mark.parametrize("zoom", [11, 13, 14])
def test_a_partition_has_neither_gaps_nor_overlaps_in_a_tile(zoom: int) -> None:
    parcels = _parcels(400, bends=12)
    tile = _over(123.415, 41.755, zoom)
    layer = read_tile(encode_tile(tile_source(parcels), tile))["parcels"]
    found = [f.geometry for f in layer.features]
    union = shapely.union_all(found)
    whole = _in_units(shapely.union_all(parcels.geometries), tile).buffer(-2)
    # Nearly nothing, not nothing: a border drawn over itself is mended for one neighbour alone.
    assert sum(each.area for each in found) - union.area <= 1e-4 * union.area
    assert whole.intersection(REACH).difference(union).area <= 1e-4 * union.area


@BOTH
@pytest.mark.parametrize("zoom", [0, 5, 9, 11, 12, 14, 16, 18])
def test_every_polygon_is_valid_at_every_zoom(tms: TileMatrixSet, zoom: int) -> None:
    source = tile_source(_parcels(400, bends=12))
    tile = _over(123.41, 41.75, zoom, tms)
    for layer in read_tile(encode_tile(source, tile)).values():
        for found in layer.features:
            assert found.geometry.is_valid
            assert REACH.covers(found.geometry)


def test_a_coarse_tile_has_fewer_vertices_than_a_fine_one() -> None:
    wavy = [(123.4 + i * 1e-4, 41.7 + 2e-5 * np.sin(i)) for i in range(500)]
    coarse, fine = (
        len(
            _tiles([feature("1", LineString(wavy))], _over(123.41, 41.7, zoom))["things"]
            .feature(1)
            .paths[0]
        )
        for zoom in (8, 13)
    )
    assert coarse < 10
    assert fine > 100


def test_what_is_smaller_than_a_unit_is_not_drawn_and_a_point_always_is() -> None:
    tiny = square(0, 0, 1e-4, 1e-4)
    features = [feature("1", tiny), feature("2", Point(at(0, 0))), feature("3", tiny.exterior)]
    layer = _tiles(features, _over(*at(0, 0), 9))["things"]
    assert [f.id for f in layer.features] == [2]
    assert {f.id for f in _tiles(features, _over(*at(0.00005, 0.00005), 22))["things"].features} > {
        1,
        3,
    }


@BOTH
def test_the_world_and_the_poles_fit_into_zoom_0(tms: TileMatrixSet) -> None:
    features = [
        feature("1", box(-180, -90, 180, 90)),
        feature("2", LineString([(-180, -90), (180, 90)])),
        feature("3", MultiPoint([(0, 90), (0, -90), (0, 0)])),
    ]
    layer = _tiles(features, tms.tile(0, 0, 0))["things"]
    covered = layer.feature(1).geometry
    assert covered.contains(box(0, 0, EXTENT, EXTENT))
    assert REACH.covers(covered)
    assert layer.feature(2).kind == LINE


@BOTH
def test_the_world_covers_every_deepest_tile(tms: TileMatrixSet) -> None:
    rows, columns = tms.size(22)
    source = tile_source(collection("things", [feature("1", box(-180, -90, 180, 90))]))
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 3, columns // 5)):
        layer = read_tile(encode_tile(source, tms.tile(22, row, column)))["things"]
        assert layer.feature(1).geometry.contains(box(0, 0, EXTENT, EXTENT))


def test_degrees_are_linear_in_cgcs2000_tiles() -> None:
    tile = CGCS2000_QUAD.tile_at(12, 123.4, 41.75)
    west, south, east, north = tile.bbox
    point = Point(west + 0.25 * (east - west), north - 0.75 * (north - south))
    layer = _tiles([feature("1", point)], tile)["things"]
    assert layer.feature(1).paths == [[(EXTENT // 4, EXTENT * 3 // 4)]]


def test_web_mercator_units_are_those_of_the_projection() -> None:
    point = Point(123.4321, 41.7654)
    tile = _over(point.x, point.y, 16)
    x, y = _in_units(point, tile).coords[0]
    assert _tiles([feature("1", point)], tile)["things"].feature(1).paths == [
        [(round(x), round(y))]
    ]


def test_a_name_is_in_one_tile_within_its_polygon_with_the_same_attributes() -> None:
    source = tile_source(collection("zones", [feature("zone-a", ZONE_A, order=1)]))
    corner, found = _over(*at(0, 2), 14), []
    for row in range(corner.row - 1, corner.row + 5):
        for column in range(corner.column - 1, corner.column + 5):
            tile = WEB_MERCATOR_QUAD.tile(14, row, column)
            layers = read_tile(encode_tile(source, tile))
            if "zones_labels" in layers:
                (label,) = layers["zones_labels"].features
                polygon = layers["zones"].feature(1)
                assert label.kind == POINT
                assert label.properties == polygon.properties
                assert polygon.geometry.contains(label.geometry)
                found.append(label.id)
    assert found == [1]


def test_names_wait_until_their_polygon_has_room() -> None:
    features = [feature("1", square(0, 0, 2, 2)), feature("2", square(0, 0, 0.02, 0.02))]
    assert "things_labels" not in _tiles(features, _over(*at(0, 0), 5))
    labels = _tiles(features, _over(*at(1, 1), 12))["things_labels"]
    assert [f.id for f in labels.features] == [1]


def test_only_polygons_have_names() -> None:
    features = [feature("1", line((0, 0), (2, 2))), feature("2", Point(at(1, 1)))]
    assert set(_tiles(features, TOY)) == {"things"}


def test_too_many_features_leave_the_smallest_out() -> None:
    sizes = [0.1, 0.9, 0.5, 0.7, 0.3]
    features = [feature(str(i), square(0, 0, size, size)) for i, size in enumerate(sizes)]
    source = tile_source(collection("things", features))
    tile = encode_tile_within(source, TOY, TileLimits(max_features=3))
    assert [f.id for f in read_tile(tile.data)["things"].features] == [1, 2, 3]
    assert (tile.features, tile.left_out) == (3, 2)


def test_too_many_points_are_thinned_evenly_and_alike_each_time() -> None:
    points = [feature(str(i), Point(at(i / 500, 1))) for i in range(1000)]
    source = tile_source(collection("things", points))
    tile = encode_tile_within(source, _over(*at(1, 1), 9), TileLimits(max_features=100))
    ids = [f.id or 0 for f in read_tile(tile.data)["things"].features]
    assert tile.data == encode_tile_within(source, _over(*at(1, 1), 9), TileLimits(100)).data
    assert len(ids) == 100
    assert np.histogram(ids, 10, (0, 1000))[0].min() >= 1
    assert max(np.diff(ids)) < 40


@pytest.mark.parametrize("most", [600, 3_000, 15_000])
def test_a_tile_never_takes_more_bytes_than_it_may(most: int) -> None:
    source = tile_source(_parcels(400, bends=12))
    tile = encode_tile_within(source, _over(123.41, 41.75, 11), TileLimits(max_bytes=most))
    whole = encode_tile_within(source, _over(123.41, 41.75, 11), TileLimits())
    assert len(tile.data) <= most < len(whole.data)
    assert tile.features + tile.left_out == whole.features
    assert tile.features == len(read_tile(tile.data)["parcels"].features) > 0


def test_a_feature_too_large_for_any_tile_is_left_out_alone() -> None:
    features = [feature("1", SD_1, text="x" * 5000), feature("2", SD_2)]
    source = tile_source(collection("things", features))
    tile = encode_tile_within(source, TOY, TileLimits(max_bytes=2000))
    assert [f.id for f in read_tile(tile.data)["things"].features] == [2]
    assert tile.left_out == 1


def test_nothing_fits_into_no_bytes() -> None:
    source = tile_source(collection("things", [feature("1", SD_1)]))
    tile = encode_tile_within(source, TOY, TileLimits(max_bytes=10))
    assert (tile.data, tile.features, tile.left_out) == (b"", 0, 1)


def test_a_source_is_made_once_for_a_collection_and_its_shapes_for_a_grid() -> None:
    things = collection("things", [feature("1", SD_1)])
    prepare_tiles(things, CGCS2000_QUAD)
    source = tile_source(things)
    assert tile_source(things) is source
    assert source.shapes(CGCS2000_QUAD) is source.shapes(CGCS2000_QUAD)
    assert source.shapes(CGCS2000_QUAD) is not source.shapes(WEB_MERCATOR_QUAD)


def test_threads_write_the_same_bytes() -> None:
    source = tile_source(_parcels(400, bends=6))
    tiles = [_over(123.37 + 0.01 * i, 41.75, 13) for i in range(8)]
    alone = [encode_tile(source, tile) for tile in tiles]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda tile: encode_tile(source, tile), tiles * 4)) == alone * 4


def test_storage_degrees_are_the_crs_of_cgcs2000_tiles() -> None:
    assert CGCS2000_QUAD.crs is CRS.EPSG_4490
