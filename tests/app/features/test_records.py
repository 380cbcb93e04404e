"""A collection's record for catalogues: OGC API Records, Part 1, in GeoJSON."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.features.catalogue_record import RECORD_CORE
from tests.app.conftest import serving_copy
from tests.app.files import make_collection, points_geojson, send

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def editor(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client that writes; each test has a collection of its own."""
    with serving_copy(seeded_file, tmp_path_factory.mktemp("records")) as client:
        yield client


def test_a_collection_is_described_by_its_record_and_its_schema(client: TestClient) -> None:
    links = client.get("/collections/zones").json()["links"]
    described_by = {each["type"]: each["href"] for each in links if each["rel"] == "describedby"}
    record = client.get(described_by["application/geo+json"])
    assert record.headers["content-type"] == "application/geo+json"
    assert client.get(described_by["application/schema+json"]).status_code == 200
    assert RECORD_CORE in client.get("/conformance").json()["conformsTo"]


def test_a_record_tells_where_when_and_in_which_formats(client: TestClient) -> None:
    collection = client.get("/collections/zones").json()
    record = client.get("/collections/zones/metadata").json()
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    ring = record["geometry"]["coordinates"][0]
    assert (ring[0], ring[2], len(ring)) == ([west, south], [east, north], 5)
    assert (record["type"], record["id"], record["conformsTo"]) == (
        "Feature",
        "zones",
        [RECORD_CORE],
    )
    said = record["properties"]
    assert INSTANT.fullmatch(said["created"])
    assert said["created"] <= said["updated"]
    assert (said["type"], said["revision"]) == ("dataset", collection["revision"])
    assert {"name": "gpkg", "mediaType": "application/geopackage+sqlite3"} in said["formats"]
    assert "keywords" not in said  # nobody has said any


def test_a_record_speaks_chinese_or_english_and_links_to_the_other(client: TestClient) -> None:
    chinese = client.get("/collections/zones/metadata").json()
    (other,) = [each for each in chinese["links"] if each["rel"] == "alternate"]
    english = client.get(other["href"]).json()
    assert (chinese["properties"]["language"]["code"], other["hreflang"]) == ("zh", "en")
    assert english["properties"]["language"]["code"] == "en"
    assert (
        english["properties"]["title"] == client.get("/collections/zones?lang=en").json()["title"]
    )


def test_what_staff_say_is_in_the_record(editor: TestClient) -> None:
    make_collection(editor, "said", title="地块")
    send(editor, points_geojson((123.4, 41.78)), "said")
    said = {
        "keywords": "地籍，parcels、 地籍",
        "licence": "cc-by-4.0",
        "contact": "测绘科 gis@heping.example",
        "source": "区自然资源局",
    }
    assert editor.patch("/collections/said", json=said).json()["keywords"] == ["地籍", "parcels"]
    record = editor.get("/collections/said/metadata").json()
    told = record["properties"]
    assert record["geometry"] == {"type": "Point", "coordinates": [123.4, 41.78]}
    assert (told["title"], told["keywords"]) == ("地块", ["地籍", "parcels"])
    assert (told["license"], told["source"]) == ("CC-BY-4.0", "区自然资源局")
    assert told["contacts"][0]["emails"] == [{"value": "gis@heping.example"}]
    page = editor.get("/collections", headers={"Accept": "text/html"}).text
    assert all(
        word in page
        for word in ("parcels", "cc-by-4.0", "区自然资源局", "/collections/said/metadata")
    )


def test_a_licence_of_ones_own_is_told_in_words_and_linked(editor: TestClient) -> None:
    make_collection(editor, "licensed")
    words = "仅限区内使用，见 https://heping.example/terms。"
    editor.patch("/collections/licensed", json={"licence": words})
    record = editor.get("/collections/licensed/metadata").json()
    assert (record["properties"]["license"], record["properties"]["rights"]) == ("other", words)
    linked = {"href": "https://heping.example/terms", "rel": "license"}
    assert linked in record["links"]
    assert linked in editor.get("/collections/licensed").json()["links"]
    assert (record["geometry"], record["time"]) == (None, None)


def test_a_record_tells_the_time_of_features_in_utc(editor: TestClient) -> None:
    times = ("2024-05-01T08:00:00+08:00", "2025-01-01T00:00:00Z")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [123.4, 41.78]},
            "properties": {"seen": time},
        }
        for time in times
    ]
    make_collection(editor, "timed")
    for each in features:
        assert editor.post("/collections/timed/items", json=each).status_code == 201
    record = editor.get("/collections/timed/metadata").json()
    assert record["time"] == {"interval": ["2024-05-01T00:00:00Z", "2025-01-01T00:00:00Z"]}


def test_a_collection_made_anew_is_as_old_as_that(editor: TestClient) -> None:
    make_collection(editor, "anew")
    first = created(editor)
    editor.patch("/collections/anew", json={"source": "甲"})
    assert created(editor) == first
    editor.delete("/collections/anew")
    make_collection(editor, "anew")
    made = editor.get("/collections/anew/revisions").json()["revisions"][0]["at"]
    assert created(editor) == datetime.fromisoformat(made).replace(microsecond=0)


def created(client: TestClient) -> datetime:
    """Return when the collection was made, by its record."""
    record = client.get("/collections/anew/metadata").json()
    return datetime.fromisoformat(record["properties"]["created"])


def test_keywords_are_few_and_short(editor: TestClient) -> None:
    make_collection(editor, "few")
    for value in (7, [1], ["x" * 101], [str(n) for n in range(51)], {"a": "b"}):
        answer = editor.patch("/collections/few", json={"keywords": value})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["loc"] == ["body", "keywords"]
    editor.patch("/collections/few", json={"keywords": ["a"]})
    assert editor.patch("/collections/few", json={"keywords": None}).json()["keywords"] == []
