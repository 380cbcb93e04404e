"""OWSLib and geopandas as clients of WFS and of ArcGIS's REST API, against a server of its own.

OWSLib 0.35 sends a filter as ``query``, which is no parameter of WFS, leaves it out beside a box,
and takes a text of ids apart into letters.
"""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import tostring

import geopandas
import pytest
from owslib.fes2 import PropertyIsEqualTo
from owslib.util import ServiceException
from owslib.wfs import WebFeatureService

from tests.app.processes import Server, server
from zones.gml.safe_xml import parse_xml
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that anybody may read from."""
    store = tmp_path_factory.mktemp("owslib-wfs") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as started:
        yield started


@pytest.fixture(scope="module", params=["2.0.0", "1.1.0"])
def wfs(running: Server, request: pytest.FixtureRequest) -> WebFeatureService:
    """Return a client."""
    return WebFeatureService(f"{running.client.base_url}/wfs", version=request.param)


def count(answer: io.BytesIO) -> int:
    """Return how many features an answer has."""
    root = parse_xml(answer.read())
    return sum(each.tag.endswith("}member") for each in root) or sum(
        len(each) for each in root if each.tag.endswith("}featureMembers")
    )


def test_every_type_has_a_title(wfs: WebFeatureService, seeded_snapshot: Snapshot) -> None:
    assert {name.removeprefix("hz:") for name in wfs.contents} == set(seeded_snapshot.collections)
    assert wfs["hz:zones"].title == "六区"
    assert all(each.title for each in wfs.contents.values())
    west, south, east, north = wfs["hz:zones"].boundingBoxWGS84
    assert 123 < west < east < 124 and 41 < south < north < 42  # noqa: PT018 - one box


def test_the_schema_is_read(wfs: WebFeatureService) -> None:
    schema = wfs.get_schema("hz:zones")
    assert schema["properties"]["order"] in {"long", "integer"}
    assert schema["geometry_column"] == "geometry"


def test_features_come_by_type_box_page_and_filter(wfs: WebFeatureService) -> None:
    is_2 = wfs.version == "2.0.0"
    assert count(wfs.getfeature(typename=["hz:zones"])) == 6
    assert count(wfs.getfeature(typename=["hz:sites"], maxfeatures=7)) == 7
    box = (123.39, 41.80, 123.43, 41.82, "EPSG:4490")
    assert 0 < count(wfs.getfeature(typename=["hz:zones"], bbox=box)) < 6
    if is_2:
        filter_ = PropertyIsEqualTo(propertyname="order", literal="3")
        text = tostring(filter_.toXML(), encoding="unicode")
        wrapped = f'<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0">{text}</fes:Filter>'
        assert count(wfs.getfeature(typename=["hz:zones"], filter=wrapped)) == 1


def test_features_come_by_their_ids(wfs: WebFeatureService) -> None:
    answer = wfs.getfeature(typename=["hz:zones"], featureid=["zones.zone-manrong"])
    assert count(answer) == 1


def test_a_text_of_ids_that_was_taken_apart_is_refused(wfs: WebFeatureService) -> None:
    with pytest.raises((ServiceException, Exception)) as refused:
        wfs.getfeature(typename=["hz:zones"], featureid="zones.zone-manrong")
    assert "400" in str(refused.value) or "zones" in str(refused.value)


def test_geopandas_reads_both_services(running: Server, seeded_snapshot: Snapshot) -> None:
    url = running.client.base_url
    stored = seeded_snapshot.collection("zones")
    by_wfs = geopandas.read_file(f"WFS:{url}/wfs", layer="hz:zones")
    query = f"{url}/arcgis/rest/services/zones/FeatureServer/0/query?where=1%3D1&outFields=*&f=json"
    by_esri = geopandas.read_file(f"ESRIJSON:{query}")
    assert by_wfs.crs.to_epsg() == by_esri.crs.to_epsg() == 4490
    assert set(by_wfs["name"]) == set(by_esri["name"])
    assert set(by_esri["id"]) == set(stored.fids)
    named = by_esri.set_index("id").geometry
    for fid, shape in zip(stored.fids, stored.geometries, strict=True):
        assert named[fid].equals(shape)


def test_geopandas_reads_all_pages_of_a_layer(running: Server, seeded_snapshot: Snapshot) -> None:
    layer = f"{running.client.base_url}/arcgis/rest/services/sites/FeatureServer/0"
    query = f"{layer}/query?where=1%3D1&outFields=*&f=json&resultRecordCount=50&resultOffset=0"
    read = geopandas.read_file(f"ESRIJSON:{query}", FEATURE_SERVER_PAGING="YES")
    assert sorted(read["id"]) == sorted(seeded_snapshot.collection("sites").fids)
