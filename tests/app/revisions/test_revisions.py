"""The history of a collection."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy
from tests.app.files import HEPING, SHENYANG_NORTH, make_collection, points_geojson, send
from zones.store.open_store import open_store
from zones.store.sql.prune import PrunePolicy


def test_revisions_tell_who_when_why_and_from_which_file(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING), fields={"note": "第一次"})
    send(editor, points_geojson(HEPING, SHENYANG_NORTH), fields={"note": "第二次"})
    newest, before, made = editor.get("/collections/mine/revisions").json()["revisions"]
    assert [entry["revision"] for entry in (newest, before, made)] == [4, 3, 2]
    assert [entry["version"] for entry in (newest, before, made)] == [3, 2, 1]
    assert editor.get("/collections/mine/revisions/4").json()["version"] == 3
    assert (newest["who"], newest["why"]) == ("admin", "第二次")
    assert newest["source"]["name"] == "points.geojson"
    assert made["source"] is None
    versions = [
        each["collections"][0]["version"] for each in editor.get("/changes").json()["changes"]
    ]
    assert versions == [3, 2, 1, 1], "of each collection by itself, not of the store"
    page = editor.get("/collections/mine?lang=zh", headers={"Accept": "text/html"}).text
    assert "第 3 版（全库修订版 4）" in page


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


@pytest.fixture(scope="module")
def stored(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store where r2 made a collection, r3 and r4 filled it."""
    folder = tmp_path_factory.mktemp("changed")
    with serving_copy(seeded_file, folder) as editor:
        make_collection(editor)
        first = points_geojson(HEPING, SHENYANG_NORTH, name="甲")
        send(editor, first, fields={"note": "第一次"})
        send(editor, points_geojson(SHENYANG_NORTH, name="乙"), fields={"note": "第二次"})
    return folder / "zones.sqlite"


@pytest.fixture
def changed(stored: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a service of the test's own over a copy of that store."""
    with serving_copy(stored, tmp_path) as client:
        yield client


HISTORY = "/collections/mine/revisions"


def test_each_revision_counts_what_it_did(changed: TestClient) -> None:
    counts = [entry["counts"] for entry in changed.get(HISTORY).json()["revisions"]]
    assert counts == [
        {"added": 0, "changed": 1, "removed": 1},
        {"added": 2, "changed": 0, "removed": 0},
        {"added": 0, "changed": 0, "removed": 0},
    ]


def test_a_follower_takes_the_revisions_one_by_one_oldest_first(changed: TestClient) -> None:
    seen, address = [], f"{HISTORY}?since=0&limit=1"
    while (answer := changed.get(address).json())["revisions"]:
        seen += [entry["revision"] for entry in answer["revisions"]]
        address = answer["links"][-1]["href"]
    assert seen == [2, 3, 4]
    assert answer["links"][-1] == {**answer["links"][-1], "rel": "next"}
    assert "since=4" in answer["links"][-1]["href"]


def test_the_list_is_as_long_as_asked(changed: TestClient) -> None:
    listed = changed.get(f"{HISTORY}?limit=2").json()["revisions"]
    assert [entry["revision"] for entry in listed] == [4, 3]
    assert changed.get(f"{HISTORY}?limit=0").status_code == 400
    assert changed.get(f"{HISTORY}?since=x").status_code == 400


def test_one_revision_has_an_address_of_its_own(changed: TestClient) -> None:
    told = changed.get(f"{HISTORY}/3").json()
    assert (told["revision"], told["why"], told["counts"]["added"]) == (3, "第一次", 2)
    assert len(told["source"]["sha256"]) == 64
    (diff,) = [link["href"] for link in told["links"] if link["rel"] == "diff"]
    assert changed.get(diff).json()["counts"] == told["counts"]


@pytest.mark.parametrize(
    ("number", "code"), [("1", "revision-elsewhere"), ("9", "unknown-revision")]
)
def test_a_revision_that_did_not_touch_the_collection_is_404(
    changed: TestClient, number: str, code: str
) -> None:
    answer = changed.get(f"{HISTORY}/{number}")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith(code)


def test_the_history_of_a_dropped_collection_stays(changed: TestClient) -> None:
    changed.delete("/collections/mine")
    assert len(changed.get(HISTORY).json()["revisions"]) == 4
    assert changed.get("/collections/nothing/revisions").status_code == 404


def test_a_diff_tells_fields_and_distances(changed: TestClient) -> None:
    told = changed.get(f"{HISTORY}/3/diff?to=4").json()
    assert told["counts"] == {"added": 0, "changed": 1, "removed": 1}
    moved, gone = told["changes"]
    assert (moved["id"], moved["change"]) == ("p0", "changed")
    assert moved["fields"] == [{"name": "name", "change": "changed", "old": "甲0", "new": "乙0"}]
    # 0.01 degrees east (about 830 m) and north (about 1111 m).
    assert moved["moved_m"] == pytest.approx(1387, abs=3)
    assert (gone["id"], gone["change"], gone["moved_m"]) == ("p1", "removed", None)


def test_a_diff_goes_to_the_current_revision_and_backwards_too(changed: TestClient) -> None:
    assert changed.get(f"{HISTORY}/3/diff").json()["to"] == 4
    back = changed.get(f"{HISTORY}/4/diff?to=3").json()
    assert back["counts"] == {"added": 1, "changed": 1, "removed": 0}


def test_a_diff_is_paged(changed: TestClient) -> None:
    first = changed.get(f"{HISTORY}/3/diff?limit=1").json()
    (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    second = changed.get(following).json()
    assert [c["id"] for c in (*first["changes"], *second["changes"])] == ["p0", "p1"]
    assert first["numberMatched"] == second["numberMatched"] == 2
    assert [link["rel"] for link in second["links"]] == ["self", "prev"]


def test_a_diff_can_be_drawn_and_opened_in_a_spreadsheet(changed: TestClient) -> None:
    drawn = changed.get(f"{HISTORY}/3/diff?f=geojson")
    assert drawn.headers["content-type"] == "application/geo+json"
    moved, gone = drawn.json()["features"]
    assert moved["geometry"]["coordinates"] == list(SHENYANG_NORTH)
    assert moved["oldGeometry"]["coordinates"] == list(HEPING)
    assert gone["geometry"]["coordinates"] == list(SHENYANG_NORTH)
    lines = changed.get(f"{HISTORY}/3/diff?f=csv&lang=zh").text.splitlines()
    assert lines[0].lstrip("\ufeff").split(",")[:3] == ["id", "name", "change"]
    assert lines[1].startswith("p0,乙0,更改,")


@pytest.mark.parametrize("query", ["to=99", "to=-1", "to=x", "f=xml", "limit=0", "other=1"])
def test_a_diff_that_cannot_be_made_is_refused(changed: TestClient, query: str) -> None:
    assert changed.get(f"{HISTORY}/3/diff?{query}").status_code in {400, 404}


def test_a_diff_as_a_workbook_has_the_rows_of_the_csv(changed: TestClient) -> None:
    address = f"{HISTORY}/3/diff?lang=zh&f="
    lines = list(csv.reader(io.StringIO(changed.get(f"{address}csv").text.removeprefix("\ufeff"))))
    sheet = load_workbook(io.BytesIO(changed.get(f"{address}xlsx").content)).active
    assert sheet is not None
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    # A CSV has 17 digits of a number, a workbook 16.
    shorter = [[cell[:12] for cell in row] for row in rows]
    assert shorter == [[cell[:12] for cell in row] for row in lines]


def test_what_was_pruned_is_gone_in_words_and_the_history_stays(
    stored: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "pruned.sqlite"
    shutil.copyfile(stored, copied)
    store = open_store(f"sqlite:///{copied}")
    store.pruning.prune(PrunePolicy(keep=1), who="li")
    store.close()
    with serving_copy(copied, tmp_path) as client:
        newest, second, first = client.get(HISTORY).json()["revisions"]
        assert [each["pruned"] for each in (newest, second, first)] == [False, True, True]
        assert second["counts"] == {"added": 2, "changed": 0, "removed": 0}
        assert [each["rel"] for each in second["links"]] == ["self"]
        for asked in (
            "items?revision=3",
            "revisions/3/diff",
            "items/1?revision=2",
            "export?revision=3&f=csv",
        ):
            gone = client.get(f"/collections/mine/{asked}")
            code = gone.json()["type"].rpartition("/")[2]
            assert (gone.status_code, code) == (410, "revision-pruned"), asked
            assert "4" in gone.json()["detail"]
        assert client.post(f"{HISTORY}/3/restore").status_code == 410
        assert client.get("/collections/mine/items").json()["numberMatched"] == 1
        assert client.get("/collections/zones/items?revision=1").status_code == 200, "unchanged"
