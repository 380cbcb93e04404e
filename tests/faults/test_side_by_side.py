"""A former release and this one side by side on one database, as in a rolling upgrade."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.app.files import HEPING, points_geojson
from tests.app.processes import Server, server
from tests.paths import ROOT
from tests.postgres_cluster import Cluster
from zones.store.sql.schema_version import SCHEMA

pytestmark = pytest.mark.slow

EDITS = 15
FEATURE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [123.41, 41.79]}}


def git(*words: str) -> str:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no history to take a former release from")
    return subprocess.run(
        ["git", *words], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()


def former_release(folder: Path) -> Path:
    """Return a folder with the oldest program that has our schema and our locks, if any is known.

    Those before had one writer of the whole store, by a lock that writers of today do not take.
    """
    locks = "zones/store/postgres/database.py"
    found = git("log", "--format=%H", "--reverse", "-Stake_number", "--", locks)
    commit = found.partition("\n")[0]
    place = "zones/store/sql/schema_version.py"
    if not commit or f'SCHEMA = "{SCHEMA}"' not in git("show", f"{commit}:{place}"):
        pytest.skip(f"the history has no former program of schema {SCHEMA}")
    archive = folder / "former.tar"
    git("archive", f"--output={archive}", commit, "app", "zones", "geodata", "pyproject.toml")
    shutil.unpack_archive(archive, folder / "former", filter="data")
    return folder / "former"


@contextmanager
def side_by_side(cluster: Cluster, folder: Path) -> Iterator[tuple[Server, Server]]:
    """Give a former release and this one, started after it; the former makes the tables."""
    root, work = former_release(folder), str(folder / "work")
    name = "upgraded"
    cluster.execute(f"CREATE DATABASE {name}")
    cluster.execute("CREATE EXTENSION postgis", name)
    address = cluster.url(name)
    with server(folder / "former.log", address=address, work_dir=work, root=root) as former:
        for collection in ("before", "shared", "of_former", "of_now"):
            made = former.client.post("/collections", json={"id": collection})
            assert made.status_code == 201
        assert edited(former, "before", {"from": "former"}) == 201
        with server(folder / "now.log", address=address, work_dir=work) as now:
            yield former, now


def edited(each: Server, collection: str, properties: dict[str, object]) -> int:
    """Put a feature into a collection; return the status."""
    feature = {**FEATURE, "properties": properties}
    return each.client.post(f"/collections/{collection}/items", json=feature).status_code


def matched(each: Server, collection: str) -> int:
    answer = each.client.get(f"/collections/{collection}/items")
    assert answer.status_code == 200
    return int(answer.json()["numberMatched"])


def acknowledged(each: Server, who: str) -> list[int]:
    """Edit a collection of both, and one of his own, in turns; return the statuses."""
    names = ("shared", f"of_{who}")
    turns = [(name, {"who": who, f"n_{who}": turn}) for turn in range(EDITS) for name in names]
    return [edited(each, name, properties) for name, properties in turns]


def uploaded(each: Server, collection: str) -> int:
    files = {"file": ("points.geojson", points_geojson(HEPING, (123.41, 41.78)))}
    each.client.post("/collections", json={"id": collection})
    sent = each.client.post(
        f"/collections/{collection}/imports", files=files, headers={"Prefer": "wait=60"}
    )
    return sent.status_code


def test_both_read_and_write_one_store_and_nothing_is_lost(
    cluster: Cluster, tmp_path: Path
) -> None:
    with side_by_side(cluster, tmp_path) as (former, now):
        assert matched(now, "before") == 1
        assert edited(now, "shared", {"who": "first"}) == 201
        with ThreadPoolExecutor() as threads:
            both = threads.map(acknowledged, (former, now), ("former", "now"))
            statuses = [status for each in both for status in each]
        assert statuses == [201] * (4 * EDITS)
        time.sleep(1)  # for so long at most one of them may not have seen the other's
        for each in (former, now):
            assert matched(each, "shared") == 1 + 2 * EDITS
            assert (matched(each, "of_former"), matched(each, "of_now")) == (EDITS, EDITS)
        assert uploaded(now, "points") == 201
        assert (matched(former, "points"), matched(now, "points")) == (2, 2)
        assert uploaded(former, "others") == 201
        assert (matched(former, "others"), matched(now, "others")) == (2, 2)
        former.terminate(within_s=30)
        held = matched(now, "shared")
        assert edited(now, "shared", {"who": "last"}) == 201
        assert matched(now, "shared") == held + 1
    check_history(cluster.url("upgraded"))


def check_history(address: str) -> None:
    """See that no number is missing, and that the view has what both have put."""
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT number FROM zones.revisions ORDER BY number").fetchall()
        numbers = [number for (number,) in rows]
        shown = connection.execute(
            "SELECT count(n_former), count(n_now) FROM zones_gis.shared WHERE who IS NOT NULL"
        ).fetchone()
    assert numbers == list(range(1, len(numbers) + 1))
    assert shown == (EDITS, EDITS)
