import struct
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import read
from tests.source_files import (
    dbf,
    polygon,
    shapefile,
    square,
    zipped,
)
from zones.errors import SourceError, SourceLimitError, UnknownCRSError
from zones.sandbox.limits import Limits

SQUARES = [polygon(square(index)) for index in range(3)]
NAMES = [("和平区",), ("沈阳站 & <b>",), ("",)]


def fault(folder: Path, content: bytes, **choice: Any) -> str:
    with pytest.raises((SourceError, UnknownCRSError)) as caught:
        read(folder, content, "shapefile", **choice)
    assert caught.value.text("zh").message
    assert caught.value.text("en").message
    return caught.value.code


def changed(part: bytes, at: int, new: bytes) -> bytes:
    return part[:at] + new + part[at + len(new) :]


def test_text_in_no_encoding_we_know_of_is_refused(tmp_path: Path) -> None:
    parts = shapefile(SQUARES[:1], [(b"\xff\xff\xff",)])
    assert fault(tmp_path, zipped(parts)) == "text-encoding"


def test_a_missing_index_is_rebuilt_with_a_warning(tmp_path: Path) -> None:
    parts = shapefile(SQUARES, NAMES)
    del parts[".shx"]
    found = read(tmp_path, zipped(parts), "shapefile")
    assert (found.codes, len(found.rows)) == (["shx-restored"], 3)


@pytest.mark.parametrize("wrong", [b"", b"\0" * 100, b"\0" * 124, b"x" * 101])
def test_a_wrong_index_is_rebuilt_with_a_warning(tmp_path: Path, wrong: bytes) -> None:
    found = read(tmp_path, zipped({**shapefile(SQUARES), ".shx": wrong}), "shapefile")
    assert (found.codes, len(found.rows)) == (["shx-restored"], 3)


@pytest.mark.parametrize("missing", [".shp", ".dbf"])
def test_a_missing_part_is_named(tmp_path: Path, missing: str) -> None:
    parts = shapefile(SQUARES)
    del parts[missing]
    codes = {".shp": "zip-no-shp", ".dbf": "dbf-missing"}
    assert fault(tmp_path, zipped(parts)) == codes[missing]


def test_a_table_of_another_length_does_not_belong_to_the_shapes(tmp_path: Path) -> None:
    parts = {**shapefile(SQUARES), ".dbf": dbf([("name", "C", 5)], [("x",)])}
    assert fault(tmp_path, zipped(parts)) == "shp-dbf-differ"


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_part_that_ends_early_is_told(tmp_path: Path, suffix: str) -> None:
    parts = shapefile(SQUARES)
    parts[suffix] = parts[suffix][:-50]
    codes = {".shp": "shp-truncated", ".dbf": "dbf-damaged"}
    assert fault(tmp_path, zipped(parts)) == codes[suffix]


def test_a_text_file_named_shp_is_no_shapefile(tmp_path: Path) -> None:
    parts = {**shapefile(SQUARES), ".shp": b"hello" * 100}
    assert fault(tmp_path, zipped(parts)) == "shp-damaged"


def test_records_whose_counts_do_not_fit_are_told_one_by_one(tmp_path: Path) -> None:
    parts = shapefile(SQUARES)
    second = 100 + (8 + 44 + 4 + 80) + 8
    absurd = changed(parts[".shp"], second + 40, struct.pack("<i", 2_000_000_000))
    negative = changed(absurd, 100 + 8 + 36, struct.pack("<i", -1))
    found = read(tmp_path, zipped({**parts, ".shp": negative}), "shapefile")
    assert [(problem.feature, problem.code) for problem in found.problems] == [
        (1, "shape-damaged"),
        (2, "shape-damaged"),
    ]


def test_coordinates_that_are_no_numbers_and_shapes_without_parts_are_told(tmp_path: Path) -> None:
    nan = float("nan")
    broken = polygon([(123.4, 41.7), (nan, nan), (123.5, 41.8), (123.4, 41.7)])
    found = read(tmp_path, zipped(shapefile([polygon(), broken, SQUARES[0]])), "shapefile")
    assert sorted((problem.feature, problem.code) for problem in found.problems) == [
        (1, "geometry-empty"),
        (2, "coordinate-not-finite"),
    ]


def test_a_ring_of_two_points_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, zipped(shapefile([polygon([(1, 1), (2, 2)])])), "shapefile")
    assert (found.codes, found.errors) == (["rings-closed", "invalid-too-few-points"], 1)


def test_bodies_in_three_dimensions_are_refused_with_a_way_out(tmp_path: Path) -> None:
    parts = shapefile(SQUARES)
    parts[".shp"] = changed(parts[".shp"], 32, struct.pack("<i", 31))
    assert fault(tmp_path, zipped(parts)) == "shp-multipatch"


def test_a_feature_of_too_many_vertices_is_told_and_never_built(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        zipped(shapefile([*SQUARES, point_ring(20)])),
        "shapefile",
        limits=Limits(max_vertices_per_feature=10),
    )
    assert [(problem.feature, problem.code) for problem in found.problems] == [
        (4, "too-many-vertices")
    ]


def point_ring(count: int) -> dict[str, object]:
    ring = list(shapely.Point(123.4, 41.7).buffer(0.01, quad_segs=count // 4).exterior.coords)
    return polygon(ring)


def test_counts_beyond_the_limits_end_the_reading_before_gdal_begins(tmp_path: Path) -> None:
    packed = zipped(shapefile(SQUARES))
    with pytest.raises(SourceLimitError, match="more than 2 features"):
        read(tmp_path, packed, "shapefile", limits=Limits(max_features=2))
    with pytest.raises(SourceLimitError, match="15 vertices"):
        read(tmp_path, packed, "shapefile", limits=Limits(max_vertices=14))


def test_a_table_of_251_fields_is_refused(tmp_path: Path) -> None:
    fields = [(f"f{index}", "C", 1) for index in range(251)]
    parts = shapefile(SQUARES[:1], [tuple("x" * 251)], fields=fields)
    assert fault(tmp_path, zipped(parts)) == "too-many-fields"
