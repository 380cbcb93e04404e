#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4): a filter on OGR_GEOMETRY finds nothing where geometries are left out.
#
# `where="OGR_GEOMETRY = 'POLYGON'"` is OGR SQL's special field for the type of a feature's geometry
# (https://gdal.org/en/stable/user/ogr_sql_dialect.html, "OGR_GEOMETRY"). With read_geometry=True the
# rows of that type come; with read_geometry=False none do, without a fault or a warning. The guess
# was that leaving geometries out changes what is returned, not what is found.
#
# Output seen:
#   FlatGeobuf   with geometry: 3 rows, without: 0 rows
#   OpenFileGDB  with geometry: 3 rows, without: 0 rows
# Source: seen here; the wheel's own GDAL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings

import numpy as np
import shapely
from pyogrio import raw

warnings.simplefilter("ignore")
areas = shapely.to_wkb(shapely.box([0, 2, 4], 0, [1, 3, 5], 1))
for driver, name, kind in (
    ("FlatGeobuf", "a.fgb", "POLYGON"),
    ("OpenFileGDB", "a.gdb", "MULTIPOLYGON"),
):
    geometry_type = "MultiPolygon" if kind == "MULTIPOLYGON" else "Polygon"
    raw.write(
        name, areas, [np.arange(3)], ["n"], driver=driver, geometry_type=geometry_type,
        crs="EPSG:4490",
    )
    found = [
        len(raw.read(name, columns=["n"], where=f"OGR_GEOMETRY = '{kind}'", read_geometry=wanted)[3][0])
        for wanted in (True, False)
    ]
    print(f"{driver:12} with geometry: {found[0]} rows, without: {found[1]} rows")
    assert found == [3, 0], "the behaviour has changed"
PY
