"""Which operators and functions there are, and what each takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from zones.cql2.tree_nodes import NodeKind

Role = Literal["truth", "scalar", "number", "text", "pattern", "list", "shape", "time", "any"]
"""What an operand is for; the message ``filter-needs-<role>`` says so."""

ACCEPTED: Final[Mapping[Role, frozenset[NodeKind]]] = MappingProxyType(
    {
        "truth": frozenset({NodeKind.TRUTH}),
        "scalar": frozenset({NodeKind.TRUTH, NodeKind.NUMBER, NodeKind.TEXT, NodeKind.INSTANT}),
        "number": frozenset({NodeKind.NUMBER}),
        "text": frozenset({NodeKind.TEXT}),
        "pattern": frozenset({NodeKind.TEXT}),
        "list": frozenset({NodeKind.LIST}),
        "shape": frozenset({NodeKind.GEOMETRY}),
        "time": frozenset({NodeKind.INSTANT, NodeKind.INTERVAL}),
        "any": frozenset(NodeKind),
    }
)
"""Kinds that may play a role; a property and null may play any."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Roles of the operands in their order, and the kind of the result.

    With ``more`` there are two operands or more, all of the first role.
    """

    roles: tuple[Role, ...]
    gives: NodeKind = NodeKind.TRUTH
    more: bool = False


def _same(names: str, operation: Operation) -> dict[str, Operation]:
    return dict.fromkeys(names.split(), operation)


SPATIAL: Final = _same(
    "s_intersects s_equals s_disjoint s_touches s_within s_overlaps s_crosses s_contains",
    Operation(("shape", "shape")),
)
TEMPORAL: Final = _same(
    "t_after t_before t_contains t_disjoint t_during t_equals t_finishedby t_finishes "
    "t_intersects t_meets t_metby t_overlappedby t_overlaps t_startedby t_starts",
    Operation(("time", "time")),
)
LISTS: Final = _same("a_equals a_contains a_containedby a_overlaps", Operation(("list", "list")))
FOLDING: Final = _same("casei accenti", Operation(("text",), NodeKind.TEXT))
COMPARISONS: Final = _same("= <> < <= > >=", Operation(("scalar", "scalar")))
ARITHMETIC: Final = _same("+ - * / % ^ div", Operation(("number", "number"), NodeKind.NUMBER))

FUNCTIONS: Final = frozenset({*SPATIAL, *TEMPORAL, *LISTS, *FOLDING})
"""Everything that is written as a function; there are none besides those of the standard."""

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "and": Operation(("truth",), more=True),
        "or": Operation(("truth",), more=True),
        "not": Operation(("truth",)),
        "like": Operation(("text", "pattern")),
        "between": Operation(("scalar", "scalar", "scalar")),
        "in": Operation(("scalar", "list")),
        "isnull": Operation(("any",)),
        **COMPARISONS,
        **ARITHMETIC,
        **FOLDING,
        **SPATIAL,
        **TEMPORAL,
        **LISTS,
    }
)
"""By name in lower case: CQL2 JSON writes ``isNull`` and ``t_metBy``."""

CONNECTIVES: Final = frozenset({"and", "or", "not"})
