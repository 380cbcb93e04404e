#!/usr/bin/env bash
# mapbox-vector-tile 2.2.0 (PyPI): properties that are whole numbers or truth values of numpy are
# left out of the tile, without a warning; numbers with a fraction are kept.
#
# Columns of GeoPandas and pyarrow hand out such values. The guess was that they are written as
# Python's own, or refused; a value that no tile can hold, such as a list, is left out likewise.
#
# Output seen:
#   {'f': 1.5, 'own': 5}
# Source: seen here; https://github.com/tilezen/mapbox-vector-tile (README: encoding)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mapbox-vector-tile==2.2.0" "numpy<3"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PY'
import mapbox_vector_tile
import numpy as np

properties = {"i": np.int64(5), "f": np.float64(1.5), "b": np.bool_(True), "own": 5}
feature = {"geometry": "POINT(1 1)", "properties": properties}
tile = mapbox_vector_tile.encode({"name": "layer", "features": [feature]})
found = mapbox_vector_tile.decode(tile)["layer"]["features"][0]["properties"]
print(found)
assert found == {"f": 1.5, "own": 5}, "the behaviour has changed"
PY
