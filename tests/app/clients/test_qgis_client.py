"""QGIS as a client, without a screen, against a server in its own process.

QGIS 3.22 hands boxes to the server and follows its pages. It has neither CQL2 nor Part 2 yet: it
filters what it has read, and asks for longitude and latitude alone.
"""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image

from tests.app.map_images.places import check_places
from tests.app.processes import server
from zones.crs.transform import CRS
from zones.snapshot.model import Snapshot

SCRIPT = Path(__file__).with_name("qgis_client.py")
PYTHON = "/usr/bin/python3"
RESAMPLED_PX = 4.0
"""QGIS asks for whole pixels of a layer's extent, or for tiles, and resamples what comes."""
BOX = shapely.box(123.39, 41.78, 123.41, 41.80)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what QGIS made of the service, all at once: it starts slowly."""
    folder = tmp_path_factory.mktemp("qgis")
    if shutil.which(PYTHON) is None or _run(folder, "-c", "import qgis.core").returncode:
        pytest.skip("PyQGIS (Debian: python3-qgis) is not installed")
    store = folder / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as running:
        exports = folder / "exports"
        exports.mkdir()
        asked = "/collections/zones/export?f="
        (exports / "zones.gpkg").write_bytes(running.client.get(f"{asked}gpkg").content)
        for encoding in ("utf-8", "gbk"):
            packed = running.client.get(f"{asked}shp&encoding={encoding}").content
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                archive.extractall(exports / encoding)
        ran = _run(folder, str(SCRIPT), str(running.client.base_url), str(exports))
        assert ran.returncode == 0, ran.stderr
        told = next(line for line in ran.stdout.splitlines() if line.startswith("RESULT "))
        assert running.terminate(within_s=30) == 0
        requests = running.log.read_text()
    pictures = {path.stem: Image.open(path).convert("RGBA") for path in exports.glob("*.png")}
    return {**json.loads(told.removeprefix("RESULT ")), "requests": requests, "pictures": pictures}


def _run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the system's Python without a screen; QGIS keeps its profile in ``home``."""
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [PYTHON, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_qgis_reads_a_collection(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    assert seen["zones"]["valid"]
    assert seen["zones"]["count"] == len(zones)
    assert seen["zones"]["names"] == sorted(str(each.properties["name"]) for each in zones)


def test_qgis_filters_a_collection(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    sites = seeded_snapshot.collection("sites")
    parks = [each.properties["name"] for each in sites if each.properties["category"] == "park"]
    assert seen["filtered"]["names"] == sorted(parks)
    assert seen["filtered"]["count"] == len(parks)


def test_qgis_asks_the_server_for_what_is_in_a_view(
    seen: dict[str, Any], seeded_snapshot: Snapshot
) -> None:
    sites = seeded_snapshot.collection("sites")
    inside = shapely.intersects(sites.geometries, BOX)
    assert seen["in_box"] == sorted(np.array(sites.fids)[inside])
    assert "bbox=123.39" in seen["requests"]


def test_qgis_gets_the_axes_right(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    first = min(zones, key=lambda each: str(each.properties["name"]))
    centre = shapely.centroid(first.geometry)
    assert seen["zones"]["crs"] in {"OGC:CRS84", "EPSG:4326"}
    assert np.allclose(seen["zones"]["centre"], [centre.x, centre.y], atol=1e-6)


@pytest.mark.parametrize("door", ["wfs 2.0.0", "wfs 1.1.0", "arcgis"])
def test_qgis_reads_older_services_in_cgcs2000(
    seen: dict[str, Any], seeded_snapshot: Snapshot, door: str
) -> None:
    zones = seeded_snapshot.collection("zones")
    first = min(zones, key=lambda each: str(each.properties["name"]))
    centre = shapely.centroid(first.geometry)
    assert seen[door]["valid"]
    assert seen[door]["names"] == sorted(str(each.properties["name"]) for each in zones)
    assert seen[door]["crs"] == "EPSG:4490"
    assert np.allclose(seen[door]["centre"], [centre.x, centre.y], atol=1e-6)


def test_older_services_find_for_qgis(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    sites = seeded_snapshot.collection("sites")
    parks = [each.properties["name"] for each in sites if each.properties["category"] == "park"]
    assert seen["wfs filtered"]["names"] == sorted(parks)
    inside = shapely.intersects(sites.geometries, BOX)
    assert seen["arcgis in box"] == sorted(np.array(sites.fids)[inside])


def test_qgis_draws_vector_tiles(seen: dict[str, Any]) -> None:
    assert seen["tiles"]["valid"]
    assert 0.1 < seen["tiles"]["painted"] < 0.9


@pytest.mark.parametrize(
    ("door", "name", "crs"),
    [
        ("wms EPSG:4490", "wms-4490", CRS.EPSG_4490),
        ("wms EPSG:4550", "wms-4550", CRS.EPSG_4550),
        ("wms EPSG:3857", "wms-3857", CRS.EPSG_3857),
        ("wmts", "wmts", CRS.EPSG_4490),
    ],
)
def test_qgis_puts_map_images_in_their_place(
    seen: dict[str, Any], seeded_snapshot: Snapshot, door: str, name: str, crs: CRS
) -> None:
    assert seen[door]["valid"]
    picture = np.asarray(seen["pictures"][name])
    bounds = tuple(seen[door]["bounds"])
    check_places(picture, bounds, crs, seeded_snapshot, within_px=RESAMPLED_PX)


def test_a_click_in_qgis_tells_the_zone(seen: dict[str, Any]) -> None:
    assert "三好街" in "".join(seen["identified"])


@pytest.mark.parametrize("name", ["zones.gpkg", "utf-8/zones.shp", "gbk/zones.shp"])
def test_qgis_reads_chinese_text_of_exports(seen: dict[str, Any], name: str) -> None:
    assert seen["files"][name]["names"] == seen["zones"]["names"]
