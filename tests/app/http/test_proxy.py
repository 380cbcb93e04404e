"""Behind a real reverse proxy that serves the service below a folder."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.app.files import HEPING, points_geojson
from tests.app.processes import Server, server
from tests.app.processes import free_port as a_port

pytestmark = pytest.mark.slow  # servers of their own, and waiting

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
needs_nginx = pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_max_body_size 200m;
  server {{
    listen 127.0.0.1:{port};
    location /heping/ {{ proxy_pass http://127.0.0.1:{behind}/; proxy_set_header Host $host; }}
  }}
}}
"""
DOCUMENTS = (
    "/?f=json",
    "/collections",
    "/collections/zones",
    "/collections/zones/items?limit=2",
    "/collections/zones/tiles",
    "/plan",
    "/imports",
)
PAGES = ("/map", "/collections?f=html", "/plan", "/locate", "/upload", "/signin", "/docs")


HTML = {"Accept": "text/html,*/*;q=0.5"}


@contextmanager
def proxied(running: Server, folder: Path, port: int) -> Iterator[httpx.Client]:
    folder.mkdir(exist_ok=True)
    behind = running.client.base_url.port
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, behind=behind))
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(configuration)])
    try:
        wait_for(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/heping", timeout=30) as client:
            client.headers.update(running.client.headers)
            yield client
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not answer")


@pytest.fixture(scope="module")
def below(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service that its users know by an address below a folder."""
    folder = tmp_path_factory.mktemp("nginx")
    store = Path(shutil.copy(seeded_file, folder / "zones.sqlite"))
    port = a_port()
    public = f"http://127.0.0.1:{port}/heping"
    with server(store, public_url=public) as running, proxied(running, folder, port) as client:
        yield client


def links_in(told: object) -> Iterator[str]:
    """Yield every address in a JSON document."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name in ("href", "url") and isinstance(value, str):
                yield value
            else:
                yield from links_in(value)
    elif isinstance(told, list):
        for each in told:
            yield from links_in(each)


@needs_nginx
def test_every_link_can_be_followed_from_the_landing_page_to_a_feature(
    below: httpx.Client,
) -> None:
    public = str(below.base_url).rstrip("/")
    for path in DOCUMENTS:
        for address in links_in(below.get(path).json()):
            assert address.startswith(public), (path, address)
            if "{" not in address:
                assert httpx.get(address).status_code in (200, 204), address
    assert below.get("/api").json()["servers"][0]["url"] == public
    tilejson = below.get("/collections/zones/tiles/WebMercatorQuad/tilejson.json").json()
    assert tilejson["tiles"][0].startswith(public)


@needs_nginx
@pytest.mark.parametrize("path", PAGES)
def test_pages_find_their_scripts_and_each_other(below: httpx.Client, path: str) -> None:
    page = below.get(path, headers=HTML)
    assert page.status_code == 200
    found = re.findall(r'(?:href|src)="([^"#]+)"', page.text)
    assert len(found) > 5
    for address in {link.replace("&amp;", "&") for link in found}:
        assert address.startswith(("/heping/", "http://127.0.0.1")), address
        answer = httpx.get(httpx.URL(str(below.base_url)).join(address), headers=HTML)
        assert answer.status_code == 200, address


@needs_nginx
def test_what_is_made_is_told_by_its_public_address(below: httpx.Client) -> None:
    made = below.post(
        "/collections/mine/imports",
        files={"file": ("a.geojson", points_geojson(HEPING))},
        data={"create": "true"},
        headers={"Prefer": "wait=30"},
    )
    assert made.status_code == 201
    assert made.headers["location"].startswith(str(below.base_url).rstrip("/"))
    assert below.get(made.headers["location"]).json()["state"] == "applied"
    key = below.headers["authorization"].removeprefix("Bearer ")
    signed_in = below.post("/session", json={"key": key})
    assert "Path=/heping;" in signed_in.headers["set-cookie"]
