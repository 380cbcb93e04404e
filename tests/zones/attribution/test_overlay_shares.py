"""Overlay shares that sum to the whole."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from tests.toy import at, collection, feature, line, square
from zones.attribution.overlay_shares import in_order, overlay_shares, with_shares
from zones.crs.area_and_length import geodesic_area_m2, geodesic_length_m
from zones.crs.transform import PLANE
from zones.errors import ZonesError
from zones.model import Feature
from zones.snapshot.model import Snapshot


def _shares(of: list[Feature], by: list[Feature]) -> dict[tuple[str, str | None], float]:
    table = overlay_shares(collection("of", of), collection("by", by))
    return {(part.of, part.by): part.share for part in table.parts}


def test_square_cut_in_quarters_has_a_quarter_outside() -> None:
    whole = [feature("whole", square(0, 0, 2, 2))]
    parts = [feature("left", square(-1, -1, 1, 3)), feature("corner", square(1, 0, 2, 1))]
    shares = _shares(whole, parts)
    assert shares == pytest.approx(
        {("whole", "left"): 0.5, ("whole", "corner"): 0.25, ("whole", None): 0.25}, rel=1e-3
    )


def test_overlapping_ground_counts_once_for_the_first_in_the_plans_order() -> None:
    second = feature("second", square(0, 0, 2, 1), order=2)
    first = feature("first", square(1, 0, 3, 1), order=1)
    shares = _shares([feature("whole", square(0, 0, 4, 1))], [second, first])
    assert shares == pytest.approx(
        {("whole", "first"): 0.5, ("whole", "second"): 0.25, ("whole", None): 0.25}, rel=1e-6
    )


def test_line_along_a_common_border_counts_half_for_each() -> None:
    sides = [feature("west", square(0, 0, 1, 1)), feature("east", square(1, 0, 2, 1))]
    shares = _shares([feature("line", line((1, 0), (1, 2)))], sides)
    assert shares == pytest.approx(
        {("line", "west"): 0.25, ("line", "east"): 0.25, ("line", None): 0.5}, rel=1e-5
    )


def test_multi_part_line_is_shared_by_length() -> None:
    axis = MultiLineString([line((0, 0.5), (2, 0.5)), line((5, 0.5), (6, 0.5))])
    shares = _shares([feature("axis", axis)], [feature("by", square(1, 0, 5.5, 1))])
    assert shares == pytest.approx({("axis", "by"): 0.5, ("axis", None): 0.5}, rel=1e-6)


def test_line_that_runs_back_along_itself_counts_twice() -> None:
    path = feature("path", line((0, 0.5), (2, 0.5), (1, 0.5)))
    shares = _shares([path], [feature("by", square(1, 0, 2, 1))])
    assert shares == pytest.approx({("path", "by"): 2 / 3, ("path", None): 1 / 3}, rel=1e-5)


def test_slivers_of_rounding_are_not_listed_and_lose_no_ground() -> None:
    off = 1e-9 / 64
    sides = [feature("west", square(0, 0, 1 + off, 1)), feature("east", square(1, 0, 2, 1))]
    whole = feature("whole", square(1, 0, 2, 1))
    table = overlay_shares(collection("of", [whole]), collection("by", sides))
    assert [(part.by, part.share) for part in table.parts] == [("east", 1.0)]
    assert table.parts[0].value == pytest.approx(geodesic_area_m2(whole.geometry), rel=1e-15)


def test_small_feature_is_not_taken_for_a_sliver() -> None:
    tiny = feature("tiny", square(0, 0, 1e-4, 1e-4))
    assert geodesic_area_m2(tiny.geometry) < 1
    assert _shares([tiny], [feature("by", square(0, 0, 1, 1))]) == {("tiny", "by"): 1.0}


def test_features_without_measure_are_named() -> None:
    of = [
        feature("nowhere", None),
        feature("line", line((0, 0), (1, 0))),
        feature("a", square(0, 0, 1, 1)),
    ]
    table = overlay_shares(collection("of", of), collection("by", []))
    assert table.unmeasured == ("nowhere", "line")
    assert [(p.of, p.by, p.share) for p in table.parts] == [("a", None, 1.0)]


def test_empty_collections_have_no_parts_and_points_are_refused() -> None:
    by = collection("by", [feature("by", square(0, 0, 1, 1))])
    assert overlay_shares(collection("of", []), by).parts == ()
    assert overlay_shares(collection("of", [feature("n", None)]), by).unmeasured == ("n",)
    with pytest.raises(ZonesError) as caught:
        overlay_shares(collection("of", [feature("p", Point(at(0, 0)))]), by)
    assert caught.value.code == "overlay-of-points"


def test_order_is_the_property_then_as_stored() -> None:
    made = [
        feature("c", None),
        feature("b", None, order=2),
        feature("a", None),
        feature("z", None, order=1),
    ]
    assert in_order(collection("by", made)) == [3, 1, 0, 2]


_span = st.tuples(st.integers(-2, 6), st.integers(-2, 6), st.integers(1, 4), st.integers(1, 4))


@given(of=st.lists(_span, min_size=1, max_size=4), by=st.lists(_span, max_size=6))
@settings(deadline=None)
def test_parts_of_random_rectangles_sum_to_the_whole(
    of: list[tuple[int, ...]], by: list[tuple[int, ...]]
) -> None:
    def rectangles(spans: list[tuple[int, ...]]) -> list[Feature]:
        return [feature(str(i), square(x, y, x + w, y + h)) for i, (x, y, w, h) in enumerate(spans)]

    table = overlay_shares(collection("of", rectangles(of)), collection("by", rectangles(by)))
    for whole in rectangles(of):
        parts = table.parts_of(whole.fid)
        assert sum(part.value for part in parts) == pytest.approx(geodesic_area_m2(whole.geometry))
        assert sum(part.share for part in parts) == pytest.approx(1)
        assert all(part.value > 0 for part in parts)
        outside = shapely.difference(
            whole.geometry, shapely.union_all([f.geometry for f in rectangles(by)])
        )
        told = sum(part.value for part in parts if part.by is None)
        assert told == pytest.approx(geodesic_area_m2(outside), rel=1e-3, abs=1)


_corner = st.tuples(st.integers(-2, 6), st.integers(-2, 6))
_corners = st.lists(_corner, min_size=2, max_size=6).filter(lambda corners: len(set(corners)) > 1)


@given(corners=_corners)
@settings(deadline=None)
def test_parts_of_random_lines_sum_to_the_whole(corners: list[tuple[int, int]]) -> None:
    path: LineString = line(*corners)
    squares = [feature(f"{x}{y}", square(x, y, x + 1, y + 1)) for x in range(4) for y in range(4)]
    table = overlay_shares(collection("of", [feature("path", path)]), collection("by", squares))
    values = [part.value for part in table.parts]
    assert np.sum(values) == pytest.approx(geodesic_length_m(path))
    assert table.closure_ppm < 200


def test_subdistricts_of_the_seed_lie_in_the_zone_of_their_administration_or_in_the_river(
    seeded_snapshot: Snapshot,
) -> None:
    subdistricts = seeded_snapshot.collection("subdistricts")
    table = overlay_shares(subdistricts, seeded_snapshot.collection("zones"))
    for part in table.parts:
        zone = subdistricts.feature(part.of).properties["zone"]
        assert part.by in (zone, None)
    outside = [part.value for part in table.parts if part.by is None]
    river = seeded_snapshot.collection("disputes").feature("dispute-c17-river")
    assert sum(outside) == pytest.approx(geodesic_area_m2(river.geometry), rel=1e-6)
    assert table.closure_ppm < 1


def test_many_features_inside_across_and_outside_are_shared_out_as_a_plain_loop_does() -> None:
    by = [Feature(f"b{i}", shapely.box(i * 0.01, 0, (i + 1) * 0.01, 0.02), {}) for i in range(3)]
    dice = np.random.default_rng(3)
    corners = dice.uniform((-0.005, -0.005), (0.035, 0.022), (400, 2))
    shapes = [shapely.box(x, y, x + 0.0015, y + 0.001) for x, y in corners.tolist()]
    shapes += [shapely.box(0.0, 0.0, 0.001, 0.001), shapely.box(0.5, 0.5, 0.51, 0.51)]
    of = [Feature(f"f{i}", shape, {}) for i, shape in enumerate(shapes)]
    table = overlay_shares(collection("of", of), collection("by", by))
    for one in of:
        shares = {part.by: part.value for part in table.parts_of(one.fid)}
        whole = geodesic_area_m2(one.geometry)
        assert sum(shares.values()) == pytest.approx(whole, rel=1e-12)
        for zone in by:
            cut = shapely.intersection(one.geometry, zone.geometry)
            wanted = geodesic_area_m2(cut) or 0.0
            assert shares.get(zone.fid, 0.0) == pytest.approx(wanted, rel=1e-5, abs=1.0)


def test_shares_stand_beside_the_features_of_a_frame() -> None:
    whole = [feature("whole", square(0, 0, 2, 2)), feature("nowhere", None)]
    parts = [feature("left", square(-1, -1, 1, 3)), feature("corner", square(1, 0, 2, 1))]
    frame = with_shares(collection("of", whole), collection("by", parts))
    shares = frame.loc["whole", ["left", "corner", "outside"]].astype(float)
    assert shares.tolist() == pytest.approx([0.5, 0.25, 0.25], rel=1e-3)
    assert frame.loc["nowhere", ["left", "corner", "outside"]].isna().all()
    assert frame.crs.to_epsg() == 4490


def test_shares_of_a_frame_agree_with_geopandas() -> None:
    whole = collection("of", [feature("a", square(0, 0, 2, 1)), feature("b", square(1, 1, 4, 2))])
    parts = collection(
        "by", [feature("w", square(0, 0, 1.5, 2)), feature("e", square(1.5, 0, 3, 2))]
    )
    pieces = (
        whole.to_geodataframe()
        .reset_index()
        .overlay(parts.to_geodataframe().reset_index(), how="intersection")
    )
    pieces["area"] = pieces.to_crs(4550).area
    areas = pieces.set_index(["fid_1", "fid_2"])["area"]
    wholes = whole.to_geodataframe(PLANE).area
    frame = with_shares(whole, parts)
    for (of, by), area in areas.items():
        assert frame.loc[of, by] == pytest.approx(area / wholes[of], rel=1e-5)
