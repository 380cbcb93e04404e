"""Zips with files of other formats than shapefiles: one, several, of several formats."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.format_files import boxes, dxf, flatgeobuf, geopackage, kml, placemark
from tests.gtxt_files import Layout, file_of, parcels
from tests.opened_sources import read_here
from tests.source_files import geojson, squares, zip_of
from tests.workbooks import xlsx
from zones.errors import SourceError
from zones.ingest.read_source import Reading, ReadRequest
from zones.sandbox.limits import Limits

TABLE = "lon,lat,名称\n123.4,41.78,{}\n"


def read_zip(folder: Path, members: dict[str, bytes], **request: Any) -> Reading:
    path = folder / "成果.zip"
    path.write_bytes(zip_of(members))
    return read_here(
        path, file_name=path.name, request=ReadRequest(**request), limits=Limits(mem_mb=4096)
    )


def twenty_txt() -> dict[str, bytes]:
    """Return twenty 国土 TXT, each of one parcel, and a note beside them."""
    found = parcels(Random(7), 20)  # noqa: S311 - shapes, no secrets
    files = {f"报备/地块{at}.txt": file_of([one], Layout()) for at, one in enumerate(found)}
    return {**files, "说明.txt": "坐标见各文件".encode("gbk")}


def test_twenty_texts_are_asked_about_and_become_one_import(tmp_path: Path) -> None:
    asked = read_zip(tmp_path, twenty_txt())
    assert asked.question is not None
    assert (asked.question.topic, len(asked.question.candidates)) == ("layer", 20)
    assert {each.reasons[0].params["suffix"] for each in asked.question.candidates} == {".txt"}
    reading = read_zip(tmp_path, twenty_txt(), layer="*")
    assert (reading.errors, len(reading.features), reading.findings.format) == (0, 20, "gtxt")
    assert [one.properties["layer"] for one in reading.features][:2] == ["地块0", "地块1"]


def test_some_of_the_files_can_be_taken(tmp_path: Path) -> None:
    reading = read_zip(tmp_path, twenty_txt(), layer=("地块3", "地块7"))
    assert [one.properties["layer"] for one in reading.features] == ["地块3", "地块7"]


def test_files_of_several_formats_are_layers_of_one_import(tmp_path: Path) -> None:
    members = {
        "甲.csv": TABLE.format("甲").encode(),
        "乙.geojson": geojson(squares(2)),
        "丙.json": geojson(squares(1)),
        "丁.kml": kml(placemark("丁")),
        "戊.fgb": flatgeobuf(boxes(1)),
        "metadata.json": b'{"title": "x"}',
    }
    reading = read_zip(tmp_path, members, layer=("乙", "丙", "戊"), crs="CRS84")
    assert [one.properties["layer"] for one in reading.features] == ["乙", "乙", "丙", "戊"]
    assert reading.findings.layers == ("甲", "乙", "丙", "丁", "戊")


def test_files_that_take_several_drivers_are_refused_in_words(tmp_path: Path) -> None:
    members = {"a.fgb": flatgeobuf(boxes(1)), "b.gpkg": geopackage({"b": (boxes(1), {})})}
    with pytest.raises(SourceError) as caught:
        read_zip(tmp_path, members)
    assert caught.value.code == "zip-mixed"


def test_drawings_beside_each_other_have_folders_of_their_own(tmp_path: Path) -> None:
    members = {f"{name}.dxf": dxf([0, "POINT", 8, name, 10, 123.4, 20, 41.78]) for name in "ab"}
    reading = read_zip(tmp_path, members, layer="*", crs="CRS84")
    assert [one.properties["Layer"] for one in reading.features] == ["a", "b"]


def test_sheets_of_several_workbooks_are_all_taken(tmp_path: Path) -> None:
    rows = [["lon", "lat", "名称"], [123.4, 41.78, "x"]]
    members = {"a.xlsx": xlsx({"一": rows, "二": rows}), "b.xlsx": xlsx({"三": rows})}
    reading = read_zip(tmp_path, members, layer="*", crs="CRS84")
    assert [one.properties["source_layer"] for one in reading.features] == ["a", "a", "b"]


def test_what_is_told_of_one_file_names_it(tmp_path: Path) -> None:
    members = {
        "甲.csv": TABLE.format("甲").encode("gbk"),
        "乙.csv": "lon,lat,名称,名称\n123.4,41.78,乙,丙\n".encode("gbk"),
    }
    reading = read_zip(tmp_path, members, layer="*", crs="CRS84")
    told = next(one for one in reading.problems if one.code == "csv-name-repeated")
    assert told.params["packed_file"] == "乙"


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    members = {"甲/a.csv": TABLE.format("甲").encode(), "乙/a.csv": TABLE.format("乙").encode()}
    reading = read_zip(tmp_path, members, layer="*", crs="CRS84")
    assert [one.properties["layer"] for one in reading.features] == ["甲/a.csv", "乙/a.csv"]


def test_the_only_text_of_a_zip_is_read_by_its_content(tmp_path: Path) -> None:
    name, content = next(iter(twenty_txt().items()))
    reading = read_zip(tmp_path, {name: content, "说明.txt": b"x"})
    assert (reading.findings.format, len(reading.features)) == ("gtxt", 1)
    table = read_zip(tmp_path, {"a.txt": TABLE.format("甲").encode()}, crs="CRS84")
    assert (table.findings.format, len(table.features)) == ("csv", 1)


def test_a_zip_without_data_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_zip(tmp_path, {"a.pdf": b"x", "b.json": b"{}"})
    assert (caught.value.code, caught.value.params["found"]) == ("zip-no-shp", "a.pdf, b.json")
