"""Random geometries of every kind never make an invalid tile."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
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

from tests.examples import examples
from tests.tile_reader import LINE, POINT, POLYGON, TileFeature, read_tile, ring_area
from tests.toy import collection, feature
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, Tile, encode_tile, tile_source
from zones.tiles.draw_shapes import BUFFER
from zones.tiles.layer_bytes import EXTENT

REACH = box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)

# Near one place, so that what is drawn meets in a tile; and over the whole world.
NEAR = st.tuples(st.floats(123.3, 123.5), st.floats(41.7, 41.9))
COARSE = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
    lambda xy: (123.3 + xy[0] / 64, 41.7 + xy[1] / 64)
)
FAR = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def _geometries(place: st.SearchStrategy[tuple[float, float]]) -> st.SearchStrategy[BaseGeometry]:
    points = place.map(Point)
    lines = st.lists(place, min_size=2, max_size=9).map(LineString)
    rings = st.lists(place, min_size=3, max_size=9)
    polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2))
    plain = st.one_of(points, lines, polygons, st.just(Polygon()))
    return st.one_of(
        plain,
        st.lists(points, max_size=4).map(MultiPoint),
        st.lists(lines, max_size=3).map(MultiLineString),
        st.lists(polygons, max_size=3).map(MultiPolygon),
        st.lists(plain, max_size=4).map(GeometryCollection),
    )


GEOMETRIES = st.lists(
    st.one_of(_geometries(NEAR), _geometries(COARSE), _geometries(FAR)), min_size=1, max_size=6
)
TILES = st.builds(
    lambda tms, zoom, lon, lat: tms.tile_at(zoom, lon, lat),
    st.sampled_from([WEB_MERCATOR_QUAD, CGCS2000_QUAD]),
    st.integers(0, 22),
    st.floats(123.3, 123.5),
    st.floats(41.7, 41.9),
)


@pytest.mark.slow
@given(GEOMETRIES, TILES)
@examples(200)
def test_every_feature_is_what_the_specification_demands(
    geometries: list[BaseGeometry], tile: Tile
) -> None:
    features = [feature(str(i), geometry) for i, geometry in enumerate(geometries)]
    layers = read_tile(encode_tile(tile_source(collection("things", features)), tile))
    for layer in layers.values():
        assert layer.features
        assert (layer.version, layer.extent) == (2, EXTENT)
        for found in layer.features:
            _check(found)


def _check(found: TileFeature) -> None:
    assert found.paths
    assert found.geometry.is_valid
    assert REACH.covers(found.geometry)
    if found.kind == POLYGON:
        assert ring_area(found.paths[0]) > 0
        assert all(len(ring) >= 4 and ring_area(ring) for ring in found.paths)
    elif found.kind == LINE:
        assert all(a != b for path in found.paths for a, b in pairwise(path))
        assert all(len(path) >= 2 for path in found.paths)
    else:
        assert found.kind == POINT
