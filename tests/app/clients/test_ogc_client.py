"""@camptocamp/ogc-client as a client, in Node.js, against a server in its own process."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.features.items_as_geojson import FORMS
from app.http.negotiation import MEDIA_TYPES
from tests.app.processes import server
from tests.one_at_a_time import one_at_a_time
from tests.paths import ROOT
from zones.export.export_options import ExportFormat
from zones.model import BBox
from zones.snapshot.model import Snapshot

CLIENT = ROOT / "tests" / "ogc_client"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the client made of the service, all at once."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    with one_at_a_time(CLIENT / "package-lock.json"):
        install()
    store = tmp_path_factory.mktemp("ogc-client") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as running:
        ran = _run("node", "ask.js", str(running.client.base_url))
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def install() -> None:
    """Install the client from its lock file; skip where there is no registry."""
    installed = CLIENT / "node_modules" / ".package-lock.json"
    lock = CLIENT / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    ran = _run("npm", "ci")
    if ran.returncode and not os.environ.get("CI"):
        pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
    assert ran.returncode == 0, ran.stderr


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=CLIENT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def test_the_client_finds_features_and_tiles(
    seen: dict[str, Any], seeded_snapshot: Snapshot
) -> None:
    assert seen["title"].startswith("沈阳市和平区")
    assert seen["hasFeatures"]
    assert seen["hasTiles"]
    assert set(seen["features"]) == set(seen["vectorTiles"]) == set(seeded_snapshot.collections)
    assert "WebMercatorQuad" in seen["tileMatrixSets"]


def test_the_client_reads_queryables_and_reference_systems(seen: dict[str, Any]) -> None:
    named = {each["name"]: each for each in seen["zones"]["queryables"]}
    assert (named["name"]["type"], named["name"]["title"]) == ("string", "名称")
    assert seen["zones"]["crs"][0].endswith("/OGC/1.3/CRS84")
    assert "application/geo+json" in seen["zones"]["itemFormats"]


def test_the_client_offers_items_in_every_form_and_whole_collections_as_files(
    seen: dict[str, Any],
) -> None:
    assert seen["zones"]["itemFormats"] == [MEDIA_TYPES[form] for form in FORMS]
    downloads = seen["zones"]["downloads"]
    assert set(downloads) == {format_.media_type for format_ in ExportFormat}
    assert downloads["text/csv"].endswith("/collections/zones/export?f=csv")
    assert seen["zones"]["jsonDownload"] == downloads["application/geo+json"]


def test_the_client_reads_features(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    sites = seeded_snapshot.collection("sites")
    assert seen["items"] == list(sites.fids[:3])
    assert seen["item"] == "满融国际化生态科技示范区"


def test_the_client_pages_within_a_box(seen: dict[str, Any], seeded_snapshot: Snapshot) -> None:
    sites = seeded_snapshot.collection("sites")
    found = set(sites.select(BBox(123.39, 41.78, 123.41, 41.8)).tolist())
    # By the letter of the standard, what is nowhere matches every box.
    nowhere = [i for i, geometry in enumerate(sites.geometries) if geometry is None]
    inside = [sites.fids[i] for i in sorted(found.union(nowhere))]
    assert seen["page"] == inside[2:5]
