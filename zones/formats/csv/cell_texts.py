"""Texts of cells that hold a geometry: what tells their form, and the system that they name.

Imports and look-ups ask here alike. PostGIS names a system before its WKT, in its hexadecimal WKB
and, by ``ST_AsGeoJSON``, as the member ``crs`` of GeoJSON.
"""

import re
import struct
from typing import Final

_SRID: Final = re.compile(r"\s*SRID\s*=\s*([0-9]{1,6})\s*[;；]\s*", re.IGNORECASE)
_HEX_HEAD: Final = re.compile(r"(?:\\x|0x)?(0[01])([0-9A-Fa-f]{8})([0-9A-Fa-f]{8})?")
_HAS_SRID: Final = 0x20000000
_MEMBER: Final = re.compile(
    r'"crs"\s*:\s*\{[^{}]*\{[^{}]*"(?:urn:ogc:def:crs:)?EPSG:(?:[0-9.]*:)?([0-9]{1,6})"',
    re.IGNORECASE,
)
HEX: Final = re.compile(r"(?:\\x|0x)?((?:[0-9A-Fa-f]{2}){5,})")
"""Hexadecimal WKB, as PostGIS and its clients write it."""
FULL_WIDTH: Final = str.maketrans("（），．－　" + "０１２３４５６７８９", "(),.- " + "0123456789")
"""Characters of full width that WKT is written with in Chinese texts, by those of ASCII."""


def without_srid(text: str) -> str:
    """Return what a cell holds behind ``SRID=…;``, without blanks and byte order marks around it.

    Examples
    --------
    >>> without_srid(" SRID=4550; POINT(1 2)")
    'POINT(1 2)'
    """
    return _SRID.sub("", text.strip().strip("\ufeff"), count=1)


def srids_of(cell: str) -> tuple[int, ...]:
    """Return the SRID that a geometry names, in EWKT, EWKB or GeoJSON; nothing for a blank cell.

    0 stands for a geometry that names none, as SRID 0 does, which PostGIS has for "unknown".

    Examples
    --------
    >>> srids_of("SRID=4550;POINT(1 2)"), srids_of("POINT(1 2)"), srids_of("")
    ((4550,), (0,), ())
    """
    return (_srid(cell),) if cell.strip() else ()


def _srid(text: str) -> int:
    if (named := _SRID.match(text)) is not None:
        return int(named[1])
    bare = text.strip()
    if bare.startswith("{"):
        member = _MEMBER.search(bare)
        return int(member[1]) if member else 0
    head = _HEX_HEAD.match(bare)
    if head is None or head[3] is None:
        return 0
    code = "<I" if head[1] == "01" else ">I"
    kind, srid = (struct.unpack(code, bytes.fromhex(head[at]))[0] for at in (2, 3))
    return int(srid) if kind & _HAS_SRID else 0
