"""Debian's GDAL on the command line as a client: a whole large collection, and vector tiles."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from tests.app.processes import server
from zones.crs.transform import CRS, from_storage_xy
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

FEATURES = 200_000
HALF = 20037508.342789244
NOTE = RevisionNote(who="test", why="many")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("ogr2ogr") is None, reason="ogr2ogr (Debian: gdal-bin) is not installed"
    ),
]


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of GDAL; it must succeed."""
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran


def test_ogr2ogr_copies_200_000_features_as_they_are(seeded_file: Path, tmp_path: Path) -> None:
    places = np.round(
        np.random.default_rng(4).uniform((123.3, 41.6), (123.5, 41.9), (FEATURES, 2)), 7
    )
    names = [f"地块 {n}" for n in range(FEATURES)]
    store_file, copied = tmp_path / "zones.sqlite", tmp_path / "copied.gpkg"
    shutil.copy(seeded_file, store_file)
    store = open_store(f"sqlite:///{store_file}")
    features = [
        Feature(f"f{n:06d}", place, {"name": names[n], "rank": n, "share": n / 8})
        for n, place in enumerate(shapely.points(places))
    ]
    info = CollectionInfo("parcels", "地块", "Parcels")
    store.apply([Change("parcels", collection=info, put=features)], NOTE)
    store.close()
    with server(store_file) as running:
        source = f"OAPIF:{running.client.base_url}"
        run("ogr2ogr", "-oo", "PAGE_SIZE=10000", str(copied), source, "parcels")
    _, _, shapes, columns = pyogrio.raw.read(copied, columns=["id", "name", "rank", "share"])
    ids, read_names, ranks, shares = columns
    order = np.argsort(ids)
    assert len(ids) == FEATURES
    assert ids[order].tolist() == [each.fid for each in features]
    assert read_names[order].tolist() == names
    assert np.array_equal(ranks[order], np.arange(FEATURES))
    assert np.array_equal(shares[order], np.arange(FEATURES) / 8)
    assert np.array_equal(shapely.get_coordinates(shapely.from_wkb(shapes[order])), places)


def test_gdal_reads_a_vector_tile(seeded_file: Path, tmp_path: Path) -> None:
    store_file = tmp_path / "zones.sqlite"
    shutil.copy(seeded_file, store_file)
    x, y = (int(each) for each in tile_at(123.40, 41.78, zoom=12))
    with server(store_file) as running:
        tile = f"/collections/zones/tiles/WebMercatorQuad/12/{y}/{x}"
        inside = running.client.get("/locate?lon=123.4&lat=41.78").json()["primary"]
        (tmp_path / f"{y}.pbf").write_bytes(running.client.get(tile).content)
    options = {"X": str(x), "Y": str(y), "Z": "12"}
    meta, _, shapes, columns = pyogrio.raw.read(tmp_path / f"{y}.pbf", layer="zones", **options)
    named = dict(zip(meta["fields"], columns, strict=True))
    place = shapely.Point(to_mercator(123.40, 41.78))
    found = named["fid"][shapely.contains(shapely.from_wkb(shapes), place)]
    assert inside in found
    assert meta["crs"] == "EPSG:3857"


def tile_at(lon: float, lat: float, *, zoom: int) -> tuple[float, float]:
    """Return column and row of the tile of WebMercatorQuad that holds a place."""
    x, y = to_mercator(lon, lat)
    return (x + HALF) / (2 * HALF) * 2**zoom, (HALF - y) / (2 * HALF) * 2**zoom


def to_mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return a place in metres of EPSG:3857."""
    x, y = from_storage_xy(lon, lat, CRS.EPSG_3857)
    return float(x), float(y)
