#!/usr/bin/env bash
# pyogrio 0.13.0 (GDAL 3.12.4): names of a shapefile's fields are cut within a character and then
# numbered, and GDAL's own reader hands out what is left.
#
# A field's name has ten bytes. The driver's page (https://gdal.org/en/stable/drivers/vector/shapefile.html,
# "Attribute names can only be up to 10 characters long") speaks of characters; longer ones are cut at
# ten bytes of whatever encoding the layer has, and names that are then alike get _1 ... _9, 10 ... 99
# in their last bytes. The guess was that the cut falls between characters, as that of values in UTF-8.
#
# Output seen:
#   UTF-8: e794a8e59cb0e680a7e8 e794a8e59cb0e6805f31: not UTF-8, pyogrio raises UnicodeDecodeError
#   GBK:   61d3c3b5d8d0d4d6cab4 61d3c3b5d8d0d4d65f31: reads back as a用地性质 a用地性謃1
# (In GBK half a character and an underscore are a rare character.)
# Source: seen here; for pyshp, which had the same, https://github.com/GeospatialPython/pyshp/issues/416
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings

import numpy as np
import shapely
from pyogrio import raw

warnings.simplefilter("ignore")
point = shapely.to_wkb([shapely.Point(123.4, 41.78)])


def written(encoding, *names):
    raw.write(
        f"{encoding}.shp", point, [np.array(["R2"], dtype=object) for _ in names], list(names),
        driver="ESRI Shapefile", geometry_type="Point", crs="EPSG:4490", encoding=encoding,
    )
    with open(f"{encoding}.dbf", "rb") as file:
        table = file.read()
    return [table[32 * n : 32 * n + 11].rstrip(b"\0") for n in range(1, len(names) + 1)]


found = written("UTF-8", "用地性质代码", "用地性质名称")
assert found == ["用地性质".encode()[:10], "用地性".encode()[:8] + b"_1"], found
try:
    raw.read("UTF-8.shp")
    raise SystemExit("the behaviour has changed: GDAL reads whole characters")
except UnicodeDecodeError as error:
    print("UTF-8:", *(name.hex() for name in found), type(error).__name__)

found = written("GBK", "a用地性质代码", "a用地性质代码2")
assert found == ["a用地性质代".encode("gbk")[:10], "a用地性质".encode("gbk")[:8] + b"_1"], found
fields = list(raw.read("GBK.shp")[0]["fields"])
print("GBK:", *(name.hex() for name in found), *fields)
assert fields == ["a用地性质", "a用地性謃1"], fields
PY
