#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0): entities of a DXF that its driver does not know are left out silently.
#
# The driver's page lists what it reads (https://gdal.org/en/stable/drivers/vector/dxf.html). The guess
# was that it warns of the rest, as it does of a block that is not there. It does not: of a drawing
# with a polyline, a construction line, a ray and a proxy of another program (as 天正 and CASS leave
# them), one feature comes, the count says one, and there is no warning.
#
# Output seen:
#   entities 4, features 1, warnings []
#   a block that is missing: features 0, warnings ['Block NOTHERE does not exist']
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings

from pyogrio import raw


def drawing(name, *entities):
    head = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1015", 0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    body = [part for entity in entities for part in entity]
    with open(name, "w") as file:
        file.write("".join(f"{part}\n" for part in [*head, *body, 0, "ENDSEC", 0, "EOF"]))


def read(name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        features = len(raw.read(name)[2])
    return features, [str(each.message) for each in caught]


polyline = [0, "LWPOLYLINE", 5, "A1", 100, "AcDbEntity", 8, "a", 100, "AcDbPolyline", 90, 2, 70, 0,
            10, 0, 20, 0, 10, 9, 20, 9]
line = ["8", "a", 10, 0.0, 20, 0.0, 30, 0.0, 11, 1.0, 21, 0.0, 31, 0.0]
xline = [0, "XLINE", 5, "A2", 100, "AcDbEntity", *line[:2], 100, "AcDbXline", *line[2:]]
ray = [0, "RAY", 5, "A3", 100, "AcDbEntity", *line[:2], 100, "AcDbRay", *line[2:]]
proxy = [0, "ACAD_PROXY_ENTITY", 5, "A4", 100, "AcDbEntity", 8, "a", 100, "AcDbProxyEntity", 90, 498, 91, 500]
drawing("a.dxf", polyline, xline, ray, proxy)
drawing("b.dxf", [0, "INSERT", 5, "B1", 8, "a", 2, "NOTHERE", 10, 0, 20, 0])
silent, told = read("a.dxf"), read("b.dxf")
print(f"entities 4, features {silent[0]}, warnings {silent[1]}")
print(f"a block that is missing: features {told[0]}, warnings {told[1]}")
assert silent == (1, []), "the behaviour has changed"
assert told[0] == 0 and told[1], "the behaviour has changed"
PY
