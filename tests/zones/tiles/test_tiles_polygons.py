"""Polygons on whole units: always valid, always wound, of the same area as near as can be."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from tests.examples import examples
from zones.tiles.paths import GeomType, Paths, paths_from
from zones.tiles.shapes_on_grid import parts_of_kind
from zones.tiles.valid_polygons import ring_shapes, valid_polygons

UNITS = st.integers(-64, 64)
RINGS = st.lists(st.tuples(UNITS, UNITS), min_size=3, max_size=12)


def _rings(*features: Polygon | MultiPolygon) -> Paths:
    parts, owner = parts_of_kind(np.array(features), GeomType.POLYGON)
    return paths_from(parts, owner, GeomType.POLYGON).without_repeats(GeomType.POLYGON)


def _geometries(rings: Paths) -> dict[int, MultiPolygon]:
    """Return the multi-part polygon of each owner, and check how its rings are wound."""
    areas = ring_shapes(rings)[0]
    assert ((areas > 0) == rings.shell).all()
    made: dict[int, list[list[list[tuple[float, float]]]]] = {}
    for path, owner in enumerate(rings.owner.tolist()):
        part = slice(rings.offsets[path], rings.offsets[path + 1])
        ring = list(zip(rings.x[part], rings.y[part], strict=True))
        polygons = made.setdefault(owner, [])
        if rings.shell[path]:
            polygons.append([ring])
        else:
            polygons[-1].append(ring)
    return {o: MultiPolygon([(p[0], p[1:]) for p in polygons]) for o, polygons in made.items()}


@pytest.mark.slow
@given(st.lists(RINGS, min_size=1, max_size=4))
@examples(300)
def test_any_rings_end_as_valid_polygons_on_whole_units(rings: list[list[tuple[int, int]]]) -> None:
    made = _geometries(valid_polygons(_rings(*map(Polygon, rings))))
    for geometry in made.values():
        assert geometry.is_valid, shapely.is_valid_reason(geometry)
        coordinates = shapely.get_coordinates(geometry)
        assert (coordinates == np.rint(coordinates)).all()


@pytest.mark.slow
@given(shell=RINGS, holes=st.lists(RINGS, max_size=3))
@examples(300)
def test_any_holes_end_within_their_polygon(
    shell: list[tuple[int, int]], holes: list[list[tuple[int, int]]]
) -> None:
    for geometry in _geometries(valid_polygons(_rings(Polygon(shell, holes)))).values():
        assert geometry.is_valid, shapely.is_valid_reason(geometry)


@given(RINGS)
def test_a_ring_called_simple_is_simple(places: list[tuple[int, int]]) -> None:
    rings = _rings(Polygon(places))
    rings = rings.only(rings.counts >= 3)
    _, simple = ring_shapes(rings)
    if simple.any():
        assert shapely.LinearRing(places).is_simple or Polygon(places).is_valid


def test_most_plain_shapes_are_called_simple() -> None:
    bent = Polygon([(0, 0), (40, 0), (40, 10), (12, 12), (10, 40), (0, 40)])
    assert ring_shapes(_rings(box(0, 0, 9, 5), Polygon([(0, 0), (9, 1), (4, 8)])))[1].all()
    assert not ring_shapes(_rings(Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])))[1].any()
    assert valid_polygons(_rings(bent)).counts.tolist() == [6]


def test_a_ring_that_goes_round_twice_is_not_called_simple() -> None:
    turns = np.arange(10) * 4 * np.pi / 10
    places = np.rint(
        np.column_stack([np.cos(turns), np.sin(turns)]) * (40 + np.arange(10))[:, None]
    )
    rings = paths_from(np.array([Polygon(places)]), np.array([0]), GeomType.POLYGON)
    assert ring_shapes(rings)[1].tolist() == [False]


def test_a_bow_tie_becomes_two_triangles() -> None:
    made = _geometries(valid_polygons(_rings(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))))
    assert made[0].area == pytest.approx(50)
    assert len(made[0].geoms) == 2


def test_parts_joined_along_an_edge_become_parts() -> None:
    # As a cut leaves it: two arms of a U, joined along x = 0.
    joined = Polygon([(0, 0), (8, 0), (8, 2), (0, 2), (0, 4), (8, 4), (8, 6), (0, 6)])
    made = _geometries(valid_polygons(_rings(joined)))
    assert made[0].equals(MultiPolygon([box(0, 0, 8, 2), box(0, 4, 8, 6)]))


def test_a_ring_without_area_vanishes_and_takes_its_holes_along() -> None:
    flat = Polygon([(0, 0), (9, 9), (3, 3)], [[(1, 1), (2, 1), (2, 2)]])
    made = _geometries(valid_polygons(_rings(flat, box(0, 0, 5, 5))))
    assert set(made) == {1}


def test_a_hole_as_large_as_its_polygon_leaves_nothing() -> None:
    square = [(0, 0), (0, 9), (9, 9), (9, 0)]
    assert len(valid_polygons(_rings(Polygon(square, [square])))) == 0


def test_overlapping_parts_of_a_feature_become_one() -> None:
    made = _geometries(valid_polygons(_rings(MultiPolygon([box(0, 0, 6, 6), box(5, 5, 9, 9)]))))
    assert made[0].is_valid
    assert made[0].area == pytest.approx(36 + 16 - 1)


def test_a_hole_that_geos_mends_badly_does_no_harm() -> None:
    broken = Polygon([(63, 1), (0, 0), (0, -1)], [[(0, -1), (39, -1), (0, 2), (63, 1)]])
    assert not shapely.make_valid(broken, method="structure", keep_collapsed=False).is_valid
    assert all(made.is_valid for made in _geometries(valid_polygons(_rings(broken))).values())


def test_sound_features_are_left_as_they_are_beside_a_broken_one() -> None:
    rings = valid_polygons(
        _rings(box(0, 0, 5, 5), Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), box(7, 7, 9, 9))
    )
    made = _geometries(rings)
    assert made[0].equals(box(0, 0, 5, 5))
    assert made[2].equals(box(7, 7, 9, 9))
    assert len(made) == 3


def test_no_rings_are_no_polygons() -> None:
    assert len(valid_polygons(_rings(Polygon([(0, 0), (1, 1), (2, 2)])))) == 0
