"""Addresses as people share and type them: what messengers append, UTF-8 as it is."""

import socket
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.server.utf8_in_addresses import encoded_line
from tests.app.processes import server

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ("/", "/map", "/plan", "/docs", "/signin", "/locate", "/collections", "/collections/zones")


@pytest.mark.parametrize("path", [*PAGES, "/collections/sites/items", "/plan/zone-sanhaojie"])
@pytest.mark.parametrize("appended", ["from=timeline&isappinstalled=0", "utm_source=a&utm_id=7"])
def test_pages_pass_over_what_messengers_append(
    client: TestClient, path: str, appended: str
) -> None:
    answer = client.get(f"{path}?{appended}", headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_a_page_passes_over_any_parameter_but_not_a_misspelt_filter(client: TestClient) -> None:
    assert client.get("/map?zzz=1", headers=BROWSER).status_code == 200
    wrong = client.get("/collections/sites/items?categori=park", headers=BROWSER)
    assert wrong.status_code == 400
    assert "categori" in wrong.text


@pytest.mark.parametrize(
    "path", ["/map?from=x", "/collections?utm_source=x", "/collections/sites/items?from=x"]
)
def test_programs_are_told_of_unknown_parameters(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_bytes_beyond_ascii_are_encoded_and_others_left_alone() -> None:
    line = "GET /search?q=三好 HTTP/1.1\r\n".encode()
    assert encoded_line(line) == b"GET /search?q=%E4%B8%89%E5%A5%BD HTTP/1.1\r\n"
    assert encoded_line(b"GET /a%20b HTTP/1.1\r\n") == b"GET /a%20b HTTP/1.1\r\n"


def _answers(address: tuple[str, int], *pieces: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as line:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.05)  # so that they come one by one
        taken = b""
        while chunk := line.recv(65536):
            taken += chunk
    return taken


@pytest.mark.slow
def test_a_target_in_utf8_is_read_whole_in_pieces_and_twice(
    seeded_file: Path, tmp_path: Path
) -> None:
    store = tmp_path / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    with server(store) as running:
        url = running.client.base_url
        address = (url.host, url.port or 80)
        asked = "GET /search?q=三好 HTTP/1.1\r\nHost: x\r\n".encode()
        last = asked + b"Connection: close\r\n\r\n"
        for pieces in ((last,), (last[:15], last[15:])):
            answer = _answers(address, *pieces)
            assert answer.startswith(b"HTTP/1.1 200")
            assert "三好街".encode() in answer
        answer = _answers(address, asked + b"\r\n", last)
        assert answer.count(b"HTTP/1.1 200") == 2
        body = "名称".encode()
        posted = b"POST /locate HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: "
        answer = _answers(address, posted + b"%d\r\nConnection: close\r\n\r\n" % len(body), body)
        assert b"HTTP/1.1 400" in answer or b"HTTP/1.1 422" in answer
