"""Pictures for many clients at once: from memory, or painted in threads, a few at a time."""

import logging
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

import anyio
import anyio.to_thread

from app.map_images.layer_list import PLAN, layer_extent
from app.map_images.metatiles import (
    TileBlock,
    TileKind,
    blank,
    block_of,
    painted,
    touches,
    viewport_of,
)
from app.map_images.picture_request import Picture, made
from app.observe.cache_memory_shares import share
from app.settings import Settings
from app.tiles.recently_requested import TileDemand
from zones.drawing.model import Viewport
from zones.drawing.pixel_arrays import grid_of
from zones.drawing.raster_engine import engine, is_font_missing, missing_library
from zones.drawing.raster_fonts import look_for_fonts_in
from zones.memory.bounded_cache import BoundedCache
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.model import Snapshot
from zones.tiles import Tile


class PictureKey(NamedTuple):
    """Which picture of which state: a new revision of what it shows has another key."""

    picture: Hashable
    revisions: tuple[int | str, ...]


Paint = Callable[[], dict[PictureKey, bytes]]

SMALL_PX: Final = 2**19
"""Pictures of no more pixels are painted one after the other in a worker: two at once take a third
more processor time, for most of it they wait for the same interpreter."""


class Images:
    """The pictures of this process."""

    def __init__(self, settings: Settings, demand: TileDemand) -> None:
        self.cache = BoundedCache[PictureKey, bytes](share(settings, "images"), len)
        self._demand = demand
        self._large = anyio.CapacityLimiter(settings.tile_concurrency)
        self._small = anyio.CapacityLimiter(1)
        look_for_fonts_in(settings.fonts_dir)
        self._painting: dict[PictureKey, anyio.Event] = {}

    async def picture(self, snapshot: Snapshot, picture: Picture) -> bytes:
        """Return the picture; a thread paints it when it is not in memory."""
        self._note(snapshot, picture.layers, picture.viewport)
        key = PictureKey(picture, revisions_of(snapshot, picture.layers))
        view = picture.viewport
        limiter = self._small if view.width_px * view.height_px <= SMALL_PX else self._large
        return await self._found(key, key, partial(_one, snapshot, picture, key), limiter)

    async def tile(self, snapshot: Snapshot, tile: Tile, kind: TileKind) -> bytes:
        """Return a tile; those round it are painted with it.

        Raises
        ------
        UnknownCollectionError
        """
        revisions = revisions_of(snapshot, (kind.layer,))
        block = block_of(tile)
        self._note(snapshot, (kind.layer,), viewport_of(block, kind))
        key = PictureKey((replace(tile, tms=block.tms), kind), revisions)
        every = PictureKey((block, kind), revisions)
        paint = partial(_block, snapshot, block, kind, revisions)
        return await self._found(key, every, paint, self._large)

    def _note(self, snapshot: Snapshot, layers: tuple[str, ...], viewport: Viewport) -> None:
        """Say which large collections are drawn: the same is worked out of them as for tiles."""
        for id_ in layers:
            if isinstance(snapshot.parts.get(id_), MappedCollection):
                self._demand.note(id_, grid_of(viewport))

    async def _found(
        self, key: PictureKey, work: PictureKey, paint: Paint, limiter: anyio.CapacityLimiter
    ) -> bytes:
        """Return what is kept under a key; painted by one of those who wait for the same work."""
        while (found := self.cache.get(key)) is None:
            if (painting := self._painting.get(work)) is not None:
                await painting.wait()
                continue
            painting = self._painting[work] = anyio.Event()
            try:
                made = await anyio.to_thread.run_sync(paint, limiter=limiter)
            finally:
                del self._painting[work]
                painting.set()
            for each, data in made.items():
                self.cache.put(each, data)
            return made[key]
        return found


def _one(snapshot: Snapshot, picture: Picture, key: PictureKey) -> dict[PictureKey, bytes]:
    return {key: made(snapshot, picture)}


def _block(
    snapshot: Snapshot, block: TileBlock, kind: TileKind, revisions: tuple[int | str, ...]
) -> dict[PictureKey, bytes]:
    if touches(block, layer_extent(snapshot, kind.layer)):
        tiles = painted(snapshot, block, kind)
    else:
        tiles = dict.fromkeys(block.tiles, blank(kind))
    return {PictureKey((tile, kind), revisions): data for tile, data in tiles.items()}


def revisions_of(snapshot: Snapshot, layers: tuple[str, ...]) -> tuple[int | str, ...]:
    """Return the revisions of all that decides how layers look.

    The plan's own collections count for each other: which of its borders still apply depends on
    its zones.
    """
    entries = snapshot.parts
    plan = (entry.revision for entry in entries.values() if entry.info.part_of_plan)
    others = (entries[name].revision for name in layers if name in entries)
    hidden = sorted(snapshot.hidden)
    everything: tuple[int | str, ...] = (snapshot.revision, *hidden) if PLAN in layers else ()
    return (max(plan, default=0), *others, *everything)


def warn_of_missing_parts() -> None:
    """Log a warning when pictures cannot be painted as well as they could be."""
    log = logging.getLogger("zones.start")
    if engine() == "pillow":
        message = "map images are painted slowly, without Skia: see “Map images” in app/README.md"
        log.info({"message": message, "missing": missing_library()})
    if is_font_missing():
        log.warning({"message": "no Chinese font for map images: apt install fonts-noto-cjk"})
