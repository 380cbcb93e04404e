"""``/MapServer/export`` as clients of ArcGIS meet it."""

import base64
import io
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image
from starlette.testclient import TestClient

from app.map_images.layer_list import PLAN
from tests.app.map_images.places import check_places
from zones.crs.transform import CRS, from_storage_xy
from zones.snapshot.model import Snapshot

SERVICE = "/arcgis/rest/services/zones/MapServer"
BOX = {"bbox": "123.35,41.72,123.43,41.78", "bboxSR": "4490", "size": "160,160"}


def test_services_of_pictures_are_listed_and_described(client: TestClient) -> None:
    listed: Any = client.get("/arcgis/rest/services?f=json").json()["services"]
    assert {"name": PLAN, "type": "MapServer"} in listed
    for name in (PLAN, "zones"):
        told: Any = client.get(f"/arcgis/rest/services/{name}/MapServer?f=json").json()
        assert told["capabilities"] == "Map,Query,Data"
        assert told["fullExtent"]["xmin"] == pytest.approx(123.3, abs=0.1)
    for path in ("MapServer", "MapServer/export", "MapServer/legend", "MapServer/identify"):
        asked = {"f": "json", **BOX, **PLACE}
        fault: Any = client.get(f"/arcgis/rest/services/nowhere/{path}", params=asked).json()
        assert fault["error"]["code"] == 404, path


@pytest.mark.parametrize("wkid", ["4490", "102100", "4550"])
def test_pictures_show_the_box_that_is_told(
    client: TestClient, seeded_snapshot: Snapshot, wkid: str
) -> None:
    asked = {**BOX, "imageSR": wkid, "transparent": "true", "style": "unlabelled"}
    told: Any = client.get(f"{SERVICE}/export", params={**asked, "f": "json"}).json()
    answer = client.get(told["href"])
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == client.get(f"{SERVICE}/export", params={**asked, "f": "image"}).content
    image = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert image.shape[:2] == (told["height"], told["width"]) == (160, 160)
    bounds = tuple(told["extent"][side] for side in ("xmin", "ymin", "xmax", "ymax"))
    sides = (bounds[2] - bounds[0]) / (bounds[3] - bounds[1])
    assert sides == pytest.approx(1)
    crs = {"4490": CRS.EPSG_4490, "102100": CRS.EPSG_3857, "4550": CRS.EPSG_4550}[wkid]
    check_places(image, bounds, crs, seeded_snapshot)


def test_what_is_wrong_is_told_as_esri_does(client: TestClient) -> None:
    for more in (
        {"bbox": "1,2,3"}, {"bbox": "3,2,1,4"}, {"size": "10"}, {"size": "0,5"}, {"dpi": "0"},
        {"size": "9999,9999"}, {"format": "gif"}, {"imageSR": "32651"}, {"bbox": ""},
        {"bbox": "x"}, {"bboxSR": "{"}, {"bbox": "1e300,1e300,2e300,2e300", "imageSR": "4550"},
    ):  # fmt: skip
        told: Any = client.get(f"{SERVICE}/export", params={**BOX, **more, "f": "json"}).json()
        assert told["error"]["code"] == 400, (more, told)


PLACE = {
    "geometry": "123.41,41.81",
    "sr": "4490",
    "tolerance": "2",
    "mapExtent": "123.3,41.6,123.6,41.9",
    "imageDisplay": "600,600,96",
}
PLAN_SERVICE = f"/arcgis/rest/services/{PLAN}/MapServer"


def ask(client: TestClient, path: str, **asked: str) -> Any:
    """Return an answer as JSON."""
    answer = client.get(path, params={"f": "json", **asked})
    assert answer.status_code == 200, answer.text[:300]
    return answer.json()


def numbers_of(client: TestClient, **titles: str) -> dict[str, str]:
    """Return the numbers of layers of the whole plan by a name of one's own for each title."""
    layers = ask(client, PLAN_SERVICE)["layers"]
    return {
        key: str(e["id"]) for key, title in titles.items() for e in layers if e["name"] == title
    }


def test_a_click_finds_what_lies_there(client: TestClient, seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    (at,) = zones.tree.query(shapely.Point(123.41, 41.81), predicate="intersects")
    (found,) = ask(client, f"{SERVICE}/identify", **PLACE)["results"]
    assert (found["layerId"], found["layerName"]) == (0, "六区")
    assert found["value"] == zones.properties[at]["name"] == found["attributes"]["名称"]
    assert set(map(type, found["attributes"].values())) == {str}
    assert found["geometry"]["rings"]
    typed = {"returnFieldName": "true", "returnUnformattedValues": "true"}
    plain = {"returnGeometry": "false", **typed}
    (typed_found,) = ask(client, f"{SERVICE}/identify", **PLACE, **plain)["results"]
    assert "geometry" not in typed_found
    number = typed_found["attributes"]["OBJECTID"]
    layer = ask(client, f"{SERVICE}/0/query", objectIds=str(number), outFields="id")
    assert layer["features"][0]["attributes"]["id"] == zones.fids[at]


def test_a_click_asks_the_layers_that_are_named(client: TestClient) -> None:
    ids = numbers_of(client, zones="六区", subdistricts="街道")
    both = f"all:{ids['zones']},{ids['subdistricts']}"
    found = ask(client, f"{PLAN_SERVICE}/identify", **PLACE, layers=both)["results"]
    assert {str(each["layerId"]) for each in found} == set(ids.values())
    top = ask(client, f"{PLAN_SERVICE}/identify", **PLACE, layers="top")["results"]
    assert len({each["layerId"] for each in top}) == 1


@pytest.mark.parametrize("wkid", ["4490", "102100", "4550"])
def test_the_tolerance_is_in_pixels_of_the_picture(
    client: TestClient, seeded_snapshot: Snapshot, wkid: str
) -> None:
    west = seeded_snapshot.collection("zones").bounds[0][0]
    crs = {"4490": CRS.EPSG_4490, "102100": CRS.EPSG_3857, "4550": CRS.EPSG_4550}[wkid]
    edge = shapely.get_coordinates(seeded_snapshot.collection("zones").geometries[0])
    lon, lat = edge[edge[:, 0] == west][0]
    x, y = from_storage_xy(lon, lat, crs)
    pixel = 1e-4 if wkid == "4490" else 10.0
    window = f"{x - 300 * pixel},{y - 300 * pixel},{x + 300 * pixel},{y + 300 * pixel}"
    fid = seeded_snapshot.collection("zones").properties[0]["name"]
    for pixels, expected in ((3, True), (7, True), (0, False), (4, False)):
        away = 5 if pixels == 4 else 2  # so many pixels west of the westernmost vertex
        asked = {
            "geometry": f'{{"x": {x - away * pixel}, "y": {y}}}',
            "sr": wkid,
            "tolerance": str(pixels),
            "mapExtent": window,
        }
        found = ask(client, f"{SERVICE}/identify", **{**PLACE, **asked}, layers="all")["results"]
        assert (fid in [each["value"] for each in found]) == expected, pixels


def test_texts_are_found_in_any_field_or_in_those_named(client: TestClient) -> None:
    site = ask(
        client, "/arcgis/rest/services/sites/FeatureServer/0/query", where="1=1", outFields="*"
    )
    name = site["features"][0]["attributes"]["name"]
    service = "/arcgis/rest/services/sites/MapServer/find"
    found = ask(client, service, searchText=name, layers="0", searchFields="name")["results"]
    assert name in [each["value"] for each in found]
    assert {each["foundFieldName"] for each in found} == {"name"}
    part = ask(client, service, searchText=name[:1], layers="0", contains="false")["results"]
    assert all(name[:1] in each["attributes"].values() for each in part)
    assert ask(client, service, searchText="没有这样的字", layers="0") == {"results": []}


def test_the_legend_has_a_picture_of_every_sign(client: TestClient) -> None:
    layers = ask(client, f"{PLAN_SERVICE}/legend")["layers"]
    listed = ask(client, PLAN_SERVICE)["layers"]
    assert [each["layerName"] for each in layers] == [each["name"] for each in listed]
    zones = next(each for each in layers if each["layerName"] == "六区")
    assert len(zones["legend"]) == 6
    pictures = {sign["imageData"] for sign in zones["legend"]}
    assert len(pictures) == 6
    for sign in (sign for each in layers for sign in each["legend"]):
        image = Image.open(io.BytesIO(base64.b64decode(sign["imageData"])))
        assert image.size == (sign["width"], sign["height"])
        assert np.asarray(image.convert("RGBA"))[..., 3].any()


def test_pictures_show_the_layers_that_are_named(client: TestClient) -> None:
    ids = numbers_of(client, zones="六区")
    asked = {**BOX, "f": "image", "transparent": "true", "style": "unlabelled"}
    alone = client.get(f"{PLAN_SERVICE}/export", params={**asked, "layers": f"show:{ids['zones']}"})
    assert alone.content == client.get(f"{SERVICE}/export", params=asked).content
    every = client.get(f"{PLAN_SERVICE}/export", params=asked).content
    assert alone.content != every
    none_out = client.get(f"{PLAN_SERVICE}/export", params={**asked, "layers": "exclude:"})
    assert none_out.content == every
    hidden = ",".join(str(each["id"]) for each in ask(client, PLAN_SERVICE)["layers"])
    blank = client.get(f"{PLAN_SERVICE}/export", params={**asked, "layers": f"hide:{hidden}"})
    image = np.asarray(Image.open(io.BytesIO(blank.content)).convert("RGBA"))
    assert not image[..., 3].any()


def test_layers_of_one_collection_are_not_parted(client: TestClient) -> None:
    service = "/arcgis/rest/services/basemap/MapServer"
    assert len(ask(client, service)["layers"]) > 1
    parted: Any = client.get(f"{service}/export", params={**BOX, "layers": "show:0"}).json()
    assert "0, 1" in parted["error"]["message"]


def test_what_is_wrong_with_a_question_is_told(client: TestClient) -> None:
    for path, more in (
        ("identify", {"geometry": ""}), ("identify", {"geometry": "x"}),
        ("identify", {"tolerance": "-1"}), ("identify", {"sr": "1"}),
        ("identify", {"mapExtent": "1,2"}), ("identify", {"imageDisplay": "5"}),
        ("identify", {"layers": "some"}), ("identify", {"layers": "all:99"}),
        ("identify", {"mapExtent": "1,1,1,1"}), ("find", {}), ("find", {"searchText": "a"}),
        ("find", {"searchText": "a", "layers": "x"}), ("export", {**BOX, "layers": "top"}),
        ("export", {**BOX, "layerDefs": "0:a=1"}), ("export", {**BOX, "layers": "show:7"}),
    ):  # fmt: skip
        asked = {**(PLACE if path == "identify" else {}), **more, "f": "json"}
        told: Any = client.get(f"{SERVICE}/{path}", params=asked).json()
        assert told["error"]["code"] == 400, (path, more, told)
    assert client.get(f"{SERVICE}/9").json()["error"]["code"] == 404
