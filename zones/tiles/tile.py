"""One tile of a collection: what belongs into it, drawn and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zones.tiles.draw import BUFFERED, ROUNDING, UNBUFFERED, Drawn, draw, units_of, window
from zones.tiles.layer import Features, write_features, write_layer
from zones.tiles.limits import Candidates, TileLimits, largest, largest_that_fit
from zones.tiles.matrix import Tile
from zones.tiles.ragged import Integers
from zones.tiles.shapes import Box, Shapes
from zones.tiles.source import TileSource

LABELS_PART: Final = 4
"""Labels may take one part of so many of a tile's bytes."""
_LENGTHS: Final = 10
"""A layer's length takes at most so many bytes more when the layer is not empty."""


@dataclass(frozen=True, slots=True)
class EncodedTile:
    """A tile's bytes, none if nothing is in it; features it holds, and that limits left out.

    Both count the layer of the collection alone, not that of labels.
    """

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
    """Return the tile as ``encode_tile`` does, and how much the limits left out."""
    labels = EncodedTile()
    points = source.labels(tile.tms)
    if points is not None:
        part = TileLimits(limits.max_features, limits.max_bytes // LABELS_PART)
        labels = _layer(source, source.labels_id, _drawn((points,), tile, UNBUFFERED, part), part)
    rest = TileLimits(limits.max_features, limits.max_bytes - len(labels.data))
    drawn = _drawn(source.shapes(tile.tms), tile, BUFFERED, rest)
    layer = _layer(source, source.layer_id, drawn, rest)
    return EncodedTile(layer.data + labels.data, layer.features, layer.left_out)


def _drawn(
    shapes: Sequence[Shapes], tile: Tile, box: Box, limits: TileLimits
) -> tuple[list[Drawn], int]:
    """Return what is drawn of the shapes, and how many were too many to be drawn."""
    reach, units = window(tile, box, grown=ROUNDING), units_of(tile)
    found = [one.within(reach, units=units) for one in shapes]
    too_many = sum(map(len, found)) - limits.max_features
    if too_many > 0:
        candidates = [
            Candidates(one.room[at], one.feature[at]) for one, at in zip(shapes, found, strict=True)
        ]
        keep = largest(candidates, limits.max_features)
        found = [at[kept] for at, kept in zip(found, keep, strict=True)]
    drawn = [draw(one, at, tile, box) for one, at in zip(shapes, found, strict=True) if len(at)]
    return [one for one in drawn if len(one)], max(0, too_many)


def _layer(
    source: TileSource, name: str, drawn: tuple[list[Drawn], int], limits: TileLimits
) -> EncodedTile:
    """Return the layer with as many of the drawn features as the limit of bytes lets in."""
    parts, left_out = drawn
    if not parts:
        return EncodedTile(left_out=left_out)
    data, sizes = _written(source, name, parts)
    count = sum(map(len, parts))
    if len(data) <= limits.max_bytes:
        return EncodedTile(data, count, left_out)
    parts = _fitting(source, parts, sizes, limits)
    data = _written(source, name, parts)[0] if parts else b""
    kept = sum(map(len, parts))
    return EncodedTile(data, kept, left_out + count - kept)


def _fitting(
    source: TileSource, parts: Sequence[Drawn], sizes: Integers, limits: TileLimits
) -> list[Drawn]:
    """Return the features that fit, each counted with keys and values of its own.

    What features share is thus counted for each of them, and the layer is surely not too large.
    """
    candidates = [Candidates(one.room, one.feature) for one in parts]
    needed = sizes + source.attributes.sizes(np.concatenate([one.feature for one in parts]))
    budget = limits.max_bytes - len(write_layer(source.labels_id, b"", b"")) - _LENGTHS
    keep = largest_that_fit(candidates, needed, budget)
    return [one.only(kept) for one, kept in zip(parts, keep, strict=True) if kept.any()]


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
