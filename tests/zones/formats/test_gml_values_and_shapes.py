"""GML: values as they stand there, and geometries that GDAL reads otherwise or not at all."""

from pathlib import Path

import pytest
import shapely

from tests.opened_sources import Read, read
from tests.zones.formats.test_markup import POINT, gml, member
from zones.errors import SourceError

PLACE = "<gml:pos>123.4 41.78</gml:pos>"
PLACES = "<gml:posList>123.4 41.78 123.41 41.79 123.42 41.78</gml:posList>"
RING = "<gml:posList>123.4 41.78 123.41 41.78 123.41 41.79 123.4 41.78</gml:posList>"


def values(tmp_path: Path, *codes: str) -> Read:
    return read(tmp_path, gml(*(member(n, code=code) for n, code in enumerate(codes))), "gml")


def shaped(tmp_path: Path, geometry: str) -> Read:
    content = gml(member(), member(2)).replace(POINT, geometry.encode(), 1)
    return read(tmp_path, content, "gml")


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["99999999999999999999", "5"], ["99999999999999999999", 5]),
        (["-9223372036854775809", "1.5"], ["-9223372036854775809", 1.5]),
        (["9223372036854775807", "+7"], [9223372036854775807, 7]),
        (["18446744073709551615", "9223372036854775809"], [2**64 - 1, 2**63 + 1]),
        (["2024-02-29", "5"], ["2024-02-29", "5"]),
        (["true", "5"], [True, "5"]),
        (["true", "false"], [True, False]),
    ],
)
def test_values_arrive_as_they_stand_there(
    tmp_path: Path, codes: list[str], found: list[object]
) -> None:
    answer = values(tmp_path, *codes)
    assert [row["properties"]["DLBM"] for row in answer.rows] == found
    as_text = [each for each in answer.problems if each.code == "numbers-as-text"]
    is_beyond = isinstance(found[0], str) and codes[0].lstrip("-").isdigit()
    assert [(each.feature, each.field) for each in as_text] == [(1, "DLBM")] * is_beyond


@pytest.mark.parametrize(
    "segment",
    ["CubicSpline", "BSpline", "Bezier", "Clothoid", "OffsetCurve", "ArcStringByBulge", "Foo"],
)
def test_curves_that_cannot_be_read_are_named_with_their_line(tmp_path: Path, segment: str) -> None:
    curve = f"""<gml:Curve srsName="EPSG:4490"><gml:segments>
    <gml:{segment}>{PLACES}</gml:{segment}></gml:segments></gml:Curve>"""
    with pytest.raises(SourceError) as refused:
        shaped(tmp_path, curve)
    assert refused.value.code == "gml-element-unread"
    assert refused.value.params == {"element": segment, "line": 5}


@pytest.mark.parametrize(
    ("element", "inside"),
    [
        ("Cone", "<gml:Surface srsName='EPSG:4490'><gml:patches>{}</gml:patches></gml:Surface>"),
        ("PolyhedralSurface", "{}"),
    ],
)
def test_surfaces_that_cannot_be_read_are_named(tmp_path: Path, element: str, inside: str) -> None:
    patch = f"<gml:exterior><gml:LinearRing>{RING}</gml:LinearRing></gml:exterior>"
    patches = f"<gml:patches><gml:Triangle>{patch}</gml:Triangle></gml:patches>"
    whole = inside.format(f"<gml:{element} srsName='EPSG:4490'>{patches}</gml:{element}>")
    with pytest.raises(SourceError) as refused:
        shaped(tmp_path, whole)
    assert (refused.value.code, refused.value.params["element"]) == ("gml-element-unread", element)


@pytest.mark.parametrize("place", ["<gml:pos/>", "<gml:pos> </gml:pos>", "<gml:coordinates/>"])
@pytest.mark.parametrize("is_one_of_two", [False, True])
def test_points_without_a_position_are_not_put_at_0(
    tmp_path: Path, place: str, is_one_of_two: bool
) -> None:
    point = f"<gml:Point srsName='EPSG:4490'>{place}</gml:Point>"
    if is_one_of_two:
        other = point.replace(place, PLACE)
        parts = (f"<gml:pointMember>{each}</gml:pointMember>" for each in (point, other))
        point = f"<gml:MultiPoint srsName='EPSG:4490'>{''.join(parts)}</gml:MultiPoint>"
    found = shaped(tmp_path, point)
    (told,) = (each for each in found.problems if each.code == "gml-points-empty")
    assert told.params == {"count": 1, "line": 4}
    first = found.rows[0]["wkb"]
    assert first is None or shapely.from_wkb(first).wkt == "MULTIPOINT ((123.4 41.78))"
    assert (first is None) is not is_one_of_two


@pytest.mark.parametrize(
    ("geometry", "value"),
    [
        ("<gml:coord><gml:X>123.4</gml:X><gml:Y>41,78</gml:Y></gml:coord>", "41,78"),
        ("<gml:coord><gml:X>123.4x</gml:X><gml:Y>41.78</gml:Y></gml:coord>", "123.4x"),
        ('<gml:coordinates decimal="." cs="," ts=" ">123.4x,41.78</gml:coordinates>', "123.4x,41"),
        ('<gml:coordinates decimal="," cs=" " ts=";">123,4 41,7x</gml:coordinates>', "123.4,41.7x"),
    ],
)
def test_coordinates_of_gml_2_that_are_no_numbers_are_told(
    tmp_path: Path, geometry: str, value: str
) -> None:
    with pytest.raises(SourceError) as refused:
        shaped(tmp_path, f"<gml:Point srsName='EPSG:4490'>{geometry}</gml:Point>")
    assert refused.value.code == "markup-number"
    assert str(refused.value.params["value"]).startswith(value)
    assert refused.value.params["line"] == 4


def test_separators_of_gml_2_are_read(tmp_path: Path) -> None:
    places = '<gml:coordinates decimal="," cs=" " ts=";">123,4 41,78;123,41 41,79</gml:coordinates>'
    found = shaped(tmp_path, f"<gml:LineString srsName='EPSG:4490'>{places}</gml:LineString>")
    assert shapely.from_wkb(found.rows[0]["wkb"]).wkt == "LINESTRING (123.4 41.78, 123.41 41.79)"


def test_several_geometries_of_one_feature_are_told(tmp_path: Path) -> None:
    label = "<ogr:label><gml:Point srsName='EPSG:4490'>" + PLACE + "</gml:Point></ogr:label>"
    content = gml(member(), member(2)).replace(b"<ogr:DKMC>", label.encode() + b"<ogr:DKMC>")
    (told,) = read(tmp_path, content, "gml").problems
    assert (told.code, told.severity) == ("gml-geometries-several", "warning")
    assert told.params == {"count": 2, "line": 5, "names": "ogr:geometryProperty, ogr:label"}


def test_attributes_and_references_that_become_no_fields_are_told(tmp_path: Path) -> None:
    written = member().replace("<ogr:DKMC>", "<ogr:DKMC status='old' uom='m2'>")
    (told,) = read(tmp_path, gml(written), "gml").problems
    assert (told.code, told.params) == ("gml-attributes", {"names": "status", "count": 1})


@pytest.mark.parametrize(
    ("root", "is_told"),
    [
        ("numberMatched='99' numberReturned='1'", True),
        ("numberMatched='1' numberReturned='1'", False),
        ("numberMatched='unknown' numberReturned='1' next='http://localhost/2'", True),
    ],
)
def test_part_of_what_a_service_has_is_told(tmp_path: Path, root: str, is_told: bool) -> None:
    opened = f"<ogr:FeatureCollection {root} ".encode()
    content = gml(member()).replace(b"<ogr:FeatureCollection ", opened)
    assert ("service-gave-part" in read(tmp_path, content, "gml").codes) is is_told


def test_solids_among_others_are_told_by_kind(tmp_path: Path) -> None:
    patch = f"<gml:exterior><gml:LinearRing>{RING}</gml:LinearRing></gml:exterior>"
    shell = f"""<gml:Solid srsName='EPSG:4490'><gml:exterior><gml:CompositeSurface>
    <gml:surfaceMember><gml:Polygon>{patch}</gml:Polygon></gml:surfaceMember>
    </gml:CompositeSurface></gml:exterior></gml:Solid>"""
    (told,) = shaped(tmp_path, shell).problems
    assert (told.code, told.feature) == ("geometry-kind-unread", 1)
    assert told.params == {"kind": "PolyhedralSurface"}


TURNED = """<gml:OrientableCurve srsName="EPSG:4490" orientation="-"><gml:baseCurve>{}
</gml:baseCurve></gml:OrientableCurve>"""
POINTS = (
    "<gml:pos>123.4 41.78</gml:pos><gml:pos>123.41 41.79</gml:pos><gml:pos>123.42 41.78</gml:pos>"
)
SEGMENTS = "<gml:Curve><gml:segments>{}</gml:segments></gml:Curve>"
SEGMENT = f"<gml:LineStringSegment>{PLACES}</gml:LineStringSegment>"
LINE = f"<gml:LineString>{PLACES}</gml:LineString>"


def first_place(found: Read) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shapely.from_wkb(found.rows[0]["wkb"]))[0]
    return x, y


@pytest.mark.parametrize(
    ("base", "is_turned"),
    [
        (LINE, True),
        (f"<gml:LineString>{POINTS}</gml:LineString>", True),
        (SEGMENTS.format(SEGMENT), True),
        (TURNED.format(LINE), False),
        (TURNED.format(TURNED.format(LINE)), True),
    ],
)
def test_curves_against_their_coordinates_are_turned(
    tmp_path: Path, base: str, is_turned: bool
) -> None:
    found = shaped(tmp_path, TURNED.format(base))
    assert first_place(found) == (123.42 if is_turned else 123.4, 41.78)
    assert "gml-curves-unturned" not in found.codes


def test_curves_that_cannot_be_turned_are_told(tmp_path: Path) -> None:
    found = shaped(tmp_path, TURNED.format(SEGMENTS.format(SEGMENT + SEGMENT)))
    told = [each.params for each in found.problems if each.code == "gml-curves-unturned"]
    assert told == [{"count": 1, "line": 4}]


CIRCLE = """<gml:Curve srsName="{srs}"><gml:segments><gml:CircleByCenterPoint numArc="1">
<gml:pos>{pos}</gml:pos><gml:radius uom="{uom}">{radius}</gml:radius></gml:CircleByCenterPoint>
</gml:segments></gml:Curve>"""
URN = ("urn:ogc:def:crs:EPSG::4490", "41.78 123.4")
SHORT = ("EPSG:4490", "123.4 41.78")
METRES = ("EPSG:4550", "533000 4626800")


@pytest.mark.parametrize(
    ("system", "uom", "radius"),
    [
        *((URN, uom, "50") for uom in ("m", "#m", "metre", "urn:ogc:def:uom:EPSG::9001")),
        (URN, "km", "0.05"),
        (URN, "deg", "0.00045"),
        (SHORT, "urn:ogc:def:uom:EPSG::9102", "0.00045"),
        (METRES, "urn:ogc:def:uom:EPSG::9001", "50"),
    ],
)
def test_radii_are_read_in_their_units(
    tmp_path: Path, system: tuple[str, str], uom: str, radius: str
) -> None:
    curve = CIRCLE.format(srs=system[0], pos=system[1], uom=uom, radius=radius)
    content = gml(member()).replace(POINT, curve.encode(), 1)
    found = read(tmp_path, content, "gml")
    _, south, _, north = shapely.bounds(shapely.from_wkb(found.rows[0]["wkb"]))
    assert (north - south) * 111_100 == pytest.approx(100, abs=1)


@pytest.mark.parametrize(
    ("system", "uom"),
    [(SHORT, "m"), (SHORT, "#m"), (URN, "furlong"), (METRES, "deg"), (METRES, "furlong")],
)
def test_radii_that_gdal_would_take_in_another_unit_are_refused(
    tmp_path: Path, system: tuple[str, str], uom: str
) -> None:
    curve = CIRCLE.format(srs=system[0], pos=system[1], uom=uom, radius="50")
    with pytest.raises(SourceError) as refused:
        read(tmp_path, gml(member()).replace(POINT, curve.encode(), 1), "gml")
    told = {"element": "CircleByCenterPoint", "line": 5, "unit": uom}
    assert (refused.value.code, refused.value.params) == ("gml-radius", told)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<N>1</N><N>2</N>", [1, 2]),
        ("<N>1.5</N><N>2</N>", [1.5, 2]),
        ("<N>a</N><N>b</N>", ["a", "b"]),
    ],
)
def test_values_of_elements_that_stand_several_times_are_lists(
    tmp_path: Path, written: str, found: list[object]
) -> None:
    content = gml(member().replace("</ogr:DLTB>", f"{written}</ogr:DLTB>"))
    answer = read(tmp_path, content, "gml")
    assert answer.rows[0]["properties"]["N"] == found
