"""OGC API Maps: where a map is, how large, in which system; and map tiles."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from starlette.testclient import TestClient

from tests.app.map_images.places import check_places
from zones.crs.transform import CRS
from zones.drawing.model import Bounds
from zones.snapshot.model import Snapshot
from zones.tiles import WEB_MERCATOR_QUAD

MAP = "/collections/zones/map"
BOX = (123.35, 41.72, 123.43, 41.78)


def seen(client: TestClient, **asked: object) -> tuple[NDArray[np.uint8], Bounds, str]:
    """Return the picture, the bounds that its headers tell, the east first, and its system."""
    told = {key.replace("_", "-"): str(value) for key, value in asked.items()}
    answer = client.get(MAP, params={"style": "unlabelled", **told})
    assert answer.status_code == 200, answer.text
    image = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    first, second, third, fourth = map(float, answer.headers["content-bbox"].split(","))
    crs = answer.headers["content-crs"]
    is_turned = crs.endswith(("4490>", "4550>", "4326>"))
    bounds = (second, first, fourth, third) if is_turned else (first, second, third, fourth)
    return image, bounds, crs


def test_a_map_shows_the_whole_collection_in_proportion(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    image, bounds, crs = seen(client)
    assert crs == f"<{CRS.CRS84.uri}>"
    shape = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    assert image.shape[:2] == (round(1024 * shape), 1024)
    check_places(image, bounds, CRS.CRS84, seeded_snapshot)


@pytest.mark.parametrize("crs", [CRS.EPSG_4550, CRS.EPSG_3857, CRS.EPSG_4490])
def test_maps_are_made_in_other_systems(
    client: TestClient, seeded_snapshot: Snapshot, crs: CRS
) -> None:
    image, bounds, told = seen(
        client, crs=crs.uri, bbox=",".join(map(str, BOX)), width=200, height=150
    )
    assert told == f"<{crs.uri}>"
    assert image.shape[:2] == (150, 200)
    check_places(image, bounds, crs, seeded_snapshot)


def test_the_same_part_may_be_asked_for_in_three_ways(client: TestClient) -> None:
    west, south, east, north = BOX
    by_box, bounds, _ = seen(client, bbox=f"{west},{south},{east},{north}", width=160, height=120)
    by_uri, *_ = seen(
        client, bbox=f"{south},{west},{north},{east}", bbox_crs=CRS.EPSG_4326.uri,
        width=160, height=120,
    )  # fmt: skip
    by_axes, *_ = seen(
        client, subset=f"Lat({south}:{north}),Lon({west}:{east})", width=160, height=120
    )
    assert bounds == pytest.approx(BOX)
    assert (by_box == by_uri).all()
    assert (by_box == by_axes).all()
    middle = ((west + east) / 2, (south + north) / 2)
    _, seen_at, _ = seen(client, center=f"{middle[0]},{middle[1]}", width=160, height=120)
    told = ((seen_at[0] + seen_at[2]) / 2, (seen_at[1] + seen_at[3]) / 2)
    assert told == pytest.approx(middle)


def test_scale_decides_what_is_left_open(client: TestClient) -> None:
    metres_px = 50_000 * 0.00028
    box = "4614000,526000,4631000,538000"
    plane = {"crs": CRS.EPSG_4550.key, "bbox_crs": CRS.EPSG_4550.key, "scale_denominator": 50_000}
    image, *_ = seen(client, bbox=box, **plane)
    assert image.shape[:2] == (round(17_000 / metres_px), round(12_000 / metres_px))
    for place in ({"center": "123.4,41.75"}, {}):
        image, bounds, _ = seen(
            client, crs="EPSG:3857", scale_denominator=50_000, width=80, height=60, **place
        )
        assert bounds[2] - bounds[0] == pytest.approx(80 * metres_px)
        assert bounds[3] - bounds[1] == pytest.approx(60 * metres_px)


def test_the_ground_is_as_asked(client: TestClient) -> None:
    assert seen(client, width=64)[0][0, 0, 3] == 0
    assert seen(client, width=64, bgcolor="0x336699")[0][0, 0].tolist() == [0x33, 0x66, 0x99, 255]
    assert seen(client, width=64, f="jpeg")[0][0, 0].min() > 250
    assert seen(client, width=64, transparent="false")[0][0, 0].tolist() == [255] * 4


def test_what_is_wrong_is_named(client: TestClient) -> None:
    for asked in (
        {"width": "0"}, {"width": "5000"}, {"bbox": "1,2"}, {"bbox": "1,2,1,3"}, {"crs": "gcj02"},
        {"crs": "EPSG:32651"}, {"f": "tiff"}, {"bgcolor": "red"}, {"transparent": "maybe"},
        {"subset": "Lat(41:42"}, {"subset": "time(1:2)"}, {"center": "1"}, {"style": "pretty"},
        {"bbox": "1,2,3,4", "center": "1,2"}, {"bbox": "0,0,1e-9,50"}, {"wide": "1"},
        {"bbox": "41.7,123.4,41.8,123.5"},
        {"bbox": "123.4,41.7,123.5,41.8", "bbox-crs": "EPSG:4490"},
        {"scale-denominator": "0"}, {"scale-denominator": "1"}, {"scale-denominator": "x"},
        {"scale-denominator": "50000", "bbox": "123.4,41.7,123.5,41.8", "width": "9"},
    ):  # fmt: skip
        answer = client.get(MAP, params=asked)
        assert answer.status_code == 400, (asked, answer.text[:200])
        assert answer.json()["detail"]
    assert client.get("/collections/nowhere/map").status_code == 404


def test_map_tilesets_lead_to_their_tiles(client: TestClient) -> None:
    listed: Any = client.get(f"{MAP}/tiles").json()
    assert [each["dataType"] for each in listed["tilesets"]] == ["map"] * 3
    tileset: Any = client.get(f"{MAP}/tiles/WebMercatorQuad").json()
    template = next(each["href"] for each in tileset["links"] if each.get("templated"))
    tile = WEB_MERCATOR_QUAD.tile_at(12, 123.4, 41.75)
    limits = tileset["tileMatrixSetLimits"][12]
    assert limits["minTileRow"] <= tile.row <= limits["maxTileRow"]
    address = template.replace("{tileMatrix}", "12").replace("{tileRow}", str(tile.row))
    answer = client.get(address.replace("{tileCol}", str(tile.column)))
    assert answer.headers["content-type"] == "image/png"
    same = client.get(f"/xyz/zones/web/12/{tile.column}/{tile.row}.png")
    assert answer.content == same.content
    assert client.get(f"{MAP}/tiles/WebMercatorQuad/x/1/1").status_code == 400
    assert client.get(f"{MAP}/tiles/WebMercatorQuad/1/7/1").status_code == 404


def test_collections_link_to_their_maps(client: TestClient) -> None:
    document: Any = client.get("/collections/zones").json()
    relations = {each["rel"].rpartition("/")[2]: each["href"] for each in document["links"]}
    assert client.get(relations["map"]).headers["content-type"].startswith("image/")
    assert client.get(relations["tilesets-map"]).json()["tilesets"]
    declared = client.get("/conformance?f=json").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/core" in declared


def test_the_map_of_everything_is_a_picture_for_programs(client: TestClient) -> None:
    landing: Any = client.get("/?f=json").json()
    address = next(each["href"] for each in landing["links"] if each["rel"].endswith("/1.0/map"))
    answer = client.get(f"{address}&width=200")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).width == 200
    by_accept = client.get("/map?width=200", headers={"Accept": "image/png"})
    assert by_accept.content == answer.content
    declared = client.get("/conformance?f=json").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/dataset-map" in declared


@pytest.mark.parametrize("accept", ["*/*", "text/html,image/*;q=0.8", "text/html"])
def test_the_map_of_everything_is_a_page_for_people(client: TestClient, accept: str) -> None:
    for path in ("/map", "/map?f=html&bbox=123.3,41.7,123.5,41.9"):
        answer = client.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"].startswith("text/html"), path


def test_the_map_of_everything_shows_the_collections_that_are_listed(client: TestClient) -> None:
    part = {"f": "png", "bbox": "123.35,41.72,123.43,41.78", "width": "200"}
    alone = client.get("/map", params={**part, "collections": "zones"})
    assert alone.content == client.get(MAP, params=part).content
    both = client.get("/map", params={**part, "collections": "zones,subdistricts"})
    assert both.content not in {alone.content, client.get("/map", params=part).content}
    assert client.get("/map", params={**part, "collections": "zones,none"}).status_code == 404
    assert client.get("/map", params={**part, "basemap": "none"}).status_code == 400
    assert client.get("/map", params={"f": "gif"}).status_code == 400


NAMES = ["width", "height", "bbox", "bbox-crs", "subset", "center", "center-crs", "crs", "bgcolor"]
WRONG = ["", "-1", "4096", "1e300", "0,0,1e-300,1e-300", "-1e30,-1e30,1e30,1e30", "EPSG:4550",
         "123,41,124,42", "0,0", "999,999", "Lat(1:2)", "EPSG:4528"]  # fmt: skip

VALUES = st.sampled_from(WRONG) | st.text(max_size=8)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
def test_nothing_that_is_sent_makes_an_error_of_ours(
    client: TestClient, wrong: dict[str, str]
) -> None:
    answer = client.get(MAP, params={"width": "64", **wrong})
    assert answer.status_code < 500, (wrong, answer.text[:300])
