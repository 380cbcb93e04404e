"""Single features made, replaced, changed and deleted by those who may."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import serving_copy
from zones.snapshot.model import Snapshot

SQUARE = [[[123.40, 41.78], [123.41, 41.78], [123.41, 41.79], [123.40, 41.79], [123.40, 41.78]]]
BOW_TIE = [[[123.40, 41.78], [123.41, 41.79], [123.41, 41.78], [123.40, 41.79], [123.40, 41.78]]]


def feature(coordinates: Any = SQUARE, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def send(client: TestClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    kind = "application/merge-patch+json" if method == "PATCH" else "application/geo+json"
    content = None if body is None else json.dumps(body).encode()
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, content=content, headers={"Content-Type": kind, **told})


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of the service that the tests here share."""
    with serving_copy(seeded_file, tmp_path_factory.mktemp("edits")) as client:
        yield client


@pytest.fixture
def own(running: TestClient) -> Iterator[TestClient]:
    """Return a client of a service with an empty collection ``own`` of polygons."""
    made = running.post("/collections", json={"id": "own", "kinds": "polygon"})
    assert made.status_code == 201, made.text
    yield running
    assert running.delete("/collections/own").status_code == 204


def snapshot(client: TestClient) -> Snapshot:
    current: Snapshot = services_in(client.app).follower.current()
    return current


def test_a_new_feature_is_one_revision_found_at_its_location(own: TestClient) -> None:
    before = snapshot(own).revision
    made = send(own, "POST", "/collections/own/items", feature(name="甲"))
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == f'"r{before + 1}"'
    found = own.get(made.headers["location"]).json()
    assert found["id"] == made.json()["id"] == "1"
    assert found["properties"] == {"name": "甲"}
    assert found["geometry"]["coordinates"] == SQUARE
    assert snapshot(own).revision == before + 1


def test_ids_run_on_and_those_brought_along_are_kept(own: TestClient) -> None:
    first = send(own, "POST", "/collections/own/items", {**feature(), "id": "41"})
    second = send(own, "POST", "/collections/own/items", feature())
    again = send(own, "POST", "/collections/own/items", {**feature(), "id": "41"})
    assert [first.json()["id"], second.json()["id"]] == ["41", "42"]
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "feature-exists")


def test_replacing_leaves_nothing_of_the_old_feature(own: TestClient) -> None:
    send(own, "POST", "/collections/own/items", feature(a=1, b=2))
    put = send(own, "PUT", "/collections/own/items/1", feature(b=3))
    assert put.status_code == 200, put.text
    assert own.get("/collections/own/items/1").json()["properties"] == {"b": 3}


def test_a_patch_changes_what_it_names_and_keeps_the_geometry_to_the_last_bit(
    editor: TestClient,
) -> None:
    before = snapshot(editor).collection("zones").feature("zone-manrong")
    patch = {"properties": {"status": "试", "basis": None}}
    answer = send(editor, "PATCH", "/collections/zones/items/zone-manrong", patch)
    assert answer.status_code == 200, answer.text
    after = snapshot(editor).collection("zones").feature("zone-manrong")
    assert shapely.to_wkb(after.geometry) == shapely.to_wkb(before.geometry)
    expected = {k: v for k, v in before.properties.items() if k != "basis"}
    assert dict(after.properties) == {**expected, "status": "试"}


def test_a_patch_can_move_a_feature(own: TestClient) -> None:
    send(own, "POST", "/collections/own/items", feature(a=1))
    moved = [[[x + 0.01, y] for x, y in SQUARE[0]]]
    patch = {"geometry": {"coordinates": moved}}
    answer = send(own, "PATCH", "/collections/own/items/1", patch).json()
    assert answer["properties"] == {"a": 1}
    assert shapely.equals_exact(
        shapely.from_geojson(json.dumps(answer["geometry"])), shapely.Polygon(moved[0]), 1e-7
    )


def test_deleting_ends_a_feature_but_not_its_history(own: TestClient) -> None:
    made = send(own, "POST", "/collections/own/items", feature())
    gone = send(own, "DELETE", "/collections/own/items/1")
    assert (gone.status_code, gone.content) == (204, b"")
    assert own.get("/collections/own/items/1").status_code == 404
    then = own.get(f"/collections/own/items/1?revision={made.headers['x-revision']}")
    assert then.status_code == 200


def test_what_changes_nothing_is_no_revision(own: TestClient) -> None:
    send(own, "POST", "/collections/own/items", feature(a=1))
    before = snapshot(own).revision
    assert send(own, "PUT", "/collections/own/items/1", feature(a=1)).status_code == 200
    assert send(own, "PATCH", "/collections/own/items/1", {}).status_code == 200
    assert snapshot(own).revision == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_who_saw_an_older_feature_is_told_and_changes_nothing(own: TestClient, method: str) -> None:
    seen = send(own, "POST", "/collections/own/items", feature(a=1)).headers["etag"]
    send(own, "PUT", "/collections/own/items/1", feature(a=2))
    late = send(own, method, "/collections/own/items/1", feature(a=3), If_Match=seen)
    assert late.status_code == 412
    assert late.json()["type"].endswith("/problems/feature-moved-on")
    assert own.get("/collections/own/items/1").json()["properties"] == {"a": 2}


def test_changes_of_other_features_do_not_matter_to_if_match(own: TestClient) -> None:
    seen = send(own, "POST", "/collections/own/items", feature(a=1)).headers["etag"]
    send(own, "POST", "/collections/own/items", feature(b=1))
    answer = send(own, "PUT", "/collections/own/items/1", feature(a=2), If_Match=seen)
    assert answer.status_code == 200


@pytest.mark.parametrize("tag", ['"r999"', 'W/"r1"', "r1", '"r0"', "x" * 5000])
def test_a_tag_that_names_nothing_seen_never_matches(own: TestClient, tag: str) -> None:
    send(own, "POST", "/collections/own/items", feature(a=1))
    assert send(own, "DELETE", "/collections/own/items/1", If_Match=tag).status_code == 412


def test_coordinates_come_in_the_system_and_axis_order_that_is_said(own: TestClient) -> None:
    turned = [[[lat, lon] for lon, lat in SQUARE[0]]]
    uri = "<http://www.opengis.net/def/crs/EPSG/0/4490>"
    made = send(own, "POST", "/collections/own/items", feature(turned), Content_Crs=uri)
    assert made.status_code == 201, made.text
    assert made.json()["geometry"]["coordinates"] == SQUARE
    swapped = send(own, "POST", "/collections/own/items", feature(turned))
    assert swapped.status_code == 422


def test_everything_wrong_with_a_feature_is_named_and_nothing_stored(own: TestClient) -> None:
    before = snapshot(own).revision
    answer = send(own, "POST", "/collections/own/items", feature(BOW_TIE))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "invalid-self-intersection"
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [123.4, 41.7]}}
    wrong_kind = send(own, "POST", "/collections/own/items", {**point, "properties": {}})
    assert wrong_kind.status_code == 422
    assert snapshot(own).revision == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"type":"Feature"}', 400),
        (b'{"type":"FeatureCollection","features":[]}', 400),
        (b'{"type":"Feature","geometry":null,"properties":{},"crs":{}}', 400),
        (b'{"type":"Feature","geometry":7,"properties":{}}', 422),
        (b'{"type":"Feature","geometry":{"type":"Polygon"},"properties":{}}', 422),
        (b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[["x",1]]]}}', 422),
        (b'{"type":"Feature","geometry":null,"properties":[1]}', 422),
        (b'{"type":"Feature","geometry":null,"properties":{},"id":"\\u0000"}', 422),
    ],
)
def test_a_body_that_is_no_feature_is_refused(own: TestClient, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/geo+json"}
    answer = own.post("/collections/own/items", content=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_other_media_types_and_systems_are_refused(own: TestClient) -> None:
    path = "/collections/own/items"
    text = send(own, "POST", path, feature(), Content_Type="text/plain")
    system = send(own, "POST", path, feature(), Content_Crs="<EPSG:1>")
    assert (text.status_code, system.status_code) == (415, 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_not_there_cannot_be_changed(own: TestClient, method: str) -> None:
    assert send(own, method, "/collections/own/items/9", feature()).status_code == 404
    assert send(own, method, "/collections/none/items/9", feature()).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_a_key_nothing_is_changed(client: TestClient, method: str) -> None:
    path = "/collections/zones/items" + ("" if method == "POST" else "/zone-manrong")
    assert send(client, method, path, feature()).status_code == 401


def test_options_tell_which_methods_there_are(client: TestClient) -> None:
    allowed = client.options("/collections/zones/items").headers["allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    allowed = client.options("/collections/zones/items/zone-manrong").headers["allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}


def test_every_edit_is_in_the_audit_log_refused_or_not(own: TestClient) -> None:
    send(own, "POST", "/collections/own/items", feature())
    send(own, "POST", "/collections/own/items", feature(BOW_TIE))
    send(own, "DELETE", "/collections/own/items/1")
    lines = [line for line in own.get("/audit").json()["entries"] if line["action"] == "edit"]
    assert [(line["outcome"], line["reason"].split()[0]) for line in lines[2::-1]] == [
        ("ok", "create"),
        ("refused", "create"),
        ("ok", "delete"),
    ]
    assert {line["collection"] for line in lines[:3]} == {"own"}


def test_an_edit_meets_another_change_of_the_store_and_goes_on(
    own: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = services_in(own.app).store
    applied = store.apply
    between = iter([True, False])

    def apply(*args: Any, **kwargs: Any) -> Any:
        if next(between):
            monkeypatch.setattr(store, "apply", applied)
            own.post("/collections", json={"id": "other"})
            monkeypatch.setattr(store, "apply", apply)
        return applied(*args, **kwargs)

    monkeypatch.setattr(store, "apply", apply)
    assert send(own, "POST", "/collections/own/items", feature()).status_code == 201
    assert {"own", "other"} <= snapshot(own).collections.keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("number", [str(2**64), "-9223372036854775809", "0.1234567890123456789"])
def test_a_number_that_cannot_be_kept_is_refused(own: TestClient, method: str, number: str) -> None:
    send(own, "POST", "/collections/own/items", feature(n=1))
    path = "/collections/own/items" + ("" if method == "POST" else "/1")
    kind = "application/merge-patch+json" if method == "PATCH" else "application/geo+json"
    body = json.dumps(feature(n="N")).replace('"N"', number)
    answer = own.request(method, path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    (told,) = answer.json()["errors"]
    assert number in json.dumps(answer.json())
    assert told["loc"] == ["body", "properties", "n"]


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 + 1, 2**64 - 1, 210102001001000001])
def test_an_integer_is_edited_and_answered_to_the_last_digit(own: TestClient, number: int) -> None:
    send(own, "POST", "/collections/own/items", feature(n=number))
    body = json.dumps(feature(n="N")).replace('"N"', f"{number}.0")
    headers = {"Content-Type": "application/geo+json"}
    assert own.put("/collections/own/items/1", content=body, headers=headers).status_code == 200
    found = own.get("/collections/own/items", params={"n": str(number)})
    assert f'"n":{number}' in found.text
    assert found.json()["numberMatched"] == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("bodies", "code"),
    [
        ('{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}', "body-member-repeated"),
        (
            '{"type":"Feature","geometry":null,"properties":{"a":1},"properties":{}}',
            "body-member-repeated",
        ),
        (
            '{"type":"Feature","geometry":null,"properties":{"a":"x:y","\\u0061":2}}',
            "body-member-repeated",
        ),
        (
            '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2],'
            '"crs":{"type":"name","properties":{"name":"EPSG:4550"}}}}',
            "body-geometry-crs",
        ),
        ('{"type":"Feature","geometry":null,"properties":{"n":1e-400}}', "number-not-kept"),
        ('{"type":"Feature","geometry":null,"properties":{"n":1.2345678e-320}}', "number-not-kept"),
        ('{"type":"Feature","geometry":null,"properties":{"n":-1e400}}', "number-not-kept"),
    ],
)
def test_what_a_parser_would_bend_or_drop_is_refused(
    own: TestClient, method: str, bodies: str, code: str
) -> None:
    send(own, "POST", "/collections/own/items", feature(n=1))
    path = "/collections/own/items" + ("" if method == "POST" else "/1")
    kind = "application/merge-patch+json" if method == "PATCH" else "application/geo+json"
    answer = own.request(method, path, content=bodies, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, code)


@pytest.mark.parametrize("given", [{}, [], True, {"a": 1}])
def test_an_id_that_is_neither_text_nor_number_is_refused(own: TestClient, given: Any) -> None:
    answer = send(own, "POST", "/collections/own/items", {**feature(), "id": given})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "body-id")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        (feature([[[*xy, 12.5] for xy in SQUARE[0]]]), {"heights-dropped"}),
        (feature(a="x\0y"), {"nul-removed"}),
        (feature(**{"a\0b": 1}), {"field-renamed"}),
        (feature(**{"k" * 99: 1}), {"field-renamed"}),
        (feature(a="x:y", b=1e-300, c=[{"d": ":"}]), set()),
    ],
)
def test_what_is_not_kept_of_a_feature_is_told_in_a_header(
    own: TestClient, method: str, sent: dict[str, Any], codes: set[str]
) -> None:
    send(own, "POST", "/collections/own/items", feature(n=1))
    path = "/collections/own/items" + ("" if method == "POST" else "/1")
    answer = send(own, method, path, sent, Accept_Language="en")
    assert answer.status_code in {200, 201}, answer.text
    notes = json.loads(answer.headers.get("x-notes", "[]"))
    assert {note["code"] for note in notes} == codes


def test_a_byte_order_mark_before_a_feature_is_harmless(own: TestClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(feature(n=2**63 + 1)).encode()
    headers = {"Content-Type": "application/geo+json"}
    made = own.post("/collections/own/items", content=body, headers=headers)
    assert f'"n":{2**63 + 1}' in made.text


@pytest.mark.parametrize(
    ("body", "place"), [(b'{"a":\n 1 2}', "2: 4: 2}"), ('{"a": "甲"}'.encode("gbk"), "1: 8")]
)
def test_what_is_no_json_is_told_by_its_place_in_our_own_words(
    own: TestClient, body: bytes, place: str
) -> None:
    headers = {"Content-Type": "application/geo+json", "Accept-Language": "en"}
    told = own.post("/collections/own/items", content=body, headers=headers).json()["detail"]
    line, column, *_ = place.split(": ")
    assert f"line {line}, column {column} " in told
