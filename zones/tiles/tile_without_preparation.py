"""One tile of a large collection of which nothing is worked out: from what lies near the tile.

It shows what any tile shows. Borders may be simplified by another tolerable vertex than in a tile
made from all features, where lines part beyond the tile's edge; and from fewer features on small
ones are counted in cells, so that no tile takes long.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from zones.crs.transform import from_storage_xy, to_storage_xy
from zones.ragged_arrays import Integers
from zones.segment_files.decimal_fids import decimal_fids
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.tiles.attributes import AttributeTable, attribute_table
from zones.tiles.density_cells import CELL_UNITS, Middles
from zones.tiles.draw_shapes import BUFFERED, ROUNDING, units_of, window
from zones.tiles.layer_bytes import EXTENT
from zones.tiles.paths import Floats
from zones.tiles.prepared_source import TileSource, fid_key, labelled
from zones.tiles.tile import encode_beside_cells, encode_tile_within, found_in
from zones.tiles.tile_limits import TileLimits
from zones.tiles.tile_matrix_sets import Tile

MOST: Final = 4_000
"""Features that are all looked at: so many take some tenths of a second."""


@dataclass(frozen=True)
class PartSource(TileSource):
    """Some features of a collection, with the ids and attributes that they have in its tiles."""

    numbers: Integers
    table: AttributeTable

    @property
    def ids(self) -> Integers:
        """Of each feature the number that it has among all."""
        return self.numbers

    @property
    def attributes(self) -> AttributeTable:
        """The properties of these features."""
        return self.table


@dataclass(frozen=True, slots=True)
class _Near:
    """Features whose bounds touch a tile: positions, ascending, and bounds on the grid."""

    positions: Integers
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    def size(self) -> Floats:
        size: Floats = np.maximum(self.right - self.left, self.bottom - self.top)
        return size


def encode_part(
    collection: MappedCollection, tile: Tile, *, limits: TileLimits | None = None
) -> bytes:
    """Return the tile as ``encode_tile`` does, reading only the features near it."""
    limits = limits or TileLimits()
    near, units = _near(collection, tile), units_of(tile)
    if len(near.positions) <= MOST:
        return encode_tile_within(_part(collection, near.positions), tile, limits).data
    small = near.size() * units < CELL_UNITS
    x = (near.left + near.right)[small] / 2 * units - tile.column * EXTENT
    y = (near.top + near.bottom)[small] / 2 * units - tile.row * EXTENT
    source = _part(collection, near.positions[~small])
    large = found_in(source, tile)
    return encode_beside_cells(source, tile, limits, large=large, small=[Middles(x, y)]).data


def _near(collection: Collection, tile: Tile) -> _Near:
    positions = np.sort(collection.tree.query(_degrees(tile)))
    west, south, east, north = collection.bounds_at(positions).T
    left, bottom = _on_grid(west, south, tile)
    right, top = _on_grid(east, north, tile)
    reach = window(tile, BUFFERED, grown=ROUNDING)
    there = (left <= reach.right) & (right >= reach.left)
    there &= (top <= reach.bottom) & (bottom >= reach.top)
    return _Near(positions[there], left[there], top[there], right[there], bottom[there])


def _degrees(tile: Tile) -> shapely.Polygon:
    """Return the tile with its buffer as a box of degrees, rather too large."""
    beyond = tile.tms.span / 2**tile.zoom * 2 * -BUFFERED.left / EXTENT
    west, south, east, north = tile.bounds
    low = to_storage_xy(west - beyond, south - beyond, tile.tms.crs)
    high = to_storage_xy(east + beyond, north + beyond, tile.tms.crs)
    return shapely.box(*low, *high)


def _on_grid(lon: Floats, lat: Floats, tile: Tile) -> tuple[Floats, Floats]:
    tms = tile.tms
    x, y = from_storage_xy(lon, np.clip(lat, -tms.farthest_lat, tms.farthest_lat), tms.crs)
    return (x - tms.west) / tms.span, (tms.north - y) / tms.span


def _part(collection: MappedCollection, positions: Integers) -> PartSource:
    features = collection.features_at(positions)
    part = Collection(collection.info, collection.revision, features)
    key = fid_key(collection)
    ids = decimal_fids(part.fids) if key is None else None
    properties = labelled(part.properties, part.fids, key)
    return PartSource(part, positions + 1 if ids is None else ids, attribute_table(properties))
