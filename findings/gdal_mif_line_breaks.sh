#!/usr/bin/env bash
# GDAL 3.12.4 (by pyogrio 0.13.0): a line break in a MID comes back as a backslash and an n.
#
# The driver writes line breaks as \n and a backslash as it is, so that a name with a line break and
# a path such as C:\new are the same; when it reads, neither becomes a line break, without a warning.
# In a TAB file, by the same driver, both come back as they were. The guess was that what a driver
# writes it reads.
#
# Output seen:
#   mid      "a\nb" "C:\new"
#   MIF read 'a\\nb' 'C:\\new'
#   TAB read 'a\nb' 'C:\\new'
#   warnings 0
# Source: seen here; https://gdal.org/en/stable/drivers/vector/mitab.html (which says nothing of it),
# https://github.com/OSGeo/gdal/issues/4789 (others write the line break itself)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings
from pathlib import Path

import numpy as np
import shapely
from pyogrio import raw

TEXTS = ["a\nb", "C:\\new"]
points = shapely.to_wkb([shapely.Point(1, 2), shapely.Point(3, 4)])


def round_trip(name, **options):
    raw.write(
        name, points, [np.array(TEXTS, object)], ["t"], geometry_type="Point",
        driver="MapInfo File", crs="EPSG:4326", dataset_options=options,
    )
    return raw.read(name)[3][0].tolist()


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    mif, tab = round_trip("m.mif", FORMAT="MIF"), round_trip("t.tab", FORMAT="TAB")
mid = Path("m.mid").read_text().split()
print("mid     ", *mid)
print("MIF read", *map(repr, mif))
print("TAB read", *map(repr, tab))
print(f"warnings {len(told)}")
assert mid == ['"a\\nb"', '"C:\\new"'], "the behaviour has changed"
assert mif == ["a\\nb", "C:\\new"] and tab == TEXTS, "the behaviour has changed"
assert not told, "the behaviour has changed"
PY
