#!/usr/bin/env bash
# fastkml 1.4.0 (PyPI): a line of which some places have an altitude and some none has no geometry,
# and nothing says so.
#
# An altitude is optional for each place (OGC 12-007r2, kml:coordinates). The guess was that
# it is taken for 0, or left out of all.
#
# Output seen:
#   1,2,3 4,5,6 -> LINESTRING Z (1.0 2.0 3.0, 4.0 5.0 6.0)
#   1,2 4,5     -> LINESTRING (1.0 2.0, 4.0 5.0)
#   1,2,3 4,5   -> None
# Source: seen here; https://docs.ogc.org/is/12-007r2/12-007r2.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "fastkml==1.4.0" "lxml<7"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PY'
from fastkml.kml import KML

HEAD = '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>'
TAIL = "</coordinates></LineString></Placemark></kml>"
found = []
for places in ("1,2,3 4,5,6", "1,2 4,5", "1,2,3 4,5"):
    (placemark,) = KML.from_string(HEAD + places + TAIL).features
    found.append(placemark.geometry)
    print(f"{places:11} -> {placemark.geometry}")
assert [geometry is None for geometry in found] == [False, False, True], "the behaviour has changed"
PY
