#!/usr/bin/env bash
# GDAL 3.12.4 (by pyogrio 0.13.0): missing numbers go into a MID as blanks, and come back as 0,
# without a warning on either way.
#
# The guess was that blanks are missing values, as they are in a CSV or a dBASE table.
#
# Output seen:
#   written  ","
#   read     i=0 f=0.0
#   warnings 0
# Source: seen here; https://gdal.org/drivers/vector/mitab.html (which says nothing of it)
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

point, missing = shapely.to_wkb([shapely.Point(1, 2)]), np.array([True])
columns = [np.array([7], np.int32), np.array([1.5])]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    raw.write(
        "t.mif", point, columns, ["i", "f"], field_mask=[missing] * 2, geometry_type="Point",
        driver="MapInfo File", crs="EPSG:4326", dataset_options={"FORMAT": "MIF"},
    )
    i, f = (column.tolist()[0] for column in raw.read("t.mif")[3])
written = Path("t.mid").read_text().strip()
print(f'written  "{written}"\nread     i={i} f={f}\nwarnings {len(told)}')
assert written == ",", "the behaviour has changed"
assert (i, f) == (0, 0.0), "the behaviour has changed"
assert not told, "the behaviour has changed"
PY
