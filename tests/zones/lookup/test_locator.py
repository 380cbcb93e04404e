"""Where is this point: the toy district by hand, the seed by oracle, the promises by name."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Point, Polygon

from tests.toy import SOUTH, UNIT, WEST, at, feature, line, ring, square, toy_snapshot
from zones.crs.transform import CRS, PLANE, from_storage_xy, to_plane, to_storage_xy
from zones.errors import CoordinateError
from zones.lookup.answer import Placement
from zones.lookup.locator import BORDER_REPORTED_WITHIN_M, Locator, build_locator
from zones.model import CollectionInfo, Delta, Feature
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import accuracy_m

# At 41.75 N a unit is 1/64 of 111 075 m northward and of 83 170 m eastward (a degree of meridian
# and of parallel on the ellipsoid, from any table); the plane differs by 13 ppm.
NORTH_M, EAST_M = 1735.5, 1299.5


def _locate(snapshot: Snapshot, x: float, y: float) -> Placement:
    return snapshot.derived(build_locator).locate(*at(x, y))


def _by(placement: Placement) -> dict[str, tuple[str, ...]]:
    return {zone.id: zone.by for zone in placement.zones}


def test_point_inside_a_zone_is_in_it_by_both_meanings(toy: Snapshot) -> None:
    placement = _locate(toy, 0.5, 0.5)
    assert _by(placement) == {"zone-a": ("bounds", "administration")}
    assert placement.primary == "zone-a"
    assert placement.inside_district
    assert placement.certain
    assert placement.conflicts == ()


def test_point_in_the_river_is_in_no_zone_by_bounds_and_in_one_by_administration(
    toy: Snapshot,
) -> None:
    placement = _locate(toy, 2.5, 0.5)
    assert _by(placement) == {"zone-b": ("administration",)}
    assert placement.primary == "zone-b"
    assert [belt.inside for belt in placement.belts] == [True]
    assert [(c.id, c.claims) for c in placement.conflicts] == [("c17", ())]
    assert not placement.certain


def test_point_on_a_shared_border_names_both_zones_in_the_plans_order(toy: Snapshot) -> None:
    placement = _locate(toy, 2, 1.5)
    assert _by(placement) == {"zone-a": ("bounds", "administration"), "zone-b": ("administration",)}
    assert placement.primary == "zone-a"
    assert not placement.certain


def test_primary_on_a_border_is_the_zone_that_also_holds_it_by_bounds() -> None:
    first_by_order = feature("zone-a", square(0, 0, 1, 2), order=1)
    last_by_order = feature("zone-b", square(1.5, 0, 4, 2), order=2)
    snapshot = toy_snapshot(zones=[first_by_order, last_by_order])
    assert _locate(snapshot, 2, 1.5).primary == "zone-b"


def test_primary_outside_every_subdistrict_is_by_bounds() -> None:
    snapshot = toy_snapshot(subdistricts=[])
    assert _locate(snapshot, 0.5, 0.5).primary == "zone-a"
    assert _by(_locate(snapshot, 0.5, 0.5)) == {"zone-a": ("bounds",)}
    assert _locate(snapshot, 2.5, 0.5).primary is None


def test_one_ulp_off_the_border_is_in_one_zone_only(toy: Snapshot) -> None:
    lon, lat = at(2, 1.5)
    locator = toy.derived(build_locator)
    west = locator.locate(np.nextafter(lon, 0), lat)
    east = locator.locate(np.nextafter(lon, 200), lat)
    assert (west.primary, len(west.zones)) == ("zone-a", 1)
    assert (east.primary, len(east.zones)) == ("zone-b", 1)


def test_point_in_a_disputed_block_has_one_primary_names_the_conflict_and_is_not_certain(
    toy: Snapshot,
) -> None:
    placement = _locate(toy, 1.5, 0.5)
    assert placement.primary == "zone-a"
    assert [(c.id, c.title, c.claims) for c in placement.conflicts] == [
        ("c04", "重叠", ("zone-a", "zone-b"))
    ]
    assert not placement.certain


def test_nearest_border_is_measured_in_metres_of_the_plane(toy: Snapshot) -> None:
    border = _locate(toy, 0.25, 1).nearest_border
    assert border is not None
    assert border.distance_m == pytest.approx(0.25 * EAST_M, rel=1e-3)
    assert (border.id, border.accuracy_m, border.between) == ("west", 20, ("zone-a", "outside"))


def test_nearest_border_passes_over_lines_between_subdistricts_of_one_zone(toy: Snapshot) -> None:
    border = _locate(toy, 0.9, 1.7).nearest_border
    assert border is not None
    assert border.id == "north-a"
    assert border.distance_m == pytest.approx(0.3 * NORTH_M, rel=1e-3)


def test_nearer_to_a_border_than_its_accuracy_is_not_certain(toy: Snapshot) -> None:
    assert not _locate(toy, 15 / EAST_M, 1).certain
    assert _locate(toy, 25 / EAST_M, 1).certain


def test_farther_border_of_worse_accuracy_makes_uncertain_as_well(toy: Snapshot) -> None:
    placement = _locate(toy, 2 - 290 / EAST_M, 2 - 100 / NORTH_M)
    assert placement.nearest_border is not None
    assert placement.nearest_border.id == "north-a"
    assert placement.nearest_border.distance_m > 20
    assert not placement.certain
    assert _locate(toy, 2 - 310 / EAST_M, 2 - 100 / NORTH_M).certain


def test_subdistrict_is_uncertain_near_its_own_border_where_the_zone_is_certain(
    toy: Snapshot,
) -> None:
    placement = _locate(toy, 1 - 40 / EAST_M, 1.2)
    assert placement.certain
    assert placement.subdistrict is not None
    assert (placement.subdistrict.id, placement.subdistrict.certain) == ("sd-1", False)
    beyond = _locate(toy, 1 - 60 / EAST_M, 1.2).subdistrict
    assert beyond is not None
    assert beyond.certain


def test_bank_that_lies_within_one_subdistrict_leaves_the_subdistrict_certain(
    toy: Snapshot,
) -> None:
    placement = _locate(toy, 3 + 10 / EAST_M, 1)
    assert not placement.certain
    assert placement.subdistrict is not None
    assert placement.subdistrict.certain


def test_subdistrict_on_a_border_is_the_one_with_the_lowest_code(toy: Snapshot) -> None:
    placed = _locate(toy, 1, 1.2).subdistrict
    assert placed is not None
    assert (placed.id, placed.certain) == ("sd-1", False)


def test_handover_puts_the_subdistrict_in_doubt_and_overlap_does_not(toy: Snapshot) -> None:
    handover, overlap = _locate(toy, 0.25, 1.75), _locate(toy, 1.5, 0.5)
    assert handover.subdistrict is not None
    assert overlap.subdistrict is not None
    assert not handover.subdistrict.certain
    assert overlap.subdistrict.certain


def test_axis_is_as_near_as_its_nearest_part_which_says_whether_it_is_schematic(
    toy: Snapshot,
) -> None:
    traced, schematic = (_locate(toy, x, 1.5).axes[0] for x in (0.5, 3.5))
    assert traced.distance_m == pytest.approx(0.5 * NORTH_M, rel=1e-3)
    assert traced.part is not None
    assert schematic.part is not None
    assert (traced.part.id, traced.part.schematic) == ("west", False)
    assert (schematic.part.id, schematic.part.schematic) == ("east", True)


def test_belt_is_told_with_the_distance_to_its_corridor_and_its_lines(toy: Snapshot) -> None:
    belt = _locate(toy, 0.25, 1).belts[0]
    assert not belt.inside
    assert belt.distance_m == pytest.approx(2 * EAST_M, rel=1e-3)
    assert dict(belt.lines_m)["centre"] == pytest.approx(2.25 * EAST_M, rel=1e-3)
    assert _locate(toy, 2.5, 1).belts[0].distance_m == 0


def test_belt_that_holds_the_point_is_told_outside_the_district_too(toy: Snapshot) -> None:
    placement = _locate(toy, 2.5, 2.5)
    assert not placement.inside_district
    assert placement.axes == ()
    assert [belt.inside for belt in placement.belts] == [True]
    assert _locate(toy, 2, 2.5).belts == ()


def test_border_is_told_up_to_five_kilometres_from_the_district(toy: Snapshot) -> None:
    far = BORDER_REPORTED_WITHIN_M / EAST_M
    within, beyond = _locate(toy, 0.99 - far, 1), _locate(toy, -1.01 * far, 1)
    assert within.nearest_border is not None
    assert within.zones == ()
    assert beyond.nearest_border is None


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(116.4, 39.9), (-57.0, -41.8), (-57.0, 41.8), (33.0, 0.0), (0.0, 0.0), (180.0, 90.0)],
)
def test_point_far_away_has_empty_lists_and_is_certain(
    locator: Locator, lon: float, lat: float
) -> None:
    placement = locator.locate(lon, lat)
    assert (placement.zones, placement.axes, placement.belts) == ((), (), ())
    assert (placement.primary, placement.subdistrict) == (None, None)
    assert placement.nearest_border is None
    assert not placement.inside_district
    assert placement.certain


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 41.8), (123.4, float("inf")), (41.8, 123.4), (200, 40)]
)
def test_impossible_coordinates_are_refused(locator: Locator, lon: float, lat: float) -> None:
    with pytest.raises(CoordinateError):
        locator.locate(lon, lat)
    with pytest.raises(CoordinateError):
        locator.locate_many([123.4, lon], [41.8, lat])


def test_json_has_the_shape_of_the_contract(toy: Snapshot) -> None:
    told = orjson.loads(orjson.dumps(_locate(toy, 0.25, 1).as_json()))
    assert list(told) == [
        *("point", "inside_district", "primary", "zones", "subdistrict", "axes", "belts"),
        *("nearest_border", "conflicts", "certain", "revision"),
    ]
    assert told["point"] == {"lon": WEST + UNIT / 4, "lat": SOUTH + UNIT, "crs": "EPSG:4490"}
    assert told["zones"][0]["by"] == ["bounds", "administration"]
    assert told["nearest_border"]["distance_m"] == pytest.approx(325, abs=1)
    assert told["nearest_border"]["distance_m"] == round(told["nearest_border"]["distance_m"], 1)
    assert told["revision"] == 1


def test_json_of_a_disputed_place_tells_the_conflict_and_the_resolution(locator: Locator) -> None:
    told = locator.locate(123.39, 41.735).as_json()
    (conflict,) = told["conflicts"]
    assert conflict["id"] == "c04"
    assert conflict["claims"] == ["zone-changbaidao", "zone-manrong"]
    assert "第五区" in conflict["resolution"]
    assert (told["primary"], told["certain"]) == ("zone-changbaidao", False)


def test_json_of_a_place_far_away_is_empty(locator: Locator) -> None:
    told = locator.locate(116.4, 39.9).as_json()
    assert [key for key, value in told.items() if value == []] == [
        *("zones", "axes", "belts", "conflicts")
    ]
    assert [key for key, value in told.items() if value is None] == [
        *("primary", "subdistrict", "nearest_border")
    ]


def test_json_of_axes_without_described_parts_names_no_part() -> None:
    bare = toy_snapshot(axes=[feature("axis-x", line((0, 1), (4, 1)))])
    assert _locate(bare, 0.5, 1.5).as_json()["axes"][0]["part"] is None


def test_point_tells_the_system_it_was_given_in_unless_that_is_degrees(toy: Snapshot) -> None:
    locator = toy.derived(build_locator)
    lon, lat = at(0.5, 0.5)
    assert locator.locate(lon, lat, source_crs=CRS.GCJ02).as_json()["point"]["given"] == "gcj02"
    for degrees in (None, CRS.CRS84, CRS.EPSG_4490):
        assert "given" not in locator.locate(lon, lat, source_crs=degrees).as_json()["point"]


def test_replaced_zones_are_known_by_their_names_and_may_lack_everything_else() -> None:
    renamed = Feature("OBJECT.7", square(0, 0, 2, 2), {"name": "zone-a名"})
    foreign = Feature("OBJECT.8", square(3, 0, 4, 2), {})
    snapshot = toy_snapshot(zones=[foreign, renamed])
    assert _by(_locate(snapshot, 0.5, 0.5)) == {"zone-a": ("bounds", "administration")}
    assert _by(_locate(snapshot, 3.5, 0.5)) == {
        "zone-b": ("administration",),
        "OBJECT.8": ("bounds",),
    }
    assert _locate(snapshot, 3.5, 0.5).primary == "zone-b"


def test_replaced_subdistricts_are_known_by_code_and_name() -> None:
    bare = [
        Feature("row 1", square(0, 0, 1, 2), {"code": "1"}),
        Feature("row 4", square(1, 0, 2, 2), {"code": 2.0}),
        Feature("row 2", square(2, 0, 4, 2), {"name": "3街道"}),
        Feature("row 3", square(5, 0, 6, 2), {"name": 12}),
    ]
    snapshot = toy_snapshot(subdistricts=bare)
    assert _locate(snapshot, 0.5, 0.5).primary == "zone-a"
    assert _locate(snapshot, 1.5, 1.5).primary == "zone-a"
    assert _locate(snapshot, 2.5, 0.5).primary == "zone-b"
    assert _locate(snapshot, 5.5, 0.5).primary is None


def test_store_without_any_layer_still_answers() -> None:
    placement = Snapshot(0, {}, toy_snapshot().plan).derived(build_locator).locate(123.4, 41.8)
    assert placement.zones == ()
    assert placement.nearest_border is None
    assert not placement.inside_district


def test_features_without_geometry_hold_nothing() -> None:
    nothing = [feature("zone-a", None), feature("zone-b", Polygon())]
    replaced = dict.fromkeys(("zones", "disputes", "axes", "belts", "district"), nothing)
    placement = _locate(toy_snapshot(**replaced), 0.5, 0.5)
    assert _by(placement) == {"zone-a": ("administration",)}
    assert (placement.axes, placement.belts, placement.conflicts) == ((), (), ())


@st.composite
def _layers(draw: st.DrawFn) -> list[Polygon]:
    corner = st.integers(0, 8)
    triangles = draw(st.lists(st.tuples(*[st.tuples(corner, corner)] * 3), min_size=1, max_size=8))
    return [polygon for t in triangles if (polygon := ring(*t)).is_valid and polygon.area > 0]


@given(polygons=_layers(), x=st.integers(0, 16), y=st.integers(0, 16))
def test_zones_are_a_plain_loop_over_intersects_on_random_polygons(
    polygons: list[Polygon], x: int, y: int
) -> None:
    zones = [feature(f"random-{i}", polygon) for i, polygon in enumerate(polygons)]
    locator = build_locator(toy_snapshot(zones=zones, subdistricts=[]))
    lon, lat = at(x / 2, y / 2)
    expected = [f"random-{i}" for i, p in enumerate(polygons) if p.intersects(Point(lon, lat))]
    assert [zone.id for zone in locator.locate(lon, lat).zones] == expected


def _seed_points(snapshot: Snapshot) -> NDArray[np.float64]:
    """Return random points, every vertex of zones and subdistricts, and points on their edges."""
    rng = np.random.default_rng(4490)
    outlines = shapely.boundary(
        np.concatenate([snapshot.collection(c).geometries for c in ("zones", "subdistricts")])
    )
    vertices = shapely.get_coordinates(outlines)
    middles = (vertices[1:] + vertices[:-1]) / 2
    spread = rng.uniform((123.3, 41.65), (123.46, 41.84), (1500, 2))
    return np.concatenate([spread, vertices, middles, vertices + 1e-12, vertices - 1e-12])


def test_every_answer_on_the_seed_is_shapelys(locator: Locator, seeded_snapshot: Snapshot) -> None:
    points = _seed_points(seeded_snapshot)
    zones = seeded_snapshot.collection("zones")
    subdistricts = seeded_snapshot.collection("subdistricts")
    for placement in locator.locate_many(points[:, 0], points[:, 1]):
        point = Point(placement.lon, placement.lat)
        bounds = {f.fid for f in zones if shapely.intersects(f.geometry, point)}
        holding = [f for f in subdistricts if shapely.intersects(f.geometry, point)]
        administration = {str(f.properties["zone"]) for f in holding}
        assert {z.id for z in placement.zones if "bounds" in z.by} == bounds
        assert {z.id for z in placement.zones if "administration" in z.by} == administration
        first = min(holding, key=lambda f: f.fid).fid if holding else None
        assert (placement.subdistrict and placement.subdistrict.id) == first


def _zone_borders(snapshot: Snapshot) -> list[Feature]:
    borders = snapshot.collection("borders")
    return [f for f in borders if f.properties["role"] != "subdistrict"]


def test_distances_on_the_seed_are_shapelys_in_the_plane(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    borders = _zone_borders(seeded_snapshot)
    lines = to_plane(np.array([f.geometry for f in borders], dtype=object))
    axes = to_plane(seeded_snapshot.collection("axes").geometries)
    belt = to_plane(seeded_snapshot.collection("belts").geometries[0])
    for lon, lat in _seed_points(seeded_snapshot)[::17].tolist():
        placement = locator.locate(lon, lat)
        point = Point(from_storage_xy(lon, lat, PLANE))
        if placement.nearest_border is not None:
            nearest = shapely.distance(lines, point).min()
            assert placement.nearest_border.distance_m == pytest.approx(nearest, abs=1e-6)
        for axis, expected in zip(placement.axes, shapely.distance(axes, point), strict=False):
            assert axis.distance_m == pytest.approx(expected, abs=1e-6)
        for told in placement.belts:
            assert told.distance_m == pytest.approx(shapely.distance(belt, point), abs=1e-6)


def test_certain_on_the_seed_is_false_exactly_near_borders_and_in_disputes(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    borders = _zone_borders(seeded_snapshot)
    lines = to_plane(np.array([f.geometry for f in borders], dtype=object))
    reach = np.array([accuracy_m(f.properties) for f in borders], dtype=float)
    disputes = seeded_snapshot.collection("disputes").geometries
    for lon, lat in _seed_points(seeded_snapshot)[::5].tolist():
        point = Point(from_storage_xy(lon, lat, PLANE))
        near = bool((shapely.distance(lines, point) < reach).any())
        disputed = bool(shapely.intersects(disputes, Point(lon, lat)).any())
        assert locator.locate(lon, lat).certain is not (near or disputed)


def test_many_points_get_the_answers_of_single_ones(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    points = _seed_points(seeded_snapshot)[::29]
    together = locator.locate_many(points[:, 0], points[:, 1])
    assert together == [locator.locate(lon, lat) for lon, lat in points.tolist()]
    assert locator.locate_many([], []) == []


def test_many_threads_get_the_same_answers(locator: Locator, seeded_snapshot: Snapshot) -> None:
    points = _seed_points(seeded_snapshot)[:300].tolist()
    fresh = build_locator(seeded_snapshot.only(seeded_snapshot.collections))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda point: fresh.locate(*point), points))
    assert answers == [locator.locate(*point) for point in points]


def test_what_a_locator_rests_on_outlives_changes_of_other_collections(toy: Snapshot) -> None:
    trees = CollectionInfo("trees", "树", "Trees")
    put = {"trees": [feature("oak", Point(at(0, 0)))]}
    other = toy.with_delta(Delta(1, 2, collections=(trees,), put=put))
    locator = other.derived(build_locator)
    assert locator.locate(*at(0.5, 0.5)).revision == 2
    later = other.with_delta(Delta(2, 3, remove={"trees": ["oak"]}))
    again = later.derived(build_locator)
    assert again._distances is locator._distances
    assert again.locate(*at(0.5, 0.5)) == replace(locator.locate(*at(0.5, 0.5)), revision=3)
    assert orjson.loads(again.answer(*at(0.5, 0.5)))["revision"] == 3
    gone = later.with_delta(Delta(3, 4, remove={"zones": ["zone-a"]}))
    (zone,) = gone.derived(build_locator).locate(*at(0.5, 0.5)).zones
    assert zone.by == ("administration",)


def test_places_given_in_every_system_get_the_same_answer(locator: Locator) -> None:
    lon, lat = 123.4, 41.79
    direct = locator.locate(lon, lat)
    for crs in CRS:
        back = to_storage_xy(*from_storage_xy(lon, lat, crs), crs)
        again = locator.locate(*back, source_crs=crs).as_json() | {"point": None}
        assert again == direct.as_json() | {"point": None}
