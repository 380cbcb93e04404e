"""One tile of a collection: what belongs into it, drawn and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zones.tiles.draw import BUFFERED, ROUNDING, UNBUFFERED, Drawn, draw, units_of, window
from zones.tiles.layer import Features, write_features, write_layer
from zones.tiles.matrix import Tile
from zones.tiles.paths import Floats
from zones.tiles.ragged import Flags, Integers
from zones.tiles.shapes import Box, Shapes
from zones.tiles.source import TileSource

LABELS_PART: Final = 4
"""Labels may take one part of so many of a tile's bytes."""
_SCATTER: Final = np.uint32(2654435769)  # 2^32 divided by the golden ratio


@dataclass(frozen=True, slots=True)
class TileLimits:
    """What a tile may hold at most.

    Where there is more, the largest features are kept (by the longer side of their bounds; those
    of one size, as points, by a scattered but constant order), so that what is missing is what
    is least seen. A feature that alone is more than a tile may hold is left out.
    """

    max_features: int = 100_000
    max_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EncodedTile:
    """A tile's bytes, none if nothing is in it; how many features it holds, and left out."""

    data: bytes = b""
    features: int = 0
    left_out: int = 0


def encode_tile(source: TileSource, tile: Tile, *, limits: TileLimits | None = None) -> bytes:
    """Return the tile as Mapbox Vector Tile 2.1, not compressed; no bytes if nothing is in it.

    The layer named as the collection has the features, cut ``BUFFER`` units beyond the tile's
    edges: polygons first, then lines and points, each in the order of the collection. The layer
    ``<collection>_labels`` has a point for each polygon that is large enough to be named, with
    its id and attributes, in the one tile where it lies.
    """
    return encode_tile_within(source, tile, limits or TileLimits()).data


def encode_tile_within(source: TileSource, tile: Tile, limits: TileLimits) -> EncodedTile:
    """Return the tile as ``encode_tile`` does, and how much the limits left out of its layer."""
    labels = EncodedTile()
    points = source.labels(tile.tms)
    if points is not None:
        part = TileLimits(limits.max_features, limits.max_bytes // LABELS_PART)
        drawn = _drawn((points,), tile, UNBUFFERED, part)
        labels = _layer(source, source.labels_id, drawn, part)
    rest = TileLimits(limits.max_features, limits.max_bytes - len(labels.data))
    shapes = source.shapes(tile.tms)
    layer = _layer(source, source.layer_id, _drawn(shapes, tile, BUFFERED, rest), rest)
    return EncodedTile(layer.data + labels.data, layer.features, layer.left_out)


def _drawn(
    shapes: Sequence[Shapes], tile: Tile, box: Box, limits: TileLimits
) -> tuple[list[Drawn], int]:
    """Return what is drawn of the shapes, and how many were too many to be drawn."""
    units = units_of(tile)
    found = [one.within(window(tile, box, grown=ROUNDING), units=units) for one in shapes]
    total = sum(map(len, found))
    if total > limits.max_features:
        pairs = list(zip(shapes, found, strict=True))
        order = _largest_first(
            [one.room[at] for one, at in pairs], [one.feature[at] for one, at in pairs]
        )
        keep = _split(_flags(order[: limits.max_features], total), found)
        found = [at[kept] for at, kept in zip(found, keep, strict=True)]
    drawn = [draw(one, at, tile, box) for one, at in zip(shapes, found, strict=True) if len(at)]
    return [one for one in drawn if len(one)], max(0, total - limits.max_features)


def _layer(
    source: TileSource, name: str, drawn: tuple[list[Drawn], int], limits: TileLimits
) -> EncodedTile:
    """Return the layer with as many of the drawn features as the limit of bytes lets in."""
    parts, left_out = drawn
    if not parts:
        return EncodedTile(left_out=left_out)
    data, sizes = _written(source, name, parts)
    count = sum(map(len, parts))
    if len(data) > limits.max_bytes:
        keep = _split(_fitting(source, parts, sizes, limits), parts)
        fitting = [one.only(kept) for one, kept in zip(parts, keep, strict=True) if kept.any()]
        count_of_all, count = count, sum(map(len, fitting))
        left_out += count_of_all - count
        data = _written(source, name, fitting)[0] if fitting else b""
    return EncodedTile(data, count, left_out)


def _written(source: TileSource, name: str, parts: Sequence[Drawn]) -> tuple[bytes, Integers]:
    """Return the layer's bytes, and how many each feature takes without its keys and values."""
    tags = source.attributes.tags(np.concatenate([one.feature for one in parts]))
    written, sizes, first = [], [], 0
    for one in parts:
        offsets = tags.offsets[first : first + len(one) + 1]
        features = Features(
            one.kind,
            np.argsort(one.feature),
            source.ids[one.feature],
            tags.tags[offsets[0] : offsets[-1]],
            offsets - offsets[0],
            one.commands,
            one.offsets,
        )
        data, size = write_features(features)
        written.append(data)
        sizes.append(size)
        first += len(one)
    return write_layer(name, b"".join(written), tags.dictionaries), np.concatenate(sizes)


def _fitting(
    source: TileSource, parts: Sequence[Drawn], sizes: Integers, limits: TileLimits
) -> Flags:
    """Return which features fit, the largest first, each with keys and values of its own.

    What features share is thus counted for each of them, and the layer is surely not too large.
    """
    feature = np.concatenate([one.feature for one in parts])
    needed = sizes + source.attributes.sizes(feature)
    budget = limits.max_bytes - len(write_layer(source.labels_id, b"", b"")) - _LENGTHS
    order = _largest_first([one.room for one in parts], [one.feature for one in parts])
    order = order[needed[order] <= budget]
    return _flags(order[np.cumsum(needed[order]) <= budget], len(feature))


_LENGTHS: Final = 10
"""The length of a layer takes at most so many bytes more when the layer is not empty."""


def _largest_first(rooms: Sequence[Floats], features: Sequence[Integers]) -> Integers:
    """Return the order from the largest to the smallest, equals scattered."""
    scattered = np.concatenate(features).astype(np.uint32) * _SCATTER
    order: Integers = np.lexsort((scattered, -np.concatenate(rooms)))
    return order


def _flags(chosen: Integers, count: int) -> Flags:
    flags = np.zeros(count, dtype=bool)
    flags[chosen] = True
    return flags


def _split(flags: Flags, like: Sequence[Drawn] | Sequence[Integers]) -> list[Flags]:
    """Return the flags cut into pieces as long as those of ``like``."""
    return np.split(flags, np.cumsum([len(one) for one in like])[:-1])
