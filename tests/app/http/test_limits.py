"""Bodies that are too large, encoded, or sent by nobody who may."""

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import ADMIN_KEY, Serve
from tests.app.files import make_collection, send
from tests.app.raw import send_raw

KEY = (b"authorization", f"Bearer {ADMIN_KEY}".encode())
FORM = (b"content-type", b"multipart/form-data; boundary=b")
JSON = (b"content-type", b"application/json")
START = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n'
IMPORTS = "/collections/zones/imports"


def test_a_stated_length_past_the_limit_is_refused_before_anything_is_read(
    client: TestClient,
) -> None:
    length = (b"content-length", str(201 * 2**20).encode())
    answer = send_raw(client, "POST", IMPORTS, headers=[KEY, FORM, length], chunks=[b"x"] * 9)
    assert answer.status == 413
    assert answer.chunks_taken == 0


def test_a_body_without_a_length_is_refused_once_it_passes_the_limit(serve: Serve) -> None:
    client = serve(max_upload_mb=1)
    chunks = [START, *[b"x" * 2**16] * 1000]
    answer = send_raw(client, "POST", IMPORTS, headers=[KEY, FORM], chunks=chunks)
    assert answer.status == 413
    assert answer.chunks_taken < 20
    assert services_in(client.app).jobs.folder.waiting() == 0


def test_a_file_past_the_limit_is_refused_for_a_usual_client(serve: Serve) -> None:
    client = serve(max_upload_mb=1)
    client.headers["Authorization"] = f"Bearer {ADMIN_KEY}"
    make_collection(client)
    answer = send(client, b"x" * (2**20 + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "1 MB" in answer.json()["detail"]


def test_points_past_a_megabyte_are_refused(client: TestClient) -> None:
    answer = client.post("/locate", json=[[123.4, 41.79, "x" * 2**20]])
    assert answer.status_code == 413


@pytest.mark.parametrize("length", [b"-1", b"ten", b"1e3", "１".encode(), b"9" * 50, b""])
def test_a_length_that_is_no_number_is_refused(client: TestClient, length: bytes) -> None:
    headers = [KEY, JSON, (b"content-length", length)]
    answer = send_raw(client, "POST", "/collections", headers=headers)
    assert answer.status in {400, 413}


def test_an_address_or_headers_beyond_reason_are_refused(client: TestClient) -> None:
    long_query = client.get("/search", params={"q": "x" * 17_000})
    assert long_query.status_code == 414
    long_header = client.get("/plan", headers={"Cookie": "x" * 17_000})
    assert long_header.status_code == 431
    assert long_header.json()["status"] == 431


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"identity, gzip"])
def test_an_encoded_body_is_refused(client: TestClient, encoding: bytes) -> None:
    headers = [JSON, (b"content-encoding", encoding)]
    answer = send_raw(client, "POST", "/locate", headers=headers, chunks=[b"x"])
    assert answer.status == 415
    assert answer.chunks_taken == 0


@pytest.mark.parametrize(
    "keys", [[], [(b"authorization", b"Bearer wrong")], [(b"authorization", b"Bearer \xff")]]
)
def test_the_key_is_judged_before_the_body_is_read(
    serve: Serve, keys: list[tuple[bytes, bytes]]
) -> None:
    headers = [FORM, *keys]
    answer = send_raw(serve(), "POST", IMPORTS, headers=headers, chunks=[START] * 9)
    assert answer.status == 401
    assert answer.chunks_taken == 0


def test_a_client_that_goes_away_leaves_nothing(serve: Serve) -> None:
    client = serve()
    answer = send_raw(client, "POST", IMPORTS, headers=[KEY, FORM], chunks=[START], cut_off=True)
    assert answer.status == 0
    assert services_in(client.app).jobs.folder.waiting() == 0
