"""What GDAL's OGC API Features driver makes of comparisons, and that it finds what it should.

For every comparison the whole layer filtered by GDAL itself, from a file, is the expectation.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyogrio
import pytest
import shapely

from tests.app.processes import Server, server
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

pytestmark = pytest.mark.skipif(
    "OAPIF" not in pyogrio.list_drivers(), reason="GDAL was built without OAPIF"
)

CODE = 210102001001000000
ROWS: list[dict[str, Any]] = [
    {"d": "2023-01-11", "t": "2023-01-12T08:00:00Z", "n": 1, "code": CODE + 1, "s": "a",
     "f": 0.1, "b": True, "1st": 1},
    {"d": "2023-01-12", "t": "2023-01-12T09:30:00.250Z", "n": 2, "code": CODE + 2, "s": "b c",
     "f": 2.5, "b": False, "1st": 2},
    {"d": "2023-01-13", "t": "2023-01-12T16:00:00+08:00", "n": 3, "code": CODE + 3, "s": "it's",
     "f": 123456.789, "b": True, "1st": 3},
    {"d": "2023-12-31", "t": "2022-12-31T23:59:59Z", "n": -4, "code": -CODE - 3, "s": "a+b c",
     "f": 1e21, "b": None, "1st": 4},
    {"d": None, "t": None, "n": None, "code": None, "s": None, "f": None, "b": None, "1st": None},
]  # fmt: skip

# What is asked of GDAL, and the filter that it sends; None where it filters by itself.
HANDED: list[tuple[str, str | None]] = [
    ("d = '2023-01-12'", "d = '2023-01-12T'"),
    ("d <> '2023-01-12'", "d <> '2023-01-12T'"),
    ("d < '2023-01-12'", "d < '2023-01-12T'"),
    ("d <= '2023-01-12'", "d <= '2023-01-12T'"),
    ("d > '2023/01/12'", "d > '2023-01-12T'"),
    ("d >= '2023-01-12'", "d >= '2023-01-12T'"),
    ("d BETWEEN '2023-01-11' AND '2023-01-12'", "(d >= '2023-01-11T') AND (d <= '2023-01-12T')"),
    ("d IN ('2023-01-12', '2023-01-13')", None),
    ("NOT (d = '2023-01-12')", "NOT (d = '2023-01-12T')"),
    ("d IS NULL", "(d IS NULL)"),
    ("d IS NOT NULL", "NOT ((d IS NULL))"),
    ("t = '2023-01-12T08:00:00Z'", None),
    ("t = '2023-01-12 08:00:00'", None),
    ("t > '2023-01-12T09:30:00.250Z'", None),
    ("t >= '2023-01-12T09:30:00.250Z'", None),
    ("t < '2023/01/12 09:30:00.25'", None),
    ("t = '2023-01-12T16:00:00+08:00'", None),
    ("t > '2023-01-12'", None),
    ("t >= '2023-01-12T00:00:00Z' AND t <= '2023-01-12T09:00:00Z'", None),
    ("n = 2", "n = 2"),
    ("n <> 2", "n <> 2"),
    ("n < 2", "n < 2"),
    ("n <= -4", "n <= -4"),
    ("n > 1.5", "n > 1.5"),
    ("n BETWEEN 1 AND 2", "(n >= 1) AND (n <= 2)"),
    ("n IN (1, 2)", None),
    ("n = 2 OR s LIKE 'a%'", "(n = 2) OR (s LIKE 'a%')"),
    ("n = 2 AND d > '2023-01-01'", "(n = 2) AND (d > '2023-01-01T')"),
    (f"code = {CODE + 2}", f"code = {CODE + 2}"),
    (f"code <> {CODE + 2}", f"code <> {CODE + 2}"),
    (f"code < {CODE + 2}", f"code < {CODE + 2}"),
    (f"code <= {CODE + 2}", f"code <= {CODE + 2}"),
    (f"code > {CODE + 2}", f"code > {CODE + 2}"),
    (f"code >= {CODE + 2}", f"code >= {CODE + 2}"),
    (f"code = {-CODE - 3}", f"code = {-CODE - 3}"),
    (f"code BETWEEN {CODE + 1} AND {CODE + 2}",
     f"(code >= {CODE + 1}) AND (code <= {CODE + 2})"),
    (f"code IN ({CODE + 1}, {CODE + 3})", None),
    ("code > 9223372036854775807", "code > 9223372036854775807"),
    ("code < 18446744073709551616", "code < 1.844674407370955e+19"),
    ("s = 'a'", "s = 'a'"),
    ("s <> 'a'", "s <> 'a'"),
    ("s < 'b'", "s < 'b'"),
    ("s >= 'b c'", "s >= 'b c'"),
    ("s = 'it''s'", "s = 'it''s'"),
    ("s = 'a+b c'", "s = 'a+b c'"),
    ("s LIKE 'b%'", "s LIKE 'b%'"),
    ("s ILIKE 'B%'", "s ILIKE 'B%'"),
    ("s IN ('a', 'b c')", None),
    ("s BETWEEN 'a' AND 'b'", "(s >= 'a') AND (s <= 'b')"),
    ("f = 0.1", "f = 0.1"),
    ("f <> 0.1", "f <> 0.1"),
    ("f < 2.5", "f < 2.5"),
    ("f >= 123456.789", "f >= 123456.789"),
    ("f > 100000000000000000000", "f > 1e+20"),
    ("f = 1e21", "f = 1e+21"),
    ("f BETWEEN 0.1 AND 2.5", "(f >= 0.1) AND (f <= 2.5)"),
    ("b = 1", "b = 1"),
    ("b = 0", "b = 0"),
    ("b <> 1", "b <> 1"),
    ("NOT b", None),
    ('"1st" = 2', None),
]  # fmt: skip

# By itself GDAL finds every date to be unlike any other, and itself.
UNLIKE = "d <> '2023-01-12'"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server with a collection of a property of each type."""
    path = tmp_path_factory.mktemp("gdal") / "zones.sqlite"
    store = open_store(f"sqlite:///{path}")
    features = [Feature(str(n), shapely.Point(123.4, 41.8), row) for n, row in enumerate(ROWS)]
    info = CollectionInfo("things", "things", "things")
    store.apply([Change("things", features, collection=info)], RevisionNote("test", "set up"))
    store.close()
    with server(path) as started:
        yield started


@pytest.fixture(scope="module")
def whole(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the whole collection as a file."""
    path = tmp_path_factory.mktemp("whole") / "things.geojson"
    path.write_bytes(running.client.get("/collections/things/items?limit=100").content)
    return path


def ids(source: str | Path, where: str) -> list[str]:
    """Return the ids of the features that GDAL finds."""
    meta, _, _, columns = pyogrio.raw.read(source, layer="things", where=where)
    return list(dict(zip(meta["fields"], columns, strict=True))["id"])


def sent_since(running: Server, seen: int) -> tuple[list[str], list[int]]:
    """Return the filters and states of the requests for items after so many lines of the log."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = running.log.read_text().splitlines()[seen:]
        asked = [json.loads(line) for line in lines if line[:1] == "{"]
        items = [each for each in asked if each.get("path") == "/collections/things/items"]
        if any("crs=" in each["query"] for each in items):
            break
        time.sleep(0.02)
    filters = [parse_qs(each["query"]).get("filter", [""])[0] for each in items]
    return [each for each in filters if each], [each["status"] for each in items]


@pytest.mark.parametrize(("where", "handed"), HANDED)
def test_gdal_finds_by_the_server_what_it_finds_by_itself(
    running: Server, whole: Path, where: str, handed: str | None
) -> None:
    seen = len(running.log.read_text().splitlines())
    found = ids(f"OAPIF:{running.client.base_url}", where)
    filters, states = sent_since(running, seen)
    assert found == (["0", "2", "3"] if where == UNLIKE else ids(whole, where))
    assert set(states) == {200}
    assert filters == ([] if handed is None else [handed])
