"""GDAL as a client, through its OGC API Features driver, against a server in its own process."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pyogrio
import pytest
import shapely

from tests.app.processes import Server, server
from tests.zones.geojson.test_published_geometry import partition, stored
from zones.crs.transform import CRS, from_storage_xy
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.snapshot.model import Snapshot
from zones.store.open_store import open_store

pytestmark = pytest.mark.skipif(
    "OAPIF" not in pyogrio.list_drivers(), reason="GDAL was built without OAPIF"
)


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that anybody may read from."""
    store = tmp_path_factory.mktemp("gdal") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    put_own_layers(f"sqlite:///{store}")
    with server(store) as started:
        yield started


def put_own_layers(url: str) -> None:
    """Store points with all the digits of a double, and parcels made in EPSG:4550."""
    dice = np.random.default_rng(60)
    points = shapely.points(dice.uniform((123.35, 41.7), (123.45, 41.8), (60, 2)))
    store = open_store(url)
    parcels = [each.geometry for each in stored(partition(7))]
    layers = {"points": list(points), "parcels": parcels}
    for id_, geometries in layers.items():
        info = CollectionInfo(id_, id_, id_)
        put = [Feature(str(n), geometry, {}) for n, geometry in enumerate(geometries)]
        store.apply([Change(id_, put=put, collection=info)], RevisionNote(who="test", why="test"))
    store.close()


def read(running: Server, collection: str, **asked: Any) -> tuple[Any, Any, dict[str, Any]]:
    """Return metadata, geometries and columns of a collection as GDAL reads it."""
    meta, _, shapes, columns = pyogrio.raw.read(
        f"OAPIF:{running.client.base_url}", layer=collection, **asked
    )
    named = dict(zip(meta["fields"], columns, strict=True))
    return meta, shapely.from_wkb(shapes), named


def queries(running: Server, path: str) -> list[dict[str, list[str]]]:
    """Return the queries of the requests for a path, from the server's own log."""
    lines = (json.loads(line) for line in running.log.read_text().splitlines() if line[:1] == "{")
    return [parse_qs(line.get("query", "")) for line in lines if line.get("path") == path]


def handed(running: Server, path: str, *names: str, within_s: float = 10) -> bool:
    """Return whether a request for a path had one of these parameters.

    A request's line is written after its answer was sent, so the client may be here first.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if any(set(names) & query.keys() for query in queries(running, path)):
            return True
        time.sleep(0.05)
    return False


def test_gdal_lists_every_collection(running: Server, seeded_snapshot: Snapshot) -> None:
    layers = pyogrio.list_layers(f"OAPIF:{running.client.base_url}")
    assert set(layers[:, 0]) == {*seeded_snapshot.collections, "points", "parcels"}


def test_gdal_reads_every_feature_page_by_page(running: Server, seeded_snapshot: Snapshot) -> None:
    _, shapes, columns = read(running, "sites", PAGE_SIZE=50)
    stored = seeded_snapshot.collection("sites")
    assert handed(running, "/collections/sites/items", "offset")
    assert list(columns["id"]) == list(stored.fids)
    placed = ~shapely.is_missing(stored.geometries)
    assert shapely.equals_exact(shapes[placed], stored.geometries[placed], 1e-7).all()


def test_gdal_hands_a_box_to_the_server(running: Server, seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    west, south, east, north = zones.geometries[0].bounds
    _, _, columns = read(running, "zones", bbox=(west, south, east, north))
    assert handed(running, "/collections/zones/items", "bbox")
    box = shapely.box(west, south, east, north)
    expected = np.array(zones.fids)[shapely.intersects(zones.geometries, box)]
    assert set(columns["id"]) == set(expected)


def test_gdal_hands_a_filter_to_the_server(running: Server) -> None:
    _, _, columns = read(running, "subdistricts", where="name_en LIKE 'N%' AND accuracy_m > 1")
    assert handed(running, "/collections/subdistricts/items", "filter")
    assert all(name.startswith("N") for name in columns["name_en"])


def test_gdal_hands_an_equality_to_the_server(running: Server) -> None:
    _, _, columns = read(running, "borders", where="role = 'zone'")
    assert handed(running, "/collections/borders/items", "filter", "role")
    assert set(columns["role"]) <= {"zone"}


def test_gdal_gets_the_axes_of_4490_right(running: Server, seeded_snapshot: Snapshot) -> None:
    meta, shapes, _ = read(running, "zones", CRS="EPSG:4490")
    stored = seeded_snapshot.collection("zones").geometries
    assert "4490" in str(meta["crs"])
    assert shapely.equals_exact(shapes, stored, 1e-7).all()


def test_gdal_gets_the_axes_of_4550_right(running: Server, seeded_snapshot: Snapshot) -> None:
    meta, shapes, _ = read(running, "zones", CRS="EPSG:4550")
    stored = seeded_snapshot.collection("zones").geometries
    points = shapely.get_coordinates(stored)
    easting, northing = from_storage_xy(points[:, 0].copy(), points[:, 1].copy(), CRS.EPSG_4550)
    assert "4550" in str(meta["crs"])
    found = shapely.get_coordinates(shapes)
    assert np.allclose(found, np.column_stack([easting, northing]), atol=0.001)


@pytest.mark.parametrize("layer", ["points", "parcels"])
@pytest.mark.parametrize("crs", [c for c in CRS if not c.is_shifted], ids=lambda crs: crs.key)
def test_gdal_gets_a_layer_whole_by_the_extent_that_it_read(
    running: Server, crs: CRS, layer: str
) -> None:
    _, shapes, _ = read(running, layer, CRS=crs.uri)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    _, again, _ = read(running, layer, CRS=crs.uri, bbox=(west, south, east, north))
    assert handed(running, f"/collections/{layer}/items", "bbox")
    assert shapely.equals_exact(again, shapes).all()


def test_gdal_finds_tiles_by_the_registered_tile_matrix_set(running: Server) -> None:
    if "OGCAPI" not in pyogrio.list_drivers():
        pytest.skip("GDAL was built without OGCAPI")
    source = f"OGCAPI:{running.client.base_url}/collections/zones"
    meta, _, shapes, _ = pyogrio.raw.read(source, layer="Zoom level 14", API="TILES", CACHE="NO")
    assert "CRS84" in str(meta["crs"])
    assert len(shapes)
    assert asked(running, "/collections/zones/tiles/WorldCRS84Quad/14/")
    assert not asked(running, "/collections/zones/tiles/CGCS2000Quad/14/")


def asked(running: Server, start: str) -> bool:
    """Return whether the server's log has a path that begins so."""
    return f'"path":"{start}' in running.log.read_text().replace('": "', '":"')
