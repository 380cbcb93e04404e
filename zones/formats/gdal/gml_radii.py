"""Radii of a GML's arcs by centre, in units that GDAL would take for others.

Under degrees GDAL 3.12.4 reads metres only where they are written ``m`` and latitude stands first,
and takes ``#m`` and the register's names of the metre for degrees; under metres it takes any unit
that it does not know for metres (``findings``).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from zones.errors import SourceError
from zones.formats.gdal.xml_reader import Radius, Replacement

_METRE: Final = re.compile(
    r"#?m|#?met(?:re|er)s?|(?:urn:|https?:).*[:/#](?:9001|m|met(?:re|er))", re.IGNORECASE
).fullmatch
_DEGREE: Final = re.compile(
    r"#?deg(?:ree)?s?|(?:urn:|https?:).*[:/#](?:9102|9122|deg|degree)", re.IGNORECASE
).fullmatch
_LENGTHS_OF_GDAL: Final = frozenset({"", "m", "km", "nm", "[nmi_i]", "mi", "ft"})
_UOM: Final = re.compile(rb"\buom\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def checked_radii(
    content: bytes, radii: Iterable[Radius], *, in_degrees: bool, latitude_first: bool
) -> Iterator[Replacement]:
    """Yield the units of radii as GDAL knows them.

    Raises
    ------
    SourceError
        ``gml-radius`` for a radius that GDAL would take in another unit.
    """
    for radius in radii:
        unit = radius.uom.strip()
        is_metre = bool(_METRE(unit)) or unit in _LENGTHS_OF_GDAL
        is_right = bool(_DEGREE(unit)) or (is_metre and latitude_first) if in_degrees else is_metre
        if not is_right:
            raise SourceError(
                "gml-radius", element=radius.element, line=radius.line, unit=unit[:40] or "—"
            )
        if unit not in _LENGTHS_OF_GDAL and is_metre:
            end = content.index(b">", radius.begin)
            if named := _UOM.search(content, radius.begin, end):
                yield Replacement(named.start(), named.end(), b'uom="m"')
