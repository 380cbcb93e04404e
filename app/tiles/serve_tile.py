"""Tiles of a collection for many clients at once: from memory, or encoded a few at a time."""

import anyio
import anyio.to_thread

from app.observe.cache_memory_shares import share
from app.settings import Settings
from app.tiles.recently_requested import TileDemand
from app.tiles.tile_cache import CachedTile, TileCache, TileKey, packed_tile
from zones.memory.release_memory import give_back_memory
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot
from zones.tiles import (
    Tile,
    TileMatrixSet,
    are_tiles_prepared,
    are_tiles_shared,
    encode_part,
    encode_tile,
    prepare_tiles,
    tile_source,
)


class Tiles:
    """The tiles of this process."""

    def __init__(self, settings: Settings) -> None:
        self.cache = TileCache(share(settings, "tiles"))
        self.demand = TileDemand()
        self._limiter = anyio.CapacityLimiter(settings.tile_concurrency)

    async def tile(self, collection: Collection, tile: Tile, *, for_gzip: bool) -> CachedTile:
        """Return the tile; a thread encodes and packs it when it is not in memory."""
        self.demand.note(collection.info.id, tile.tms)
        key = key_of(collection, tile)
        found = self.cache.get(key)
        if found is None or not found.is_ready(for_gzip=for_gzip):
            found = await anyio.to_thread.run_sync(
                self._made, collection, tile, key, for_gzip, limiter=self._limiter
            )
        return found

    def prepare(self, snapshot: Snapshot) -> None:
        """Make ready, in this thread, what tiles of the collections asked for lately are made from.

        A tile is made from the collection it is asked of, so that nothing of an earlier revision
        can get into it; a request that comes meanwhile waits for this to end.
        """
        for collection, tms in self.demand.of(snapshot):
            if is_quick_to_prepare(collection, tms):
                make_ready(collection, tms)

    def _made(self, collection: Collection, tile: Tile, key: TileKey, for_gzip: bool) -> CachedTile:
        # Another request for the tile may have been before this one in the queue.
        found = self.cache.get(key)
        if found is None:
            found = CachedTile(_encoded(collection, tile))
        if not found.is_ready(for_gzip=for_gzip):
            found = packed_tile(found)
        self.cache.put(key, found)
        return found


def make_ready(collection: Collection, tms: TileMatrixSet) -> None:
    """Work out what tiles of the collection are made from, unless that is known."""
    if not are_tiles_prepared(collection, tms):
        prepare_tiles(collection, tms)
        give_back_memory()


def is_quick_to_prepare(collection: Collection, tms: TileMatrixSet) -> bool:
    """Return whether a worker may do it: not for a mapped collection without files for it."""
    return not isinstance(collection, MappedCollection) or are_tiles_shared(collection, tms)


def _encoded(collection: Collection, tile: Tile) -> bytes:
    """Return a tile; of a large collection that is not prepared, from what lies near the tile."""
    if isinstance(collection, MappedCollection) and not is_quick_to_prepare(collection, tile.tms):
        return encode_part(collection, tile)
    make_ready(collection, tile.tms)
    return encode_tile(tile_source(collection), tile)


def key_of(collection: Collection, tile: Tile) -> TileKey:
    """Return under which key the tile is kept."""
    return TileKey(
        collection.info.id, collection.revision, tile.tms.id, tile.zoom, tile.row, tile.column
    )
