"""Overviews of very many features: small ones are counted in cells, nothing is lost or doubled."""

import numpy as np
import pytest
from shapely import Point

from tests.tile_reader import read_tile
from tests.toy import at, collection, feature, square
from zones.model import Feature
from zones.tiles import WEB_MERCATOR_QUAD, TileLimits, encode_tile, encode_tile_within, tile_source
from zones.tiles.density_cells import CELL_UNITS, MOST_SINGLE
from zones.tiles.tile_matrix_sets import Tile

MANY = MOST_SINGLE + 500


def _small(count: int, *, side: float = 0.002) -> list[Feature]:
    """Return small squares in rows, over two units of the toy district."""
    width = int(np.sqrt(count)) + 1
    places = ((n % width * 2 / width, n // width * 2 / width) for n in range(count))
    return [
        feature(str(n), square(x, y, x + side, y + side), name=f"地块{n}", use="居住")
        for n, (x, y) in enumerate(places)
    ]


def _at(zoom: int) -> Tile:
    return WEB_MERCATOR_QUAD.tile_at(zoom, *at(1, 1))


def _counts(data: bytes) -> int:
    cells = read_tile(data).get("things_cells")
    return sum(int(str(one.properties["count"])) for one in cells.features) if cells else 0


@pytest.fixture(scope="module")
def many() -> list[Feature]:
    return _small(MANY)


def test_many_small_features_are_counted_and_none_is_lost(many: list[Feature]) -> None:
    tile = encode_tile_within(tile_source(collection("things", many)), _at(8), TileLimits())
    assert (tile.features, tile.counted, tile.left_out) == (0, MANY, 0)
    assert set(read_tile(tile.data)) == {"things_cells"}
    assert _counts(tile.data) == MANY
    assert len(tile.data) < TileLimits().overview_bytes


def test_what_is_counted_in_a_tile_is_counted_in_no_other(many: list[Feature]) -> None:
    source, up = tile_source(collection("things", many)), _at(9)
    limits = TileLimits(overview_bytes=0)
    around = [
        Tile(up.tms, up.zoom, up.row + down, up.column + right)
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    tiles = [encode_tile_within(source, tile, limits) for tile in around]
    assert sum(_counts(tile.data) for tile in tiles) == MANY


def test_points_are_counted_as_well() -> None:
    points = [feature(str(n), Point(at(n % 100 / 50, n // 100 / 100))) for n in range(MANY)]
    data = encode_tile(tile_source(collection("things", points)), _at(8))
    assert _counts(data) == MANY


@pytest.mark.slow
def test_large_features_are_drawn_among_those_counted(many: list[Feature]) -> None:
    large = feature("999999", square(-10, -10, 10, 10), name="大地块")
    tile = encode_tile_within(
        tile_source(collection("things", [*many, large])), _at(8), TileLimits()
    )
    layers = read_tile(tile.data)
    assert [one.id for one in layers["things"].features] == [999999]
    assert [one.id for one in layers["things_labels"].features] == [999999]
    assert tile.counted == MANY


def test_cells_lie_on_a_grid_and_within_the_tile(many: list[Feature]) -> None:
    cells = read_tile(encode_tile(tile_source(collection("things", many)), _at(9)))["things_cells"]
    for one in cells.features:
        west, south, east, north = one.geometry.bounds
        assert (east - west, north - south) == (CELL_UNITS, CELL_UNITS)
        assert west % CELL_UNITS == 0
        assert 0 <= west < east <= 4096


def test_fewer_features_that_take_too_much_are_counted_from_the_smallest(
    many: list[Feature],
) -> None:
    few = tile_source(collection("things", _small(10_000, side=0.02)))
    whole = encode_tile_within(few, _at(11), TileLimits(overview_bytes=10**9))
    most = 250_000
    tile = encode_tile_within(few, _at(11), TileLimits(overview_bytes=most))
    assert len(whole.data) > most
    assert whole.counted == 0
    assert tile.counted > 0
    assert len(tile.data) <= most


def test_a_tile_that_is_small_enough_is_as_it_was() -> None:
    source = tile_source(collection("things", _small(200)))
    tile = encode_tile_within(source, _at(12), TileLimits())
    assert tile.counted == 0
    assert set(read_tile(tile.data)) == {"things"}
