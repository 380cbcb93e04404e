"""An interval of a filter: two ends, either open, of which the first is not after the second."""

from collections.abc import Callable
from typing import Final

from zones.cql2.faults_and_limits import fault, shown
from zones.cql2.instants import interval
from zones.cql2.tree_nodes import Constant, Interval, Node, NodeKind, Property
from zones.cql2.value_arrays import as_times
from zones.model import JSON

OPEN: Final = ".."


def interval_of(ends: JSON, build: Callable[[JSON], Node]) -> Interval:
    """Return an interval.

    Parameters
    ----------
    build
        Makes the node of an end.

    Raises
    ------
    FilterError
        ``filter-interval``, or ``filter-interval-reversed`` if it ends before it begins.
    """
    if not isinstance(ends, list) or len(ends) != 2:  # noqa: PLR2004 - a start and an end
        raise fault("interval", given=shown(ends))
    start, end = (_end(each, build) for each in ends)
    if isinstance(start, Constant) and isinstance(end, Constant) and _is_reversed(start, end):
        raise fault("interval-reversed", given=shown(ends))
    return Interval(start, end)


def _end(document: JSON, build: Callable[[JSON], Node]) -> Property | Constant | None:
    if document == OPEN:
        return None
    node = build(document)
    if isinstance(node, Property) or (isinstance(node, Constant) and node.kind is NodeKind.INSTANT):
        return node
    raise fault("interval", given=shown(document))


def _is_reversed(start: Constant, end: Constant) -> bool:
    times = interval(as_times(start.values), as_times(end.values))
    return bool((times.end < times.start).any())
