"""GML whose features are written alike: looked through by templates, with the same result."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from zones.errors import SourceError
from zones.formats.gdal.gml_repeated import surveyed_by_templates
from zones.formats.gdal.xml_reader import XMLSurvey
from zones.formats.gdal.xml_survey import surveyed, surveyed_in_full

RING = "<gml:posList>123.4 41.78 123.41 41.78 123.41 41.79 123.4 41.78</gml:posList>"
POLYGON = (
    '<gml:Polygon srsName="EPSG:4490" gml:id="g.{n}"><gml:exterior><gml:LinearRing>'
    f"{RING}</gml:LinearRing></gml:exterior></gml:Polygon>"
)
POINT = '<gml:Point srsName="EPSG:4490"><gml:pos>123.4 41.78</gml:pos></gml:Point>'
MEMBER = (
    '\n<gml:featureMember><layer gml:id="l.{n}">\n  <geom>{geometry}</geom>'
    "<NAME>地块{n}</NAME></layer></gml:featureMember>"
)
ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><FeatureCollection '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink">'
)
MANY = 150


def member(n: int, geometry: str = POLYGON) -> str:
    return MEMBER.replace("{geometry}", geometry).replace("{n}", str(n))


def written(path: Path, members: Sequence[str], *, inside: bool = False) -> Path:
    body = "".join(members)
    if inside:
        body = body.replace("<gml:featureMember>", "").replace("</gml:featureMember>", "")
        body = f"<gml:featureMembers>{body}</gml:featureMembers>"
    path = path / "source.gml"
    path.write_text(f"{ROOT}{body}\n</FeatureCollection>", "utf-8")
    return path


def members(*, odd: str = "", at: int = MANY - 20) -> list[str]:
    """Return polygons, one of them odd, points between them."""
    found = [member(n, POINT if n % 7 == 3 else POLYGON) for n in range(MANY)]
    if odd:
        found[at] = odd
    return found


def same(path: Path) -> XMLSurvey:
    by_templates, in_full = surveyed_by_templates(path), surveyed_in_full(path, "GML")
    assert by_templates == in_full
    assert by_templates is not None
    return by_templates


@pytest.mark.parametrize("inside", [False, True])
def test_features_in_one_element_or_in_many_are_read_alike(tmp_path: Path, inside: bool) -> None:
    assert same(written(tmp_path, members(), inside=inside)).systems == {"EPSG:4490": None}


@pytest.mark.parametrize(
    "odd",
    [
        member(9, POLYGON + POINT),
        member(9, POINT.replace("123.4 41.78", " ")),
        member(9, POLYGON.replace(RING, '<gml:exterior xlink:href="#x"/>')),
        member(9, "<gml:Solid/>"),
        member(9, POLYGON.replace("EPSG:4490", "urn:ogc:def:crs:EPSG::4490")),
        member(9, POLYGON.replace("<gml:posList>", '<gml:posList srsDimension="3">')),
        member(9).replace("<NAME>", '<NAME code="9" unit="m">'),
        member(9).replace("<NAME>", '<NAME code="9">'),
        member(9).replace("地块9", "a &amp; b &gt; c\n\n"),
        member(9, f"<gml:Curve><gml:segments><gml:Arc>{RING}</gml:Arc></gml:segments></gml:Curve>"),
    ],
    ids=range(10),
)
def test_what_is_to_be_told_is_found_with_its_line(tmp_path: Path, odd: str) -> None:
    plain = surveyed_in_full(written(tmp_path, members()), "GML")
    found = same(written(tmp_path, [*members(odd=odd), *members(odd=odd)]))
    assert found != plain or "&amp;" in odd


def test_attributes_of_every_feature_are_counted(tmp_path: Path) -> None:
    coded = [each.replace("<NAME>", '<NAME code="a" note="b">') for each in members()]
    assert same(written(tmp_path, coded)).attributes == {"code": MANY, "note": MANY}


@pytest.mark.parametrize(
    "wrong",
    [
        member(9).replace("41.79", "x"),
        member(9).replace("41.79", "NaN"),
        member(9).replace("41.79 ", ""),
        member(9).replace("41.79", "41,79"),
        member(9).replace("地块9", "&bogus;"),
        member(9).replace("地块9", "a\x07b"),
        member(9).replace("地块9", "\ufffe"),
        member(9).replace("地块9", "]]>"),
        member(9).replace("</NAME>", "</NAMES>"),
        member(9).replace('"g.9"', '"g.9'),
        member(9).replace('"g.9"', '"&x;"'),
        "<!DOCTYPE a>",
        "<gml:featureMember>",
    ],
    ids=range(13),
)
def test_a_fault_among_features_alike_is_told_as_ever(tmp_path: Path, wrong: str) -> None:
    path = written(tmp_path, members(odd=wrong))
    with pytest.raises(SourceError) as in_full:
        surveyed_in_full(path, "GML")
    with pytest.raises(SourceError) as found:
        surveyed(path, "GML")
    assert (found.value.code, found.value.params) == (in_full.value.code, in_full.value.params)


CURVE = f"<gml:LineString>{RING}</gml:LineString>"
TURNED = f"""<gml:OrientableCurve orientation="-"><gml:baseCurve>{CURVE}</gml:baseCurve>
</gml:OrientableCurve>"""
CIRCLE = """<gml:Curve><gml:segments><gml:CircleByCenterPoint><gml:pos>123.4 41.78</gml:pos>
<gml:radius uom="m">5</gml:radius></gml:CircleByCenterPoint></gml:segments></gml:Curve>"""


@pytest.mark.parametrize("geometry", [TURNED, CIRCLE], ids=["turned", "circle"])
def test_places_of_what_is_to_be_mended_are_right(tmp_path: Path, geometry: str) -> None:
    path = written(tmp_path, members(odd=member(9, geometry)))
    content, found = path.read_bytes(), surveyed(path, "GML")
    begins = [radius.begin for radius in found.radii]
    begins += [begin for lists in found.turned for begin, _ in lists]
    assert [content[begin:].startswith((b"<gml:radius", b"<gml:posList")) for begin in begins] == [
        True
    ]


def test_a_file_that_is_cut_off_is_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "source.gml"
    path.write_text(ROOT + "".join(members()), "utf-8")
    assert surveyed_by_templates(path) is None


def test_what_stands_in_comments_and_sections_is_no_feature(tmp_path: Path) -> None:
    comment = f"<!-- {member(9).replace('41.79', 'x')} -->"
    path = written(tmp_path, members(odd=comment))
    assert surveyed_by_templates(path) is None
    assert surveyed(path, "GML") == surveyed_in_full(path, "GML")


def test_a_name_within_a_value_is_no_attribute(tmp_path: Path) -> None:
    """Only whole attributes called ``id`` may differ."""
    tricky = [each.replace("<NAME>", '<NAME srsName="a id=" b="c">') for each in members()]
    tricky[-5] = tricky[-5].replace('"a id=" b="c"', '"a id=" d="c"')
    assert same(written(tmp_path, tricky)).attributes == {"b": MANY - 1, "d": 1}
