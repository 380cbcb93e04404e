"""Encoded tiles that were asked for last, kept as they are sent."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from app.http.gzip_bytes import QUICK_LEVEL, gzipped
from zones.memory.bounded_cache import BoundedCache

SMALLEST: Final = 500
"""Bytes; what is smaller is sent as it is to everyone."""
OVERHEAD: Final = 200
"""What a tile costs besides its bytes and its entry; an empty one is not free either."""


class TileKey(NamedTuple):
    """Which tile of which state of a collection; a new revision has other keys."""

    collection: str
    revision: int
    tms: str
    zoom: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class CachedTile:
    """A tile's bytes, and the same with gzip; None until somebody who takes that asks."""

    data: bytes
    packed: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.data) + len(self.packed or b"") + OVERHEAD

    def is_ready(self, *, for_gzip: bool) -> bool:
        """Return whether it can be sent as it is kept."""
        return not for_gzip or self.packed is not None or len(self.data) < SMALLEST


def packed_tile(tile: CachedTile) -> CachedTile:
    """Return the tile with its gzip form; packing takes as long as encoding even so."""
    return CachedTile(tile.data, gzipped(tile.data, QUICK_LEVEL))


class TileCache(BoundedCache[TileKey, CachedTile]):
    """The tiles that were used last, up to so many bytes."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes, lambda tile: tile.size)
