"""Spatial functions take a geometry collection as the union of its members, by hand."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.examples import examples
from tests.toy import collection, feature
from zones.cql2 import parse_filter
from zones.crs.transform import CRS, from_storage_xy
from zones.errors import FilterError
from zones.snapshot.collection import Collection

SQUARES = collection(
    "squares",
    [
        *(feature(f"s{n}", shapely.box(n, 0, n + 1, 1)) for n in range(4)),
        feature("point", shapely.Point(2.5, 0.5)),
        feature("line", shapely.LineString([(0.5, 0.5), (3.5, 0.5)])),
        feature("nowhere", None),
    ],
)
LEFT = "POLYGON((0 0,1 0,1 1,0 1,0 0))"
RIGHT = "POLYGON((3 0,4 0,4 1,3 1,3 0))"


def found(text: str, places: Collection = SQUARES) -> str:
    """Return the ids of the features that a filter finds, joined by blanks."""
    mask = parse_filter(text).mask(places)
    return " ".join(fid for fid, hit in zip(places.fids, mask, strict=True) if hit)


@pytest.mark.parametrize(
    ("relation", "members", "ids"),
    [
        ("S_INTERSECTS", "POINT(0.5 0.9)", "s0"),
        ("S_INTERSECTS", "POINT(0.5 0.9),POINT(2.5 0.5)", "s0 s2 point line"),
        ("S_INTERSECTS", "POINT(9 9),LINESTRING(1.5 0.2,1.5 0.8)", "s1 line"),
        ("S_INTERSECTS", f"{LEFT},POINT(9 9)", "s0 s1 line"),
        ("S_INTERSECTS", f"GEOMETRYCOLLECTION({LEFT}),POINT(2.5 0.5)", "s0 s1 s2 point line"),
        ("S_DISJOINT", f"{LEFT},POINT(9 9)", "s2 s3 point"),
        ("S_EQUALS", LEFT, "s0"),
        ("S_EQUALS", f"{LEFT},POINT(0.5 0.5)", "s0"),
        ("S_EQUALS", "LINESTRING(0.5 0.5,2 0.5),LINESTRING(2 0.5,3.5 0.5)", "line"),
        ("S_EQUALS", f"{LEFT},POINT(9 9)", ""),
        ("S_TOUCHES", f"{LEFT},POINT(9 9)", "s1"),
        ("S_TOUCHES", f"{LEFT},{RIGHT}", "s1 s2"),
        ("S_WITHIN", f"{LEFT},{RIGHT}", "s0 s3"),
        ("S_WITHIN", f"{LEFT},POINT(2.5 0.5)", "s0 point"),
        ("S_WITHIN", "LINESTRING(0 0.5,4 0.5),POINT(9 9)", "point line"),
        ("S_WITHIN", "POINT(0.5 0.5),POINT(3.5 0.5),LINESTRING(8 8,9 9)", ""),
        ("S_CONTAINS", "POINT(0.5 0.9),POINT(0.6 0.9)", "s0"),
        ("S_CONTAINS", "POINT(0.5 0.9),LINESTRING(0.2 0.2,0.8 0.2)", "s0"),
        ("S_CONTAINS", "POINT(0.5 0.9),POINT(1.5 0.9)", ""),
        ("S_OVERLAPS", "POLYGON((0.5 0,1.5 0,1.5 1,0.5 1,0.5 0)),POINT(9 9)", "s0 s1"),
        ("S_OVERLAPS", f"{LEFT},POINT(1.5 0.5)", "s1"),
        ("S_OVERLAPS", "LINESTRING(0 0.5,1 0.5),POINT(9 9)", "line"),
        ("S_TOUCHES", "LINESTRING(0 2,4 2),POINT(1 0.3)", "s0 s1"),
        ("S_CROSSES", f"{LEFT},POINT(9 9)", "line"),
        ("S_CROSSES", "LINESTRING(2.2 0,2.2 1),POINT(9 9)", "s2 line"),
        ("S_CROSSES", "LINESTRING(2.2 0.1,2.2 0.9),POINT(2.4 0.6)", "line"),
    ],
)
def test_a_collection_is_related_as_the_union_of_its_members(
    relation: str, members: str, ids: str
) -> None:
    literal = f"GEOMETRYCOLLECTION({members})"
    mirrored = {"S_WITHIN": "S_CONTAINS", "S_CONTAINS": "S_WITHIN"}.get(relation, relation)
    assert found(f"{relation}(geometry, {literal})") == ids
    assert found(f"{mirrored}({literal}, geometry)") == ids
    # After another condition only the features that are left are looked at.
    left = " ".join(each for each in ids.split() if each == "s1")
    assert found(f"id = 's1' AND {relation}(geometry, {literal})") == left


PLACES = st.tuples(st.integers(0, 4), st.integers(0, 4))
POINTS = PLACES.map(shapely.Point)
LINES = st.lists(PLACES, min_size=2, max_size=3, unique=True).map(shapely.LineString)
BOXES = st.builds(
    lambda at, w, h: shapely.box(*at, at[0] + w, at[1] + h),
    PLACES, st.integers(1, 2), st.integers(1, 2),
)  # fmt: skip


@examples(300)
@given(st.lists(POINTS | LINES | BOXES, min_size=1, max_size=4), BOXES | LINES | POINTS)
def test_a_collection_meets_and_lies_in_what_its_members_do(
    members: list[BaseGeometry], other: BaseGeometry
) -> None:
    places = collection("c", [feature("x", other)])
    literal = f"GEOMETRYCOLLECTION({','.join(each.wkt for each in members)})"
    meets = any(shapely.intersects(each, other) for each in members)
    covered = all(shapely.covered_by(each, other) for each in members)
    inside = any(shapely.within(each, other) for each in members)
    assert found(f"S_INTERSECTS(geometry, {literal})", places=places) == ("x" if meets else "")
    assert found(f"S_DISJOINT(geometry, {literal})", places=places) == ("" if meets else "x")
    contained = "x" if covered and inside else ""
    assert found(f"S_CONTAINS(geometry, {literal})", places=places) == contained
    assert found(f"S_WITHIN({literal}, geometry)", places=places) == contained
    if other.area:
        areas = shapely.union_all([each for each in members if each.area])
        within = "x" if shapely.covered_by(other, areas) else ""
        assert found(f"S_WITHIN(geometry, {literal})", places=places) == within


def test_a_collection_stands_in_the_axis_order_of_the_filters_crs() -> None:
    x, y = from_storage_xy(123.4, 41.8, CRS.EPSG_4550)
    literal = f"GEOMETRYCOLLECTION(POINT({y!r} {x!r}),POINT({y + 1e5!r} {x!r}))"
    places = collection("c", [feature("here", shapely.box(123.39, 41.79, 123.41, 41.81))])
    text = f"S_INTERSECTS(geometry, {literal})"
    assert parse_filter(text, crs=CRS.EPSG_4550).mask(places).all()


def test_features_that_are_collections_are_related_too() -> None:
    both = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)])
    places = collection("c", [feature("both", both), feature("else", shapely.Point(3, 3))])
    for literal in ("POINT(5 5)", "GEOMETRYCOLLECTION(POINT(5 5),POINT(9 9))"):
        text = f"S_INTERSECTS(geometry, {literal})"
        assert parse_filter(text).mask(places).tolist() == [True, False]


@pytest.mark.parametrize(
    ("literal", "code"),
    [
        ("GEOMETRYCOLLECTION EMPTY", "filter-geometry"),
        ("GEOMETRYCOLLECTION(POLYGON((0 0,1 1,1 0,0 1,0 0)))", "filter-geometry"),
        ("GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(1))", "filter-geometry"),
    ],
)
def test_a_collection_that_makes_no_sense_is_refused(literal: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(f"S_INTERSECTS(geometry, {literal})")
    assert caught.value.code == code


@pytest.mark.parametrize("geometries", ["5", "[5]", "[{}]", '[{"type":"Circle"}]'])
def test_a_collection_malformed_in_json_is_refused(geometries: str) -> None:
    member = f'{{"type":"GeometryCollection","geometries":{geometries}}}'
    text = f'{{"op":"s_intersects","args":[{{"property":"geometry"}},{member}]}}'
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang="cql2-json")
    assert caught.value.code == "filter-geometry"


def test_all_vertices_of_a_collection_count() -> None:
    points = ",".join(f"POINT({n / 100} 1)" for n in range(1001))
    document = ",".join(f'{{"type":"Point","coordinates":[{n},1]}}' for n in range(90))
    with pytest.raises(FilterError):
        parse_filter(f"S_INTERSECTS(geometry, GEOMETRYCOLLECTION({points}))")
    member = f'{{"type":"GeometryCollection","geometries":[{document}]}}'
    text = f'{{"op":"s_intersects","args":[{{"property":"geometry"}},{member}]}}'
    assert parse_filter(text, lang="cql2-json").properties == {"geometry"}


def test_a_feature_with_all_its_digits_is_the_one_that_is_published() -> None:
    corners = [(123.40123456789, 41.78123456789), (123.41, 41.7856789), (123.40555555, 41.79)]
    one = shapely.Polygon(corners)
    other = shapely.Polygon([corners[0], corners[2], (123.39, 41.7898765432109)])
    places = collection("c", [feature("one", one), feature("other", other)])
    text = shapely.to_wkt(one, rounding_precision=-1)
    assert found(f"S_EQUALS(geometry, {text})", places) == "one"
    assert found(f"S_TOUCHES(geometry, {text})", places) == "other"
    members = f"GEOMETRYCOLLECTION({text},POINT({corners[0][0]} {corners[0][1]}))"
    assert found(f"S_EQUALS(geometry, {members})", places) == "one"
