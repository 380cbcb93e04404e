"""Tables of boundary points -> areas."""

import random
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.opened_sources import Read, read
from tests.workbooks import xlsx

OUTER = [("J1", 4626950, 533000), ("J2", 4626950, 533200), ("J3", 4626800, 533200)]
OUTER += [("J4", 4626800, 533000)]
HOLE = [("J5", 4626850, 533100), ("J6", 4626880, 533100), ("J7", 4626880, 533060)]
HOLE += [("J8", 4626850, 533060)]


def table(rows: list[list[Any]], head: str = "宗地号,点号,X,Y,圈号") -> bytes:
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]).encode()


def closed(ring: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return [*ring, ring[0]]


def read_points(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "csv", **{"crs": "EPSG:4550", **request})


def shapes(found: Read) -> list[Any]:
    return [shapely.from_wkb(row["wkb"]) for row in found.rows]


def rows_of(found: Read) -> list[dict[str, Any]]:
    return [row["properties"] for row in found.rows]


@pytest.mark.parametrize("is_closed", [True, False])
def test_rings_by_their_number_make_an_area_with_a_hole(tmp_path: Path, is_closed: bool) -> None:
    rings = [closed(ring) if is_closed else ring for ring in (OUTER, HOLE)]
    rows = [["甲", *point, at] for at, ring in enumerate(rings, start=1) for point in ring]
    found = read_points(tmp_path, table(rows))
    (area,) = shapes(found)
    assert (area.geom_type, len(area.interiors)) == ("Polygon", 1)
    assert rows_of(found) == [{"宗地号": "甲"}]
    assert {"boundary-areas", "boundary-fields-dropped"} <= set(found.codes)


def test_points_that_return_to_their_first_bound_an_area_without_numbers_of_rings(
    tmp_path: Path,
) -> None:
    rows = [[*point, "是"] for point in [*closed(OUTER), *closed(HOLE)]]
    found = read_points(tmp_path, table(rows, head="点号,X坐标,Y坐标,已核"))
    (area,) = shapes(found)
    assert (len(area.interiors), rows_of(found)) == (1, [{"已核": "是"}])


def test_areas_that_nothing_joins_are_several_features(tmp_path: Path) -> None:
    beside = [(name, north, east + 1000) for name, north, east in OUTER]
    rows = [list(point) for point in [*closed(OUTER), *closed(beside)]]
    assert len(shapes(read_points(tmp_path, table(rows, head="点号,X,Y")))) == 2


def test_points_that_do_not_return_stay_points(tmp_path: Path) -> None:
    found = read_points(tmp_path, table([list(point) for point in OUTER], head="点号,X,Y"))
    assert [shape.geom_type for shape in shapes(found)] == ["Point"] * 4


@pytest.mark.parametrize(("kinds", "expected"), [(["polygon"], "Polygon"), (["point"], "Point")])
def test_what_the_collection_takes_decides(tmp_path: Path, kinds: list[str], expected: str) -> None:
    open_ring = table([list(point) for point in OUTER], head="点号,X,Y")
    ringed = table([["甲", *point, 1] for point in OUTER])
    for content in (open_ring, ringed):
        found = read_points(tmp_path, content, kinds=kinds)
        assert {shape.geom_type for shape in shapes(found)} == {expected}


def test_rings_numbered_anew_are_the_next_parcel(tmp_path: Path) -> None:
    beside = [(name, north, east + 1000) for name, north, east in OUTER]
    rings = [(1, OUTER), (2, HOLE), (1, beside)]
    rows = [[*point, at] for at, ring in rings for point in closed(ring)]
    found = read_points(tmp_path, table(rows, head="点号,X,Y,圈号"))
    assert [len(shape.interiors) for shape in shapes(found)] == [1, 0]


def test_parcels_whose_name_stands_in_their_first_row_alone_are_told_apart(tmp_path: Path) -> None:
    beside = [(name, north, east + 1000) for name, north, east in OUTER]
    rows = [["地块"], *[["甲" if at == 0 else None, *p] for at, p in enumerate(closed(OUTER))]]
    rows = [["地块编号", "点号", "纵坐标X", "横坐标Y"], *rows[1:]]
    rows += [["乙" if at == 0 else None, *p] for at, p in enumerate(closed(beside))]
    found = read(tmp_path, xlsx({"界址点": rows}), "excel", crs="EPSG:4550")
    assert rows_of(found) == [{"地块编号": "甲"}, {"地块编号": "乙"}]


def test_a_closing_point_with_other_coordinates_is_named(tmp_path: Path) -> None:
    rows = [["甲", *point, 1] for point in [*OUTER, ("J1", 4626955, 533000)]]
    found = read_points(tmp_path, table(rows))
    told = next(problem for problem in found.problems if problem.code == "boundary-end-differs")
    assert told.params == {"name": "J1", "row": 5}


def test_rings_of_two_points_and_rows_without_coordinates_are_named(tmp_path: Path) -> None:
    rows = [["甲", *point, 1] for point in closed(OUTER)]
    rows += [["甲", *point, 2] for point in HOLE[:2]] + [["甲", "J9", "", "", 2]]
    found = read_points(tmp_path, table(rows))
    assert {"boundary-ring-short", "boundary-rows-blank"} <= set(found.codes)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), parcels=st.integers(1, 6), is_closed=st.booleans())
def test_parcels_written_as_points_come_back(
    tmp_path_factory: pytest.TempPathFactory, seed: int, parcels: int, is_closed: bool
) -> None:
    rng = random.Random(seed)  # noqa: S311 - shapes, no secrets
    made, rows = [], []
    for at in range(parcels):
        middle = shapely.Point(533000 + 500 * at, 4626800)
        hole = [middle.buffer(20, quad_segs=rng.randint(1, 3)).exterior] * rng.randint(0, 1)
        area = middle.buffer(rng.randint(50, 200), quad_segs=rng.randint(1, 5))
        area = shapely.Polygon(area.exterior, hole).normalize()
        made.append(area)
        for ring_number, ring in enumerate([area.exterior, *area.interiors], start=1):
            vertices = list(ring.coords)[: None if is_closed else -1]
            rows += [[f"D{at}", f"J{i}", y, x, ring_number] for i, (x, y) in enumerate(vertices)]
    found = read_points(tmp_path_factory.mktemp("points"), table(rows))
    wanted = read(tmp_path_factory.mktemp("wkt"), wkt_table(made), "csv", crs="EPSG:4550")
    for one, other in zip(shapes(found), shapes(wanted), strict=True):
        assert one.normalize().equals_exact(other.normalize(), 1e-12)


def wkt_table(areas: list[Any]) -> bytes:
    lines = [f'"{shapely.to_wkt(area, rounding_precision=-1)}"' for area in areas]
    return "\n".join(["wkt", *lines]).encode()
