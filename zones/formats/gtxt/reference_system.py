"""What a 国土 TXT's header and the size of its numbers say of the reference system.

The zone is told by the number before the easting, if there is one; what the header has as 带号
tells nothing of whether the numbers carry it, and some programs write the width of the zones
there. Only numbers without a prefix need it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.errors import UnknownCRSError
from zones.formats.gtxt.axis_order import Axes
from zones.model import Problem
from zones.source.model import declared_crs

Datum = Literal["CGCS2000", "Xian 1980", "Beijing 1954", "WGS 84"]

_DATUMS: Final[tuple[tuple[str, Datum], ...]] = (
    ("2000", "CGCS2000"),
    ("cgcs", "CGCS2000"),
    ("80", "Xian 1980"),
    ("西安", "Xian 1980"),
    ("84", "WGS 84"),
    ("54", "Beijing 1954"),
    ("北京", "Beijing 1954"),
)
_IN_DEGREES: Final = {
    "CGCS2000": 4490,
    "Xian 1980": 4610,
    "Beijing 1954": 4214,
    "WGS 84": 4326,
}
# The register's first code of a row: zones 25 to 45 of three degrees with and without the
# number before the easting, zones 13 to 23 of six degrees likewise.
_ROWS: Final = {
    "CGCS2000": (4513, 4534, 4491, 4502),
    "Xian 1980": (2349, 2370, 2327, 2338),
    "Beijing 1954": (2401, 2422, 21413, 21453),
}
_NARROW, _WIDE = range(25, 46), range(13, 24)
_DIGITS: Final = re.compile(r"\d+")
_GAUSS_KRUGER: Final = re.compile("高斯|克[吕里]|gau[sß]|横轴", re.IGNORECASE)
_LOCAL: Final = re.compile("地方|独立|城建|城市")
_SHOWN: Final = 60


def system_of(header: Mapping[str, str], axes: Axes) -> CRS | SourceCRS | None:
    """Return the system that header and numbers name; None if they do not name one together.

    Raises
    ------
    UnknownCRSError
        If the header names a system that is not known, or a zone that does not exist.
    """
    if (datum := _datum_of(header)) is None:
        return None
    if axes.in_degrees:
        return declared_crs(f"EPSG:{_IN_DEGREES[datum]}")
    if datum not in _ROWS or axes.order == "unknown":
        return None
    narrow, narrow_bare, wide, wide_bare = _ROWS[datum]
    zone = axes.zone or _zone_in(header)
    rows = (narrow, wide) if axes.zone else (narrow_bare, wide_bare)
    for row, zones in zip(rows, (_NARROW, _WIDE), strict=True):
        if zone in zones:
            return declared_crs(f"EPSG:{row + zone - zones[0]}")
    return None


def remarks(header: Mapping[str, str], axes: Axes) -> Iterator[Problem]:
    """Yield what to tell of a header that says other than the numbers do, or more than is used."""
    stated, width = _number_in(header.get("带号", "")), _width_in(header)
    if axes.zone and stated and stated != axes.zone:
        params = {"stated": stated, "zone": axes.zone}
        yield Problem("gtxt-zone-differs", dict(params), "warning")
    elif axes.zone and width and axes.zone not in (_NARROW if width == 3 else _WIDE):  # noqa: PLR2004 - degrees of a zone
        yield Problem("gtxt-width-differs", {"width": width, "zone": axes.zone}, "warning")
    if any(float(each) for each in _numbers(header.get("转换参数", ""))):
        text = header["转换参数"][:_SHOWN]
        yield Problem("gtxt-parameters", {"text": text}, "warning")
    projection = header.get("投影类型", "")
    if projection and not axes.in_degrees and not _GAUSS_KRUGER.search(projection):
        yield Problem("gtxt-projection", {"text": projection[:_SHOWN]}, "warning")
    unit = header.get("计量单位", "")
    if unit and not axes.in_degrees and unit.casefold() not in ("米", "m", "meter", "metre"):
        yield Problem("gtxt-unit", {"unit": unit[:_SHOWN]}, "warning")


def _datum_of(header: Mapping[str, str]) -> Datum | None:
    text = re.sub(r"\s", "", header.get("坐标系", "")).casefold()
    if not text:
        return None
    if not _LOCAL.search(text):
        for sign, datum in _DATUMS:
            if sign in text:
                return datum
    supported = ", ".join(crs.key for crs in CRS)
    raise UnknownCRSError("crs-unreadable", text=header["坐标系"][:_SHOWN], supported=supported)


def _zone_in(header: Mapping[str, str]) -> int:
    """Return the zone that the header names, 0 if it names none or contradicts itself."""
    zone, width = _number_in(header.get("带号", "")), _width_in(header)
    if zone in _NARROW and width in (0, 3):
        return zone
    if zone in _WIDE and width in (0, 6):
        return zone
    meridian = _number_in(header.get("中央子午线") or header.get("中央经线") or "")
    zone = meridian // 3
    return zone if meridian and meridian % 3 == 0 and zone in _NARROW and width in (0, 3) else 0


def _width_in(header: Mapping[str, str]) -> int:
    """Return 3 or 6, 0 if the header names no width of the zones."""
    width = _number_in(header.get("几度分带") or header.get("分带") or "")
    return width if width in (3, 6) else 0


def _number_in(text: str) -> int:
    found = _DIGITS.search(text)
    return int(found[0][:4]) if found else 0


def _numbers(text: str) -> Iterator[str]:
    yield from re.findall(r"\d+(?:\.\d+)?", text)
