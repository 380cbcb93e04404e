"""The short way of ``/locate`` and the ordinary one answer any request alike."""

import zlib
from unittest import mock

from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.app.conftest import ADMIN_KEY
from tests.app.raw import Sent, send_raw
from tests.examples import examples

Header = tuple[bytes, bytes]

OF_ONE_REQUEST = {b"x-request-id", b"content-security-policy"}
OF_ONE_PACKING = {b"content-length"}
"""The short way packs less tightly."""

NUMBERS = st.one_of(
    st.floats(123, 124).map(str),
    st.floats(-400, 400).map("{:.7f}".format),
    st.floats(width=32).map(str),
    st.sampled_from(["123.405", "41.786", "0", "-0", "00123.4", "1e2", "+5", "5000000", "", "1_0"]),
    st.text(max_size=4),
)
SYSTEMS = st.sampled_from(
    ["CRS84", "crs84", "EPSG:4490", "EPSG%3A4490", "EPSG:4550", "gcj02", "GCJ02", "bd09", "X:1", ""]
)
NAMES = st.sampled_from(["lon", "lat", "x", "y", "LON", "lang", "f", "collections", "q"])
PLAIN_QUERIES = st.builds("lon={:.6f}&lat={:.6f}".format, st.floats(122, 125), st.floats(41, 43))
PAIRED_QUERIES = st.builds(
    "{0[0]}={1}&{0[1]}={2}".format,
    st.sampled_from([("lon", "lat"), ("lat", "lon"), ("x", "y"), ("y", "x"), ("x", "lat")]),
    NUMBERS,
    NUMBERS,
)
MORE = st.lists(
    st.one_of(
        SYSTEMS.map("&crs={}".format),
        st.builds("&{}={}".format, NAMES, NUMBERS),
        st.sampled_from(["&", "&f=html", "&f=json", "&lang=en", "&collections=subdistricts"]),
    ),
    max_size=2,
).map("".join)
QUERIES = (PLAIN_QUERIES | st.builds("{}{}".format, PLAIN_QUERIES | PAIRED_QUERIES, MORE)).map(
    str.encode
)

RANGES = (
    *("text/html", "TEXT/HTML", "text/*", "Text/*;q=0.9", "*/*", "*/*;q=0.1", "application/json"),
    *("application/JSON", "application/*", "application/json;q=0", "*/*;q=0", "image/png", ""),
    *("text/html;level=1", "application/xhtml+xml"),
)
ACCEPTED = st.lists(st.sampled_from(RANGES), min_size=1, max_size=2).map(
    lambda items: (b"accept", ", ".join(items).encode())
)
OTHER_HEADERS = st.sampled_from(
    [
        (b"accept-encoding", b"gzip"),
        (b"accept-encoding", b"br;q=1, GZIP;q=0.5"),
        (b"accept-encoding", b"gzip;q=0"),
        (b"accept-encoding", b"*"),
        (b"accept-language", b"en"),
        (b"accept-language", b"zh-CN,en;q=0.5"),
        (b"authorization", b"Bearer nobody"),
        (b"authorization", f"Bearer {ADMIN_KEY}".encode()),
        (b"cookie", b"zones_session=none"),
        (b"content-length", b"5"),
        (b"content-encoding", b"gzip"),
        (b"if-none-match", b'"r1"'),
        (b"if-none-match", b"*"),
        (b"if-match", b'"r9"'),
        (b"if-modified-since", b"Thu, 01 Jan 1970 00:00:00 GMT"),
        (b"origin", b"https://elsewhere.example"),
        (b"prefer", b"wait=1"),
        (b"range", b"bytes=0-10"),
        (b"x-forwarded-for", b"203.0.113.7"),
    ]
)
HEADERS = st.builds(
    lambda *parts: [header for part in parts for header in part],
    st.lists(ACCEPTED, max_size=2),
    st.just([]) | st.lists(OTHER_HEADERS, max_size=3),
)


def asked(client: TestClient, method: str, query: bytes, headers: list[Header]) -> Sent:
    """Return the answer, its body unpacked, without what no two requests share."""
    sent = send_raw(client, method, "/locate", query=query, headers=headers)
    left_out = OF_ONE_REQUEST
    if sent.headers.get(b"content-encoding") == b"gzip":
        sent.body = sent.body and zlib.decompress(sent.body, wbits=16 + zlib.MAX_WBITS)
        left_out = OF_ONE_REQUEST | OF_ONE_PACKING
    sent.headers = {name: value for name, value in sent.headers.items() if name not in left_out}
    return sent


def without_ids(sent: Sent) -> bytes:
    """Return the body; a problem and a page hold what the request alone has."""
    is_json_answer = sent.headers.get(b"content-type") == b"application/json"
    return sent.body if sent.status == 200 and is_json_answer else b""


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(["GET", "GET", "GET", "HEAD"]), query=QUERIES, headers=HEADERS)
def test_both_ways_answer_alike(
    client: TestClient, method: str, query: bytes, headers: list[Header]
) -> None:
    quick = asked(client, method, query, headers)
    with mock.patch("app.locate.fast_path.plain_headers", return_value=None):
        routed = asked(client, method, query, headers)
    assert quick.status == routed.status
    if quick.headers.get(b"content-type") == b"application/json":
        assert quick.headers == routed.headers
    assert quick.headers.get(b"content-type") == routed.headers.get(b"content-type")
    assert without_ids(quick) == without_ids(routed)


def test_a_plain_request_does_go_the_short_way(client: TestClient) -> None:
    with mock.patch("app.locate.routes.read_point", side_effect=AssertionError):
        for accept in (b"*/*", b"application/json"):
            headers = [(b"accept", accept)]
            assert asked(client, "GET", b"lon=123.4&lat=41.79", headers).status == 200
        assert asked(client, "GET", b"lon=123.4&lat=41.79", [(b"accept", b"a/b")]).status == 500
