"""Placemarks that are written alike: read by templates, with the same result."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zones.errors import SourceError
from zones.formats.kml.elements import KMLElement
from zones.formats.kml.walk import Step, walk, walk_in_full

MANY = 40
ROOT = '<?xml version="1.0" encoding="UTF-8"?>\n<kml><Document>{}\n</Document></kml>'
RING = "123.4,41.78 123.41,41.78 123.41,41.79 123.4,41.78"


def placemark(n: int = 9) -> str:
    return f"""
  <Placemark id="p.{n}"><name>地块{n}</name><visibility>{n % 2}</visibility>
    <Style><LineStyle><color>ff0000ff</color></LineStyle></Style>
    <ExtendedData><Data name="A"><value>{n}</value></Data>
    <SchemaData schemaUrl="#s"><SimpleData name="B"> {n} </SimpleData></SchemaData></ExtendedData>
    <Polygon id="g{n}"><outerBoundaryIs><LinearRing><coordinates>{RING}
      </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"""


def document(*, odd: str = "") -> bytes:
    placemarks = [placemark(n) for n in range(MANY)]
    if odd:
        placemarks[MANY - 9] = odd
    return ROOT.format("".join(placemarks)).encode()


def content(element: KMLElement, *, is_inner: bool = False) -> tuple[Any, ...]:
    """Return all of an element but the ids of those in it, which have no meaning."""
    children = [content(each, is_inner=True) for each in element.children]
    names = element.attributes.keys() - ({"id"} if is_inner else set())
    attributes = {name: element.attributes[name] for name in names}
    return element.name, attributes, element.text, children


def met(steps: Iterator[Step]) -> tuple[Any, ...]:
    """Return all placemarks, and what was met beside them."""
    found = []
    for outline, placemarks in steps:
        found += [(each.container, content(each.element)) for each in placemarks]
        last = outline
    containers = [
        (each.kind, each.parent, [content(one) for one in each.elements])
        for each in last.containers
    ]
    return found, containers, last.links, last.unread, last.hidden, last.foreign


def both(tmp_path: Path, text: bytes) -> tuple[Any, ...]:
    path = tmp_path / "source.kml"
    path.write_bytes(text)
    by_templates = met(walk(path))
    assert by_templates == met(walk_in_full(text))
    return by_templates


def test_placemarks_alike_have_their_own_texts(tmp_path: Path) -> None:
    placemarks, _, _, _, hidden, _ = both(tmp_path, document())
    assert [each[1]["id"] for _, each in placemarks] == [f"p.{n}" for n in range(MANY)]
    assert hidden == MANY // 2


def test_elements_of_placemarks_alike_are_filled_again(tmp_path: Path) -> None:
    path = tmp_path / "source.kml"
    path.write_bytes(document())
    elements = [id(each.element) for _, placemarks in walk(path) for each in placemarks]
    assert elements.count(elements[-1]) == MANY - 2


@pytest.mark.parametrize(
    "odd",
    [
        placemark().replace("地块9", "a &amp; b"),
        placemark().replace("地块9", "<![CDATA[a <b>]]>"),
        placemark().replace("地块9", "一\r\n二"),
        placemark().replace("<name>地块9</name>", "<name/>"),
        placemark().replace("<name>", "\n\n<name>"),
        placemark().replace(' id="p.9"', ""),
        placemark().replace("</Placemark>", "<a:b>1</a:b></Placemark>") * 3,
        placemark().replace("</Placemark>", "一<Point/>二</Placemark>") * 3,
        placemark().replace("<Placemark", "</Document><Document><Placemark") * 3,
        f"<Folder><name>甲</name>{placemark() * 3}</Folder>{placemark()}",
        f"<!-- {placemark()} -->",
        "<GroundOverlay/><NetworkLink><href>b</href></NetworkLink>",
        placemark().replace("\n", "\r\n") * 4,
        placemark().replace("地块9", "\ue0000") * 4,
        "<Folder>" * 90 + placemark() * 3 + "</Folder>" * 90,
    ],
    ids=range(15),
)
def test_what_is_written_otherwise_is_read_as_ever(tmp_path: Path, odd: str) -> None:
    assert both(tmp_path, document(odd=odd)) != both(tmp_path, document())


@pytest.mark.parametrize(
    "wrong",
    [
        placemark().replace("地块9", "&bogus;"),
        placemark().replace("地块9", "a\x07b"),
        placemark().replace("地块9", "\uffff"),
        placemark().replace("地块9", "]]>"),
        placemark().replace("</name>", "</names>"),
        placemark().replace('"p.9"', '"p.9'),
        "<!DOCTYPE a>",
        "<Placemark>",
        "<Folder>" * 97 + placemark() * 3 + "</Folder>" * 97,
    ],
    ids=range(9),
)
def test_a_fault_among_placemarks_alike_is_told_as_ever(tmp_path: Path, wrong: str) -> None:
    text = document(odd=wrong)
    with pytest.raises(SourceError) as in_full:
        met(walk_in_full(text))
    with pytest.raises(SourceError) as found:
        both(tmp_path, text)
    assert (found.value.code, found.value.params) == (in_full.value.code, in_full.value.params)


def test_a_file_that_is_cut_off_is_at_fault(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        both(tmp_path, document().partition(b"\n</Document>")[0])
