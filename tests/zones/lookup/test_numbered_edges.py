"""Edges numbered by sorting, against a dictionary of them."""

from collections import defaultdict

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tests.toy import SD_1, at
from zones.lookup.numbered_edges import Edge, edge_table, edges_of


def outlines(seed: int) -> list[BaseGeometry | None]:
    """Return polygons that share edges, with holes, parts, twins, lines and nothing among them."""
    rng = np.random.default_rng(seed)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(rng.random((60, 2)))))
    hole = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 4, 4).exterior])
    inner = shapely.box(3, 3, 4, 4).reverse()
    apart = shapely.MultiPolygon([cells[3], shapely.box(-0.0, -9, 1, -0.0)])
    more = [hole, inner, apart, cells[5], cells[5].reverse(), cells[7].exterior, None]
    points = [shapely.Point(0, 0), shapely.MultiPoint([(0, 0), (1, 1)]), shapely.Polygon()]
    mixed: list[BaseGeometry | None] = [*cells, *more, *points]
    return [mixed[i] for i in rng.permutation(len(mixed))]


def test_owners_of_each_edge_are_those_that_have_it() -> None:
    for seed in range(20):
        shapes = outlines(seed)
        expected: defaultdict[Edge, set[int]] = defaultdict(set)
        for owner, shape in enumerate(shapes):
            for edge in edges_of(shape):
                expected[edge].add(owner)
        table = edge_table(shapes)
        found: defaultdict[Edge, list[int]] = defaultdict(list)
        for number, owner in zip(table.edge.tolist(), table.owner.tolist(), strict=True):
            start, end = map(tuple, table.vertices[number].tolist())
            found[start, end].append(owner)
        assert found == {edge: sorted(owners) for edge, owners in expected.items()}


def test_places_follow_the_outlines_one_after_another() -> None:
    for seed in range(5):
        shapes = outlines(seed)
        walked = [edge for shape in shapes for edge in edges_of(shape)]
        table = edge_table(shapes)
        for number, place in zip(table.edge.tolist(), table.place.tolist(), strict=True):
            start, end = map(tuple, table.vertices[number].tolist())
            assert walked[place] == (start, end)


def test_nothing_has_no_edges() -> None:
    assert edge_table([]).vertices.shape == (0, 2, 2)
    assert edge_table([None, shapely.Point(0, 0)]).edge.tolist() == []


def test_edges_are_the_same_from_both_sides_and_none_for_points() -> None:
    assert set(edges_of(SD_1)) == set(edges_of(SD_1.reverse()))
    assert len(list(edges_of(SD_1))) == 4
    assert list(edges_of(shapely.Point(at(0, 0)))) == []
    assert list(edges_of(None)) == []
