"""Features of a collection: pages, boxes, single ones."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from starlette.testclient import TestClient

from zones.snapshot.model import Snapshot


def items(client: TestClient, collection: str = "sites", **params: str | int) -> dict[str, Any]:
    answer = client.get(f"/collections/{collection}/items", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    page: dict[str, Any] = answer.json()
    return page


def href(page: dict[str, Any], rel: str) -> str | None:
    return next((link["href"] for link in page["links"] if link["rel"] == rel), None)


def test_a_page_has_ten_features_unless_asked_otherwise(client: TestClient) -> None:
    page = items(client)
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) == 10
    assert page["numberMatched"] == 224
    assert page["timeStamp"].endswith("Z")


def test_following_next_gives_every_feature_once_and_in_order(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    found: list[str] = []
    address: str | None = "/collections/sites/items?limit=50"
    while address:
        page = client.get(address).json()
        found += [feature["id"] for feature in page["features"]]
        address = href(page, "next")
    assert found == list(seeded_snapshot.collection("sites").fids)


def test_links_to_other_pages_keep_every_parameter(client: TestClient) -> None:
    asked = {"bbox": "123,41,124,42", "crs": "EPSG:4490", "limit": "3", "offset": "6", "lang": "en"}
    page = items(client, **asked)
    for rel, offset in (("next", "9"), ("prev", "3")):
        query = parse_qs(urlsplit(href(page, rel) or "").query)
        wanted = {**asked, "offset": offset, "revision": "1"}
        assert query == {name: [value] for name, value in wanted.items()}


def test_past_the_end_there_is_nothing_but_the_way_back(client: TestClient) -> None:
    page = items(client, limit=10, offset=1000)
    assert page["features"] == []
    assert href(page, "next") is None
    assert "offset=214" in (href(page, "prev") or "")


def test_a_limit_above_the_highest_is_cut_to_it(client: TestClient) -> None:
    assert items(client, limit=99_999_999)["numberReturned"] == 224


def test_a_degenerate_box_finds_what_holds_the_point(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    zones = seeded_snapshot.collection("zones")
    for fid, zone in zip(zones.fids, zones.geometries, strict=True):
        x, y = shapely.get_coordinates(zone.representative_point())[0]
        page = items(client, "zones", bbox=f"{x},{y},{x},{y}")
        assert [feature["id"] for feature in page["features"]] == [fid]


def test_a_box_across_the_antimeridian_that_spares_china_finds_nothing(client: TestClient) -> None:
    assert items(client, "zones", bbox="170,40,-170,45")["numberMatched"] == 0
    assert items(client, "zones", bbox="120,40,-170,45")["numberMatched"] == 6


def test_heights_in_a_box_are_left_out(client: TestClient) -> None:
    with_heights = items(client, "zones", bbox="123,41,-50,124,42,900")
    assert (
        with_heights["numberMatched"]
        == items(client, "zones", bbox="123,41,124,42")["numberMatched"]
    )


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"bbox": "1,2,3"}, "bbox-count"),
        ({"bbox": "1,2,3,4,5"}, "bbox-count"),
        ({"bbox": "1,2,3,x"}, "number-invalid"),
        ({"bbox": "123,42,124,41"}, "bbox-order"),
        ({"bbox": "41.7,123.3,41.8,123.5"}, "coordinate-swapped"),
        ({"bbox": "0,0,1,1", "bbox-crs": "EPSG:32651"}, "unknown-crs"),
        ({"crs": "EPSG:2381"}, "unknown-crs"),
        ({"limit": "0"}, "integer-range"),
        ({"limit": "-1"}, "integer-invalid"),
        ({"limit": "1.5"}, "integer-invalid"),
        ({"limit": "１０"}, "integer-invalid"),
        ({"offset": "9999999999"}, "integer-range"),
        ({"revision": "0"}, "integer-range"),
        ({"datetime": "yesterday"}, "datetime-invalid"),
        ({"datetime": "2023-01-12T00:00:00+25:00"}, "datetime-invalid"),
        ({"f": "shp"}, "parameter-choice"),
        ({"colour": "red"}, "parameter-unknown"),
    ],
)
def test_what_is_wrong_with_the_query_is_named(
    client: TestClient, params: dict[str, str], code: str
) -> None:
    answer = client.get("/collections/zones/items", params=params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


def test_a_misspelt_parameter_is_answered_with_the_likely_one_first(client: TestClient) -> None:
    answer = client.get("/collections/zones/items?bbx=1,2,3,4&lang=en")
    assert "This address takes: bbox," in answer.json()["detail"]


@pytest.mark.parametrize(
    "interval",
    [
        "2021-03-19",
        "2021-03-19T00:00:00Z",
        "../2021-03-19T00:00:00+08:00",
        "2020-01-01/",
        "2016-12-31T23:59:60Z",
    ],
)
def test_a_collection_without_times_fits_every_datetime(client: TestClient, interval: str) -> None:
    assert items(client, "zones", datetime=interval)["numberMatched"] == 6


def test_a_feature_is_found_by_its_id_with_links(client: TestClient) -> None:
    answer = client.get("/collections/zones/items/zone-manrong")
    feature = answer.json()
    assert feature["id"] == "zone-manrong"
    assert feature["properties"]["name"] == "满融国际化生态科技示范区"
    assert {link["rel"] for link in feature["links"]} == {"self", "alternate", "collection"}


def test_an_unknown_feature_is_not_found(client: TestClient) -> None:
    assert client.get("/collections/zones/items/zone-7").status_code == 404


def test_an_unknown_revision_is_not_found(client: TestClient) -> None:
    answer = client.get("/collections/zones/items?revision=2")
    assert answer.status_code == 404
    assert client.get("/collections/zones/items?revision=1").status_code == 200
