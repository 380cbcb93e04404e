"""What a tile shows of very many small features: cells with how many of them lie in each.

A tile of an overview would be megabytes of shapes smaller than a pixel, or a scatter of those that
a limit lets in. Small ones are counted instead, in the cell of the tile that the middle of their
bounds is in; what is larger is drawn as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Flags, Integers
from zones.tiles.attributes import attribute_table
from zones.tiles.layer_bytes import EXTENT, Features, write_features, write_layer
from zones.tiles.paths import Floats, GeomType
from zones.tiles.shapes_on_grid import Shapes
from zones.tiles.tile_matrix_sets import Tile

CELL_UNITS: Final = 64
"""Side of a cell: eight pixels where a tile is drawn with 512."""
COUNT_KEY: Final = "count"
MOST_SINGLE: Final = 12_000
"""So many features are looked at one by one; of more, the small ones are counted at once."""
_SIDES: Final = (CELL_UNITS, 2 * CELL_UNITS, 4 * CELL_UNITS, 8 * CELL_UNITS)
_CELLS: Final = EXTENT // CELL_UNITS
_CELL_BYTES: Final = 32  # at most: a square, its number, its count
_SQUARE: Final = 11  # commands


@dataclass(frozen=True, slots=True)
class Middles:
    """Features by the middle of their bounds, in units of a tile."""

    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.x)


def size_of(shapes: Shapes, at: Integers, units: float) -> Floats:
    """Return how large features are in the tile's units; points have no size."""
    if shapes.kind is GeomType.POINT:
        return np.zeros(len(at))
    sizes: Floats = shapes.room[at] * units
    return sizes


def middles(shapes: Shapes, at: Integers, tile: Tile, units: float) -> Middles:
    """Return the middles of shapes in the tile's units."""
    x = (shapes.left[at] + shapes.right[at]) / 2 * units - tile.column * EXTENT
    y = (shapes.top[at] + shapes.bottom[at]) / 2 * units - tile.row * EXTENT
    return Middles(x, y)


def least_side(sizes: Floats, needed: Integers, budget: int) -> float:
    """Return from which size on features are drawn as they are, so that those fit a budget.

    Parameters
    ----------
    needed
        Bytes that each takes.
    budget
        Of a whole tile; what cells may take is left to them. Features larger than eight cells
        are drawn in any case.
    """
    left = budget - _most_cell_bytes()
    fitting = (side for side in _SIDES if needed[sizes >= side].sum() <= left)
    return float(next(fitting, _SIDES[-1]))


def _most_cell_bytes() -> int:
    return _CELLS * _CELLS * _CELL_BYTES


def write_cells(name: str, parts: Sequence[Middles]) -> tuple[bytes, int]:
    """Return the layer of cells, and how many features are counted in it.

    Those whose middle lies in another tile are counted there.
    """
    x = np.concatenate([part.x for part in parts])
    y = np.concatenate([part.y for part in parts])
    inside = _inside(x) & _inside(y)
    column, row = (np.floor_divide(each[inside], CELL_UNITS).astype(np.int64) for each in (x, y))
    cells, counts = np.unique(row * _CELLS + column, return_counts=True)
    if not len(cells):
        return b"", 0
    tags = attribute_table([{COUNT_KEY: int(count)} for count in counts]).tags(
        np.arange(len(cells))
    )
    features = Features(
        GeomType.POLYGON,
        np.arange(len(cells)),
        cells,
        tags.tags,
        tags.offsets,
        _squares(cells),
        np.arange(len(cells) + 1) * _SQUARE,
    )
    return write_layer(name, write_features(features)[0], tags.dictionaries), int(counts.sum())


def _inside(values: Floats) -> Flags:
    inside: Flags = (values >= 0) & (values < EXTENT)
    return inside


def _squares(cells: Integers) -> NDArray[np.uint32]:
    """Return the commands of squares: to a corner, along three sides, close."""
    side = 2 * CELL_UNITS  # zigzag: an even number is twice what it stands for
    commands = np.zeros((len(cells), _SQUARE), dtype=np.uint32)
    commands[:, 0] = 9  # move, once
    commands[:, 1] = (cells % _CELLS) * side
    commands[:, 2] = (cells // _CELLS) * side
    commands[:, 3] = 26  # line, three times
    commands[:, 4] = side
    commands[:, 7] = side
    commands[:, 8] = side - 1  # back
    commands[:, 10] = 15  # close
    return commands.ravel()
