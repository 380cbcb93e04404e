#!/usr/bin/env bash
# pyproj 3.7.2 (PROJ 9.5.1): the eastern edge of Web Mercator, written with four decimals, comes out at
# the western one.
#
# Half the equator is 20037508.342789244 m. Rounded up to 20037508.3428 it lies 0.01 mm beyond, and PROJ
# takes longitudes back into -180 to 180 unless "+over" is given
# (https://proj.org/en/stable/usage/projections.html, "Longitude Wrapping"): a rectangle from 10,000 km
# east to the edge becomes one that goes round the other way. One unit in the last place beyond the
# edge stays at 180, so that the usual constant works. The guess was that rounding of a hundredth of a
# millimetre moves a place by as much.
#
# Output seen:
#   20037508.342789244 -> 180.0
#   20037508.3428 -> -180.0
# Source: seen here; the documentation as above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyproj==3.7.2"
"$folder/venv/bin/python" - <<'PY'
from pyproj import Transformer

to_degrees = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
found = {x: to_degrees.transform(x, 0.0)[0] for x in (20037508.342789244, 20037508.3428)}
for x, lon in found.items():
    print(x, "->", round(lon, 7))
on_edge, beyond = found.values()
assert abs(on_edge - 180) < 1e-9, "the behaviour has changed"
assert abs(beyond + 180) < 1e-6, "the behaviour has changed"
PY
