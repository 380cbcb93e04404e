"""Show: vector tiles of a collection (Mapbox Vector Tile 2.1), by numpy and shapely alone.

Start at ``tile.py`` (one tile), then ``prepared_source.py`` (what is worked out once a collection),
``clip_paths.py`` (cutting) and ``layer_bytes.py`` (bytes). May import ``zones.snapshot`` and what
is below.
"""

from zones.tiles.prepared_source import (
    TileSource,
    are_tiles_prepared,
    are_tiles_shared,
    prepare_tiles,
    tile_source,
)
from zones.tiles.tile import EncodedTile, encode_tile, encode_tile_within
from zones.tiles.tile_limits import TileLimits
from zones.tiles.tile_matrix_sets import (
    CGCS2000_QUAD,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    WORLD_CRS84_QUAD,
    MatrixLimits,
    Tile,
    TileMatrixSet,
    tile_matrix_set,
)
from zones.tiles.tile_without_preparation import encode_part
from zones.tiles.tilejson import MEDIA_TYPE, layer_ids, tilejson, tileset

__all__ = [
    "CGCS2000_QUAD",
    "MEDIA_TYPE",
    "TILE_MATRIX_SETS",
    "WEB_MERCATOR_QUAD",
    "WORLD_CRS84_QUAD",
    "EncodedTile",
    "MatrixLimits",
    "Tile",
    "TileLimits",
    "TileMatrixSet",
    "TileSource",
    "are_tiles_prepared",
    "are_tiles_shared",
    "encode_part",
    "encode_tile",
    "encode_tile_within",
    "layer_ids",
    "prepare_tiles",
    "tile_matrix_set",
    "tile_source",
    "tilejson",
    "tileset",
]
