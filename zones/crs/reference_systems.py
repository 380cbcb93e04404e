"""The closed set of coordinate reference systems that people may name, and their names.

Nothing here changes a coordinate; see ``zones.crs.transform``. Text from outside is compared with
this list and never given to PROJ.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, NamedTuple

from zones.errors import UnknownCRSError

AxisOrder = Literal["xy", "yx"]
Datum = Literal["CGCS2000", "WGS 84", "GCJ-02", "BD-09"]
Kind = Literal["geographic", "projected"]


class CoordinateRange(NamedTuple):
    """Bounds of believable coordinates, in the system's own unit; the bounds belong to it."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether the pair lies in the range; False for NaN."""
        return self.x_min <= x <= self.x_max and self.y_min <= y <= self.y_max


@dataclass(frozen=True, slots=True)
class _Facts:
    key: str
    uri: str
    label: str
    label_en: str
    kind: Kind
    datum: Datum
    axis_order: AxisOrder
    extent: CoordinateRange


_DEGREES = CoordinateRange(-180.0, -90.0, 180.0, 90.0)
# BD-09 moves every place on Earth: what is nearer to the edge would be moved beyond it.
_BD09_DEGREES = CoordinateRange(-179.9, -89.9, 179.9, 89.9)
# EPSG gives Web Mercator to latitude 85.06; x ends at half the equator.
_WEB_MERCATOR = CoordinateRange(-20037508.35, -20048966.11, 20037508.35, 20048966.11)
# A meridian is 10 002 km from equator to pole, and Gauss-Krueger in China is northern only.
_FARTHEST_NORTHING_M = 10_002_000.0


def _geographic(
    code: str, label: str, label_en: str, *, datum: Datum, axis_order: AxisOrder
) -> _Facts:
    key = code if code == "CRS84" else f"EPSG:{code}"
    path = "OGC/1.3/CRS84" if code == "CRS84" else f"EPSG/0/{code}"
    uri = f"http://www.opengis.net/def/crs/{path}"
    return _Facts(key, uri, label, label_en, "geographic", datum, axis_order, _DEGREES)


def _gauss_krueger(code: int, meridian: int, *, zone_prefix: int | None = None) -> _Facts:
    """Return a 3-degree zone; with a prefix the easting begins with the zone's number.

    The false easting of 500 km keeps eastings between 0 and 1000 km, so that the prefix is told
    by the millions.
    """
    west = (zone_prefix or 0) * 1e6
    zone = f"第 {zone_prefix} 带" if zone_prefix else "不加带号"
    zone_en = f"zone {zone_prefix}" if zone_prefix else "no zone prefix"
    return _Facts(
        key=f"EPSG:{code}",
        uri=f"http://www.opengis.net/def/crs/EPSG/0/{code}",
        label=f"CGCS2000 高斯-克吕格 3 度带，中央经线 {meridian}°E，{zone}",
        label_en=f"CGCS2000 3-degree Gauss-Krueger, central meridian {meridian} E, {zone_en}",
        kind="projected",
        datum="CGCS2000",
        axis_order="yx",
        extent=CoordinateRange(west, 0.0, west + 1e6, _FARTHEST_NORTHING_M),
    )


def _shifted(
    key: str, datum: Datum, label: str, label_en: str, *, extent: CoordinateRange = _DEGREES
) -> _Facts:
    """Return one of the web maps' shifted datums.

    No register has a URI for them; OGC answers must name the system by URI, hence a private one.
    """
    uri = f"urn:x-heping-zones:crs:{key}"
    return _Facts(key, uri, label, label_en, "geographic", datum, "xy", extent)


class CRS(Enum):
    """A supported reference system.

    In this library x is always longitude or easting and y latitude or northing, whatever order
    the authority gives; ``axis_order`` is ``"yx"`` where the authority puts the north first
    (EPSG:4326, 4490 and the Gauss-Krueger systems, whose axes EPSG names X = north, Y = east).
    """

    CRS84 = _geographic(
        "CRS84", "WGS 84(经度、纬度)", "WGS 84 longitude-latitude", datum="WGS 84", axis_order="xy"
    )
    EPSG_4326 = _geographic("4326", "WGS 84", "WGS 84", datum="WGS 84", axis_order="yx")
    EPSG_4490 = _geographic(
        "4490",
        "2000 国家大地坐标系(CGCS2000)",
        "China Geodetic Coordinate System 2000",
        datum="CGCS2000",
        axis_order="yx",
    )
    EPSG_4550 = _gauss_krueger(4550, 123)
    EPSG_4529 = _gauss_krueger(4529, 123, zone_prefix=41)
    EPSG_4549 = _gauss_krueger(4549, 120)
    EPSG_4528 = _gauss_krueger(4528, 120, zone_prefix=40)
    EPSG_3857 = _Facts(
        key="EPSG:3857",
        uri="http://www.opengis.net/def/crs/EPSG/0/3857",
        label="Web 墨卡托(WGS 84)",
        label_en="Web Mercator (WGS 84)",
        kind="projected",
        datum="WGS 84",
        axis_order="xy",
        extent=_WEB_MERCATOR,
    )
    GCJ02 = _shifted("gcj02", "GCJ-02", "GCJ-02(高德、腾讯地图)", "GCJ-02 (AMap, Tencent)")
    BD09 = _shifted(
        "bd09", "BD-09", "BD-09(百度地图经纬度)", "BD-09 (Baidu, degrees)", extent=_BD09_DEGREES
    )

    key: str
    uri: str
    label: str
    label_en: str
    kind: Kind
    datum: Datum
    axis_order: AxisOrder
    extent: CoordinateRange
    is_geographic: bool
    is_shifted: bool
    is_lonlat: bool

    def __init__(self, facts: _Facts) -> None:
        self.key, self.uri = facts.key, facts.uri
        self.label, self.label_en = facts.label, facts.label_en
        self.kind, self.datum = facts.kind, facts.datum
        self.axis_order, self.extent = facts.axis_order, facts.extent
        self.is_geographic = facts.kind == "geographic"
        self.is_shifted = facts.datum in ("GCJ-02", "BD-09")
        # Degrees that need no work at all: CGCS2000 and WGS 84 agree to less than a metre and
        # are one to PROJ.
        self.is_lonlat = self.is_geographic and not self.is_shifted

    def __str__(self) -> str:
        return self.key


STORAGE: Final = CRS.EPSG_4490
PLANE: Final = CRS.EPSG_4550

_LONGEST_NAME = 100
_BY_KEY = {crs.key.lower(): crs for crs in CRS}
_BY_NAME = {**_BY_KEY, **{crs.uri.lower(): crs for crs in CRS}}
_BY_DATUM = {
    "gcj02": CRS.GCJ02,
    "bd09": CRS.BD09,
    "bd09ll": CRS.BD09,
    "wgs84": CRS.CRS84,
    "cgcs2000": CRS.EPSG_4490,
}
_OPENGIS = r"https?://(?:www\.)?opengis\.net"
_EPSG_NAME = re.compile(
    rf"(?:epsg:|urn:ogc:def:crs:epsg:[^:]*:|{_OPENGIS}/def/crs/epsg/[^/]+/"
    rf"|{_OPENGIS}/gml/srs/epsg\.xml#)?([0-9]{{4,6}})"
)
_CRS84_NAME = re.compile(rf"(?:ogc:|urn:ogc:def:crs:ogc:[^:]*:|{_OPENGIS}/def/crs/ogc/[^/]+/)crs84")


def parse_crs(text: str) -> CRS:
    """Return the reference system that a text names.

    Parameters
    ----------
    text
        A key (``EPSG:4490``, ``CRS84``, ``gcj02``), the bare EPSG code (``4490``), an OGC URI
        or URN of any version, ``OGC:CRS84``, a CURIE in brackets (``[EPSG:4326]``), ``WGS84``,
        ``CGCS2000``. Case, surrounding blanks and the hyphen of ``GCJ-02`` do not matter.

    Raises
    ------
    UnknownCRSError
        If the system is not in the list; the message names those that are.

    Examples
    --------
    >>> parse_crs("urn:ogc:def:crs:EPSG::4550").key
    'EPSG:4550'
    """
    name = text.strip().lower()
    if len(name) <= _LONGEST_NAME and (crs := _named(name.removeprefix("[").removesuffix("]"))):
        return crs
    supported = ", ".join(crs.key for crs in CRS)
    raise UnknownCRSError(text=text.strip()[:_LONGEST_NAME], supported=supported)


def epsg_code(text: str) -> int | None:
    """Return the EPSG code that a text names in any of the ways of ``parse_crs``, else None.

    Examples
    --------
    >>> epsg_code("urn:ogc:def:crs:EPSG::32651"), epsg_code("CRS84")
    (32651, None)
    """
    match = _EPSG_NAME.fullmatch(text.strip().lower()) if len(text) <= _LONGEST_NAME else None
    return int(match[1]) if match else None


def _named(name: str) -> CRS | None:
    if crs := _BY_NAME.get(name):
        return crs
    if match := _EPSG_NAME.fullmatch(name):
        return _BY_KEY.get(f"epsg:{match[1]}")
    if _CRS84_NAME.fullmatch(name):
        return CRS.CRS84
    return _BY_DATUM.get(re.sub(r"[-_ ]", "", name))
