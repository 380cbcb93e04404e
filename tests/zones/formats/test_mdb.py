"""Personal geodatabases, by a writer of our own and by Jackcess, which is another's."""

import shutil
import struct
import subprocess
import uuid
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import affinity

from tests.mdb_files import (
    BYTES,
    DATE,
    DOUBLE,
    GK_123,
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


JACKCESS: Final = (
    "com/healthmarketscience/jackcess/jackcess/4.0.5/jackcess-4.0.5.jar",
    "org/apache/commons/commons-lang3/3.10/commons-lang3-3.10.jar",
    "commons-logging/commons-logging/1.2/commons-logging-1.2.jar",
)
JARS: Final = [Path.home() / ".m2" / "repository" / each for each in JACKCESS]
JAVA: Final = """
import com.healthmarketscience.jackcess.*;
import java.io.File;
import java.nio.file.*;
import java.time.LocalDateTime;
import java.util.*;

public class Write {
  static ColumnBuilder of(String name, DataType type) { return new ColumnBuilder(name, type); }
  static byte[] bytes(String hex) { return new java.math.BigInteger("01" + hex, 16).toByteArray(); }
  public static void main(String[] a) throws Exception {
    List<String> lines = Files.readAllLines(Paths.get(a[1]));
    var builder = new DatabaseBuilder(new File(a[0]));
    try (var db = builder.setFileFormat(Database.FileFormat.V2000).create()) {
      new TableBuilder("GDB_SpatialRefs").addColumn(of("SRID", DataType.LONG))
        .addColumn(of("SRTEXT", DataType.MEMO)).toTable(db).addRow(1, lines.get(0));
      new TableBuilder("GDB_GeomColumns").addColumn(of("TableName", DataType.TEXT))
        .addColumn(of("FieldName", DataType.TEXT)).addColumn(of("ShapeType", DataType.LONG))
        .addColumn(of("SRID", DataType.LONG)).toTable(db).addRow("地块", "Shape", 4, 1);
      Table table = new TableBuilder("地块")
        .addColumn(of("OBJECTID", DataType.LONG).setAutoNumber(true))
        .addColumn(of("Shape", DataType.OLE)).addColumn(of("名称", DataType.TEXT))
        .addColumn(of("备注", DataType.MEMO)).addColumn(of("面积", DataType.DOUBLE))
        .addColumn(of("单", DataType.FLOAT)).addColumn(of("是", DataType.BOOLEAN))
        .addColumn(of("日期", DataType.SHORT_DATE_TIME))
        .addColumn(of("小数", DataType.NUMERIC).setPrecision(20).setScale(4)).toTable(db);
      for (String line : lines.subList(1, lines.size())) {
        String[] f = line.split("\\t", -1);
        byte[] shape = Arrays.copyOfRange(bytes(f[0]), 1, f[0].length() / 2 + 1);
        table.addRow(Column.AUTO_NUMBER, shape, f[1], f[2], Double.valueOf(f[3]),
          Float.valueOf(f[4]), f[5].equals("True"), LocalDateTime.parse(f[6]),
          new java.math.BigDecimal(f[7]));
      }
      table.deleteRow(CursorBuilder.findRow(table, Map.of("名称", "deleted")));
    }
  }
}
"""


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("java") is None or not all(jar.exists() for jar in JARS),
    reason="Java or Maven's com.healthmarketscience.jackcess:jackcess is not there",
)
def test_what_another_program_writes_is_read(tmp_path: Path) -> None:
    around = shapely.Point(533500, 4627000).buffer(400, quad_segs=800)
    values = [
        (f"地块{n}號𠮷" if n % 2 else f"Plot {n}", "长" * 30 * n, 0.1 + n / 3, n + 0.1, n % 3 == 0,
         f"2025-02-{n % 28 + 1:02}T11:20:30", f"-1234567890123.{n:04}")
        for n in range(1, 40)
    ]  # fmt: skip
    values[20] = ("deleted", *values[20][1:])
    shapes = [around, *(affinity.translate(PLOT, 300 * n) for n in range(1, 39))]
    lines = [
        "\t".join([shape(area).hex(), *map(str, row)])
        for area, row in zip(shapes, values, strict=True)
    ]
    (tmp_path / "Write.java").write_text(JAVA, "utf-8")
    (tmp_path / "rows.txt").write_text("\n".join([GK_123, *lines]), "utf-8")
    path = tmp_path / "a.mdb"
    subprocess.run(
        ["java", "-cp", ":".join(map(str, JARS)), tmp_path / "Write.java", path,
         tmp_path / "rows.txt"], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = read_mdb(tmp_path, path.read_bytes())
    assert (found.errors, found.findings.crs.key) == (0, "EPSG:4550")
    kept = [at for at in range(39) if at != 20]
    names = ("名称", "备注", "面积", "单", "是", "日期", "小数")
    assert [row["properties"] for row in found.rows] == [
        dict(zip(names, values[at], strict=True)) for at in kept
    ]
    for row, at in zip(found.rows, kept, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(row["wkb"]), stored(shapes[at])) < 1e-9


_PLACE = st.tuples(st.floats(530_000, 536_000), st.floats(4_620_000, 4_630_000))
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


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
