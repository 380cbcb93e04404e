"""How long a session lasts, and how soon every process knows that it has ended."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.auth.browser_session import SessionRing
from app.auth.short_lived_cache import REMEMBERED_S
from tests.app.conftest import ADMIN_KEY, Serve
from tests.app.processes import Server, server
from zones.store.open_store import open_store
from zones.store.sql.rows import time_text
from zones.store.sql.store import SqlStore

pytestmark = pytest.mark.slow  # servers of their own, and waiting

ENDED_WITHIN_S = 5.0
HTML = {"Accept": "text/html"}
COOKIE = "zones_session"


@contextmanager
def store_of(client: TestClient) -> Iterator[SqlStore]:
    """Open the store of a running service once more, as the command line does."""
    with closing(open_store(services_in(client.app).settings.store)) as store:
        yield store


def sign_in(client: TestClient | httpx.Client, key: str) -> dict[str, str]:
    """Sign in and return the header of a page's writes."""
    answer = client.post("/session", json={"key": key})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf"]}


def expire(file: Path, at: datetime) -> None:
    """Let every session of a store end at a moment."""
    with closing(sqlite3.connect(file, timeout=10)) as database, database:
        database.execute("UPDATE sessions SET expires_at = ?", (time_text(at),))


def sessions_kept(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute("SELECT count(*) FROM sessions").fetchone()
    return int(count)


def seconds_until(is_so: Callable[[], bool]) -> float:
    """Return how long it took until something is so; fail when it takes too long."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < ENDED_WITHIN_S, "still alive"
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_session_ends_twelve_hours_after_it_began(serve: Serve, tmp_path: Path) -> None:
    client = serve()
    answer = client.post("/session", json={"key": ADMIN_KEY})
    assert "Max-Age=43200" in answer.headers["set-cookie"]
    with closing(sqlite3.connect(tmp_path / "zones.sqlite")) as database:
        (told,) = database.execute("SELECT expires_at FROM sessions").fetchone()
    left = datetime.fromisoformat(told) - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


def test_an_expired_session_reads_as_nobody_and_writes_nothing(
    serve: Serve, tmp_path: Path
) -> None:
    client = serve()
    token = sign_in(client, ADMIN_KEY)
    assert 'name="csrf"' in client.get("/upload", headers=HTML).text
    expire(tmp_path / "zones.sqlite", datetime.now(UTC) - timedelta(seconds=1))
    seconds_until(lambda: client.get("/keys").status_code == 401)
    refused = client.post("/collections", json={"id": "mine"}, headers=token)
    assert refused.status_code == 401
    assert refused.json()["type"].endswith("/problems/key-missing")
    page = client.get("/upload?lang=zh", headers=HTML)
    assert page.status_code == 200
    assert 'name="csrf"' not in page.text
    assert "需要先登录" in page.text
    assert client.get("/collections/mine").status_code == 404


def test_a_session_is_alive_up_to_its_last_moment_and_not_after(
    serve: Serve, tmp_path: Path
) -> None:
    client = serve()
    sign_in(client, ADMIN_KEY)
    ends = datetime.now(UTC) + timedelta(seconds=1)
    expire(tmp_path / "zones.sqlite", ends)
    assert client.get("/keys").status_code == 200
    seconds_until(lambda: client.get("/keys").status_code == 401)
    assert datetime.now(UTC) > ends


def test_signing_in_clears_expired_sessions_away(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "zones.sqlite"
    client = serve()
    for _ in range(3):
        sign_in(client, ADMIN_KEY)
    assert sessions_kept(file) == 3
    expire(file, datetime.now(UTC) - timedelta(seconds=1))
    sign_in(client, ADMIN_KEY)
    assert sessions_kept(file) == 1
    assert client.get("/keys").status_code == 200


def test_a_revoked_key_ends_its_session_though_the_ring_remembers_it(serve: Serve) -> None:
    client = serve()
    with store_of(client) as store:
        key, secret = store.keys.create("li", "admin")
        sign_in(client, secret)
        assert client.get("/keys").status_code == 200
        ring: SessionRing = services_in(client.app).session_ring
        assert ring._keys._known.get(client.cookies[COOKIE])[2] == store.keys.valid(key.id)
        store.keys.revoke(key.id)
    took = seconds_until(lambda: client.get("/keys").status_code == 401)
    assert took <= REMEMBERED_S + 1


def test_requests_without_pause_do_not_keep_a_revoked_session_alive(serve: Serve) -> None:
    client = serve()
    with store_of(client) as store:
        key, secret = store.keys.create("li", "admin")
        sign_in(client, secret)
        store.keys.revoke(key.id)
    began = time.monotonic()
    while client.get("/keys").status_code == 200:
        assert time.monotonic() - began < ENDED_WITHIN_S


def test_a_key_that_expires_takes_its_session_along(serve: Serve) -> None:
    client = serve()
    ends = datetime.now(UTC) + timedelta(seconds=1)
    with store_of(client) as store:
        _, secret = store.keys.create("guest", "admin", expires_at=ends)
    sign_in(client, secret)
    assert client.get("/keys").status_code == 200
    seconds_until(lambda: client.get("/keys").status_code == 401)
    assert datetime.now(UTC) > ends


def test_the_ring_remembers_a_bounded_number_of_made_up_cookies(seeded_store: SqlStore) -> None:
    ring = SessionRing(seeded_store)

    async def ask() -> None:
        for number in range(1100):
            assert await ring.find(f"made-up-{number}") is None

    with ThreadPoolExecutor(1) as thread:  # this one may have a browser's event loop
        thread.submit(asyncio.run, ask()).result()
    assert len(ring._keys._known) == 1000


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sign_in_page_has_all_it_needs_where_reading_needs_a_key(
    serve: Serve, lang: str
) -> None:
    client = serve(public_read=False)
    page = client.get(f"/signin?lang={lang}", headers=HTML)
    assert page.status_code == 200
    needed = re.findall(r'(?:src|href)="([^"]*/assets/[^"]+)"', page.text)
    assert {Path(each).suffix for each in needed} >= {".js", ".css", ".svg"}
    for each in needed:
        assert client.get(each).status_code == 200, each
    for closed in ("/upload", "/imports?f=html", "/collections", "/collections/zones/items"):
        assert client.get(closed, headers=HTML).status_code == 401, closed
    sign_in(client, ADMIN_KEY)
    assert client.get("/upload", headers=HTML).status_code == 200


@pytest.fixture
def store_file(serve: Serve, tmp_path: Path) -> Path:
    """Return the file of a seeded store that no service runs on yet."""
    return tmp_path / "zones.sqlite"


def without_key(running: Server, token: str = "") -> httpx.Client:
    """Return a client that sends no key: a browser, with the cookie of a session or none."""
    cookie = {"Cookie": f"{COOKIE}={token}"} if token else {}
    return httpx.Client(base_url=running.client.base_url, headers=cookie, timeout=30)


@pytest.mark.slow
def test_processes_share_sessions_and_their_ends(store_file: Path) -> None:
    with server(store_file) as one, server(store_file) as two, without_key(one) as first:
        csrf = sign_in(first, ADMIN_KEY)
        with without_key(two, first.cookies[COOKIE]) as second:
            made = second.post("/collections", json={"id": "mine"}, headers=csrf)
            assert made.status_code == 201, made.text
            assert second.get("/keys").status_code == 200
            assert first.delete("/session", headers=csrf).status_code == 204
            took = seconds_until(lambda: second.get("/keys").status_code == 401)
            assert took <= REMEMBERED_S + 1
            again = second.post("/collections", json={"id": "more"}, headers=csrf)
            assert again.status_code == 401


@pytest.mark.slow
def test_every_worker_of_a_server_knows_a_session_and_a_revoked_key(store_file: Path) -> None:
    with server(store_file, workers=2) as running, without_key(running) as browser:
        made = running.client.post("/keys", json={"name": "li", "role": "admin"})
        assert made.status_code == 201, made.text
        sign_in(browser, made.json()["secret"])
        # A connection of its own each time, so that either worker may answer.
        for _ in range(20):
            assert browser.get("/keys", headers={"Connection": "close"}).status_code == 200
        key = made.json()["id"]
        assert running.client.delete(f"/keys/{key}").status_code in {200, 204}
        time.sleep(ENDED_WITHIN_S)
        for _ in range(20):
            assert browser.get("/keys", headers={"Connection": "close"}).status_code == 401
