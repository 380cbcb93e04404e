"""Pictures for many clients at once: from memory, or painted in threads, a few at a time."""

import logging
from collections.abc import Hashable
from typing import NamedTuple

import anyio
import anyio.to_thread

from app.images.layers import PLAN
from app.images.picture import Picture, made
from app.observe.cache_shares import share
from app.settings import Settings
from zones.drawing.raster import ImagesMissingError, engine, is_font_missing, missing_library
from zones.memory.bounded_cache import BoundedCache
from zones.snapshot.model import Snapshot


class PictureKey(NamedTuple):
    """Which picture of which state: a new revision of what it shows has another key."""

    asked: Hashable
    revisions: tuple[int, ...]


class Images:
    """The pictures of this process."""

    def __init__(self, settings: Settings) -> None:
        self.cache = BoundedCache[PictureKey, bytes](share(settings, "images"), len)
        self._limiter = anyio.CapacityLimiter(settings.tile_concurrency)

    async def picture(self, snapshot: Snapshot, asked: Picture) -> bytes:
        """Return the picture; a thread paints it when it is not in memory.

        Raises
        ------
        ImagesMissingError
        """
        key = key_of(snapshot, asked)
        found = self.cache.get(key)
        if found is None:
            found = await anyio.to_thread.run_sync(
                self._made, snapshot, asked, key, limiter=self._limiter
            )
        return found

    def _made(self, snapshot: Snapshot, asked: Picture, key: PictureKey) -> bytes:
        # Another request for the picture may have been before this one in the queue.
        found = self.cache.get(key)
        if found is None:
            found = made(snapshot, asked)
            self.cache.put(key, found)
        return found


def key_of(snapshot: Snapshot, asked: Picture) -> PictureKey:
    """Return under which key a picture is kept."""
    return PictureKey(asked, revisions_of(snapshot, asked.layers))


def revisions_of(snapshot: Snapshot, layers: tuple[str, ...]) -> tuple[int, ...]:
    """Return the revisions of all that decides how layers look.

    The plan's own collections count for each other: which of its borders still apply depends on
    its zones.
    """
    entries = snapshot.parts
    plan = (entry.revision for entry in entries.values() if entry.info.part_of_plan)
    others = (entries[name].revision for name in layers if name in entries)
    everything = (snapshot.revision,) if PLAN in layers else ()
    return (max(plan, default=0), *others, *everything)


def warn_of_missing_parts() -> None:
    """Log a warning when pictures cannot be painted as well as they could be."""
    log = logging.getLogger("zones.start")
    try:
        if engine() == "pillow":
            told = "map images are painted slowly, without Skia (apt install libegl1 libgl1)"
            log.warning({"message": told, "missing": missing_library()})
    except ImagesMissingError:
        log.info({"message": "no map images: pip install 'heping-zones[images]'"})
        return
    if is_font_missing():
        log.warning({"message": "no Chinese font for map images: apt install fonts-noto-cjk"})
