"""Relations between geometries, times, and sets: the functions ``S_``, ``T_`` and ``A_``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.cql2.instants import Times
from zones.cql2.mixed_geometries import is_mixed, relate_to_mixed
from zones.cql2.tree_nodes import GeometryLiteral
from zones.cql2.value_arrays import Bools, Rows, Truth, decided
from zones.snapshot.collection import Collection
from zones.snapshot.edge_in_other_crs import at_the_edge

_MIRRORED: Final = {"s_contains": "s_within", "s_within": "s_contains"}

_SHAPES: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "s_intersects": shapely.intersects,
        "s_disjoint": shapely.disjoint,
        "s_equals": shapely.equals,
        "s_touches": shapely.touches,
        "s_crosses": shapely.crosses,
        "s_overlaps": shapely.overlaps,
        "s_within": shapely.within,
        "s_contains": shapely.contains,
    }
)
# What the tree is asked: its predicates are of the given geometry to those in the tree.
_OF_THE_TREE: Final = {
    "s_intersects": "intersects",
    "s_touches": "touches",
    "s_crosses": "crosses",
    "s_overlaps": "overlaps",
    "s_within": "contains",
    "s_contains": "within",
}
_TRUE_INSIDE: Final = frozenset({"s_intersects", "s_within"})


def mirrored(op: str) -> str:
    """Return the relation of b to a when ``op`` is that of a to b."""
    return _MIRRORED.get(op, op)


def relate_features(
    op: str, collection: Collection, rows: Rows | None, shape: GeometryLiteral
) -> Bools:
    """Return whether the geometries of the features at ``rows`` are so related to ``shape``.

    Both are as published: in degrees, and where the edge of a shape given in another system
    decides, in that system. None stands for all features, which are looked up in the
    collection's tree. ``s_disjoint`` is also said of features without geometry; the caller knows
    which these are.
    """
    if op == "s_disjoint":
        return ~relate_features("s_intersects", collection, rows, shape)
    found = _relate_in_degrees(op, collection, rows, shape.geometry)
    if shape.written is not None:
        near = at_the_edge(collection, shape.geometry, width=shape.edge)
        near = near if rows is None else np.intersect1d(near, rows)
        places = near if rows is None else np.searchsorted(rows, near)
        published = collection.published(near, shape.crs)
        found[places] = relate_shapes(mirrored(op), shape.written, published)
    return found


def _relate_in_degrees(
    op: str, collection: Collection, rows: Rows | None, shape: BaseGeometry
) -> Bools:
    if rows is not None:
        return _relate_some(op, collection, rows, shape)
    found = np.zeros(len(collection), bool)
    if op in _OF_THE_TREE and not (_is_rectangle(shape) or is_mixed(shape)):
        found[collection.tree.query(shape, predicate=_OF_THE_TREE[op])] = True
    else:
        near = collection.tree.query(shape)
        found[near] = _relate_some(op, collection, near, shape)
    return found


def relate_shapes(op: str, left: Any, right: Any) -> Bools:
    """Return whether geometries are so related, row by row; either may be a single one."""
    if is_mixed(left):
        return relate_to_mixed(mirrored(op), right, left)
    if is_mixed(right):
        return relate_to_mixed(op, left, right)
    return np.atleast_1d(_SHAPES[op](left, right))


def _relate_some(op: str, collection: Collection, rows: Rows, shape: BaseGeometry) -> Bools:
    """Look at one geometry after the other, save those that a rectangle is sure to hold.

    A feature whose own box lies inside of a rectangle meets it and lies in it. On a rectangle
    around 200 000 polygons this takes a tenth of the time.
    """
    found = np.zeros(len(rows), bool)
    if op in _TRUE_INSIDE and _is_rectangle(shape):
        x_min, y_min, x_max, y_max = shape.bounds
        west, south, east, north = collection.bounds_around(rows).T
        found = (west > x_min) & (south > y_min) & (east < x_max) & (north < y_max)
    doubtful = np.flatnonzero(~found)
    shapely.prepare(shape)
    geometries = collection.geometries[rows[doubtful]]
    found[doubtful] = relate_shapes(mirrored(op), shape, geometries)
    return found


def _is_rectangle(shape: BaseGeometry) -> bool:
    return bool(shape.equals(shape.envelope))


def relate_times(op: str, left: Times, right: Times) -> Truth:
    """Return the relation of intervals by Allen's names; an instant is an interval of no length.

    The standard leaves instants out of all but T_AFTER, T_BEFORE, T_DISJOINT, T_EQUALS and
    T_INTERSECTS; that an instant is T_DURING an interval is what people ask.
    """
    name, inverse = _INVERSE.get(op, (op, False))
    one, other = (right, left) if inverse else (left, right)
    ends = one.ends_beside(other), other.ends_beside(one)
    found = _TIMES[name](one.start, ends[0], other.start, ends[1])
    return decided(found, left.known & right.known)


def relate_sets(op: str, left: frozenset[object], right: frozenset[object]) -> bool:
    """Return the relation of two sets."""
    return _SETS[op](left, right)


Micros = NDArray[np.int64]
_TIMES: Final[Mapping[str, Callable[[Micros, Micros, Micros, Micros], Any]]] = MappingProxyType(
    {
        "t_before": lambda s1, e1, s2, e2: e1 < s2,
        "t_disjoint": lambda s1, e1, s2, e2: (e1 < s2) | (s1 > e2),
        "t_intersects": lambda s1, e1, s2, e2: (e1 >= s2) & (s1 <= e2),
        "t_equals": lambda s1, e1, s2, e2: (s1 == s2) & (e1 == e2),
        "t_meets": lambda s1, e1, s2, e2: e1 == s2,
        "t_overlaps": lambda s1, e1, s2, e2: (s1 < s2) & (e1 > s2) & (e1 < e2),
        "t_starts": lambda s1, e1, s2, e2: (s1 == s2) & (e1 < e2),
        "t_during": lambda s1, e1, s2, e2: (s1 > s2) & (e1 < e2),
        "t_finishes": lambda s1, e1, s2, e2: (s1 > s2) & (e1 == e2),
    }
)
_INVERSE: Final = {
    "t_after": ("t_before", True),
    "t_metby": ("t_meets", True),
    "t_overlappedby": ("t_overlaps", True),
    "t_startedby": ("t_starts", True),
    "t_contains": ("t_during", True),
    "t_finishedby": ("t_finishes", True),
}
_SETS: Final[Mapping[str, Callable[[frozenset[object], frozenset[object]], bool]]] = (
    MappingProxyType(
        {
            "a_equals": lambda one, other: one == other,
            "a_contains": lambda one, other: one >= other,
            "a_containedby": lambda one, other: one <= other,
            "a_overlaps": lambda one, other: not one.isdisjoint(other),
        }
    )
)
