#!/usr/bin/env bash
# sedonadb 0.5.0 (PyPI): ST_AsGeoJSON leaves heights out; ST_AsText of the same geometry has them.
#
# GeoJSON has room for them (RFC 7946, 3.1.1), and PostGIS, DuckDB and Spark's Sedona write them.
# The guess was that they are kept, or that the documentation says otherwise.
#
# Output seen:
#   text     POINT Z(1 2 3)
#   GeoJSON  {"type":"Point","coordinates":[1.0,2.0]}
# Source: seen here; https://sedona.apache.org/sedonadb/ (SQL reference)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "sedonadb==0.5.0" "pyarrow<27"
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import pyarrow as pa
import sedonadb

point = "ST_GeomFromText('POINT Z (1 2 3)')"
table = pa.table(sedonadb.connect().sql(f"SELECT ST_AsText({point}) AS t, ST_AsGeoJSON({point}) AS g"))
(found,) = table.to_pylist()
print(f"text     {found['t']}\nGeoJSON  {found['g']}")
assert found["t"] == "POINT Z(1 2 3)", "the behaviour has changed"
assert found["g"] == '{"type":"Point","coordinates":[1.0,2.0]}', "the behaviour has changed"
PY
