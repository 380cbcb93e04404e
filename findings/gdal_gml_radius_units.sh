#!/usr/bin/env bash
# GDAL 3.12.4 (by pyogrio 0.13.0): the unit of a GML circle's radius counts only if it is called "m".
#
# GML names units by "#m" or a URI of the register as well as by their symbol (OGC 07-036, 8.2.3.6 and
# 16.2). The guess was that 50 metres are 50 metres however the unit is called. Around a place in
# degrees "#m" and "urn:ogc:def:uom:EPSG::9001" become degrees of the reference system: a circle of
# 10 metres reaches from 31 to 51 degrees north. In a plane system "deg" becomes metres.
#
# GDAL warns of an unhandled unit, and reads the number on.
#
# Output seen:
#   m                           0.0002 degrees from south to north, warnings 0
#   #m                         19.9878 degrees from south to north, warnings 1
#   urn:ogc:def:uom:EPSG::9001 19.9878 degrees from south to north, warnings 1
#   deg in EPSG:4550           19.9878 metres from south to north, warnings 1
# Source: seen here; https://gdal.org/en/stable/drivers/vector/gml.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings
from pathlib import Path

import shapely
from pyogrio import raw

TEXT = """<z:all xmlns:z="http://example.org/z" xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="all">
<gml:featureMember><z:well gml:id="w"><z:name>w</z:name><z:zone><gml:Curve gml:id="c"
srsName="urn:ogc:def:crs:EPSG::{code}"><gml:segments><gml:CircleByCenterPoint numArc="1"><gml:pos>{place}</gml:pos>
<gml:radius uom="{unit}">10</gml:radius></gml:CircleByCenterPoint></gml:segments></gml:Curve></z:zone>
</z:well></gml:featureMember></z:all>"""


def height(unit, code=4490, place="41 123"):
    path = Path(f"{code}{sum(map(ord, unit))}.gml")
    path.write_text(TEXT.format(code=code, place=place, unit=unit))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _, _, (shape,), _ = raw.read(path)
    _, south, _, north = shapely.from_wkb(shape).bounds
    name = unit if code == 4490 else f"{unit} in EPSG:{code}"
    measure = "degrees" if code == 4490 else "metres"
    print(f"{name:26} {north - south:7.4f} {measure} from south to north, warnings {len(told)}")
    return round(north - south, 1)


urn = "urn:ogc:def:uom:EPSG::9001"
seen = [height("m"), height("#m"), height(urn), height("deg", 4550, "4626800 533000")]
assert seen == [0, 20, 20, 20], "the behaviour has changed"
PY
