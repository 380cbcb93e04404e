import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.bench.partitions import partition
from tests.opened_sources import read
from tests.source_files import SOUTH, WEST, feature, geojson
from zones.crs.transform import to_plane
from zones.model import Problem
from zones.quality.overlaps_gaps_slivers import Relations
from zones.quality.unshared_edges import _shared_once, unshared_edges, with_unshared_edges

SIDE = 0.01


def square(column: float = 0, row: float = 0, *, size: float = SIDE) -> BaseGeometry:
    """Return a square by its place in a grid."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    box = shapely.box(west, south, west + size, south + size)
    return shapely.transform(box, lambda xy: np.round(xy, 10))  # common borders are the same


def found(*shapes: BaseGeometry) -> list[Problem]:
    """Return what is told of features 1, 2, 3 ... with these shapes."""
    relations = Relations()
    told = np.array([*shapely.orient_polygons(list(shapes)), None], dtype=object)[:-1]
    relations.take(told, np.arange(1, len(told) + 1))
    return list(relations.problems())


def only(*shapes: BaseGeometry) -> Problem:
    (problem,) = found(*shapes)
    assert problem.severity == "warning"
    return problem


def moved_m(shape: BaseGeometry, east_m: float) -> BaseGeometry:
    """Return the shape farther east; a degree of longitude has 83.1 km here."""
    return shapely.transform(shape, lambda xy: xy + np.array([east_m / 83_100, 0]))


def test_neighbours_with_a_common_border_raise_no_doubt() -> None:
    assert found(*(square(column, row) for column in range(4) for row in range(4))) == []


def test_an_overlap_is_told_with_both_features_its_area_and_its_place() -> None:
    told = only(square(), square(1), moved_m(square(2), -5.0))
    overlap = square(1) & moved_m(square(2), -5.0)
    assert (told.code, told.feature, told.params["other"]) == ("features-overlap", 3, 2)
    assert told.params["area_m2"] == pytest.approx(to_plane(overlap).area, abs=0.01)
    assert overlap.covers(shapely.Point(told.lon, told.lat))


def test_one_within_another_and_a_second_layer_of_the_same_land_overlap() -> None:
    assert only(square(), square(0.2, 0.2, size=0.001)).code == "features-overlap"
    grid = [square(column, row) for column in range(3) for row in range(3)]
    coarse = [square(column * 1.5, 0, size=1.5 * SIDE) for column in range(2)]
    pairs = {(p.params["other"], p.feature) for p in found(*grid, *coarse)}
    by_hand = {
        (i + 1, len(grid) + j + 1)
        for i, one in enumerate(grid)
        for j, other in enumerate(coarse)
        if (one & other).area > 1e-12
    }
    assert pairs == by_hand


def test_what_rounding_does_to_borders_is_not_told() -> None:
    assert found(square(), moved_m(square(1), -0.00005)) == []
    assert found(square(), moved_m(square(1), 0.00005)) == []


@pytest.mark.parametrize("wide_m", [0.05, 0.3, 0.7])
def test_a_narrow_gap_is_told_with_its_width(wide_m: float) -> None:
    told = only(square(), moved_m(square(1), wide_m))
    assert (told.code, told.feature, told.params["other"]) == ("features-gap", 2, 1)
    assert told.params["width_m"] == pytest.approx(wide_m, rel=0.05)
    assert told.lon == pytest.approx(WEST + SIDE, abs=1e-5)


def test_a_wedge_between_neighbours_that_touch_is_a_gap() -> None:
    leaning = shapely.Polygon(
        [
            (WEST + SIDE, SOUTH),
            (WEST + SIDE * 2, SOUTH),
            (WEST + SIDE * 2, SOUTH + SIDE),
            (WEST + SIDE + 8e-6, SOUTH + SIDE),
        ]
    )
    assert only(square(), leaning).code == "features-gap"


def test_streets_and_what_lies_between_two_others_are_no_gaps() -> None:
    assert found(square(), moved_m(square(1), 6.0)) == []
    east = moved_m(square(1), 0.7)
    strip = shapely.box(square().bounds[2], SOUTH, east.bounds[0], SOUTH + SIDE)
    assert [p.code for p in found(square(), east, strip)] == ["feature-sliver"]


def test_acute_corners_that_meet_make_no_gap() -> None:
    turn = np.radians(np.arange(0, 360, 20))
    rim = np.column_stack([WEST + SIDE * np.cos(turn), SOUTH + SIDE * np.sin(turn)])
    blades = [
        shapely.Polygon([(WEST, SOUTH), rim[at], rim[(at + 1) % len(rim)]])
        for at in range(0, len(rim), 2)
    ]
    assert found(*blades) == []


def test_the_same_shape_twice_is_told_once_for_each() -> None:
    turned = shapely.Polygon(shapely.get_coordinates(square())[[1, 2, 3, 0, 1]])
    line, point = shapely.LineString([(1, 2), (3, 4)]), shapely.Point(1, 2)
    told = found(square(), square(2), turned, line, line.reverse(), point, point)
    assert [(p.code, p.feature, p.params["other"]) for p in told] == [
        ("geometry-twice", 3, 1),
        ("geometry-twice", 5, 4),
    ]


def test_many_of_a_kind_are_counted_and_the_largest_listed() -> None:
    told = found(*(moved_m(square(column), -column) for column in range(61)))
    assert [p.code for p in told] == ["features-overlap"] * 40 + ["features-overlap-more"]
    assert told[-1].params == {"count": 20}
    areas = [float(str(p.params["area_m2"])) for p in told[:40]]
    assert areas == sorted(areas, reverse=True)


def test_random_polygons_overlap_where_a_plain_loop_says_so() -> None:
    rng = np.random.default_rng(4)
    places = shapely.points(rng.uniform((123.40, 41.78), (123.44, 41.82), (40, 2)))
    shapes = shapely.buffer(places, 0.002, quad_segs=3)
    by_loop = {
        (i + 1, j + 1)
        for j in range(len(shapes))
        for i in range(j)
        if to_plane(shapes[i] & shapes[j]).area >= 0.1
    }
    told = {(p.params["other"], p.feature) for p in found(*shapes) if p.code == "features-overlap"}
    assert len(by_loop) < 40
    assert told == by_loop


def test_of_a_clean_partition_only_the_rim_has_loose_edges() -> None:
    cells = [square(column, row) for column in range(20) for row in range(20)]
    loose = with_unshared_edges(np.asarray(shapely.orient_polygons(cells)))
    assert loose.sum() == 4 * 19
    holed = square(size=3 * SIDE) - square(1, 1)
    both = np.asarray(shapely.orient_polygons([holed, square(1, 1)]))
    assert with_unshared_edges(both).tolist() == [True, False]


def test_edges_that_three_polygons_have_are_loose_and_others_beside_them_are_not() -> None:
    pair = [square(0, 0), square(1, 0)]
    again = [square(5, 5), square(5, 5), square(6, 5)]
    holed = [square(3, 0, size=3 * SIDE) - square(4, 1), square(4, 1)]
    edges = unshared_edges(np.asarray(shapely.orient_polygons([*pair, *again, *holed])))
    assert np.bincount(edges.owner).tolist() == [3, 3, 4, 4, 4, 4]
    assert edges.polygons.tolist() == [True] * 6 + [False]


@pytest.mark.parametrize("shift", [0, 1, 50])
def test_keys_that_begin_alike_are_told_apart(shift: int) -> None:
    rng = np.random.default_rng(2)
    for count in (1, 2, 3, 40, 400):
        kinds = rng.integers(0, 2**63, count).astype(np.uint64) >> np.uint64(shift)
        keys = rng.choice(kinds, 2 * count)
        forward = rng.random(2 * count) < 0.5
        groups: dict[int, list[int]] = {}
        for at, key in enumerate(keys.tolist()):
            groups.setdefault(key, []).append(at)
        pairs = [places for places in groups.values() if len(places) == 2]
        opposite = [pair for pair in pairs if forward[pair[0]] != forward[pair[1]]]
        shared = {at for pair in opposite for at in pair}
        assert set(np.flatnonzero(_shared_once(keys, forward)).tolist()) == shared


def test_what_shapely_finds_wrong_in_a_coverage_is_looked_at_and_told() -> None:
    rng = np.random.default_rng(5)
    cells = [square(column, row) for column in range(8) for row in range(8)]
    for i in rng.choice(64, 6, replace=False).tolist():
        cells[i] = moved_m(cells[i], 5.0)
    invalid = ~shapely.is_empty(shapely.coverage_invalid_edges(cells))
    assert 6 < invalid.sum() < 40
    loose = with_unshared_edges(np.asarray(shapely.orient_polygons(cells)))
    assert loose[invalid].all()
    overlaps = [problem for problem in found(*cells) if problem.code == "features-overlap"]
    named = {number for told in overlaps for number in (told.feature, told.params["other"])}
    assert len(overlaps) >= 4
    assert named <= set((np.flatnonzero(invalid) + 1).tolist())


def teeth(count: int, *, turned: bool) -> BaseGeometry:
    """Return a comb; two of them, one turned, cross count times count times."""
    step, high = 2e-6, count * 2e-6
    tooth = np.array([(0, 1e-7), (0, high), (1e-6, high), (1e-6, 1e-7)])
    comb = (tooth + np.arange(count)[:, None, None] * (step, 0)).reshape(-1, 2)
    comb = np.vstack([comb, [(high, 0), (0, 0)]])
    return shapely.make_valid(shapely.Polygon((comb[:, ::-1] if turned else comb) + (WEST, SOUTH)))


HEAVY: dict[str, Any] = {
    "combs": lambda: [teeth(20_000, turned=False), teeth(20_000, turned=True)],
    "many small combs": lambda: [teeth(100, turned=n % 2 == 0) for n in range(60)],
    "a stack": lambda: [square(size=SIDE * (1 + n / 5000)) for n in range(5000)],
    "one shape again and again": lambda: [square()] * 50_000,
    "slivers": lambda: [square(n / 1000, size=1e-9) for n in range(20_000)],
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(HEAVY))
def test_what_is_made_to_take_long_ends_soon_and_says_what_was_left_out(kind: str) -> None:
    shapes = HEAVY[kind]()
    began = time.process_time()
    told = found(*shapes)
    assert time.process_time() - began < 20
    assert told


def test_a_large_clean_partition_takes_little_time() -> None:
    cells = partition(5000, bends=3)
    began = time.process_time()
    found(*cells[shapely.is_valid(cells)])
    assert time.process_time() - began < 3


def test_the_report_of_a_file_holds_them(tmp_path: Path) -> None:
    shapes = [square(), moved_m(square(1), -5.0)]
    told = [feature(shapely.geometry.mapping(shape), fid=f"a{n}") for n, shape in enumerate(shapes)]
    assert read(tmp_path, geojson(told), "geojson").codes == ["features-overlap"]


def test_a_lack_of_memory_leaves_out_the_remarks_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(polygons: object) -> object:
        raise MemoryError

    monkeypatch.setattr("zones.quality.overlaps_gaps_slivers.unshared_edges", exhausted)
    relations = Relations()
    squares = np.array([shapely.box(x, 41, x + 1e-4, 41.0001) for x in (123.0, 123.0001)])
    relations.take(squares, np.arange(1, 3))
    assert [problem.code for problem in relations.problems()] == ["relations-no-memory"]


def test_features_beyond_the_memory_are_not_kept_and_that_is_told() -> None:
    squares = np.array([shapely.box(x, 41, x + 1e-4, 41.0001) for x in (123.0, 123.0)])
    relations = Relations(memory_bytes=1000)
    for first in (1, 3, 5):
        relations.take(squares, np.arange(first, first + 2))
        assert sum(map(len, relations._geometries)) <= 2
    assert [problem.code for problem in relations.problems()] == ["relations-no-memory"]


@pytest.mark.parametrize("layers", [1, 2])
def test_a_second_cover_is_told_though_neither_has_loose_edges_within(layers: int) -> None:
    land = square(size=6 * SIDE)
    places = np.random.default_rng(3).uniform(0, 6 * SIDE, (layers, 15, 2))
    cells = []
    for points in places:
        far = shapely.MultiPoint(points + np.array([WEST, SOUTH]))
        cover = shapely.get_parts(shapely.voronoi_polygons(far, extend_to=land))
        cells += [cell & land for cell in cover]
    told = [problem for problem in found(*cells) if problem.code == "features-overlap"]
    assert len(told) >= 15 * (layers - 1)
    assert (layers == 1) == (told == [])


def jagged(left: float, *, count: int, seed: int) -> BaseGeometry:
    """Return a strip whose sides are surveyed to a vertex each metre or so."""
    noise = np.random.default_rng(seed).normal(0, 2e-6, (2, count))
    lat = np.linspace(SOUTH, SOUTH + SIDE, count)
    west = np.column_stack([left + noise[0], lat])
    east = np.column_stack([left + SIDE + noise[1], lat])
    return shapely.Polygon(np.vstack([east, west[::-1]]))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1200, 5000])
def test_an_overlap_of_two_detailed_neighbours_is_told_with_its_area(count: int) -> None:
    one, other = jagged(WEST, count=count, seed=1), jagged(WEST + 0.6 * SIDE, count=count, seed=2)
    told = only(one, other)
    common_m2 = to_plane(shapely.intersection(one, other)).area
    assert (told.code, told.params["other"]) == ("features-overlap", 1)
    assert common_m2 > 300_000
    assert told.params["area_m2"] == pytest.approx(common_m2, abs=0.01)


@pytest.mark.slow
def test_what_crosses_too_often_is_left_out_and_the_rest_is_told() -> None:
    spikes = [(i + (j % 2) / 2, 400.0 * (j % 2)) for i in range(400) for j in range(2)]
    comb = shapely.transform(
        shapely.Polygon([*spikes, (400, -1), (0, -1)]), lambda xy: xy * 1e-5 + (WEST, SOUTH)
    )
    across = shapely.transform(comb, lambda xy: xy[:, ::-1] - (SOUTH - WEST, WEST - SOUTH))
    began = time.process_time()
    told = found(comb, across, square(5), square(5.5))
    assert time.process_time() - began < 15
    overlaps = [(p.params["other"], p.feature) for p in told if p.code == "features-overlap"]
    assert overlaps == [(3, 4)]
    assert told[-1].code == "relations-left-out"
