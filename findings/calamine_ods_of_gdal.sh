#!/usr/bin/env bash
# python-calamine 0.9.1, GDAL 3.12.4 (by pyogrio 0.13.0): calamine reads no .ods that GDAL writes.
#
# GDAL, and QGIS by it, puts line breaks between the cells of a row, which mean nothing there: the
# schema of OpenDocument, in RELAX NG, allows no text in a row, and white space alone is none. calamine
# refuses the sheet for them; an .xlsx with the same values is read. The guess was that both are read.
#
# Output seen:
#   xlsx    [['name', 'n'], ['a', 1.0]]
#   ods     CalamineError: Expecting 'table-cell', found 'Text(BytesText { content: Borrowed("\n") })'
#   joined  [['name', 'n'], ['a', 1.0]]
# (joined: the same .ods without the line breaks)
# Source: seen here; https://gdal.org/en/stable/drivers/vector/ods.html,
# https://relaxng.org/spec-20011203.html (weak match)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3" "python-calamine==0.9.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import re
import zipfile

import numpy as np
import python_calamine
from pyogrio import raw


def write(path, driver):
    columns = [np.array(["a"], object), np.array([1])]
    raw.write(path, None, columns, ["name", "n"], driver=driver, geometry_type=None, crs=None)


def join_lines(path, to):
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(to, "w") as joined:
        for name in given.namelist():
            content = given.read(name)
            is_table = name == "content.xml"
            joined.writestr(name, re.sub(rb">\n<", b"><", content) if is_table else content)


def by_calamine(path):
    try:
        return python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    except python_calamine.CalamineError as fault:
        return f"{type(fault).__name__}: {fault}"


write("t.xlsx", "XLSX")
write("t.ods", "ODS")
join_lines("t.ods", "joined.ods")
xlsx, ods, joined = map(by_calamine, ("t.xlsx", "t.ods", "joined.ods"))
print(f"xlsx    {xlsx}\nods     {ods}\njoined  {joined}")
assert xlsx == joined == [["name", "n"], ["a", 1.0]], "the behaviour has changed"
assert isinstance(ods, str) and "Expecting 'table-cell'" in ods, "the behaviour has changed"
PY
