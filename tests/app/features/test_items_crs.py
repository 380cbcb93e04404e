"""Coordinates of features and boxes in other systems, axes in the order of their authority."""

from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from starlette.testclient import TestClient

from zones.crs.transform import CRS, authority_order, from_storage_xy
from zones.snapshot.model import Snapshot

ALL = pytest.mark.parametrize("crs", list(CRS), ids=lambda crs: crs.key)


def first_position(feature: dict[str, Any]) -> tuple[float, float]:
    ring = feature["geometry"]["coordinates"][0]
    while isinstance(ring[0], list):
        ring = ring[0]
    return ring[0], ring[1]


@ALL
def test_coordinates_come_in_the_system_asked_for(
    client: TestClient, seeded_snapshot: Snapshot, crs: CRS
) -> None:
    answer = client.get("/collections/zones/items/zone-manrong", params={"crs": crs.uri})
    assert answer.headers["content-crs"] == f"<{crs.uri}>"
    zones = seeded_snapshot.collection("zones")
    lon, lat = shapely.get_coordinates(zones.geometries[zones.index_of("zone-manrong")])[0]
    expected = authority_order(*from_storage_xy(float(lon), float(lat), crs), crs)
    tolerance = 1e-6 if crs.is_geographic else 1e-2
    assert first_position(answer.json()) == pytest.approx(expected, abs=tolerance)


def test_degrees_of_4490_come_latitude_first_and_those_of_crs84_longitude_first(
    client: TestClient,
) -> None:
    for crs, latitude_first in (("EPSG:4490", True), ("CRS84", False)):
        feature = client.get(f"/collections/zones/items/zone-manrong?crs={crs}").json()
        first, second = first_position(feature)
        assert (first < second) is latitude_first


@ALL
def test_a_box_means_the_same_place_in_every_system(
    client: TestClient, seeded_snapshot: Snapshot, crs: CRS
) -> None:
    zone = seeded_snapshot.collection("zones").geometries[0]
    lon, lat = shapely.get_coordinates(zone.representative_point())[0]
    x, y = authority_order(*from_storage_xy(float(lon), float(lat), crs), crs)
    params = {"bbox": f"{x!r},{y!r},{x!r},{y!r}", "bbox-crs": crs.uri}
    page = client.get("/collections/zones/items", params=params).json()
    assert [feature["id"] for feature in page["features"]] == ["zone-beishichang"]


def test_a_box_in_metres_selects_exactly_what_touches_it(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    """By a plain loop: sites moved to EPSG:4550 and compared with the box there."""
    sites = seeded_snapshot.collection("sites")
    x_min, x_max, y_min, y_max = 532_000, 534_000, 4_626_000, 4_628_500
    inside = set()
    for fid, point in zip(sites.fids, sites.geometries, strict=True):
        if point is not None:
            x, y = from_storage_xy(point.x, point.y, CRS.EPSG_4550)
            if x_min <= x <= x_max and y_min <= y <= y_max:
                inside.add(fid)
    box = f"{y_min},{x_min},{y_max},{x_max}"
    params: dict[str, str | int] = {"bbox": box, "bbox-crs": CRS.EPSG_4550.uri, "limit": 1000}
    params["nulls"] = "exclude"
    page = client.get("/collections/sites/items", params=params).json()
    assert inside
    assert {feature["id"] for feature in page["features"]} == inside


def test_the_shifted_map_is_some_hundred_metres_off(client: TestClient) -> None:
    plain = client.get("/collections/zones/items/zone-manrong").json()
    shifted = client.get("/collections/zones/items/zone-manrong?crs=gcj02").json()
    off = np.subtract(first_position(shifted), first_position(plain))
    assert 0.003 < off[0] < 0.01
    assert 0.0005 < off[1] < 0.005


@pytest.mark.parametrize("crs", ["EPSG:4550", "EPSG:3857"])
def test_a_box_nowhere_on_earth_finds_nothing_or_says_so(client: TestClient, crs: str) -> None:
    params = {"bbox": "-1e300,-1e300,1e300,1e300", "bbox-crs": crs}
    answer = client.get("/collections/zones/items", params=params)
    assert answer.status_code in {200, 400}


def test_a_box_in_metres_whose_west_is_east_is_refused(client: TestClient) -> None:
    params = {"bbox": "4626000,534000,4628000,532000", "bbox-crs": "EPSG:4550"}
    answer = client.get("/collections/zones/items", params=params)
    assert answer.json()["errors"][0]["code"] == "bbox-west-of-east"


def test_a_page_holds_the_same_degrees_in_every_form_and_an_export_all_digits(
    editor: TestClient,
) -> None:
    exact = [[123.41234567891, 41.71234567891], [123.42, 41.72]]
    line = {"type": "LineString", "coordinates": exact}
    feature = {"type": "Feature", "id": "a", "geometry": line, "properties": {}}
    editor.post("/collections", json={"id": "lines"})
    assert editor.post("/collections/lines/items", json=feature).status_code == 201
    published = [[123.4123457, 41.7123457], [123.42, 41.72]]
    page = editor.get("/collections/lines/items").json()["features"][0]
    assert page["geometry"]["coordinates"] == published
    for address, expected in (("items?f=fgb", published), ("export?f=fgb", exact)):
        body = editor.get(f"/collections/lines/{address}").content
        (shape,) = shapely.from_wkb(pyogrio.raw.read(body)[2])
        assert shapely.get_coordinates(shape).tolist() == expected
