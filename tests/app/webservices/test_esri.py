"""ArcGIS's REST API as its clients meet it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.http.raw_headers import without_token
from tests.app.conftest import ADMIN_KEY, Serve
from zones.crs.transform import CRS, from_storage_xy
from zones.snapshot.model import Snapshot

Answer = dict[str, Any]

ROOT = "/arcgis/rest"
SITES = f"{ROOT}/services/sites/FeatureServer/0"
ZONES = f"{ROOT}/services/zones/FeatureServer/0"


def ask(client: TestClient, path: str, **asked: object) -> dict[str, Any]:
    """Return an answer as JSON."""
    params = {"f": "json", **{key: str(value) for key, value in asked.items()}}
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text[:300]
    found: dict[str, Any] = answer.json()
    return found


def query(client: TestClient, layer: str = ZONES, **asked: object) -> dict[str, Any]:
    """Return the answer to a query."""
    return ask(client, f"{layer}/query", **{"where": "1=1", **asked})


def values(answer: dict[str, Any], name: str) -> list[Any]:
    """Return a field's values."""
    return [each["attributes"][name] for each in answer["features"]]


def test_every_collection_is_a_service(client: TestClient, seeded_snapshot: Snapshot) -> None:
    listed = ask(client, f"{ROOT}/services")["services"]
    features = [each["name"] for each in listed if each["type"] == "FeatureServer"]
    assert features == [*seeded_snapshot.collections]
    assert ask(client, f"{ROOT}/info")["currentVersion"] >= 10


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_layer_says_what_it_has(client: TestClient, ending: str) -> None:
    layer = ask(client, ZONES + ending)
    assert (layer["name"], layer["geometryType"]) == ("六区", "esriGeometryPolygon")
    assert "PBF" not in layer["supportedQueryFormats"]
    assert layer["maxRecordCount"] >= 10_000
    assert layer["fields"][0] == {**layer["fields"][0], "type": "esriFieldTypeOID"}
    assert len(layer["drawingInfo"]["renderer"]["uniqueValueInfos"]) == 6
    service = ask(client, ZONES.removesuffix("/0") + ending)
    assert [each["id"] for each in service["layers"]] == [0]


def test_collections_of_several_kinds_have_a_layer_for_each(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    service = ask(client, f"{ROOT}/services/basemap/FeatureServer")
    counts = [
        query(client, f"{ROOT}/services/basemap/FeatureServer/{each['id']}", returnCountOnly="true")
        for each in service["layers"]
    ]
    stored = seeded_snapshot.collection("basemap")
    assert len(counts) == len({shapely.get_dimensions(g) for g in stored.geometries if g})
    assert sum(each["count"] for each in counts) == sum(g is not None for g in stored.geometries)


def test_pages_hold_every_feature_once(client: TestClient, seeded_snapshot: Snapshot) -> None:
    fields = "OBJECTID,id"
    found, more = [], True
    while more:
        page = query(client, SITES, outFields=fields, resultOffset=len(found), resultRecordCount=50)
        found += values(page, "id")
        more = page.get("exceededTransferLimit", False)
    assert sorted(found) == sorted(seeded_snapshot.collection("sites").fids)
    assert query(client, SITES, returnCountOnly="true")["count"] == len(found)
    numbers = query(client, SITES, returnIdsOnly="true")["objectIds"]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(found)


def pages(client: TestClient, layer: str, between: Callable[[], object]) -> Iterator[Answer]:
    """Yield the pages that a client asks for by offset, with something done after the first."""
    offset, more = 0, True
    while more:
        page = query(client, layer, outFields="id", resultOffset=offset, resultRecordCount=50)
        yield page
        offset += len(page["features"])
        more = page.get("exceededTransferLimit", False)
        if offset == len(page["features"]):
            between()


def test_pages_say_that_features_were_edited_between_them(editor: TestClient) -> None:
    before = query(editor, SITES, returnIdsOnly="true")
    last = query(editor, SITES, objectIds=before["objectIds"][0], outFields="id")
    fid = values(last, "id")[0]

    def edit() -> None:
        assert editor.delete(f"/collections/sites/items/{fid}").status_code == 204

    # The layer says when it was edited last, each page which edit it shows.
    edited = ask(editor, SITES)["editingInfo"]["lastEditDate"]
    found = [*pages(editor, SITES, edit)]
    assert [each["revision"] for each in found] == [1, *(2,) * (len(found) - 1)]
    assert len(found) > 1
    layer = ask(editor, SITES)
    assert layer["revision"] == 2
    assert layer["editingInfo"]["lastEditDate"] > edited
    # What was not touched is as before.
    assert ask(editor, ZONES)["revision"] == 1


def test_a_service_of_one_revision_keeps_its_pages_together(
    editor: TestClient, seeded_snapshot: Snapshot
) -> None:
    fids = seeded_snapshot.collection("sites").fids
    pinned = SITES.replace("/sites/", "/sites@1/")

    def edit() -> None:
        for fid in (fids[0], fids[-1]):
            assert editor.delete(f"/collections/sites/items/{fid}").status_code == 204

    found = [*pages(editor, pinned, edit)]
    assert {each["revision"] for each in found} == {1}
    assert sorted(id_ for page in found for id_ in values(page, "id")) == sorted(fids)
    assert ask(editor, pinned.removesuffix("/0"))["layers"][0]["id"] == 0
    for unknown, status in {"sites@99": 404, "sites@x": 400}.items():
        answer = editor.get(SITES.replace("/sites/", f"/{unknown}/"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)


def test_features_are_found_by_ids_where_and_order(client: TestClient) -> None:
    by_order = query(client, where='"order" > 4', outFields="*", orderByFields="order DESC")
    assert values(by_order, "order") == [6, 5]
    numbers = ",".join(map(str, values(by_order, "OBJECTID")))
    again = query(client, objectIds=numbers, outFields="order", returnGeometry="false")
    assert sorted(values(again, "order")) == [5, 6]
    assert "geometry" not in again["features"][0]


@pytest.mark.parametrize(
    ("wkid", "crs"),
    [("4490", CRS.EPSG_4490), ("4550", CRS.EPSG_4550), ("102100", CRS.EPSG_3857),
     ("4529", CRS.EPSG_4529)],
)  # fmt: skip
def test_places_are_in_the_system_asked_for(
    client: TestClient, seeded_snapshot: Snapshot, wkid: str, crs: CRS
) -> None:
    answer = query(client, outSR=wkid, outFields="id")
    fid = answer["features"][0]["attributes"]["id"]
    stored = seeded_snapshot.collection("zones").feature(fid).geometry
    assert stored is not None
    lon, lat = shapely.get_coordinates(stored).T.copy()
    x, y = from_storage_xy(lon, lat, crs)
    rings = answer["features"][0]["geometry"]["rings"]
    places = np.array([place for ring in rings for place in ring])
    near = np.hypot(places[:, :1] - x, places[:, 1:] - y).min(axis=1)
    assert near.max() < (0.002 if x[0] > 1e3 else 1e-7)
    assert places.shape == (len(x), 2)


@pytest.mark.parametrize(
    ("relation", "count"),
    [("esriSpatialRelIntersects", 1), ("esriSpatialRelContains", 0), ("esriSpatialRelWithin", 1),
     ("esriSpatialRelEnvelopeIntersects", 1)],
)  # fmt: skip
def test_a_box_finds_what_it_touches(client: TestClient, relation: str, count: int) -> None:
    box = {"xmin": 123.41, "ymin": 41.805, "xmax": 123.4101, "ymax": 41.8051}
    for geometry in (json.dumps(box), "123.41,41.805,123.4101,41.8051"):
        answer = query(client, geometry=geometry, geometryType="esriGeometryEnvelope",
                       spatialRel=relation, returnCountOnly="true")  # fmt: skip
        assert answer["count"] == count


def test_the_whole_extent_holds_everything(client: TestClient) -> None:
    extent = query(client, SITES, outSR="4550", returnExtentOnly="true")["extent"]
    asked = {"geometry": json.dumps(extent), "geometryType": "esriGeometryEnvelope"}
    placed = query(client, SITES, returnGeometry="true", outFields="id")
    count = sum(each["geometry"] is not None for each in placed["features"])
    assert query(client, SITES, **asked, returnCountOnly="true")["count"] == count


@pytest.mark.parametrize("form", ["json", "geojson"])
def test_what_finds_nothing_has_no_extent(client: TestClient, form: str) -> None:
    asked = {"where": "1=0", "returnExtentOnly": "true", "returnCountOnly": "true", "f": form}
    answer = query(client, SITES, **asked)
    assert (answer["count"], answer["extent"]) == (0, None)


def test_statistics_by_groups(client: TestClient, seeded_snapshot: Snapshot) -> None:
    wanted = [
        {"statisticType": "count", "onStatisticField": "OBJECTID", "outStatisticFieldName": "n"}
    ]
    answer = query(client, SITES, outStatistics=json.dumps(wanted),
                   groupByFieldsForStatistics="category")  # fmt: skip
    counts = {
        each["attributes"]["category"]: each["attributes"]["n"] for each in answer["features"]
    }
    held = [each.get("category") for each in seeded_snapshot.collection("sites").properties]
    assert counts == {each: held.count(each) for each in set(held)}
    distinct = query(client, SITES, returnDistinctValues="true", outFields="category")
    assert set(values(distinct, "category")) == set(held)


def test_geojson_says_at_both_places_that_it_is_not_all(client: TestClient) -> None:
    answer = client.get(f"{SITES}/query", params={"where": "1=1", "f": "geojson",
                                                 "resultRecordCount": "5"}).json()  # fmt: skip
    assert answer["exceededTransferLimit"] is True
    assert answer["properties"]["exceededTransferLimit"] is True
    assert len(answer["features"]) == 5
    assert isinstance(answer["features"][0]["id"], int)


def test_queries_may_be_posted_as_a_form(client: TestClient) -> None:
    answer = client.post(
        f"{ZONES}/query", data={"where": "1=1", "f": "json", "returnCountOnly": "true"}
    )
    assert answer.json() == {"count": 6, "revision": 1}


def test_one_feature_by_its_number(client: TestClient) -> None:
    (number, *_) = query(client, returnIdsOnly="true")["objectIds"]
    assert ask(client, f"{ZONES}/{number}")["feature"]["attributes"]["OBJECTID"] == number
    assert client.get(f"{ZONES}/1").status_code in {200, 404}
    # What is asked of queries is nothing here.
    asked = {"where": "1=0", "returnIdsOnly": "true", "f": "pjson", "outSR": "4550"}
    feature = ask(client, f"{ZONES}/{number}", **asked)["feature"]
    assert feature["geometry"]["rings"][0][0][0] > 1e5


@pytest.mark.parametrize(
    "asked",
    [
        {"where": "none = 1"}, {"where": "'"}, {"f": "pbf"}, {"outSR": "32651"}, {"geometry": "x"},
        {"geometry": "1,2,3,4", "spatialRel": "esriSpatialRelRelation"}, {"time": "1,2"},
        {"outFields": "none"}, {"objectIds": "a"}, {"resultOffset": "-1"}, {"distance": "5"},
        {"outStatistics": "{}"}, {"orderByFields": "none"}, {"having": "1=1"}, {"revision": "x"},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_in_esris_form(
    client: TestClient, asked: dict[str, str]
) -> None:
    answer = client.get(f"{ZONES}/query", params={"where": "1=1", **asked})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == 400
    assert error["details"]


def test_what_is_not_there_is_told(client: TestClient) -> None:
    for path in ("none/FeatureServer/0", "zones/FeatureServer/7", "zones/FeatureServer/x"):
        answer = client.get(f"{ROOT}/services/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == 404


NAMES = st.sampled_from(
    ["where", "objectIds", "geometry", "geometryType", "inSR", "spatialRel", "outFields", "outSR",
     "orderByFields", "resultOffset", "resultRecordCount", "f", "outStatistics", "resultType",
     "groupByFieldsForStatistics", "returnDistinctValues", "maxAllowableOffset",
     "geometryPrecision"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["1=1", "", "*", "true", "4490", "{}", "[]", "1,2,3,4", "-1", "1e400", '{"rings":[[[0,0]]]}',
     '[{"statisticType":"sum","onStatisticField":"order"}]', "geojson", "OBJECTID",
     "esriGeometryPoint"]
) | st.text(max_size=15)  # fmt: skip


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(NAMES, WORDS, max_size=6))
def test_no_parameters_are_anything_but_answered(client: TestClient, asked: dict[str, str]) -> None:
    assert client.get(f"{ZONES}/query", params={"where": "1=1", **asked}).status_code < 500


def test_gdal_reads_an_answer_of_esris_json(client: TestClient, seeded_snapshot: Snapshot) -> None:
    body = client.get(
        f"{ZONES}/query", params={"where": "1=1", "outFields": "*", "f": "json"}
    ).content
    meta, _, shapes, columns = pyogrio.raw.read(body)
    named = dict(zip(meta["fields"], columns, strict=True))
    stored = seeded_snapshot.collection("zones")
    assert set(named["id"]) == set(stored.fids)
    for fid, shape in zip(named["id"], shapely.from_wkb(shapes), strict=True):
        assert shape.equals(stored.geometries[stored.index_of(fid)])
    assert (
        "4490" in str(meta["crs"]) or "China_2000" in str(meta["crs"]) or "CGCS" in str(meta["crs"])
    )


def test_who_may_not_read_without_a_key_signs_in_for_a_token(serve: Serve) -> None:
    private = serve(public_read=False)
    refused = private.get(f"{ZONES}/query", params={"where": "1=1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, 499)
    tokens = "/arcgis/tokens/generateToken"
    wrong = private.post(tokens, data={"username": "x", "password": "wrong"})
    assert wrong.status_code == 401
    told = private.post(tokens, data={"username": "x", "password": ADMIN_KEY, "f": "json"}).json()
    asked = {"where": "1=1", "returnCountOnly": "true"}
    answer = private.get(f"{ZONES}/query", params={**asked, "token": told["token"]})
    assert answer.json()["count"] == 6
    headers = {"X-Esri-Authorization": f"Bearer {told['token']}"}
    answer = private.get(f"{ZONES}/query", params=asked, headers=headers)
    assert answer.json()["count"] == 6
    spoilt = private.get(f"{ZONES}/query", params={**asked, "token": "spoilt"})
    assert spoilt.json()["error"]["code"] == 498
    # Anywhere else a token in the address is nothing.
    assert private.get("/plan", params={"token": told["token"]}).status_code == 401


@pytest.mark.parametrize("is_public", [True, False])
def test_anybody_is_told_where_tokens_are(serve: Serve, is_public: bool) -> None:
    info = ask(serve(public_read=is_public), f"{ROOT}/info/")["authInfo"]
    assert info["isTokenBasedSecurity"]
    assert info["tokenServicesUrl"].endswith("/arcgis/tokens/generateToken")


def test_a_token_is_in_no_log() -> None:
    query = b"where=1%3D1&token=secret&f=json"
    assert without_token(query) == b"where=1%3D1&token=...&f=json"
    assert without_token(b"token=secret") == b"token=..."
