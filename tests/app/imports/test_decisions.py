"""Imports that wait for a person's word, led on from the upload that was kept."""

import time
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from starlette.testclient import TestClient

from tests.app.conftest import Serve, with_key
from tests.app.files import (
    HEPING,
    Place,
    make_collection,
    points_geojson,
    points_shapefile,
    send,
)
from tests.app.imports.test_imports import count
from tests.mapgis_files import mapgis, with_map_head

WAIT = {"Prefer": "wait=30"}


def decide(client: TestClient, import_id: str, **told: Any) -> Any:
    return client.post(f"/imports/{import_id}/decision", json=told, headers=WAIT)


def started(client: TestClient, content: bytes, name: str = "点.geojson", **fields: str) -> Any:
    answer = send(client, content, name=name, fields=fields)
    body = answer.json()
    return body.get("import", body)


def kept_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "imports" / "kept").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_file_without_system_is_stored_once_its_system_is_named(editor: TestClient) -> None:
    make_collection(editor)
    waiting = started(editor, points_shapefile(HEPING, prj=None), "点.zip")
    assert waiting["state"] == "needs_decision"
    assert waiting["decidable"]
    first = waiting["question"]["candidates"][0]
    west, south, east, north = first["located"]
    assert west <= HEPING[0] <= east
    assert south <= HEPING[1] <= north
    assert first["points"]
    assert waiting["findings"]["rows"] == [{"NAME": "甲0"}]
    answer = decide(editor, waiting["id"], **first["options"])
    assert answer.status_code == 201
    assert answer.json()["id"] == waiting["id"]
    assert not answer.json()["decidable"]
    assert count(editor) == 1


@pytest.mark.slow
def test_millimetres_on_a_map_are_stored_once_their_scale_is_named(editor: TestClient) -> None:
    make_collection(editor)
    point = shapely.Point(533691.6, 4627400)
    content = with_map_head(mapgis([point], {"名称": ["甲"]}, scale=2000), scale=0.0)
    waiting = started(editor, content, "点.wt")
    assert waiting["question"]["code"] == "ask-map-scale"
    first = waiting["question"]["candidates"][0]
    assert first["options"] == {"map_scale": "2000", "crs": "EPSG:4550"}
    assert first["label"].startswith("1:2000")
    assert decide(editor, waiting["id"], map_scale="0").status_code == 400
    assert decide(editor, waiting["id"], **first["options"]).status_code == 201
    assert count(editor) == 1


def test_a_doubt_of_the_datum_waits_for_an_answer_and_is_not_raised_again(
    editor: TestClient,
) -> None:
    make_collection(editor)
    told = orjson.loads(points_geojson(HEPING))
    told["features"][0]["properties"] |= {"adcode": 210102, "acroutes": [100000]}
    waiting = started(editor, orjson.dumps(told))
    assert (waiting["state"], waiting["question"]["code"]) == ("needs_decision", "ask-datum-form")
    labels = [one["label"] for one in waiting["question"]["candidates"]]
    assert labels[:2] == ["GCJ-02(高德、腾讯地图)", "按文件所说，未偏移"]
    assert waiting["findings"]["features"] == 1
    checked = decide(editor, waiting["id"], datum="none", dry_run=True).json()
    assert (checked["state"], checked["options"]["datum"]) == ("ready", "none")
    assert decide(editor, waiting["id"], dry_run=False).status_code == 201
    assert count(editor) == 1


def test_a_dry_run_is_committed_by_a_decision(editor: TestClient) -> None:
    make_collection(editor)
    ready = started(editor, points_geojson(HEPING), dry_run="true")
    assert (ready["state"], count(editor)) == ("ready", 0)
    answer = decide(editor, ready["id"], dry_run=False, note="提交")
    assert (answer.status_code, answer.json()["state"]) == (201, "applied")
    assert count(editor) == 1
    assert decide(editor, ready["id"], dry_run=False).status_code == 409


def test_what_a_dry_run_would_change_can_be_looked_at(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING, name="旧"))
    moved = points_geojson((HEPING[0] + 0.001, HEPING[1]), (123.41, 41.8), name="新")
    ready = started(editor, moved, dry_run="true")
    links = {link["rel"]: link["href"] for link in ready["links"]}
    told = editor.get(links["changes"]).json()
    assert told["counts"] == {"added": 1, "changed": 1, "removed": 0}
    change = next(item for item in told["changes"] if item["change"] == "changed")
    assert 80 < change["moved_m"] < 85
    assert [field["new"] for field in change["fields"]] == ["新0"]
    page = editor.get(links["changes"], params={"offset": 1, "limit": 1}).json()
    assert [item["change"] for item in page["changes"]] == ["changed"]
    drawn = editor.get(links["preview"]).json()
    assert (drawn["numberMatched"], drawn["truncated"]) == (2, False)
    assert "features" in editor.get(links["changes"], params={"f": "geojson"}).json()
    assert "新" in editor.get(links["changes"], params={"f": "csv"}).text
    few = editor.get(links["preview"], params={"of": "picture"})
    assert few.status_code == 404, "they are drawn one by one"


def test_many_changes_are_drawn_as_one_picture(editor: TestClient) -> None:
    make_collection(editor)
    places = [(123.40 + n % 25 / 1000, 41.78 + n // 25 / 1000) for n in range(501)]
    ready = started(editor, points_geojson(*places), dry_run="true", datum="none")
    links = {link["rel"]: link["href"] for link in ready["links"]}
    drawn = editor.get(links["preview"], params={"of": "picture"})
    assert drawn.status_code == 200
    assert drawn.content.startswith(b"\x89PNG")
    west, south, east, north = map(float, drawn.headers["content-bbox"].split(","))
    assert (west, south) == pytest.approx((123.399, 41.779))
    assert (east, north) == pytest.approx((123.425, 41.801))


@pytest.mark.slow
def test_a_difference_that_no_longer_holds_is_not_committed(editor: TestClient) -> None:
    make_collection(editor)
    ready = started(editor, points_geojson(HEPING), dry_run="true")
    send(editor, points_geojson(HEPING, (123.41, 41.8)))
    seen = ready["base_revision"]
    refused = decide(editor, ready["id"], dry_run=False, base_revision=seen)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/problems/import-stale")
    assert count(editor) == 2
    again = decide(editor, ready["id"], dry_run=True).json()
    answer = decide(editor, ready["id"], dry_run=False, base_revision=again["base_revision"])
    assert answer.status_code == 201
    assert count(editor) == 1


def test_problems_have_places_and_can_be_repaired_by_a_decision(editor: TestClient) -> None:
    make_collection(editor, kinds=["polygon"])
    ring = [[123.40, 41.79], [123.41, 41.80], [123.41, 41.79], [123.40, 41.80], [123.40, 41.79]]
    bow_tie = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "geometry": bow_tie, "properties": {}}
    content = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    rejected = started(editor, content)
    assert (rejected["state"], rejected["decidable"]) == ("rejected", True)
    points = editor.get(f"/imports/{rejected['id']}/preview?of=problems").json()["features"]
    assert points[0]["properties"]["feature"] == 1
    assert 123.40 < points[0]["geometry"]["coordinates"][0] < 123.41
    assert decide(editor, rejected["id"], repair=True).status_code == 201


def test_a_decision_outlives_a_restart(serve: Serve) -> None:
    first = with_key(serve())
    make_collection(first)
    ready = started(first, points_geojson(HEPING), dry_run="true")
    second = with_key(serve())
    assert second.get(f"/imports/{ready['id']}").json()["decidable"]
    assert decide(second, ready["id"], dry_run=False).status_code == 201


def test_a_discarded_import_leaves_no_file(editor: TestClient, tmp_path: Path) -> None:
    make_collection(editor)
    ready = started(editor, points_geojson(HEPING), dry_run="true")
    assert {path.name for path in kept_files(tmp_path)} == {
        "upload", "sender", "features.geojson", "changes.jsonl",
    }  # fmt: skip
    assert all(path.parent.stat().st_mode & 0o077 == 0 for path in kept_files(tmp_path))
    gone = editor.delete(f"/imports/{ready['id']}")
    assert (gone.status_code, gone.json()["state"]) == (200, "failed")
    assert kept_files(tmp_path) == []
    refused = decide(editor, ready["id"], dry_run=False)
    assert refused.status_code == 409
    assert editor.get(f"/imports/{ready['id']}/changes").status_code == 404


@pytest.mark.slow
def test_an_upload_is_kept_for_its_time_only(serve: Serve, tmp_path: Path) -> None:
    client = with_key(serve(keep_imports_h=0.5 / 3600))
    make_collection(client)
    ready = started(client, points_geojson(HEPING), dry_run="true")
    time.sleep(0.6)
    assert not client.get(f"/imports/{ready['id']}").json()["decidable"]
    refused = decide(client, ready["id"], dry_run=False)
    assert refused.status_code == 404
    assert refused.json()["type"].endswith("/problems/import-not-kept")
    started(client, points_geojson(HEPING), dry_run="true")
    assert {path.parent.name for path in kept_files(tmp_path)}.isdisjoint({ready["id"]})


def test_fields_are_chosen_and_renamed_and_the_mapping_is_offered_again(
    editor: TestClient,
) -> None:
    make_collection(editor)
    mapping = {"fields": {"name": "名称"}, "rest": "drop"}
    ready = started(editor, points_geojson(HEPING), dry_run="true")
    answer = decide(editor, ready["id"], dry_run=False, mapping=mapping, save_mapping=True)
    assert answer.status_code == 201
    item = editor.get("/collections/mine/items").json()["features"][0]
    assert list(item["properties"]) == ["名称"]
    following = started(editor, points_geojson(HEPING), dry_run="true")
    assert following["saved_mapping"]["fields"] == {"name": "名称"}
    assert editor.get("/collections/mine/mapping").json()["rest"] == "drop"
    assert editor.delete("/collections/mine/mapping").status_code == 204
    assert editor.get("/collections/mine/mapping").status_code == 404


def test_a_mapping_that_does_not_fit_is_told_and_can_be_mended(editor: TestClient) -> None:
    make_collection(editor)
    wrong = orjson.dumps({"fields": {"面积": "area"}}).decode()
    rejected = started(editor, points_geojson(HEPING), mapping=wrong)
    assert rejected["state"] == "rejected"
    assert [told["code"] for told in rejected["problems"]] == ["mapping-field-unknown"]
    shapeless = decide(editor, rejected["id"], mapping={"felder": {}})
    assert shapeless.status_code == 400
    assert decide(editor, rejected["id"], mapping=None).status_code == 201


def test_a_file_makes_its_own_collection_in_one_revision(editor: TestClient) -> None:
    before = int(editor.get("/collections").headers["x-revision"])
    answer = send(
        editor, points_geojson(HEPING), "stops", fields={"create": "true", "title": "站点"}
    )
    assert answer.status_code == 201
    assert answer.json()["revision"] == before + 1
    assert editor.get("/collections/stops").json()["title"] == "站点"
    again = send(editor, points_geojson(HEPING), "stops", fields={"create": "true"})
    assert again.status_code == 409
    assert send(editor, points_geojson(HEPING), "stopps").status_code == 404
    bad = send(editor, points_geojson(HEPING), "Bad Id", fields={"create": "true"})
    assert bad.status_code == 400


def test_a_decision_that_makes_no_sense_changes_nothing(editor: TestClient) -> None:
    make_collection(editor)
    ready = started(editor, points_geojson(HEPING), dry_run="true")
    for told in ({"crs": "EPSG:1"}, {"mode": "merge"}, {"dry_run": "perhaps"}, {"kinds": "cube"}):
        assert decide(editor, ready["id"], **told).status_code == 400
    assert decide(editor, ready["id"], colour="red").status_code == 400
    assert decide(editor, "none", dry_run=False).status_code == 404
    assert decide(editor, ready["id"], dry_run=False).status_code == 201


def folders_kml(*named: tuple[str, Place]) -> bytes:
    """Return a KML with one folder and one point in it for each name."""
    folders = (
        f"<Folder><name>{name}</name><Placemark><name>{name}1</name><Point><coordinates>"
        f"{x},{y}</coordinates></Point></Placemark></Folder>"
        for name, (x, y) in named
    )
    return f"<kml><Document>{''.join(folders)}</Document></kml>".encode()


FOLDERS = folders_kml(("甲", HEPING), ("乙", (123.41, 41.79)), ("丙", (123.42, 41.79)))


@pytest.mark.slow
def test_several_layers_are_taken_by_one_decision(editor: TestClient) -> None:
    make_collection(editor)
    waiting = started(editor, FOLDERS, "图.kml")
    question = waiting["question"]
    assert (question["topic"], len(question["candidates"])) == ("layer", 3)
    assert question["candidates"][0]["samples"] == ["甲1"]
    assert "layer=*" in question["hint"]
    answer = decide(editor, waiting["id"], layer=["甲", "丙"])
    assert answer.status_code == 201, answer.text
    assert answer.json()["options"]["layer"] == ["甲", "丙"]
    assert answer.json()["findings"]["layer"] == "甲, 丙"
    assert count(editor) == 2


@pytest.mark.slow
def test_a_dry_run_of_several_layers_is_committed_as_it_was(editor: TestClient) -> None:
    make_collection(editor)
    ready = started(editor, FOLDERS, "图.kml", layer="*", dry_run="true")
    assert decide(editor, ready["id"], dry_run=False).status_code == 201
    assert count(editor) == 3
    waiting = started(editor, FOLDERS, "图.kml")
    again = decide(editor, waiting["id"], layer=["甲", "乙"], dry_run=True).json()
    assert again["state"] == "ready"
    assert decide(editor, waiting["id"], dry_run=False, allow_empty=False).status_code == 201
    assert count(editor) == 2


def test_layers_may_be_named_several_times_in_a_form(editor: TestClient) -> None:
    make_collection(editor)
    answer = editor.post(
        "/collections/mine/imports",
        files={"file": ("图.kml", FOLDERS)},
        data={"layer": ["乙", "丙"]},
        headers=WAIT,
    )
    assert answer.status_code == 201, answer.text
    assert count(editor) == 2
    twice = editor.post(
        "/collections/mine/imports",
        files={"file": ("图.kml", FOLDERS)},
        data={"layer": "乙", "note": ["a", "b"]},
        headers=WAIT,
    )
    assert twice.status_code == 400


@pytest.mark.slow
def test_a_layer_that_is_not_there_is_told_with_those_that_are(editor: TestClient) -> None:
    make_collection(editor)
    waiting = started(editor, FOLDERS, "图.kml")
    for named in (["甲", "丁"], ["丁"], "丁", [1], {"a": 1}):
        answer = decide(editor, waiting["id"], layer=named)
        assert answer.status_code == 422, answer.text
        assert "甲, 乙, 丙" in answer.text
        waiting = started(editor, FOLDERS, "图.kml")


@pytest.mark.slow
def test_layers_become_collections_of_their_own(editor: TestClient) -> None:
    make_collection(editor)
    waiting = started(editor, FOLDERS, "图.kml")
    proposed = [each["collection"] for each in waiting["question"]["candidates"]]
    assert proposed == ["jia", "yi", "bing"]
    (own,) = (told["href"] for told in waiting["links"] if told["rel"] == "layers")
    for layer, collection in (("甲", "jia"), ("乙", "yi")):
        told = {"layer": layer, "collection": collection}
        answer = editor.post(own, json=told, headers=WAIT)
        assert answer.status_code == 201, answer.text
        assert answer.json()["id"] != waiting["id"]
        assert editor.get(f"/collections/{collection}").json()["title"] == layer
        assert count(editor, collection) == 1
    assert editor.get(f"/imports/{waiting['id']}").json()["decidable"]
    assert decide(editor, waiting["id"], layer="丙").status_code == 201
    assert editor.post(own, json=told, headers=WAIT).status_code == 409


def test_a_layer_without_a_name_or_a_fit_collection_begins_nothing(editor: TestClient) -> None:
    make_collection(editor)
    waiting = started(editor, FOLDERS, "图.kml")
    for told in ({"layer": "甲"}, {"collection": "jia"}, {"layer": "甲", "collection": "甲"}):
        answer = editor.post(f"/imports/{waiting['id']}/layers", json=told, headers=WAIT)
        assert answer.status_code in (400, 422), answer.text
    assert editor.post("/imports/none/layers", json=told, headers=WAIT).status_code in (404, 422)
