#!/usr/bin/env bash
# GDAL 3.12.4 (by pyogrio 0.13.0): the escapes of an .xlsx are neither read nor written.
#
# What XML cannot hold stands in a cell as _xHHHH_, and a text that looks so as _x005F_xHHHH_ (ECMA-376
# part 1, 22.9.2.19, ST_Xstring). GDAL hands out the escapes themselves, and writes a text that looks
# like one as it is, which other programs then read as the character it names; without a warning. The
# guess was that a text goes into a workbook and comes out of it as it is.
#
# Output seen:
#   text           'x_x0041_y' 'a\x0bb'
#   as XlsxWriter 3.3.1 writes it
#     calamine     'x_x0041_y' 'a\x0bb'
#     GDAL         'x_x005F_x0041_y' 'a_x000B_b'
#   'x_x0041_y' as GDAL writes it
#     calamine     'xAy'
#     GDAL         'x_x0041_y'
#   warnings 0
# Source: seen here; https://gdal.org/en/stable/drivers/vector/xlsx.html (which says nothing of it)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3" "xlsxwriter==3.3.1" \
  "python-calamine==0.9.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import warnings

import numpy as np
import python_calamine
import xlsxwriter
from pyogrio import raw

TEXTS = ["x_x0041_y", "a\x0bb"]


def by_gdal(path):
    return raw.read(path, columns=["t"])[3][0].tolist()


def by_calamine(path):
    head, *rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    return [row[head.index("t")] for row in rows]


with xlsxwriter.Workbook("other.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["t", "n"])
    for y, text in enumerate(TEXTS, start=1):
        sheet.write_row(y, 0, [text, y])
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    columns = [np.array(TEXTS[:1], object), np.array([1])]
    raw.write("gdal.xlsx", None, columns, ["t", "n"], driver="XLSX", geometry_type=None, crs=None)
    found = [by_calamine("other.xlsx"), by_gdal("other.xlsx")]
    found += [by_calamine("gdal.xlsx"), by_gdal("gdal.xlsx")]
rows = [" ".join(map(repr, texts)) for texts in (TEXTS, *found)]
print("text          ", rows[0])
print("as XlsxWriter 3.3.1 writes it", f"  calamine     {rows[1]}", f"  GDAL         {rows[2]}", sep="\n")
print(f"{TEXTS[0]!r} as GDAL writes it", f"  calamine     {rows[3]}", f"  GDAL         {rows[4]}", sep="\n")
print(f"warnings {len(told)}")
expected = [TEXTS, ["x_x005F_x0041_y", "a_x000B_b"], ["xAy"], TEXTS[:1]]
assert found == expected, "the behaviour has changed"
assert not told, "the behaviour has changed"
PY
