"""A filter as its users know it: parsed from text, and asked which features it lets through."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final, Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.cql2.build_tree import Builder
from zones.cql2.columns import GEOMETRY, PropertyColumns
from zones.cql2.constant_nodes import text_constant
from zones.cql2.evaluation import Evaluation
from zones.cql2.faults_and_limits import LONGEST_BYTES, SHOWN, fault, too_deep
from zones.cql2.fit_constants_to_columns import bound
from zones.cql2.operations import SPATIAL, Role
from zones.cql2.parse_json import json_document
from zones.cql2.parse_text import text_document
from zones.cql2.tree_nodes import Call, GeometryLiteral, Node, Property
from zones.cql2.value_arrays import Bools, Rows
from zones.crs.transform import CRS
from zones.snapshot.collection import Collection

Language = Literal["cql2-text", "cql2-json", "cql-text"]
LANGUAGES: Final[tuple[Language, ...]] = ("cql2-text", "cql2-json", "cql-text")

_WORTH_NARROWING: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A filter that makes sense by itself; whether a collection has its properties shows later."""

    _root: Node
    _uses: Mapping[str, frozenset[Role]]

    @property
    def properties(self) -> frozenset[str]:
        """Names of the queryables that it uses."""
        return frozenset(self._uses)

    def mask(self, collection: Collection, *, seconds: float | None = None) -> Bools:
        """Return for each feature whether the filter is true of it; unknown is not true.

        Conditions that must all hold are looked at one after the other, each only for the
        features that passed those before: first the boxes of geometries, by the collection's
        tree, then values, then the geometries themselves.

        Parameters
        ----------
        seconds
            Give up after this time; looked at before each operation.

        Raises
        ------
        FilterError
            If a property is not among the collection's queryables, or is a geometry where a
            value is needed or the reverse.
        FilterTimeoutError
        """
        columns = collection.derived(PropertyColumns)
        self._check_uses(columns)
        until = None if seconds is None else monotonic() + seconds
        conditions = _conditions(bound(self._root, columns))
        found = _near(conditions, collection) if len(conditions) > 1 else None
        for condition in conditions:
            rows = None if found is None else _few(found)
            if rows is not None and not len(rows):
                break
            truth = Evaluation(collection, rows, until).truth(condition)
            found = _narrowed(found, rows, truth.yes, len(collection))
        return np.zeros(len(collection), bool) if found is None else found

    def _check_uses(self, columns: PropertyColumns) -> None:
        for name, roles in self._uses.items():
            is_geometry = columns.column(name).shapes is not None
            if is_geometry and not roles <= {"shape", "any"}:
                raise fault("geometry-misused", name=name[:SHOWN])
            if not is_geometry and "shape" in roles:
                raise fault("not-a-geometry", name=name[:SHOWN], geometry=GEOMETRY)


def parse_filter(
    text: str,
    *,
    lang: Language = "cql2-text",
    crs: CRS = CRS.CRS84,
    longest: int = LONGEST_BYTES,
) -> Filter:
    """Return the filter that a text writes.

    Parameters
    ----------
    lang
        ``cql-text`` is CQL2 text, and knows ``ILIKE`` besides.
    crs
        The system of the filter's own coordinates, in the axis order of its authority.
    longest
        Bytes that the text may have; the limits of nesting and number hold beside.

    Raises
    ------
    FilterError
        If the text is no filter, or passes a limit of length, nesting or number.
    CoordinateError
        If a geometry of the filter cannot lie on the earth.
    """
    if len(text.encode("utf-8", "replace")) > longest:
        raise fault("too-long", most=longest)
    if not text.strip():
        raise fault("empty")
    builder = Builder(crs)
    try:
        is_json = lang == "cql2-json"
        document = json_document(text) if is_json else text_document(text, ilike=lang == "cql-text")
        root = builder.root(document)
    except RecursionError:
        # The scans make this impossible; a caller deep in its own stack might still come here.
        raise too_deep() from None
    return Filter(root, {name: frozenset(roles) for name, roles in builder.uses.items()})


def filter_of_values(values: Mapping[str, str]) -> Filter:
    """Return the filter that asks of each named queryable to have the value, written as text.

    A number equals the text that is written as it, true and false equal their names, and a time
    that of any program's writing.

    Raises
    ------
    FilterError
        ``filter-empty`` if there are none.
    """
    if not values:
        raise fault("empty")
    conditions = tuple(
        Call("=", (Property(name), text_constant(value))) for name, value in values.items()
    )
    root = conditions[0] if len(conditions) == 1 else Call("and", conditions)
    return Filter(root, dict.fromkeys(values, frozenset[Role]({"scalar"})))


def _conditions(root: Node) -> list[Node]:
    """Return what must hold together, geometries last since they take the longest."""
    if isinstance(root, Call) and root.op == "and":
        found = (condition for each in root.args for condition in _conditions(each))
        return sorted(found, key=lambda condition: _shape_of(condition) is not None)
    return [root]


def _shape_of(condition: Node) -> GeometryLiteral | None:
    """Return the filter's own geometry that a spatial condition relates features to."""
    if not isinstance(condition, Call) or condition.op not in SPATIAL:
        return None
    return next((each for each in condition.args if isinstance(each, GeometryLiteral)), None)


def _near(conditions: list[Node], collection: Collection) -> Bools | None:
    """Return which features may meet all geometries, their boxes do; None if nothing is known."""
    found = None
    for condition in conditions:
        shape = _shape_of(condition)
        if shape is None or not isinstance(condition, Call) or condition.op == "s_disjoint":
            continue
        if not any(isinstance(each, Property) for each in condition.args):
            continue
        near = np.zeros(len(collection), bool)
        near[collection.tree.query(_around(shape))] = True
        found = near if found is None else found & near
    return found


def _around(shape: GeometryLiteral) -> BaseGeometry:
    """Return where features lie that may meet the shape, also as they are in its own system."""
    if shape.written is None:
        return shape.geometry
    west, south, east, north = shape.geometry.bounds
    edge = shape.edge
    return shapely.box(west - edge, south - edge, east + edge, north + edge)


def _few(found: Bools) -> Rows | None:
    """Return the positions found, or None if so many that looking at all is as quick."""
    if np.count_nonzero(found) > _WORTH_NARROWING * len(found):
        return None
    return np.flatnonzero(found).astype(np.int64)


def _narrowed(found: Bools | None, rows: Rows | None, yes: Bools, count: int) -> Bools:
    """Return ``found`` where also ``yes``, which has a row for each of ``rows`` or one for all."""
    if rows is None:
        return np.broadcast_to(yes, count).copy() if found is None else found & yes
    matches = np.zeros(count, bool)
    matches[rows] = yes
    return matches
