"""UDBX files made by code, after the published layout: SQLite, SpatiaLite's geometries."""

import sqlite3
import struct
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

_SCHEMA = """
CREATE TABLE SmRegister (SmDatasetID INTEGER NOT NULL PRIMARY KEY, SmDatasetName TEXT,
    SmTableName TEXT, SmDatasetType INTEGER, SmSRID INTEGER);
CREATE TABLE SmFieldInfo (SmID INTEGER PRIMARY KEY, SmDatasetID INTEGER, SmFieldName TEXT,
    SmFieldCaption TEXT, SmFieldType INTEGER);
CREATE TABLE geometry_columns (f_table_name TEXT NOT NULL, f_geometry_column TEXT NOT NULL,
    geometry_type INTEGER NOT NULL, coord_dimension INTEGER NOT NULL, srid INTEGER NOT NULL);
CREATE TABLE spatial_ref_sys (srid INTEGER NOT NULL PRIMARY KEY, auth_name TEXT, auth_srid INTEGER,
    ref_sys_name TEXT, proj4text TEXT, srtext TEXT);
CREATE TABLE dltb (SmID INTEGER NOT NULL PRIMARY KEY, SmUserID INTEGER DEFAULT 0,
    SmGeometry BLOB, DKMC TEXT, SFYJ INTEGER, TBMJ REAL);
INSERT INTO SmRegister VALUES (1, '地类图斑', 'dltb', 5, 4550);
INSERT INTO SmFieldInfo VALUES (1, 1, 'DKMC', '地块名称', 10), (2, 1, 'SFYJ', '是否永久', 1),
    (3, 1, 'TBMJ', '图斑面积', 7);
INSERT INTO geometry_columns VALUES ('dltb', 'SmGeometry', 6, 2, 4550);
INSERT INTO spatial_ref_sys VALUES (4550, 'epsg', 4550, 'CGCS2000', '', 'Undefined');
"""

_CODES = {
    "Point": 1,
    "LineString": 2,
    "Polygon": 3,
    "MultiPoint": 4,
    "MultiLineString": 5,
    "MultiPolygon": 6,
}
_POLYGON = 3


def spatialite(geometry: BaseGeometry, srid: int = 4550) -> bytes:
    """Return a geometry as SpatiaLite's blob, always of several parts as SuperMap has areas."""
    west, south, east, north = geometry.bounds
    head = struct.pack("<BBi4dB", 0, 1, srid, west, south, east, north, 0x7C)
    return head + _body(geometry) + b"\xfe"


def _body(geometry: BaseGeometry) -> bytes:
    code = _CODES[geometry.geom_type]
    told = struct.pack("<i", code + (1000 if geometry.has_z else 0))
    if code > _POLYGON:
        parts = geometry.geoms
        return told + struct.pack("<i", len(parts)) + b"".join(b"\x69" + _body(p) for p in parts)
    if code == _POLYGON:
        rings = shapely.get_rings(geometry)
        return told + struct.pack("<i", len(rings)) + b"".join(map(_positions, rings))
    positions = _positions(geometry)
    return told + (positions[4:] if code == 1 else positions)


def _positions(line: BaseGeometry) -> bytes:
    xy = shapely.get_coordinates(line, include_z=line.has_z)
    return struct.pack("<i", len(xy)) + xy.astype("<f8").tobytes()


def udbx(
    rows: Sequence[tuple[int, bytes | None, str | None, int | None, float | None]], *sql: str
) -> bytes:
    """Return a file with one dataset of regions; further statements change what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.udbx"
        with closing(sqlite3.connect(path)) as database:
            database.executescript(_SCHEMA)
            database.executemany(
                "INSERT INTO dltb (SmID, SmGeometry, DKMC, SFYJ, TBMJ) VALUES (?, ?, ?, ?, ?)",
                rows,
            )
            for statement in sql:
                database.executescript(statement)
            database.commit()
        return path.read_bytes()
