"""Files as surveyors, design institutes and web maps of China write them."""

from collections.abc import Callable
from typing import Any, Final

import shapely

from tests.amap_answers import amap, district
from tests.esri_answers import answer, feature
from tests.foreign.case import ForeignFile
from tests.gtxt_files import EAST, HEADER, NORTH, Layout, Parcel, file_of, text_of

_SQUARE: Final = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
_HOLE: Final = shapely.box(EAST + 20, NORTH + 20, EAST + 50, NORTH + 60)
_PARCEL: Final = Parcel(_SQUARE - _HOLE, name="和平一")
_NO_ZONE: Final = {**HEADER, "带号": ""}


def _file(told: str, name: str, make: Callable[[], bytes], **options: Any) -> ForeignFile:
    return ForeignFile(description=told, name=name, make=make, options=options)


def _gtxt(told: str, how: Layout, name: str = "a.txt", **options: Any) -> ForeignFile:
    return _file(told, name, lambda: file_of([_PARCEL], how), **options)


def _mended(old: str, new: str) -> bytes:
    return text_of([_PARCEL], Layout()).replace(old, new, 1).encode("gbk")


def _answer(told: str, *features: Any, **more: Any) -> ForeignFile:
    return _file(told, "a.json", lambda: answer(list(features), **more))


def _list(told: str, line: str, name: str, **options: Any) -> ForeignFile:
    return _file(told, name, lambda: f"{line}\r\n".encode("gbk"), **options)


_PLOT: Final = shapely.box(123.40, 41.78, 123.41, 41.79)
_LIKE_ESRI: Final = feature(_PLOT - shapely.box(123.403, 41.783, 123.406, 41.786), DKMC="和平一")

_OUTLINE: Final = "123.40,41.78;123.41,41.78;123.41,41.79;123.40,41.78"

SURVEYS: Final = (
    _gtxt("国土 TXT with zone numbers, GBK", Layout()),
    _gtxt("the same, named .csv", Layout(), "a.csv"),
    _gtxt("the same, under a suffix of its own", Layout(), "a.kcdj"),
    _gtxt(
        "in UTF-8, rings open, no zone numbers",
        Layout(prefix=False, closed=False, encoding="utf-8"),
    ),
    _gtxt("in UTF-16, commas of full width", Layout(encoding="utf-16", comma="，")),
    _gtxt("east first", Layout(east_first=True)),
    _gtxt("degrees, latitude first", Layout(degrees=True)),
    _gtxt("no header, zone numbers", Layout(header={})),
    _gtxt("neither header nor zone numbers", Layout(header={}, prefix=False)),
    _gtxt("no zone in header or numbers", Layout(header=_NO_ZONE, prefix=False)),
    _gtxt("Xian 1980", Layout(header={**HEADER, "坐标系": "80国家大地坐标系"})),
    _gtxt("the header's zone is another's", Layout(header={**HEADER, "带号": "40"})),
    _gtxt("a local grid's name", Layout(header={**HEADER, "坐标系": "沈阳地方坐标系"})),
    _gtxt("all rings numbered 1", Layout(ring_numbers="one", names="anew")),
    _file("a digit lost", "a.txt", lambda: _mended("4626900", "462690")),
    _file("a word for a number", "a.txt", lambda: _mended("4626900.0000", "北")),
    _file("an area in m²", "a.txt", lambda: _mended("0.8800", "8800.0")),
    _file("an area without the hole", "a.txt", lambda: _mended("0.8800", "1.0000")),
    _file("sections and no parcel", "a.txt", "[属性描述]\n[地块坐标]\n".encode),
    _answer("EsriJSON", _LIKE_ESRI),
    _answer("EsriJSON that is only part of a layer", _LIKE_ESRI, exceededTransferLimit=True),
    _answer("EsriJSON without a reference system", _LIKE_ESRI, spatialReference=None),
    _answer("EsriJSON in no known system", _LIKE_ESRI, spatialReference={"wkid": 999999}),
    _answer("EsriJSON with an arc", {"attributes": {}, "geometry": {"curveRings": [[[0, 0]]]}}),
    _file("EsriJSON named .txt", "a.txt", lambda: answer([_LIKE_ESRI])),
    _file(
        "the fault that a service answers", "a.json", b'{"error":{"code":498,"message":"x"}}'.strip
    ),
    _file("a layer's description", "a.json", b'{"geometryType":"esriGeometryPolygon"}'.strip),
    _list("CASS .dat, east first", "1,,533000.000,4626800.000,42.125", "a.dat"),
    _list("the same, named .csv, with zone numbers", "1,D1,41533000,4626800,42.1", "a.csv"),
    _list("RTK list, north first", "P1,路灯,4626800.0,533000.0,42.1,HRMS:0.011", "a.txt"),
    _list("CASS .dat, its system named", "1,D1,533000,4626800,42.1", "a.dat", crs="EPSG:4550"),
    _list("a local grid in CASS .dat", "1,D1,5321.1,8812.0,42.1", "a.dat", crs="EPSG:4550"),
    _list("no list in a .dat", "说明", "a.dat"),
    _file("AMap's answer for a district", "a.json", lambda: amap(district(_OUTLINE))),
    _file(
        "the same, named .txt, not shifted", "a.txt", lambda: amap(district(_OUTLINE)), datum="none"
    ),
    _file("Baidu's boundary", "a.json", lambda: b'{"boundaries":["%b"]}' % _OUTLINE.encode()),
    _file("AMap's outline cut off", "a.json", lambda: amap(district(_OUTLINE[:-30]))),
    _file(
        "the fault that AMap answers", "a.json", b'{"infocode":"1","info":"KEY","status":"0"}'.strip
    ),
    _file("a table of AMap's outlines", "a.csv", f'name,polyline\n甲,"{_OUTLINE}"'.encode),
)
