"""A filter's document -> a tree whose every part is known to make sense."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from zones.cql2 import instant_and_geometry_literals
from zones.cql2.constant_nodes import (
    instant_constant,
    kind_of,
    number_constant,
    text_constant,
    truth_constant,
)
from zones.cql2.exact_number_comparison import ExactNumbers, exact_numbers, joined
from zones.cql2.faults_and_limits import (
    DEEPEST,
    MOST_TERMS,
    MOST_VALUES,
    fault,
    shown,
    too_deep,
)
from zones.cql2.instants import read_literal
from zones.cql2.intervals import interval_of
from zones.cql2.like_patterns import compile_pattern
from zones.cql2.operations import ACCEPTED, CONNECTIVES, OPERATIONS, Operation, Role
from zones.cql2.remove_diacritics import fold_accents
from zones.cql2.tree_nodes import (
    Among,
    Call,
    Constant,
    Items,
    Like,
    Node,
    NodeKind,
    Property,
)
from zones.cql2.value_arrays import NOTHING, DistinctTexts, of_times
from zones.crs.transform import CRS
from zones.model import JSON

_FOLDS: Final[Mapping[str, Callable[[str], str]]] = {"casei": str.casefold, "accenti": fold_accents}


@dataclass(slots=True)
class Builder:
    """Builds one tree; ``uses`` collects which property is used in which roles."""

    crs: CRS
    uses: dict[str, set[Role]] = field(default_factory=dict)
    _terms: int = 0

    def root(self, document: JSON) -> Node:
        """Return the tree of a whole filter.

        Raises
        ------
        FilterError
            If an operator is unknown or has wrong operands, a value is malformed, or a limit is
            passed.
        CoordinateError
            If a geometry cannot lie on the earth.
        """
        return self._node(document, "truth", depth=0)

    def _node(self, document: JSON, role: Role, *, depth: int) -> Node:
        if depth > DEEPEST:
            raise too_deep()
        if role == "list" or (role == "any" and isinstance(document, list)):
            return self._items(document, depth=depth)
        node = self._any_node(document, role, depth=depth)
        kind = kind_of(node)
        if kind is NodeKind.NULL and role != "any":
            raise fault("null")
        if kind not in {NodeKind.NULL, NodeKind.PROPERTY} and kind not in ACCEPTED[role]:
            raise fault(f"needs-{role}", given=shown(document))
        if role == "truth" and not isinstance(node, Call | Like | Among):
            self._count_term()
        return node

    def _any_node(self, document: JSON, role: Role, *, depth: int) -> Node:
        if isinstance(document, dict):
            return self._object(document, role, depth=depth)
        if isinstance(document, list):
            raise fault(f"needs-{role}", given=shown(document))
        if role == "time" and isinstance(document, str) and read_literal(document):
            return instant_constant(document)
        return _constant(document)

    def _object(self, document: dict[str, JSON], role: Role, *, depth: int) -> Node:
        keys = document.keys()
        if keys == {"op", "args"}:
            return self._operation(document["op"], document["args"], depth=depth)
        if keys == {"property"}:
            return self._property(document["property"], role)
        if keys in ({"date"}, {"timestamp"}):
            ((kind, written),) = document.items()
            return Constant(
                NodeKind.INSTANT, of_times(instant_and_geometry_literals.instant(written, kind))
            )
        if keys == {"interval"}:
            build = partial(self._any_node, role="time", depth=0)
            return interval_of(document["interval"], build)
        if keys == {"bbox"}:
            return instant_and_geometry_literals.box(document["bbox"], self.crs)
        if "type" in keys:
            return instant_and_geometry_literals.geometry(document, self.crs)
        raise fault("document", given=shown(document))

    def _property(self, name: JSON, role: Role) -> Property:
        if not isinstance(name, str):
            raise fault("document", given=shown(name))
        self.uses.setdefault(name, set()).add(role)
        return Property(name)

    def _operation(self, op: JSON, args: JSON, *, depth: int) -> Node:
        name = op.lower() if isinstance(op, str) else ""
        if name not in OPERATIONS or not isinstance(args, list):
            raise fault("unknown-operator", name=shown(op))
        operation = OPERATIONS[name]
        if not _fits(operation, args):
            raise fault("arguments", op=name.upper(), count=len(args))
        if name not in CONNECTIVES:
            self._count_term()
        if name == "like":
            return self._like(args, depth=depth)
        # A chain of the same connective is one level, however a program has nested it.
        nodes = [
            self._node(each, role, depth=depth + (not _continues(name, each)))
            for each, role in zip(args, _roles(operation, args), strict=True)
        ]
        return _among(nodes) if name == "in" else Call(name, tuple(nodes))

    def _like(self, args: list[JSON], *, depth: int) -> Like:
        text, pattern = args
        return Like(
            self._node(text, "text", depth=depth + 1), compile_pattern(_pattern(pattern, depth))
        )

    def _items(self, document: JSON, *, depth: int) -> Node:
        if isinstance(document, dict):
            node = self._object(document, "list", depth=depth)
            if isinstance(node, Property):
                return node
            raise fault("needs-list", given=shown(document))
        if not isinstance(document, list):
            raise fault("needs-list", given=shown(document))
        if len(document) > MOST_VALUES:
            raise fault("too-many-values", most=MOST_VALUES)
        return Items(tuple(self._node(each, "scalar", depth=depth + 1) for each in document))

    def _count_term(self) -> None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise fault("too-many-terms", most=MOST_TERMS)


def _constant(document: JSON) -> Constant:
    if document is None:
        return Constant(NodeKind.NULL, NOTHING)
    if isinstance(document, bool):
        return truth_constant(yes=document)
    if isinstance(document, str):
        return text_constant(document)
    if isinstance(document, int | float) and math.isfinite(document):
        return number_constant(exact_numbers([document]))
    raise fault("number", given=shown(document))


def _fits(operation: Operation, args: list[JSON]) -> bool:
    if operation.more:
        return len(args) > 1
    return len(args) == len(operation.roles)


def _roles(operation: Operation, args: list[JSON]) -> tuple[Role, ...]:
    return operation.roles * len(args) if operation.more else operation.roles


def _continues(name: str, document: JSON) -> bool:
    return name in {"and", "or"} and isinstance(document, dict) and document.get("op") == name


def _pattern(document: JSON, depth: int) -> str:
    """Return a pattern, folded as it says; it must be the same for all features."""
    if isinstance(document, str):
        return document
    if isinstance(document, dict) and depth <= DEEPEST:
        op, args = document.get("op"), document.get("args")
        name = op.lower() if isinstance(op, str) else ""
        if name in _FOLDS and isinstance(args, list) and len(args) == 1:
            return _FOLDS[name](_pattern(args[0], depth + 1))
    raise fault("needs-pattern", given=shown(document))


def _among(nodes: list[Node]) -> Among:
    value, listed = nodes
    if not isinstance(listed, Items):
        raise fault("needs-values")
    numbers: list[ExactNumbers] = []
    texts: list[str] = []
    others: list[Node] = []
    for each in listed.members:
        constant = each.values if isinstance(each, Constant) else NOTHING
        if constant.numbers is not None:
            numbers.append(constant.numbers)
        elif constant.texts is not None:
            texts.append(str(constant.texts.words.array[0]))
        else:
            others.append(each)
    as_numbers = DistinctTexts(texts).numbers
    return Among(value, joined(numbers), frozenset(texts), as_numbers, tuple(others))
