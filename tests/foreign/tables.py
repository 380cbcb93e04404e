"""Tables of places (CSV) and drawings (DXF)."""

from collections.abc import Sequence
from typing import Any, Final

from tests.foreign.case import ForeignFile
from tests.format_files import dxf

_EAST, _NORTH = 41533000.0, 4626000.0
_SIDE = 500.0


def _csv(told: str, text: str, encoding: str = "utf-8", **options: Any) -> ForeignFile:
    return ForeignFile(
        description=told, name="点.csv", make=lambda: text.encode(encoding), options=options
    )


def _dxf(told: str, *entities: Sequence[object], **options: Any) -> ForeignFile:
    return ForeignFile(
        description=told,
        name="图.dxf",
        make=lambda: dxf(*entities),
        options={"crs": "EPSG:4529", **options},
    )


def polyline(layer: str, *, closed: bool = True, repeat_first: bool = False) -> list[object]:
    """Return a square as draughtsmen draw it."""
    corners = [(0.0, 0.0), (_SIDE, 0.0), (_SIDE, _SIDE), (0.0, _SIDE)]
    corners += corners[:1] if repeat_first else []
    told: list[object] = [0, "LWPOLYLINE", 8, layer, 100, "AcDbPolyline", 90, len(corners)]
    told += [70, int(closed)]
    for x, y in corners:
        told += [10, _EAST + x, 20, _NORTH + y]
    return told


_TEXT: Final = [0, "TEXT", 8, "注记", 10, _EAST, 20, _NORTH, 40, 2.5, 1, "和平区"]
_POINT: Final = [0, "POINT", 8, "点", 10, _EAST, 20, _NORTH]
_ARC: Final = [0, "ARC", 8, "弧", 10, _EAST, 20, _NORTH, 40, 50.0, 50, 0.0, 51, 90.0]
_LINE: Final = [0, "LINE", 8, "线", 10, _EAST, 20, _NORTH, 11, _EAST + 9, 21, _NORTH]
_POLYGON: Final = frozenset({"polygon"})
_TRIANGLE = "POLYGON ((123.40 41.78, 123.41 41.78, 123.41 41.79, 123.40 41.78))"


def _with_a_block() -> bytes:
    """Return a drawing that inserts a block of two lines."""
    inner = [0, "LINE", 8, "0", 10, 0.0, 20, 0.0, 11, 9.0, 21, 9.0]
    block = [0, "BLOCK", 8, "0", 2, "树", 70, 0, 10, 0.0, 20, 0.0, *inner, 0, "ENDBLK"]
    insert = [0, "INSERT", 8, "绿化", 2, "树", 10, _EAST, 20, _NORTH]
    plain = dxf(insert).decode("gbk")
    blocks = [0, "SECTION", 2, "BLOCKS", *block, 0, "ENDSEC"]
    told = "".join(f"{part}\r\n" for part in blocks)
    mark = "0\r\nSECTION\r\n2\r\nENTITIES"
    return plain.replace(mark, told + mark).encode("gbk")


TABLES: Final = (
    _csv("CSV with lon and lat", "name,lon,lat\n和平区,123.405,41.785\n"),
    _csv("CSV with 经度 and 纬度", "名称,经度,纬度\n和平区,123.405,41.785\n", crs="CRS84"),
    _csv("CSV in GBK", "名称,经度,纬度\n和平区,123.405,41.785\n", "gbk", crs="CRS84"),
    _csv(
        "CSV with a byte order mark",
        "名称,lng,lat\n和平区,123.405,41.785\n",
        "utf-8-sig",
        crs="CRS84",
    ),
    _csv(
        "CSV in UTF-16, with tabs (Unicode text of Excel)",
        "名称\t经度\t纬度\r\n和平区\t123.405\t41.785\r\n",
        "utf-16",
        crs="CRS84",
    ),
    _csv(
        "CSV in UTF-16, big-endian",
        "\ufeff名称,经度,纬度\n和平区,123.405,41.785\n",
        "utf-16-be",
        crs="CRS84",
    ),
    ForeignFile(
        description="CSV in UTF-16, cut off",
        name="点.csv",
        make=lambda: "名称,经度,纬度\n和平区,123.405,41.785\n".encode("utf-16")[:-1],
    ),
    _csv(
        "CSV with a first line sep=;",
        "sep=;\n名称;经度;纬度\n和平区;123.405;41.785\n",
        crs="CRS84",
    ),
    _csv(
        "CSV with longitude and latitude in one column",
        '名称,坐标\n和平区,"123.405,41.785"\n',
        crs="CRS84",
    ),
    _csv(
        "CSV with latitude and longitude in one column",
        '名称,坐标\n和平区,"41.785,123.405"\n',
        crs="CRS84",
    ),
    _csv(
        "CSV with longitude and latitude in one column, without quotes",
        "名称,坐标\n和平区,123.405,41.785\n",
        crs="CRS84",
    ),
    _csv(
        "CSV with longitude and latitude in a column of any name",
        '名称,高德拾取\n和平区,"123.405,41.785"\n',
        crs="gcj02",
    ),
    _csv(
        "CSV whose columns' names tell the datum",
        "名称,经度(GCJ-02),纬度(GCJ-02)\n和平区,123.405,41.785\n",
    ),
    _csv(
        "CSV with the same place in three datums",
        "名称,bd09_lng,bd09_lat,gcj02_lng,gcj02_lat,wgs84_lng,wgs84_lat\n"
        "和平区,123.4175,41.7934,123.4111,41.7875,123.405,41.785\n",
    ),
    _csv("CSV with decimal commas", "名称;x;y\n和平区;123,405;41,785\n", crs="CRS84"),
    _csv("CSV with semicolons", "名称;x;y\n和平区;123.405;41.785\n", crs="CRS84"),
    _csv("CSV with tabs", "名称\t经度\t纬度\n和平区\t123.405\t41.785\n", crs="CRS84"),
    _csv(
        "CSV with quoted line breaks", '名称,经度,纬度\n"和平区\n北",123.405,41.785\n', crs="CRS84"
    ),
    _csv("CSV with a column of WKT", f'名称,WKT\n和平区,"{_TRIANGLE}"\n', crs="CRS84"),
    _csv("CSV with WKT that is none", "名称,WKT\n和平区,POLYGON 1 2\n", crs="CRS84"),
    _csv(
        "CSV in degrees, minutes, seconds",
        "名称,经度,纬度\n和平区,123°24′18″,41°47′06″\n",
        crs="CRS84",
    ),
    _csv(
        "CSV with longitude and latitude exchanged",
        "名称,经度,纬度\n和平区,41.785,123.405\n",
        crs="CRS84",
    ),
    _csv("CSV with X north and Y east", f"点号,X,Y\nJ1,{_NORTH},{_EAST}\nJ2,4627000,41534000\n"),
    _csv("the same, its system named", f"点号,X,Y\nJ1,{_NORTH},{_EAST}\n", crs="EPSG:4529"),
    _csv("CSV with X east and Y north", f"点号,X,Y\nJ1,{_EAST},{_NORTH}\n", crs="EPSG:4529"),
    _csv(
        "CSV with one empty row of numbers",
        "名称,经度,纬度\n和平区,123.405,41.785\n乙,,\n",
        crs="CRS84",
    ),
    _csv("CSV without places", "名称,地址\n和平区,南京北街\n"),
    _csv("CSV of nothing but a header", "名称,经度,纬度\n", crs="CRS84"),
    _csv("a damaged spreadsheet named .csv", "PK\x03\x04\x00\x00,\x00\n"),
    ForeignFile(description="a damaged spreadsheet", name="表.xlsx", make=lambda: b"PK\x03\x04"),
    _dxf("DXF with a closed polyline, for polygons", polyline("用地"), kinds=_POLYGON),
    _dxf(
        "DXF with a polyline that returns to its start, for polygons",
        polyline("用地", closed=False, repeat_first=True),
        kinds=_POLYGON,
    ),
    _dxf("DXF with an open polyline, for polygons", polyline("用地", closed=False), kinds=_POLYGON),
    _dxf("DXF with a closed polyline, for anything", polyline("用地")),
    _dxf(
        "DXF with areas, texts and lines, for polygons",
        polyline("用地"),
        _TEXT,
        _LINE,
        kinds=_POLYGON,
    ),
    _dxf("the layer 用地 of it", polyline("用地"), _TEXT, _LINE, kinds=_POLYGON, layer="用地"),
    _dxf("a layer that it lacks", polyline("用地"), _TEXT, layer="绿地"),
    _dxf("DXF with texts", _TEXT),
    _dxf("DXF with an arc", _ARC),
    ForeignFile(
        description="DXF with a block",
        name="图.dxf",
        make=_with_a_block,
        options={"crs": "EPSG:4529"},
    ),
    ForeignFile(description="DXF without a system", name="图.dxf", make=lambda: dxf(_POINT)),
    ForeignFile(description="DXF of nothing", name="图.dxf", make=dxf),
    ForeignFile(
        description="DXF in the binary form",
        name="图.dxf",
        make=lambda: b"AutoCAD Binary DXF\r\n\x1a\0",
    ),
    ForeignFile(description="a DWG named .dxf", name="图.dxf", make=lambda: b"AC1027" + bytes(100)),
    ForeignFile(description="a DWG", name="图.dwg", make=lambda: b"AC1027" + bytes(100)),
    ForeignFile(description="a .shp alone", name="用地.shp", make=lambda: b"x"),
    ForeignFile(description="a .rar", name="用地.rar", make=lambda: b"Rar!"),
    ForeignFile(description="a MapInfo table", name="用地.tab", make=lambda: b"!table"),
)
