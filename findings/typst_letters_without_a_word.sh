#!/usr/bin/env bash
# typst 0.15.2 (PyPI): letters that a font lacks become empty boxes, and no warning says so.
#
# A map sheet is set in one family and without fallback, so that Chinese names never come out in a
# Japanese face. An unknown family is a warning of `compile_with_warnings`
# (https://typst.app/docs/reference/text/text/#parameters-fallback), so the guess was that a letter
# which the family lacks is one too. It is not: the PDF holds the glyph .notdef and its text is NUL.
# Whoever prints names of places has to compare them with the font's own table of letters.
#
# Output seen:
#   known letters:   warnings 0, text 'Hunhe'
#   missing letters: warnings 0, text '\x00\x00'
#   unknown family:  warnings 1
# Source: seen here; the family is one that typst brings along.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "typst==0.15.2" "pypdf==7.1.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import io

import typst
from pypdf import PdfReader

FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])


def compiled(text, family="Libertinus Serif"):
    page = f'#set page(width: 90pt, height: 60pt)\n#set text(font: "{family}", fallback: false)\n'
    compiler = typst.Compiler({"main.typ": (page + text).encode()}, font_paths=FONTS)
    made, warnings = compiler.compile_with_warnings(format="pdf")
    return PdfReader(io.BytesIO(made)).pages[0].extract_text(), len(warnings)


known, missing = compiled("Hunhe"), compiled("浑河")
unknown = compiled("Hunhe", family="No Such Family")[1]
print(f"known letters:   warnings {known[1]}, text {known[0]!r}")
print(f"missing letters: warnings {missing[1]}, text {missing[0]!r}")
print(f"unknown family:  warnings {unknown}")
assert known == ("Hunhe", 0)
assert missing == ("\x00\x00", 0)
assert unknown == 1
PY
