#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4): whole numbers of 19 digits, or of 18 and a minus sign, do not survive
# GDAL's own way into a shapefile and back.
#
# GDAL writes an Integer64 field 18 bytes wide and widens it for longer values, all digits in the file;
# a field of 19 bytes it then reads as Real, by doubles, also where the values would fit 64 bits. One
# such value bends all others of the field. The open option ADJUST_TYPE=YES reads them as whole numbers
# (https://gdal.org/en/stable/drivers/vector/shapefile.html, "Integer64 fields", "ADJUST_TYPE"). The
# guess was that what was written as Integer64 is read as Integer64.
#
# Output seen:
#   in the file: b'-210102001001000001' b' 210102001001000003'
#   read: OFTReal [-210102001001000000, 210102001001000000]
#   read with ADJUST_TYPE=YES: OFTInteger64 [-210102001001000001, 210102001001000003]
# Source: seen here; the driver's page as above.
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
codes = [-210102001001000001, 210102001001000003]
raw.write(
    "a.shp", shapely.to_wkb(shapely.points([1, 2], 1)), [np.array(codes)], ["code"],
    driver="ESRI Shapefile", geometry_type="Point", crs="EPSG:4490",
)
with open("a.dbf", "rb") as file:
    table = file.read()
width = table[32 + 16]
rows = [table[66 + n * (1 + width) :][:width] for n in range(2)]
print("in the file:", *rows)
assert [int(row) for row in rows] == codes

meta, _, _, (column,) = raw.read("a.shp")
print("read:", *meta["ogr_types"], [int(value) for value in column])
assert list(meta["ogr_types"]) == ["OFTReal"], "the behaviour has changed"
assert [int(value) for value in column] != codes, "the behaviour has changed"

meta, _, _, (column,) = raw.read("a.shp", ADJUST_TYPE="YES")
print("read with ADJUST_TYPE=YES:", *meta["ogr_types"], column.tolist())
assert column.tolist() == codes
PY
