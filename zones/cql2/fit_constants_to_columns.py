"""A filter's tree beside the columns of a collection -> the tree with constants that fit these.

What a column can never be compared with is a fault, which a filter that finds nothing would hide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from zones.cql2.columns import PropertyColumns
from zones.cql2.constant_nodes import (
    instant_constant,
    kind_of,
    number_constant,
    text_constant,
    truth_constant,
)
from zones.cql2.exact_number_comparison import exact_numbers
from zones.cql2.faults_and_limits import SHOWN, fault
from zones.cql2.instants import read_literal, written
from zones.cql2.operations import (
    ARITHMETIC,
    COMPARISONS,
    CONNECTIVES,
    FOLDING,
    LISTS,
    TEMPORAL,
)
from zones.cql2.tree_nodes import (
    Among,
    Call,
    Constant,
    Interval,
    Like,
    Moments,
    Node,
    NodeKind,
    Property,
)
from zones.cql2.value_arrays import Values


def bound(node: Node, columns: PropertyColumns) -> Node:
    """Return the tree with constants as the columns that they meet want them.

    A text beside a column of dates or timestamps is read as one, 0 and 1 and the texts ``true``
    and ``false`` beside one of truth as truth.

    Raises
    ------
    FilterError
        ``filter-holds-...`` if a column's values can neither be compared with what it meets nor
        be what an operator takes; ``filter-no-instant`` for a text that is no date,
        ``filter-needs-truth`` for a property as a condition that is never true or false.
    """
    return _Binding(columns).condition(node)


@dataclass(frozen=True, slots=True)
class _Binding:
    columns: PropertyColumns

    def condition(self, node: Node) -> Node:
        """Return the tree of what stands where a condition belongs."""
        if isinstance(node, Property):
            column = self.columns.column(node.name)
            if column.present.any() and column.truth is None:
                raise fault("needs-truth", given=node.name[:SHOWN])
        return self.node(node)

    def node(self, node: Node) -> Node:
        if isinstance(node, Among):
            return self._among(node)
        if isinstance(node, Like):
            self._require(node.text, "LIKE", lambda column: column.texts)
            return Like(self.node(node.text), node.matches)
        return self._call(node) if isinstance(node, Call) else node

    def _call(self, node: Call) -> Node:
        if node.op in COMPARISONS:
            return Call(node.op, self._compared(*map(self.node, node.args)))
        if node.op == "between":
            return self._between(*map(self.node, node.args))
        if node.op in CONNECTIVES:
            return Call(node.op, tuple(map(self.condition, node.args)))
        self._check_operands(node)
        return Call(node.op, tuple(map(self.node, node.args)))

    def _between(self, value: Node, low: Node, high: Node) -> Node:
        first, low = self._compared(value, low)
        second, high = self._compared(value, high)
        if type(first) is type(second):
            return Call("between", (first, low, high))
        return Call("and", (Call(">=", (first, low)), Call("<=", (second, high))))

    def _check_operands(self, node: Call) -> None:
        name = node.op.upper()
        for each in node.args:
            if node.op in ARITHMETIC:
                self._require(each, name, lambda column: column.numbers or _numeric(column))
            elif node.op in FOLDING:
                self._require(each, name, lambda column: column.texts)
            elif node.op in LISTS:
                self._require(each, name, lambda column: column.sets)
            elif node.op in TEMPORAL:
                ends = (each.start, each.end) if isinstance(each, Interval) else (each,)
                for end in ends:
                    self._require(end, name, _dated)

    def _require(self, node: Node | None, what: str, has: Callable[[Values], object]) -> None:
        """Refuse a property that holds values, but none that the operator takes."""
        if isinstance(node, Property):
            column = self.columns.column(node.name)
            if column.present.any() and not has(column):
                raise _misfit(node.name, column, what)

    def _compared(self, left: Node, right: Node) -> tuple[Node, Node]:
        left, right = self._as_moments(left, right), self._as_moments(right, left)
        if isinstance(left, Property) and isinstance(right, Constant):
            right = self._fitting(left, right)
        elif isinstance(right, Property) and isinstance(left, Constant):
            left = self._fitting(right, left)
        self._check_comparable(left, right)
        return left, right

    def _as_moments(self, node: Node, other: Node) -> Node:
        """Return a property of times as such, and a text beside one as the time it is."""
        if self._is_timed(node) and (_is_plain(other) or self._is_timed(other)):
            return Moments(_name(node))
        if isinstance(node, Constant) and node.kind is NodeKind.TEXT and self._is_timed(other):
            return _instant(node, _name(other))
        return node

    def _is_timed(self, node: Node) -> bool:
        return isinstance(node, Property) and _is_timed(self.columns.column(node.name))

    def _fitting(self, node: Property, constant: Constant) -> Constant:
        """Return a constant that says true or false as such, beside a column of truth."""
        column = self.columns.column(node.name)
        if column.truth is None or (
            constant.kind is NodeKind.NUMBER and column.numbers is not None
        ):
            return constant
        switch = _switch(constant.values)
        if switch is None:
            return constant
        truth = truth_constant(yes=switch).values.truth
        return Constant(constant.kind, replace(constant.values, truth=truth))

    def _check_comparable(self, left: Node, right: Node) -> None:
        one, other = self._offered(left), self._offered(right)
        if one is None or other is None or _can_meet(one, other):
            return
        if not isinstance(left, Property | Moments):
            left, right, one, other = right, left, other, one
        raise _misfit(_shown(left, one), one, _shown(right, other))

    def _offered(self, node: Node) -> Values | None:
        """Return values of the kinds that a node has; None if that is unknown or all are null."""
        if isinstance(node, Property | Moments):
            column = self.columns.column(node.name)
            return column if column.present.any() else None
        return node.values if isinstance(node, Constant) else _EXAMPLES.get(kind_of(node))

    def _among(self, node: Among) -> Node:
        value, others = self.node(node.value), tuple(map(self.node, node.others))
        numbers = [number_constant(each) for each in node.numbers.rows()]
        texts = [text_constant(each) for each in sorted(node.texts)]
        if self._is_timed(value) or self._holds_truth(value):
            members = (*numbers, *texts, *others)
            equal = [Call("=", self._compared(value, each)) for each in members]
            return equal[0] if len(equal) == 1 else Call("or", tuple(equal))
        column = self._offered(value)
        # One text stands for all beside a column of texts, and so does one number.
        few = texts[:1] if column is not None and column.texts is not None else texts
        for each in (*numbers[:1], *few, *others):
            self._check_comparable(value, each)
        return replace(node, value=value, others=others)

    def _holds_truth(self, node: Node) -> bool:
        return isinstance(node, Property) and self.columns.column(node.name).truth is not None


def _is_timed(column: Values) -> bool:
    """Return whether a column holds texts alone, and these are all dates or all timestamps."""
    others = column.numbers, column.truth, column.sets
    if column.texts is None or any(each is not None for each in others):
        return False
    return column.texts.words.are_times


def _name(node: Node) -> str:
    return node.name if isinstance(node, Property) else ""


def _is_plain(node: Node) -> bool:
    return isinstance(node, Constant) and node.kind in {NodeKind.TEXT, NodeKind.INSTANT}


def _instant(node: Constant, name: str) -> Constant:
    text = _shown(node, node.values)[1:-1]
    if read_literal(text) is None:
        raise fault("no-instant", name=name[:SHOWN], given=text[:SHOWN])
    return instant_constant(text)


def _switch(values: Values) -> bool | None:
    if values.texts is not None:
        return _SWITCHES.get(str(values.texts.words.array[0]).lower())
    return None if values.numbers is None else _SWITCHES.get(float(values.numbers.near[0]))


def _can_meet(one: Values, other: Values) -> bool:
    return (
        (one.numbers is not None and (other.numbers is not None or _numeric(other)))
        or (other.numbers is not None and _numeric(one))
        or (one.texts is not None and other.texts is not None)
        or (one.truth is not None and other.truth is not None)
        or (one.times is not None and _dated(other))
        or (other.times is not None and _dated(one))
    )


def _numeric(values: Values) -> bool:
    return values.texts is not None and values.texts.words.some_numbers


def _dated(values: Values) -> bool:
    return values.times is not None or (values.texts is not None and values.texts.words.some_times)


def _misfit(name: str, column: Values, literal: str) -> Exception:
    code = "times" if _is_timed(column) else next(kind for kind in _KINDS if getattr(column, kind))
    return fault(f"holds-{code}", name=name[:SHOWN], given=literal[:SHOWN])


def _shown(node: Node, values: Values) -> str:
    """Return what a node is to whoever wrote it."""
    if isinstance(node, Property | Moments):
        return node.name
    if not isinstance(node, Constant):
        return node.op.upper() if isinstance(node, Call) else "…"
    if values.texts is not None:
        return f"'{values.texts.words.array[0]}'"
    if values.numbers is not None:
        return str(values.numbers.exact()[0]).removesuffix(".0")
    if values.times is not None:
        return written(values.times)[0]
    return "TRUE" if values.truth is not None and values.truth.yes[0] else "FALSE"


_SWITCHES: Final[Mapping[str | float, bool]] = {"true": True, "false": False, 1.0: True, 0.0: False}
_KINDS: Final = ("numbers", "texts", "truth", "sets", "times")
_EXAMPLES: Final = {
    NodeKind.NUMBER: number_constant(exact_numbers([1])).values,
    NodeKind.TEXT: text_constant("1").values,
    NodeKind.TRUTH: truth_constant(yes=True).values,
}
