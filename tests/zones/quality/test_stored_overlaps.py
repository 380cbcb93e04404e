"""Features that are appended or changed, laid over those that are stored already."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.bench.partitions import partition
from tests.imports import codes, imported, imported_by_child, with_collections
from tests.source_files import feature, geojson
from tests.zones.quality.test_overlaps_gaps_slivers import moved_m, square, teeth
from zones.crs.transform import to_plane
from zones.model import Feature, Problem
from zones.quality.stored_overlaps import overlaps_with_stored
from zones.store.sql.store import SqlStore


def named(prefix: str, shapes: Any) -> list[Feature]:
    return [Feature(f"{prefix}{at}", shape, {}) for at, shape in enumerate(shapes)]


def found(new: Any, stored: Any) -> list[Problem]:
    """Return what is told of new shapes n0, n1 ... over stored ones s0, s1 ..."""
    coming = named("n", new)
    numbers = range(1, len(coming) + 1)
    return list(overlaps_with_stored(coming, numbers, named("s", stored), known=()))


def test_an_overlap_is_told_with_both_ids_its_area_and_its_place() -> None:
    new, stored = [square(5), moved_m(square(1), -5.0)], [square(3), square(0)]
    (told,) = found(new, stored)
    overlap = new[1] & stored[1]
    assert (told.code, told.severity, told.feature) == ("overlaps-stored", "warning", 2)
    assert (told.params["fid"], told.params["other"]) == ("n1", "s1")
    assert told.params["area_m2"] == pytest.approx(to_plane(overlap).area, abs=0.01)
    assert overlap.covers(shapely.Point(told.lon, told.lat))


def test_neighbours_and_what_rounding_does_to_their_border_are_no_overlaps() -> None:
    around = [square(column, row) for column in range(3) for row in range(3)]
    centre = around.pop(4)
    assert found([centre], around) == []
    assert found([moved_m(centre, 0.00005)], around) == []


def test_the_same_shape_is_told_as_such_even_if_it_begins_elsewhere() -> None:
    turned = shapely.Polygon(shapely.get_coordinates(square())[[1, 2, 3, 0, 1]])
    (told,) = found([turned], [square()])
    assert (told.code, told.params["other"]) == ("stored-twice", "s0")


def test_what_has_no_area_is_passed_over() -> None:
    line, point = square().exterior, square().centroid
    assert found([line, point, None], [square()]) == []
    assert found([square()], [line, point, None, shapely.Polygon()]) == []
    assert found([], [square()]) == found([square()], []) == []


def test_the_order_of_the_areas_is_that_of_the_list_and_the_rest_is_counted() -> None:
    new = [moved_m(square(2 * column), column + 1) for column in range(50)]
    told = found(new, [square(2 * column + 1) for column in range(50)])
    assert [p.code for p in told] == ["overlaps-stored"] * 40 + ["overlaps-stored-more"]
    areas = [float(str(p.params["area_m2"])) for p in told[:40]]
    assert areas == sorted(areas, reverse=True)
    assert told[-1].params == {"count": 10}


@pytest.mark.parametrize("seed", range(3))
def test_random_polygons_overlap_where_a_plain_loop_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = shapely.points(rng.uniform((123.40, 41.78), (123.46, 41.84), (50, 2)))
    shapes = shapely.buffer(places, 0.002, quad_segs=3)
    new, stored = shapes[:20], shapes[20:]
    by_loop = {
        (f"n{i}", f"s{j}")
        for i, one in enumerate(new)
        for j, other in enumerate(stored)
        if to_plane(one & other).area >= 0.1
    }
    assert 0 < len(by_loop) < 40
    assert {(p.params["fid"], p.params["other"]) for p in found(new, stored)} == by_loop


@pytest.mark.slow
def test_some_plots_among_thousands_take_little_time() -> None:
    cells = partition(20_000, bends=3)
    cells = cells[shapely.is_valid(cells)]
    began = time.process_time()
    (told,) = found([cells[700], *cells[1:600]], np.delete(cells, range(600)))
    assert time.process_time() - began < 3
    assert (told.code, told.feature) == ("stored-twice", 1)


def test_overlaps_in_a_chequered_partition_are_those_of_a_plain_loop() -> None:
    """So many pairs meet that edges clear most of them; those that overlap must be left."""
    grid = [(column, row) for column in range(12) for row in range(12)]
    black, white = ([square(*at) for at in grid if sum(at) % 2 == shade] for shade in (0, 1))
    new = [*black, square(2, 2, size=0.02), square(5, 6), square(7.5, 7), square(4, 4, size=0.003)]
    stored = [*white, square(8, 8), square(1.2, 9.2, size=0.001)]
    by_loop = {
        (f"n{i}", f"s{j}")
        for i, one in enumerate(new)
        for j, other in enumerate(stored)
        if to_plane(one & other).area >= 0.1
    }
    assert {(p.params["fid"], p.params["other"]) for p in found(new, stored)} == by_loop
    assert len(by_loop) == 6


@pytest.mark.slow
def test_half_of_a_large_partition_onto_the_other_half_takes_little_time() -> None:
    cells = partition(100_000, bends=3)
    cells = cells[shapely.is_valid(cells)]
    mixed = np.random.default_rng(1).permutation(len(cells))
    new, stored = np.array_split(cells[mixed], 2)
    began = time.process_time()
    told = found([*new, stored[5]], stored)
    assert time.process_time() - began < 6
    assert ("stored-twice", "s5") in [(p.code, p.params.get("other")) for p in told]
    assert "relations-left-out" not in [p.code for p in told]


HEAVY: dict[str, Any] = {
    "combs": lambda: ([teeth(20_000, turned=False)], [teeth(20_000, turned=True)]),
    "small combs": lambda: (
        [teeth(100, turned=False)] * 60,
        [teeth(100, turned=True)] * 60,
    ),
    "stacks": lambda: (
        [square()] * 3000,
        [square(size=0.01 * (1 + n / 5000)) for n in range(3000)],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(HEAVY))
def test_what_is_made_to_take_long_ends_soon(kind: str) -> None:
    new, stored = HEAVY[kind]()
    began = time.process_time()
    told = found(new, stored)
    assert time.process_time() - began < 20
    assert told


def test_a_lack_of_memory_leaves_out_the_remarks_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr("zones.quality.stored_overlaps.overlaps", exhausted)
    assert [p.code for p in found([square()], [square()])] == ["relations-no-memory"]


@pytest.fixture
def store(empty_store: SqlStore, tmp_path: Path) -> SqlStore:
    """Return a store with two neighbouring plots."""
    store = with_collections(empty_store)
    assert imported(store, tmp_path, plots(a=square(0), b=square(1))).state == "applied"
    return store


def plots(**shapes: BaseGeometry) -> bytes:
    return geojson([feature(shapely.geometry.mapping(s), fid=fid) for fid, s in shapes.items()])


def test_an_append_is_laid_over_what_is_stored(store: SqlStore, tmp_path: Path) -> None:
    content = plots(c=moved_m(square(2), -5.0), d=square(4))
    report = imported_by_child(store, tmp_path, content, mode="append")
    assert (report.state, codes(report)) == ("applied", ["overlaps-stored"])
    (told,) = report.problems
    assert (told.feature, told.params["fid"], told.params["other"]) == (1, "c", "b")
    assert "“c”与库中已有的“b”重叠" in report.as_text("zh")
    assert "“c” overlaps “b”, which is stored, by" in report.as_text("en")


def test_features_without_ids_are_told_by_those_they_get(store: SqlStore, tmp_path: Path) -> None:
    shape = shapely.geometry.mapping(moved_m(square(2), -5.0))
    report = imported(store, tmp_path, geojson([feature(shape)]), mode="append")
    (told,) = report.problems
    assert told.params["fid"] in {item.fid for item in store.features("plots")}


def test_an_upsert_is_laid_over_what_it_leaves(store: SqlStore, tmp_path: Path) -> None:
    replaced = imported(store, tmp_path, plots(b=moved_m(square(1), 3.0)), mode="upsert")
    assert (replaced.state, codes(replaced)) == ("applied", [])
    onto = imported(store, tmp_path, plots(b=moved_m(square(1), -5.0)), mode="upsert")
    assert codes(onto) == ["overlaps-stored"]
    assert onto.problems[0].params["other"] == "a"
    again = imported(store, tmp_path, plots(b=moved_m(square(1), -5.0)), mode="upsert")
    assert codes(again) == ["nothing-changes"]


def test_what_the_file_itself_replaces_is_not_laid_over(store: SqlStore, tmp_path: Path) -> None:
    swapped = imported(store, tmp_path, plots(a=square(1), b=square(0)), mode="upsert")
    assert (swapped.state, codes(swapped)) == ("applied", [])
    whole = imported(store, tmp_path, plots(c=square(0, size=0.02)), mode="replace")
    assert "overlaps-stored" not in codes(whole)
