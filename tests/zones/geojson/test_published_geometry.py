"""What is published is what is related: a client sends back what it was given, in any system."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.toy import collection, feature
from zones.attribution.totals_by_polygon import attribute
from zones.cql2 import parse_filter
from zones.crs.transform import CRS, authority_order, geometry_authority_order, geometry_to_storage
from zones.geojson.published_geometry import published
from zones.model import BBox
from zones.snapshot.collection import Collection
from zones.snapshot.features_in_box import select_box
from zones.snapshot.model import Snapshot

RELATIONS = ("touches", "equals", "within", "contains", "overlaps", "intersects", "disjoint")
ALL = pytest.mark.parametrize("crs", list(CRS), ids=lambda crs: crs.key)
IN_CHINA = pytest.mark.parametrize(
    "crs", [c for c in CRS if c not in {CRS.EPSG_4549, CRS.EPSG_4528}], ids=lambda crs: crs.key
)


def partition(seed: int, side: int = 3) -> list[BaseGeometry]:
    """Return a field cut into pieces that share their corners, in millimetres of EPSG:4550.

    The corners of a grid are moved at random and some cells joined, so that pieces have any
    number of neighbours and corners.
    """
    dice = np.random.default_rng(seed)
    step = dice.uniform(3, 300)
    origin = dice.uniform((520_000, 4_610_000), (540_000, 4_630_000))
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), -1)
    moved = origin + step * (corners + dice.uniform(-0.3, 0.3, corners.shape))
    xy = np.round(moved, 3)
    around = [(0, 0), (1, 0), (1, 1), (0, 1)]
    cells = [
        shapely.Polygon([xy[i + a, j + b] for a, b in around])
        for i in range(side)
        for j in range(side)
    ]
    owner = [n - 1 if n % side and dice.random() < 0.3 else n for n in range(len(cells))]
    pieces = [
        shapely.union_all([cell for cell, own in zip(cells, owner, strict=True) if own == n])
        for n in sorted(set(owner))
    ]
    return [piece for piece in pieces if piece.geom_type == "Polygon"]


def stored(pieces: list[BaseGeometry]) -> Collection:
    """Return the pieces as a collection; their degrees have all the digits that a double has."""
    moved = geometry_to_storage(np.array(pieces, dtype=object), CRS.EPSG_4550)
    return collection("parcels", [feature(str(n), g) for n, g in enumerate(moved)])


def given_to_clients(parcels: Collection, crs: CRS) -> Iterator[tuple[int, str]]:
    """Yield each feature's position, and its geometry as the answer has it."""
    for n, text in enumerate(parcels.features_json(range(len(parcels)), crs)):
        yield n, json.dumps(json.loads(text)["geometry"])


def related(parcels: Collection, relation: str, geometry: str, crs: CRS) -> list[bool]:
    """Return what the filter with that geometry, in its own system, finds."""
    args = f'[{{"property": "geometry"}}, {geometry}]'
    text = f'{{"op": "s_{relation}", "args": {args}}}'
    found: list[bool] = parse_filter(text, lang="cql2-json", crs=crs).mask(parcels).tolist()
    return found


@pytest.mark.slow
@ALL
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_piece_sent_back_as_published_is_related_as_the_pieces_are(crs: CRS, seed: int) -> None:
    pieces = partition(seed)
    parcels = stored(pieces)
    for n, geometry in given_to_clients(parcels, crs):
        for relation in RELATIONS:
            expected = getattr(shapely, relation)(pieces, pieces[n]).tolist()
            assert related(parcels, relation, geometry, crs) == expected, relation


@ALL
def test_the_order_of_operands_and_other_conditions_do_not_matter(crs: CRS) -> None:
    pieces = partition(5)
    parcels = stored(pieces)
    for n, geometry in given_to_clients(parcels, crs):
        shape, own = geometry, '{"property": "geometry"}'
        turned = f'{{"op": "s_contains", "args": [{shape}, {own}]}}'
        named = f'{{"op": "=", "args": [{{"property": "name"}}, "{n}"]}}'
        for text, expected in (
            (turned, [k == n for k in range(len(pieces))]),
            (f'{{"op": "and", "args": [{turned}, {named}]}}', [k == n for k in range(len(pieces))]),
        ):
            found = parse_filter(text, lang="cql2-json", crs=crs).mask(parcels).tolist()
            assert found == expected


@ALL
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_layer_asked_for_by_the_extent_that_was_read_comes_back_whole(
    crs: CRS, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    places = shapely.points(dice.uniform((123.3, 41.7), (123.5, 41.9), (60, 2)))
    sites = collection("sites", [feature(str(n), g) for n, g in enumerate(places)])
    for layer in (sites, stored(partition(seed))):
        told = [
            json.loads(each)["geometry"] for each in layer.features_json(range(len(layer)), crs)
        ]
        read = geometry_authority_order(shapely.from_geojson([json.dumps(g) for g in told]), crs)
        bounds = [*shapely.total_bounds(read).tolist()]
        assert len(select_box(layer, (bounds[0], bounds[1], bounds[2], bounds[3]), crs)) == len(
            layer
        )
        for n, box in enumerate(shapely.bounds(read).tolist()):
            assert n in select_box(layer, tuple(box), crs)


@IN_CHINA
def test_a_box_in_any_system_is_what_a_plain_loop_over_the_published_finds(crs: CRS) -> None:
    parcels = stored(partition(11, side=9))
    told = published(np.array([each.geometry for each in parcels], dtype=object), crs)
    dice = np.random.default_rng(3)
    low_x, low_y, _, high_y = shapely.total_bounds(told)
    for _ in range(60):
        x = np.sort(dice.choice(shapely.get_coordinates(told)[:, 0], 2))
        y = np.sort(dice.uniform(low_y, high_y, 2))
        box = (float(x[0]), float(y[0]), float(x[1]), float(y[1]))
        expected = np.flatnonzero(shapely.intersects(told, shapely.box(*box))).tolist()
        assert select_box(parcels, box, crs).tolist() == expected
    corner = (low_x, low_y, low_x, low_y)
    expected = np.flatnonzero(shapely.intersects(told, shapely.Point(low_x, low_y))).tolist()
    assert select_box(parcels, corner, crs).tolist() == expected


@IN_CHINA
def test_the_box_of_a_filter_takes_in_its_own_edge(crs: CRS) -> None:
    parcels = stored(partition(12))
    told = parcels.published(range(len(parcels)), crs)
    for n, (x_min, y_min, x_max, y_max) in enumerate(shapely.bounds(told).tolist()):
        first, second = authority_order(x_min, y_min, crs), authority_order(x_max, y_max, crs)
        text = (
            f"S_INTERSECTS(geometry, BBOX({first[0]!r},{first[1]!r},{second[0]!r},{second[1]!r}))"
        )
        expected = shapely.intersects(told, shapely.box(x_min, y_min, x_max, y_max)).tolist()
        assert expected[n]
        assert parse_filter(text, crs=crs).mask(parcels).tolist() == expected


def test_a_parcel_attributed_to_neighbours_is_whole_in_itself(seeded_snapshot: Snapshot) -> None:
    """One collection with all digits, one with the published ones: no slivers between them."""
    parcels = stored(partition(13))
    again = collection(
        "again",
        [feature(str(n), shapely.from_geojson(g)) for n, g in given_to_clients(parcels, CRS.CRS84)],
    )
    snapshot = Snapshot(1, {"parcels": parcels, "again": again}, seeded_snapshot.plan)
    for of, by in (("parcels", "again"), ("again", "parcels")):
        table = attribute(snapshot, of, by, "area")
        assert all(part.of == part.by and part.share == 1 for part in table.parts)
        assert len(table.parts) == len(parcels)


def test_the_extent_is_that_of_what_is_published() -> None:
    parcels = stored(partition(14))
    read = shapely.from_geojson([g for _, g in given_to_clients(parcels, CRS.CRS84)])
    assert parcels.extent == BBox(*shapely.total_bounds(read).tolist())


def test_stored_digits_are_kept_and_what_has_no_more_digits_is_not_copied() -> None:
    exact = shapely.box(123.41234567891, 41.71234567891, 123.42, 41.72)
    short = shapely.box(123.4123457, 41.7123457, 123.42, 41.72)
    parcels = collection("parcels", [feature("exact", exact), feature("short", short)])
    assert parcels.feature("exact").geometry is exact
    assert parcels.geometries[0].equals_exact(short)
    assert parcels.geometries[1] is short


def test_millimetres_leave_as_they_came() -> None:
    pieces = partition(15)
    again = stored(pieces).published(range(len(pieces)), CRS.EPSG_4550)
    assert all(one.equals_exact(other, 0) for one, other in zip(pieces, again, strict=True))


def test_published_geometry_is_taken_over_by_those_that_a_delta_leaves_alone() -> None:
    before = stored(partition(16))
    first = before.geometries[0]
    moved = shapely.box(123.41234567891, 41.71234567891, 123.42, 41.72)
    after = before.with_delta([feature("1", moved)], ["2"], revision=2)
    assert after.geometries[0] is first
    assert after.geometries[1].bounds == (123.4123457, 41.7123457, 123.42, 41.72)
    assert len(after.geometries) == len(before) - 1


SPIKE = shapely.Polygon(
    [(123.4, 41.8), (123.4001, 41.8), (123.4001, 41.80005), (123.401, 41.80005002),
     (123.4001, 41.80005004), (123.4001, 41.8001), (123.4, 41.8001)]
)  # fmt: skip
SLIVER = shapely.Polygon([(123.4, 41.8), (123.401, 41.8), (123.401, 41.80000001)])
SHORT = shapely.LineString([(123.4, 41.8), (123.40000001, 41.8)])


@ALL
def test_rounding_leaves_geometry_valid_and_loses_none(crs: CRS) -> None:
    told = published(np.array([SPIKE, SLIVER, SHORT], dtype=object), crs)
    assert shapely.is_valid(told).all()
    assert not shapely.is_empty(told).any()
    assert shapely.get_dimensions(told).tolist() == [2, 2, 1]


def test_what_would_vanish_keeps_its_digits_and_what_is_too_narrow_goes() -> None:
    told = published(np.array([SPIKE, SLIVER, SHORT], dtype=object), CRS.CRS84)
    assert told[1].equals_exact(SLIVER, 0)
    assert told[2].equals_exact(SHORT, 0)
    assert told[0].equals(shapely.box(123.4, 41.8, 123.4001, 41.8001))


@pytest.mark.parametrize("geometry", [SPIKE, SLIVER])
@ALL
def test_what_rounding_would_break_still_equals_itself(crs: CRS, geometry: BaseGeometry) -> None:
    parcels = collection("parcels", [feature("0", geometry)])
    ((_, sent),) = given_to_clients(parcels, crs)
    assert related(parcels, "equals", sent, crs) == [True]
    assert related(parcels, "within", sent, crs) == [True]


def test_places_that_are_missing_or_empty_stay_so() -> None:
    none = published(np.array([None, shapely.Point(), SPIKE], dtype=object), CRS.EPSG_4550)
    assert none[0] is None
    assert none[1].is_empty
