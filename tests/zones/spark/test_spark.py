"""Points on a real Spark cluster of a master and two workers, one of which is lost midway."""

import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from tests.spark_cluster import CONF, Cluster, spark_cluster, wait_for_tasks
from zones.crs.transform import CRS, from_storage_xy
from zones.errors import BulkError, SparkError
from zones.lookup.bulk_locator import BulkLocator, build_bulk_locator
from zones.lookup.containing_features import requested_members
from zones.snapshot.model import Snapshot
from zones.spark.cluster_faults import spark_faults
from zones.spark.dataframe import locate_dataframe
from zones.spark.locate_parquet import locate_parquet
from zones.spark.locations import place_of
from zones.spark.parquet_by_spark_rows import locate_rows
from zones.spark.spark_session import spark_session
from zones.spark.task_payload import PreparedQuestion, Question
from zones.streams.answer_columns import TableAnswers
from zones.streams.choose_stream import open_stream
from zones.streams.coordinates_to_answers import PointQuestion, Summary
from zones.streams.csv_options import CSVOptions

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("java"), reason="no Java"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
]

FILES, ROWS = 24, 60_000
QUESTION = Question(crs="gcj02")


@pytest.fixture(scope="module")
def bulk(seeded_snapshot: Snapshot) -> BulkLocator:
    return seeded_snapshot.derived(build_bulk_locator)


@pytest.fixture(scope="module", autouse=True)
def quick_java() -> Iterator[None]:
    """Let every Java of these tests begin early and forgo what pays after minutes."""
    with pytest.MonkeyPatch.context() as patch:
        options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
        patch.setenv("JDK_JAVA_OPTIONS", options)
        yield


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, quick_java: None) -> Iterator[Cluster]:
    with spark_cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[SparkSession]:
    conf = {**CONF, "spark.executor.memory": "512m", "spark.worker.timeout": "20"}
    with spark_session(cluster.master, conf) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files in partitions; one row in a thousand has no latitude."""
    folder = tmp_path_factory.mktemp("points") / "folder"
    rng = np.random.default_rng(11)
    for number in range(FILES):
        part = folder / f"month=0{number % 2 + 1}"
        part.mkdir(parents=True, exist_ok=True)
        lat = pa.array(rng.uniform(41.68, 41.83, ROWS), mask=np.arange(ROWS) % 1000 == 7)
        columns = {
            "Zone_ID": pa.array([f"甲{number}"] * ROWS),
            "经度": rng.uniform(123.36, 123.47, ROWS),
            "纬度": lat,
            "seen": pa.array(np.arange(ROWS) * 10**6, pa.timestamp("us", "UTC")),
            "tags": pa.array([[number, None]] * ROWS, pa.list_(pa.int32())),
        }
        pq.write_table(pa.table(columns), part / f"{number:03}.parquet")
    return folder


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Return a folder of two small files in two partitions."""
    folder = tmp_path / "few"
    rng = np.random.default_rng(12)
    for number in range(2):
        part = folder / f"half={number}"
        part.mkdir(parents=True)
        lon, lat = rng.uniform(123.36, 123.47, 1000), rng.uniform(41.68, 41.83, 1000)
        pq.write_table(pa.table({"lon": lon, "lat": lat}), part / f"{number}.parquet")
    return folder


def locally(bulk: BulkLocator, file: Path) -> tuple[pa.Table, TableAnswers]:
    """Return what the local engine answers to a file."""
    given = pq.ParquetFile(file).read()
    answers = TableAnswers(PointQuestion(bulk, CRS.GCJ02), given.schema, CSVOptions())
    batches = [answers.answered(batch) for batch in given.to_batches()]
    return pa.Table.from_batches(batches, answers.schema), answers


def test_a_lost_worker_changes_no_answer(
    cluster: Cluster, session: SparkSession, bulk: BulkLocator, folder: Path
) -> None:
    target = folder.with_name("located")
    counted: list[Summary] = []
    asked = PreparedQuestion(bulk, QUESTION)
    job = threading.Thread(
        target=lambda: counted.append(locate_parquet(session, str(folder), str(target), asked))
    )
    job.start()
    done = wait_for_tasks(session, job, of=FILES, count=3)
    cluster.kill_worker()
    assert job.is_alive()
    job.join(timeout=120)
    assert 3 <= done < FILES
    assert len(cluster.workers) == 1

    files = [path.relative_to(folder) for path in sorted(folder.rglob("*.parquet"))]
    written = [path.relative_to(target) for path in sorted(target.rglob("*")) if path.is_file()]
    assert written == [Path("_SUCCESS"), *files]
    expected = Summary()
    for file in files:
        local, answers = locally(bulk, folder / file)
        expected += answers.tally.summary(bulk.answers)
        assert pq.ParquetFile(target / file).read().equals(renamed(local)), file
    assert counted == [expected]
    assert expected.faults == {"coordinate-missing": FILES * ROWS // 1000}


def renamed(local: pa.Table) -> pa.Table:
    """Return the table with the name that Spark needs: it has ``Zone_ID`` already."""
    return local.rename_columns(
        ["zone_id_2" if name == "zone_id" else name for name in local.column_names]
    )


def test_executors_run_the_package_that_they_were_sent(session: SparkSession) -> None:
    def where(_: object) -> str:
        import zones.lookup.bulk_locator

        return str(zones.lookup.bulk_locator.__file__)

    (found,) = session.sparkContext.parallelize([0], 1).map(where).collect()
    assert "heping_zones.zip" in found


def test_a_job_of_ones_own_answers_text_and_decimals(
    session: SparkSession, bulk: BulkLocator
) -> None:
    rows = [(1, "123.405", 41.786), (2, "east", 41.786), (3, None, 41.786), (4, "41.786", 123.405)]
    points = session.createDataFrame(rows, "id int, x string, y double")
    points = points.withColumn("y", sql.col("y").cast("decimal(9, 6)"))
    located = locate_dataframe(points, bulk, Question(columns="zone_id,border_distance_m"))
    with pytest.raises(BulkError, match="easting"):
        locate_dataframe(points, bulk, Question(x="easting"))
    told = sorted(tuple(row) for row in located.drop("x", "y").collect())
    assert told[0][1:] == ("zone-nanshichang", pytest.approx(told[0][2]), None)
    assert [(row[1], row[3].split()[0]) for row in told[1:]] == [
        (None, "coordinate-unreadable"),
        (None, "coordinate-missing"),
        (None, "coordinate-swapped"),
    ]


def test_files_that_are_not_there_or_in_the_way_are_told(
    session: SparkSession, bulk: BulkLocator, folder: Path, tmp_path: Path
) -> None:
    for source, target, code in (
        (tmp_path / "none.parquet", tmp_path / "out", "bulk-file-unreadable"),
        (tmp_path / "none*.parquet", tmp_path / "out", "bulk-file-unreadable"),
        (folder, tmp_path, "spark-in-the-way"),
    ):
        with pytest.raises(BulkError) as caught:
            locate_parquet(session, str(source), str(target), PreparedQuestion(bulk, QUESTION))
        assert caught.value.code == code


def test_a_broken_file_is_named_and_leaves_no_target(
    session: SparkSession, bulk: BulkLocator, few: Path
) -> None:
    broken = few / "half=1" / "broken.parquet"
    broken.write_bytes((few / "half=1" / "1.parquet").read_bytes()[:-1000])
    with pytest.raises(BulkError) as caught:
        locate_parquet(session, str(few), f"{few}-out", PreparedQuestion(bulk))
    assert caught.value.code == "spark-source-unreadable"
    assert caught.value.params["name"] == str(broken)
    assert not Path(f"{few}-out").exists()


def test_further_collections_are_told_as_on_one_machine(
    session: SparkSession, bulk: BulkLocator, few: Path, seeded_snapshot: Snapshot
) -> None:
    members = tuple(requested_members(seeded_snapshot, ["subdistricts"]))
    asked = PreparedQuestion(bulk, Question(columns="zone_id"), members)
    locate_parquet(session, str(few), f"{few}-out", asked)
    told = pq.ParquetFile(f"{few}-out/half=0/0.parquet").read()
    given = pq.ParquetFile(few / "half=0" / "0.parquet").read()
    held = members[0].at_many(given["lon"].to_numpy(), given["lat"].to_numpy())
    assert told["subdistricts_ids"].to_pylist() == [
        ";".join(each.fid for each in row) for row in held
    ]
    assert told.column_names == ["lon", "lat", "zone_id", "subdistricts_ids", "locate_fault"]
    rows = locate_dataframe(session.read.parquet(str(few)), bulk, asked.question, members)
    assert rows.columns == ["lon", "lat", "half", *told.column_names[2:]]


def test_spark_reads_the_answers_to_what_it_wrote_itself(
    session: SparkSession, bulk: BulkLocator, tmp_path: Path
) -> None:
    points = session.sql("select 123.405d lon, 41.786d lat, timestamp'2024-05-01 08:00:00' seen")
    source, target = str(tmp_path / "points"), str(tmp_path / "located")
    session.conf.set("spark.sql.parquet.outputTimestampType", "INT96")
    points.write.parquet(source)
    summary = locate_parquet(session, source, target, PreparedQuestion(bulk))
    assert summary.zones == {"zone-nanshichang": 1}
    (row,) = session.read.parquet(target).collect()
    assert (row.zone_id, row.inside_district) == ("zone-nanshichang", True)
    assert [row.seen] == [told.seen for told in points.collect()]

    (file,) = Path(source).glob("*.parquet")
    stream = open_stream(
        "parquet", "parquet", task=PointQuestion(bulk, CRS.CRS84), options=CSVOptions()
    )
    answered = b"".join([*stream.add(file.read_bytes()), *stream.end()])
    (tmp_path / "here.parquet").write_bytes(answered)
    assert "zone_id" in session.read.parquet(str(tmp_path / "here.parquet")).columns


def test_what_python_does_not_open_is_read_and_written_by_spark(
    session: SparkSession, bulk: BulkLocator, few: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = PreparedQuestion(bulk, Question(columns="zone_id"))
    summary = locate_rows(session, str(few), f"{few}-rows", asked)
    assert summary == locate_parquet(session, str(few), f"{few}-files", asked)
    for name in ("half=0", "half=1"):
        (rows,) = Path(f"{few}-rows", name).glob("*.parquet")
        (files,) = Path(f"{few}-files", name).glob("*.parquet")
        assert pq.ParquetFile(rows).read().equals(pq.ParquetFile(files).read())
    assert caplog.messages == []
    assert locate_parquet(session, f"{few}/half=*", f"{few}-both", asked) == summary
    assert "half=*” itself; Spark reads and writes by rows" in caplog.text


VALUES = ["和平", "浑南/新", "café", None]


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    """Return a folder whose folders' names are written as DuckDB writes them."""
    for at, value in enumerate(VALUES):
        written = "__HIVE_DEFAULT_PARTITION__" if value is None else quote(value, safe="")
        part = tmp_path / "encoded" / f"{quote('区')}={written}"
        part.mkdir(parents=True)
        pq.write_table(
            pa.table({"id": [at], "lon": [123.405], "lat": [41.786]}), part / "0.parquet"
        )
    return tmp_path / "encoded"


@pytest.mark.parametrize("pattern", ["", "/*=*", "/*/*.parquet"])
def test_folders_that_duckdb_writes_keep_their_column_and_values(
    session: SparkSession, bulk: BulkLocator, encoded: Path, pattern: str
) -> None:
    target = f"{encoded}-rows"
    summary = locate_rows(session, f"{encoded}{pattern}", target, PreparedQuestion(bulk))
    assert summary.zones == {"zone-nanshichang": len(VALUES)}
    rows = session.read.parquet(target).orderBy("id").collect()
    assert [row["区"] for row in rows] == VALUES


def test_executors_keep_folders_as_they_are_called(
    session: SparkSession, bulk: BulkLocator, encoded: Path
) -> None:
    locate_parquet(session, str(encoded), f"{encoded}-files", PreparedQuestion(bulk))
    names = [
        sorted(each.name for each in Path(folder).iterdir() if each.is_dir())
        for folder in (encoded, f"{encoded}-files")
    ]
    assert names[0] == names[1]


def test_spark_itself_locates_points_in_wkb_and_tells_what_it_loses(
    session: SparkSession, bulk: BulkLocator, tmp_path: Path
) -> None:
    x, y = from_storage_xy(123.405, 41.786, CRS.EPSG_4550)
    crs = {"type": "ProjectedCRS", "id": {"authority": "EPSG", "code": 4550}}
    columns = {"where": {"encoding": "WKB", "geometry_types": [], "crs": crs}}
    geo = {"version": "1.1.0", "primary_column": "where", "columns": columns}
    table = pa.table(
        {"id": pa.array([2**63], pa.uint64()), "where": [struct.pack("<BIdd", 1, 1, x, y)]}
    )
    pq.write_table(
        table.replace_schema_metadata({"geo": orjson.dumps(geo)}), tmp_path / "a.parquet"
    )
    told = {
        road.__name__: road(
            session,
            str(tmp_path / "a.parquet"),
            str(tmp_path / road.__name__),
            PreparedQuestion(bulk),
        )
        for road in (locate_rows, locate_parquet)
    }
    assert {each.rows_at_fault for each in told.values()} == {0}
    assert told["locate_rows"].zones == told["locate_parquet"].zones == {"zone-nanshichang": 1}
    codes = {name: [note.code for note in each.remarks] for name, each in told.items()}
    assert codes["locate_parquet"] == ["table-by-geometry"]
    assert codes["locate_rows"] == [
        "table-by-geometry",
        "parquet-types-lost",
        "spark-metadata-lost",
    ]


def test_names_of_places_mean_what_they_mean_to_spark(
    session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a b", f"{tmp_path}/a b", f"file:{tmp_path}/a b", f"file://{tmp_path}/a b"):
        place = place_of(session, name)
        assert place is not None
        assert place.path == f"{tmp_path}/a b"
    configuration: Any = session.sparkContext._jsc.hadoopConfiguration()
    configuration.set("fs.defaultFS", "hdfs://127.0.0.1:1")
    assert place_of(session, "/points") is None
    configuration.set("fs.defaultFS", "file:///")


def test_a_fault_of_an_executor_is_told_by_its_own_words(session: SparkSession) -> None:
    def broken(batches: Any) -> Any:
        import no_such_package  # noqa: F401 - to fail

        yield from batches

    with pytest.raises(SparkError, match="No module named 'no_such_package'"), spark_faults():
        session.range(1).mapInArrow(broken, "id long").collect()


def test_the_command_writes_what_it_is_asked(
    folder: Path, seeded_file: Path, tmp_path: Path
) -> None:
    arguments = [str(folder / "month=01"), "-o", str(tmp_path / "out"), "--crs", "gcj02", "--json"]
    options = ["--engine", "spark", "--master", "local[1]", "--conf", "spark.ui.enabled=false"]
    more = ["--columns", "certain", "--collections", "subdistricts"]
    more += ["--store", f"sqlite:///{seeded_file}"]
    command = [sys.executable, "-m", "app", "locate", *arguments, *options, *more]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2, result.stderr
    assert f'"rows": {FILES * ROWS // 2}' in result.stderr
    written = pq.ParquetFile(next((tmp_path / "out").glob("*.parquet"))).schema_arrow.names
    assert written[-3:] == ["certain", "subdistricts_ids", "locate_fault"]
