"""A collection is described, hidden, dropped and brought back; each is a revision and audited."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app.files import send
from tests.source_files import feature, geojson, polygon, square
from zones.drawing.staff_layer_style import symbology_of

PARCELS = [feature(polygon(square(n)), DKBH=f"P{n}", 名称=f"地块{n}") for n in range(3)]
MEMBERS: dict[str, Any] = {
    "title": "新地块",
    "title_en": "New parcels",
    "description": "说明",
    "description_en": "words",
    "source": "规划局",
    "licence": "内部",
    "contact": "li@heping.example",
    "keywords": ["地籍", "parcels"],
    "title_field": "DKBH",
    "key": "DKBH",
    "visible": True,
    "colour": "#AA0011",
    "order": 7,
    "style": {"property": "DKBH", "categories": [{"values": ["1"], "fill": "#ffdd55"}]},
    "fields": {"DKBH": "地块编号"},
}


@pytest.fixture
def parcels(editor: TestClient) -> TestClient:
    answer = send(editor, geojson(PARCELS), "parcels", fields={"create": "true"})
    assert answer.status_code == 201
    return editor


def test_every_member_is_stored_told_and_can_be_taken_back(parcels: TestClient) -> None:
    before = parcels.get("/collections/parcels").json()
    answer = parcels.patch("/collections/parcels", json=MEMBERS)
    assert answer.status_code == 200
    told = parcels.get("/collections/parcels").json()
    same = {name: told[name] for name in MEMBERS if name in told and name != "title_field"}
    assert same == {
        **{name: MEMBERS[name] for name in same},
        "colour": "#aa0011",
    }
    assert (told["name_en"], told["titleField"]) == ("New parcels", "DKBH")
    schema = parcels.get("/collections/parcels/schema").json()
    assert schema["properties"]["DKBH"]["title"] == "地块编号"
    number = before["revision"]
    restored = parcels.post(f"/collections/parcels/revisions/{number}/restore", json={"note": "回"})
    assert restored.status_code == 201
    again = parcels.get("/collections/parcels").json()
    assert {**again, "revision": 0, "links": 0} == {**before, "revision": 0, "links": 0}


def test_what_is_not_named_stays_and_a_change_is_a_revision_in_the_audit(
    parcels: TestClient,
) -> None:
    parcels.patch("/collections/parcels", json={"source": "甲", "visible": True})
    parcels.patch("/collections/parcels", json={"visible": None, "title": "乙"})
    told = parcels.get("/collections/parcels").json()
    assert (told["source"], told["visible"], told["title"]) == ("甲", None, "乙")
    latest = parcels.get("/collections/parcels/revisions").json()["revisions"][0]
    assert "名称、打开地图时是否显示" in latest["why"]
    assert "title, visible" in latest["why"]
    assert parcels.get("/audit").json()["entries"][0]["action"] == "describe-collection"
    same = parcels.patch("/collections/parcels", json={"title": "乙"})
    assert same.headers["x-revision"] == str(told["revision"])


def test_codes_of_a_field_are_given_and_taken_away_beside_its_title(parcels: TestClient) -> None:
    codes = [{"code": "1", "text": "居住"}, {"code": "2", "text": "商业"}]
    parcels.patch("/collections/parcels", json={"fields": {"DKBH": "编号"}})
    parcels.patch("/collections/parcels", json={"fields": {"DKBH": {"codes": codes}}})
    told = parcels.get("/collections/parcels/schema").json()["properties"]["DKBH"]
    assert told["title"] == "编号"
    named = [{"const": "1", "title": "居住"}, {"const": "2", "title": "商业"}]
    assert told["oneOf"][:2] == named
    parcels.patch("/collections/parcels", json={"fields": {"DKBH": {"codes": []}}})
    left = parcels.get("/collections/parcels/schema").json()["properties"]["DKBH"]
    assert (left["title"], left.get("oneOf")) == ("编号", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"colour": "red"}, "parameter-choice"),
        ({"style": "red"}, "style-value"),
        ({"style": {"fill": "red"}}, "style-value"),
        ({"style": {"property": "none", "classes": [{"below": 1}]}}, "property-unknown"),
        ({"order": -1}, "parameter-choice"),
        ({"order": True}, "parameter-choice"),
        ({"visible": "yes"}, "parameter-choice"),
        ({"fields": ["DKBH"]}, "parameter-choice"),
        ({"fields": {"none": "x"}}, "property-unknown"),
        ({"fields": {"DKBH": 7}}, "text-expected"),
        ({"fields": {"DKBH": {"what": 1}}}, "parameter-choice"),
        ({"fields": {"DKBH": {"codes": [{"code": "1"}]}}}, "parameter-choice"),
        ({"fields": {"DKBH": {"codes": [{"code": "1", "text": "a"}] * 2}}}, "parameter-choice"),
        ({"key": "none"}, "property-unknown"),
        ({"title": ""}, "parameter-missing"),
        ({"title": None}, "parameter-missing"),
        ({"source": "x" * 1001}, "text-too-long"),
        ({}, "nothing-described"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(
    parcels: TestClient, body: Any, code: str
) -> None:
    before = parcels.get("/collections/parcels").json()
    answer = parcels.patch("/collections/parcels", json=body)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, code)
    assert parcels.get("/collections/parcels").json() == before


def test_maps_show_a_collection_that_is_to_be_shown_in_its_colour(parcels: TestClient) -> None:
    assert '"id":"parcels"' in (page := parcels.get("/map").text)
    assert '"visible":false' in page.partition('"id":"parcels"')[2].partition("}")[0]
    parcels.patch("/collections/parcels", json={"visible": True, "colour": "#123456"})
    own = parcels.get("/map").text.partition('"id":"parcels"')[2].partition("}")[0]
    assert '"visible":true' in own
    assert '"colour":"#123456"' in own


def test_every_picture_draws_a_collection_in_the_style_of_its_staff(parcels: TestClient) -> None:
    style = {"property": "DKBH", "categories": [{"values": ["1"], "fill": "#ffdd55"}]}
    parcels.patch("/collections/parcels", json={"visible": True, "style": style})
    own = parcels.get("/map").text.partition('"id":"parcels"')[2].partition("]}")[0]
    assert '"kind":"categories"' in own
    assert '"fillColor":"#ffdd55"' in own
    follower = parcels.app.state.services.follower  # type: ignore[attr-defined]
    symbology = symbology_of(follower.current().info("parcels"))
    assert symbology.style_of({"DKBH": 1}).fill == "#ffdd55"


def test_a_dropped_collection_waits_in_the_trash_and_comes_back_whole(parcels: TestClient) -> None:
    parcels.patch("/collections/parcels", json={"source": "甲"})
    assert parcels.delete("/collections/parcels").status_code == 204
    assert parcels.get("/collections/parcels").status_code == 404
    (entry,) = parcels.get("/trash").json()["collections"]
    assert (entry["id"], entry["title"]) == ("parcels", "parcels")
    page = parcels.get("/trash?f=html")
    assert "parcels" in page.text
    (link,) = entry["links"]
    assert parcels.post(link["href"], json={"note": "误删"}).status_code == 201
    told = parcels.get("/collections/parcels").json()
    assert (told["featureCount"], told["source"]) == (3, "甲")
    assert parcels.get("/trash").json()["collections"] == []


def test_a_key_that_was_chosen_tells_features_apart_at_the_next_import(parcels: TestClient) -> None:
    parcels.patch("/collections/parcels", json={"key": "名称"})
    answer = send(parcels, geojson(PARCELS[::-1]), "parcels", fields={"dry_run": "true"})
    told = answer.json()
    assert (told["key"]["field"], told["key"]["basis"]) == ("名称", "last")
    assert told["counts"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 3}


def test_the_plan_is_described_but_not_dropped(editor: TestClient) -> None:
    assert editor.patch("/collections/sites", json={"visible": False}).status_code == 200
    assert editor.delete("/collections/sites").status_code == 409
    page = editor.get("/collections/sites/settings")
    assert page.status_code == 200
    assert 'id="drop"' not in page.text
