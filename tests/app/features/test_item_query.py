"""Asking for features by what they are: filters, values, times, ids; sorted and cut to columns."""

import json
from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from app.app_state import services_in
from app.features.selection_cache import _remembered
from tests.app.conftest import Serve, with_key
from zones.snapshot.model import Snapshot


def items(client: TestClient, collection: str = "zones", **params: str | int) -> dict[str, Any]:
    answer = client.get(f"/collections/{collection}/items", params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ids(client: TestClient, collection: str = "zones", **params: str | int) -> list[str]:
    return [each["id"] for each in items(client, collection, **params)["features"]]


def code(client: TestClient, **params: str) -> str:
    answer = client.get("/collections/zones/items", params=params)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["errors"][0]["code"])


@pytest.mark.parametrize("lang", ["cql2-text", "cql-text"])
def test_a_filter_in_text_lets_through_what_it_is_true_of(client: TestClient, lang: str) -> None:
    asked = {"filter": "\"order\" <= 2 AND name LIKE '%区'", "filter-lang": lang}
    page = items(client, **asked)
    assert page["numberMatched"] == 2
    assert [each["properties"]["order"] for each in page["features"]] == [1, 2]


def test_a_filter_in_json_answers_as_the_same_in_text(client: TestClient) -> None:
    document = {"op": "=", "args": [{"property": "name"}, "满融国际化生态科技示范区"]}
    as_json = {"filter": json.dumps(document), "filter-lang": "cql2-json"}
    assert ids(client, **as_json) == ids(client, filter="name = '满融国际化生态科技示范区'")
    assert ids(client, **as_json) == ["zone-manrong"]


def test_coordinates_of_a_filter_are_in_its_own_system(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    zone = seeded_snapshot.collection("zones").feature("zone-manrong").geometry
    assert zone is not None
    lon, lat = shapely.get_coordinates(zone.representative_point())[0]
    asked = f"S_INTERSECTS(geometry, POINT({lat} {lon}))"
    in_4490 = {"filter": asked, "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4490"}
    assert ids(client, **in_4490) == ["zone-manrong"]
    assert ids(client, filter=f"S_INTERSECTS(geometry, POINT({lon} {lat}))") == ["zone-manrong"]


def test_a_queryable_is_a_parameter_of_its_own(client: TestClient) -> None:
    assert ids(client, name="满融国际化生态科技示范区") == ["zone-manrong"]
    assert items(client, order=2, accuracy_m=1)["numberMatched"] == 0
    assert ids(client, id="zone-manrong") == ["zone-manrong"]


def test_everything_that_is_asked_must_hold(client: TestClient) -> None:
    wide = {"bbox": "123,41,124,42", "ids": "zone-manrong,zone-nanshichang"}
    assert len(ids(client, **wide)) == 2
    assert ids(client, **wide, filter="name_en LIKE 'Manrong%'") == ["zone-manrong"]
    assert ids(client, **wide, filter="name_en LIKE 'Manrong%'", id="zone-nanshichang") == []


def test_ids_that_do_not_exist_are_passed_over(client: TestClient) -> None:
    assert ids(client, ids="nobody,zone-manrong") == ["zone-manrong"]
    assert ids(client, ids="") == []


def test_features_are_sorted_as_asked(client: TestClient) -> None:
    names = [each["properties"]["name"] for each in items(client, sortby="-name")["features"]]
    assert names == sorted(names, reverse=True)
    assert ids(client, sortby="+order") == ids(client, sortby="order")
    assert ids(client, sortby="-order") == ids(client, sortby="order")[::-1]


def test_only_the_properties_that_are_asked_for_are_shown(client: TestClient) -> None:
    for feature in items(client, properties="name,order")["features"]:
        assert feature["properties"].keys() == {"name", "order"}
        assert feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    assert items(client, properties="")["features"][0]["properties"] == {}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"filter": ""}, "filter-empty"),
        ({"filter": "colour = 'red'"}, "filter-unknown-property"),
        ({"filter": "name ="}, "filter-syntax"),
        ({"filter": "(" * 2000 + "1=1" + ")" * 2000}, "filter-too-deep"),
        ({"filter": "order = 1", "filter-lang": "sql"}, "parameter-choice"),
        ({"filter": "order = 1", "filter-crs": "EPSG:1"}, "unknown-crs"),
        ({"sortby": "colour"}, "property-unknown"),
        ({"sortby": "geometry"}, "property-unknown"),
        ({"sortby": ",".join(["name"] * 9)}, "too-many-names"),
        ({"properties": "name,colour"}, "property-unknown"),
        ({"ids": ",".join("x" * 1001)}, "too-many-names"),
        ({"colour": "red"}, "parameter-unknown"),
        ({"subdistricts": "x"}, "parameter-unknown"),
        ({"geometry": "x"}, "parameter-unknown"),
    ],
)
def test_what_cannot_be_asked_is_named(
    client: TestClient, params: dict[str, str], expected: str
) -> None:
    assert code(client, **params) == expected


TIMED = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": str(day),
            "geometry": {"type": "Point", "coordinates": [123.4, 41.78]},
            "properties": {"seen": f"2021-03-{day:02}"},
        }
        for day in range(1, 21)
    ],
}


@pytest.fixture
def timed(serve: Serve) -> TestClient:
    """Return a client of a service whose collection ``seen`` has a date for each feature."""
    client = with_key(serve())
    client.post("/collections", json={"id": "seen"})
    sent = client.post(
        "/collections/seen/imports",
        files={"file": ("seen.geojson", json.dumps(TIMED).encode())},
        headers={"Prefer": "wait=20"},
    )
    assert sent.status_code == 201, sent.text
    return client


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("2021-03-05", ["5"]),
        ("2021-03-05T12:00:00Z", ["5"]),
        ("../2021-03-03", ["1", "2", "3"]),
        ("2021-03-19/..", ["19", "20"]),
        ("2021-03-02T10:00:00Z/2021-03-03T01:00:00Z", ["2", "3"]),
        ("2020-01-01/2020-12-31", []),
    ],
)
def test_features_with_times_are_found_by_them(
    timed: TestClient, interval: str, expected: list[str]
) -> None:
    assert ids(timed, "seen", datetime=interval) == expected


def with_gaps(serve: Serve) -> TestClient:
    """Return a client of a service whose collection ``seen`` lacks here a place, there a date."""
    features = [
        {**TIMED["features"][0], "id": "whole"},
        {**TIMED["features"][1], "id": "nowhere", "geometry": None},
        {**TIMED["features"][2], "id": "never", "properties": {"seen": None}},
    ]
    client = with_key(serve())
    client.post("/collections", json={"id": "seen"})
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    sent = client.post(
        "/collections/seen/imports",
        files={"file": ("seen.geojson", body)},
        headers={"Prefer": "wait=20"},
    )
    assert sent.json()["state"] == "applied", sent.text
    return client


def test_what_is_nowhere_or_never_matches_by_the_letter_unless_left_out(serve: Serve) -> None:
    """Part 1, /req/core/fc-bbox-response C and /req/core/fc-time-response C."""
    client = with_gaps(serve)
    far, here = "0,0,1,1", "123,41,124,42"
    assert ids(client, "seen", bbox=far) == ["nowhere"]
    assert ids(client, "seen", bbox=here) == ["whole", "nowhere", "never"]
    assert ids(client, "seen", bbox=far, nulls="exclude") == []
    assert ids(client, "seen", bbox=here, nulls="exclude") == ["whole", "never"]
    assert ids(client, "seen", bbox=far, filter="geometry IS NOT NULL") == []
    in_metres = {"bbox": "0,500000,1000,501000", "bbox-crs": "EPSG:4550"}
    assert ids(client, "seen", **in_metres) == ["nowhere"]
    assert ids(client, "seen", datetime="2021-03-01") == ["whole", "never"]
    assert ids(client, "seen", datetime="2021-03-01", nulls="exclude") == ["whole"]
    assert ids(client, "seen", datetime="2000-01-01/..", bbox=far) == ["nowhere"]
    assert ids(client, "seen", nulls="exclude") == ["whole", "nowhere", "never"]
    refused = client.get("/collections/seen/items", params={"nulls": "maybe"})
    assert refused.json()["errors"][0]["code"] == "parameter-choice"


def test_a_page_leaves_out_what_is_nowhere_and_says_so(serve: Serve) -> None:
    client = with_gaps(serve)
    html = {"Accept": "text/html"}
    page = client.get("/collections/seen/items?bbox=123,41,124,42", headers=html).text
    assert "另有 1 个要素没有位置" in page
    assert "/items/nowhere" not in page
    assert page.count("nulls=exclude") > 2  # the same in what is drawn, downloaded and read as JSON
    both = client.get("/collections/seen/items?bbox=123,41,124,42&nulls=include", headers=html)
    assert "没有位置" not in both.text
    assert "/items/nowhere" in both.text
    assert "没有位置" not in client.get("/collections/seen/items", headers=html).text


def test_the_collection_tells_from_when_to_when(timed: TestClient) -> None:
    extent = timed.get("/collections/seen").json()["extent"]
    assert extent["temporal"]["interval"] == [["2021-03-01T00:00:00Z", "2021-03-20T23:59:59Z"]]
    assert "temporal" not in timed.get("/collections/zones").json()["extent"]


def test_pages_stay_right_while_the_collection_changes(timed: TestClient) -> None:
    first = items(timed, "seen", limit=8, sortby="-seen")
    fewer = {**TIMED, "features": TIMED["features"][:3]}
    timed.post(
        "/collections/seen/imports",
        files={"file": ("seen.geojson", json.dumps(fewer).encode())},
        headers={"Prefer": "wait=20"},
    )
    found = [each["id"] for each in first["features"]]
    page = first
    while following := [each["href"] for each in page["links"] if each["rel"] == "next"]:
        page = timed.get(following[0]).json()
        found += [each["id"] for each in page["features"]]
    assert found == [str(day) for day in range(20, 0, -1)]
    assert items(timed, "seen")["numberMatched"] == 3


def test_a_selection_is_worked_out_once_for_all_its_pages(timed: TestClient) -> None:
    snapshot: Snapshot = services_in(timed.app).follower.current()
    remembered = snapshot.collection("seen").derived(_remembered)
    for offset in range(3):
        items(timed, "seen", filter="seen > DATE('2021-03-10')", offset=offset, limit=1)
    assert len(remembered) == 1


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        ("2021-03-19/P2D", "2021-03-19/2021-03-21"),
        ("2021-03-19/P1W", "2021-03-19/2021-03-26"),
        ("2021-03-19T00:00:00Z/PT36H", "2021-03-19T00:00:00Z/2021-03-20T12:00:00Z"),
    ],
)
def test_an_interval_may_end_with_a_duration(client: TestClient, asked: str, same: str) -> None:
    pages = [
        client.get("/collections/sites/items", params={"datetime": text}) for text in (asked, same)
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].json()["numberMatched"] == pages[1].json()["numberMatched"]


@pytest.mark.parametrize(
    "asked", ["P2D", "P2D/2021-03-19", "2021-03-19/P", "9999-12-31T00:00:00Z/P9999W"]
)
def test_a_duration_alone_or_past_all_time_is_refused(client: TestClient, asked: str) -> None:
    refused = client.get("/collections/sites/items", params={"datetime": asked})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("../..", "datetime-open"),
        ("/", "datetime-open"),
        ("../", "datetime-open"),
        ("2022-01-01/2021-12-31", "datetime-backwards"),
        ("2022-01-01T00:00:00Z/2021-12-31T23:59:59Z", "datetime-backwards"),
        ("2022-01-01T08:00:00+08:00/2021-12-31T23:59:59Z", "datetime-backwards"),
        ("2022-01-02T00:00:00Z/2022-01-01", "datetime-backwards"),
    ],
)
def test_an_interval_that_asks_for_nothing_is_refused(
    client: TestClient, asked: str, code: str
) -> None:
    answer = client.get("/collections/zones/items", params={"datetime": asked})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(code)


@pytest.mark.parametrize(
    "asked", ["2021-01-01/2021-01-01", "2021-01-01T12:00:00Z/2021-01-01", "2021-03-19T", "2021T/.."]
)
def test_an_interval_of_one_day_is_none_that_ends_early(client: TestClient, asked: str) -> None:
    answer = client.get("/collections/zones/items", params={"datetime": asked})
    assert answer.status_code == (400 if asked.startswith("2021T") else 200)


def test_a_plus_beside_escaped_blanks_is_one(client: TestClient) -> None:
    form = client.get("/collections/zones/items?filter=name+%3D+'a%2Bb'")
    mixed = client.get("/collections/zones/items?filter=name%20%3D%20'a+b'&limit=1")
    assert form.status_code == mixed.status_code == 200
    (self_link,) = (each for each in mixed.json()["links"] if each["rel"] == "self")
    assert "a%2Bb" in self_link["href"]
