"""What a MapInfo file says of its reference system -> the Chinese one that is meant.

MapInfo's list of datums has no number for CGCS2000 that programs agree on: they write 104, which
is WGS 84, with the meridians of China's own zones. Xian 1980 (1017) loses its ellipsoid on the
way through GDAL 3.12; Pulkovo 1942 (1001) stands for Beijing 1954.
"""

from typing import Final

from pyproj.crs import CRS as ProjCRS  # noqa: N811 - as elsewhere
from pyproj.exceptions import CRSError

from zones.crs.gauss_krueger_codes import BEIJING_1954, CGCS2000, XIAN_1980, ChineseDatum, zone_code
from zones.crs.source_crs import SourceCRS, source_crs_from_epsg
from zones.formats.gdal.layers import declared_by_gdal
from zones.model import Problem

_OF_CHINA: Final = {
    "wgs_1984": CGCS2000,
    "world geodetic system 1984": CGCS2000,
    "xian_1980": XIAN_1980,
    "xian 1980": XIAN_1980,
    "beijing_1954": BEIJING_1954,
    "beijing 1954": BEIJING_1954,
    "pulkovo_1942": BEIJING_1954,
    "pulkovo 1942": BEIJING_1954,
}
_PLAIN_FALSE_EASTING = 500_000.0


def declared_system(wkt: str | None) -> SourceCRS | None:
    """Return the system that is meant by what GDAL read, None if the file names none.

    Raises
    ------
    UnknownCRSError
        If it is without relation to the earth, such as ``NonEarth``.
    """
    if wkt and (found := _chinese_zone(wkt)) is not None:
        return source_crs_from_epsg(found[2])
    return declared_by_gdal(wkt)


def system_notes(wkt: str | None) -> tuple[Problem, ...]:
    """Return a note where the system that is meant is not the one by the letter."""
    if not wkt or (found := _chinese_zone(wkt)) is None:
        return ()
    datum, written, code = found
    params = {"written": written[:40], "crs": f"EPSG:{code}", "datum": datum.name}
    return (Problem("mapinfo-datum", dict(params), "note"),)


def _chinese_zone(wkt: str) -> tuple[ChineseDatum, str, int] | None:
    """Return the datum, its name as written and the code of the zone of China that is meant."""
    try:
        crs = ProjCRS.from_user_input(wkt)
    except CRSError:
        return None
    geodetic, operation = crs.geodetic_crs, crs.coordinate_operation
    if not crs.is_projected or geodetic is None or geodetic.datum is None or operation is None:
        return None
    written = geodetic.datum.name
    datum = _OF_CHINA.get(written.casefold())
    params = {each.name: float(each.value or 0) for each in operation.params}
    eastings = params.get("False easting", 0.0)
    if (
        datum is None
        or operation.method_name != "Transverse Mercator"
        or params.get("Scale factor at natural origin") != 1
        or eastings % 1e6 != _PLAIN_FALSE_EASTING
        or any(params.get(name) for name in ("Latitude of natural origin", "False northing"))
    ):
        return None
    prefix = int(eastings // 1e6) or None
    code = zone_code(datum, prefix=prefix, meridian=params.get("Longitude of natural origin"))
    return None if code is None else (datum, written, code)
