"""Titles of columns and texts of codes in a GeoPackage: its extension ``gpkg_schema``."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from zones.export.export_layer import ExportLayer
from zones.model import FieldInfo
from zones.properties.titles_and_codes import written

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT,
  extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT,
  title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC,
  max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
  'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
  'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
"""


def add_schema(path: Path, layer: ExportLayer) -> None:
    """Write what is known of the layer's columns into a package; nothing where nothing is.

    Raises
    ------
    OSError
        If the package cannot be written.
    """
    names = {column.source: column.name for column in layer.columns[1:]}
    known = [(names[field.name], field) for field in layer.info.fields if field.name in names]
    if not known:
        return
    try:
        with closing(sqlite3.connect(path)) as database:
            database.executescript(_TABLES)
            for number, (column, field) in enumerate(known, 1):
                _write(database, layer.info.id, column, field, constraint=f"codes_{number}")
            database.commit()
    except sqlite3.Error as error:
        raise OSError(str(error)[:200]) from error


def _write(
    database: sqlite3.Connection, table: str, column: str, field: FieldInfo, *, constraint: str
) -> None:
    database.execute(
        "INSERT INTO gpkg_data_columns (table_name, column_name, title, constraint_name)"
        " VALUES (?, ?, ?, ?)",
        (table, column, field.title or None, constraint if field.codes else None),
    )
    database.executemany(
        "INSERT OR IGNORE INTO gpkg_data_column_constraints"
        " (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)",
        [(constraint, written(each.code), each.text) for each in field.codes],
    )
