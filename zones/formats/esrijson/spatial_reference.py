"""The member ``spatialReference`` -> the reference system.

``latestWkid`` is the code of today, ``wkid`` the one that a service was made with (102100 for
Web Mercator); codes of five digits and more from 37000 on are mostly Esri's own, all others
EPSG's. x is always the longitude or easting, whatever the authority says.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from zones.crs.reference_systems import CRS, parse_crs
from zones.crs.source_crs import (
    SourceCRS,
    source_crs_from_epsg,
    source_crs_from_esri,
    source_crs_from_wkt,
)
from zones.errors import UnknownCRSError

_WEB_MERCATORS: Final = frozenset({102100, 102113, 900913, 3785})
_LONGEST: Final = 65_536


def system_of(reference: Any) -> CRS | SourceCRS | None:
    """Return the system of a spatial reference; None where it names none.

    Raises
    ------
    UnknownCRSError
        If it names one that nobody knows.
    """
    if not isinstance(reference, Mapping):
        return None
    fault: UnknownCRSError | None = None
    for code in _codes(reference):
        try:
            return _by_code(code)
        except UnknownCRSError as error:
            fault = fault or error
    wkt = reference.get("wkt") or reference.get("wkt2")
    if isinstance(wkt, str) and wkt.strip():
        return source_crs_from_wkt(wkt[: _LONGEST + 1])
    if fault is not None:
        raise fault
    return None


def same_system(one: Any, other: Any) -> bool:
    """Return whether two spatial references share a code, or say the same."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return True
    codes, others = set(_codes(one)), set(_codes(other))
    return bool(codes & others) or one == other or not (codes and others)


def _codes(reference: Mapping[str, Any]) -> Iterator[int]:
    for name in ("latestWkid", "wkid"):
        code = reference.get(name)
        if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 10**7:
            yield code


def _by_code(code: int) -> CRS | SourceCRS:
    if code in _WEB_MERCATORS:
        return CRS.EPSG_3857
    try:
        return parse_crs(f"EPSG:{code}")
    except UnknownCRSError:
        pass
    try:
        return source_crs_from_epsg(code)
    except UnknownCRSError:
        return source_crs_from_esri(code)
