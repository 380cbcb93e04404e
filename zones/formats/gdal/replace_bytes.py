"""Puts other bytes in the place of some of a file."""

from collections.abc import Sequence
from pathlib import Path

from zones.formats.gdal.xml_reader import Replacement


def replace_bytes(path: Path, replacements: Sequence[Replacement]) -> None:
    """Put contents in the place of others, which do not overlap."""
    if not replacements:
        return
    content, begin, pieces = path.read_bytes(), 0, list[bytes]()
    for each in sorted(replacements, key=lambda each: each.begin):
        pieces += [content[begin : each.begin], each.content]
        begin = each.end
    path.write_bytes(b"".join([*pieces, content[begin:]]))
