"""The table of foreign files in the tests' README: what reading each of them has to find.

The README is the expectation. ``python -m tests.foreign.table`` prints the table as the code
would have it, for a person to judge before it is put there.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.foreign.archives import ARCHIVES
from tests.foreign.case import ForeignFile, found_by_child, found_in
from tests.foreign.encodings import CPGS, LDIDS, TEXTS, cell
from tests.foreign.endless import ENDLESS, LIMITS
from tests.foreign.formats import JSONS, MARKED_UP, PACKAGES
from tests.foreign.offices import OFFICES
from tests.foreign.shapes import SHAPES
from tests.foreign.surveys import SURVEYS
from tests.foreign.systems import SYSTEMS
from tests.foreign.tables import TABLES

README: Final = Path(__file__).resolve().parent.parent / "README.md"
GROUPS: Final[dict[str, tuple[ForeignFile, ...]]] = {
    "Archives": ARCHIVES,
    "Reference systems and datums": SYSTEMS,
    "Geometries": SHAPES,
    "GeoPackage, FileGDB, FlatGeobuf, GeoParquet": PACKAGES,
    "GeoJSON": JSONS,
    "KML": MARKED_UP,
    "CSV, DXF and files sent by mistake": TABLES,
    "VCT, MapInfo and others of Chinese offices": OFFICES,
    "Surveyors' texts and web maps": SURVEYS,
}
_MATRIX = "Encodings"
TAKING_LONG: Final = "Files that would take for ever"
_ROW: Final = re.compile(r"^\| (?!---)(.*) \|$")


def files() -> dict[tuple[str, str], ForeignFile]:
    """Return every file by its group and by what is told of it."""
    return {(group, file.description): file for group, listed in GROUPS.items() for file in listed}


def mixtures() -> Iterator[tuple[str, int, str | None]]:
    """Yield every mixture of text, language driver byte and .cpg."""
    return ((text, ldid, cpg) for text in TEXTS for ldid in LDIDS for cpg in CPGS)


def expected() -> dict[tuple[str, str], str]:
    """Return what the README says of every file."""
    rows = _rows()
    groups = (*GROUPS, TAKING_LONG)
    return {(group, row[0]): row[1] for group in groups for row in rows.get(group, ())}


def expected_mixtures() -> dict[tuple[str, int, str | None], str]:
    """Return what the README says of every mixture."""
    return {
        (row[0], int(row[1], 16), cpg): told
        for row in _rows().get(_MATRIX, ())
        for cpg, told in zip(CPGS, row[2:], strict=True)
    }


def _rows() -> dict[str, list[list[str]]]:
    """Return the cells of every table of the README below its heading, without its head."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif match := _ROW.match(line):
            found.setdefault(heading, []).append(match[1].split(" | "))
    return {heading: rows[1:] for heading, rows in found.items()}


def table() -> Iterator[str]:
    """Yield the lines of the table as the code has it now."""
    yield f"### {_MATRIX}\n"
    heads = ["none" if cpg is None else cpg for cpg in CPGS]
    yield f"| text | LDID | .cpg: {' | '.join(heads)} |"
    yield "|---" * (len(CPGS) + 2) + "|"
    for text, raw in TEXTS.items():
        for ldid in LDIDS:
            cells = " | ".join(cell(raw, ldid, cpg) for cpg in CPGS)
            yield f"| {text} | {ldid:02X} | {cells} |"
    for group, listed in GROUPS.items():
        yield f"\n### {group}\n"
        yield "| file | finding |"
        yield "|---|---|"
        for file in listed:
            yield f"| {file.description} | {found_in(file)} |"
    yield f"\n### {TAKING_LONG}\n"
    yield "| file | finding |"
    yield "|---|---|"
    for file in ENDLESS:
        yield f"| {file.description} | {found_by_child(file, LIMITS)} |"


if __name__ == "__main__":
    print("\n".join(table()))
