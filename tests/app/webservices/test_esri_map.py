"""``/MapServer/export`` as clients of ArcGIS meet it."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.images.layers import PLAN
from tests.app.images.places import check_places
from zones.crs.transform import CRS
from zones.snapshot.model import Snapshot

SERVICE = "/arcgis/rest/services/zones/MapServer"
BOX = {"bbox": "123.35,41.72,123.43,41.78", "bboxSR": "4490", "size": "160,160"}


def test_services_of_pictures_are_listed_and_described(client: TestClient) -> None:
    listed: Any = client.get("/arcgis/rest/services?f=json").json()["services"]
    assert {"name": PLAN, "type": "MapServer"} in listed
    for name in (PLAN, "zones"):
        told: Any = client.get(f"/arcgis/rest/services/{name}/MapServer?f=json").json()
        assert told["capabilities"] == "Map"
        assert told["fullExtent"]["xmin"] == pytest.approx(123.3, abs=0.1)
    fault: Any = client.get("/arcgis/rest/services/nowhere/MapServer?f=json").json()
    assert fault["error"]["code"] == 404


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
