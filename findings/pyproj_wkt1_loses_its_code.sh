#!/usr/bin/env bash
# pyproj 3.7.2 (PROJ 9.5.1): the code that a WKT 1 states is not the one that to_epsg() returns.
#
# A WKT of version 1 that ends with AUTHORITY["EPSG","4550"] says which system it is. The guess was
# that to_epsg() returns this code, as it does for UTM, WKT 2 and Esri's WKT. Where the WKT names no
# axes, as in the table spatial_ref_sys of PostGIS 3.3, and EPSG lists them north first, definitions
# are compared instead: 4550 (zones of three degrees) comes back as 4510 (zones of six), 4529 as
# none. A lower confidence finds 4529, but never 4550. With AXIS lines, as GDAL writes it, the code
# comes back.
#
# Output seen:
#   4550 -> 4510 (confidence 20: 4510), 4529 -> None (confidence 20: 4529), 2335 -> None (confidence 20: 2335)
#   32651 -> 32651; 4550 by WKT 2 -> 4550, by Esri's WKT -> 4550
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyproj==3.7.2"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pyproj import CRS


def codes(code, version="WKT1_GDAL"):
    wkt = CRS.from_epsg(code).to_wkt(version)
    assert version != "WKT1_GDAL" or wkt.endswith(f'AUTHORITY["EPSG","{code}"]]')
    read = CRS.from_wkt(wkt)
    return read.to_epsg(), read.to_epsg(min_confidence=20)


chinese = {code: codes(code) for code in (4550, 4529, 2335)}
others = codes(32651)[0], codes(4550, "WKT2_2019")[0], codes(4550, "WKT1_ESRI")[0]
print(", ".join(f"{code} -> {read} (confidence 20: {low})" for code, (read, low) in chinese.items()))
print(f"32651 -> {others[0]}; 4550 by WKT 2 -> {others[1]}, by Esri's WKT -> {others[2]}")
assert chinese == {4550: (4510, 4510), 4529: (None, 4529), 2335: (None, 2335)}, "the code is taken now"
assert others == (32651, 4550, 4550)
PY
