"""Spatial functions find what a plain loop finds, in any system and axis order."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.examples import examples
from tests.toy import at, collection, feature
from zones.cql2 import parse_filter
from zones.crs.transform import CRS, from_storage_xy
from zones.errors import CoordinateError, FilterError
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

RELATIONS = [
    "intersects",
    "equals",
    "disjoint",
    "touches",
    "within",
    "overlaps",
    "crosses",
    "contains",
]
SIDES = [(0, 0.5), (1, 0.5), (0.5, 0), (0.5, 1)]
WORLD = "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"


def fids(text: str, places: Collection, crs: CRS = CRS.CRS84) -> list[str]:
    """Return the ids of the features that a filter finds."""
    found = parse_filter(text, crs=crs).mask(places)
    return [fid for fid, is_found in zip(places.fids, found, strict=True) if is_found]


def by_loop(relation: str, places: Collection, shape: BaseGeometry) -> list[bool]:
    """Return which features are so related to the shape, looking at one after the other."""
    ask, shape = getattr(shapely, relation), as_published(shape)
    return [
        geometry is not None and bool(ask(as_published(geometry), shape))
        for geometry in places.geometries
    ]


def as_published(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry with seven decimals, with which features are published and related."""
    rounded: BaseGeometry = shapely.transform(geometry, lambda xy: np.round(xy, 7))
    return rounded


@pytest.mark.parametrize("relation", RELATIONS)
@examples(25)
@given(corners=st.tuples(*[st.integers(-4, 20)] * 4), kind=st.sampled_from(["box", "line", "bow"]))
def test_a_relation_to_a_shape_is_what_a_plain_loop_finds(
    toy: Snapshot, relation: str, corners: tuple[int, int, int, int], kind: str
) -> None:
    (west, east), (south, north) = sorted(corners[:2]), sorted(corners[2:])
    places = joined(toy)
    shape = {
        "box": shapely.box(*at(west / 4, south / 8), *at(east / 4 + 0.25, north / 8 + 0.25)),
        "line": shapely.LineString([at(west / 4, south / 8), at(east / 4 + 0.25, north / 8)]),
        "bow": shapely.Point(at(west / 4, south / 8)).buffer(1 / 64 * (north - south + 1), 2),
    }[kind]
    text = f"S_{relation.upper()}(geometry, {shapely.to_wkt(shape, rounding_precision=-1)})"
    expected = by_loop(relation, places, shape)
    assert parse_filter(text).mask(places).tolist() == expected
    # Asked after another condition, only the features that are left are looked at.
    assert parse_filter(f"NOT NOT ({text}) AND name = 'sd-1'").mask(places).tolist() == [
        related and name == "sd-1" for related, name in zip(expected, places.fids, strict=True)
    ]


def joined(toy: Snapshot) -> Collection:
    """Return the toy's polygons, lines and points as one collection."""
    ids = ("subdistricts", "borders", "sites", "axes")
    return collection("all", [each for id_ in ids for each in toy.collection(id_)])


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_order_of_the_operands_matters_only_to_within_and_contains(
    toy: Snapshot, relation: str
) -> None:
    shape = "POLYGON((123.38 41.75, 123.41 41.75, 123.41 41.77, 123.38 41.77, 123.38 41.75))"
    mirrored = {"within": "contains", "contains": "within"}.get(relation, relation)
    places = joined(toy)
    one = parse_filter(f"S_{relation}(geometry, {shape})").mask(places)
    other = parse_filter(f"S_{mirrored}({shape}, geometry)").mask(places)
    assert np.array_equal(one, other)


@pytest.mark.parametrize("crs", [CRS.CRS84, *CRS], ids=lambda crs: crs.key)
def test_literals_stand_in_the_axis_order_of_the_filters_crs(toy: Snapshot, crs: CRS) -> None:
    x, y = from_storage_xy(*at(0.5, 1.5), crs)
    first, second = (y, x) if crs.axis_order == "yx" else (x, y)
    subdistricts = toy.collection("subdistricts")
    assert fids(f"S_INTERSECTS(geometry, POINT({first!r} {second!r}))", subdistricts, crs) == [
        "sd-1"
    ]
    box = f"BBOX({first!r}, {second!r}, {first!r}, {second!r})"
    assert fids(f"S_CONTAINS(geometry, {box})", subdistricts, crs) == ["sd-1"]


@pytest.mark.parametrize("crs", [CRS.EPSG_4550, CRS.EPSG_3857, CRS.BD09], ids=lambda crs: crs.key)
def test_a_box_in_another_system_finds_what_its_place_on_earth_holds(
    toy: Snapshot, crs: CRS
) -> None:
    west, south = from_storage_xy(*at(0.1, 0.1), crs)
    east, north = from_storage_xy(*at(1.9, 1.9), crs)
    low, high = (
        ((south, west), (north, east)) if crs.axis_order == "yx" else ((west, south), (east, north))
    )
    text = f"S_INTERSECTS(geometry, BBOX({low[0]!r}, {low[1]!r}, {high[0]!r}, {high[1]!r}))"
    assert fids(text, toy.collection("subdistricts"), crs) == ["sd-1", "sd-2"]


def test_swapped_axes_are_refused_with_a_hint(toy: Snapshot) -> None:
    with pytest.raises(CoordinateError) as caught:
        fids("S_INTERSECTS(geometry, POINT(123.4 41.8))", toy.collection("sites"), CRS.EPSG_4490)
    assert caught.value.code == "coordinate-swapped"
    with pytest.raises(CoordinateError):
        fids("S_INTERSECTS(geometry, POINT(90 180))", toy.collection("sites"))


def test_a_box_across_the_antimeridian_finds_both_its_sides() -> None:
    lons = (179.5, -179.5, 170.0, 0.0, 180.0, -180.0)
    places = collection("c", [feature(str(lon), shapely.Point(lon, 0)) for lon in lons])
    found = fids("S_INTERSECTS(geometry, BBOX(175, -1, -175, 1))", places)
    assert found == ["179.5", "-179.5", "180.0", "-180.0"]
    assert fids("S_DISJOINT(geometry, BBOX(175, -1, -175, 1))", places) == ["170.0", "0.0"]


def test_a_box_and_the_polygon_of_its_corners_find_the_same(toy: Snapshot) -> None:
    places = joined(toy)
    for relation in RELATIONS:
        box = parse_filter(f"S_{relation}(geometry, BBOX(-180, -90, 180, 90))").mask(places)
        polygon = parse_filter(f"S_{relation}(geometry, {WORLD})").mask(places)
        assert np.array_equal(box, polygon)


def test_what_only_touches_the_border_of_a_box_is_not_within_it() -> None:
    places = collection(
        "c",
        [
            feature("corner", shapely.Point(1, 1)),
            feature("side", shapely.LineString([(0, 1), (1, 1)])),
            feature("whole", shapely.box(0, 0, 1, 1)),
            feature("inside", shapely.Point(0.5, 0.5)),
            feature("beyond", shapely.box(0, 0, 1, 1.5)),
            *(feature(f"at {xy}", shapely.Point(xy)) for xy in SIDES),
        ],
    )
    assert fids("S_WITHIN(geometry, BBOX(0, 0, 1, 1))", places) == ["whole", "inside"]
    assert fids("S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))", places) == list(places.fids)
    touching = fids("S_TOUCHES(geometry, BBOX(0, 0, 1, 1))", places)
    assert touching == ["corner", "side", *(f"at {xy}" for xy in SIDES)]


def test_conditions_on_several_shapes_must_all_hold(toy: Snapshot) -> None:
    places = toy.collection("subdistricts")
    (x1, y1), (x2, y2) = at(0.5, 0.5), at(2.5, 0.5)
    first, last = f"POINT({x1} {y1})", f"POINT({x2} {y2})"
    text = "S_{}(geometry, {}) AND S_{}(geometry, {}) AND name LIKE 'sd-_'"
    assert fids(text.format("DISJOINT", first, "DISJOINT", last), places) == ["sd-2"]
    assert fids(text.format("INTERSECTS", first, "DISJOINT", last), places) == ["sd-1"]
    assert fids(text.format("INTERSECTS", first, "INTERSECTS", last), places) == []


def test_a_feature_without_place_is_neither_inside_nor_outside(toy: Snapshot) -> None:
    sites = toy.collection("sites")
    for text in (f"S_INTERSECTS(geometry, {WORLD})", f"NOT S_INTERSECTS(geometry, {WORLD})"):
        assert "site-nowhere" not in fids(text, sites)
    assert "site-nowhere" not in fids("S_DISJOINT(geometry, POINT(0 0))", sites)
    assert fids("geometry IS NULL", sites) == ["site-nowhere"]


def test_shapes_and_geometries_can_be_related_among_themselves(toy: Snapshot) -> None:
    sites = toy.collection("sites")
    placed = [fid for fid in sites.fids if fid != "site-nowhere"]
    assert fids("S_EQUALS(geometry, geometry)", sites) == placed
    assert fids(
        "S_CROSSES(LINESTRING(0 0, 2 2), POLYGON((1 0, 3 0, 3 3, 1 3, 1 0)))", sites
    ) == list(sites.fids)
    assert fids("S_TOUCHES(POINT(0 0), POINT(1 1))", sites) == []


def test_multi_part_literals_are_taken_in_both_writings_of_their_points(toy: Snapshot) -> None:
    (x1, y1), (x2, y2) = at(0.5, 0.5), at(2.5, 0.5)
    for points in (
        f"MULTIPOINT({x1} {y1}, {x2} {y2})",
        f"MULTIPOINT Z(({x1} {y1} 5), ({x2} {y2} 6))",
    ):
        assert fids(f"S_INTERSECTS(geometry, {points})", toy.collection("subdistricts")) == [
            "sd-1",
            "sd-3",
        ]


@pytest.mark.parametrize(
    ("wkt", "words"),
    [
        ("POLYGON((0 0, 1 0, 1 1))", "环的首尾两点不同"),
        ("LINESTRING(1 1)", "线少于两个点"),
        ("LINESTRING(1 1, 1 1)", "点太少"),
        (
            "POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))",
            "边与边相交或重叠 / edges cross or lie on each other, 0.5",
        ),
        ("POLYGON((0 0, 1 0, 1 1, 0 0), (5 5, 6 5, 6 6, 5 5))", "洞在外环之外"),
        ("GEOMETRYCOLLECTION EMPTY", "几何为空"),
    ],
)
def test_what_is_wrong_with_a_geometry_is_told_in_our_own_words(wkt: str, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(f"S_INTERSECTS(geometry, {wkt})")
    assert words in str(caught.value.params["reason"])


@pytest.mark.parametrize("wkt", ["POINTZ(1 2 3)", "PointZM (1 2 3 4)", "POINTM(1 2 3)"])
def test_a_geometry_with_heights_is_read_without_a_space(wkt: str) -> None:
    assert parse_filter(f"S_INTERSECTS(geometry, {wkt})")


def test_a_geometry_that_names_its_own_system_is_sent_to_filter_crs() -> None:
    shape = '{"type":"Point","coordinates":[1,2],"crs":{"type":"name"}}'
    text = f'{{"op":"s_within","args":[{{"property":"geometry"}},{shape}]}}'
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang="cql2-json")
    assert "filter-crs" in str(caught.value.params["reason"])
