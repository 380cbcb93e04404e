"""A filter's tree and a collection -> for each feature yes, no or unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from time import monotonic
from types import MappingProxyType
from typing import Final

import numpy as np

from zones.cql2.arithmetic import calculate
from zones.cql2.array_functions import relate_lists, sets_of_members
from zones.cql2.columns import PropertyColumns
from zones.cql2.comparison import among, between, compare
from zones.cql2.instants import Times, interval
from zones.cql2.operations import ARITHMETIC, COMPARISONS, LISTS, SPATIAL, TEMPORAL
from zones.cql2.spatial_and_temporal_relations import (
    mirrored,
    relate_features,
    relate_shapes,
    relate_times,
)
from zones.cql2.tree_nodes import (
    Among,
    Call,
    Constant,
    GeometryLiteral,
    Interval,
    Items,
    Like,
    Moments,
    Node,
    Property,
)
from zones.cql2.value_arrays import (
    DistinctTexts,
    Rows,
    Sets,
    Truth,
    Values,
    as_times,
    both,
    decided,
    either,
    negated,
    of_texts,
    of_times,
    of_truth,
    unknown,
)
from zones.errors import FilterTimeoutError
from zones.snapshot.collection import Collection


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluates trees for the features at ``rows``, or for all of them when it is None.

    Results have a row for each feature, or a single one where they are the same for all.
    ``until`` is the moment of ``time.monotonic`` after which it gives up.
    """

    collection: Collection
    rows: Rows | None = None
    until: float | None = None

    def truth(self, node: Node) -> Truth:
        """Return yes, no or unknown for each row.

        Raises
        ------
        FilterTimeoutError
            If the time is over; looked at before each operation.
        """
        if self.until is not None and monotonic() > self.until:
            raise FilterTimeoutError(loc=("query", "filter"))
        if isinstance(node, Call):
            return _TRUTH[node.op](self, node)
        if isinstance(node, Like):
            return self._like(node)
        if isinstance(node, Among):
            return self._among(node)
        values = self.values(node)
        return values.truth or unknown(values.present.shape)

    def values(self, node: Node) -> Values:
        """Return the values of a node that is no list, interval or geometry of the filter."""
        if isinstance(node, Constant):
            return node.values
        if isinstance(node, Moments):
            return of_times(as_times(self.values(Property(node.name))))
        if isinstance(node, Property):
            column = self._column(node)
            return column if self.rows is None else column.take(self.rows)
        if isinstance(node, Call) and node.op in ARITHMETIC:
            return calculate(node.op, *map(self.values, node.args))
        if isinstance(node, Call) and node.op in _FOLDS:
            return self._folded(node)
        return of_truth(self.truth(node))

    def _column(self, node: Property) -> Values:
        """Return the values of a property in all rows."""
        return self.collection.derived(PropertyColumns).column(node.name)

    def _all(self, node: Call) -> Truth:
        return reduce(both, map(self.truth, node.args))

    def _any(self, node: Call) -> Truth:
        return reduce(either, map(self.truth, node.args))

    def _not(self, node: Call) -> Truth:
        return negated(self.truth(node.args[0]))

    def _compare(self, node: Call) -> Truth:
        left, right = node.args
        if isinstance(left, Moments) and isinstance(right, Constant):
            return self._by_word(left, lambda times: compare(node.op, times, right.values))
        return compare(node.op, self.values(left), self.values(right))

    def _by_word(self, node: Moments, test: Callable[[Values], Truth]) -> Truth:
        """Look at each distinct time once, and give every row what was found of its own."""
        texts = self.values(Property(node.name)).texts
        if texts is None:
            return unknown((1,))
        return texts.decided(test(of_times(texts.words.times)).yes)

    def _between(self, node: Call) -> Truth:
        value, *ends = node.args
        if isinstance(value, Moments) and all(isinstance(each, Constant) for each in ends):
            return self._by_word(value, lambda times: between(times, *map(self.values, ends)))
        return between(*map(self.values, node.args))

    def _is_null(self, node: Call) -> Truth:
        if isinstance(node.args[0], GeometryLiteral | Items | Interval):
            return Truth(np.zeros(1, bool), np.ones(1, bool))
        present = self.values(node.args[0]).present
        return Truth(~present, present)

    def _like(self, node: Like) -> Truth:
        values = self.values(node.text)
        if values.texts is None:
            return unknown(values.present.shape)
        words = values.texts.words.array
        return values.texts.decided(np.fromiter(map(node.matches, words), bool, len(words)))

    def _folded(self, node: Call) -> Values:
        values = self.values(node.args[0])
        if values.texts is None:
            return Values(np.zeros(values.present.shape, bool))
        return of_texts(values.texts.folded(_FOLDS[node.op]))

    def _among(self, node: Among) -> Truth:
        values = self.values(node.value)
        found = decided(among(values, node), values.present)
        for other in map(self.values, node.others):
            equal = compare("=", values, other).yes
            found = either(found, decided(equal, values.present & other.present))
        return found

    def _relate_times(self, node: Call) -> Truth:
        return relate_times(node.op, *map(self._times, node.args))

    def _times(self, node: Node) -> Times:
        if isinstance(node, Interval):
            ends = (None if end is None else self._times(end) for end in (node.start, node.end))
            return interval(*ends)
        return as_times(self.values(node))

    def _relate_lists(self, node: Call) -> Truth:
        return relate_lists(node.op, *map(self._sets, node.args))

    def _sets(self, node: Node) -> Sets:
        if isinstance(node, Items):
            return sets_of_members([self.values(each) for each in node.members])
        values = self.values(node)
        return values.sets or Sets((), np.full(values.present.shape, -1, np.int32))

    def _relate_shapes(self, node: Call) -> Truth:
        left, right = node.args
        if isinstance(left, GeometryLiteral):
            return self._relate_to(right, mirrored(node.op), left)
        if isinstance(right, GeometryLiteral):
            return self._relate_to(left, node.op, right)
        one, other = self.values(left), self.values(right)
        if one.shapes is None or other.shapes is None:
            return unknown(one.present.shape)
        related = relate_shapes(node.op, one.shapes, other.shapes)
        return decided(related, one.present & other.present)

    def _relate_to(self, node: Node, op: str, shape: GeometryLiteral) -> Truth:
        if isinstance(node, GeometryLiteral):
            pair = (node.written or node.geometry, shape.written or shape.geometry)
            return decided(relate_shapes(op, *pair), np.ones(1, bool))
        # Of a property no geometry is taken here: those that the relation needs are looked at.
        if isinstance(node, Property):
            values, rows = self._column(node), self.rows
        else:
            values, rows = self.values(node), None
        present = values.present if rows is None else values.present[rows]
        if values.shapes is None:
            return unknown(present.shape)
        return decided(relate_features(op, self.collection, self.rows, shape), present)


_FOLDS: Final[Mapping[str, Callable[[DistinctTexts], DistinctTexts]]] = MappingProxyType(
    {"casei": lambda words: words.caseless, "accenti": lambda words: words.accentless}
)
_TRUTH: Final[Mapping[str, Callable[[Evaluation, Call], Truth]]] = MappingProxyType(
    {
        "and": Evaluation._all,
        "or": Evaluation._any,
        "not": Evaluation._not,
        "between": Evaluation._between,
        "isnull": Evaluation._is_null,
        **dict.fromkeys(COMPARISONS, Evaluation._compare),
        **dict.fromkeys(SPATIAL, Evaluation._relate_shapes),
        **dict.fromkeys(TEMPORAL, Evaluation._relate_times),
        **dict.fromkeys(LISTS, Evaluation._relate_lists),
    }
)
