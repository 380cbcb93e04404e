"""Encoded tiles that were asked for last, kept as they are sent."""

import zlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final, NamedTuple

SMALLEST: Final = 500
"""Bytes; what is smaller is sent as it is to everyone."""
LEVEL: Final = 6
OVERHEAD: Final = 500
"""What an entry costs besides its bytes; an empty tile is not free either."""


class TileKey(NamedTuple):
    """Which tile of which state of a collection; a new revision has other keys."""

    collection: str
    revision: int
    tms: str
    zoom: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class KeptTile:
    """A tile's bytes, and the same with gzip; None where that would gain nothing."""

    data: bytes
    packed: bytes | None

    @property
    def size(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.data) + len(self.packed or b"") + OVERHEAD


def kept_tile(data: bytes) -> KeptTile:
    """Return an encoded tile with its gzip form."""
    if len(data) < SMALLEST:
        return KeptTile(data, None)
    packed = zlib.compress(data, LEVEL, wbits=16 + zlib.MAX_WBITS)
    return KeptTile(data, packed if len(packed) < len(data) else None)


class TileCache:
    """Keeps the tiles that were used last, up to so many bytes; for any number of threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._tiles: OrderedDict[TileKey, KeptTile] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._tiles)

    @property
    def size(self) -> int:
        """Bytes that all tiles take."""
        return self._size

    def get(self, key: TileKey) -> KeptTile | None:
        """Return the tile, None if it is not kept."""
        with self._lock:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: TileKey, tile: KeptTile) -> None:
        """Keep the tile, and drop those that were not used for the longest time."""
        with self._lock:
            former = self._tiles.pop(key, None)
            self._size += tile.size - (former.size if former else 0)
            self._tiles[key] = tile
            while self._size > self._max_bytes:
                _, dropped = self._tiles.popitem(last=False)
                self._size -= dropped.size
