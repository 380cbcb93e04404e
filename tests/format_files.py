"""Files of further formats: written by GDAL and Arrow where those are a second opinion, else here.

Text formats are written by hand, so that they can be odd in one place.
"""

import io
import json
import sqlite3
import struct
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from shapely.geometry.base import BaseGeometry

from tests.source_files import SOUTH, WEST, zip_of

Columns = Mapping[str, Any]
Layer = tuple[Sequence[Any], Columns]

HALF = 0.005


def boxes(count: int) -> list[BaseGeometry]:
    """Return small squares in the district, each farther east than the one before."""
    return [
        shapely.box(WEST + n * 0.02, SOUTH, WEST + n * 0.02 + 2 * HALF, SOUTH + 2 * HALF)
        for n in range(count)
    ]


def by_gdal(
    driver: str,
    name: str,
    geometries: Sequence[BaseGeometry | bytes | None],
    columns: Columns | None = None,
    *,
    crs: str | None = "EPSG:4490",
    **options: Any,
) -> dict[str, bytes]:
    """Return what GDAL's driver writes, by file name; None among whole numbers is missing."""
    told = columns or {}
    arrays = [_array(values) for values in told.values()]
    masks = [np.array([value is None for value in values]) for values in told.values()]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what GDAL thinks of it is no part of the test
        path = Path(folder, name)
        pyogrio.raw.write(
            path,
            np.array([wkb_of(geometry) for geometry in geometries], object),
            arrays,
            list(told),
            field_mask=masks,
            geometry_type=options.pop("geometry_type", "Unknown"),
            crs=crs,
            driver=driver,
            **options,
        )
        files = [path] if path.is_file() else sorted(path.iterdir())
        return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def wkb_of(geometry: BaseGeometry | bytes | None) -> bytes | None:
    """Return a geometry in WKB; what is WKB already may hold arcs, which shapely cannot."""
    if geometry is None or isinstance(geometry, bytes):
        return geometry
    return bytes(shapely.to_wkb(geometry))


def area_with_an_arc(east: float = WEST, north: float = SOUTH, side: float = 0.001) -> bytes:
    """Return a square in WKB of which one side is half a circle, in a surface of several."""
    corner, far = (east, north), (east + side, north)
    line = [far, (east + side, north + side), (east, north + side), corner]
    arc = [corner, (east + side / 2, north - side / 2), far]
    head = struct.Struct("<BII").pack
    parts = [(2, line), (8, arc)]
    joined = b"".join(
        head(1, kind, len(path))
        + struct.pack(f"<{2 * len(path)}d", *(n for at in path for n in at))
        for kind, path in parts
    )
    curve = head(1, 9, len(parts)) + joined
    return head(1, 12, 1) + head(1, 10, 1) + curve


def _array(values: Sequence[Any]) -> Any:
    if all(isinstance(value, int | None) for value in values):
        return np.array([value or 0 for value in values], np.int64)
    return np.array(values, dtype=object if isinstance(values[0], str | None) else None)


def geopackage(layers: Mapping[str, Layer], *, crs: str = "EPSG:4490") -> bytes:
    """Return a GeoPackage with these layers, as GDAL writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.gpkg")
        for index, (name, (geometries, columns)) in enumerate(layers.items()):
            pyogrio.raw.write(
                path,
                np.array(shapely.to_wkb(list(geometries))),
                [_array(values) for values in columns.values()],
                list(columns),
                field_mask=[np.array([v is None for v in col]) for col in columns.values()],
                geometry_type="Unknown",
                crs=crs,
                driver="GPKG",
                layer=name,
                append=index > 0,
            )
        return path.read_bytes()


def with_sql(
    package: bytes, *statements: str, rows: Iterable[tuple[str, tuple[Any, ...]]] = ()
) -> bytes:
    """Return the database after these statements, its triggers dropped first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.gpkg")
        path.write_bytes(package)
        with closing(sqlite3.connect(path)) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in names.fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                database.execute(statement)
            for statement, values in rows:
                database.execute(statement, values)
            database.commit()
        return path.read_bytes()


def zipped_geodatabase(
    geometries: Sequence[BaseGeometry | None], columns: Columns | None = None, *, top: str = ""
) -> bytes:
    """Return a zip of a file geodatabase with one layer, in a folder ``top`` if given."""
    parts = by_gdal("OpenFileGDB", "plan.gdb", geometries, columns, geometry_type="MultiPolygon")
    return zip_of({top + name: content for name, content in parts.items()})


def flatgeobuf(
    geometries: Sequence[BaseGeometry | None], columns: Columns | None = None, **options: Any
) -> bytes:
    """Return a FlatGeobuf as GDAL writes it."""
    return by_gdal("FlatGeobuf", "a.fgb", geometries, columns, **options)["a.fgb"]


def geoparquet(
    geometries: Sequence[BaseGeometry | None], columns: Columns, **geometry_column: Any
) -> bytes:
    """Return a GeoParquet 1.1 file; further members of its geometry column by name."""
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({**columns, "geometry": shapely.to_wkb(list(geometries)).tolist()})
    column = {"encoding": "WKB", "geometry_types": [], **geometry_column}
    meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    buffer = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(meta)}), buffer)
    return buffer.getvalue()


def placemark(name: str, *, inside: str = "", at: str = "123.40,41.78,5") -> str:
    """Return a KML placemark with a point, and whatever else stands in it."""
    point = f"<Point><coordinates>{at}</coordinates></Point>"
    return f"<Placemark><name>{name}</name>{inside}{point}</Placemark>"


def kml(*content: str, encoding: str = "UTF-8", prolog: str = "") -> bytes:
    """Return a KML document, in truth and by its own word in this encoding."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{prolog}'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>doc</name>'
        f"{''.join(content)}</Document></kml>"
    )
    return text.encode(encoding)


def dxf(*entities: Sequence[object], code_page: str = "ANSI_936", encoding: str = "gbk") -> bytes:
    """Return a drawing of these entities, each a flat list of group codes and values."""
    head = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1015", 9, "$DWGCODEPAGE", 3, code_page]
    body = [0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    flat = [*head, *body, *(part for entity in entities for part in entity), 0, "ENDSEC", 0, "EOF"]
    return "".join(f"{part}\r\n" for part in flat).encode(encoding)
