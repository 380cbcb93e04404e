#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4): titles of columns and what coded values stand for are dropped,
# without a word, both in read_info and when a layer is read and written again.
#
# A GeoPackage's schema extension (https://www.geopackage.org/spec/#extension_schema) names a title
# for a column and an enumeration for its codes; ogrinfo and QGIS show both. The guess was that
# read_info has them among what it tells of fields, and that a copy of the layer keeps them: GDAL's
# own ogr2ogr does. A file geodatabase is alike; its definitions can still be had by reading the
# system table GDB_Items as a layer, although list_layers does not name it.
#
# Output seen:
#   read_info mentions the title: False, the code's text: False
#   tables of the schema extension in the copy: []
#   GDB_Items among the layers: False, readable all the same: 3 definitions
# Source: https://github.com/geopandas/pyogrio/issues/406 (domains), seen here (titles, copies).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sqlite3
import warnings

import numpy as np
import pyogrio
import shapely
from pyogrio import raw

warnings.simplefilter("ignore")
area = np.array(shapely.to_wkb([shapely.box(0, 0, 1, 1)]))
columns = [np.array(["R2"], dtype=object)], ["USE"]
told = {"geometry_type": "MultiPolygon", "crs": "EPSG:4490"}
raw.write("a.gpkg", area, *columns, driver="GPKG", layer="a", **told)
with sqlite3.connect("a.gpkg") as database:
    database.executescript(
        """
        CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
          name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT);
        CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL,
          constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
          max NUMERIC, max_is_inclusive BOOLEAN, description TEXT);
        INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
          'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
        INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
          'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
        INSERT INTO gpkg_data_columns VALUES ('a', 'USE', NULL, 'Land use', NULL, NULL, 'uses');
        INSERT INTO gpkg_data_column_constraints
          VALUES ('uses', 'enum', 'R2', NULL, NULL, NULL, NULL, 'Dwellings');
        """
    )
info = str(pyogrio.read_info("a.gpkg"))
shown = ("Land use" in info, "Dwellings" in info)
print(f"read_info mentions the title: {shown[0]}, the code's text: {shown[1]}")
meta, _, wkb, data = raw.read("a.gpkg")
raw.write("b.gpkg", wkb, data, list(meta["fields"]), driver="GPKG", layer="a", **told)
with sqlite3.connect("b.gpkg") as database:
    kept = database.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE 'gpkg_data_column%'"
    ).fetchall()
print(f"tables of the schema extension in the copy: {kept}")
raw.write("a.gdb", area, *columns, driver="OpenFileGDB", layer="a", **told)
listed = "GDB_Items" in pyogrio.list_layers("a.gdb")[:, 0]
items = raw.read("a.gdb", layer="GDB_Items", columns=["Definition"], read_geometry=False)[3][0]
print(f"GDB_Items among the layers: {listed}, readable all the same: {len(items)} definitions")
assert (shown, kept, listed, len(items)) == ((False, False), [], False, 3), "it has changed"
PY
