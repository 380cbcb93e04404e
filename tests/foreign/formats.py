"""Files of the other formats, as programs of every kind write them."""

import io
import json
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyproj
import shapely
from pyarrow import parquet

from tests.foreign.case import ForeignFile
from tests.format_files import (
    boxes,
    flatgeobuf,
    geopackage,
    geoparquet,
    kml,
    placemark,
    with_sql,
    zipped_geodatabase,
)
from tests.source_files import feature, geojson, point, polygon, square, squares, zip_of

_NAMED: Final = {"名称": ["和平区", "南市场"]}
_IN_METRES: Final = shapely.box(41533000, 4626000, 41533500, 4626500)


def _file(told: str, name: str, make: Callable[[], bytes], **options: Any) -> ForeignFile:
    return ForeignFile(description=told, name=name, make=make, options=options)


def _text(told: str, name: str, text: str, encoding: str = "utf-8", **options: Any) -> ForeignFile:
    return ForeignFile(
        description=told, name=name, make=lambda: text.encode(encoding), options=options
    )


def _crs(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def _two_layers() -> bytes:
    layers = {
        "用地": (boxes(2), _NAMED),
        "站点": ([shapely.Point(123.405, 41.785)], {"名称": ["和平区"]}),
    }
    return with_sql(
        geopackage(layers),
        "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = '站点'",
        "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = '站点'",
    )


def _without_a_system() -> bytes:
    return with_sql(
        geopackage({"用地": (boxes(2), _NAMED)}),
        "UPDATE gpkg_geometry_columns SET srs_id = -1",
        "UPDATE gpkg_contents SET srs_id = -1",
    )


def _of_esri() -> bytes:
    there = pyproj.Transformer.from_crs("EPSG:4490", "ESRI:102025", always_xy=True)
    place = shapely.Point(there.transform(123.405, 41.785))
    return geopackage({"点": ([place], {"名称": ["和平区"]})}, crs="ESRI:102025")


def _plain_parquet() -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"lon": [123.4]}), buffer)
    return buffer.getvalue()


_STANDARD_VIEWS: Final = (
    "CREATE VIEW st_spatial_ref_sys AS SELECT srs_name, srs_id, organization,"
    " organization_coordsys_id, definition, description FROM gpkg_spatial_ref_sys",
    "CREATE VIEW st_geometry_columns AS SELECT table_name, column_name, 'ST_' || geometry_type_name"
    " AS geometry_type_name, g.srs_id, srs_name FROM gpkg_geometry_columns AS g"
    " JOIN gpkg_spatial_ref_sys AS s ON g.srs_id = s.srs_id",
)
_HTML: Final = (
    "<description><![CDATA[<table><tr><td>性质</td><td>居住</td></tr></table>"
    "<script>alert(1)</script>]]></description>"
)
_DATA: Final = '<ExtendedData><Data name="性质"><value>居住</value></Data></ExtendedData>'
_SCHEMA: Final = (
    '<Schema name="s" id="s"><SimpleField type="string" name="用地性质"/></Schema>'
    "<Placemark><name>和平区</name><ExtendedData><SchemaData schemaUrl='#s'>"
    "<SimpleData name='用地性质'>居住</SimpleData></SchemaData></ExtendedData>"
    "<Point><coordinates>123.405,41.785</coordinates></Point></Placemark>"
)
_RING: Final = " ".join(f"{x},{y},0" for x, y in square())
_AREA: Final = (
    "<Placemark><name>和平区</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
    f"{_RING}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
)
_AREAS: Final = _AREA.replace("<Polygon>", "<MultiGeometry><Polygon>").replace(
    "</Polygon>", "</Polygon></MultiGeometry>"
)

_TWO_ROOTS: Final = (
    f"<kml><Folder><name>一</name>{placemark('和平区')}</Folder>"
    f"<Folder><name>二</name>{placemark('乙')}</Folder></kml>"
).encode()
_FULL: Final = "123.405，41.785"
_OVI: Final = "<OvCoordType>GCJ-02</OvCoordType>"

PACKAGES: Final = (
    _file("GeoPackage of one layer", "用地.gpkg", lambda: geopackage({"用地": (boxes(2), _NAMED)})),
    _file("GeoPackage of two layers, two systems", "a.gpkg", _two_layers),
    _file("the second layer of it", "a.gpkg", _two_layers, layer="站点"),
    _file(
        "GeoPackage with the views of the standard",
        "a.gpkg",
        lambda: with_sql(geopackage({"用地": (boxes(2), _NAMED)}), *_STANDARD_VIEWS),
    ),
    _file("GeoPackage without a system", "a.gpkg", _without_a_system),
    _file("GeoPackage in a system of Esri's own (ESRI:102025)", "a.gpkg", _of_esri),
    _file("SQLite of another kind", "a.gpkg", lambda: with_sql(b"", "CREATE TABLE t (a)")),
    _file(
        "FileGDB, zipped with its folder",
        "plan.gdb.zip",
        lambda: zipped_geodatabase(boxes(2), _NAMED, top="成果/plan.gdb/"),
    ),
    _file(
        "FileGDB, its files zipped flat", "plan.zip", lambda: zipped_geodatabase(boxes(2), _NAMED)
    ),
    _file("FlatGeobuf", "a.fgb", lambda: flatgeobuf(boxes(2), _NAMED)),
    _file("FlatGeobuf without a system", "a.fgb", lambda: flatgeobuf(boxes(2), _NAMED, crs=None)),
    _file("GeoParquet without crs", "a.parquet", lambda: geoparquet(boxes(2), _NAMED)),
    _file("GeoParquet, crs null", "a.parquet", lambda: geoparquet(boxes(2), _NAMED, crs=None)),
    _file(
        "GeoParquet, crs in PROJJSON with its code",
        "a.geoparquet",
        lambda: geoparquet(boxes(2), _NAMED, crs=pyproj.CRS(4490).to_json_dict()),
    ),
    _file(
        "GeoParquet, crs in PROJJSON without a code",
        "a.geoparquet",
        lambda: geoparquet(
            [_IN_METRES],
            {"名称": ["和平区"]},
            crs=json.loads(
                pyproj.CRS("+proj=tmerc +lon_0=123 +x_0=41500000 +ellps=GRS80").to_json()
            ),
        ),
    ),
    _file("Parquet without a geometry", "a.parquet", _plain_parquet),
)


JSONS: Final = (
    _file(
        "GeoJSON with nested properties",
        "a.geojson",
        lambda: geojson(
            [feature(polygon(square()), 名称="和平区", 指标={"容积率": 2.5, "户": [1]})]
        ),
    ),
    _file(
        "GeoJSON with a byte order mark", "a.json", lambda: b"\xef\xbb\xbf" + geojson(squares(2))
    ),
    _file(
        "GeoJSON one feature a line",
        "a.geojsonl",
        lambda: b"\n".join(json.dumps(one, ensure_ascii=False).encode() for one in squares(2)),
    ),
    _file(
        "GeoJSON one feature a line with record separators",
        "a.geojsons",
        lambda: b"".join(b"\x1e" + json.dumps(one).encode() + b"\n" for one in squares(2)),
    ),
    _file(
        "GeoJSON one feature a line, named .json",
        "a.json",
        lambda: b"\n".join(json.dumps(one, ensure_ascii=False).encode() for one in squares(2)),
    ),
    _file(
        "GeoJSON naming EPSG:4529 in its crs member",
        "a.geojson",
        lambda: geojson(
            [feature(json.loads(shapely.to_geojson(_IN_METRES)), 名称="和平区")],
            crs=_crs("urn:ogc:def:crs:EPSG::4529"),
        ),
    ),
    _file(
        "GeoJSON naming a system that is not on our own list (EPSG:32651)",
        "a.geojson",
        lambda: geojson([feature(point(533000, 4625000), 名称="和平区")], crs=_crs("EPSG:32651")),
    ),
    _file(
        "GeoJSON in metres without a crs member",
        "a.geojson",
        lambda: geojson([feature(json.loads(shapely.to_geojson(_IN_METRES)), 名称="和平区")]),
    ),
    _file(
        "GeoJSON whose crs is a link",
        "a.geojson",
        lambda: geojson(squares(1), crs={"type": "link", "properties": {"href": "http://a/b"}}),
    ),
    _file(
        "GeoJSON with shells clockwise (against RFC 7946)",
        "a.geojson",
        lambda: geojson([feature(polygon(square()), 名称="和平区")]),
    ),
    _file(
        "GeoJSON with shells counter-clockwise (by RFC 7946)",
        "a.geojson",
        lambda: geojson([feature(polygon(square()[::-1]), 名称="和平区")]),
    ),
    _file("GeoJSON that is one feature", "a.json", lambda: json.dumps(squares(1)[0]).encode()),
    _file("GeoJSON that is one geometry", "a.json", lambda: json.dumps(polygon(square())).encode()),
    _text("GeoJSON in GBK", "a.geojson", geojson(squares(1)).decode(), "gbk"),
    _text("GeoJSON in UTF-16", "a.geojson", geojson(squares(1)).decode(), "utf-16"),
    _text("GeoJSON with NaN", "a.geojson", '{"type":"Point","coordinates":[NaN,41.7]}'),
    _text("TopoJSON", "a.json", '{"type":"Topology","objects":{},"arcs":[]}'),
    _text("Esri's JSON", "a.json", '{"geometryType":"esriGeometryPolygon","features":[]}'),
    _file("GeoJSON cut off in transfer", "a.geojson", lambda: geojson(squares(3))[:-60]),
)

MARKED_UP: Final = (
    _file(
        "KML with HTML in its descriptions", "a.kml", lambda: kml(placemark("和平区", inside=_HTML))
    ),
    _file("KML with ExtendedData", "a.kml", lambda: kml(placemark("和平区", inside=_DATA))),
    _file("KML with a schema", "a.kml", lambda: kml(_SCHEMA)),
    _file(
        "KML with one folder",
        "a.kml",
        lambda: kml(f"<Folder><name>现状</name>{placemark('和平区')}{placemark('b')}</Folder>"),
    ),
    _file(
        "KML with two folders",
        "a.kml",
        lambda: kml(
            f"<Folder><name>现状</name>{placemark('a')}</Folder>"
            f"<Folder><name>规划</name>{placemark('b')}{placemark('c')}</Folder>"
        ),
    ),
    _file("KML with an area", "a.kml", lambda: kml(_AREA)),
    _file("KML with an area in a MultiGeometry", "a.kml", lambda: kml(_AREAS)),
    _file("KML in GBK that says so", "a.kml", lambda: kml(placemark("和平区"), encoding="GBK")),
    _file(
        "KML in GBK that says UTF-8",
        "a.kml",
        lambda: kml(placemark("和平区"), encoding="GBK").replace(b'"GBK"', b'"UTF-8"'),
    ),
    _file(
        "KML with a link to another server",
        "a.kml",
        lambda: kml(
            "<NetworkLink><Link><href>http://a/b.kml</href></Link></NetworkLink>",
            placemark("和平区"),
        ),
    ),
    _file("KML with two roots", "a.kml", lambda: _TWO_ROOTS),
    _file("both of its roots", "a.kml", lambda: _TWO_ROOTS, layer=["一", "二"]),
    _file(
        "KML with equal folders",
        "a.kml",
        lambda: kml(
            *(
                f"<Folder><name>{name}</name><Folder><name>片</name>{placemark(name)}</Folder></Folder>"
                for name in "甲乙"
            )
        ),
    ),
    _file("KML with commas of full width", "a.kml", lambda: kml(placemark("和平区", at=_FULL))),
    _file("KML without a latitude", "a.kml", lambda: kml(placemark("和平区", at="123.405"))),
    _file("KML from Ovi map, in GCJ-02", "a.ovkml", lambda: kml(placemark("和平区", inside=_OVI))),
    _file(
        "KML with nothing but a link",
        "a.kml",
        lambda: kml("<NetworkLink><Link><href>http://a/b.kml</href></Link></NetworkLink>"),
    ),
    _file(
        "KML with a document type", "a.kml", lambda: kml(placemark("a"), prolog="<!DOCTYPE kml>")
    ),
    _text("KML cut off in transfer", "a.kml", kml(placemark("a")).decode()[:-30]),
    _file(
        "KMZ", "a.kmz", lambda: zip_of({"doc.kml": kml(placemark("和平区")), "files/a.png": b"x"})
    ),
    _file("KMZ without a KML", "a.kmz", lambda: zip_of({"a.png": b"x"})),
)
