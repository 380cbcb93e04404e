"""One point in the query."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from zones.crs.transform import CRS, from_storage_xy

LON, LAT = 123.405, 41.786


def codes(answer: Any) -> list[str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return [error["code"] for error in answer.json()["errors"]]


def test_a_point_in_a_zone_names_the_zone_and_the_revision(client: TestClient) -> None:
    answer = client.get("/locate", params={"lon": LON, "lat": LAT})
    placement = answer.json()
    assert answer.status_code == 200
    assert placement["primary"] in [zone["id"] for zone in placement["zones"]]
    assert placement["inside_district"] is True
    assert answer.headers["etag"] == f'"r{placement["revision"]}"'


@pytest.mark.parametrize("crs", list(CRS), ids=lambda crs: crs.key)
def test_the_same_place_in_every_system_gives_the_same_answer(client: TestClient, crs: CRS) -> None:
    x, y = from_storage_xy(LON, LAT, crs)
    names = ("lon", "lat") if crs.is_geographic else ("x", "y")
    params: dict[str, str] = {names[0]: f"{x:.9f}", names[1]: f"{y:.9f}", "crs": crs.key}
    given = client.get("/locate", params=params).json()
    plain = client.get("/locate", params={"lon": LON, "lat": LAT}).json()
    assert given["point"]["lon"] == pytest.approx(LON, abs=1e-8)
    assert {k: v for k, v in given.items() if k != "point"} == {
        k: v for k, v in plain.items() if k != "point"
    }


def test_a_uri_names_the_system_as_well_as_its_key(client: TestClient) -> None:
    params: dict[str, str | float] = {
        "lon": LON,
        "lat": LAT,
        "crs": "http://www.opengis.net/def/crs/EPSG/0/4490",
    }
    assert client.get("/locate", params=params).status_code == 200


def test_a_point_in_beijing_is_in_nothing(client: TestClient) -> None:
    placement = client.get("/locate?lon=116.39&lat=39.91").json()
    assert placement["zones"] == []
    assert placement["primary"] is None
    assert placement["inside_district"] is False


@pytest.mark.parametrize("crs", ["CRS84", "EPSG:4490", "gcj02"])
@pytest.mark.parametrize(
    ("lon", "lat"), [("180.00000000000006", "41.8"), ("1", "90.00000000000001")]
)
def test_rounding_at_the_edge_of_the_world_is_no_fault(
    client: TestClient, crs: str, lon: str, lat: str
) -> None:
    one = client.get("/locate", params={"lon": lon, "lat": lat, "crs": crs})
    many = client.post(
        "/locate",
        params={"crs": crs},
        content=f"lon,lat\n{lon},{lat}\n",
        headers={"Content-Type": "text/csv"},
    )
    assert (one.status_code, one.json()["inside_district"]) == (200, False)
    assert many.status_code == 200
    header, row = many.text.splitlines()[:2]
    answer = dict(zip(header.lstrip("\ufeff").split(","), row.split(","), strict=True))
    assert answer["inside_district"] == "false"


def test_a_swapped_pair_is_told_to_be_swapped(client: TestClient) -> None:
    answer = client.get(f"/locate?lon={LAT}&lat={LON}")
    assert answer.status_code == 400
    assert codes(answer) == ["coordinate-swapped"]
    assert f"lon={LON}" in answer.json()["errors"][0]["hint"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "point-missing"),
        ("lon=123.4", "point-half"),
        ("y=41.8", "point-half"),
        ("lon=123.4&lat=41.8&x=1&y=2", "point-two-pairs"),
        ("lon=123.4&lat=41.8&crs=EPSG:4550", "point-degrees-for-projected"),
        ("lon=123.4&lat=41.8&crs=EPSG:2381", "unknown-crs"),
        ("lon=nan&lat=41.8", "number-not-finite"),
        ("lon=123.4&lat=-inf", "number-not-finite"),
        ("lon=1e999&lat=41.8", "number-not-finite"),
        ("lon=123_4&lat=41.8", "number-invalid"),
        ("lon=123,4&lat=41.8", "number-invalid"),
        ("lon=١٢٣&lat=41.8", "number-invalid"),
        ("lon=&lat=41.8", "number-invalid"),
        ("lon=123.4&lat=41.8&colour=red", "parameter-unknown"),
        ("lon=123.4&lon=123.5&lat=41.8", "parameter-twice"),
    ],
)
def test_what_is_wrong_with_the_point_is_named(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/locate?{query}")
    assert answer.status_code == 400
    assert codes(answer) == [code]


def test_everything_wrong_with_the_numbers_is_told_at_once(client: TestClient) -> None:
    answer = client.get("/locate?lon=east&lat=nan")
    assert codes(answer) == ["number-invalid", "number-not-finite"]
    assert [error["loc"] for error in answer.json()["errors"]] == [
        ["query", "lon"],
        ["query", "lat"],
    ]


def test_metres_given_as_degrees_are_refused_with_a_hint(client: TestClient) -> None:
    answer = client.get("/locate?x=533647&y=4627834")
    assert answer.status_code == 400
    assert "EPSG:4550" in answer.json()["detail"]
