"""Tiles of map images: cut from larger pictures, so that no name ends at a tile's edge."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.map_images.picture_request import Picture, drawn, usual_ground
from zones.crs.transform import CRS, to_storage_xy
from zones.drawing.model import Bounds, Viewport
from zones.drawing.raster_encode import Form, encoded
from zones.drawing.raster_engine import SCREEN_DPI, painter
from zones.messages import Lang
from zones.model import BBox
from zones.snapshot.model import Snapshot
from zones.tiles import Tile, TileMatrixSet

TOGETHER: Final = 4
"""Tiles beside and below each other that are painted at once."""
SHIFTED_FROM_ZOOM: Final = 8
"""Below, the shift of GCJ-02 is less than a pixel, and a tile too large to be bent evenly."""
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class TileKind:
    """What tiles show and how, wherever they are.

    ``scale`` 2 makes tiles of 512 pixels for fine screens. ``is_shifted`` moves everything as
    GCJ-02 does, for pages whose ground map is 高德's; the numbers of the tiles stay those of
    Web Mercator.
    """

    layer: str
    form: Form
    lang: Lang = "zh"
    is_labelled: bool = True
    scale: int = 1
    is_shifted: bool = False


@dataclass(frozen=True, slots=True)
class TileBlock:
    """Tiles that are painted at once: the first row and column, and how many of each."""

    tms: TileMatrixSet
    zoom: int
    row: int
    column: int
    rows: int
    columns: int

    @property
    def tiles(self) -> Iterator[Tile]:
        """The tiles, row by row."""
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + self.columns):
                yield self.tms.tile(self.zoom, row, column)

    @property
    def bounds(self) -> Bounds:
        """Bounds in the unit of the set's CRS."""
        first = self.tms.tile(self.zoom, self.row, self.column).bounds
        last = self.tms.tile(
            self.zoom, self.row + self.rows - 1, self.column + self.columns - 1
        ).bounds
        return first.west, last.south, last.east, first.north


def block_of(tile: Tile) -> TileBlock:
    """Return the tiles that are painted with one."""
    tms = tile.tms.grid
    rows, columns = tms.size(tile.zoom)
    row, column = (place // TOGETHER * TOGETHER for place in (tile.row, tile.column))
    return TileBlock(
        tms, tile.zoom, row, column, min(TOGETHER, rows - row), min(TOGETHER, columns - column)
    )


def viewport_of(block: TileBlock, kind: TileKind) -> Viewport:
    """Return what the picture of a block shows."""
    side = 256 * kind.scale
    crs, bounds = block.tms.crs, block.bounds
    if kind.is_shifted and block.zoom >= SHIFTED_FROM_ZOOM:
        # The same numbers, read as those of a map whose degrees are GCJ-02's: between the edges
        # of a block degrees and Mercator's metres differ by half a pixel at most.
        west, south = to_storage_xy(*bounds[:2], crs)
        east, north = to_storage_xy(*bounds[2:], crs)
        crs, bounds = CRS.GCJ02, (west, south, east, north)
    return Viewport(crs, bounds, block.columns * side, block.rows * side, float(kind.scale))


def painted(snapshot: Snapshot, block: TileBlock, kind: TileKind) -> dict[Tile, bytes]:
    """Return every tile of a block as a file."""
    ground = usual_ground((kind.layer,)) if kind.form == "jpeg" else None
    picture = Picture(
        (kind.layer,), viewport_of(block, kind), kind.form, kind.lang, kind.is_labelled, ground
    )
    pixels = painter()(drawn(snapshot, picture))
    side, dpi = 256 * kind.scale, SCREEN_DPI * kind.scale
    parts = (_cut(pixels, tile, block, side) for tile in block.tiles)
    return {
        tile: encoded(part, kind.form, dpi=dpi)
        for tile, part in zip(block.tiles, parts, strict=True)
    }


def _cut(pixels: NDArray[np.uint8], tile: Tile, block: TileBlock, side: int) -> NDArray[np.uint8]:
    top, left = (tile.row - block.row) * side, (tile.column - block.column) * side
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def blank(kind: TileKind) -> bytes:
    """Return a tile with nothing in it."""
    side = 256 * kind.scale
    pixels = np.zeros((side, side, 4), dtype=np.uint8)
    if kind.form == "jpeg":
        pixels[...] = [*bytes.fromhex(usual_ground((kind.layer,)).removeprefix("#")), 255]
    return encoded(pixels, kind.form, dpi=SCREEN_DPI * kind.scale)


def touches(block: TileBlock, extent: BBox) -> bool:
    """Return whether what lies in a box of degrees, signs and names included, can be in a block."""
    west, south, east, north = block.bounds
    low = to_storage_xy(west, south, block.tms.crs)
    high = to_storage_xy(east, north, block.tms.crs)
    # Half a block more: names and signs reach beyond their places, and so does the shift.
    room_x, room_y = (high[0] - low[0]) * _HALF, (high[1] - low[1]) * _HALF
    is_beside = high[0] + room_x < extent.west or extent.east < low[0] - room_x
    return not (is_beside or high[1] + room_y < extent.south or extent.north < low[1] - room_y)
