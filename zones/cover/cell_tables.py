"""The parts of a grid cover: the grid over the polygons, and what is known of each cell."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import ranges, run_starts

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Codes = NDArray[np.int16] | NDArray[np.int32]
Masks = NDArray[np.uint32]
Bools = NDArray[np.bool_]

S = TypeVar("S", bound=np.generic)
N = TypeVar("N", bound=np.integer)

REFERENCE_X, REFERENCE_Y = 0.4631, 0.5377
"""Where in a cell its reference point lies: off the middle and off any round fraction, so that
borders drawn along round coordinates seldom pass through it."""

MASK_BITS = 32
"""How many polygons a border cell may list and still be answered by its own edges."""


@dataclass(frozen=True, slots=True)
class CoverGrid:
    """Square cells, ``scale`` of them to a degree, counted from the south-west corner.

    Whatever lies outside is moved to the outermost ring of cells, so that every point has one.
    No polygon reaches that ring if ``whole``; else its points are tested by shapely.
    """

    west: float
    south: float
    scale: float
    columns: int
    rows: int
    whole: bool = True

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.columns * self.rows

    def place(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return how many cells east and north of the corner each point lies.

        The same two operations everywhere: points and polygons are rounded alike.
        """
        return (lon - self.west) * self.scale, (lat - self.south) * self.scale


@dataclass(frozen=True, slots=True)
class CoverTables:
    """What is known of each cell, as arrays without pointers.

    Attributes
    ----------
    codes
        For each cell, row by row from the south: the number of the set of polygons that hold
        the whole cell (0 is the empty set), or ``~i`` for border cell ``i``.
    set_first, set_offsets, set_members
        The sets: the lowest member (-1 for the empty set), and all members, ascending.
    border_cells
        One row for each border cell: its first edge, how many edges, where its list of
        polygons begins, and which of them hold its reference point (bits). A cell without
        edges is *crowded*: its points are tested by shapely.
    border_members
        The lists: the polygons that may hold a point of the border cell, ascending.
    edges
        One row for each edge in a border cell: ax, ay, bx, by, in cells from the cell's
        reference point.
    edge_owners
        Which polygons of the cell's list lie on one side of the edge only (bits).
    """

    grid: CoverGrid
    codes: Codes
    set_first: Ints32
    set_offsets: Ints32
    set_members: Ints32
    border_cells: Ints32
    border_members: Ints32
    edges: Floats32
    edge_owners: Masks

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        arrays = (getattr(self, name) for name in self.__dataclass_fields__)
        return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))


class Filling(Generic[S]):
    """An array of a known greatest length, filled from the front.

    Memory is only taken where it is written, and nothing is held twice as it would be by
    joining pieces.
    """

    def __init__(self, shape: tuple[int, ...], dtype: type[S]) -> None:
        self._room = np.empty(shape, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, values: NDArray[S]) -> None:
        """Append; what goes beyond the greatest length is an error."""
        end = self._length + len(values)
        self._room[self._length : end] = values
        self._length = end

    def filled(self) -> NDArray[S]:
        """Return what has been filled, as a view."""
        return self._room[: self._length]


def owned_ranges(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return, for ``first[i], first[i] + 1, ...`` of length ``count[i]``, each i and value."""
    return np.repeat(np.arange(len(count)), count), ranges(first, count)


def distinct(values: NDArray[N]) -> NDArray[N]:
    """Return the distinct values, ascending.

    Sorting is several times quicker here than the hash table that ``np.unique`` uses.
    """
    ascending = np.sort(values)
    return ascending[run_starts(ascending)]
