"""The whole service on a store in PostgreSQL, as an operator starts it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.files import HEPING, points_geojson
from tests.app.processes import Server, server
from tests.postgres_cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of two workers, its store new and seeded by itself."""
    folder: Path = tmp_path_factory.mktemp("on-postgres")
    address, work = cluster.new_store(), str(folder / "work")
    with server(folder / "no.sqlite", address=address, workers=2, work_dir=work) as started:
        yield started


def everywhere(running: Server, path: str) -> Any:
    """Return the answer of each of several new connections, which workers take in turn."""
    close = {"Connection": "close"}
    return [running.client.get(path, headers=close) for _ in range(12)]


def test_an_upload_an_edit_and_a_restore_are_seen_by_every_worker_at_once(running: Server) -> None:
    client = running.client
    assert client.post("/collections", json={"id": "mine"}).status_code == 201
    files = {"file": ("points.geojson", points_geojson(HEPING, (123.41, 41.78)))}
    wait = {"Prefer": "wait=60"}
    sent = client.post("/collections/mine/imports", files=files, headers=wait)
    assert sent.status_code == 201, sent.text
    seen = everywhere(running, "/collections/mine/items")
    assert {answer.json()["numberMatched"] for answer in seen} == {2}
    fid = seen[0].json()["features"][0]["id"]
    assert client.delete(f"/collections/mine/items/{fid}").status_code in {200, 204}
    seen = everywhere(running, "/collections/mine/items")
    assert {answer.json()["numberMatched"] for answer in seen} == {1}
    revision = int(sent.headers["x-revision"])
    assert client.post(f"/collections/mine/revisions/{revision}/restore").status_code < 300
    assert {answer.headers["x-revision"] for answer in everywhere(running, "/collections")} == {"5"}


def test_places_are_looked_up_and_the_store_is_ready(running: Server) -> None:
    found = running.client.get("/locate", params={"lon": 123.405, "lat": 41.786}).json()
    assert found["primary"]
    ready = running.client.get("/health/ready").json()
    assert (ready["status"], ready["details"]["pages"]) == ("ready", None)


@pytest.mark.parametrize(
    "path",
    [
        "/collections/%00",
        "/collections/zones/items/%00",
        "/collections/%00/revisions",
        "/imports/%00",
        "/collections/%00/items",
    ],
)
def test_a_name_that_postgres_cannot_hold_is_not_found(running: Server, path: str) -> None:
    assert running.client.get(path).status_code == 404
    assert running.client.delete(path).status_code in {404, 405}
