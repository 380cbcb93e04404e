"""WMTS as its clients meet it: what is offered, and the same tiles by pairs and by paths."""

import io
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from app.map_images.layer_list import PLAN
from tests.app.map_images.places import check_places
from tests.ogc_schemas import JARS, MISSING, check, schema_of
from zones.gml.safe_xml import local_name, parse_xml
from zones.snapshot.model import Snapshot
from zones.tiles import TILE_MATRIX_SETS, Tile

SCHEMAS = {"http://www.opengis.net/wmts/1.0": "wmts/1.0/wmtsGetCapabilities_response.xsd"}
REPORTS = {"http://www.opengis.net/ows/1.1": "ows/1.1.0/owsAll.xsd"}
FIRST_SCALE = 2.795411320143589e8
"""Of the level of 2 x 1 tiles: 0.703125 degrees a pixel, by the equator of WGS 84."""


def asked(tile: Tile, **more: str) -> dict[str, str]:
    """Return the parameters of a GetTile."""
    usual = {
        "Service": "WMTS", "Version": "1.0.0", "Request": "GetTile", "Layer": "zones",
        "Style": "unlabelled", "Format": "image/png", "TileMatrixSet": tile.tms.id,
        "TileMatrix": str(tile.zoom), "TileRow": str(tile.row), "TileCol": str(tile.column),
    }  # fmt: skip
    return {**usual, **more}


def named(root: Element, name: str) -> list[Element]:
    """Return the elements of a name below another."""
    return [each for each in root.iter() if local_name(each) == name]


def texts(root: Element, name: str) -> list[str | None]:
    """Return the texts of these elements."""
    return [each.text for each in named(root, name)]


def capabilities(client: TestClient) -> Element:
    """Return the capabilities at their own address."""
    return parse_xml(client.get("/wmts/1.0.0/WMTSCapabilities.xml").content)


def tile_in(tms_id: str) -> Tile:
    """Return a tile with zones in it."""
    return TILE_MATRIX_SETS[tms_id].tile_at(12, 123.40, 41.75)


def test_every_layer_says_all_that_clients_need(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    layers = named(capabilities(client), "Layer")
    ids = [texts(layer, "Identifier")[0] for layer in layers]
    assert ids == [PLAN, *seeded_snapshot.collections]
    for layer in layers:
        assert texts(layer, "TileMatrixSet") == [
            "WorldCRS84Quad",
            "CGCS2000Quad",
            "WebMercatorQuad",
        ]
        assert named(layer, "Style")[0].get("isDefault") == "true"
        assert "image/png" in texts(layer, "Format")
        assert "{TileRow}/{TileCol}.png" in str(named(layer, "ResourceURL")[0].get("template"))


def test_systems_are_urns_and_scales_are_those_of_the_register(client: TestClient) -> None:
    sets = [each for each in named(capabilities(client), "TileMatrixSet") if len(each)]
    told = {texts(each, "Identifier")[0]: each for each in sets}
    assert [texts(each, "SupportedCRS")[0] for each in sets] == [
        "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "urn:ogc:def:crs:EPSG::3857",
    ]  # fmt: skip
    corners = {name: texts(each, "TopLeftCorner")[0] for name, each in told.items()}
    assert corners["WorldCRS84Quad"] == "-180.0 90.0"
    assert corners["CGCS2000Quad"] == "90.0 -180.0"
    for name in ("WorldCRS84Quad", "CGCS2000Quad"):
        assert float(texts(told[name], "ScaleDenominator")[0] or 0) == pytest.approx(FIRST_SCALE)
        assert texts(told[name], "MatrixWidth")[0] == "2"
    mercator = texts(told["WebMercatorQuad"], "ScaleDenominator")
    assert float(mercator[0] or 0) == pytest.approx(559082264.0287178)


@pytest.mark.skipif(not JARS, reason=MISSING)
def test_documents_are_valid(client: TestClient) -> None:
    check(schema_of(SCHEMAS), client.get("/wmts?request=GetCapabilities&service=WMTS").content)
    check(schema_of(REPORTS), client.get("/wmts?request=GetTile").content)


@pytest.mark.parametrize("tms_id", TILE_MATRIX_SETS)
def test_pairs_and_paths_bring_the_same_tile_to_its_place(
    client: TestClient, seeded_snapshot: Snapshot, tms_id: str
) -> None:
    tile = tile_in(tms_id)
    answer = client.get("/wmts", params=asked(tile))
    assert answer.headers["content-type"] == "image/png", answer.text[:300]
    path = f"/wmts/1.0.0/zones/unlabelled/{tms_id}/12/{tile.row}/{tile.column}.png"
    assert client.get(path).content == answer.content
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    check_places(picture, tile.bounds, tile.tms.crs, seeded_snapshot)


def test_names_of_matrices_may_begin_with_their_system(client: TestClient) -> None:
    tile = tile_in("CGCS2000Quad")
    usual = client.get("/wmts", params=asked(tile))
    assert (
        client.get("/wmts", params=asked(tile, TileMatrix="EPSG:4490:12")).content == usual.content
    )


def test_a_click_in_a_tile_tells_what_is_there(client: TestClient) -> None:
    tile = tile_in("CGCS2000Quad")
    more = {"Request": "GetFeatureInfo", "I": "128", "J": "128", "InfoFormat": "application/json"}
    found: Any = client.get("/wmts", params=asked(tile, **more)).json()
    assert found["features"][0]["id"].startswith("zones.zone-")
    beyond = client.get("/wmts", params=asked(tile, **{**more, "I": "256"}))
    assert 'exceptionCode="PointIJOutOfRange"' in beyond.text


def test_what_is_wrong_is_named(client: TestClient) -> None:
    tile = tile_in("WebMercatorQuad")
    for more, status, code in (
        ({"Layer": "nowhere"}, 400, "InvalidParameterValue"),
        ({"Style": "pretty"}, 400, "InvalidParameterValue"),
        ({"Format": "image/gif"}, 400, "InvalidParameterValue"),
        ({"TileMatrixSet": "w"}, 400, "InvalidParameterValue"),
        ({"TileMatrix": "x"}, 400, "InvalidParameterValue"),
        ({"TileRow": "99999"}, 400, "TileOutOfRange"),
        ({"Request": "GetMap"}, 400, "OperationNotSupported"),
        ({"Service": "WMS"}, 400, "InvalidParameterValue"),
        ({"TileCol": ""}, 400, "MissingParameterValue"),
    ):
        answer = client.get("/wmts", params=asked(tile, **more))
        assert answer.status_code == status, answer.text
        assert f'exceptionCode="{code}"' in answer.text
    assert client.get("/wmts/1.0.0/zones/default/w/1/1/1.gif").status_code == 404


NAMES = [*asked(Tile(TILE_MATRIX_SETS["CGCS2000Quad"], 0, 0, 0)), "I", "J", "InfoFormat", "TIME"]
VALUES = st.one_of(
    st.sampled_from(["", "-1", "1", "22", "GetFeatureInfo", PLAN]), st.text(max_size=9)
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_nothing_that_is_sent_makes_an_error_of_ours(
    client: TestClient, wrong: dict[str, str]
) -> None:
    answer = client.get(
        "/wmts", params=asked(tile_in("WebMercatorQuad"), **{"I": "1", "J": "1", **wrong})
    )
    assert answer.status_code < 500, (wrong, answer.text[:500])
