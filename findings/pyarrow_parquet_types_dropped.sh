#!/usr/bin/env bash
# pyarrow 26.0.1: a Parquet file that is read and written again loses types that Parquet has.
#
# DuckDB 1.5.4 writes INTERVAL, and TIME WITH TIME ZONE as TIME with isAdjustedToUTC=true
# (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md). pyarrow reads them as 12
# bytes and as time64, and writes bytes and a TIME that is of no zone: the values are the same, what
# they are is gone, without a warning. The guess was that a table written as it was read has the
# types that it had, or that the writer says what it cannot keep.
#
# Output seen:
#   i: INTERVAL becomes NONE
#   t: TIME isAdjustedToUTC true becomes false
# Source: seen here; the option for the second is ParquetWriter(write_time_adjusted_to_utc=True),
# https://arrow.apache.org/docs/python/generated/pyarrow.parquet.ParquetWriter.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyarrow==26.0.1" "duckdb==1.5.4"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import json
import warnings

import duckdb
import pyarrow.parquet as pq

warnings.simplefilter("error")
duckdb.sql("""
    COPY (SELECT INTERVAL 3 DAY AS i, TIMETZ '01:02:03+00' AS t) TO 'given.parquet' (FORMAT parquet)
""")
pq.write_table(pq.read_table("given.parquet"), "written.parquet")
given, written = (pq.ParquetFile(f"{name}.parquet").schema for name in ("given", "written"))
intervals = [each.column(0).converted_type for each in (given, written)]
zones = [
    json.loads(each.column(1).logical_type.to_json())["isAdjustedToUTC"] for each in (given, written)
]
print(f"i: {intervals[0]} becomes {intervals[1]}")
print(f"t: TIME isAdjustedToUTC {json.dumps(zones[0])} becomes {json.dumps(zones[1])}")
assert intervals == ["INTERVAL", "NONE"], "the behaviour has changed"
assert zones == [True, False], "the behaviour has changed"
PY
