"""A reference system as a ``.prj`` file says it."""

from functools import cache

import pyproj

from zones.crs.reference_systems import CRS


@cache
def esri_wkt(crs: CRS) -> str:
    """Return the system in ESRI's form of WKT 1; GCJ-02 and BD-09 have none.

    Raises
    ------
    pyproj.exceptions.CRSError
        If PROJ does not know the system.
    """
    return str(pyproj.CRS(crs.key).to_wkt("WKT1_ESRI"))
