"""GDAL and OWSLib where nobody reads without a key; ids, fields and values are Chinese."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pyogrio
import pytest
from owslib.util import ServiceException
from owslib.wfs import WebFeatureService
from pyogrio.errors import DataSourceError

from tests.app.clients.parcels import COUNT, FIFTEEN, put_parcels
from tests.app.clients.test_owslib_wfs import count
from tests.app.conftest import ADMIN_KEY
from tests.app.processes import Server, server
from zones.store.open_store import open_store

IDS = {f"地块 {i}" for i in range(COUNT)}
PASSWORD = f"anybody:{ADMIN_KEY}"


@pytest.fixture(scope="module")
def private(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that nobody reads from without a key."""
    path = tmp_path_factory.mktemp("private") / "zones.sqlite"
    shutil.copy(seeded_file, path)
    store = open_store(f"sqlite:///{path}")
    put_parcels(store)
    store.close()
    with server(path, public_read="false") as started:
        yield started


@pytest.fixture
def anybody(private: Server) -> Iterator[httpx.Client]:
    """Return a client without a key."""
    with httpx.Client(base_url=private.client.base_url) as client:
        yield client


@pytest.fixture(params=["header", "password"])
def gdal_key(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give GDAL the key in either way that it has."""
    bearer, basic = f"Authorization: Bearer {ADMIN_KEY}", PASSWORD
    option = {"GDAL_HTTP_HEADERS": bearer} if request.param == "header" else None
    pyogrio.set_gdal_config_options(option or {"GDAL_HTTP_USERPWD": basic})
    yield
    pyogrio.set_gdal_config_options({"GDAL_HTTP_HEADERS": None, "GDAL_HTTP_USERPWD": None})


def esri(private: Server, where: str = "1=1") -> str:
    """Return the name of the parcels' feature service for GDAL."""
    layer = f"{private.client.base_url}/arcgis/rest/services/parcels/FeatureServer/0"
    asked = httpx.QueryParams({"where": where, "outFields": "*", "f": "json"})
    return f"ESRIJSON:{layer}/query?{asked}&resultRecordCount=7"


def columns(place: str, **asked: object) -> dict[str, list[object]]:
    """Return the columns of what GDAL reads."""
    meta, _, _, values = pyogrio.raw.read(place, **asked)
    return {name: each.tolist() for name, each in zip(meta["fields"], values, strict=True)}


@pytest.mark.usefixtures("gdal_key")
@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_gdal_reads_and_filters_by_wfs(private: Server, version: str) -> None:
    place = f"WFS:{private.client.base_url}/wfs?VERSION={version}"
    assert len(columns(place, layer="hz:parcels")["gml_id"]) == COUNT
    found = columns(place, layer="hz:parcels", where=FIFTEEN)
    assert found["地块名称"] == ["长白岛 & '甲'地块<15>"]


@pytest.mark.usefixtures("gdal_key")
def test_gdal_reads_and_filters_a_feature_service(private: Server) -> None:
    assert set(columns(esri(private), FEATURE_SERVER_PAGING="YES")["id"]) == IDS
    assert columns(esri(private, FIFTEEN))["id"] == ["地块 15"]


def test_gdal_reads_a_feature_service_by_a_token(private: Server, anybody: httpx.Client) -> None:
    info = anybody.get("/arcgis/rest/info?f=json").json()["authInfo"]
    who = {"username": "anybody", "password": ADMIN_KEY, "f": "json"}
    token = anybody.post(info["tokenServicesUrl"], data=who).json()["token"]
    place = f"{esri(private)}&token={token}"
    assert set(columns(place, FEATURE_SERVER_PAGING="YES")["id"]) == IDS
    layer = "/arcgis/rest/services/parcels/FeatureServer/0/query"
    posted = {"where": FIFTEEN, "returnIdsOnly": "true", "f": "json", "token": token}
    assert len(anybody.post(layer, data=posted).json()["objectIds"]) == 1
    assert anybody.post(layer, data={**posted, "token": "spoilt"}).json()["error"]["code"] == 498


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
@pytest.mark.parametrize("way", ["header", "password"])
def test_owslib_reads(private: Server, version: str, way: str) -> None:
    key = (
        {"headers": {"Authorization": f"Bearer {ADMIN_KEY}"}}
        if way == "header"
        else {"username": "anybody", "password": ADMIN_KEY}
    )
    wfs = WebFeatureService(f"{private.client.base_url}/wfs", version=version, **key)
    assert wfs["hz:parcels"].title == "地块"
    assert count(wfs.getfeature(typename=["hz:parcels"])) == COUNT
    answer = wfs.getfeature(typename=["hz:parcels"], featureid=["parcels.地块 15"])
    assert "地块&lt;15&gt;" in answer.read().decode()


def test_without_a_key_nothing_is_read(private: Server, anybody: httpx.Client) -> None:
    wfs = f"{private.client.base_url}/wfs"
    with pytest.raises(DataSourceError, match="401"):
        columns(f"WFS:{wfs}", layer="hz:parcels")
    with pytest.raises(DataSourceError, match="401"):
        columns(esri(private))
    with pytest.raises(ServiceException, match="key-missing"):
        WebFeatureService(wfs, version="2.0.0")


def test_programs_are_asked_for_a_password_and_browsers_are_not(anybody: httpx.Client) -> None:
    query = "/wfs?service=WFS&request=GetCapabilities"
    program = anybody.get(query).headers["www-authenticate"]
    browser = anybody.get(query, headers={"Accept": "text/html,*/*"}).headers["www-authenticate"]
    assert "Basic" in program
    assert "Basic" not in browser
    assert "Basic" not in anybody.get("/collections").headers["www-authenticate"]


def test_a_password_reads_and_never_writes(anybody: httpx.Client) -> None:
    anybody.headers["Authorization"] = "Basic " + base64.b64encode(PASSWORD.encode()).decode()
    assert anybody.get("/collections/parcels/items").status_code == 200
    refused = anybody.delete("/collections/parcels")
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (401, "key-scheme")
    for spoilt in ("Basic", "Basic %%%", "Basic /zp4", "basic eA=="):
        answer = anybody.get("/collections", headers={"Authorization": spoilt})
        assert answer.status_code == 401
