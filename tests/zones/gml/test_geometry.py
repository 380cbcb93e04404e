"""Geometries out in GML and in again; GDAL reads what is written as well."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS
from zones.errors import ZonesError
from zones.gml.read_geometry import read_geometry
from zones.gml.safe_xml import MOST_BYTES, XMLError, parse_xml
from zones.gml.srs_names_and_axes import OFFERED, srs_of, urn_of
from zones.gml.write_geometry import GML31, GML32, GeometryStyle, geometry_gml

HOLE = [(0.2, 0.2), (0.2, 0.4), (0.4, 0.4), (0.2, 0.2)]
SQUARE = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [HOLE])
GEOMETRIES = [
    shapely.Point(123.4, 41.79),
    shapely.LineString([(123.4, 41.79), (123.5, 41.8)]),
    SQUARE,
    shapely.MultiPoint([(1, 2), (3, 4)]),
    shapely.MultiLineString([[(1, 2), (3, 4)], [(5, 6), (7, 8)]]),
    shapely.MultiPolygon([SQUARE, shapely.box(2, 2, 3, 3)]),
    shapely.GeometryCollection([shapely.Point(1, 2), SQUARE]),
]


def read(text: bytes) -> BaseGeometry:
    """Return a geometry of GML, in the order in which it is written by a URN."""
    found, _ = read_geometry(parse_xml(text))
    return shapely.from_geojson(json.dumps(found))


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.geom_type)
@pytest.mark.parametrize("space", [GML32, GML31])
def test_what_is_written_is_read_again(geometry: BaseGeometry, space: str) -> None:
    style = GeometryStyle(urn_of(CRS.CRS84), ids=space == GML32, multi=False)
    text = geometry_gml(geometry, "a.1", style)
    spaced = text.replace(b" srsName", f' xmlns:gml="{space}" srsName'.encode(), 1)
    again = read(spaced)
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        assert again.equals(geometry)
    assert np.array_equal(shapely.get_coordinates(again), shapely.get_coordinates(geometry))


def test_one_part_is_written_as_many_where_the_layer_has_many() -> None:
    style = GeometryStyle("x", ids=True, multi=True)
    text = geometry_gml(shapely.box(0, 0, 1, 1), "a", style)
    assert text.startswith(b'<gml:MultiSurface srsName="x" gml:id="a"><gml:surfaceMember>')


@pytest.mark.parametrize("crs", OFFERED, ids=str)
def test_the_order_of_axes_follows_from_the_form_of_the_name(crs: CRS) -> None:
    assert srs_of(urn_of(crs)).crs is crs
    assert srs_of(urn_of(crs)).is_authority_order
    if crs is not CRS.CRS84:
        short = srs_of(crs.key)
        assert (short.crs, short.is_authority_order, short.name) == (crs, False, crs.key)


@pytest.mark.parametrize(
    ("srs", "written"),
    [("urn:ogc:def:crs:EPSG::4490", "41 123"), ("EPSG:4490", "123 41"),
     ("http://www.opengis.net/gml/srs/epsg.xml#4490", "123 41"),
     ("http://www.opengis.net/def/crs/EPSG/0/4490", "41 123"), ("CRS84", "123 41")],
)  # fmt: skip
def test_positions_come_in_the_order_of_the_authority(srs: str, written: str) -> None:
    text = f'<Point srsName="{srs}"><pos>{written}</pos></Point>'
    found, named = read_geometry(parse_xml(text.encode()))
    north_first = named.crs.axis_order == "yx"
    assert found["coordinates"] == ([41, 123] if north_first else [123, 41])


@pytest.mark.parametrize(
    "text",
    [
        "<Box><coordinates>1,2 3,4</coordinates></Box>",
        "<Box><coord><X>1</X><Y>2</Y></coord><coord><X>3</X><Y>4</Y></coord></Box>",
        "<Envelope><lowerCorner>1 2</lowerCorner><upperCorner>3 4</upperCorner></Envelope>",
        "<Envelope><pos>1 2</pos><pos>3 4</pos></Envelope>",
    ],
)
def test_boxes_of_every_version_are_read(text: str) -> None:
    found, _ = read_geometry(parse_xml(text.encode()))
    assert found == {"bbox": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    "text",
    [
        "<Circle/>",
        "<Point><pos>1</pos></Point>",
        "<Point><pos>1 zwei</pos></Point>",
        "<Point/>",
        "<LineString><posList>1 2 3</posList></LineString>",
        "<Polygon><exterior/></Polygon>",
        "<MultiSurface><surfaceMember><Circle/></surfaceMember></MultiSurface>",
        "<Curve><segments><Arc/></segments></Curve>",
        '<Point srsName="EPSG:999999"><pos>1 2</pos></Point>',
    ],
)
def test_what_is_no_geometry_is_refused_in_words(text: str) -> None:
    with pytest.raises(ZonesError) as refused:
        read_geometry(parse_xml(text.encode()))
    assert refused.value.text("zh").hint or refused.value.code == "crs-unknown"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"<a><b></a>", "xml-broken"),
        (b"", "xml-broken"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "xml-broken"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "xml-doctype"),
        (b"<a>" * 65 + b"</a>" * 65, "xml-too-deep"),
        (b"<a>" + b" " * MOST_BYTES + b"</a>", "xml-too-large"),
    ],
)
def test_xml_is_bounded_and_has_no_entities(text: bytes, code: str) -> None:
    with pytest.raises(XMLError) as refused:
        parse_xml(text)
    assert refused.value.code == code


def test_names_and_texts_are_read_in_any_declared_encoding() -> None:
    root = parse_xml('<?xml version="1.0" encoding="gb2312"?><名>和平</名>'.encode("gb2312"))
    assert (root.tag, root.text) == ("名", "和平")
    assert ElementTree.tostring(root, encoding="unicode") == "<名>和平</名>"
