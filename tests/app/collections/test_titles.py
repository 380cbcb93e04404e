"""The property that names a collection's features, chosen and shown at every door."""

import json
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from tests.app.files import make_collection, send
from tests.format_files import boxes
from tests.geodatabase_items import domain, geodatabase

PLACES = ("曾家", "重工街", "朝阳街")


def _square(n: int) -> dict[str, Any]:
    west, south = 123.40 + n / 500, 41.78
    ring = [[west, south], [west + 0.001, south], [west + 0.001, south + 0.001], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _places(**more: Any) -> bytes:
    features = [
        {"type": "Feature", "id": f"p{n}", "geometry": _square(n)}
        | {"properties": {"编号": f"B{n}", "名称": name, "n": n, **more}}
        for n, name in enumerate(PLACES)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def places(editor: TestClient) -> TestClient:
    """Return a client of a service that has the places."""
    assert send(editor, _places(), "places", fields={"create": "true"}).status_code == 201
    return editor


def _hits(client: TestClient, query: str) -> list[str]:
    found = client.get("/search", params={"q": query}).json()["results"]
    return [hit["name"] for hit in found if hit["collection"] == "places"]


def test_names_are_shown_wherever_features_are(places: TestClient) -> None:
    assert _hits(places, "zengjia") == ["曾家"]
    assert places.get("/collections/places").json()["titleField"] == "名称"
    where = {"lon": 123.4008, "lat": 41.7802, "collections": "places"}
    members = places.get("/locate", params=where).json()["members"]
    assert members == {"places": [{"id": "p0", "name": "曾家"}]}
    assert "<h1>曾家</h1>" in places.get("/collections/places/items/p0?f=html").text
    assert "<name>曾家</name>" in places.get("/collections/places/export?f=kml").text
    diff = places.get("/collections/places/revisions/0/diff").json()
    assert [change["name"] for change in diff["changes"]] == list(PLACES)


def test_another_property_is_chosen_later_and_that_is_a_revision(places: TestClient) -> None:
    before = int(places.get("/collections/places").headers["x-revision"])
    answer = places.patch("/collections/places", json={"title_field": "编号"})
    assert answer.status_code == 200
    assert answer.json()["titleField"] == "编号"
    assert answer.headers["x-revision"] == str(before + 1)
    assert (_hits(places, "B1"), _hits(places, "zengjia")) == (["B1"], [])
    assert "<h1>B0</h1>" in places.get("/collections/places/items/p0?f=html").text
    again = places.patch("/collections/places", json={"title_field": "编号"})
    assert again.headers["x-revision"] == str(before + 1)
    latest = places.get("/collections/places/revisions").json()["revisions"][0]
    assert "编号" in latest["why"]
    assert places.get("/audit").json()["entries"][0]["action"] == "describe-collection"


def test_a_number_may_name_features_and_null_takes_the_choice_back(places: TestClient) -> None:
    places.patch("/collections/places", json={"title_field": "n"})
    assert _hits(places, "2") == ["2"]
    assert (
        places.patch("/collections/places", json={"title_field": None}).json()["titleField"]
        == "name"
    )
    assert _hits(places, "zengjia") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"title_field": "MC"}, "title-field-unknown"),
        ({"title_field": 7}, "text-expected"),
        ({}, "nothing-described"),
        ({"name": "x"}, "body-member-unknown"),
        ([], "body-shape"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(places: TestClient, body: Any, code: str) -> None:
    answer = places.patch("/collections/places", json=body)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, code)
    assert places.get("/collections/places").json()["titleField"] == "名称"


def test_a_collection_that_is_not_there_cannot_be_described(editor: TestClient) -> None:
    assert editor.patch("/collections/none", json={"title_field": "x"}).status_code == 404
    make_collection(editor, "empty")
    assert editor.patch("/collections/empty", json={"title_field": "x"}).status_code == 400


def test_the_form_of_an_import_and_a_decision_choose_the_field(editor: TestClient) -> None:
    fields = {"create": "true", "dry_run": "true", "title_field": "编号"}
    told = send(editor, _places(), "places", fields=fields).json()
    assert told["title_field"] == "编号"
    answer = editor.post(
        f"/imports/{told['id']}/decision",
        json={"title_field": "名称", "dry_run": False},
        headers={"Prefer": "wait=30"},
    )
    assert (answer.status_code, answer.json()["title_field"]) == (201, "名称")
    assert _hits(editor, "chaoyangjie") == ["朝阳街"]


def test_the_first_feature_that_is_made_tells_what_names_the_others(editor: TestClient) -> None:
    make_collection(editor, "places", kinds=["polygon"])
    for number in (0, 1):
        document = json.loads(_places())["features"][number]
        headers = {"Content-Type": "application/geo+json"}
        content = json.dumps(document)
        answer = editor.post("/collections/places/items", content=content, headers=headers)
        assert answer.status_code == 201
    assert editor.get("/collections/places").json()["titleField"] == "名称"
    assert _hits(editor, "zhonggongjie") == ["重工街"]


def test_zones_of_staff_are_known_by_the_names_in_their_own_column(editor: TestClient) -> None:
    zones = editor.get("/collections/zones/items").json()["features"]
    for zone in zones:
        zone["id"] = f"Q{zone['properties']['order']}"
        zone["properties"] = {"QHMC": zone["properties"]["name"]}
    content = json.dumps({"type": "FeatureCollection", "features": zones}).encode()
    before = editor.get("/locate?lon=123.405&lat=41.786").json()
    assert send(editor, content, "zones").status_code == 201
    after = editor.get("/locate?lon=123.405&lat=41.786").json()
    assert (after["zones"], after["primary"]) == (before["zones"], before["primary"])
    assert after["primary"] is not None
    assert [hit["collection"] for hit in editor.get("/search?q=长白岛高端").json()["results"]] == [
        "zones"
    ]


def test_readers_may_not_choose(places: TestClient) -> None:
    made = places.post("/keys", json={"name": "r", "role": "reader"}).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    answer = places.patch("/collections/places", json={"title_field": "编号"}, headers=headers)
    assert answer.status_code == 403


USES = {"R2": "二类居住用地", "G1": "公园绿地"}


@pytest.fixture
def parcels(editor: TestClient) -> TestClient:
    """Return a client of a service that has parcels of a geodatabase with aliases and domains."""
    content = geodatabase(
        boxes(3),
        {"YDXZ": ["R2", "G1", "X9"], "LEVEL": [1, 2, 1], "DKMC": ["甲地块", "乙地块", "丙地块"]},
        aliases={"YDXZ": "用地性质", "DKMC": "地块名称"},
        domains={"YDXZ": "uses", "LEVEL": "levels"},
        definitions=[domain("uses", USES), domain("levels", {1: "一级", 2: "二级"}, "Integer")],
    )
    answer = send(editor, content, "parcels", name="a.gdb.zip", fields={"create": "true"})
    assert answer.status_code == 201
    return editor


def test_schemas_have_titles_and_what_codes_stand_for(parcels: TestClient) -> None:
    for name in ("schema", "queryables"):
        told = parcels.get(f"/collections/parcels/{name}").json()["properties"]
        assert told["YDXZ"]["title"] == "用地性质"
        assert told["YDXZ"]["oneOf"][:2] == [
            {"const": "R2", "title": "二类居住用地"},
            {"const": "G1", "title": "公园绿地"},
        ]
        assert told["LEVEL"]["oneOf"] == [
            {"const": 1, "title": "一级"},
            {"const": 2, "title": "二级"},
        ]


def test_every_feature_is_as_its_schema_says_also_with_codes_that_no_domain_has(
    parcels: TestClient,
) -> None:
    properties = parcels.get("/collections/parcels/schema").json()["properties"]
    for feature in parcels.get("/collections/parcels/items").json()["features"]:
        for name, value in feature["properties"].items():
            jsonschema.validate(value, properties[name])


def test_pages_show_titles_and_texts_beside_the_codes(parcels: TestClient) -> None:
    items = parcels.get("/collections/parcels/items?f=html").text
    assert "用地性质" in items
    assert "R2 · 二类居住用地" in items
    assert '<option value="G1">公园绿地</option>' in items
    item = parcels.get("/collections/parcels/items/2?f=html").text
    assert "<h1>乙地块</h1>" in item
    assert "G1 · 公园绿地" in item
    assert "2 · 二级" in item
    schema = parcels.get("/collections/parcels/schema?f=html").text
    assert "2 个代码" in schema
    assert "要素名称" in schema


def test_the_history_says_what_changed_codes_stand_for(parcels: TestClient) -> None:
    patch = {"properties": {"YDXZ": "G1"}}
    headers = {"Content-Type": "application/merge-patch+json"}
    parcels.patch("/collections/parcels/items/1", content=json.dumps(patch), headers=headers)
    diff = parcels.get("/collections/parcels/revisions/2/diff").json()
    (change,) = diff["changes"]
    assert change["name"] == "甲地块"
    assert change["fields"] == [
        {"name": "YDXZ", "change": "changed", "old": "R2", "new": "G1", "title": "用地性质"}
        | {"old_text": "二类居住用地", "new_text": "公园绿地"}
    ]


def test_a_tileset_tells_titles_of_its_attributes(parcels: TestClient) -> None:
    told = parcels.get("/collections/parcels/tiles/WebMercatorQuad?f=json").json()
    for layer in told["layers"]:
        assert layer["title"] == "parcels"
        if layer["id"] == "parcels_cells":
            continue
        properties = layer["propertiesSchema"]["properties"]
        titles = {name: each["title"] for name, each in properties.items() if "title" in each}
        assert titles == {"YDXZ": "用地性质", "DKMC": "地块名称"}


def test_filters_ask_for_the_codes(parcels: TestClient) -> None:
    assert parcels.get("/collections/parcels/items?YDXZ=R2").json()["numberMatched"] == 1
    found = parcels.get("/collections/parcels/items", params={"filter": "YDXZ = 'R2'"}).json()
    assert found["numberMatched"] == 1


def test_the_report_lists_the_first_codes_and_counts_all(editor: TestClient) -> None:
    codes = {f"C{number}": f"用途{number}" for number in range(30)}
    content = geodatabase(
        boxes(1), {"USE": ["C1"]}, domains={"USE": "uses"}, definitions=[domain("uses", codes)]
    )
    fields = {"create": "true", "dry_run": "true"}
    told = send(editor, content, "uses", name="a.gdb.zip", fields=fields).json()
    (field,) = told["findings"]["fields"]
    assert (len(field["codes"]), field["code_count"]) == (20, 30)
