"""A filter as a tree: properties, constants, and what is done with them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from shapely.geometry.base import BaseGeometry

from zones.cql2.exact_number_comparison import ExactNumbers
from zones.cql2.value_arrays import Values
from zones.crs.transform import CRS, STORAGE
from zones.snapshot.edge_in_other_crs import edge_of, longest_side


class NodeKind(Enum):
    """What a node is known to be before any feature is looked at."""

    TRUTH = auto()
    NUMBER = auto()
    TEXT = auto()
    INSTANT = auto()
    INTERVAL = auto()
    GEOMETRY = auto()
    LIST = auto()
    NULL = auto()
    PROPERTY = auto()


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the features, by its name among the queryables."""

    name: str


@dataclass(frozen=True, slots=True)
class Moments:
    """A property whose texts are all dates or all timestamps, as these."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A value that is the same for all features: ``values`` has one row."""

    kind: NodeKind
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class GeometryLiteral:
    """A geometry that the filter gives, in EPSG:4490.

    ``written`` is the same in ``crs``, x first, as the filter has it; None if that is degrees
    which need no change.
    """

    geometry: BaseGeometry
    written: BaseGeometry | None = None
    crs: CRS = STORAGE

    @property
    def edge(self) -> float:
        """How wide its edge is, in degrees, where its own system decides; 0 if there is none."""
        return 0.0 if self.written is None else edge_of(longest_side(self.written), self.crs)


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """From one instant to another; None is an open end."""

    start: "Property | Constant | None"
    end: "Property | Constant | None"


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list of values, in parentheses in the text."""

    members: tuple["Node", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Like:
    """Whether a text matches a pattern."""

    text: "Node"
    matches: Callable[[str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Among:
    """Whether a value is one of many: numbers and texts apart, as they are looked up.

    ``as_numbers`` are the texts that are written as numbers, for rows that hold numbers.
    """

    value: "Node"
    numbers: ExactNumbers
    texts: frozenset[str]
    as_numbers: ExactNumbers
    others: tuple["Node", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """An operator or function and its operands."""

    op: str
    args: tuple["Node", ...]


Node = Property | Moments | Constant | GeometryLiteral | Interval | Items | Like | Among | Call
