#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4): a filter on a column that is not read finds nothing, without a word.
#
# pyogrio has GDAL leave out the columns that are not asked for, and GDAL then takes them for empty
# in the filter. The guess was that where= and columns= do not concern each other, as in SQL.
#
# Output seen:
#   OpenFileGDB  with the column: 2, without it: 0
#   FlatGeobuf   with the column: 2, without it: 0
#   GPKG         with the column: 2, without it: 2
#   warnings: 0
# Source: seen here; https://pyogrio.readthedocs.io/en/stable/api.html (columns, where)
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

shapes, heights = shapely.to_wkb(shapely.points([[1, 1], [2, 2], [3, 3]])), np.array([0.5, 12.0, -1.0])
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for driver, path in (("OpenFileGDB", "t.gdb"), ("FlatGeobuf", "t.fgb"), ("GPKG", "t.gpkg")):
        raw.write(path, shapes, [heights], ["h"], driver=driver, geometry_type="Point", crs="EPSG:4490")
        found = [
            len(raw.read(path, columns=columns, where="h < 0 OR h > 10", return_fids=True)[1])
            for columns in (["h"], [])
        ]
        seen[driver] = found
        print(f"{driver:12} with the column: {found[0]}, without it: {found[1]}")
print(f"warnings: {len(told)}")
assert seen["OpenFileGDB"] == [2, 0], "the behaviour has changed"
assert seen["FlatGeobuf"] == [2, 0], "the behaviour has changed"
assert seen["GPKG"] == [2, 2], "the behaviour has changed"
PY
