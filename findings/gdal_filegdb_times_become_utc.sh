#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): date-times written to a FileGDB without a zone come back as UTC.
#
# A date field of a file geodatabase holds what a clock showed, in no zone (ArcGIS shows it as it was
# entered). GDAL writes such a value as it is and reads it with a Z behind it, so that a program in
# China that believes the Z shows eight hours more. The guess was that what went in comes out; a
# GeoPackage does so here, although its standard wants UTC.
#
# Output seen:
#   OpenFileGDB  2024-02-29T08:00:00 -> 2024-02-29T08:00:00Z
#   FlatGeobuf   2024-02-29T08:00:00 -> 2024-02-29T08:00:00
# Source: seen here; https://gdal.org/en/stable/drivers/vector/openfilegdb.html
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
time = "2024-02-29T08:00:00"
seen = {}
for driver, name in (("OpenFileGDB", "a.gdb"), ("FlatGeobuf", "a.fgb"), ("GPKG", "a.gpkg")):
    raw.write(
        name, shapely.to_wkb(shapely.points([0], [0])), [np.array([time], "datetime64[ms]")], ["t"],
        driver=driver, geometry_type="Point", crs="EPSG:4490",
    )
    seen[driver] = str(raw.read(name, datetime_as_string=True)[3][0][0])
    print(f"{driver:12} {time} -> {seen[driver]}")
assert seen["OpenFileGDB"] == f"{time}Z", "the behaviour has changed"
assert not seen["FlatGeobuf"].endswith("Z"), "the behaviour has changed"
PY
