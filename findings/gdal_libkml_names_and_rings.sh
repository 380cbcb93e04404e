#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4, driver LIBKML): a LinearRing, which KML has as a geometry of its own,
# is handed out as no bytes at all, and data of a schema called ID, begin or icon under other names.
#
# KML 2.2 (OGC 07-147r2, 10.5) lists LinearRing among the geometries of a Placemark. The guess was a
# closed line, as for a LineString. GDAL has no WKB for a ring by itself, and pyogrio passes on empty
# bytes without a fault, which is neither a missing geometry (None) nor an empty one; whoever parses
# them fails. The layer has fields of the driver's own (id, begin, icon ...), always, and what the
# file's schema calls so gets a 2 behind it.
#
# Output seen:
#   a LinearRing as WKB: b''
#   fields of the schema: ID2=32 begin2=2020 icon2=y
# Source: https://gdal.org/en/stable/drivers/vector/libkml.html ("Field", the fields and their
# options); the ring: seen here
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pathlib import Path

from pyogrio import raw

NAMES = {"ID": ("int", "32"), "begin": ("string", "2020"), "icon": ("string", "y")}
fields = "".join(f'<SimpleField type="{kind}" name="{name}"/>' for name, (kind, _) in NAMES.items())
data = "".join(f'<SimpleData name="{name}">{value}</SimpleData>' for name, (_, value) in NAMES.items())
Path("a.kml").write_text(
    f"""<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema id="s" name="s">{fields}</Schema>
<Placemark><name>a</name>
<ExtendedData><SchemaData schemaUrl="#s">{data}</SchemaData></ExtendedData>
<LinearRing><coordinates>123.40,41.78 123.41,41.78 123.41,41.79 123.40,41.78</coordinates></LinearRing>
</Placemark></Document></kml>""",
    encoding="utf-8",
)
meta, _, geometry, columns = raw.read("a.kml")
print("a LinearRing as WKB:", geometry[0])
assert geometry[0] == b"", "the behaviour has changed: a ring has bytes"
found = {name: str(column[0]) for name, column in zip(meta["fields"], columns)}
told = {name: found.get(f"{name}2") for name in NAMES}
print("fields of the schema:", *(f"{name}2={value}" for name, value in told.items()))
assert told == {name: value for name, (_, value) in NAMES.items()}, found
assert "ID" not in found, found
PY
