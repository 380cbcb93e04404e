"""Filters in Filter Encoding find what the same filters in CQL2 find."""

import json
from typing import Any

import pytest
import shapely

from tests.toy import SOUTH, WEST, at
from zones.cql2 import parse_filter
from zones.errors import ZonesError
from zones.fes.filter_to_cql2 import filter_document
from zones.gml.safe_xml import parse_xml
from zones.model import CollectionInfo, Feature
from zones.snapshot.collection import Collection

NAMES = {"name": "甲 100%", "code": 210102001001000017, "面积 (m2)": 12.5, "built": "2023-01-12",
         "open": True, "note": None}  # fmt: skip


def parcels() -> Collection:
    """Return four parcels side by side, 1/64 of a degree wide."""
    rows: list[dict[str, Any]] = [
        NAMES,
        {**NAMES, "name": "甲_1", "code": 210102001001000018, "面积 (m2)": 20.0, "open": False},
        {**NAMES, "name": "Yi*", "built": "2024-06-30", "note": "角落"},
        {**NAMES, "name": "yi?", "面积 (m2)": None, "built": "2022-02-28"},
    ]
    boxes = [shapely.box(*at(i, 0), *at(i + 1, 1)) for i in range(4)]
    features = [
        Feature(f"p {i}", box, row) for i, (box, row) in enumerate(zip(boxes, rows, strict=True))
    ]
    return Collection(
        CollectionInfo("parcels", "地块", "Parcels", kinds=frozenset({"polygon"})), 1, features
    )


@pytest.fixture(scope="module")
def collection() -> Collection:
    return parcels()


def found(collection: Collection, filter_: str) -> str:
    """Return the numbers of the parcels that a filter lets through."""
    root = parse_xml(f"<Filter>{filter_}</Filter>".encode())
    document, crs = filter_document(root, collection)
    mask = parse_filter(json.dumps(document), lang="cql2-json", crs=crs).mask(collection)
    return "".join(str(i) for i, yes in enumerate(mask) if yes)


def compare(op: str, name: str, value: str, more: str = "") -> str:
    """Return a comparison of a property with a literal."""
    return f"<{op}{more}><ValueReference>{name}</ValueReference><Literal>{value}</Literal></{op}>"


WILD = ' wildCard="*" singleChar="?" escapeChar="!"'


def like(pattern: str, more: str = WILD) -> str:
    """Return a condition that a name is like a pattern."""
    return compare("PropertyIsLike", "name", pattern, more)


AREA = "面积_x0020__x0028_m2_x0029_"


@pytest.mark.parametrize(
    ("filter_", "cql2"),
    [
        (compare("PropertyIsEqualTo", "code", "210102001001000017"), "code = 210102001001000017"),
        (
            compare("PropertyIsNotEqualTo", "code", "210102001001000017"),
            "code <> 210102001001000017"),
        (compare("PropertyIsGreaterThan", AREA, "12.5"), '"面积 (m2)" > 12.5'),
        (compare("PropertyIsLessThanOrEqualTo", f"hz:{AREA}", "12.50"), '"面积 (m2)" <= 12.5'),
        (compare("PropertyIsEqualTo", "hz:parcels/hz:open", "true"), "open = true"),
        (compare("PropertyIsEqualTo", "built", "2023-01-12"), "built = DATE('2023-01-12')"),
        (compare("PropertyIsGreaterThanOrEqualTo", "built", "2023-01-12T"),
         "built >= '2023-01-12'"),
        (compare("PropertyIsEqualTo", "name", "YI*", ' matchCase="false"'),
         "CASEI(name) = 'yi*'"),
        (like("甲*"), "name LIKE '甲%'"),
        (like("甲 100%"), "name = '甲 100%'"),
        (like("yi!?"), "name = 'yi?'"),
        (like("甲?1", ' wildCard="*" singleChar="?" escape="!"'), "name LIKE '甲_1'"),
        (like("YI%", ' wildCard="%" singleChar="_" matchCase="false"'),
         "CASEI(name) LIKE CASEI('yi%')"),
        (like("甲**1", ' wildCard="**" singleChar="?" escapeChar="!!"'), "name LIKE '甲%1'"),
        (like("yi!!?", ' wildCard="**" singleChar="?" escapeChar="!!"'), "name = 'yi?'"),
        ("<PropertyIsNull><PropertyName>note</PropertyName></PropertyIsNull>", "note IS NULL"),
        (f"<PropertyIsBetween><ValueReference>{AREA}</ValueReference><LowerBoundary><Literal>12</Literal>"
         "</LowerBoundary><UpperBoundary><Literal>13</Literal></UpperBoundary></PropertyIsBetween>",
         '"面积 (m2)" BETWEEN 12 AND 13'),
        (f"<PropertyIsGreaterThan><Mul><PropertyName>{AREA}</PropertyName><Literal>2</Literal></Mul>"
         "<Literal>30</Literal></PropertyIsGreaterThan>", '"面积 (m2)" * 2 > 30'),
        ("<During><ValueReference>built</ValueReference><TimePeriod><beginPosition>2023-01-01"
         "</beginPosition><endPosition>2023-12-31</endPosition></TimePeriod></During>",
         "T_DURING(built, INTERVAL('2023-01-01', '2023-12-31'))"),
        ("<After><ValueReference>built</ValueReference><Literal>2023-06-01</Literal></After>",
         "T_AFTER(built, DATE('2023-06-01'))"),
        ("<After><ValueReference>built</ValueReference><g:TimeInstant xmlns:g='g'><g:timePosition>"
         "2023-06-01</g:timePosition></g:TimeInstant></After>",
         "T_AFTER(built, DATE('2023-06-01'))"),
        (f"<And>{compare('PropertyIsEqualTo', 'open', '1')}<Not>{like('y*')}</Not></And>",
         "open = true AND NOT name LIKE 'y%'"),
    ],
)  # fmt: skip
def test_a_filter_finds_what_that_of_cql2_finds(
    collection: Collection, filter_: str, cql2: str
) -> None:
    mask = parse_filter(cql2).mask(collection)
    expected = "".join(str(i) for i, yes in enumerate(mask) if yes)
    assert found(collection, filter_) == expected
    assert expected not in {"", "0123"}


def envelope(srs: str, *corners: float) -> str:
    """Return a box."""
    a, b, c, d = corners
    name = f' srsName="{srs}"' if srs else ""
    lower, upper = f"<lowerCorner>{a} {b}</lowerCorner>", f"<upperCorner>{c} {d}</upperCorner>"
    return f"<Envelope{name}>{lower}{upper}</Envelope>"


W, S = WEST + 0.001, SOUTH + 0.001


@pytest.mark.parametrize(
    "box",
    [
        envelope("urn:ogc:def:crs:EPSG::4490", S, W, S + 0.001, W + 0.001),
        envelope("", S, W, S + 0.001, W + 0.001),
        envelope("EPSG:4490", W, S, W + 0.001, S + 0.001),
        envelope("urn:ogc:def:crs:OGC:1.3:CRS84", W, S, W + 0.001, S + 0.001),
    ],
)
@pytest.mark.parametrize("op", ["BBOX", "Intersects", "Contains"])
def test_a_box_in_any_order_of_axes_finds_the_parcel_under_it(
    collection: Collection, box: str, op: str
) -> None:
    for name in ("geometry", "hz:geometry", "parcels/geometry"):
        assert (
            found(collection, f"<{op}><ValueReference>{name}</ValueReference>{box}</{op}>") == "0"
        )
    assert found(collection, f"<BBOX>{box}</BBOX>") == "0"


def test_ids_are_those_of_gml(collection: Collection) -> None:
    assert found(collection, '<ResourceId rid="parcels.p_x0020_2"/>') == "2"
    both = '<FeatureId fid="parcels.p_x0020_0"/><FeatureId fid="parcels.p_x0020_3"/>'
    assert found(collection, both) == "03"
    assert found(collection, f"<Or>{both}</Or>") == "03"
    named = compare("PropertyIsEqualTo", "@gml:id", "parcels.p_x0020_1")
    assert found(collection, named) == "1"


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        ("", "fes-operands"),
        ("<Function name='x'/>", "fes-unknown"),
        ("<DWithin><ValueReference>geometry</ValueReference></DWithin>", "fes-unknown"),
        ("<And/>", "fes-operands"),
        ("<Not/>", "fes-operands"),
        (compare("PropertyIsEqualTo", "none", "1"), "fes-property"),
        (compare("PropertyIsEqualTo", "code", "eins"), "fes-number"),
        (compare("PropertyIsEqualTo", "open", "ja"), "fes-truth"),
        (compare("PropertyIsEqualTo", "name", "a", ' matchAction="All"'), "fes-attribute"),
        ('<ResourceId rid="zones.1"/>', "fes-id"),
        (f"<BBOX><ValueReference>name</ValueReference>{envelope('', 1, 1, 2, 2)}</BBOX>",
         "fes-not-geometry"),
        ("<BBOX><Circle/></BBOX>", "gml-geometry"),
        ("<Intersects><ValueReference>geometry</ValueReference></Intersects>", "gml-geometry"),
        (f"<And><BBOX>{envelope('EPSG:4490', 1, 1, 2, 2)}</BBOX>"
         f"<BBOX>{envelope('EPSG:3857', 1, 1, 2, 2)}</BBOX></And>",
         "fes-two-systems"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(collection: Collection, filter_: str, code: str) -> None:
    with pytest.raises(ZonesError) as refused:
        found(collection, filter_)
    assert refused.value.code == code
    assert str(refused.value.text("zh")) != str(refused.value.text("en"))
