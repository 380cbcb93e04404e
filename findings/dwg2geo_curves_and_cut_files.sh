#!/usr/bin/env bash
# dwg2geo 0.2.5: curves lose area by default; of a DWG that is cut off an empty collection is made, no error.
#
# The guess was that a circle becomes a line as close as other converters make it, and that half a file
# is refused. A circle of 20 m has 45 sides by default, which is 0.32 % of its area less; with
# curve_tolerance=0.001 it has 256 sides, 0.01 % less. Of a drawing whose second half is missing the
# answer has no features, no warnings and nothing that failed.
#
# Output seen:
#   by default 46 vertices, 0.32 % of the area lost; with 0.001: 257 vertices, 0.01 %
#   half a file: 0 features, warnings [], failed []
# Source: seen here; the option is described in the package's docstring.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "dwg2geo==0.2.5" "ezdwg==0.17.0"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import json
import math

import dwg2geo
import ezdwg

drawing = ezdwg.new()
drawing.modelspace().add_circle((533000.0, 4626800.0), 20.0)
drawing.save("circle.dwg")
with open("circle.dwg", "rb") as file:
    content = file.read()


def circle(tolerance):
    told = dwg2geo.convert(content, curve_tolerance=tolerance)
    (feature,) = json.loads(told["geojson"])["features"]
    ring = [(x - 533000.0, y - 4626800.0) for x, y, *_ in feature["geometry"]["coordinates"]]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
    return len(ring), 100 * (1 - abs(twice) / 2 / (math.pi * 400))


usual, fine = circle(None), circle(0.001)
half = dwg2geo.convert(content[: len(content) // 2])
print(f"by default {usual[0]} vertices, {usual[1]:.2f} % of the area lost; "
      f"with 0.001: {fine[0]} vertices, {fine[1]:.2f} %")
print(f"half a file: {half['feature_count']} features, warnings {half['warnings']}, failed {half['failed']}")
assert usual[1] > 0.3 > 0.02 > fine[1], "curves are drawn otherwise now"
assert (half["feature_count"], half["warnings"], half["failed"]) == (0, [], []), "half a file is told now"
PY
