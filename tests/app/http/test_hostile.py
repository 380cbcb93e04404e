"""Whatever a client sends, the answer is never a 5xx, and never without words."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.features.items_query import HIGHEST_LIMIT
from tests.app.raw import send_raw
from tests.examples import examples

ODD = [
    "", " ", "0", "-0", "-1", "1e309", "1e-400", "NaN", "Infinity", "null", "true", "[]", "{}",
    "%", "%00", "\x00", "\r\nX: y", "'", '"', "';--", "../../etc/passwd", "<script>", "${7*7}",
    "{0}", "%s", "١٢٣", "1,2", "1,2,3,4,5,6", "1" * 400, "9" * 19, "😀", "\ud7ff", "٫", "1_000",
    "0x10", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490", "\\\\", "2021-02-30", "../..", "🇨🇳" * 50,
]  # fmt: skip

PARAMETERS = {
    "/locate": ("lon", "lat", "x", "y", "crs", "lang"),
    "/collections/zones/items": (
        "bbox", "bbox-crs", "crs", "limit", "offset", "datetime", "revision", "f", "lang",
        "filter", "filter-lang", "filter-crs", "ids", "properties", "sortby", "name", "order"),
    "/collections/zones/tiles/WebMercatorQuad/0/0/0": ("f", "revision", "lang"),
    "/collections/zones/items/zone-manrong": ("crs", "revision", "f"),
    "/collections": ("f", "lang"),
    "/plan/areas": ("f", "lang", "revision"),
    "/plan/attribution": ("of", "by", "measure", "lang"),
    "/search": ("q", "limit", "revision"),
    "/map": ("collections", "basemap", "lang", "bbox", "revision"),
    "/imports": ("limit", "lang"),
    "/": ("f", "lang"),
}  # fmt: skip
NAMED = [(path, name) for path, names in PARAMETERS.items() for name in names]


def assert_civil(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_odd_values_of_one_parameter_are_answered(client: TestClient, path: str, name: str) -> None:
    needed = {"of": "sites", "by": "zones"} if path == "/plan/attribution" else {}
    for value in ODD:
        assert_civil(client.get(path, params={**needed, name: value}))


@pytest.mark.parametrize("value", ODD)
def test_odd_names_in_paths_are_answered(client: TestClient, value: str) -> None:
    for path in PATHS:
        sent = send_raw(client, "GET", path.format(value))
        assert 200 <= sent.status < 500


PATHS = (
    "/collections/{}", "/collections/{}/items", "/collections/{}/revisions", "/plan/{}",
    "/collections/zones/items/{}", "/collections/{}/queryables", "/collections/{}/schema",
    "/collections/{}/tiles", "/collections/zones/tiles/{}", "/collections/zones/tiles/{}/0/0/0",
    "/collections/zones/tiles/WebMercatorQuad/0/0/{}", "/tileMatrixSets/{}",
    "/imports/{}", "/problems/{}", "/assets/{}",
)  # fmt: skip

numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.integers().map(str),
    st.text(string.printable, max_size=12),
)


@examples(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bbox=st.lists(numbers, max_size=7).map(",".join),
    crs=st.sampled_from(["EPSG:4490", "EPSG:4550", "EPSG:3857", "gcj02", "CRS84", "EPSG:1"]),
    limit=numbers,
)
def test_any_box_in_any_system_is_answered(
    client: TestClient, bbox: str, crs: str, limit: str
) -> None:
    params = {"bbox": bbox, "bbox-crs": crs, "crs": crs, "limit": limit}
    assert_civil(client.get("/collections/sites/items", params=params))


@examples(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    x=st.floats(allow_nan=False, allow_infinity=False),
    y=st.floats(allow_nan=False, allow_infinity=False),
    crs=st.sampled_from(["EPSG:4490", "EPSG:4550", "EPSG:4529", "EPSG:3857", "gcj02", "bd09"]),
)
@example(x=0.0, y=-90.0, crs="bd09")
@example(x=180.0, y=0.0, crs="bd09")
def test_any_pair_of_numbers_is_located_or_refused(
    client: TestClient, x: float, y: float, crs: str
) -> None:
    assert_civil(client.get("/locate", params={"x": repr(x), "y": repr(y), "crs": crs}))
    answer = client.post("/locate", json=[[x, y]], params={"crs": crs})
    assert answer.status_code == 200


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@examples(80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=json_values, name=st.sampled_from(["points", "id", "lon", ""]))
def test_any_json_is_answered(client: TestClient, body: Any, name: str) -> None:
    assert_civil(client.post("/locate", json=body))
    assert_civil(client.post("/locate", json=[{"lon": 123.4, "lat": 41.79, name: body}]))


@pytest.mark.parametrize("limit", [0, 1, HIGHEST_LIMIT, HIGHEST_LIMIT + 1, 10**30])
def test_limits_at_their_edges_are_answered(client: TestClient, limit: int) -> None:
    assert_civil(client.get(f"/collections/zones/items?limit={limit}"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "\x7f;;;q=,,,"},
        {"Accept": "text/html;q=nan"},
        {"Accept-Language": "," * 1000},
        {"If-None-Match": '"' * 1000},
        {"Accept-Encoding": ";;q=gzip,gzip;q=9"},
        {"Prefer": "wait=99999999999999"},
        {"Host": ""},
        {"Cookie": "a" * 4000},
    ],
)
def test_odd_headers_are_answered(client: TestClient, headers: dict[str, str]) -> None:
    assert_civil(client.get("/plan", headers=headers))


@pytest.mark.parametrize(
    "query", [b"%", b"%zz", b"a=%ff%fe", b"&&&", b"=", b"lon", b"\xff\xfe", b"a[]=1"]
)
def test_odd_query_strings_are_answered(client: TestClient, query: bytes) -> None:
    for path in ("/locate", "/collections", "/collections/zones/items"):
        assert send_raw(client, "GET", path, query=query).status in {200, 400}
