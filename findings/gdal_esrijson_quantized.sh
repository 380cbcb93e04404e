#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): quantized answers of ArcGIS REST are read as if they were coordinates.
#
# With quantizationParameters a service answers steps of a grid and a member "transform" with scale
# and translate (https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/).
# The guess was that the ESRIJSON driver puts coordinates back, or refuses. It does neither: a parcel
# at 123.4 E, 41.8 N comes as steps around 0, 0, in the reference system of the answer; the one warning
# is that its ring is not closed. Nothing is told of "exceededTransferLimit", which says that the answer
# holds part of the layer only.
#
# Output seen:
#   plain     [[123.4, 41.8], [123.41, 41.8], [123.41, 41.79], [123.4, 41.79], [123.4, 41.8]] []
#   quantized [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [-10.0, 0.0], [0.0, -10.0]] ['Non closed ring detected. ...']
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import json
import struct
import warnings

from pyogrio import raw


def read(ring, **more):
    feature = {"attributes": {"OBJECTID": 1}, "geometry": {"rings": [ring]}}
    told = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490, "latestWkid": 4490},
        "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}],
        "features": [feature],
        **more,
    }
    with open("a.json", "w") as file:
        json.dump(told, file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wkb = bytes(raw.read("a.json")[2][0])
    count = struct.unpack_from("<I", wkb, 9)[0]
    places = [list(struct.unpack_from("<dd", wkb, 13 + 16 * at)) for at in range(count)]
    return places, [str(each.message) for each in caught]


plain = [[123.4, 41.8], [123.41, 41.8], [123.41, 41.79], [123.4, 41.79], [123.4, 41.8]]
steps = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
grid = {"originPosition": "upperLeft", "scale": [0.001, 0.001], "translate": [123.4, 41.8]}
whole = read(plain, exceededTransferLimit=True)
quantized = read(steps, transform=grid)
print("plain    ", *whole)
print("quantized", *quantized)
assert whole == (plain, []), "the limit is told now"
assert quantized[0] == steps, "quantized coordinates are put back"
assert all(each.startswith("Non closed ring") for each in quantized[1]), "the grid is told now"
PY
