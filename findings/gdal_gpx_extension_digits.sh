#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): digits in the extensions of a GPX lose their zeros, or their value.
#
# The driver takes an extension whose values are all digits for whole numbers of 32 bits: 0021 comes
# as 21, a code of 18 digits as 2147483647 (with a warning that it does not fit), and an extension that
# holds an element with digits in it as 0, without a word of the element. Extensions of GPX 1.1 have
# no type but what a schema of their own says, and nobody has it. The guess was text, as GDAL gives
# for extensions that hold anything else, or whole numbers of 64 bits.
#
# Output seen:
#   z_code 21 int32
#   z_big 2147483647 int32
#   z_outer 0 int32
#   warnings: 2
# Source: seen here; https://gdal.org/en/stable/drivers/vector/gpx.html (extensions are read),
# https://www.topografix.com/GPX/1/1/ (extensionsType)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3"
cd "$folder"
cat > t.gpx <<'XML'
<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:z="http://example.org/z">
<wpt lat="41.7" lon="123.4"><name>a</name><extensions><z:code>0021</z:code>
<z:big>210102001001000123</z:big><z:outer><z:inner>0021</z:inner></z:outer></extensions></wpt>
</gpx>
XML
"$folder/venv/bin/python" - <<'PY'
import warnings

from pyogrio import raw

NAMES = ["z_code", "z_big", "z_outer"]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    meta, _, _, columns = raw.read("t.gpx", layer="waypoints", columns=NAMES)
by_name = dict(zip(meta["fields"], columns))
found = [f"{name} {by_name[name][0]} {by_name[name].dtype}" for name in NAMES]
print("\n".join(found))
print(f"warnings: {len(told)}")
assert found == ["z_code 21 int32", "z_big 2147483647 int32", "z_outer 0 int32"], "it has changed"
PY
