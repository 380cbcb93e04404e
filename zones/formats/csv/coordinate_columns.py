"""Which columns of a table say where things are, told by their names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.csv.coordinate_headings import (
    DATUMS,
    Axis,
    Heading,
    heading_of,
    without_separators,
)
from zones.formats.csv.degree_columns import degree_columns

_SHOWN = 400

_WKT_NAMES: Final = ("wkt", "geomwkt", "geometrywkt", "geom", "geometry", "thegeom", "几何", "图形")
# Beside columns of numbers these mostly hold words: "Shape" of ArcGIS says "Point".
_LESS_SURE_WKT_NAMES: Final = (
    *("wktgeom", "shape", "wkb", "wkbgeometry", "geojson", "ogcgeometry", "geomtext"),
    *("stastextgeom", "stasewktgeom", "stasgeojsongeom", "stasbinarygeom", "坐标串", "空间坐标"),
    *("界址点坐标串", "空间坐标串", "边界坐标串", "范围坐标串"),
)
_PAIR_NAMES: Final = (
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
# Kinds of names, those first that leave least open.
_KINDS: Final[tuple[tuple[Axis, Axis], ...]] = (
    ("lon", "lat"),
    ("east", "north"),
    ("x", "y"),
    ("jd", "wd"),
    ("e", "n"),
    ("l", "b"),
)
_EASTS: Final = frozenset(east for east, _ in _KINDS)


@dataclass(frozen=True, slots=True)
class CoordinateColumns:
    """Which columns hold the place: x and y, both in one (``pair``), or a text in WKT.

    ``y_first`` if the pair is the wrong way round: latitude or northing first. ``named_xy`` if
    the names are X and Y, which surveyors use the other way round. ``crs`` if the columns' names
    say which datum it is. ``choices`` is how many columns might as well have been taken.
    """

    x: int | None = None
    y: int | None = None
    wkt: int | None = None
    pair: int | None = None
    y_first: bool = False
    named_xy: bool = False
    crs: CRS | None = None
    choices: int = 0

    @property
    def columns(self) -> frozenset[int]:
        """Return the indices of the columns that are no attributes."""
        positions = (self.x, self.y, self.wkt, self.pair)
        return frozenset(at for at in positions if at is not None)


def place_of(names: Sequence[str]) -> CoordinateColumns:
    """Return the columns that hold the place; names that tell a datum are not looked for.

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
    plain = [without_separators(name) for name in names]
    if (wkt := _first(plain, _WKT_NAMES)) is not None:
        return CoordinateColumns(wkt=wkt)
    found = next(_places(names, datum=None), None)
    if found is None and (wkt := _first(plain, _LESS_SURE_WKT_NAMES)) is not None:
        return CoordinateColumns(wkt=wkt)
    if found is None:
        raise SourceError("csv-no-place", columns=", ".join(names)[:_SHOWN])
    return found


def pair_of(names: Sequence[str]) -> CoordinateColumns | None:
    """Return the column that holds both numbers of the place, by its name; None if there is none.

    Examples
    --------
    >>> pair_of(["名称", "经纬度"]).pair
    1
    """
    return _pair([without_separators(name) for name in names])


def place_with_datum(
    names: Sequence[str], preferred: CRS | None = None
) -> CoordinateColumns | None:
    """Return the columns whose names tell the datum of their degrees too; None if none do.

    Where several do, those in the datum ``preferred`` are taken, else those that are not shifted.

    Examples
    --------
    >>> place = place_with_datum(["经度(GCJ-02)", "纬度(GCJ-02)", "lng_wgs84", "lat_wgs84"])
    >>> place.x, place.y, place.crs.key
    (2, 3, 'CRS84')
    """
    ordered = sorted((crs for crs, _ in DATUMS), key=lambda crs: crs is not preferred)
    plain = [without_separators(name) for name in names]
    for crs in ordered:
        words = next(words for known, words in DATUMS if known is crs).split("|")
        pair = _pair([_without(words, name) for name in plain])
        if (found := next(_places(names, datum=crs), None)) or pair:
            return replace(found or pair or CoordinateColumns(), crs=crs)
    return None


def _places(names: Sequence[str], *, datum: CRS | None) -> Iterator[CoordinateColumns]:
    """Yield the pairs of columns that hold a place, the likeliest first."""
    headings = [heading_of(name) for name in names]
    parts = {at for each in degree_columns(names) for at in each.columns}
    known = [
        (at, each)
        for at, each in enumerate(headings)
        if each and each.crs is datum and at not in parts
    ]
    for east, north in _KINDS:
        points = list(_points(known, east, north))
        # One point among several that are named is not to be chosen by chance.
        points = [point for point in points if not point] or (points if len(points) == 1 else [])
        for point in points:
            yield _named(known, (east, north), point)
    plain = [(at, each.axis) for at, each in known if not each.point and len(each.axis) > 1]
    yield from _mixed([*plain, *((at, each.axis) for at, each in known if each.axis in ("x", "y"))])


def _points(known: Iterable[tuple[int, Heading]], east: Axis, north: Axis) -> Iterator[str]:
    counted = Counter((each.point, each.axis) for _, each in known)
    for point in dict.fromkeys(point for point, _ in counted):
        if counted[point, east] and counted[point, north]:
            yield point


def _named(
    known: Sequence[tuple[int, Heading]], kind: tuple[Axis, Axis], point: str
) -> CoordinateColumns:
    columns = [
        [at for at, each in known if (each.axis, each.point) == (axis, point)] for axis in kind
    ]
    choices = sum(len(each) - 1 for each in columns)
    return CoordinateColumns(
        columns[0][0], columns[1][0], named_xy=kind == ("x", "y"), choices=choices
    )


def _mixed(axes: Sequence[tuple[int, Axis]]) -> Iterator[CoordinateColumns]:
    """Yield a place of two columns that are not named alike, as ``lon`` beside ``Y``."""
    easts = [at for at, axis in axes if axis in _EASTS]
    norths = [at for at, axis in axes if axis not in _EASTS]
    if easts and norths:
        yield CoordinateColumns(easts[0], norths[0])


def _pair(plain: Sequence[str]) -> CoordinateColumns | None:
    if (pair := _first(plain, _PAIR_NAMES)) is not None:
        return CoordinateColumns(pair=pair)
    pair = _first(plain, _Y_FIRST_NAMES)
    return None if pair is None else CoordinateColumns(pair=pair, y_first=True)


def _without(words: Sequence[str], name: str) -> str:
    """Return a name without one of the words before or behind it; nothing if none is there."""
    for word in words:
        if name.startswith(word) or name.endswith(word):
            return name.removeprefix(word) if name.startswith(word) else name.removesuffix(word)
    return ""


def _first(names: Sequence[str], candidates: Sequence[str]) -> int | None:
    """Return where the first of the wanted names stands, in the order of the wanted ones."""
    return next((names.index(name) for name in candidates if name in names), None)
