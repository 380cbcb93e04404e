"""Headings of a table -> which coordinate a column holds, of which point and in which datum."""

import re
import unicodedata
from typing import Final, Literal, NamedTuple

from zones.crs.reference_systems import CRS
from zones.formats.csv.place_numbers import INVISIBLE

Axis = Literal["lon", "lat", "east", "north", "x", "y", "e", "n", "jd", "wd", "l", "b"]

# Words beside the names that say which datum the degrees are of, that which is not shifted first.
DATUMS: Final[tuple[tuple[CRS, str], ...]] = (
    (CRS.CRS84, "wgs84|wgs1984|wgs|84"),
    (CRS.EPSG_4490, "cgcs2000|cgcs|国家2000|2000国家|2000"),
    (CRS.GCJ02, "gcj02|gcj|火星|高德|gaode|amap|腾讯|tencent"),
    (CRS.BD09, "bd09ll|bd09|bd|百度|baidu"),
)
_UNIT: Final = re.compile(
    r"(?:[(\[/_]\s*(?:单位)?:?\s*(?:m|米|meters?|metres?|°|度|deg|degrees?|dd)\s*[)\]]?)$"
)
_SEPARATORS: Final = re.compile(r"[\s_\-.,、/;:()\[\]【】<>《》°'\"|]+")
# Words that may stand beside the name of a coordinate and say nothing of which point it is.
_BESIDE: Final = re.compile(
    r"坐标值?|数值|值|zb|coordinates?|coord|gps|geo|gis|point|pt|location|loc|position|pos|map|"
    r"大地|地理|平面|投影|高斯|中心点?|center|centre|centroid|地图|定位|"
    r"轴|dd|zx|界址点|测点|拐点|控制点|实测"
)
_CHINESE: Final[tuple[tuple[Axis, str], ...]] = (
    ("lon", r"[el]?经度[el]?|东经|^经$"),
    ("lat", r"[nb]?纬度[nb]?|北纬|^纬$"),
    ("east", r"^[横东]$|^e坐标|坐标e$|[xy]?[横东]向?坐标[xye]?|[xye][横东]|[横东]坐?标?[xye]"),
    ("north", r"^[纵北]$|^n坐标|坐标n$|[xy]?[纵北]向?坐标[xyn]?|[xyn][纵北]|[纵北]坐?标?[xyn]"),
)
_BOTH: Final = re.compile("经纬|纬经|经度纬度|纬度经度")
_LATIN: Final[dict[str, Axis]] = {
    **dict.fromkeys(("longitude", "long", "lon", "lng", "lnglon"), "lon"),
    **dict.fromkeys(("latitude", "lat"), "lat"),
    **dict.fromkeys(("easting", "east"), "east"),
    **dict.fromkeys(("northing", "north"), "north"),
    **{letter: letter for letter in ("x", "y", "e", "n", "jd", "wd", "l", "b")},
}
_SIDES: Final = frozenset("enlb")  # Longitude(E), Latitude(N)
_GLUED: Final = re.compile(r"(longitude|latitude|easting|northing|long|lon|lng|lat|jd|wd|x|y)")
_ARCGIS: Final[dict[str, Axis]] = {"point_x": "east", "point_y": "north"}


class Heading(NamedTuple):
    """What a heading says: the coordinate, the words beside it, the datum."""

    axis: Axis
    point: str
    crs: CRS | None


def plain_name(name: str) -> str:
    """Return a name without case, full-width forms, invisible characters and its unit."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold().strip()
    return _UNIT.sub("", folded) or folded


def without_separators(name: str) -> str:
    """Return a plain name without blanks and punctuation."""
    return _SEPARATORS.sub("", plain_name(name))


def heading_of(name: str) -> Heading | None:
    """Return what the heading of a column with one coordinate says; None for other columns.

    Examples
    --------
    >>> heading_of("纵坐标（X）"), heading_of("location_lng"), heading_of("plate")
    (Heading(axis='north', point='', crs=None), Heading(axis='lon', point='', crs=None), None)
    >>> heading_of("经度(GCJ-02)").crs.key
    'gcj02'
    """
    plain = plain_name(name)
    if plain in _ARCGIS:
        return Heading(_ARCGIS[plain], "", None)
    return _chinese(without_separators(name)) or _latin(plain)


def _chinese(name: str) -> Heading | None:
    if _BOTH.search(name):
        return None
    for axis, words in _CHINESE:
        # The longest reading first: 纵坐标X is one name, not 纵坐标 beside an X.
        found = re.search(words, name)
        if found:
            beside = name[: found.start()] + name[found.end() :]
            return _heading(axis, beside)
    return None


def _latin(plain: str) -> Heading | None:
    tokens = [token for token in _SEPARATORS.split(plain) if token]
    for at, token in enumerate(tokens):
        if (axis := _LATIN.get(token)) is not None:
            others = tokens[:at] + tokens[at + 1 :]
            beside = "".join(each for each in others if len(token) == 1 or each not in _SIDES)
            found = _heading(axis, beside)
            # A single letter is a name only where nothing else stands beside it.
            return found if len(token) > 2 or not found.point else None  # noqa: PLR2004 - short words mean several things
    return _glued("".join(tokens))


def _glued(name: str) -> Heading | None:
    """Return what a name such as ``wgs84lon`` or ``xzb`` says: all of its words are known."""
    for found in _GLUED.finditer(name):
        heading = _heading(_LATIN[found[1]], name[: found.start()] + name[found.end() :])
        if not heading.point:
            return heading
    return None


def _heading(axis: Axis, beside: str) -> Heading:
    plain = beside
    for crs, words in DATUMS:
        if found := re.search(words, plain):
            rest = plain[: found.start()] + plain[found.end() :]
            if not (left := _BESIDE.sub("", rest)):
                return Heading(axis, "", crs)
            if not left.isdigit():
                return Heading(axis, left, crs)
    return Heading(axis, _BESIDE.sub("", beside), None)
