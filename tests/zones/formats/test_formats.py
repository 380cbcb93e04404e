from pathlib import Path

import pytest

from tests.format_files import (
    boxes,
    dxf,
    flatgeobuf,
    geopackage,
    geoparquet,
    kml,
    placemark,
    zipped_geodatabase,
)
from tests.imports import codes, imported, imported_by_child, with_collections
from tests.source_files import geojson, squares, zip_of
from tests.workbooks import xls, xlsx
from zones.errors import SourceError
from zones.formats.supported_formats import recognise
from zones.store.sql.store import SqlStore

PLOTS = {"plots": (boxes(2), {"name": ["甲", "乙"]})}
POINT = [0, "POINT", 8, "0", 10, 123.4, 20, 41.78]
FILES = {
    "a.ndjson": b'{"type":"Feature","geometry":null,"properties":{}}',
    "a.GPKG": geopackage(PLOTS),
    "a.kml": kml(placemark("a")),
    "a.kmz": zip_of({"doc.kml": kml(placemark("a"))}),
    "a.gdb.zip": zipped_geodatabase(boxes(2)),
    "packed.zip": zipped_geodatabase(boxes(2)),
    "a.dxf": dxf(POINT),
    "a.fgb": flatgeobuf(boxes(2)),
    "a.csv": "lon,lat,名称\n123.4,41.78,甲\n".encode("gbk"),
    "a.xlsx": xlsx({"表": [["lon", "lat", "名称"], [123.4, 41.78, "甲"]]}),
    "a.xls": xls({"表": [["lon", "lat", "名称"], [123.4, 41.78, "甲"]]}),
    "a.txt": "lon\tlat\t名称\n123.4\t41.78\t甲\n".encode("utf-16"),
}


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read_behind_the_locks(store: SqlStore, tmp_path: Path, name: str) -> None:
    crs = "CRS84" if name in ("a.dxf", "a.csv", "a.txt", "a.xlsx", "a.xls") else None
    report = imported_by_child(store, tmp_path, FILES[name], name=name, into="any", crs=crs)
    assert (report.state, report.findings.features > 0) == ("applied", True)
    assert report.errors == 0


def test_geoparquet_is_read_behind_the_locks(store: SqlStore, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="GeoParquet is read by pyarrow, which is not installed")
    content = geoparquet(boxes(2), {"name": ["甲", "乙"]})
    report = imported_by_child(store, tmp_path, content, name="a.parquet", into="any")
    assert (report.state, report.counts.added) == ("applied", 2)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.csv", "a.kml", "a.fgb", "a.xlsx"])
def test_a_zip_may_hold_one_file_of_another_format(
    store: SqlStore, tmp_path: Path, name: str
) -> None:
    content = {**FILES, "a.gpkg": FILES["a.GPKG"], "a.geojson": geojson(squares(2))}[name]
    packed = zip_of({f"成果/{name}": content, "__MACOSX/._x": b"", "说明.txt": b"x"})
    crs = "CRS84" if name in ("a.csv", "a.xlsx") else None
    report = imported(store, tmp_path, packed, name="a.zip", into="any", crs=crs)
    assert (report.state, report.errors) == ("applied", 0)
    assert report.findings.format == recognise(name).name


@pytest.mark.parametrize("name", ["a.GPKG", "a.kml", "a.fgb"])
def test_a_renamed_file_is_known_by_how_it_begins(
    store: SqlStore, tmp_path: Path, name: str
) -> None:
    report = imported(store, tmp_path, FILES[name], name="成果.geojson", into="any")
    assert (report.state, report.errors) == ("applied", 0)
    assert report.findings.format == recognise(name).name


def test_a_zip_of_two_such_files_is_asked_about(store: SqlStore, tmp_path: Path) -> None:
    two = zip_of({"a.geojson": geojson(squares(1)), "b.geojson": geojson(squares(1))})
    report = imported(store, tmp_path, two, name="a.zip")
    assert report.question is not None
    assert [one.options for one in report.question.candidates] == [{"layer": "a"}, {"layer": "b"}]


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.dgn", "drawing-not-dxf"), ("表.XLSB", "sheet-not-csv"), ("a.rar", "other-archive")],
)
def test_files_sent_by_mistake_are_met_with_what_to_send(name: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        recognise(name)
    assert caught.value.code == code


def test_a_kind_that_the_collection_does_not_take_is_told_for_each_format(
    store: SqlStore, tmp_path: Path
) -> None:
    report = imported(store, tmp_path, FILES["a.kml"], name="a.kml", into="plots")
    assert (report.state, codes(report)[0]) == ("rejected", "geometry-kind")
