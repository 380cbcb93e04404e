"""Drawing shapes into a tile: cut, round, simplify, make valid; as geometry commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Flags, Integers, offsets_of, ranges, run_starts
from zones.tiles.clip_paths import clip_lines, clip_points, clip_rings
from zones.tiles.geometry_commands import geometry_commands
from zones.tiles.layer_bytes import EXTENT
from zones.tiles.paths import LEAST_VERTICES, Floats, GeomType, Paths, joined
from zones.tiles.shapes_on_grid import GridWindow, Shapes
from zones.tiles.tile_matrix_sets import Tile
from zones.tiles.valid_polygons import valid_polygons

BUFFER: Final = 64
"""Units that features reach beyond the tile's edges, so that strokes are not cut at them."""
BUFFERED: Final = GridWindow(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
UNBUFFERED: Final = GridWindow(0, 0, EXTENT - 1, EXTENT - 1)
"""The units that are of this tile and of no other."""
TOLERANCE_UNITS: Final = 1.0
"""How far a line may stray for being simpler: a sixteenth of a pixel where a tile is drawn with
256 of them."""
ROUNDING: Final = 1.0
"""Units that a vertex moves at most when it is rounded, and some more."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Features of one kind as a tile shows them, in no order.

    Attributes
    ----------
    feature, room
        Of each: its position in the collection, and how large it is on the grid.
    commands, offsets
        Geometry commands, and where those of each begin.
    """

    kind: GeomType
    feature: Integers
    room: Floats
    commands: NDArray[np.uint32]
    offsets: Integers

    def __len__(self) -> int:
        return len(self.feature)

    def only(self, keep: Flags) -> "Drawn":
        """Return the features in ``keep``."""
        counts = np.diff(self.offsets)[keep]
        return replace(
            self,
            feature=self.feature[keep],
            room=self.room[keep],
            commands=self.commands[ranges(self.offsets[:-1][keep], counts)],
            offsets=offsets_of(counts),
        )


def window(tile: Tile, box: GridWindow, *, grown: float = 0.0) -> GridWindow:
    """Return the part of the grid that ``box``, grown on all sides, has of the tile, in its unit.

    The box is in the tile's units, as is ``grown``.
    """
    units = units_of(tile)
    left, top = tile.column * EXTENT, tile.row * EXTENT
    return GridWindow(
        (left + box.left - grown) / units,
        (top + box.top - grown) / units,
        (left + box.right + grown) / units,
        (top + box.bottom + grown) / units,
    )


def units_of(tile: Tile) -> float:
    """Return how many units of the tile's zoom the grid's unit has."""
    return float(EXTENT * 2**tile.zoom)


def draw(shapes: Shapes, chosen: Integers, tile: Tile, box: GridWindow) -> Drawn:
    """Return the chosen shapes as the tile shows them within ``box``; some may vanish."""
    if shapes.kind is GeomType.POINT:
        paths = _drawn_points(shapes, chosen, tile, box)
    else:
        inside = shapes.inside(chosen, window(tile, box, grown=-ROUNDING))
        crossing = chosen[~inside]
        chosen = np.concatenate([crossing, chosen[inside]])
        paths = _drawn_lines(shapes, chosen, tile, box, crossing=len(crossing))
    commands, offsets = geometry_commands(paths, shapes.kind)
    drawn = chosen[paths.owner[run_starts(paths.owner)]]
    return Drawn(shapes.kind, shapes.feature[drawn], shapes.room[drawn], commands, offsets)


def _drawn_points(shapes: Shapes, chosen: Integers, tile: Tile, box: GridWindow) -> Paths:
    points = clip_points(_on_tile(shapes.gather(chosen, least_weight=0.0), tile), box)
    return points.without_repeats(GeomType.POINT).only(points.counts > 0)


def _drawn_lines(
    shapes: Shapes, chosen: Integers, tile: Tile, box: GridWindow, *, crossing: int
) -> Paths:
    """Return lines or polygons; the first so many of the chosen may cross the box's sides."""
    kind = shapes.kind
    gathered = shapes.gather(chosen, least_weight=TOLERANCE_UNITS / units_of(tile))
    paths = _on_tile(gathered, tile).without_repeats(kind)
    if crossing:
        reaching, inside = paths.split(int(np.searchsorted(paths.owner, crossing)))
        cut = _CUT[kind](reaching, box)
        rounded = Paths(np.rint(cut.x), np.rint(cut.y), cut.offsets, cut.owner, cut.shell)
        paths = joined(rounded.without_repeats(kind), inside)
    return (
        valid_polygons(paths)
        if kind is GeomType.POLYGON
        else paths.only(paths.counts >= LEAST_VERTICES[kind])
    )


def _on_tile(paths: Paths, tile: Tile) -> Paths:
    """Return the paths in units of the tile, rounded.

    Units are counted through the whole grid before the tile is cut out, so that neighbouring
    tiles, and neighbouring features, have a common vertex at one place.
    """
    units = units_of(tile)
    x = np.rint(paths.x * units) - tile.column * EXTENT
    y = np.rint(paths.y * units) - tile.row * EXTENT
    return Paths(x, y, paths.offsets, paths.owner, paths.shell)


_CUT: Final[Mapping[GeomType, Callable[[Paths, GridWindow], Paths]]] = {
    GeomType.LINE: clip_lines,
    GeomType.POLYGON: clip_rings,
}
