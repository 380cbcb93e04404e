#!/usr/bin/env bash
# shapely 2.2.0, geopandas 1.2.0: heights and measures of a line that has both become NaN when it is moved.
#
# shapely.transform drops heights unless include_z=True is given; its page says so
# (https://shapely.readthedocs.io/en/stable/reference/shapely.transform.html). The guess was that of a
# line with heights and measures (a road with mileage, as a PolyLineZ has them) the result is flat as
# well, and that what passes include_z (to_crs, translate, rotate) keeps the heights, as it does for a
# line without measures. Neither: the line stays a LINESTRING ZM, and all its heights and measures are
# NaN; has_z is still true, and nothing warns.
#
# Output seen:
#   LINESTRING Z:  to_crs (533243.9, 4629500.0, 50.0), translate keeps 50.0, transform (123.4, 41.8)
#   LINESTRING ZM: to_crs (533243.9, 4629500.0, nan, nan), translate (124.4, 41.8, nan, nan), transform (123.4, 41.8, nan, nan)
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "shapely==2.2.0" "geopandas==1.2.0" "pyproj==3.7.2" "pyogrio==0.13.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import geopandas
import numpy as np
import shapely


def first(geometry):
    has = {"include_z": bool(shapely.has_z(geometry)), "include_m": bool(shapely.has_m(geometry))}
    return tuple(round(value, 1) for value in shapely.get_coordinates(geometry, **has)[0].tolist())


def moved(wkt):
    line = geopandas.GeoSeries([shapely.from_wkt(wkt)], crs="EPSG:4490")
    return (
        first(line.to_crs("EPSG:4550")[0]),
        first(line.translate(1)[0]),
        first(shapely.transform(line[0], lambda xy: xy)),
    )


heights = moved("LINESTRING Z (123.4 41.8 50, 123.5 41.8 51)")
both = moved("LINESTRING ZM (123.4 41.8 50 9, 123.5 41.8 51 8)")
print(f"LINESTRING Z:  to_crs {heights[0]}, translate keeps {heights[1][2]}, transform {heights[2]}")
print(f"LINESTRING ZM: to_crs {both[0]}, translate {both[1]}, transform {both[2]}")
assert [len(place) for place in heights] == [3, 3, 2] and heights[0][2] == heights[1][2] == 50.0
assert all(len(place) == 4 and np.isnan(place[2:]).all() for place in both), "they are kept, or dropped, now"
PY
