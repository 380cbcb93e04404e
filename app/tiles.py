"""Tiles of a collection for many clients at once: from memory, or encoded a few at a time."""

import anyio
import anyio.to_thread

from app.settings import Settings
from app.tile_cache import KeptTile, TileCache, TileKey, kept_tile
from zones.collection import Collection
from zones.tiles import Tile, encode_tile, tile_source

MEGABYTE = 2**20


class Tiles:
    """The tiles of this process."""

    def __init__(self, settings: Settings) -> None:
        self.cache = TileCache(settings.tile_cache_mb * MEGABYTE)
        self._limiter = anyio.CapacityLimiter(settings.tile_concurrency)

    async def tile(self, collection: Collection, tile: Tile) -> KeptTile:
        """Return the tile; a thread encodes it when it is not in memory."""
        key = key_of(collection, tile)
        found = self.cache.get(key)
        if found is None:
            found = await anyio.to_thread.run_sync(
                self._encoded, collection, tile, key, limiter=self._limiter
            )
        return found

    def _encoded(self, collection: Collection, tile: Tile, key: TileKey) -> KeptTile:
        # Another request for the tile may have been before this one in the queue.
        found = self.cache.get(key)
        if found is None:
            found = kept_tile(encode_tile(tile_source(collection), tile))
            self.cache.put(key, found)
        return found


def key_of(collection: Collection, tile: Tile) -> TileKey:
    """Return under which key the tile is kept."""
    return TileKey(
        collection.info.id, collection.revision, tile.tms.id, tile.zoom, tile.row, tile.column
    )
