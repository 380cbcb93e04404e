"""What is said of tiles: TileJSON and OGC's tileset."""

from typing import Any

import pytest

from tests.toy import SD_1, SD_2, collection, feature, line
from zones.snapshot.model import Snapshot
from zones.tiles import (
    CGCS2000_QUAD,
    WEB_MERCATOR_QUAD,
    encode_tile,
    layer_ids,
    tile_source,
    tilejson,
    tileset,
)

URL = "https://example.org/collections/zones/tiles/WebMercatorQuad/{z}/{y}/{x}"


def test_tilejson_says_where_the_tiles_are_and_what_is_in_them(toy: Snapshot) -> None:
    source = tile_source(toy.collection("zones"))
    said: Any = tilejson(source, URL)
    assert (said["tilejson"], said["tiles"], said["scheme"]) == ("3.0.0", [URL], "xyz")
    assert said["bounds"] == list(toy.collection("zones").extent or ())
    assert (said["minzoom"], said["maxzoom"]) == (0, 22)
    layers = said["vector_layers"]
    assert [layer["id"] for layer in layers] == ["zones", "zones_labels", "zones_cells"]
    assert layers[0]["fields"] == {
        "fid": "String",
        "name": "String",
        "order": "Number",
        "accuracy_m": "Number",
    }


def test_the_version_of_tilejson_follows_the_revision(toy: Snapshot) -> None:
    assert tilejson(tile_source(toy.collection("zones")), URL)["version"] == "1.0.0"


def test_titles_are_in_the_language_asked_for(seeded_snapshot: Snapshot) -> None:
    source = tile_source(seeded_snapshot.collection("zones"))
    info = source.collection.info
    assert tilejson(source, URL)["name"] == info.title
    assert tilejson(source, URL, lang="en")["name"] == info.title_en
    assert tileset(source, CGCS2000_QUAD, lang="en")["title"] == info.title_en


def test_the_centre_is_where_one_tile_shows_the_collection(toy: Snapshot) -> None:
    source = tile_source(toy.collection("zones"))
    said: Any = tilejson(source, URL)
    lon, lat, zoom = said["center"]
    tile = WEB_MERCATOR_QUAD.tile_at(zoom, lon, lat)
    assert tile.bbox.east - tile.bbox.west >= 4 / 64
    assert zoom == 12
    assert encode_tile(source, tile)


def test_a_collection_without_a_place_has_tiles_of_the_whole_world() -> None:
    source = tile_source(collection("none", [feature("1", None)]))
    assert tilejson(source, URL)["bounds"] == pytest.approx(
        [-180, -85.0511, 180, 85.0511], abs=1e-4
    )
    assert "boundingBox" not in tileset(source, WEB_MERCATOR_QUAD)


def test_only_collections_with_polygons_have_a_layer_of_names() -> None:
    areas = tile_source(collection("a", [feature("1", SD_1)]))
    lines = tile_source(collection("l", [feature("1", line((0, 0), (1, 1)))]))
    assert layer_ids(areas) == ("a", "a_labels", "a_cells")
    assert layer_ids(lines) == ("l", "l_cells")


def test_a_tileset_names_its_matrix_set_and_limits() -> None:
    source = tile_source(collection("things", [feature("1", SD_1), feature("2", SD_2)]))
    said: Any = tileset(source, WEB_MERCATOR_QUAD)
    assert said["dataType"] == "vector"
    assert said["tileMatrixSetURI"] == WEB_MERCATOR_QUAD.uri
    limits = said["tileMatrixSetLimits"]
    assert len(limits) == 23
    assert limits[0] == {
        "tileMatrix": "0",
        "minTileRow": 0,
        "maxTileRow": 0,
        "minTileCol": 0,
        "maxTileCol": 0,
    }


def test_a_set_that_no_register_knows_has_no_uri_but_its_crs() -> None:
    said: Any = tileset(tile_source(collection("things", [feature("1", SD_1)])), CGCS2000_QUAD)
    assert "tileMatrixSetURI" not in said
    assert said["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"


def test_layers_of_a_tileset_state_dimension_and_types() -> None:
    source = tile_source(collection("things", [feature("1", SD_1, open=True, floors=3)]))
    said: Any = tileset(source, WEB_MERCATOR_QUAD)
    areas, names, cells = said["layers"]
    assert [each["geometryDimension"] for each in (areas, names, cells)] == [2, 0, 2]
    assert cells["propertiesSchema"]["properties"] == {"count": {"type": "number"}}
    schema = areas["propertiesSchema"]
    assert schema["properties"]["open"] == {"type": "boolean"}
    assert schema["properties"]["floors"] == {"type": "number"}
    mixed = tile_source(
        collection("mixed", [feature("1", SD_1), feature("2", line((0, 0), (1, 1)))])
    )
    said = tileset(mixed, WEB_MERCATOR_QUAD)
    assert "geometryDimension" not in said["layers"][0]
