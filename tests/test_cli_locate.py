"""``zones locate-file``: files of points on the command line."""

from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from zones.errors import BulkError

ROW = "甲,123.405,41.786\n"


@pytest.fixture
def points(tmp_path: Path) -> Path:
    file = tmp_path / "points.csv"
    file.write_text("名称,经度,纬度\n" + ROW * 100_000)
    return file


def run(store: Path, *arguments: object, given: bytes | None = None) -> Result:
    listed = [str(argument) for argument in arguments]
    called = ["locate-file", *listed, "--store", f"sqlite:///{store}"]
    return CliRunner().invoke(cli, called, input=given)


def test_several_processes_write_what_one_writes(points: Path, seeded_file: Path) -> None:
    folder = points.parent
    ran = [
        run(seeded_file, points, "-o", folder / f"{count}.csv", "--processes", count, "--json")
        for count in (1, 3)
    ]
    assert [result.exit_code for result in ran] == [0, 0]
    assert ran[0].stderr == ran[1].stderr
    assert orjson.loads(ran[0].stderr)["rows"] == 100_000
    one, three = (folder / f"{count}.csv" for count in (1, 3))
    assert one.read_bytes() == three.read_bytes()
    assert one.read_text().count(",zone-") == 200_000


def test_rows_at_fault_end_in_code_2(seeded_file: Path) -> None:
    result = run(seeded_file, "-", "--processes", 2, given=b"lon,lat\n123.405,41.786\n,\n")
    assert result.exit_code == 2
    assert "coordinate-missing" in result.stdout.splitlines()[2]
    assert "1 行有误" in result.stderr


def test_a_csv_becomes_a_parquet_file(points: Path, seeded_file: Path) -> None:
    target = points.with_suffix(".parquet")
    assert run(seeded_file, points, "-o", target).exit_code == 0
    assert pq.read_metadata(target).num_rows == 100_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.csv", "bulk-file-unreadable"),
        ("points.doc", "bulk-form-unknown"),
        ("-", "bulk-empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    tmp_path: Path, seeded_file: Path, name: str, code: str
) -> None:
    result = run(seeded_file, name if name == "-" else tmp_path / name, given=b"")
    assert result.exit_code == 1
    assert isinstance(result.exception, BulkError)
    assert result.exception.code == code


def test_a_failed_run_leaves_no_file(tmp_path: Path, seeded_file: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("a,b\n1,2\n")
    assert run(seeded_file, source, "-o", tmp_path / "out.csv").exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["points.csv"]
