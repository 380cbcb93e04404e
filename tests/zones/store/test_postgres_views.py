"""What QGIS, ArcGIS and GDAL see of a store in PostgreSQL: a view with typed columns of each."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from shapely import Point, box

from tests.postgres_cluster import Cluster
from zones.model import JSON, Change, CollectionInfo, Feature, FieldInfo, RevisionNote
from zones.store.open_store import open_store
from zones.store.postgres.advisory_locks import short_wait
from zones.store.postgres.database import MANY
from zones.store.sql.store import SqlStore

NOTE = RevisionNote("tester", "because")
PLOTS = CollectionInfo(
    "plots", "地块", "Plots", kinds=frozenset({"polygon"}), fields=(FieldInfo("YDXZ", "用地性质"),)
)
LONG = "一个很长很长很长很长很长很长很长很长很长很长的名称"


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> str:
    return cluster.new_store("viewed")


@pytest.fixture(scope="module")
def store(address: str) -> Iterator[SqlStore]:
    """Return a store with a collection of every type of value."""
    opened = open_store(address)
    first: dict[str, JSON] = {"YDXZ": "R2", "n": 1, "面积": 1.5, "yes": True, "list": [1], LONG: 7}
    second: dict[str, JSON] = {"YDXZ": None, "n": 2, "面积": 2, "fid": "a\0b", "\\u0000": "\\u0000"}
    put = [
        Feature("a", box(123, 41, 123.1, 41.1), first),
        Feature("b", box(123, 41, 124, 42), second),
    ]
    opened.apply([Change("plots", put, collection=PLOTS)], NOTE)
    yield opened
    opened.close()


def asked(address: str, words: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(words.encode()).fetchall()


def column_types(address: str, view: str) -> dict[str, str]:
    words = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    return dict(asked(address, f"{words} WHERE attrelid = 'zones_gis.{view}'::regclass"))


def test_properties_are_columns_of_their_types(store: SqlStore, address: str) -> None:
    types = column_types(address, "plots")
    cut = next(name for name in types if name.startswith("一个"))
    assert types == {
        "fid": "text",
        "ordinal": "bigint",
        "geometry": "geometry(MultiPolygon,4490)",
        "YDXZ": "text",
        "n": "bigint",
        "面积": "double precision",
        "yes": "boolean",
        "list": "text",
        cut: "bigint",
        "fid_2": "text",
        "\\u0000": "text",
    }
    columns = f'SELECT fid, n, "面积", yes, list, "{cut}", fid_2, "\\u0000"'
    assert asked(address, f"{columns} FROM zones_gis.plots") == [
        ("a", 1, 1.5, True, "[1]", 7, None, None),
        ("b", 2, 2.0, None, None, None, "ab", "\\u0000"),
    ]


def test_columns_say_what_people_call_them(store: SqlStore, address: str) -> None:
    view = "'zones_gis.plots'::regclass"
    words = f"col_description({view}, attnum) FROM pg_attribute WHERE attrelid = {view}"
    assert {said for (said,) in asked(address, f"SELECT {words}")} == {
        None,
        "用地性质",
        "fid",
        LONG,
    }
    assert asked(address, f"SELECT obj_description({view})") == [("地块",)]


def test_a_box_is_found_by_the_index(store: SqlStore, address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("SET enable_seqscan = off")
        box_ = "ST_MakeEnvelope(123, 41, 123.01, 41.01, 4490)"
        words = f"EXPLAIN TABLE zones_gis.plots WHERE geometry && {box_}".replace(
            "TABLE", "SELECT fid FROM"
        )
        plan = "".join(step for (step,) in connection.execute(words.encode()).fetchall())
    assert "place_multipolygon_plots" in plan


def test_a_value_that_does_not_fit_its_column_widens_it(store: SqlStore, address: str) -> None:
    info = CollectionInfo("trees", "树", "Trees", kinds=frozenset({"point"}))
    store.apply([Change("trees", [Feature("t", Point(123, 41), {"n": 1})], collection=info)], NOTE)
    assert column_types(address, "trees")["n"] == "bigint"
    for value, kind in ((1.5, "double precision"), (2**63, "text"), ("x", "text")):
        put = [Feature("u", Point(123, 41), {"n": value})]
        store.apply([Change("trees", put)], NOTE)
        assert column_types(address, "trees")["n"] == kind
        assert len(asked(address, "SELECT n FROM zones_gis.trees")) == 2
    store.apply([Change("trees", drop=True)], NOTE)
    assert asked(address, "SELECT to_regclass('zones_gis.trees')") == [(None,)]


def test_a_view_that_somebody_builds_on_is_extended_and_stops_no_change(
    store: SqlStore, address: str
) -> None:
    info = CollectionInfo("used", "用", "Used")
    store.apply([Change("used", [Feature("u", None, {"n": 1})], collection=info)], NOTE)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE VIEW public.theirs AS SELECT * FROM zones_gis.used")
        store.apply([Change("used", [Feature("v", None, {"n": 2, "m": 1})])], NOTE)
        assert column_types(address, "used")["m"] == "bigint"
        store.apply([Change("used", [Feature("v", None, {"n": 0.5})])], NOTE)
        assert column_types(address, "used")["n"] == "bigint"
        connection.execute("DROP VIEW public.theirs")
    store.apply([Change("used", [Feature("w", None, {"n": 3})])], NOTE)
    assert column_types(address, "used")["n"] == "double precision"
    assert {kept.fid for kept in store.features("used")} == {"u", "v", "w"}


def test_who_reads_for_long_holds_up_no_change_which_the_next_one_shows(
    store: SqlStore, address: str
) -> None:
    info = CollectionInfo("read", "读", "Read")
    store.apply([Change("read", [Feature("a", None, {"n": 1})], collection=info)], NOTE)
    with psycopg.connect(address) as reader:
        reader.execute("SELECT * FROM zones_gis.read")  # its transaction stays open
        store.apply([Change("read", [Feature("b", None, {"m": 1.5})])], NOTE)
        assert asked(address, "SELECT count(*) FROM zones_gis.read") == [(2,)]
        assert "m" not in column_types(address, "read")
    store.apply([Change("read", [Feature("c", None, {"n": None})])], NOTE)
    shown = "SELECT fid, n, m FROM zones_gis.read ORDER BY fid"
    assert asked(address, shown) == [("a", 1, None), ("b", None, 1.5), ("c", None, None)]
    noted = "SELECT col_description('zones_gis.read'::regclass, 2)"
    assert asked(address, noted) == [(None,)]


def test_a_new_property_is_shown_without_a_look_at_other_features(
    cluster: Cluster, address: str
) -> None:
    rows_read = (
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'features'"
    )
    info = CollectionInfo("many", "多", "Many", fields=(FieldInfo("n", "数"),))
    values: dict[str, JSON] = {"n": 1, "ordinal": 2, "it's": True, LONG: 1, LONG + "x": "x"}
    with closing(open_store(address)) as store:
        put = [Feature(str(number), Point(123, 41), values) for number in range(MANY + 1)]
        store.apply([Change("many", put, collection=info)], NOTE)
    before, types = asked(address, rows_read)[0][0], column_types(address, "many")
    with closing(open_store(address)) as store:
        store.apply([Change("many", [Feature("1", None, {"n": 2.5, "new": 1, "b": 1})])], NOTE)
    assert asked(address, rows_read)[0][0] - before < 100
    assert column_types(address, "many") == {
        **types,
        "n": "double precision",
        "new": "bigint",
        "b": "bigint",
    }
    shown = "SELECT m.*, geometry IS NULL FROM zones_gis.many m WHERE fid IN ('1', '2')"
    assert [row[3:] for row in asked(address, f"{shown} ORDER BY fid")] == [
        (2.5, None, None, None, None, 1, 1, True),
        (1, 2, True, 1, "x", None, None, False),
    ]


def test_a_change_waits_as_long_as_before_once_its_view_is_replaced(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("SET LOCAL lock_timeout = '30s'")
        with short_wait(connection, 50):
            assert connection.execute("SHOW lock_timeout").fetchone() == ("50ms",)
        assert connection.execute("SHOW lock_timeout").fetchone() == ("30s",)


def test_what_becomes_private_is_closed_to_readers_who_are_reading_it(
    store: SqlStore, cluster: Cluster, address: str
) -> None:
    store.make_reader("surveyor")
    reader = cluster.url("viewed", user="surveyor")
    info = CollectionInfo("open", "开", "Open")
    store.apply([Change("open", collection=info)], NOTE)
    with psycopg.connect(reader) as reading:
        reading.execute("SELECT * FROM zones_gis.open")
        store.apply([Change("open", collection=replace(info, private=True))], NOTE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(reader, "SELECT * FROM zones_gis.open")
    store.apply([Change("open", collection=replace(info, private=False))], NOTE)
    assert asked(reader, "SELECT * FROM zones_gis.open") == []


def test_a_reader_sees_what_is_public_and_changes_nothing(
    store: SqlStore, cluster: Cluster, address: str
) -> None:
    assert store.make_reader("planner")
    assert store.make_reader("planner") is None
    secret = CollectionInfo("secret", "密", "Secret", private=True)
    later = CollectionInfo("later", "后", "Later")
    store.apply([Change("secret", collection=secret), Change("later", collection=later)], NOTE)
    reader = cluster.url("viewed", user="planner")
    assert asked(reader, "SELECT count(*) FROM zones_gis.plots") == [(2,)]
    assert asked(reader, "SELECT count(*) FROM zones_gis.later") == [(0,)]
    for words in (
        "SELECT * FROM zones_gis.secret",
        "SELECT * FROM zones.keys",
        "UPDATE zones_gis.plots SET fid = 'x'",
        "CREATE TABLE zones_gis.mine (id int)",
    ):
        with pytest.raises(psycopg.Error):
            asked(reader, words)


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="no ogrinfo (Debian: gdal-bin)")
def test_gdal_opens_the_views(store: SqlStore, cluster: Cluster) -> None:
    empty = CollectionInfo("empty", "空", "Empty", kinds=frozenset({"line"}))
    store.apply([Change("empty", collection=empty)], NOTE)
    source = f"PG:host={cluster.folder} dbname=viewed user=postgres schemas=zones_gis"
    command = ["ogrinfo", "-so", "-ro", source, "plots", "empty"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    plots, bare = (text.splitlines() for text in ran.stdout.split("Layer name:")[1:])
    assert {"Geometry: Multi Polygon", "Feature Count: 2", "Geometry Column = geometry"} <= {*plots}
    assert {"n: Integer64 (0.0)", "面积: Real (0.0)", "YDXZ: String (0.0)"} <= {*plots}
    assert {"Geometry: Multi Line String", "Feature Count: 0"} <= {*bare}
    assert all('    ID["EPSG",4490]]' in lines for lines in (plots, bare))
