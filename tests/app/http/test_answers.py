"""What every answer has: revision, conditions, compression, headers, an id."""

import gzip
import json
import re

import pytest
from starlette.testclient import TestClient

DATA = ["/?f=json", "/conformance", "/collections", "/collections/zones", "/plan", "/plan/areas",
        "/collections/zones/items", "/collections/zones/items/zone-manrong", "/search?q=mr",
        "/locate?lon=123.4&lat=41.79", "/plan/zone-manrong", "/collections/zones/revisions",
        "/plan/attribution?of=subdistricts&by=zones"]  # fmt: skip
OTHER = ["/health/live", "/health/ready", "/metrics", "/api", "/imports", "/nowhere", "/docs"]


TAG = re.compile(r'"r1(-[0-9a-f]{8})?"')
WORDED = ["/plan", "/plan/zone-manrong"]
"""Answers with the plan's own words, which change with the program: their tags tell those too."""


@pytest.mark.parametrize("path", DATA)
def test_data_tell_their_revision_and_are_not_sent_twice(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert (path in WORDED) is bool(TAG.fullmatch(tag)[1])
    assert first.headers["x-revision"] == "1"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag


@pytest.mark.parametrize("tags", ['W/"r1"', '"r0", "r1"', "*"])
def test_tags_are_compared_weakly_and_in_lists(client: TestClient, tags: str) -> None:
    assert client.get("/plan/areas", headers={"If-None-Match": tags}).status_code == 304


@pytest.mark.parametrize("tags", ['"r2"', "r1", "", '"r11"'])
def test_another_tag_gets_the_whole_answer(client: TestClient, tags: str) -> None:
    assert client.get("/plan", headers={"If-None-Match": tags}).status_code == 200


def test_a_wrong_query_is_refused_though_the_tag_is_known(client: TestClient) -> None:
    answer = client.get("/collections/zones/items?limit=x", headers={"If-None-Match": '"r1"'})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", [*DATA, *OTHER])
def test_head_tells_what_get_would_without_the_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers.get("etag") == got.headers.get("etag")


@pytest.mark.parametrize("path", [*DATA, *OTHER])
def test_every_answer_has_the_protecting_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'",
                      "frame-ancestors 'self'", "script-src 'self' 'nonce-"):  # fmt: skip
        assert directive in policy
    assert "server" not in headers
    assert len(headers["x-request-id"]) == 16


def test_the_nonce_of_the_page_is_that_of_the_policy_and_never_the_same(client: TestClient) -> None:
    pages = [client.get("/map") for _ in range(2)]
    nonces = [
        page.headers["content-security-policy"].split("'nonce-")[1].split("'")[0] for page in pages
    ]
    assert nonces[0] != nonces[1]


def test_large_answers_are_compressed_and_tiny_ones_are_not(client: TestClient) -> None:
    with client.stream("GET", "/plan", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed)) == client.get("/plan").json()
    assert "content-encoding" not in client.get("/health/live").headers


@pytest.mark.parametrize("encodings", ["identity", "gzip;q=0", "br"])
def test_who_takes_no_gzip_gets_none(client: TestClient, encodings: str) -> None:
    answer = client.get("/plan", headers={"Accept-Encoding": encodings})
    assert "content-encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["vary"]


def test_every_origin_may_read_and_none_may_write(client: TestClient) -> None:
    assert client.get("/plan").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.post("/collections").headers
    asked = {"Origin": "https://elsewhere.cn", "Access-Control-Request-Method": "POST"}
    assert (
        "POST"
        not in client.options("/collections", headers=asked).headers["access-control-allow-methods"]
    )
    assert (
        "POST" in client.options("/locate", headers=asked).headers["access-control-allow-methods"]
    )
    assert "access-control-allow-credentials" not in client.get("/plan").headers


def test_a_request_is_logged_as_one_line_of_json(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/search", params={"q": "a\r\nb"}, headers={"Authorization": "Basic x"})
    client.get("/plan?lang=en")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["status"] for line in lines] == [401, 200]
    assert lines[0]["request_id"] == answer.headers["x-request-id"]
    assert {"method", "path", "ms", "bytes", "client"} <= lines[1].keys()
