"""Several features edited as one revision: borders stay shared, nobody's work is lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import shapely
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import serving_copy
from zones.crs.area_and_length import geodesic_length_m

# Two neighbours of 15 digits, whose common border runs by way of three vertices.
BORDER: Final = [
    [123.401234567890123, 41.780123456789012],
    [123.401987654321098, 41.785098765432109],
    [123.401111111111111, 41.790222222222222],
]
WEST: Final = [[123.391234567890123, 41.790333333333333], [123.391222222222222, 41.780444444444444]]
EAST: Final = [[123.411234567890123, 41.780555555555555], [123.411222222222222, 41.790666666666666]]


def polygon(*places: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*places, places[0]]]}


def feature(fid: str | None, geometry: Any, **properties: Any) -> dict[str, Any]:
    told = {"type": "Feature", "geometry": geometry, "properties": properties}
    return told if fid is None else {**told, "id": fid}


def west(border: list[Any]) -> dict[str, Any]:
    return polygon(*border, *WEST)


def east(border: list[Any]) -> dict[str, Any]:
    return polygon(*reversed(border), *EAST)


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of the service that the tests here share."""
    with serving_copy(seeded_file, tmp_path_factory.mktemp("sets")) as client:
        yield client


@pytest.fixture
def blocks(running: TestClient) -> Iterator[TestClient]:
    """Return a client of a service with two neighbours in the collection ``blocks``."""
    made = running.post("/collections", json={"id": "blocks", "kinds": "polygon"})
    assert made.status_code == 201, made.text
    put = [feature("w", west(BORDER), name="西"), feature("e", east(BORDER), name="东")]
    stored_ones = send(running, put=put)
    assert stored_ones.status_code == 200, stored_ones.text
    yield running
    assert running.delete("/collections/blocks").status_code == 204


def revision(client: TestClient) -> int:
    return services_in(client.app).follower.current().revision


def send(client: TestClient, seen: int | None = None, **change: Any) -> Any:
    told = {name: change.pop(name) for name in ("note", "dry_run") if name in change}
    body = {**told, "changes": [{"collection": "blocks", **change}]}
    tag = f'"r{revision(client) if seen is None else seen}"'
    return client.post("/edits", json=body, headers={"If-Match": tag})


def stored(client: TestClient) -> dict[str, Any]:
    told = client.get("/edits?collections=blocks").json()
    return {each["id"]: each["geometry"]["coordinates"][0] for each in told["features"]}


def test_a_moved_border_stays_one_border_and_other_digits_stay(blocks: TestClient) -> None:
    before = revision(blocks)
    moved = [BORDER[0], [123.402345678901234, 41.785123456789012], BORDER[2]]
    put = [{"type": "Feature", "id": "w", "geometry": west(moved)}]
    put.append({"type": "Feature", "id": "e", "geometry": east(moved)})
    made = send(blocks, put=put, note="按复测调整界线")
    assert made.status_code == 200, made.text
    assert made.json()["topology"] == []
    assert made.json()["revision"] == revision(blocks) == before + 1
    rings = stored(blocks)
    assert {tuple(place) for place in rings["w"]} == {tuple(p) for p in [*moved, *WEST]}
    assert {tuple(place) for place in rings["e"]} == {tuple(p) for p in [*moved, *EAST]}
    kept = blocks.get("/collections/blocks/items/w").json()["properties"]
    assert kept == {"name": "西"}
    told = blocks.get("/collections/blocks/revisions").json()["revisions"][0]
    assert told["why"] == "按复测调整界线"


def test_an_overlap_and_ground_left_are_told_before_and_when_saving(blocks: TestClient) -> None:
    before = revision(blocks)
    shifted = [BORDER[0], [123.403, 41.785], BORDER[2]]
    put = [{"type": "Feature", "id": "w", "geometry": west(shifted)}]
    found = send(blocks, put=put, dry_run=True).json()
    told = [(each["code"], each["other"]) for each in found["topology"]]
    assert told == [("edit-overlap", "e")]
    assert found["revision"] is None
    shifted[1][0] = 123.4
    told = send(blocks, put=put, dry_run=True).json()["topology"]
    assert "ground-left" in {each["code"] for each in told}
    assert all(each["lon"] and each["hint"] for each in told)
    assert revision(blocks) == before


def test_who_comes_second_is_told_what_differs_and_nothing_is_stored(blocks: TestClient) -> None:
    seen = revision(blocks)
    first = {"type": "Feature", "id": "e", "properties": {"name": "东二"}}
    assert send(blocks, put=[first]).status_code == 200
    mine = {"type": "Feature", "id": "e", "properties": {"name": "我的"}}
    refused = send(blocks, seen, put=[mine])
    assert refused.status_code == 412, refused.text
    told = refused.json()
    assert told["changed"] == {"blocks": {"added": [], "changed": ["e"], "removed": []}}
    assert told["revision"] == seen + 1
    assert blocks.get("/collections/blocks/items/e").json()["properties"] == {"name": "东二"}
    assert send(blocks, told["revision"], put=[mine]).status_code == 200


def test_edits_of_other_collections_do_not_matter(blocks: TestClient) -> None:
    seen = revision(blocks)
    assert blocks.post("/collections", json={"id": "elsewhere"}).status_code == 201
    put = [{"type": "Feature", "id": "w", "properties": {"name": "西二"}}]
    assert send(blocks, seen, put=put).status_code == 200
    assert blocks.delete("/collections/elsewhere").status_code == 204


def test_a_split_has_one_node_for_both_sides_and_is_stored_as_one(blocks: TestClient) -> None:
    line = {"type": "LineString", "coordinates": [[123.38, 41.7855], [123.42, 41.7861]]}
    polygons = [west(BORDER), east(BORDER)]
    cut = blocks.post("/edits/split", json={"polygons": polygons, "line": line})
    assert cut.status_code == 200, cut.text
    left, right = cut.json()["parts"]
    new = corners(left) & corners(right) - {tuple(place) for place in BORDER}
    assert len(new) == 1, "the node on the border is the same to the last bit"
    put = [feature(None, part) for part in (*left, *right)]
    made = send(blocks, put=put, delete=["w", "e"])
    assert made.json()["topology"] == [], made.text
    assert made.json()["created"] == {"blocks": ["1", "2", "3", "4"]}
    assert len(stored(blocks)) == 4


def test_an_empty_part_does_not_keep_an_area_from_being_split(blocks: TestClient) -> None:
    line = {"type": "LineString", "coordinates": [[123.38, 41.7855], [123.42, 41.7861]]}
    area = {"type": "MultiPolygon", "coordinates": [west(BORDER)["coordinates"], []]}
    cut = blocks.post("/edits/split", json={"polygons": [area], "line": line})
    assert [len(parts) for parts in cut.json()["parts"]] == [2]


def corners(parts: list[Any]) -> set[tuple[float, ...]]:
    return {tuple(place) for part in parts for place in part["coordinates"][0]}


def test_merged_neighbours_lose_their_common_border(blocks: TestClient) -> None:
    merged = blocks.post("/edits/merge", json={"polygons": [west(BORDER), east(BORDER)]})
    ring = merged.json()["geometry"]["coordinates"][0]
    outer = [BORDER[0], *EAST, BORDER[2], *WEST]
    assert {tuple(place) for place in ring} == {tuple(place) for place in outer}


def test_invalid_edits_are_refused_whole_with_their_places(blocks: TestClient) -> None:
    before = stored(blocks)
    bow = polygon([123.40, 41.78], [123.42, 41.80], [123.42, 41.78], [123.40, 41.80])
    good = {"type": "Feature", "id": "e", "properties": {"name": "好"}}
    refused = send(blocks, put=[feature(None, bow), good])
    assert refused.status_code == 422
    (problem,) = [each for each in refused.json()["problems"] if each["severity"] == "error"]
    assert (problem["feature"], problem["code"]) == ("1", "invalid-self-intersection")
    assert stored(blocks) == before


@pytest.mark.slow
def test_the_audit_log_names_every_collection_of_a_set_refused_or_not(blocks: TestClient) -> None:
    made = blocks.post("/collections", json={"id": "more", "kinds": "polygon"})
    assert made.status_code == 201, made.text
    bow = polygon([123.40, 41.78], [123.42, 41.80], [123.42, 41.78], [123.40, 41.80])
    for geometry, outcome in ((bow, "refused"), (west(BORDER), "ok")):
        put = [{"collection": "blocks", "put": [feature("w", west(BORDER), name=outcome)]}]
        put.append({"collection": "more", "put": [feature("m", geometry)]})
        tag = {"If-Match": f'"r{revision(blocks)}"'}
        answer = blocks.post("/edits", json={"changes": put}, headers=tag)
        lines = blocks.get("/audit?action=edit").json()["entries"][:2]
        assert {(line["collection"], line["outcome"]) for line in lines} == {
            ("blocks", outcome),
            ("more", outcome),
        }
        assert {line["request_id"] for line in lines} == {answer.headers["X-Request-ID"]}
    assert blocks.delete("/collections/more").status_code == 204


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ({"changes": [{"collection": "zones"}]}, {}, 428, "edits-if-match"),
        ({"changes": [{"collection": "zones"}]}, {"If-Match": "*"}, 400, "edits-if-match-form"),
        ({"changes": []}, {"If-Match": '"r1"'}, 400, "body-shape"),
        ({"changes": [{"collection": "none"}]}, {"If-Match": '"r1"'}, 404, None),
        (
            {"changes": [{"collection": "zones", "delete": ["a", "a"]}]},
            {"If-Match": '"r1"'},
            400,
            "edits-feature-twice",
        ),
        (
            {"changes": [{"collection": "zones", "put": [{"type": "Feature"}]}]},
            {"If-Match": '"r1"'},
            400,
            "edits-new-without-geometry",
        ),
        ({"what": 1, "changes": []}, {"If-Match": '"r1"'}, 400, "body-member-unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    running: TestClient, body: Any, headers: dict[str, str], status: int, code: str | None
) -> None:
    answer = running.post("/edits", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["type"].endswith(code)


def test_only_editors_edit(client: TestClient) -> None:
    body = json.dumps({"changes": [{"collection": "zones", "delete": ["zone-manrong"]}]})
    headers = {"Content-Type": "application/json", "If-Match": '"r1"'}
    assert client.post("/edits", content=body, headers=headers).status_code == 401


def test_the_plans_border_pieces_share_their_vertices_with_zones(client: TestClient) -> None:
    told = client.get("/edits?collections=zones,borders").json()["features"]
    texts = [json.dumps(f["geometry"]) for f in told if f["collection"] == "zones"]
    places = shapely.get_coordinates(shapely.from_geojson(texts)).tolist()
    known = {tuple(place) for place in places}
    pieces = [f["geometry"]["coordinates"] for f in told if f["collection"] == "borders"]
    shared = [tuple(place) in known for piece in pieces for place in piece if len(place) == 2]
    assert sum(shared) > len(shared) / 2


def test_a_moved_piece_of_border_states_its_new_length(running: TestClient) -> None:
    answer = running.get("/edits?collections=borders")
    piece = answer.json()["features"][0]
    line = shapely.from_geojson(json.dumps(piece["geometry"]))
    moved = shapely.transform(
        line, lambda places: places + (np.arange(len(places)) == 0)[:, None] / 1e4
    )
    put = [
        {"type": "Feature", "id": piece["id"], "geometry": json.loads(shapely.to_geojson(moved))}
    ]
    body = {"changes": [{"collection": "borders", "put": put}]}
    saved = running.post("/edits", json=body, headers={"If-Match": answer.headers["etag"]})
    assert saved.status_code == 200, saved.text
    stated = running.get(f"/collections/borders/items/{piece['id']}").json()["properties"]
    assert stated["length_m"] == pytest.approx(geodesic_length_m(moved), abs=0.06)
    assert stated["length_m"] != piece["properties"]["length_m"]
