#!/usr/bin/env bash
# GDAL 3.12.4 (by pyogrio 0.13.0): of a GML feature's several geometries the last one is read.
#
# A parcel with its outline and then the place of its label comes as that place, a parcel without a
# label as its outline, in one layer and without a warning. The guess was the first geometry, or one
# column for each as GDAL has them for PostGIS, or a warning.
#
# Output seen:
#   a (outline, label)  Point
#   b (label, outline)  Polygon
#   c (outline)         Polygon
#   warnings 0
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

RING = "<gml:LinearRing><gml:posList>0 0 4 0 4 4 0 4 0 0</gml:posList></gml:LinearRing>"
OUTLINE = """<z:outline><gml:Polygon gml:id="{0}.o" srsName="EPSG:3857"><gml:exterior>%s
</gml:exterior></gml:Polygon></z:outline>""" % RING
LABEL = """<z:label><gml:Point gml:id="{0}.l" srsName="EPSG:3857"><gml:pos>1 1</gml:pos>
</gml:Point></z:label>"""


def member(name, *geometries):
    shapes = "".join(geometries).format(name)
    parcel = f'<z:parcel gml:id="{name}"><z:name>{name}</z:name>{shapes}</z:parcel>'
    return f"<gml:featureMember>{parcel}</gml:featureMember>"


members = member("a", OUTLINE, LABEL) + member("b", LABEL, OUTLINE) + member("c", OUTLINE)
spaces = 'xmlns:z="http://example.org/z" xmlns:gml="http://www.opengis.net/gml/3.2"'
Path("t.gml").write_text(f'<z:parcels {spaces} gml:id="all">{members}</z:parcels>')
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    _, _, shapes, (names,) = raw.read("t.gml", columns=["name"])
kinds = {name: shapely.from_wkb(shape).geom_type for name, shape in zip(names, shapes)}
for name, written in {"a": "(outline, label)", "b": "(label, outline)", "c": "(outline)"}.items():
    print(f"{name} {written:17} {kinds[name]}")
print(f"warnings {len(told)}")
assert kinds == {"a": "Point", "b": "Polygon", "c": "Polygon"}, "the behaviour has changed"
assert not told, "the behaviour has changed"
PY
