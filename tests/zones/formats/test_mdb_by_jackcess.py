"""A personal geodatabase that another program writes: Jackcess, where Java and Maven are."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import shapely
from shapely import affinity

from tests.mdb_files import GK_123, shape
from tests.zones.formats.test_mdb import PLOT, read_mdb, stored

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
