"""The history of a collection."""

from starlette.testclient import TestClient

from tests.routes.files import HEPING, SHENYANG_NORTH, make_collection, points_geojson, send


def test_revisions_tell_who_when_why_and_from_which_file(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING), fields={"note": "第一次"})
    send(editor, points_geojson(HEPING, SHENYANG_NORTH), fields={"note": "第二次"})
    newest, before, made = editor.get("/collections/mine/revisions").json()["revisions"]
    assert [entry["revision"] for entry in (newest, before, made)] == [4, 3, 2]
    assert (newest["who"], newest["why"]) == ("admin", "第二次")
    assert newest["source"]["name"] == "points.geojson"
    assert made["source"] is None


def test_a_revision_links_to_the_features_as_they_were(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING))
    send(editor, points_geojson(HEPING, SHENYANG_NORTH))
    revisions = editor.get("/collections/mine/revisions").json()["revisions"]
    counts = [editor.get(r["links"][0]["href"]).json()["numberMatched"] for r in revisions]
    assert counts == [2, 1, 0]


def test_a_past_revision_has_the_tag_of_its_own_number(editor: TestClient) -> None:
    make_collection(editor)
    assert editor.get("/collections/zones/items").headers["etag"] == '"r2"'
    past = editor.get("/collections/zones/items?revision=1")
    assert past.headers["etag"] == '"r1"'


def test_the_plan_has_the_revision_it_was_seeded_with(client: TestClient) -> None:
    (seeded,) = client.get("/collections/zones/revisions").json()["revisions"]
    assert seeded["revision"] == 1
    assert "zones" in seeded["collections"]
