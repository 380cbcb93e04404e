"""Tiles over HTTP: documents, bytes, conditions and limits."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import mapbox_vector_tile  # type: ignore[import-untyped]  # has no types
import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.main import create_app
from app.settings import Settings
from app.tiles.serve_tile import Tiles
from app.tiles.tile_cache import CachedTile, TileCache, TileKey
from tests.app.conftest import Serve, with_key
from zones.memory.bounded_cache import ENTRY_BYTES
from zones.snapshot.model import Snapshot
from zones.tiles import (
    CGCS2000_QUAD,
    WEB_MERCATOR_QUAD,
    WORLD_CRS84_QUAD,
    Tile,
    encode_tile,
    tile_source,
)

CENTRE = (123.41, 41.78)


def address(
    collection: str = "zones", zoom: int = 11, tms: Any = WEB_MERCATOR_QUAD, place: Any = CENTRE
) -> str:
    tile = tms.tile_at(zoom, *place)
    return f"/collections/{collection}/tiles/{tms.id}/{zoom}/{tile.row}/{tile.column}"


def href(document: Any, rel: str) -> str:
    return next(str(link["href"]) for link in document["links"] if link["rel"].endswith(rel))


def test_a_tile_is_what_the_encoder_makes(client: TestClient, seeded_snapshot: Snapshot) -> None:
    source = tile_source(seeded_snapshot.collection("zones"))
    for tms in (WEB_MERCATOR_QUAD, CGCS2000_QUAD):
        answer = client.get(address(tms=tms))
        assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        assert answer.content == encode_tile(source, tms.tile_at(11, *CENTRE))


def test_tiles_of_the_registered_set_of_degrees_are_those_of_cgcs2000(client: TestClient) -> None:
    answer = client.get(address(tms=WORLD_CRS84_QUAD))
    assert answer.content == client.get(address(tms=CGCS2000_QUAD)).content
    beyond = client.get("/collections/zones/tiles/WorldCRS84Quad/0/1/0").json()
    assert beyond["status"] == 404


def test_operations_on_tiles_end_as_the_standard_names_them(client: TestClient) -> None:
    """OGC API Tiles 1.0, the table of /req/oas30/operation-id; vector tiles of a collection."""
    paths = client.get("/api").json()["paths"]
    tiles = "/collections/{collection_id}/tiles"
    for path, ending in {
        "/tileMatrixSets": "getTileMatrixSetsList",
        "/tileMatrixSets/{tms_id}": "getTileMatrixSet",
        tiles: ".collection.vector.getTileSetsList",
        f"{tiles}/{{tms_id}}": ".collection.vector.getTileSet",
        f"{tiles}/{{tms_id}}/{{z}}/{{y}}/{{x}}": ".collection.vector.getTile",
    }.items():
        assert paths[path]["get"]["operationId"].endswith(ending)
    assert any(
        each.endswith("ogcapi-tiles-1/1.0/conf/oas30")
        for each in client.get("/conformance").json()["conformsTo"]
    )


def test_an_independent_decoder_finds_the_collection_as_layer(client: TestClient) -> None:
    layers = mapbox_vector_tile.decode(client.get(address()).content)
    names = {feature["properties"]["fid"] for feature in layers["zones"]["features"]}
    assert "zone-nanshichang" in names


def test_following_links_from_the_collection_leads_to_a_tile(client: TestClient) -> None:
    tilesets = client.get(href(client.get("/collections/zones").json(), "tilesets-vector")).json()
    for listed in tilesets["tilesets"]:
        tileset = client.get(href(listed, "self")).json()
        scheme = client.get(href(tileset, "tiling-scheme")).json()
        limits = tileset["tileMatrixSetLimits"][10]
        assert scheme["tileMatrices"][10]["id"] == limits["tileMatrix"]
        where = {"tileMatrix": 10, "tileRow": limits["minTileRow"], "tileCol": limits["minTileCol"]}
        assert client.get(href(tileset, "item").format(**where)).status_code == 200


def test_tilejson_names_tiles_that_are_there(client: TestClient) -> None:
    told = client.get("/collections/zones/tiles/WebMercatorQuad/tilejson.json").json()
    tile = WEB_MERCATOR_QUAD.tile_at(11, *CENTRE)
    found = client.get(told["tiles"][0].format(z=11, y=tile.row, x=tile.column))
    assert found.status_code == 200
    assert told["vector_layers"][0]["id"] == "zones"


def test_tilejson_is_not_offered_outside_web_mercator(client: TestClient) -> None:
    answer = client.get("/collections/zones/tiles/CGCS2000Quad/tilejson.json")
    assert answer.status_code == 404


def test_every_matrix_set_is_listed_and_described(client: TestClient) -> None:
    listed = client.get("/tileMatrixSets").json()["tileMatrixSets"]
    assert [one["id"] for one in listed] == ["WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"]
    for one in listed:
        assert client.get(href(one, "self")).json()["crs"] == one["crs"]


def test_an_empty_tile_has_no_content(client: TestClient) -> None:
    answer = client.get(address(place=(0.0, 0.0)))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"] == '"r1"'


def test_a_tile_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get(address())
    again = client.get(address(), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(address(), headers={"If-None-Match": '"r999"'})
    assert other.status_code == 200


def test_a_tile_is_packed_for_those_who_take_gzip(client: TestClient) -> None:
    plain = client.get(address(), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", address(), headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        body = b"".join(packed.iter_raw())
    assert len(body) < len(plain.content)
    assert gzip.decompress(body) == plain.content


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("WebMercatorQuad/30/0/0", 404, "tile-zoom-unknown"),
        ("WebMercatorQuad/1/2/0", 404, "tile-out-of-range"),
        ("WebMercatorQuad/1/0/2", 404, "tile-out-of-range"),
        ("WebMercatorQuad/1/0/99999999999999999999", 400, "integer-invalid"),
        ("WebMercatorQuad/1/0/-1", 400, "integer-invalid"),
        ("WebMercatorQuad/1/0/x", 400, "integer-invalid"),
        ("WebMercatorQuad/1/0/١", 400, "integer-invalid"),
        ("Elsewhere/1/0/0", 404, "unknown-tile-matrix-set"),
        ("WebMercatorQuad/1/0/0?colour=red", 400, "parameter-unknown"),
        ("WebMercatorQuad/1/0/0?f=png", 400, "parameter-choice"),
        ("WebMercatorQuad/1/0/0?revision=x", 400, "integer-invalid"),
        ("WebMercatorQuad/1/0/0?revision=77", 404, "unknown-revision"),
    ],
)
def test_an_impossible_tile_is_a_problem(
    client: TestClient, path: str, status: int, code: str
) -> None:
    answer = client.get(f"/collections/zones/tiles/{path}")
    assert answer.status_code == status
    assert answer.json()["type"].endswith(f"/problems/{code}")


def test_a_new_revision_of_the_collection_shows_in_its_tiles_alone(serve: Serve) -> None:
    client = with_key(serve())
    before = client.get(address())
    other = client.get(address("sites"))
    note = {"file": ("z.geojson", b'{"type":"FeatureCollection","features":[]}')}
    client.post(
        "/collections/zones/imports",
        files=note,
        data={"allow_empty": "true"},
        headers={"Prefer": "wait=20"},
    )
    assert client.get(address()).status_code == 204
    assert client.get(f"{address()}?revision=1").content == before.content
    assert client.get(address("sites")).headers["etag"] == other.headers["etag"]


def test_a_second_request_finds_the_tile_in_memory(serve: Serve) -> None:
    client = serve()
    tiles = services_in(client.app).tiles
    client.get(address())
    assert len(tiles.cache) == 1
    client.get(address())
    assert len(tiles.cache) == 1


def key(number: int) -> TileKey:
    return TileKey("zones", 1, "WebMercatorQuad", 5, number, 0)


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    tile = CachedTile(b"x" * 500)
    cache = TileCache(3 * (tile.size + ENTRY_BYTES))
    for number in (1, 2, 3):
        cache.put(key(number), tile)
    cache.get(key(1))
    cache.put(key(4), tile)
    assert [cache.get(key(n)) is not None for n in (1, 2, 3, 4)] == [True, False, True, True]
    assert cache.nbytes == 3 * (tile.size + ENTRY_BYTES)


def test_a_tile_larger_than_the_cache_is_not_kept() -> None:
    cache = TileCache(100)
    cache.put(key(1), CachedTile(b"x" * 5000))
    assert (len(cache), cache.nbytes) == (0, 0)


def test_putting_a_tile_twice_counts_it_once() -> None:
    cache = TileCache(10_000)
    tile = CachedTile(b"abc")
    cache.put(key(1), tile)
    cache.put(key(1), tile)
    assert cache.nbytes == tile.size + ENTRY_BYTES


def test_tile_routes_are_part_of_the_application() -> None:
    names = {getattr(route, "name", "") for route in create_app().routes}
    assert {"tile", "tileset", "tilesets", "tilejson", "tile-matrix-set"} <= names


def test_no_more_tiles_are_made_at_once_than_the_setting_says(
    seeded_snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones, running, most = seeded_snapshot.collection("zones"), 0, 0

    def encoded(*_: object) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.02)
        running -= 1
        return b"tile"

    monkeypatch.setattr("app.tiles.serve_tile._encoded", encoded)
    tiles = Tiles(Settings(tile_concurrency=2))

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for row in range(12):
                tile = Tile(WEB_MERCATOR_QUAD, 11, row, 0)
                group.start_soon(partial(tiles.tile, zones, tile, for_gzip=False))

    with ThreadPoolExecutor(1) as thread:  # this one may have a browser's event loop
        thread.submit(anyio.run, all_at_once).result()
    assert most == 2
