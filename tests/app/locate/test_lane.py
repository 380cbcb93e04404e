"""The short way gives the route's answers; what is not plain takes the long one."""

import gzip
import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.locate.fast_path import plain_point
from tests.app.conftest import Serve, with_key
from zones.crs.transform import CRS, from_storage_xy

PLAIN = "/locate?lon=123.405&lat=41.786"
OF_ONE_REQUEST = {"x-request-id", "content-security-policy"}
UNPACKED = {"Accept-Encoding": "identity"}


def queries() -> list[str]:
    """Return plain look-ups in every system, in both orders."""
    lonlats = np.random.default_rng(8).uniform((123.3, 41.6), (123.5, 41.9), (8, 2)).tolist()
    found = []
    for crs in CRS:
        names = ("lon", "lat") if crs.is_geographic else ("x", "y")
        for lon, lat in lonlats:
            x, y = (f"{value:.9f}" for value in from_storage_xy(lon, lat, crs))
            found += [
                f"{names[0]}={x}&{names[1]}={y}&crs={crs.key}",
                f"{names[1]}={y}&{names[0]}={x}&crs={crs.key.replace(':', '%3A')}",
            ]
    return [*found, "lon=123.4&lat=41.79", "x=123.4&y=41.79", "lon=-57&lat=-0", "lon=0&lat=90"]


def test_every_plain_query_is_taken(client: TestClient) -> None:
    assert [query for query in queries() if plain_point(query.encode()) is None] == []


def test_answers_and_headers_are_those_of_the_route(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = [client.get(f"/locate?{query}", headers=UNPACKED) for query in queries()]
    monkeypatch.setattr("app.locate.fast_path.plain_point", lambda query: None)
    for answer, query in zip(quick, queries(), strict=True):
        routed = client.get(f"/locate?{query}", headers=UNPACKED)
        assert answer.status_code == routed.status_code == 200
        assert answer.content == routed.content
        assert {k: v for k, v in answer.headers.items() if k not in OF_ONE_REQUEST} == {
            k: v for k, v in routed.headers.items() if k not in OF_ONE_REQUEST
        }


@pytest.mark.parametrize(
    "query",
    [
        *("", "lon=1", "lon=1&lon=2", "lon=1&lat=2&lang=en", "lon=1&lat=2&", "lon=1&x=2"),
        *("lon=41.8&lat=123.4", "lon=200&lat=1", "lon=1e2&lat=2", "lon=+1&lat=2", "lon=&lat=2"),
        *("lon=nan&lat=2", "lon=1&lat=2&crs=EPSG:2381", "lon=1&lat=2&crs=EPSG:4550"),
        *("lon=1_0&lat=2", "lon=1&lat=2&crs=gcj02&crs=gcj02", "x=5&y=6&crs=EPSG:4550"),
        *("lon=1&lat=2\n", "lon=1&lat=\u0662", "lon=" + "1" * 40 + "&lat=2"),
    ],
)
def test_what_is_not_a_plain_believable_point_is_left_to_the_route(query: str) -> None:
    assert plain_point(query.encode()) is None


def test_a_key_is_judged_though_the_point_is_plain(client: TestClient) -> None:
    answer = client.get(PLAIN, headers={"Authorization": "Bearer nobody's"})
    assert answer.status_code == 401


def test_a_closed_service_asks_for_a_key(serve: Serve) -> None:
    closed = serve(public_read=False)
    assert closed.get(PLAIN).status_code == 401
    assert with_key(closed).get(PLAIN).status_code == 200


def test_a_known_tag_is_answered_without_a_body(client: TestClient) -> None:
    assert client.get(PLAIN, headers={"If-None-Match": '"r1"'}).status_code == 304


def test_a_browser_is_shown_the_page(client: TestClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = client.get(PLAIN, headers={"Accept": browser})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
        answer = client.get(PLAIN, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"


def test_head_of_a_plain_point_has_no_body(client: TestClient) -> None:
    head, got = client.head(PLAIN), client.get(PLAIN)
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]


def test_an_answer_worth_it_is_packed_for_who_takes_gzip(client: TestClient) -> None:
    with client.stream("GET", PLAIN, headers={"Accept-Encoding": "br, gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(packed)
    plain = client.get(PLAIN, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(packed) == plain.content
    assert "content-encoding" not in plain.headers


def test_a_small_answer_is_not_packed(client: TestClient) -> None:
    answer = client.get("/locate?lon=116.39&lat=39.91", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_a_new_revision_is_answered_at_once(editor: TestClient) -> None:
    assert editor.get(PLAIN).headers["x-revision"] == "1"
    del editor.headers["Authorization"]
    assert editor.get(PLAIN).headers["x-revision"] == "1"
    with_key(editor).post("/collections/sites/revisions/1/restore")
    editor.post("/collections", json={"id": "fresh", "title": "新"})
    del editor.headers["Authorization"]
    current = editor.get("/plan").headers["x-revision"]
    assert current != "1"
    assert editor.get(PLAIN).headers["x-revision"] == current


def test_a_plain_look_up_is_logged_and_counted(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get(PLAIN)
    (line,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["path"], line["status"]) == ("/locate", 200)
    assert line["bytes"] == int(answer.headers["content-length"])
