"""Personal geodatabases by a writer of our own; ``test_mdb_by_jackcess.py`` has another's."""

import struct
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mdb_files import (
    BYTES,
    DATE,
    DOUBLE,
    GUID,
    LONG,
    MEMO,
    MONEY,
    NUMERIC,
    OLE,
    SINGLE,
    TEXT,
    TRUTH,
    Columns,
    compressed,
    database,
    geodatabase,
    shape,
)
from tests.opened_sources import Read, layer_of, read, read_here, task_on
from tests.source_files import zip_of
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.open_file import open_source
from zones.formats.supported_formats import recognise
from zones.ingest.read_source import ReadRequest
from zones.sandbox.limits import Limits
from zones.source.reading_choices import SourceChoice

PLOT = shapely.Polygon(
    shapely.box(533000, 4626800, 533200, 4626950).exterior,
    [shapely.box(533060, 4626850, 533100, 4626880).exterior],
)
BESIDE = shapely.box(533200, 4626800, 533320, 4626950)
AT = shapely.Point(533000, 4626800)
POINTS = shapely.MultiPoint([(533000, 4626800), (533100, 4626800)])
COLUMNS: Columns = {"OBJECTID": LONG, "Shape": OLE, "名称": TEXT, "备注": MEMO}


def read_mdb(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "mdb", **request)


def rows_of(*geometries: Any) -> list[tuple[Any, ...]]:
    return [(at, shape(each), f"地块{at}", "x") for at, each in enumerate(geometries, 1)]


def stored(geometry: Any) -> Any:
    return geometry_to_storage(np.array([geometry]), CRS.EPSG_4550)[0]


def test_a_layer_comes_with_ids_texts_holes_and_system(tmp_path: Path) -> None:
    parts = shapely.MultiPolygon([PLOT, shapely.box(533500, 4626800, 533600, 4626900)])
    found = read_mdb(tmp_path, geodatabase({"地块": (COLUMNS, rows_of(PLOT, BESIDE, parts))}))
    assert (found.errors, found.findings.crs.key, found.findings.layer) == (0, "EPSG:4550", "地块")
    assert [row["fid"] for row in found.rows] == ["1", "2", "3"]
    assert found.rows[0]["properties"] == {"名称": "地块1", "备注": "x"}
    for row, meant in zip(found.rows, (PLOT, BESIDE, parts), strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(row["wkb"]), stored(meant)) < 1e-9


def test_values_keep_their_digits(tmp_path: Path) -> None:
    own = uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")
    columns = {
        **COLUMNS, "面积": DOUBLE, "比": SINGLE, "是": TRUTH, "日": DATE, "夜": DATE, "金额": MONEY,
        "小数": NUMERIC, "G": GUID,
    }  # fmt: skip
    exact = b"\1" + struct.pack("<4I", 0, 0, *divmod(12345678901234567, 2**32))
    row = (
        1, shape(PLOT), compressed("Plot"), "注" * 3000, 0.1 + 0.2, 0.1, True, 45689.5, -1.25,
        123_400, exact, own.bytes_le,
    )  # fmt: skip
    empty = (2, None, *(None,) * 10)
    found = read_mdb(tmp_path, geodatabase({"a": (columns, [row, empty])}))
    assert found.rows[0]["properties"] == {
        "名称": "Plot", "备注": "注" * 3000, "面积": 0.1 + 0.2, "比": 0.1, "是": True,
        "日": "2025-02-01T12:00:00", "夜": "1899-12-29T06:00:00", "金额": 12.34,
        "小数": "-1234567890123.4567", "G": f"{{{str(own).upper()}}}",
    }  # fmt: skip
    assert found.rows[1]["properties"]["是"] is False
    assert set(found.rows[1]["properties"].values()) == {None, False}


@pytest.mark.parametrize(
    ("content", "meant", "flat"),
    [
        (shape(AT), AT, False),
        (shape(AT, kind=11) + bytes(16), AT, True),
        (shape(PLOT.exterior), PLOT.exterior, False),
        (shape(POINTS), POINTS, False),
        (shape(BESIDE, kind=51), BESIDE, False),
        (shape(BESIDE, kind=0x80000033 - 2**32) + bytes(56), BESIDE, True),
    ],
    ids=["point", "point with height", "line", "points", "general area", "area with heights"],
)
def test_every_kind_of_shape_is_read(
    tmp_path: Path, content: bytes, meant: Any, flat: bool
) -> None:
    found = read_mdb(tmp_path, geodatabase({"a": (COLUMNS, [(1, content, "甲", None)])}))
    assert found.errors == 0
    geometry = shapely.from_wkb(found.rows[0]["wkb"])
    assert shapely.hausdorff_distance(geometry, stored(meant)) < 1e-9
    assert ("heights-dropped" in found.codes) == flat


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (shape(BESIDE, kind=0x20000033), "curves"),
        (struct.pack("<i", 31) + bytes(60), "type 31"),
        (shape(BESIDE)[:-8], "Shape"),
        (shape(BESIDE)[:-16] + bytes(16), "ring"),
    ],
    ids=["curves", "multipatch", "cut off", "open"],
)
def test_a_shape_that_cannot_be_built_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    rows = [*rows_of(PLOT), (2, content, "乙", None)]
    found = read_mdb(tmp_path, geodatabase({"a": (COLUMNS, rows)}))
    (broken,) = (each for each in found.problems if each.code == "geometry-broken")
    assert (broken.feature, broken.params["reason"]) == (2, reason)


def test_aliases_of_fields_become_titles(tmp_path: Path) -> None:
    more = {
        "GDB_ObjectClasses": ({"ID": LONG, "Name": TEXT}, [(7, "a")]),
        "GDB_FieldInfo": (
            {"ClassID": LONG, "FieldName": TEXT, "AliasName": TEXT},
            [(7, "DKMC", "地块名称"), (8, "DKMC", "别的")],
        ),
    }
    columns = {"OBJECTID": LONG, "Shape": OLE, "DKMC": TEXT}
    content = geodatabase({"a": (columns, [(1, shape(PLOT), "甲")])}, more=more)
    layer = layer_of(tmp_path, content, "mdb")
    assert {name: told.title for name, told in layer.fields.items()} == {"DKMC": "地块名称"}


def test_several_layers_are_offered_and_no_system_is_asked_about(tmp_path: Path) -> None:
    content = geodatabase({"a": (COLUMNS, rows_of(PLOT)), "b": (COLUMNS, rows_of(BESIDE))}, wkt="")
    asked = read_mdb(tmp_path, content).question
    assert asked is not None
    assert [each.options["layer"] for each in asked.candidates] == ["a", "b"]
    question = read_mdb(tmp_path, content, layer="b").question
    assert question is not None
    assert question.topic == "crs"


def test_columns_of_bytes_are_told(tmp_path: Path) -> None:
    columns = {**COLUMNS, "照片": OLE, "码": BYTES}
    content = geodatabase({"a": (columns, [(1, shape(PLOT), "甲", None, b"x", b"y")])})
    told = {each.code: each.params for each in read_mdb(tmp_path, content).problems}
    assert told["mdb-not-read"] == {"columns": "照片, 码"}


def test_a_row_that_the_file_counts_and_lacks_is_told(tmp_path: Path) -> None:
    content = bytearray(geodatabase({"a": (COLUMNS, rows_of(PLOT, BESIDE))}))
    name = "备注".encode("utf-16-le")
    page = content.index(name) // 4096 * 4096
    content[page + 16] = 3
    told = {each.code: each.params for each in read_mdb(tmp_path, bytes(content)).problems}
    assert told["mdb-counts"] == {"stated": 3, "read": 2}


def test_databases_that_cannot_be_read_are_refused_in_words(tmp_path: Path) -> None:
    good = geodatabase({"a": (COLUMNS, rows_of(PLOT))})
    for content, code in (
        (b"x" * 5000, "mdb-not-one"),
        (good[:0x14] + b"\0" + good[0x15:], "mdb-jet3"),
        (good[:8192] + bytes(4096) + good[12288:], "mdb-damaged"),
        (database({"地块": ({"X": DOUBLE}, [(1.0,)])}), "mdb-no-layers"),
        (geodatabase({}), "no-layers"),
    ):
        with pytest.raises(SourceError) as caught:
            read_mdb(tmp_path, content)
        assert caught.value.code == code


def test_it_is_known_by_how_it_begins_and_read_in_a_zip(tmp_path: Path) -> None:
    good = geodatabase({"a": (COLUMNS, rows_of(PLOT))})
    assert recognise("成果.dat", good[:65536]).name == "mdb"
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of({"成果.mdb": good}))
    found = read_here(path, file_name="a.zip", request=ReadRequest(), limits=Limits())
    assert (found.findings.format, len(found.features)) == ("mdb", 1)


_PLACE = st.tuples(st.floats(530_000, 536_000), st.floats(4_620_000, 4_630_000))
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_PLACE, _TEXT, st.floats(allow_nan=False, allow_infinity=False)),
                min_size=1, max_size=8))  # fmt: skip
def test_any_rows_come_back_as_they_were_written(
    tmp_path: Path, rows: list[tuple[tuple[float, float], str, float]]
) -> None:
    columns = {"OBJECTID": LONG, "Shape": OLE, "t": MEMO, "n": DOUBLE}
    written = [
        (at, shape(shapely.Point(place)), text.encode("utf-16-le"), number)
        for at, (place, text, number) in enumerate(rows, 1)
    ]
    source = layer_rows(tmp_path, geodatabase({"a": (columns, written)}))
    assert source == [(place, text, number) for place, text, number in rows]


def layer_rows(folder: Path, content: bytes) -> list[tuple[Any, ...]]:
    """Return place, text and number of each feature as the reader itself gives them."""
    with task_on(folder, content) as task:
        batches = [batch for _, batch in open_source(task, "mdb", SourceChoice()).batches()]
    return [
        ((point.x, point.y), values["t"], values["n"])
        for batch in batches
        for point, values in zip(batch.geometries, batch.properties, strict=True)
    ]
