"""Texts with elements among them, in KML and GML: kept in their place, or told with their line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.format_files import kml, placemark
from tests.opened_sources import read
from tests.zones.formats.test_markup import POINT, gml, member
from zones.errors import SourceError
from zones.formats.gdal.gml_mixed_text import mixed_text


def test_markup_in_texts_of_placemarks_leaves_their_text_whole(tmp_path: Path) -> None:
    description = "<description>前<i>中</i>后<br/>第二行</description>"
    data = (
        '<ExtendedData><Data name="k"><value>一<u>二<b>三</b></u>四</value></Data></ExtendedData>'
    )
    content = kml(
        placemark("甲<b>乙</b>丙", inside=description + data),
        *(placemark(f"丁{n}", inside=data) for n in range(3)),
    )
    found = read(tmp_path, content, "kml")
    texts = [{**row["properties"]} for row in found.rows]
    assert texts[0] == {"name": "甲乙丙", "description": "前中后\n第二行", "k": "一二三四"}
    assert [each["k"] for each in texts[1:]] == ["一二三四"] * 3
    told = {
        each.params["markup"]: (each.params["count"], each.params["name"])
        for each in found.problems
        if each.code == "kml-markup-unread"
    }
    expected = dict.fromkeys(("name/b", "description/i", "description/br"), (1, "甲乙丙"))
    assert told == expected | {"value/u": (4, "甲乙丙")}


def test_data_of_the_senders_own_keep_text_beside_elements(tmp_path: Path) -> None:
    data = "<ExtendedData><v:a>外<v:b>内</v:b></v:a></ExtendedData>"
    content = kml(placemark("甲", inside=data)).replace(b"<kml ", b'<kml xmlns:v="v" ', 1)
    (row,) = read(tmp_path, content, "kml").rows
    assert row["properties"] == {"name": "甲", "a": "外", "b": "内"}


def test_text_beside_elements_of_a_gml_is_told(tmp_path: Path) -> None:
    written = member().replace("<ogr:DKMC>", "<ogr:DKMC>前<ogr:b>中</ogr:b>")
    (told,) = read(tmp_path, gml(member(2), written), "gml").problems
    assert (told.code, told.severity) == ("gml-text-mixed", "warning")
    assert (told.params["count"], told.params["element"]) == (1, "ogr:DKMC")


def test_a_second_position_of_a_point_is_named(tmp_path: Path) -> None:
    place = "<gml:pos>123.4 41.78</gml:pos>"
    point = f'<gml:Point srsName="EPSG:4490">{place}\n{place}</gml:Point>'
    with pytest.raises(SourceError) as refused:
        read(tmp_path, gml(member()).replace(POINT, point.encode(), 1), "gml")
    assert refused.value.code == "gml-element-unread"
    assert refused.value.params["element"] == "pos"


TEXTS = st.sampled_from(["", " \n", "甲", " a/b ", "<![CDATA[</x>y]]>", "<!-- > a <b -->"])
TREES = st.recursive(
    TEXTS.map(lambda text: (text, False)),
    lambda inner: st.tuples(
        TEXTS, inner, TEXTS, st.sampled_from(["<a>{}</a>", "<c k='/>'>{}</c>"])
    ).map(lambda each: _wrapped(*each)),
    max_leaves=6,
)


def _wrapped(before: str, inner: tuple[str, bool], after: str, tag: str) -> tuple[str, bool]:
    """Return an element between two texts, and whether it or one in it has text and elements."""
    return before + tag.format(inner[0]) + after, inner[1] or _is_text(before + after)


def _is_text(text: str) -> bool:
    return bool(text.replace("<!-- > a <b -->", "").strip())


@examples(200)
@given(TREES)
def test_text_is_found_wherever_it_stands_beside_elements(tree: tuple[str, bool]) -> None:
    assert (mixed_text(f"<r>{tree[0]}</r>".encode()).count > 0) == tree[1]
