"""Constants of a filter as nodes, and what a node is known to be."""

from typing import Final

import numpy as np

from zones.cql2.exact_number_comparison import ExactNumbers
from zones.cql2.instants import read_literals
from zones.cql2.operations import OPERATIONS
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
    NodeKind,
    Property,
)
from zones.cql2.value_arrays import (
    DistinctTexts,
    Texts,
    Truth,
    of_numbers,
    of_texts,
    of_times,
    of_truth,
)

_KIND_OF_CLASS: Final = {
    Property: NodeKind.PROPERTY,
    Moments: NodeKind.PROPERTY,
    GeometryLiteral: NodeKind.GEOMETRY,
    Interval: NodeKind.INTERVAL,
    Items: NodeKind.LIST,
    Like: NodeKind.TRUTH,
    Among: NodeKind.TRUTH,
}


def kind_of(node: Node) -> NodeKind:
    """Return what a node is known to be."""
    if isinstance(node, Constant):
        return node.kind
    if isinstance(node, Call):
        return OPERATIONS[node.op].gives
    return _KIND_OF_CLASS[type(node)]


def number_constant(number: ExactNumbers) -> Constant:
    """Return a number of one row as a node."""
    return Constant(NodeKind.NUMBER, of_numbers(number))


def text_constant(text: str) -> Constant:
    """Return a text as a node."""
    return Constant(NodeKind.TEXT, of_texts(Texts(DistinctTexts([text]), np.zeros(1, np.int32))))


def truth_constant(*, yes: bool) -> Constant:
    """Return true or false as a node."""
    found = np.array([yes])
    return Constant(NodeKind.TRUTH, of_truth(Truth(found, ~found)))


def instant_constant(text: str) -> Constant:
    """Return the instant that a text is written as, as a node."""
    return Constant(NodeKind.INSTANT, of_times(read_literals([text])))
