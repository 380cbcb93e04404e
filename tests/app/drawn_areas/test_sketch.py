"""Areas that anybody sends: measured, shared out among zones, and not kept."""

import json
from typing import Any, Final

import httpx
import numpy as np
import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from zones.crs.area_and_length import geodesic_area_m2
from zones.crs.gcj02_bd09 import wgs84_to_gcj02
from zones.snapshot.model import Snapshot

SQUARE: Final = [
    [123.40, 41.78],
    [123.42, 41.78],
    [123.42, 41.80],
    [123.40, 41.80],
    [123.40, 41.78],
]
POLYGON: Final = {"type": "Polygon", "coordinates": [SQUARE]}
BOW_TIE: Final = [
    [123.40, 41.78], [123.42, 41.80], [123.42, 41.78], [123.40, 41.80], [123.40, 41.78],
]  # fmt: skip


def send(client: TestClient, text: str, **query: str) -> httpx.Response:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return client.post("/plan/attribution", content=text.encode(), params=query, headers=headers)


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (feature,) = answer.json()["features"]
    properties: dict[str, Any] = feature["properties"]
    return properties


def test_a_drawn_square_is_shared_out_whole_and_nothing_is_stored(client: TestClient) -> None:
    before = services_in(client.app).store.revision()
    answer = client.post("/plan/attribution", json=POLYGON)
    found = told(answer)
    assert answer.headers["content-type"] == "application/geo+json"
    assert sum(part["share"] for part in found["zones"]) == pytest.approx(1, abs=1e-5)
    assert sum(part["share"] for part in found["subdistricts"]) == pytest.approx(1, abs=1e-5)
    assert found["planar_area_m2"] == pytest.approx(found["area_m2"], rel=1e-4)
    assert {"pl-zhong-shan-guang-chang"} <= {s["id"] for s in found["sites"] if s["certain"]}
    assert all(site["certain"] is False for site in found["sites"] if site["circle_m"])
    assert services_in(client.app).store.revision() == before


def test_a_zone_sent_back_is_that_zone(client: TestClient, seeded_snapshot: Snapshot) -> None:
    zone = client.get("/collections/zones/items/zone-manrong").json()
    found = told(client.post("/plan/attribution", json=zone["geometry"]))
    assert [(part["id"], part["share"]) for part in found["zones"]] == [("zone-manrong", 1.0)]
    geometry = seeded_snapshot.collection("zones").feature("zone-manrong").geometry
    assert found["area_m2"] == pytest.approx(geodesic_area_m2(geometry), rel=1e-6)
    assert 0 < found["zones"][0]["uncertain_m2"] < found["area_m2"] / 4


@pytest.mark.slow
def test_a_list_of_coordinates_is_asked_about_and_then_read(client: TestClient) -> None:
    text = (
        "J1 北纬41°46′48″ 东经123°24′00″\nJ2 北纬41°46′48″ 东经123°25′12″\n"
        "J3 北纬41°48′00″ 东经123°25′12″\nJ4 北纬41°48′00″ 东经123°24′00″"
    )
    asked = send(client, text)
    assert asked.status_code == 422, asked.text
    offered = [one["options"].get("crs") for one in asked.json()["question"]["candidates"]]
    assert {"CRS84", "gcj02", "bd09"} <= set(offered)
    by_json = told(client.post("/plan/attribution", json=POLYGON))
    found = told(send(client, text, crs="CRS84"))
    assert (found["area_m2"], found["zones"]) == (by_json["area_m2"], by_json["zones"])


def test_gcj02_is_moved_to_where_it_is(client: TestClient) -> None:
    shifted = zip(*wgs84_to_gcj02(*np.transpose(SQUARE)), strict=True)
    text = "\n".join(f"{lon:.8f} {lat:.8f}" for lon, lat in shifted)
    answer = send(client, text, crs="gcj02")
    (ring,) = answer.json()["features"][0]["geometry"]["coordinates"]
    assert ring[0] == pytest.approx(SQUARE[0], abs=2e-6)


def test_a_strip_of_three_degrees_is_offered_by_its_numbers(client: TestClient) -> None:
    text = "4627400,41533661\n4627400,41534661\n4628400,41534661"
    offered = send(client, text).json()["question"]["candidates"]
    assert offered[0]["options"] == {"crs": "EPSG:4529"}
    assert told(send(client, text, **offered[0]["options"]))["planar_area_m2"] == 500_000


def test_a_bow_tie_is_refused_with_place_and_remedy(client: TestClient) -> None:
    refused = client.post("/plan/attribution", json={"type": "Polygon", "coordinates": [BOW_TIE]})
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert problem["code"] == "invalid-self-intersection"
    assert (problem["lon"], problem["lat"]) == pytest.approx((123.41, 41.79))
    assert problem["hint"]
    mended = client.post("/plan/attribution?repair=true", json=POLYGON | {"coordinates": [BOW_TIE]})
    assert [note["code"] for note in mended.json()["notes"]] == ["geometry-repaired"]


def test_a_point_is_no_area(client: TestClient) -> None:
    refused = client.post("/plan/attribution", json={"type": "Point", "coordinates": [123.4, 41.8]})
    assert refused.status_code == 422, refused.text
    assert refused.json()["problems"][0]["hint"]


def test_other_media_types_and_systems_are_refused(client: TestClient) -> None:
    sent = client.post("/plan/attribution", content=b"a=b", headers={"Content-Type": "text/csv"})
    assert sent.status_code == 415
    assert send(client, json.dumps({}), crs="EPSG:99999").status_code == 400


def test_too_many_vertices_are_refused(client: TestClient) -> None:
    ring = [[123.4 + i * 1e-7, 41.78] for i in range(20_001)] + [[123.41, 41.79], [123.4, 41.78]]
    refused = client.post("/plan/attribution", json={"type": "Polygon", "coordinates": [ring]})
    assert refused.status_code == 422
    assert "20000" in refused.text.replace(",", "").replace("\u202f", "")
