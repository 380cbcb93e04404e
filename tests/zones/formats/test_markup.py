"""GML, GPX and TopoJSON."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.format_files import boxes, by_gdal
from tests.opened_sources import Read, read
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.supported_formats import recognise

GML = """<?xml version="1.0" encoding="utf-8"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2">
{members}</ogr:FeatureCollection>"""
MEMBER = """<ogr:featureMember><ogr:DLTB gml:id="DLTB.{n}"><ogr:geometryProperty>
<gml:Point srsName="{srs}"><gml:pos>{pos}</gml:pos></gml:Point></ogr:geometryProperty>
<ogr:DKMC>{name}</ogr:DKMC><ogr:DLBM>{code}</ogr:DLBM></ogr:DLTB></ogr:featureMember>
"""
GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="41.78" lon="123.40"><ele>42.1</ele><name>界址点</name></wpt>
<trk><name>巡查</name><trkseg><trkpt lat="41.78" lon="123.40"><time>2026-11-29T08:00:00Z</time>
</trkpt><trkpt lat="41.79" lon="123.41"><time>2026-11-29T08:01:00Z</time></trkpt></trkseg></trk>
</gpx>"""
TOPOLOGY = {
    "type": "Topology",
    "objects": {
        "地块": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"DKMC": "一", "DLBM": "0701"}},
                {"type": "Polygon", "arcs": [[2, -1]], "properties": {"DKMC": "二"}},
            ],
        }
    },
    "arcs": [
        [[123.41, 41.78], [123.41, 41.79]],
        [[123.41, 41.79], [123.40, 41.79], [123.40, 41.78], [123.41, 41.78]],
        [[123.41, 41.78], [123.42, 41.78], [123.42, 41.79], [123.41, 41.79]],
    ],
}


def gml(*members: str, encoding: str = "utf-8") -> bytes:
    text = GML.format(members="".join(members)).replace("utf-8", encoding)
    return text.encode(encoding)


def member(n: int = 1, *, srs: str = "EPSG:4490", pos: str = "123.4 41.78", **told: str) -> str:
    return MEMBER.format(n=n, srs=srs, pos=pos, **{"name": "地块一", "code": "0701", **told})


def places(found: Read) -> list[tuple[float, float]]:
    return [tuple(shapely.get_coordinates(shapely.from_wkb(row["wkb"]))[0]) for row in found.rows]


@pytest.mark.parametrize(
    ("srs", "pos", "key"),
    [
        ("EPSG:4490", "123.4 41.78", "EPSG:4490"),
        ("urn:ogc:def:crs:EPSG::4490", "41.78 123.4", "EPSG:4490"),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", "41.78 123.4", "EPSG:4490"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4490", "123.4 41.78", "EPSG:4490"),
        ("EPSG:4550", "533254.2408 4627278.5679", "EPSG:4550"),
        ("urn:ogc:def:crs:EPSG::4550", "4627278.5679 533254.2408", "EPSG:4550"),
    ],
)
def test_the_order_of_axes_is_by_the_form_of_the_name(
    tmp_path: Path, srs: str, pos: str, key: str
) -> None:
    found = read(tmp_path, gml(member(srs=srs, pos=pos)), "gml")
    assert found.findings.crs.key == key
    assert places(found)[0] == pytest.approx((123.4, 41.78), abs=1e-7)
    assert found.rows[0]["properties"] == {"DKMC": "地块一", "DLBM": "0701"}
    assert found.rows[0]["fid"] == "DLTB.1"


def test_gml_in_gbk_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, gml(member(), encoding="gbk"), "gml")
    assert found.rows[0]["properties"]["DKMC"] == "地块一"


def test_geometries_in_different_systems_are_refused(tmp_path: Path) -> None:
    both = gml(member(), member(2, srs="EPSG:4550", pos="533000 4626800"))
    with pytest.raises(SourceError) as caught:
        read(tmp_path, both, "gml")
    assert caught.value.code == "gml-systems-differ"


def test_two_forms_of_one_name_are_one_system(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        gml(member(), member(2, srs="urn:ogc:def:crs:EPSG::4490", pos="41.78 123.4")),
        "gml",
    )
    assert places(found)[0] == pytest.approx(places(found)[1])


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    ],
)
def test_the_names_of_crs84_are_one_system(tmp_path: Path, name: str) -> None:
    both = gml(member(srs="CRS:84"), member(2, srs=name))
    found = read(tmp_path, both, "gml")
    assert (found.findings.crs.key, found.findings.crs.basis) == ("CRS84", "file")
    assert places(found) == [pytest.approx((123.4, 41.78))] * 2


def test_crs84_and_another_system_of_degrees_are_two(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, gml(member(srs="CRS:84"), member(2)), "gml")
    assert caught.value.code == "gml-systems-differ"


@pytest.mark.parametrize("code", ["210102001001000001", "+210102001001000001.00"])
def test_codes_among_doubles_keep_their_digits(tmp_path: Path, code: str) -> None:
    found = read(tmp_path, gml(member(code="0.5"), member(2, code=code)), "gml")
    assert [row["properties"]["DLBM"] for row in found.rows] == [0.5, 210102001001000001]
    assert found.codes == []


def test_digits_that_no_double_holds_are_told(tmp_path: Path) -> None:
    codes = ("0.12345678901234567", "210102001001000001.5", "210102001001000003", "0.5")
    found = read(tmp_path, gml(*(member(n, code=c) for n, c in enumerate(codes))), "gml")
    told = [each for each in found.problems if each.code == "numbers-rounded"]
    first = {"field": "DLBM", "count": 2, "first": codes[0], "kept": "0.12345678901234566"}
    assert [(each.feature, each.params) for each in told] == [(1, first)]
    assert "digits-doubtful" in found.codes
    kept = [row["properties"]["DLBM"] for row in found.rows]
    assert kept == [float(codes[0]), float(codes[1]), 210102001001000003, 0.5]


POINT = b'<gml:Point srsName="EPSG:4490"><gml:pos>123.4 41.78</gml:pos></gml:Point>'
ARC = "<gml:Arc><gml:posList>123.4 41.78 123.41 41.79 123.42 41.78</gml:posList></gml:Arc>"
STRAIGHT = """<gml:LineStringSegment><gml:posList>123.39 41.78 123.4 41.78</gml:posList>
</gml:LineStringSegment>"""


@pytest.mark.parametrize(("segments", "has_arcs"), [(STRAIGHT + ARC, True), (STRAIGHT, False)])
def test_arcs_are_told(tmp_path: Path, segments: str, has_arcs: bool) -> None:
    curve = f'<gml:Curve srsName="EPSG:4490"><gml:segments>{segments}</gml:segments></gml:Curve>'
    content = gml(member()).replace(POINT, curve.encode())
    named_so = content.replace(b"ogr:DKMC>", b"ogr:Arc>")  # an attribute
    assert ("curves-straightened" in read(tmp_path, named_so, "gml").codes) == has_arcs


def test_parts_that_are_links_are_told(tmp_path: Path) -> None:
    points = b"""<gml:MultiPoint srsName="EPSG:4490" xmlns:xlink="http://www.w3.org/1999/xlink">
    <gml:pointMember><gml:Point><gml:pos>123.4 41.78</gml:pos></gml:Point></gml:pointMember>
    <gml:pointMember xlink:href="#p1"/></gml:MultiPoint>"""
    found = read(tmp_path, gml(member()).replace(POINT, points), "gml")
    (told,) = found.problems
    assert (told.code, told.severity, told.params["count"]) == ("gml-links", "warning", 1)


@pytest.mark.parametrize("format_name", ["gml", "gpx"])
def test_document_types_and_broken_texts_are_refused(tmp_path: Path, format_name: Any) -> None:
    text = {"gml": gml(member()).decode(), "gpx": GPX}[format_name]
    declared = text.replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>', 1)
    for content, code in ((declared, "markup-doctype"), (text[:-30], "markup-invalid")):
        with pytest.raises(SourceError) as caught:
            read(tmp_path, content.encode(), format_name)
        assert caught.value.code == code


def test_waypoints_and_tracks_are_offered_and_empty_fields_left_out(tmp_path: Path) -> None:
    asked = read(tmp_path, GPX.encode(), "gpx").question
    assert asked is not None
    assert {each.options["layer"] for each in asked.candidates} == {"waypoints", "tracks"}
    found = read(tmp_path, GPX.encode(), "gpx", layer="waypoints")
    assert found.rows[0]["properties"] == {"ele": 42.1, "name": "界址点"}
    assert found.findings.crs.key == "CRS84"


def test_points_of_a_track_can_be_asked_for_and_are_told(tmp_path: Path) -> None:
    track = read(tmp_path, GPX.encode(), "gpx", layer="tracks")
    assert track.codes == ["gpx-points"]
    points = read(tmp_path, GPX.encode(), "gpx", layer="track_points")
    assert [row["properties"]["time"] for row in points.rows] == [
        "2026-11-29T08:00:00Z",
        "2026-11-29T08:01:00Z",
    ]


EXTENDED = """<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1" xmlns:z="http://example.org/z">
{}</gpx>"""


def with_extensions(*extensions: str) -> bytes:
    points = "".join(
        f'<wpt lat="41.78" lon="123.4"><name>点</name><extensions>{each}</extensions></wpt>\n'
        for each in extensions
    )
    return EXTENDED.format(points).encode()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (["0021", "21"], ["0021", "21"]),
        (["9007199254740993", "7"], [2**53 + 1, 7]),
        (["-2147483649", " 5 "], [-(2**31) - 1, 5]),
        (["210102001001000123", "无"], ["210102001001000123", "无"]),
        (["210102001001000123", "1.5"], ["210102001001000123", "1.5"]),
        (["+5", "7"], ["+5", "7"]),
        (["0021", "\ue000造字"], ["0021", "\ue000造字"]),
        (["<![CDATA[0021]]>", "3"], ["0021", "3"]),
        ([str(2**63 - 1), str(-(2**63))], [2**63 - 1, -(2**63)]),
        ([str(2**63), "7"], [str(2**63), "7"]),
        (["1" * 30, "7"], ["1" * 30, "7"]),
        (["1" * 5000, "7"], ["1" * 5000, "7"]),
        (["12", "-7"], [12, -7]),
        (["1.25", "2"], [1.25, 2.0]),
        (["&#48;7", "8"], ["07", "8"]),
    ],
)
def test_digits_in_extensions_arrive_as_they_were_written(
    tmp_path: Path, written: list[str], stored: list[Any]
) -> None:
    sent = with_extensions(*(f"<z:code>{value}</z:code>" for value in written))
    found = read(tmp_path, sent, "gpx")
    assert [row["properties"]["z_code"] for row in found.rows] == stored
    assert [row["properties"]["name"] for row in found.rows] == ["点", "点"]


def test_extensions_in_the_namespace_of_gdal_are_like_others(tmp_path: Path) -> None:
    sent = with_extensions('<ogr:dkbh xmlns:ogr="http://osgeo.org/gdal">0021</ogr:dkbh>')
    (row,) = read(tmp_path, sent, "gpx").rows
    assert row["properties"]["ogr_dkbh"] == "0021"


def test_elements_within_an_extension_stay_as_they_are(tmp_path: Path) -> None:
    sent = with_extensions("<z:a><z:b>0021</z:b></z:a><z:c>0021</z:c>")
    (row,) = read(tmp_path, sent, "gpx").rows
    assert row["properties"]["z_c"] == "0021"
    assert str(row["properties"]["z_a"]).strip() == "<z:b>0021</z:b>"


def test_an_extension_that_stands_twice_in_one_point_is_told_with_its_line(tmp_path: Path) -> None:
    twice = "<z:code>A1</z:code>\n<z:code>A2</z:code><z:code>A3</z:code>"
    found = read(tmp_path, with_extensions("<z:code>B</z:code>", twice), "gpx")
    assert [row["properties"]["z_code"] for row in found.rows] == ["B", "A3"]
    assert found.codes == ["gpx-extension-twice"]
    sent = with_extensions("<z:code>B</z:code>", twice)
    line = 1 + sent[: sent.find(b"<z:code>A2")].count(b"\n")
    assert found.problems[0].params == {"name": "z_code", "count": 2, "line": line}


def test_properties_of_topojson_arrive_as_they_are(tmp_path: Path) -> None:
    written = (
        '{"码": 12345678901234567890123, "n": 9007199254740993, "f": 0.1234567890123456789,'
        ' "有": true, "无": null, "空": "", "列": [1, {"a": "b"}]}'
    )
    place = '"type": "Point", "coordinates": [123.405, 41.786]'
    objects = (
        f'{{{place}, "id": 7, "properties": {written}}}, {{{place}}},'
        ' {"type": null, "id": "无处", "properties": {"n": 1}}'
    )
    whole = f'{{"type": "GeometryCollection", "geometries": [{objects}]}}'
    text = f'{{"type": "Topology", "arcs": [], "objects": {{"a": {whole}}}}}'
    found = read(tmp_path, text.encode(), "topojson")
    assert [row["properties"] for row in found.rows] == [
        {
            "id": 7,
            "码": "12345678901234567890123",
            "n": 2**53 + 1,
            "f": 0.12345678901234568,
            "有": True,
            "无": None,
            "空": "",
            "列": [1, {"a": "b"}],
        },
        {},
        {"id": "无处", "n": 1},
    ]
    assert [row["wkb"] is None for row in found.rows] == [False, False, True]
    assert set(found.codes) == {"numbers-as-text", "numbers-rounded", "geometry-missing"}
    twice = text.replace('"n": 1', '"n": 1, "n": 2')
    with pytest.raises(SourceError) as refused:
        read(tmp_path, twice.encode(), "topojson")
    assert refused.value.code == "json-member-repeated"


def test_topojson_has_its_arcs_put_together(tmp_path: Path) -> None:
    found = read(tmp_path, json.dumps(TOPOLOGY).encode(), "topojson")
    assert (found.errors, found.findings.layer, found.findings.crs.key) == (0, "地块", "CRS84")
    one, two = (shapely.from_wkb(row["wkb"]) for row in found.rows)
    assert shapely.equals(one, shapely.box(123.40, 41.78, 123.41, 41.79))
    assert shapely.equals(two, shapely.box(123.41, 41.78, 123.42, 41.79))
    assert found.rows[0]["properties"] == {"DKMC": "一", "DLBM": "0701"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gml(member()), "gml"),
        (GPX.encode(), "gpx"),
        (json.dumps(TOPOLOGY).encode(), "topojson"),
    ],
)
def test_each_is_known_by_how_it_begins(content: bytes, name: str) -> None:
    assert recognise("a.txt", content).name == name


_TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=10)


@settings(max_examples=15, deadline=None)
@given(st.lists(_TEXTS.map(lambda text: f"名{text}"), min_size=1, max_size=3), st.booleans())
def test_gml_comes_back_as_gdal_wrote_it(names: list[str], in_metres: bool) -> None:
    areas: list[BaseGeometry] = boxes(len(names))
    if in_metres:
        areas = [
            shapely.transform(each, lambda xy: (xy - (123, 41)) * 1e5 + (533000, 4626800))
            for each in areas
        ]
    crs = CRS.EPSG_4550 if in_metres else CRS.EPSG_4490
    content = by_gdal("GML", "a.gml", areas, {"名称": names}, crs=crs.key, FORMAT="GML3.2")["a.gml"]
    with tempfile.TemporaryDirectory() as folder:  # GDAL leaves a note of the types beside it
        found = read(Path(folder), content, "gml")
    assert (found.errors, found.question) == (0, None)
    assert [row["properties"]["名称"] for row in found.rows] == names
    for row, meant in zip(found.rows, areas, strict=True):
        placed = geometry_to_storage(np.array([meant]), crs)[0]
        assert shapely.hausdorff_distance(shapely.from_wkb(row["wkb"]), placed) < 1e-8


@pytest.mark.parametrize(
    "pos",
    ["123.4 41.78x", "123,4 41,78", "123.4", "123.4 ４１.78", "nan 41.78", "123.4 41.78 1 2 3"],
)
def test_a_coordinate_that_is_no_number_is_told_with_its_line(tmp_path: Path, pos: str) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, gml(member(1), member(2, pos=pos)), "gml")
    assert refused.value.code == "markup-number"
    assert refused.value.params["line"] == 7


@pytest.mark.parametrize("pairs", ["123.4,41.78", " 123.4,41.78,5\n"])
def test_coordinates_of_gml_2_are_read(tmp_path: Path, pairs: str) -> None:
    written = member().replace("gml:pos>", "gml:coordinates>").replace("123.4 41.78", pairs)
    assert places(read(tmp_path, gml(written), "gml")) == [pytest.approx((123.4, 41.78))]
    with pytest.raises(SourceError, match="is no number"):
        read(tmp_path, gml(written.replace("41.78", "41;78")), "gml")


@pytest.mark.parametrize("half", ['lat="x"', 'lat="41,78"', ""])
def test_a_waypoint_without_a_number_is_not_put_at_0(tmp_path: Path, half: str) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, GPX.replace('lat="41.78"', half, 1).encode(), "gpx", layer=["waypoints"])
    assert refused.value.params["line"] == 3


def test_the_extent_of_a_feature_is_no_attribute(tmp_path: Path) -> None:
    extent = (
        "<gml:boundedBy><gml:Envelope><gml:lowerCorner>41.78 123.4</gml:lowerCorner>"
        "<gml:upperCorner>41.78 123.4</gml:upperCorner></gml:Envelope></gml:boundedBy>"
    )
    written = member().replace("<ogr:geometryProperty>", f"{extent}<ogr:geometryProperty>")
    (row,) = read(tmp_path, gml(written), "gml").rows
    assert row["properties"] == {"DKMC": "地块一", "DLBM": "0701"}


@pytest.mark.parametrize("wrong", [["x", 41.78], [123.4], None, [True, 41.78], "123.4,41.78"])
def test_a_position_of_a_topology_that_is_none_is_told(tmp_path: Path, wrong: object) -> None:
    point = {"type": "Point", "coordinates": wrong}
    for topology in (
        {"type": "Topology", "objects": {"a": point}, "arcs": []},
        {**TOPOLOGY, "arcs": [*TOPOLOGY["arcs"][:2], [[123.41, 41.78], wrong]]},
    ):
        with pytest.raises(SourceError) as refused:
            read(tmp_path, json.dumps(topology).encode(), "topojson")
        assert refused.value.code == "topojson-number"


def test_a_point_of_a_topology_with_a_height_keeps_its_place(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [123.4, 41.78, 55.2]}
    topology = {"type": "Topology", "objects": {"a": point}, "arcs": []}
    found = read(tmp_path, json.dumps(topology).encode(), "topojson")
    assert places(found) == [(123.4, 41.78)]
    assert "heights-dropped" in found.codes


@pytest.mark.parametrize(
    ("element", "text", "is_told"),
    [
        ("ele", "12,5", True),
        ("ele", "12.5", False),
        ("sat", "7.5", True),
        ("sat", "x", True),
        ("hdop", "1,5", True),
        ("time", "2024-2-9 8:00", True),
        ("time", "2024-02-09T00:00:00.1234567Z", True),
        ("time", "2024-02-09T08:00:00.120+08:00", False),
        ("time", "", False),
    ],
)
def test_values_of_gpx_that_gdal_cuts_or_drops_are_told(
    tmp_path: Path, element: str, text: str, is_told: bool
) -> None:
    written = GPX.replace("<ele>42.1</ele>", f"<{element}>{text}</{element}>")
    found = read(tmp_path, written.encode(), "gpx", layer=["waypoints"])
    told = [each.params for each in found.problems if each.code == "gpx-value"]
    assert told == [{"name": element, "count": 1, "line": 3, "value": text}] * is_told


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        ("ele", "12,5", 12.5),
        ("ele", " -0,125 ", -0.125),
        ("ele", "12&#x2c;25", 12.25),
        ("ele", "1,234", None),
        ("ele", "1,2,3", None),
        ("ele", "12 m", None),
        ("ele", "１２", None),
        ("ele", " ", None),
        ("hdop", "1,5", 1.5),
        ("sat", "7.5", None),
        ("sat", "7,5", None),
        ("sat", " ", None),
        ("sat", "7", 7),
    ],
)
def test_values_of_gpx_are_read_as_meant_or_missing(
    tmp_path: Path, element: str, text: str, value: float | None
) -> None:
    beside = f'<wpt lat="41.7" lon="123.4"><{element}>9</{element}><name>乙</name></wpt>'
    written = GPX.replace("<ele>42.1</ele>", f"<{element}>{text}</{element}>")
    written = written.replace("</wpt>", "</wpt>" + beside, 1)
    found = read(tmp_path, written.encode(), "gpx", layer=["waypoints"])
    rows = [row["properties"] for row in found.rows]
    assert [(row["name"], row.get(element)) for row in rows] == [("界址点", value), ("乙", 9)]


def test_elements_of_gpx_that_stand_several_times_are_told(tmp_path: Path) -> None:
    link = '<link href="http://localhost/{}"/>'
    written = GPX.replace("<ele>", "<name>甲</name>" + "".join(map(link.format, "abc")) + "<ele>")
    found = read(tmp_path, written.encode(), "gpx", layer=["waypoints"])
    told = [(each.code, each.params["name"], each.params["count"]) for each in found.problems]
    assert told == [("gpx-links-lost", "link", 1), ("gpx-extension-twice", "name", 1)]
