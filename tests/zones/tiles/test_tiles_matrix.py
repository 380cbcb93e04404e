"""Tile matrix sets: OGC's numbers, addresses and the tiles that a box touches."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.errors import TileOutOfRangeError, UnknownTileMatrixSetError
from zones.model import BBox
from zones.tiles import (
    CGCS2000_QUAD,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    WORLD_CRS84_QUAD,
    TileMatrixSet,
    tile_matrix_set,
)

LONS = st.floats(-180, 180, exclude_max=True)
ZOOMS = st.integers(0, 22)
EACH = tuple(TILE_MATRIX_SETS.values())
BOTH = pytest.mark.parametrize("tms", EACH, ids=lambda tms: tms.id)


def _matrix(tms: TileMatrixSet, zoom: int) -> dict[str, object]:
    return tms.definition["tileMatrices"][zoom]  # type: ignore[index, return-value]  # JSON


# Of OGC's register: scale denominator and cell size, WebMercatorQuad and WorldCRS84Quad.
@pytest.mark.parametrize(
    ("tms", "zoom", "scale", "cell"),
    [
        (WEB_MERCATOR_QUAD, 0, 559082264.028717, 156543.033928041),
        (WEB_MERCATOR_QUAD, 14, 34123.6733415964, 9.55462853564703),
        (WEB_MERCATOR_QUAD, 22, 133.295598990611, 0.0373227677173712),
        (CGCS2000_QUAD, 0, 279541132.014358, 0.703125),
        (CGCS2000_QUAD, 14, 17061.8366707982, 0.0000429153442382812),
        (CGCS2000_QUAD, 22, 66.6477994953056, 0.00000016763806343079),
    ],
)
def test_scales_are_those_of_the_register(
    tms: TileMatrixSet, zoom: int, scale: float, cell: float
) -> None:
    matrix = _matrix(tms, zoom)
    assert matrix["scaleDenominator"] == pytest.approx(scale, rel=1e-12)
    assert matrix["cellSize"] == pytest.approx(cell, rel=1e-12)


def test_web_mercator_begins_where_the_register_says() -> None:
    origin = _matrix(WEB_MERCATOR_QUAD, 3)["pointOfOrigin"]
    assert origin == pytest.approx([-20037508.3427892, 20037508.3427892], rel=1e-14)
    assert (WEB_MERCATOR_QUAD.uri or "").endswith("/OGC/1.0/WebMercatorQuad")


def test_cgcs2000_has_two_tiles_at_zoom_0_and_names_latitude_first() -> None:
    matrix = _matrix(CGCS2000_QUAD, 0)
    assert (matrix["matrixWidth"], matrix["matrixHeight"]) == (2, 1)
    assert matrix["pointOfOrigin"] == [90.0, -180.0]
    assert CGCS2000_QUAD.definition["orderedAxes"] == ["Lat", "Lon"]
    assert CGCS2000_QUAD.definition["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert "uri" not in CGCS2000_QUAD.definition


@BOTH
def test_each_zoom_halves_the_cells_and_doubles_the_tiles(tms: TileMatrixSet) -> None:
    for zoom in range(22):
        coarse, fine = _matrix(tms, zoom), _matrix(tms, zoom + 1)
        assert fine["cellSize"] == coarse["cellSize"] / 2  # type: ignore[operator]  # JSON
        assert fine["matrixWidth"] == 2 * coarse["matrixWidth"]  # type: ignore[operator]  # JSON


@given(lon=LONS, lat=st.floats(-85.05, 85.05), zoom=ZOOMS)
def test_web_mercator_tiles_are_those_of_the_slippy_map(lon: float, lat: float, zoom: int) -> None:
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    tile = WEB_MERCATOR_QUAD.tile_at(zoom, lon, lat)
    assert -1e-6 <= x - tile.column <= 1 + 1e-6
    assert -1e-6 <= y - tile.row <= 1 + 1e-6


@BOTH
@given(lon=LONS, lat=st.floats(-85, 85), zoom=ZOOMS)
def test_a_tile_holds_the_place_it_was_asked_for(
    tms: TileMatrixSet, lon: float, lat: float, zoom: int
) -> None:
    bbox = tms.tile_at(zoom, lon, lat).bbox
    assert bbox.west - 1e-9 <= lon <= bbox.east + 1e-9
    assert bbox.south - 1e-9 <= lat <= bbox.north + 1e-9


@BOTH
def test_a_place_beyond_the_last_tile_is_in_it(tms: TileMatrixSet) -> None:
    corner = tms.tile_at(5, 180.0, -90.0)
    rows, columns = tms.size(5)
    assert (corner.row, corner.column) == (rows - 1, columns - 1)


@pytest.mark.parametrize(
    ("tms", "address", "loc"),
    [
        (WEB_MERCATOR_QUAD, (-1, 0, 0), "z"),
        (WEB_MERCATOR_QUAD, (23, 0, 0), "z"),
        (WEB_MERCATOR_QUAD, (10**30, 0, 0), "z"),
        (WEB_MERCATOR_QUAD, (3, 8, 0), "y"),
        (WEB_MERCATOR_QUAD, (3, 0, 8), "x"),
        (WEB_MERCATOR_QUAD, (3, -1, 0), "y"),
        (WEB_MERCATOR_QUAD, (3, 0, -1), "x"),
        (CGCS2000_QUAD, (0, 1, 0), "y"),
        (CGCS2000_QUAD, (0, 0, 2), "x"),
    ],
)
def test_a_tile_that_does_not_exist_is_an_error_that_says_what_does(
    tms: TileMatrixSet, address: tuple[int, int, int], loc: str
) -> None:
    with pytest.raises(TileOutOfRangeError) as caught:
        tms.tile(*address)
    assert caught.value.loc == ("path", loc)
    assert caught.value.text("zh").hint


def test_the_last_tile_exists() -> None:
    assert WEB_MERCATOR_QUAD.tile(22, 2**22 - 1, 2**22 - 1).bounds.east == pytest.approx(
        20037508.342789244, abs=1e-6
    )


def test_an_unknown_tile_matrix_set_is_an_error_that_names_the_known() -> None:
    with pytest.raises(
        UnknownTileMatrixSetError, match="WebMercatorQuad, WorldCRS84Quad, CGCS2000Quad"
    ):
        tile_matrix_set("GoogleMapsCompatible")
    assert tile_matrix_set("CGCS2000Quad") is CGCS2000_QUAD


@BOTH
def test_limits_of_a_point_are_one_tile_at_every_zoom(tms: TileMatrixSet) -> None:
    for limits in tms.limits(BBox(123.4, 41.79, 123.4, 41.79)):
        tile = tms.tile_at(limits.zoom, 123.4, 41.79)
        assert (limits.first_row, limits.last_row) == (tile.row, tile.row)
        assert (limits.first_column, limits.last_column) == (tile.column, tile.column)


def test_a_box_that_ends_on_a_tiles_edge_does_not_touch_the_next() -> None:
    (limits,) = CGCS2000_QUAD.limits(BBox(0, 0, 90, 90), zooms=range(1, 2))
    assert (limits.first_column, limits.last_column) == (2, 2)
    assert (limits.first_row, limits.last_row) == (0, 0)


@BOTH
def test_limits_of_the_world_are_all_tiles(tms: TileMatrixSet) -> None:
    for limits in tms.limits(BBox(-180, -90, 180, 90)):
        rows, columns = tms.size(limits.zoom)
        assert (limits.first_row, limits.first_column) == (0, 0)
        assert (limits.last_row + 1, limits.last_column + 1) == (rows, columns)


def test_limits_across_the_antimeridian_have_the_whole_width() -> None:
    (limits,) = WEB_MERCATOR_QUAD.limits(BBox(170, 10, -170, 20), zooms=range(4, 5))
    assert (limits.first_column, limits.last_column) == (0, 15)


def test_the_registered_set_of_degrees_is_the_same_grid_under_its_own_name() -> None:
    """By the register: https://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad."""
    told = WORLD_CRS84_QUAD.definition
    assert told["uri"] == "http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad"
    assert told["crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert told["orderedAxes"] == ["Lon", "Lat"]
    first = _matrix(WORLD_CRS84_QUAD, 0)
    assert first["pointOfOrigin"] == [-180.0, 90.0]
    assert first["scaleDenominator"] == pytest.approx(279541132.014358)
    assert WORLD_CRS84_QUAD.grid is CGCS2000_QUAD
    for zoom, row, column in ((0, 0, 1), (5, 3, 60), (22, 10**6, 7 * 10**6)):
        place = WORLD_CRS84_QUAD.tile(zoom, row, column)
        assert place.bounds == CGCS2000_QUAD.tile(zoom, row, column).bounds
        assert place.bbox == CGCS2000_QUAD.tile(zoom, row, column).bbox
