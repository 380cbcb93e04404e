#!/usr/bin/env bash
# GEOS 3.14.1 (shapely 2.2.0): a collection of a square and of a point elsewhere does not cover the square.
#
# The predicates take a GEOMETRYCOLLECTION and mean its union
# (https://libgeos.org/doxygen/classgeos_1_1operation_1_1relateng_1_1RelateNG.html, "GeometryCollection").
# The guess was that what covers a part covers it within a collection too. Beside a point outside,
# relate says that the square's interior lies outside the collection (the 2 in the third row), so that
# covers, contains and the square's within are false. Without the point, or with it inside, all is well.
#
# Output seen:
#   square alone               covers True   2FFF1FFF2
#   with a point within        covers True   2FFF1FFF2
#   with a point elsewhere     covers False  2F0F1F212
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "shapely==2.2.0" "numpy<3"
"$folder/venv/bin/python" - <<'PY'
import shapely
from shapely import GeometryCollection, Point, box

square = box(0, 0, 10, 10)
cases = {
    "square alone": GeometryCollection([square]),
    "with a point within": GeometryCollection([square, Point(5, 5)]),
    "with a point elsewhere": GeometryCollection([square, Point(20, 20)]),
}
seen = []
for name, collection in cases.items():
    seen.append((bool(shapely.covers(collection, square)), shapely.relate(collection, square)))
    print(f"{name:26} covers {seen[-1][0]!s:6} {seen[-1][1]}")
assert [covers for covers, _ in seen] == [True, True, False], "the behaviour has changed"
assert seen[2][1] == "2F0F1F212", "the behaviour has changed"
PY
