import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely
from pyarrow import parquet

from tests.format_files import boxes, geoparquet
from tests.opened_sources import read
from zones.errors import ZonesError
from zones.formats.geoparquet.geometry import without_empty_runs

LONG = 210102001001000001
COLUMNS: dict[str, list[Any]] = {"名称": ["甲", None], "code": [LONG, None], "tags": [["a"], []]}


def test_rows_are_exact_and_the_system_is_the_standards_own(tmp_path: Path) -> None:
    found = read(tmp_path, geoparquet(boxes(2), COLUMNS), "geoparquet")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "甲", "code": LONG, "tags": ["a"]},
        {"名称": None, "code": None, "tags": []},
    ]
    assert (found.findings.crs.key, found.findings.crs.basis) == ("CRS84", "format")


def test_a_named_system_is_told_by_its_identifier(tmp_path: Path) -> None:
    named = {"crs": {"name": "CGCS2000", "id": {"authority": "EPSG", "code": 4490}}}
    found = read(tmp_path, geoparquet(boxes(2), COLUMNS, **named), "geoparquet")
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4490", "file")


def test_a_system_that_is_stated_to_be_unknown_is_asked_for(tmp_path: Path) -> None:
    asked = read(tmp_path, geoparquet(boxes(2), COLUMNS, crs=None), "geoparquet").question
    assert asked is not None
    assert asked.topic == "crs"


def test_a_geometry_that_is_missing_is_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path, geoparquet([boxes(1)[0], None], COLUMNS), "geoparquet")
    assert found.codes == ["geometry-missing"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "parquet-not-one"),
        (b"PAR1" + bytes(50), "source-unreadable"),
        (geoparquet(boxes(2), COLUMNS, encoding="point"), "parquet-encoding"),
        (geoparquet(boxes(2), COLUMNS, encoding="TWKB"), "parquet-encoding"),
        (geoparquet(boxes(2), COLUMNS, crs=4490), "parquet-no-geometry"),
    ],
)
def test_what_is_no_geoparquet_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ZonesError) as caught:
        read(tmp_path, content, "geoparquet")
    assert caught.value.code == code


def test_a_system_without_identifier_is_known_by_its_meaning(tmp_path: Path) -> None:
    told = json.loads(pyproj.CRS.from_proj4("+proj=tmerc +lon_0=123 +ellps=GRS80").to_json())
    content = geoparquet([shapely.Point(100, 4625000)], {"n": [1]}, crs=told)
    found = read(tmp_path, content, "geoparquet")
    assert found.findings.geometry.located == pytest.approx((123.0, 41.76) * 2, abs=0.01)


def test_a_system_that_is_not_understood_is_asked_for(tmp_path: Path) -> None:
    content = geoparquet(boxes(2), COLUMNS, crs={"name": "地方坐标系"})
    asked = read(tmp_path, content, "geoparquet").question
    assert asked is not None
    assert (asked.code, asked.params["crs"]) == ("ask-crs-unreadable", "地方坐标系")
    assert asked.candidates[0].options == {"crs": "CRS84"}


def written(table: pa.Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


SHAPES = {
    "point": [shapely.Point(123.4, 41.78), shapely.Point(123.41, 41.79, 12.0)],
    "linestring": [shapely.LineString([(123.4, 41.78), (123.41, 41.79), (123.42, 41.79)])],
    "polygon": [
        shapely.box(123.4, 41.78, 123.41, 41.79).difference(
            shapely.box(123.402, 41.782, 123.404, 41.784)
        ),
        shapely.box(123.42, 41.78, 123.43, 41.79),
    ],
    "multipoint": [shapely.MultiPoint([(123.4, 41.78), (123.41, 41.79)])],
    "multilinestring": [shapely.MultiLineString([[(123.4, 41.78), (123.41, 41.79)]] * 2)],
    "multipolygon": [
        shapely.MultiPolygon(
            [shapely.box(123.4, 41.78, 123.41, 41.79), shapely.box(123.42, 41.78, 123.43, 41.79)]
        ),
        shapely.MultiPolygon([shapely.box(123.44, 41.78, 123.45, 41.79)]),
    ],
}


@pytest.mark.parametrize("encoding", SHAPES)
@pytest.mark.parametrize("interleaved", [True, False])
def test_lists_of_coordinates_are_read(tmp_path: Path, encoding: str, interleaved: bool) -> None:
    shapes = [*SHAPES[encoding], None]
    frame = geopandas.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4490)
    table = pa.table(frame.to_arrow(geometry_encoding="geoarrow", interleaved=interleaved))
    column = {"encoding": encoding, "geometry_types": [], "crs": None}
    meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    content = written(table.replace_schema_metadata({"geo": json.dumps(meta)}))
    found = read(tmp_path, content, "geoparquet", crs="EPSG:4490")
    assert [row["properties"]["n"] for row in found.rows] == list(range(len(shapes)))
    for row, shape in zip(found.rows, shapes, strict=True):
        assert (row["wkb"] is None) == (shape is None)
        assert shape is None or shapely.equals(
            shapely.from_wkb(row["wkb"]), shapely.force_2d(shape)
        )


class _GeoArrowWKB(pa.ExtensionType):
    """GeoArrow's type, which Arrow writes as Parquet's GEOMETRY or GEOGRAPHY."""

    def __init__(self, text: str = "{}") -> None:
        self.text = text
        super().__init__(pa.binary(), "geoarrow.wkb")

    def __arrow_ext_serialize__(self) -> bytes:
        return self.text.encode()

    @classmethod
    def __arrow_ext_deserialize__(cls, _storage: pa.DataType, raw: bytes) -> "_GeoArrowWKB":
        return cls(raw.decode())


def geometry_by_type(**told: Any) -> bytes:
    kind = _GeoArrowWKB(json.dumps(told))
    pa.register_extension_type(kind)
    try:
        places = pa.ExtensionArray.from_storage(kind, pa.array([box.wkb for box in boxes(2)]))
        return written(pa.table({"where": places, "名称": ["甲", "乙"]}), store_schema=False)
    finally:
        pa.unregister_extension_type("geoarrow.wkb")


@pytest.mark.parametrize(
    ("crs", "key"),
    [
        ({}, "CRS84"),
        ({"crs": "EPSG:4490"}, "EPSG:4490"),
        ({"crs": "OGC:CRS84"}, "CRS84"),
        ({"crs": "EPSG:4490", "crs_type": "authority_code"}, "EPSG:4490"),
        ({"crs": json.loads(pyproj.CRS(4490).to_json())}, "EPSG:4490"),
    ],
)
def test_a_geometry_by_parquets_own_type_is_read(
    tmp_path: Path, crs: dict[str, Any], key: str
) -> None:
    found = read(tmp_path, geometry_by_type(**crs), "geoparquet")
    assert [row["properties"] for row in found.rows] == [{"名称": "甲"}, {"名称": "乙"}]
    assert found.findings.crs.key == key
    assert found.codes == []


def test_edges_on_the_sphere_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, geometry_by_type(edges="spherical"), "geoparquet")
    assert found.codes == ["parquet-edges-spherical"]
    by_metadata = geoparquet(boxes(2), COLUMNS, edges="spherical")
    assert read(tmp_path, by_metadata, "geoparquet").codes == ["parquet-edges-spherical"]


def test_the_covering_is_no_attribute(tmp_path: Path) -> None:
    paths = {name: ["bbox", name] for name in ("xmin", "ymin", "xmax", "ymax")}
    bounds = [dict(zip(paths, box.bounds, strict=True)) for box in boxes(2)]
    columns = {"名称": ["甲", "乙"], "bbox": bounds}
    covered = geoparquet(boxes(2), columns, covering={"bbox": paths})
    names = [field.name for field in read(tmp_path, covered, "geoparquet").findings.fields]
    assert names == ["名称"]
    names = [
        item.name
        for item in read(tmp_path, geoparquet(boxes(2), columns), "geoparquet").findings.fields
    ]
    assert names == ["名称", "bbox"]


def test_numbers_of_few_bytes_and_decimals_keep_their_digits(tmp_path: Path) -> None:
    columns = {
        "f": pa.array([0.1, None], pa.float32()),
        "h": pa.array([np.float16(0.1), None], pa.float16()),
        "d": pa.array([Decimal("12.50"), Decimal("12345678901234567.89")]),
        "w": pa.array([Decimal("210102001001000001.00"), None]),
        "u": pa.array([2**64 - 1, None], pa.uint64()),
    }
    found = read(tmp_path, geoparquet(boxes(2), columns), "geoparquet")
    assert [row["properties"] for row in found.rows] == [
        {"f": 0.1, "h": 0.1, "d": 12.5, "w": LONG, "u": 2**64 - 1},
        {"f": None, "h": None, "d": "12345678901234567.89", "w": None, "u": None},
    ]


def test_further_geometry_columns_are_told(tmp_path: Path) -> None:
    table = parquet.read_table(io.BytesIO(geoparquet(boxes(2), {"centre": [b"", b""]})))
    meta = json.loads(table.schema.metadata[b"geo"])
    meta["columns"]["centre"] = {"encoding": "WKB", "geometry_types": []}
    content = written(table.replace_schema_metadata({"geo": json.dumps(meta)}))
    found = read(tmp_path, content, "geoparquet")
    assert [(problem.code, problem.params["others"]) for problem in found.problems] == [
        ("parquet-other-geometries", "centre")
    ]


def test_words_for_columns_become_titles(tmp_path: Path) -> None:
    """Arrow keeps them with the field, GDAL in a description of its own."""
    table = parquet.read_table(io.BytesIO(geoparquet(boxes(2), COLUMNS)))
    of_gdal = {"columns": {"code": {"alternative_name": "代码"}, "名称": {"comment": "未用"}}}
    fields = [
        field.with_metadata({"description": "地块名称"}) if field.name == "名称" else field
        for field in table.schema
    ]
    meta = {**table.schema.metadata, b"gdal:schema": json.dumps(of_gdal).encode()}
    content = io.BytesIO()
    parquet.write_table(table.cast(pa.schema(fields, metadata=meta)), content)
    found = read(tmp_path, content.getvalue(), "geoparquet")
    titles = {field.label: field.title for field in found.findings.fields}
    assert (titles["名称"], titles["code"]) == ("地块名称", "代码")
    assert "titles-from-aliases" in found.codes


def with_column(values: pa.Array, name: str = "当") -> bytes:
    """Return a GeoParquet file with a further column."""
    written = geoparquet(boxes(len(values)), {"当": [""] * len(values)})
    table = parquet.read_table(io.BytesIO(written)).append_column("更", values)
    content = io.BytesIO()
    renamed = table.rename_columns([*table.column_names[:-1], name])
    parquet.write_table(renamed.replace_schema_metadata(table.schema.metadata), content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("values", "stored", "is_told"),
    [
        (
            pa.array([-62135596800000001, None], pa.timestamp("us")),
            "0000-12-31T23:59:59.999999",
            True,
        ),
        (
            pa.array([253402300800000, 0], pa.timestamp("ms", "UTC")),
            "10000-01-01T00:00:00.000Z",
            True,
        ),
        (pa.array([2**40, 0], pa.timestamp("s")), "1970-01-01 +1099511627776000 ms", True),
        (pa.array([-(2**31), 0], pa.date32()), "1970-01-01 -2147483648 day", True),
        (
            pa.array([2**63 - 1, 0], pa.timestamp("ns", "Asia/Shanghai")),
            "2262-04-11T23:47:16.854775807Z",
            True,
        ),
        (pa.array([1, 0], pa.timestamp("ns")), "1970-01-01T00:00:00.000000001", False),
        (pa.array([-1500, 0], pa.duration("ms")), "-PT1.5S", False),
        (pa.array([1, 0], pa.time64("ns")), "00:00:00.000000001", False),
    ],
    ids=["before 1", "after 9999", "seconds", "days", "zone", "nanoseconds", "duration", "time"],
)
def test_times_beyond_what_python_counts_are_written_out(
    tmp_path: Path, values: pa.Array, stored: str, is_told: bool
) -> None:
    found = read(tmp_path, with_column(values, "时"), "geoparquet")
    assert found.rows[0]["properties"]["时"] == stored
    told = [each.params for each in found.problems if each.code == "parquet-time-beyond"]
    assert told == ([{"count": 1, "value": stored}] if is_told else [])


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = read(tmp_path, with_column(pa.array([5, 6])), "geoparquet")
    assert [row["properties"]["当_2"] for row in found.rows] == [5, 6]
    assert "csv-name-repeated" in found.codes


def test_instants_are_written_by_iso_8601(tmp_path: Path) -> None:
    instants = pa.array([0, 1], pa.timestamp("ms", "Asia/Shanghai"))
    table = parquet.read_table(io.BytesIO(geoparquet(boxes(2), {"当": ["a", "b"]})))
    content = io.BytesIO()
    parquet.write_table(table.set_column(0, "当", instants), content)
    rows = read(tmp_path, content.getvalue(), "geoparquet").rows
    assert [row["properties"]["当"] for row in rows] == [
        "1970-01-01T08:00:00+08:00",
        "1970-01-01T08:00:00.001000+08:00",
    ]


def test_empty_parts_of_lists_of_coordinates_are_left_out_and_told(tmp_path: Path) -> None:
    line = shapely.from_wkt("MULTILINESTRING (EMPTY, (123.4 41.78, 123.41 41.79), EMPTY)")
    frame = geopandas.GeoDataFrame(geometry=[None, line], crs="EPSG:4490")
    content = io.BytesIO()
    frame.to_parquet(content, geometry_encoding="geoarrow")
    found = read(tmp_path, content.getvalue(), "geoparquet")
    told = found.problems[0]
    assert (told.code, told.feature, told.params) == ("geometry-parts-empty", 2, {"count": 2})
    assert shapely.get_num_geometries(shapely.from_wkb(found.rows[1]["wkb"])) == 1


def test_areas_of_lists_of_coordinates_lose_empty_rings_and_parts() -> None:
    # Two geometries: parts of the rings 4 + 0 and of none, and one part of a ring.
    levels = [np.array(level) for level in ([0, 4, 4, 9], [0, 2, 2, 3], [0, 2, 3])]
    filled, lost = without_empty_runs(levels)
    assert [level.tolist() for level in filled] == [[0, 4, 9], [0, 1, 2], [0, 1, 2]]
    assert lost.tolist() == [2, 0]


def test_decimals_beyond_64_bits_become_texts_and_are_told(tmp_path: Path) -> None:
    numbers = [Decimal("1" * 40), Decimal(5)]
    content = geoparquet(boxes(2), {"n": pa.array(numbers, pa.decimal256(50, 0))})
    found = read(tmp_path, content, "geoparquet")
    assert [row["properties"]["n"] for row in found.rows] == ["1" * 40, 5]
    assert found.codes == ["numbers-as-text"]


@pytest.mark.parametrize("crs", ["EPSG:4490", pyproj.CRS.from_epsg(4490).to_wkt()])
def test_systems_written_as_text_are_read(tmp_path: Path, crs: str) -> None:
    found = read(tmp_path, geoparquet(boxes(1), {"n": [1]}, crs=crs), "geoparquet")
    assert (found.findings.crs.key, len(found.rows)) == ("EPSG:4490", 1)
