"""Files cut into pieces, answered by attempts at tasks, and committed to a folder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.fs import LocalFileSystem, S3FileSystem

from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.lookup.bulk_locator import BulkLocator, build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.spark import task_splits as pieces_module
from zones.spark.locations import Location, s3_settings
from zones.spark.output_folder import Written, commit, new_folder
from zones.spark.parquet_by_executors import FilesJob, answer_piece
from zones.spark.task_payload import PreparedQuestion, Question
from zones.spark.task_splits import FileSplit, pieces_of
from zones.streams.answer_columns import TableAnswers
from zones.streams.coordinates_to_answers import PointQuestion, Summary
from zones.streams.csv_options import CSVOptions

ROWS = 5_000


@pytest.fixture(scope="module")
def bulk(seeded_snapshot: Snapshot) -> BulkLocator:
    return seeded_snapshot.derived(build_bulk_locator)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """Return a folder with a file of five row groups in a partition."""
    rng = np.random.default_rng(13)
    lon, lat = rng.uniform(123.36, 123.47, ROWS), rng.uniform(41.68, 41.83, ROWS)
    file = tmp_path / "points" / "day=1" / "a.parquet"
    file.parent.mkdir(parents=True)
    pq.write_table(pa.table({"lon": lon, "lat": lat}), file, row_group_size=1_000)
    return tmp_path / "points"


@pytest.fixture
def job(points: Path, bulk: BulkLocator) -> FilesJob:
    asked = PreparedQuestion(bulk)
    names = asked.task.columns.names
    return FilesJob(place(points), place(points.with_name("out")), asked, names)


def place(path: Path) -> Location:
    return Location(LocalFileSystem(), str(path), str(path))


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def local(bulk: BulkLocator, file: Path) -> pa.Table:
    given = pq.ParquetFile(file).read()
    answers = TableAnswers(PointQuestion(bulk, CRS.CRS84), given.schema, CSVOptions())
    return pa.Table.from_batches(map(answers.answered, given.to_batches()), answers.schema)


def test_only_the_attempt_that_the_driver_heard_of_is_kept(job: FilesJob, points: Path) -> None:
    (piece,) = pieces_of(job.source)
    with new_folder(job.target):
        first, second = answer_piece(job, piece), answer_piece(job, piece)
        summary = commit(job.target, [second])
    assert first.temporary != second.temporary
    assert summary.rows == ROWS
    target = points.with_name("out")
    assert names_in(target) == ["_SUCCESS", "day=1/a.parquet"]
    assert not (target / "_temporary").exists()
    written = pq.ParquetFile(target / "day=1/a.parquet").read()
    assert written.equals(local(job.question.locator, points / "day=1/a.parquet"))


def test_a_job_that_fails_leaves_no_folder(job: FilesJob, points: Path) -> None:
    (piece,) = pieces_of(job.source)
    with pytest.raises(KeyboardInterrupt), new_folder(job.target):
        interrupted(answer_piece(job, piece))
    assert names_in(points.parent) == ["points/day=1/a.parquet"]


def interrupted(written: Written) -> None:
    assert Path(written.temporary).exists()
    raise KeyboardInterrupt


def test_a_file_that_is_lost_before_the_commit_is_told(job: FilesJob, points: Path) -> None:
    (piece,) = pieces_of(job.source)
    lost = Written(job.target.inside("_temporary/lost.parquet"), piece.name, Summary())
    with pytest.raises(BulkError) as caught, new_folder(job.target):
        commit(job.target, [answer_piece(job, piece), lost])
    assert caught.value.code == "spark-target-unwritable"
    assert not points.with_name("out").exists()


def test_a_large_file_is_cut_between_row_groups_and_stays_in_order(
    job: FilesJob, points: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footer = pq.read_metadata(points / "day=1/a.parquet")
    group = sum(footer.row_group(0).column(at).total_compressed_size for at in range(2))
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 2 * group + group // 2)
    cut = pieces_of(job.source)
    assert [piece.groups for piece in cut] == [(0, 1), (2, 3), (4,)]
    assert [piece.name for piece in cut] == [f"day=1/a-0000{at}.parquet" for at in range(3)]
    with new_folder(job.target):
        commit(job.target, [answer_piece(job, piece) for piece in cut])
    files = [points.with_name("out") / piece.name for piece in cut]
    told = pa.concat_tables([pq.ParquetFile(file).read() for file in files])
    assert told.equals(local(job.question.locator, points / "day=1/a.parquet"))


def test_parts_of_a_file_are_not_called_as_another_one(
    job: FilesJob, points: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = points / "day=1/a.parquet"
    for other in ("a-00001", "a-"):
        (points / f"day=1/{other}.parquet").write_bytes(whole.read_bytes())
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", whole.stat().st_size // 2)
    names = [piece.name for piece in pieces_of(job.source)]
    assert len(names) == len(set(names)) >= 6
    assert {"day=1/a--00000.parquet", "day=1/a---00000.parquet"} <= set(names)


def test_what_spark_leaves_out_is_left_out(job: FilesJob, points: Path) -> None:
    for name in ("_SUCCESS", ".part.crc", "_temporary/b.parquet", "day=1/_metadata"):
        (points / name).parent.mkdir(exist_ok=True)
        (points / name).write_bytes(b"")
    (points / "_kind=x").mkdir()
    (points / "day=1/a.parquet").rename(points / "_kind=x/part-0")
    (piece,) = pieces_of(job.source)
    assert piece == FileSplit(str(points / "_kind=x/part-0"), "_kind=x/part-0")
    assert piece.folders == ("_kind",)


def test_a_folder_without_files_is_told(job: FilesJob, points: Path) -> None:
    (points / "day=1/a.parquet").unlink()
    with pytest.raises(BulkError) as caught:
        pieces_of(job.source)
    assert caught.value.code == "bulk-file-unreadable"


def test_a_column_of_folders_keeps_its_name(bulk: BulkLocator) -> None:
    schema = pa.schema({"lon": pa.float64(), "lat": pa.float64(), "Certain": pa.bool_()})
    names = PreparedQuestion(bulk).answers(schema, ("zone_id",)).names
    assert names[:2] == ("zone_id_2", "zone_name")
    assert "certain_2" in names


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(x="easting"), "bulk-no-column"),
        (Question(x="id", y="tags"), "bulk-column-not-numbers"),
        (Question(columns="zone"), "bulk-column-unknown"),
    ],
)
def test_what_cannot_be_asked_is_told(bulk: BulkLocator, question: Question, code: str) -> None:
    kinds = {"id": pa.int32(), "lon": pa.float64(), "lat": pa.float64()}
    schema = pa.schema(kinds | {"tags": pa.list_(pa.int32())})
    with pytest.raises(BulkError) as caught:
        PreparedQuestion(bulk, question).answers(schema)
    assert caught.value.code == code


def broken(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each way to spoil a file, and the fault that it is."""
    given = pq.ParquetFile(file).read()
    file.write_bytes(b"PAR1 this is no Parquet file PAR1")
    yield "spark-source-unreadable", "Parquet"
    pq.write_table(given.drop_columns(["lat"]), file)
    yield "spark-source-unreadable", "lon"
    pq.write_table(given.append_column("certain", given["lon"]), file)
    yield "spark-columns-differ", "certain_2"
    pq.write_table(given, file)
    content = bytearray(file.read_bytes())
    content[4:104] = bytes(100)
    file.write_bytes(content)
    yield "spark-source-unreadable", "a.parquet"
    file.unlink()
    yield "spark-source-unreadable", "No such file"


def test_a_file_that_cannot_be_answered_is_named(job: FilesJob, points: Path) -> None:
    (piece,) = pieces_of(job.source)
    with new_folder(job.target):
        for code, word in broken(points / "day=1/a.parquet"):
            with pytest.raises(BulkError, match=word) as caught:
                answer_piece(job, piece)
            assert caught.value.code == code
            assert caught.value.params["name"] == piece.path


def test_a_target_that_cannot_be_written_is_named(job: FilesJob) -> None:
    (piece,) = pieces_of(job.source)
    with pytest.raises(BulkError) as caught:
        answer_piece(job, piece)  # its folder was not made
    assert caught.value.code == "spark-target-unwritable"


def test_what_hadoop_is_told_of_s3_is_told_to_arrow() -> None:
    told = {
        "fs.s3a.endpoint": "minio:9000",
        "fs.s3a.endpoint.region": "cn-north-1",
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
    }
    settings = s3_settings(told.get)
    assert settings == {
        "endpoint_override": "minio:9000",
        "region": "cn-north-1",
        "force_virtual_addressing": False,
        "scheme": "http",
    }
    assert S3FileSystem(**settings).region == "cn-north-1"
    assert s3_settings({"fs.s3a.path.style.access": "false"}.get) == {}
