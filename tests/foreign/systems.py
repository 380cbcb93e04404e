"""Shapefiles in every reference system, told well, badly or not at all."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from tests.foreign.case import DISTRICT, ForeignFile
from tests.source_files import PRJ_4490, PRJ_4550, polygon, shapefile, square, zipped
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy

Ring = Sequence[Sequence[float]]

_GK = (
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}.0],'
    'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
_XIAN = (
    'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
_BEIJING = (
    'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",'
    'SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
_MIDDLE: Final = shapely.box(123.43, 41.78, 123.44, 41.79)
_LCC: Final = (
    "+proj=lcc +lat_1=40 +lat_2=43 +lat_0=41.5 +lon_0=123 +x_0=200000 +y_0=100000 +ellps=GRS80"
)


def gauss_krueger(name: str, base: str, *, easting: int, meridian: int) -> str:
    """Return Esri's WKT of a zone."""
    return f'PROJCS["{name}",{base},' + _GK.format(easting=easting, meridian=meridian)


def moved(to: str) -> Callable[[], Ring]:
    """Return a function that gives the sample square in another system."""
    return lambda: written(shapely.Polygon(square()), to)


def shifted(shape: BaseGeometry, system: CRS) -> Ring:
    """Return the outer ring of a shape as a web map draws it."""
    xy = shapely.get_coordinates(shape.exterior)
    return np.column_stack(from_storage_xy(xy[:, 0], xy[:, 1], system)).tolist()


def written(shape: BaseGeometry, system: CRS | str) -> Ring:
    """Return the outer ring of a shape in a system of ours, or in one that PROJ knows."""
    if isinstance(system, CRS):
        return shifted(shape, system)
    way = _way_to(system)
    return [way.transform(x, y) for x, y in shapely.get_coordinates(shape.exterior).tolist()]


@cache
def _way_to(system: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4490", system, always_xy=True)


def _file(
    told: str, prj: str | Callable[[], str] | None, ring: Callable[[], Ring], **options: Any
) -> ForeignFile:
    def make() -> bytes:
        wkt = prj() if callable(prj) else prj
        return zipped(shapefile([polygon(ring())], [("和平区",)], prj=wkt))

    return ForeignFile(description=told, name="用地.zip", make=make, options=options)


def _wkt(system: str, version: str) -> Callable[[], str]:
    return lambda: pyproj.CRS.from_user_input(system).to_wkt(version)


def _edge() -> BaseGeometry:
    """Return the district with many vertices on its border, as a survey of it has them."""
    return shapely.segmentize(DISTRICT, 0.002)


def _parcels(told: str, shape: BaseGeometry, system: CRS | str) -> ForeignFile:
    """Return a file of square parcels that lie within a shape, without a word of their system."""

    def make() -> bytes:
        west, south, east, north = shape.bounds
        corners = np.mgrid[west:east:0.003, south:north:0.002].reshape(2, -1).T
        squares = [shapely.box(x, y, x + 0.0025, y + 0.0016) for x, y in corners.tolist()]
        covered = [each for each in squares if shapely.covers(shape, each)]
        rings = [written(each, system) for each in covered]
        shapes = [polygon(ring) for ring in rings]
        return zipped(shapefile(shapes, [("和平区",)] * len(rings), prj=None))

    return ForeignFile(description=told, name="地块.zip", make=make)


SYSTEMS: Final = (
    _file("Esri's GCS of CGCS2000", PRJ_4490, square),
    _file("Esri's 3-degree zone by its meridian (CM 123E)", PRJ_4550, moved("EPSG:4550")),
    _file(
        "Esri's 3-degree zone by its number (zone 41)",
        gauss_krueger("CGCS2000_3_Degree_GK_Zone_41", PRJ_4490, easting=41500000, meridian=123),
        moved("EPSG:4529"),
    ),
    _file(
        "Esri's zone of the neighbouring meridian (CM 120E)",
        gauss_krueger("CGCS2000_3_Degree_GK_CM_120E", PRJ_4490, easting=500000, meridian=120),
        moved("EPSG:4549"),
    ),
    _file(
        "Esri's 6-degree zone by its number (zone 21)",
        gauss_krueger("CGCS2000_GK_Zone_21", PRJ_4490, easting=21500000, meridian=123),
        moved("EPSG:4499"),
    ),
    _file("OGC's WKT 1", _wkt("EPSG:4550", "WKT1_GDAL"), moved("EPSG:4550")),
    _file("Esri's WKT by PROJ", _wkt("EPSG:4550", "WKT1_ESRI"), moved("EPSG:4550")),
    _file("WKT 2 of 2019", _wkt("EPSG:4550", "WKT2_2019"), moved("EPSG:4550")),
    _file(
        "WKT over many lines",
        lambda: pyproj.CRS(4550).to_wkt("WKT1_GDAL", pretty=True),
        moved("EPSG:4550"),
    ),
    _file("a byte order mark before it", "\ufeff" + PRJ_4550, moved("EPSG:4550")),
    _file("a custom Lambert cone", _wkt(_LCC, "WKT1_ESRI"), moved(_LCC)),
    _file("UTM zone 51 of WGS 84", _wkt("EPSG:32651", "WKT1_ESRI"), moved("EPSG:32651")),
    _file("Web Mercator, Esri's name for it", _wkt("EPSG:3857", "WKT1_ESRI"), moved("EPSG:3857")),
    _file("degrees of WGS 84", _wkt("EPSG:4326", "WKT1_ESRI"), square),
    _file("degrees of Xian 1980", _XIAN, square),
    _file(
        "Xian 1980, 3-degree zone 41",
        gauss_krueger("Xian_1980_3_Degree_GK_Zone_41", _XIAN, easting=41500000, meridian=123),
        moved("EPSG:2365"),
    ),
    _file("degrees of Beijing 1954", _BEIJING, square),
    _file("a zone's prefix in the eastings, none in the .prj", PRJ_4550, moved("EPSG:4529")),
    _file(
        "a zone's prefix in the .prj, none in the eastings",
        gauss_krueger("CGCS2000_3_Degree_GK_Zone_41", PRJ_4490, easting=41500000, meridian=123),
        moved("EPSG:4550"),
    ),
    _file("metres, degrees in the .prj", PRJ_4490, moved("EPSG:4550")),
    _file("degrees, metres in the .prj", PRJ_4550, square),
    _file(
        "the wrong meridian in the .prj",
        gauss_krueger("CGCS2000_3_Degree_GK_CM_120E", PRJ_4490, easting=500000, meridian=120),
        moved("EPSG:4550"),
    ),
    _file("metres without a system", None, moved("EPSG:4550")),
    _file("metres with a prefix without a system", None, moved("EPSG:4529")),
    _file("metres of a 6-degree zone with a prefix, without a system", None, moved("EPSG:4499")),
    _parcels("parcels all over the district in UTM zone 51, no system", DISTRICT, "EPSG:32651"),
    _file("Web Mercator without a system", None, moved("EPSG:3857")),
    _file(
        "metres of a local grid without a system",
        None,
        lambda: [(x * 1000 % 1000, y * 1000 % 1000) for x, y in square()],
    ),
    _file(
        "a local grid with a .prj that says so",
        'LOCAL_CS["沈阳城建坐标",UNIT["Meter",1]]',
        moved("EPSG:4550"),
    ),
    _file("nonsense in the .prj", "see readme", moved("EPSG:4550")),
    _file("an empty .prj", "", square),
    _file("latitude before longitude", PRJ_4490, lambda: [(y, x) for x, y in square()]),
    _file("north before east", PRJ_4550, lambda: [(y, x) for x, y in moved("EPSG:4550")()]),
    _file("degrees in thousands", PRJ_4490, lambda: [(1000 * x, 1000 * y) for x, y in square()]),
    _file("in Beijing", PRJ_4490, lambda: [(x - 7, y - 2) for x, y in square()]),
    _file(
        "the border of the district in WGS 84",
        PRJ_4490,
        lambda: shapely.get_coordinates(_edge()).tolist(),
    ),
    _file("the same border, drawn on AMap (GCJ-02)", PRJ_4490, lambda: shifted(_edge(), CRS.GCJ02)),
    _file("the same border, drawn on Baidu (BD-09)", PRJ_4490, lambda: shifted(_edge(), CRS.BD09)),
    _file("GCJ-02, and said so", PRJ_4490, lambda: shifted(_edge(), CRS.GCJ02), datum="gcj02"),
    _file("the border in GCJ-02 without a system", None, lambda: shifted(_edge(), CRS.GCJ02)),
    _parcels("parcels all over the district in WGS 84, no system", DISTRICT, CRS.CRS84),
    _parcels("the same parcels in GCJ-02", DISTRICT, CRS.GCJ02),
    _parcels("the same parcels in BD-09", DISTRICT, CRS.BD09),
    _parcels("some parcels in GCJ-02 that are inside whichever datum", _MIDDLE, CRS.GCJ02),
    _file("a system by a person's word", None, moved("EPSG:2365"), crs="EPSG:2365"),
    _file("a system that nobody knows by a person's word", None, square, crs="Shenyang 1960"),
)
