#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): numbers of TopoJSON, GPX and MIF that are none are read in part.
#
# A longitude written 123,4 or 123.4x (GPX, MIF) becomes 123 or 123.4; a position of TopoJSON that
# holds a text becomes 0 0; a waypoint without a latitude, and a TopoJSON object of type null, are
# left out. No warning is given for any of them. The guess was that a feature whose coordinates are
# not numbers is refused, or left out with a warning, as GDAL does for GeoJSON.
#
# Output seen:
#   gpx       ['a 123 41.7', 'd 123.4 41.7'] of 3 waypoints, warnings: 0
#   mif       ['a 123.4 41.7', 'b 123 41.7', 'c 123.4 41.7'], warnings: 0
#   topojson  ['1 0 0', '3 123.4 41.7'] of 3 objects, warnings: 0
# Source: seen here; https://gdal.org/en/stable/drivers/vector/gpx.html,
# https://gdal.org/en/stable/drivers/vector/topojson.html, …/drivers/vector/mitab.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
cat > t.gpx <<'XML'
<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="41.7" lon="123,4"><name>a</name></wpt>
<wpt lon="123.4"><name>b</name></wpt>
<wpt lat="41.7" lon="123.4x"><name>d</name></wpt>
</gpx>
XML
cat > t.mif <<'MIF'
Version 300
Charset "Neutral"
Delimiter ","
CoordSys Earth Projection 1, 104
Columns 1
  n Char(10)
Data

Point 123.4 41.7
Point 123,4 41.7
Point 123.4x 41.7
MIF
printf '"a"\n"b"\n"c"\n' > t.mid
cat > t.topojson <<'JSON'
{"type": "Topology", "arcs": [], "objects": {"a": {"type": "GeometryCollection", "geometries": [
  {"type": "Point", "coordinates": [123.4, "41.7"], "properties": {"n": 1}},
  {"type": null, "properties": {"n": 2}},
  {"type": "Point", "coordinates": [123.4, 41.7], "properties": {"n": 3}}]}}}
JSON
"$folder/venv/bin/python" - <<'PY'
import warnings

import shapely
from pyogrio import raw


def read(path, layer, field):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _, _, shapes, (names,) = raw.read(path, layer=layer, columns=[field])
    points = (shapely.from_wkb(shape) for shape in shapes)
    return [f"{name} {at.x:g} {at.y:g}" for name, at in zip(names, points)], len(told)


gpx = read("t.gpx", "waypoints", "name")
mif = read("t.mif", "t", "n")
topojson = read("t.topojson", "a", "n")
print(f"gpx       {gpx[0]} of 3 waypoints, warnings: {gpx[1]}")
print(f"mif       {mif[0]}, warnings: {mif[1]}")
print(f"topojson  {topojson[0]} of 3 objects, warnings: {topojson[1]}")
assert gpx == (["a 123 41.7", "d 123.4 41.7"], 0), "the behaviour has changed"
assert mif == (["a 123.4 41.7", "b 123 41.7", "c 123.4 41.7"], 0), "the behaviour has changed"
assert topojson == (["1 0 0", "3 123.4 41.7"], 0), "the behaviour has changed"
PY
