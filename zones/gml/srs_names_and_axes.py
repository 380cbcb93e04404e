"""Names of reference systems in GML and OGC's services, and the axis order that goes with each.

A URN or URI of OGC means the order of the authority: latitude first in EPSG:4490, north first in
EPSG:4550. ``EPSG:4490`` and ``http://www.opengis.net/gml/srs/epsg.xml#4490`` mean the east first:
so they are written by GeoServer and MapServer, and read by their clients (GDAL: ogr_wfs,
``GML_INVERT_AXIS_ORDER_IF_LAT_LONG``).
"""

from typing import Final

from zones.crs.transform import CRS, parse_crs
from zones.gml.write_features import SRS

DEFAULT: Final = CRS.EPSG_4490
OFFERED: Final = (
    CRS.EPSG_4490,
    CRS.CRS84,
    CRS.EPSG_4550,
    CRS.EPSG_4529,
    CRS.EPSG_4326,
    CRS.EPSG_3857,
    CRS.EPSG_4549,
    CRS.EPSG_4528,
)
"""Systems that a register knows; GCJ-02 and BD-09 have no name that other programs understand."""
_AUTHORITY: Final = (
    "urn:ogc:def:crs:",
    "http://www.opengis.net/def/crs/",
    "https://www.opengis.net/def/crs/",
)


def urn_of(crs: CRS) -> str:
    """Return the URN of a system."""
    return (
        "urn:ogc:def:crs:OGC:1.3:CRS84"
        if crs is CRS.CRS84
        else f"urn:ogc:def:crs:EPSG::{crs.key[5:]}"
    )


def srs_of(name: str) -> SRS:
    """Return the system that a name means, written as the client wrote it.

    Raises
    ------
    UnknownCRSError
    """
    crs = parse_crs(name)
    written = name.strip()
    if crs is CRS.CRS84 or crs.is_shifted:
        return SRS(crs, urn_of(crs) if crs is CRS.CRS84 else crs.uri, is_authority_order=True)
    is_authority_order = written.lower().startswith(_AUTHORITY)
    if not is_authority_order and "#" not in written:
        written = crs.key
    return SRS(crs, written, is_authority_order)


def default_srs() -> SRS:
    """Return the system of answers to those who name none."""
    return SRS(DEFAULT, urn_of(DEFAULT), is_authority_order=True)
