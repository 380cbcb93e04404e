"""``zones locate``: one point, or a file of them."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import orjson
import pyarrow.parquet as pq
import pytest
import shapely
from typer.testing import CliRunner

from app.cli.main import cli
from tests.paths import ROOT
from tests.workbooks import Rows, ods, xlsx
from zones.errors import BulkError, SourceError, SparkMissingError
from zones.questions_to_people import DecisionNeeded

ROW = "甲,123.405,41.786\n"


@pytest.fixture
def points(tmp_path: Path) -> Path:
    file = tmp_path / "points.csv"
    file.write_text("名称,经度,纬度\n" + ROW * 100_000)
    return file


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    exit_code: int
    stdout: str
    stderr: str
    exception: BaseException | None = None


def run(store: Path, *arguments: object, given: bytes | None = None) -> Ran:
    """Run ``zones locate``; in a process of its own where it forks, as threads forbid it here."""
    called = ["locate", *map(str, arguments), "--store", f"sqlite:///{store}"]
    if "--processes" in called and called[called.index("--processes") + 1] != "1":
        command = [sys.executable, "-m", "app", *called]
        ended = subprocess.run(command, input=given, capture_output=True, cwd=ROOT, check=False)
        return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    result = CliRunner().invoke(cli, called, input=given)
    return Ran(result.exit_code, result.stdout, result.stderr, result.exception)


@pytest.mark.slow
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


@pytest.mark.slow
def test_tables_read_ahead_are_answered_alike(points: Path, seeded_file: Path) -> None:
    folder = points.parent
    for count in (1, 2):
        table, back = folder / f"{count}.parquet", folder / f"{count}.csv"
        assert run(seeded_file, points, "-o", table, "--processes", count).exit_code == 0
        assert run(seeded_file, table, "-o", back, "--processes", count).exit_code == 0
    for suffix in ("parquet", "csv"):
        one, two = (folder / f"{count}.{suffix}" for count in (1, 2))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_a_table_that_breaks_off_while_it_is_read_ahead_is_told(
    points: Path, seeded_file: Path
) -> None:
    broken = points.with_suffix(".arrow")
    assert run(seeded_file, points, "-o", broken).exit_code == 0
    broken.write_bytes(broken.read_bytes()[:-200_000])
    target = points.with_name("answered.arrow")
    assert run(seeded_file, broken, "-o", target, "--processes", 2).exit_code == 1
    assert not target.exists()


@pytest.mark.slow
def test_rows_at_fault_end_in_code_2(seeded_file: Path) -> None:
    result = run(seeded_file, "-", "--processes", 2, given=b"lon,lat\n123.405,41.786\n,\n")
    assert result.exit_code == 2
    assert "coordinate-missing" in result.stdout.splitlines()[2]
    assert "1 行有误" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_how_a_table_was_read_is_told_beside_the_counts(seeded_file: Path, processes: int) -> None:
    rows = "甲;123.405;41.786;\n" * 60_000
    given = f"名称;经度;纬度;经度\n{rows}乙;123°24′18″;41°47′06″\n".encode()
    result = run(seeded_file, "-", "--processes", processes, "--json", given=given)
    told = orjson.loads(result.stderr)["notes"]
    assert [note["code"] for note in told] == [
        "csv-columns-chosen",
        "csv-angles-read",
        "csv-rows-short",
    ]
    assert "60001" in told[1]["message"]
    plain = run(seeded_file, "-", "--processes", processes, given=given)
    assert "度分秒" in plain.stderr
    assert "minutes" in plain.stderr


def test_a_csv_becomes_a_parquet_file(points: Path, seeded_file: Path) -> None:
    target = points.with_suffix(".parquet")
    assert run(seeded_file, points, "-o", target).exit_code == 0
    assert pq.read_metadata(target).num_rows == 100_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.csv", "bulk-file-unreadable"),
        ("points.doc", "bulk-form-unknown"),
        ("", "bulk-folder"),
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


def test_a_point_is_told_in_json(seeded_file: Path) -> None:
    told = orjson.loads(run(seeded_file, "41533661.6", "4627400", "--crs", "EPSG:4529").stdout)
    assert told["primary"] == "zone-nanshichang"
    assert told["point"]["given"] == "EPSG:4529"


@pytest.mark.parametrize("given", [("123.4", "north"), ("123.4", "41.79", "3"), ("1", "a.csv")])
def test_what_is_neither_point_nor_file_is_told(seeded_file: Path, given: tuple[str, ...]) -> None:
    result = run(seeded_file, *given)
    assert result.exit_code == 1
    assert isinstance(result.exception, BulkError)
    assert result.exception.code == "bulk-place-unknown"


@pytest.fixture
def shops(tmp_path: Path) -> gpd.GeoDataFrame:
    """Return two points in Gauss-Krueger metres; a field has the name of a column to come."""
    lonlats = gpd.points_from_xy([123.405, 123.41], [41.786, 41.6])
    frame = gpd.GeoDataFrame({"name": ["甲", "乙"], "lon": [1, 2]}, geometry=lonlats, crs=4490)
    return frame.to_crs(4550)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".shp", ".zip", ".gpkg", ".fgb"])
def test_files_of_other_programs_bring_their_own_system(
    shops: gpd.GeoDataFrame, tmp_path: Path, seeded_file: Path, suffix: str
) -> None:
    source = tmp_path / f"shops{suffix}"
    shops.to_file(source.with_suffix(".shz") if suffix == ".zip" else source)
    if suffix == ".zip":
        source.with_suffix(".shz").rename(source)
    result = run(seeded_file, source, "-o", tmp_path / "out.parquet")
    assert result.exit_code == 0, result.stderr
    told = pq.ParquetFile(tmp_path / "out.parquet").read()
    # FlatGeobuf puts features in an order of its own.
    one, other = told.sort_by("lon").to_pylist()
    assert (one["zone_id"], other["zone_id"]) == ("zone-nanshichang", None)
    assert (one["name"], one["lon"], one["lon_"]) == ("甲", 1, pytest.approx(123.405, abs=1e-8))


def test_a_geopackage_becomes_geojson(
    shops: gpd.GeoDataFrame, tmp_path: Path, seeded_file: Path
) -> None:
    shops.to_file(tmp_path / "shops.gpkg")
    result = run(seeded_file, tmp_path / "shops.gpkg", "--to", "geojson")
    told = orjson.loads(result.stdout)
    assert [each["properties"]["zone_id"] for each in told["features"]] == [
        "zone-nanshichang",
        None,
    ]
    assert told["summary"]["rows"] == 2


@pytest.mark.slow
def test_a_file_without_a_system_is_asked_for_one(
    shops: gpd.GeoDataFrame, tmp_path: Path, seeded_file: Path
) -> None:
    shops.to_file(tmp_path / "shops.shp")
    (tmp_path / "shops.prj").unlink()
    result = run(seeded_file, tmp_path / "shops.shp")
    assert isinstance(result.exception, DecisionNeeded)
    told = run(seeded_file, tmp_path / "shops.shp", "--crs", "EPSG:4550")
    assert (told.exit_code, told.stdout.count("zone-nanshichang")) == (0, 2)


def test_a_file_of_lines_is_refused_with_the_reason(tmp_path: Path, seeded_file: Path) -> None:
    line = shapely.LineString([(123.4, 41.78), (123.41, 41.79)])
    gpd.GeoDataFrame({"a": [1]}, geometry=[line], crs=4490).to_file(tmp_path / "lines.gpkg")
    result = run(seeded_file, tmp_path / "lines.gpkg")
    assert isinstance(result.exception, BulkError)
    assert result.exception.code == "bulk-source-rejected"
    assert "LineString" in str(result.exception)


def test_forms_can_be_told_where_names_do_not(seeded_file: Path) -> None:
    given = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
    given += b'"geometry":{"type":"Point","coordinates":[123.405,41.786]}}]}'
    result = run(seeded_file, "-", "--from", "geojson", given=given)
    assert orjson.loads(result.stdout)["summary"]["zones"] == {"zone-nanshichang": 1}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("points.csv", "-o", "out"), "spark-form"),
        (("points", "-o", "-"), "spark-form"),
        (("points", "-o", "out", "--conf", "executor=4"), "spark-conf"),
    ],
)
def test_what_the_cluster_does_not_do_is_told(
    seeded_file: Path, options: tuple[str, ...], code: str
) -> None:
    result = run(seeded_file, *options, "--engine", "spark")
    assert isinstance(result.exception, BulkError)
    assert result.exception.code == code


def test_without_pyspark_its_installation_is_told(
    seeded_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("zones.spark")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    result = run(seeded_file, "points", "-o", "out", "--engine", "spark")
    assert isinstance(result.exception, SparkMissingError)
    assert "pip install 'heping-zones[spark]'" in str(result.exception.text("zh"))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_bad_row_of_a_workbook_is_told_and_the_others_answered(
    tmp_path: Path, seeded_file: Path, suffix: str
) -> None:
    rows: Rows = [
        ["控制点", None, None],
        ["名称", "经度", "纬度"],
        ["甲", 123.405, 41.786],
        ["乙", "北边", 41.786],
        ["丙", 123.405, 41.786],
    ]
    book = {"xlsx": xlsx, "ods": ods}[suffix]({"说明": [["只有文字"]], "点": rows})
    source = tmp_path / f"points.{suffix}"
    source.write_bytes(book)
    result = run(seeded_file, source, "--json")
    assert result.exit_code == 2
    header, *answers = result.stdout.lstrip("\ufeff").splitlines()
    assert header.startswith("名称,经度,纬度,zone_id")
    assert [line.count("zone-nanshichang") > 0 for line in answers] == [True, False, True]
    assert "coordinate" in answers[1] or "number" in answers[1]
    summary = orjson.loads(result.stderr)
    assert (summary["rows"], summary["rows_at_fault"]) == (3, 1)
    other = run(seeded_file, source, "--layer", "没有", "--json")
    assert isinstance(other.exception, SourceError)
    assert other.exception.code == "bulk-no-sheet"
