#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): MapInfo files lose the datums of China; Xian 1980 loses its ellipsoid.
#
# CGCS2000 is written with MapInfo's datum 104, which is WGS 84, and comes back as that: EPSG:4490 as
# EPSG:4326, a zone without any code. Xian 1980 is written as datum 1017 and comes back under its own
# name, but on the ellipsoid of WGS 84 instead of IAG 1975 (6378140 m), with which the same metres lie
# elsewhere. The guess was that what GDAL itself wrote comes back as the system that it was.
#
# Output seen:
#   EPSG:4490 -> WGS 84, a = 6378137, EPSG 4326
#   EPSG:4550 -> World Geodetic System 1984, a = 6378137, EPSG None
#   EPSG:2386 -> Xian 1980, a = 6378137, EPSG None
#   EPSG:2438 -> Beijing 1954, a = 6378245, EPSG None
# Source: seen here; https://gdal.org/en/stable/drivers/vector/mitab.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "pyproj==3.7.2" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from pyproj import CRS

seen = {}
for code in (4490, 4550, 2386, 2438):
    place = [123.4, 41.78] if code == 4490 else [533000, 4626800]
    raw.write(
        f"{code}.mif", shapely.to_wkb(shapely.points([place])), [np.array([1])], ["n"],
        driver="MapInfo File", geometry_type="Point", crs=f"EPSG:{code}",
        dataset_options={"FORMAT": "MIF"},
    )
    crs = CRS.from_user_input(pyogrio.read_info(f"{code}.mif")["crs"])
    datum, axis = crs.geodetic_crs.name if code == 4490 else crs.geodetic_crs.datum.name, crs.ellipsoid
    seen[code] = (axis.semi_major_metre, crs.to_epsg())
    print(f"EPSG:{code} -> {datum}, a = {axis.semi_major_metre:.0f}, EPSG {crs.to_epsg()}")
assert seen[4490][1] == 4326, "the behaviour has changed"
assert seen[4550][1] is None, "the behaviour has changed"
assert seen[2386][0] == 6378137, "the behaviour has changed"
assert seen[2438][0] == 6378245, "the behaviour has changed"
PY
