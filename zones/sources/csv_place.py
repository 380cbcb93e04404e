"""Which columns of a table say where things are, told by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zones.errors import SourceError
from zones.reference_systems import CRS

_SHOWN = 400

# Names of columns as programs and people write them, without blanks, case and punctuation.
_X_NAMES: Final = ("lon", "lng", "long", "longitude", "经度", "x", "xcoord", "pointx", "east")
_X_MORE: Final = ("easting", "东坐标", "横坐标", "x坐标", "经度坐标", "东经", "lnglon", "wgs84lon")
_Y_NAMES: Final = ("lat", "latitude", "纬度", "y", "ycoord", "pointy", "north", "northing")
_Y_MORE: Final = ("北坐标", "纵坐标", "y坐标", "纬度坐标", "北纬", "wgs84lat")
_WKT_NAMES: Final = ("wkt", "geomwkt", "geometrywkt", "geom", "geometry", "thegeom", "几何", "图形")
_DEGREES: Final = ("lon", "lng", "long", "longitude", "经度", "经度坐标", "东经")
_DEGREES_NORTH: Final = ("lat", "latitude", "纬度", "纬度坐标", "北纬")
_X_FIRST_NAMES: Final = (
    "lnglat",
    "lonlat",
    "longitudelatitude",
    "经纬度",
    "经度纬度",
    "经纬度坐标",
    "坐标",
    "gps坐标",
    "点坐标",
    "位置坐标",
    "xy",
    "coordinate",
    "coordinates",
    "location",
    "position",
    "gps",
)
_Y_FIRST_NAMES: Final = ("latlng", "latlon", "latitudelongitude", "纬经度", "纬度经度")
# Words beside the names that say which datum the degrees are of, that which is not shifted first.
_DATUMS: Final[tuple[tuple[CRS, str], ...]] = (
    (CRS.CRS84, "wgs84|wgs1984|wgs|84"),
    (CRS.EPSG_4490, "cgcs2000|cgcs"),
    (CRS.GCJ02, "gcj02|gcj|火星|高德|gaode|amap|腾讯|tencent"),
    (CRS.BD09, "bd09ll|bd09|bd|百度|baidu"),
)
_IGNORED: Final = re.compile(r"[\s_\-.,，、/;()（）°]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Which columns hold the place: x and y, both in one (``pair``), or a text in WKT.

    ``y_first`` if the pair is the wrong way round: latitude or northing first. ``crs`` if the
    columns' names say which datum it is.
    """

    x: int | None = None
    y: int | None = None
    wkt: int | None = None
    pair: int | None = None
    y_first: bool = False
    named_degrees: bool = False
    named_xy: bool = False
    crs: CRS | None = None

    @property
    def columns(self) -> frozenset[int]:
        """Return the indices of the columns that are no attributes."""
        held = (self.x, self.y, self.wkt, self.pair)
        return frozenset(at for at in held if at is not None)


def place_of(names: Sequence[str]) -> Place:
    """Return the columns that hold the place.

    Raises
    ------
    SourceError
        ``csv-no-place`` if no names are recognised.

    Examples
    --------
    >>> place = place_of(["名称", "经度", "纬度"])
    >>> place.x, place.y
    (1, 2)
    """
    plain = _plain(names)
    if (wkt := _first(plain, _WKT_NAMES)) is not None:
        return Place(wkt=wkt)
    x, y = _first(plain, _X_NAMES + _X_MORE), _first(plain, _Y_NAMES + _Y_MORE)
    if x is None or y is None:
        raise SourceError("csv-no-place", columns=", ".join(names)[:_SHOWN])
    return Place(x=x, y=y, named_degrees=plain[x] in _DEGREES, named_xy=plain[x].startswith("x"))


def pair_of(names: Sequence[str]) -> Place | None:
    """Return the column that holds both numbers of the place, by its name; None if there is none.

    Examples
    --------
    >>> pair_of(["名称", "经纬度"]).pair
    1
    """
    plain = _plain(names)
    if (pair := _first(plain, _X_FIRST_NAMES)) is not None:
        return Place(pair=pair)
    pair = _first(plain, _Y_FIRST_NAMES)
    return None if pair is None else Place(pair=pair, y_first=True)


def place_with_datum(names: Sequence[str]) -> Place | None:
    """Return the columns whose names tell the datum of their degrees too; None if none do.

    Where several do, those that are not shifted are taken.

    Examples
    --------
    >>> place = place_with_datum(["经度(GCJ-02)", "纬度(GCJ-02)", "lng_wgs84", "lat_wgs84"])
    >>> place.x, place.y, place.crs.key
    (2, 3, 'CRS84')
    """
    plain = _plain(names)
    for crs, words in _DATUMS:
        told = [_without(f"(?:{words})", name) for name in plain]
        x, y = _first(told, _DEGREES), _first(told, _DEGREES_NORTH)
        if x is not None and y is not None:
            return Place(x=x, y=y, named_degrees=True, crs=crs)
        if (pair := pair_of(told)) is not None:
            return replace(pair, crs=crs)
    return None


def _without(words: str, name: str) -> str:
    """Return a name without the words before or behind it; nothing if they are not there."""
    found = re.fullmatch(f"{words}(.+)|(.+?){words}", name)
    return (found[1] or found[2]) if found else ""


def _plain(names: Sequence[str]) -> list[str]:
    return [_IGNORED.sub("", name.casefold()) for name in names]


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the first of the wanted names stands, in the order of the wanted ones."""
    return next((names.index(name) for name in wanted if name in names), None)
