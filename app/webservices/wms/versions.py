"""What differs between the versions of WMS."""

from dataclasses import dataclass
from typing import Final

from app.webservices.key_value_pairs import KeyValues


@dataclass(frozen=True, slots=True)
class WMSVersion:
    """A version: what its parameters are called, and the types of its documents.

    ``has_authority_order`` is whether boxes are in the order of axes of the system's authority,
    latitude first in EPSG:4490; without it the east comes first in every system.
    """

    number: str
    crs: str
    column: str
    row: str
    has_authority_order: bool
    capabilities_type: str
    exception_type: str


V130: Final = WMSVersion("1.3.0", "CRS", "I", "J", True, "text/xml", "text/xml")
V111: Final = WMSVersion(
    "1.1.1",
    "SRS",
    "X",
    "Y",
    False,
    "application/vnd.ogc.wms_xml",
    "application/vnd.ogc.se_xml",
)


def version_of(kvp: KeyValues) -> WMSVersion:
    """Return the version that a request is in, or the one to be agreed on.

    Of versions that are not spoken here, the one that is next below, else the lowest (06-042,
    6.2.4). A request without one is told by the name of its reference system.
    """
    named = kvp.get("version", "wmtver") or ""
    numbers = tuple(int(part) for part in named.strip().split(".") if part.isdecimal())
    if numbers:
        return V130 if numbers >= (1, 3) else V111
    return V111 if kvp.get("srs") and not kvp.get("crs") else V130
