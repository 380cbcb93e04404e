"""Files that Chinese planning and survey offices exchange, as their programs write them."""

import json
from collections.abc import Callable
from typing import Any, Final

import shapely

from tests.foreign.case import ForeignFile
from tests.format_files import boxes
from tests.mapgis_files import mapgis
from tests.mapinfo_files import mapinfo
from tests.mdb_files import LONG, OLE, TEXT, geodatabase, shape
from tests.udbx_files import spatialite, udbx
from tests.vct_files import VCT, by_edges, direct_polygon, new_line, ring_of
from tests.zones.formats.test_markup import GPX, TOPOLOGY, gml, member
from tests.zones.formats.test_ovjsn import RING, item, ovjsn

_WEST, _SOUTH = 41534000.0, 4628000.0
_PLOT: Final = shapely.box(_WEST, _SOUTH, _WEST + 200, _SOUTH + 150)
_BESIDE: Final = shapely.box(_WEST + 200, _SOUTH, _WEST + 320, _SOUTH + 150)
_AREA: Final = shapely.MultiPolygon([shapely.box(534000, 4628000, 534200, 4628150)])
_OV_OBJECTS: Final = (item(7, RING), item(8, RING, shifted=1))
_NAMED: Final = {"名称": ["和平区"]}
_ROWS: Final = ["1,210102000000000001,和平区,30000.00,20261129", "2,b,南市场,18000.00,"]


def _file(told: str, name: str, make: Callable[[], bytes], **options: Any) -> ForeignFile:
    return ForeignFile(description=told, name=name, make=make, options=options)


def _vct(**other: Any) -> VCT:
    lines, areas = by_edges({1: _PLOT, 2: _BESIDE})
    return VCT(**{"lines": lines, "polygons": areas, "rows": list(_ROWS), **other})


def _direct(**head: str) -> VCT:
    file = VCT(polygons=[direct_polygon(1, [ring_of(_PLOT)])], rows=_ROWS[:1])
    file.head.update(head)
    return file


def _several_layers() -> bytes:
    contour = new_line(9, [(_WEST, _SOUTH), (_WEST + 10, _SOUTH + 10)], "3002")
    file = _vct()
    codes = [*file.codes, "3002,等高线,Line,DLTB"]
    return VCT(
        codes=codes, lines=[*file.lines, contour], polygons=file.polygons, rows=file.rows
    ).content()


def _gml(srs: str, pos: str) -> bytes:
    return gml(member(srs=srs, pos=pos, name="和平区"))


def _mapinfo(name: str, **options: Any) -> bytes:
    plot = shapely.box(534000, 4628000, 534200, 4628150)
    return mapinfo([plot], _NAMED, name=name, **options)


def _personal_geodatabase() -> bytes:
    rows = [(1, shape(_AREA), "和平区")]
    return geodatabase({"a": ({"OBJECTID": LONG, "Shape": OLE, "名称": TEXT}, rows)})


OFFICES: Final = (
    _file("VCT 3.0, polygons by the lines they name", "a.vct", lambda: _vct().content()),
    _file("VCT 3.0, polygons by positions", "a.vct", lambda: _direct().content()),
    _file("VCT named .txt", "a.txt", lambda: _vct().content()),
    _file("VCT in UTF-8", "a.vct", lambda: _vct().content("utf-8")),
    _file("VCT in Xian 1980", "a.vct", lambda: _direct(Spheroid="IAG75,6378140,298.257").content()),
    _file("VCT without a spheroid", "a.vct", lambda: _direct(Spheroid="").content()),
    _file(
        "VCT whose meridian is not that of its numbers",
        "a.vct",
        lambda: _direct(Parameters="120,1,40500000,0,3,40").content(),
    ),
    _file("VCT of areas and contour lines", "a.vct", _several_layers),
    _file(
        "VCT with a comma within a value",
        "a.vct",
        lambda: _vct(rows=["1,a,和平区,1.5,20260101", "2,b,南,市场,1.5,"]).content(),
    ),
    _file("VCT cut off in transfer", "a.vct", lambda: _vct().content()[:-200]),
    _file("MIF and MID in GBK", "a.zip", lambda: _mapinfo("a.mif")),
    _file("MIF and MID in UTF-8", "a.zip", lambda: _mapinfo("a.mif", encoding="UTF-8")),
    _file("MIF in Xian 1980", "a.zip", lambda: _mapinfo("a.mif", crs="EPSG:2386")),
    _file("MIF in degrees", "a.zip", lambda: mapinfo(boxes(1), _NAMED, crs="EPSG:4490")),
    _file("TAB in GBK", "a.zip", lambda: _mapinfo("a.tab")),
    _file("UDBX of SuperMap", "a.udbx", lambda: udbx([(1, spatialite(_AREA), "和平区", 1, 1.5)])),
    _file("UDBX named .db", "a.db", lambda: udbx([(1, spatialite(_AREA), "和平区", 1, 1.5)])),
    _file("GML with a URN", "a.gml", lambda: _gml("urn:ogc:def:crs:EPSG::4490", "41.78 123.4")),
    _file("GML with a short name", "a.gml", lambda: _gml("EPSG:4490", "123.4 41.78")),
    _file("GML with a document type", "a.gml", lambda: b"<!DOCTYPE a>" + _gml("EPSG:4490", "1 2")),
    _file("GPX of waypoints and a track", "a.gpx", GPX.encode),
    _file("GPX, its waypoints", "a.gpx", GPX.encode, layer="waypoints"),
    _file("TopoJSON", "a.json", lambda: json.dumps(TOPOLOGY).encode()),
    _file("奥维 .ovjsn in GCJ-02", "a.ovjsn", lambda: ovjsn(item(13, RING, shifted=1))),
    _file("奥维 .ovjsn in two datums", "a.json", lambda: ovjsn(*_OV_OBJECTS)),
    _file("奥维 .ovobj", "a.ovobj", lambda: b"OviO"),
    _file("a personal geodatabase", "a.mdb", _personal_geodatabase),
    _file("a personal geodatabase cut off", "a.mdb", lambda: _personal_geodatabase()[:9000]),
    _file("an older datasource of SuperMap", "a.udb", lambda: b"x"),
    _file("a MapGIS file of areas", "a.wp", lambda: mapgis([_AREA], {"名称": ["和平区"]})),
    _file("a MapGIS file cut off", "a.wp", lambda: b"WMAP`D23"),
    _file("a MIF alone", "a.mif", lambda: b"Version 300\n"),
)
