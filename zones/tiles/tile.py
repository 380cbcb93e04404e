"""One tile of a collection: what belongs into it, drawn and written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from zones.ragged_arrays import Integers
from zones.tiles.density_cells import (
    CELL_UNITS,
    MOST_SINGLE,
    Middles,
    least_side,
    middles,
    size_of,
    write_cells,
)
from zones.tiles.draw_shapes import BUFFERED, ROUNDING, UNBUFFERED, Drawn, draw, units_of, window
from zones.tiles.layer_bytes import Features, write_features, write_layer
from zones.tiles.paths import GeomType
from zones.tiles.prepared_source import TileSource
from zones.tiles.shapes_on_grid import GridWindow, Shapes
from zones.tiles.tile_limits import Candidates, TileLimits, largest, largest_that_fit
from zones.tiles.tile_matrix_sets import Tile

LABELS_PART: Final = 4
"""Labels may take one part of so many of a tile's bytes."""
_ANY_SIZE: Final = 1e30
_LENGTHS: Final = 10
"""A layer's length takes at most so many bytes more when the layer is not empty."""


@dataclass(frozen=True, slots=True)
class EncodedTile:
    """A tile's bytes, none if nothing is in it; how many features it holds, counts and leaves out.

    ``features`` are drawn as they are, ``counted`` ones stand in cells, ``left_out`` are those
    that limits left out. All count the layer of the collection alone, not that of labels.
    """

    data: bytes = b""
    features: int = 0
    left_out: int = 0
    counted: int = 0


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer's bytes, the features in it, and those left out; ``parts`` are what was written."""

    data: bytes = b""
    parts: Sequence[Drawn] = ()
    left_out: int = 0

    @property
    def features(self) -> int:
        return sum(map(len, self.parts))


def encode_tile(source: TileSource, tile: Tile, *, limits: TileLimits | None = None) -> bytes:
    """Return the tile as Mapbox Vector Tile 2.1, not compressed; no bytes if nothing is in it.

    The layer named as the collection has the features, cut ``BUFFER`` units beyond the tile's
    edges: polygons first, then lines and points, each in the order of the collection. The layer
    ``<collection>_labels`` has a point for each polygon that is large enough to be named, with
    its id and attributes, in the one tile where it lies. Of a tile that would have more than
    ``overview_bytes`` the small features are counted in the layer ``<collection>_cells``; see
    ``zones.tiles.density_cells``.
    """
    return encode_tile_within(source, tile, limits or TileLimits()).data


def encode_tile_within(source: TileSource, tile: Tile, limits: TileLimits) -> EncodedTile:
    """Return the tile as ``encode_tile`` does, and how much the limits left out."""
    units, every = units_of(tile), found_in(source, tile)
    side: float = CELL_UNITS
    if sum(len(at) for _, at in every) <= MOST_SINGLE:
        found = [(one, at[one.room[at] * units >= one.least_units]) for one, at in every]
        labels = _labels(source, tile, limits, ())
        rest = replace(limits, max_bytes=limits.max_bytes - len(labels.data))
        layer = _layer(source, source.layer_id, _drawn(found, tile, BUFFERED, rest), rest)
        if len(layer.data) + len(labels.data) <= limits.overview_bytes:
            return EncodedTile(layer.data + labels.data, layer.features, layer.left_out)
        side = _least_side(source, layer.parts, units, limits)
    return _overview(source, tile, limits, found=every, side=side)


def _overview(
    source: TileSource, tile: Tile, limits: TileLimits, *, found: "Found", side: float
) -> EncodedTile:
    """Return the tile with features below that side counted in cells, larger ones as they are."""
    units = units_of(tile)
    sizes = [size_of(shapes, at, units) for shapes, at in found]
    small = [(shapes, at[size < side]) for (shapes, at), size in zip(found, sizes, strict=True)]
    large = [(shapes, at[size >= side]) for (shapes, at), size in zip(found, sizes, strict=True)]
    parts = [middles(shapes, at, tile, units) for shapes, at in small]
    hidden = [shapes.feature[at] for shapes, at in small if shapes.kind is GeomType.POLYGON]
    return encode_beside_cells(source, tile, limits, large=large, small=parts, hidden=hidden)


def encode_beside_cells(
    source: TileSource,
    tile: Tile,
    limits: TileLimits,
    *,
    large: "Found",
    small: Sequence[Middles],
    hidden: Sequence[Integers] = (),
) -> EncodedTile:
    """Return the tile with large features as they are and small ones counted in cells.

    Parameters
    ----------
    hidden
        Features of the source that get no name.
    """
    cells, counted = write_cells(source.cells_id, small) if small else (b"", 0)
    labels = _labels(source, tile, limits, hidden)
    rest = replace(limits, max_bytes=limits.max_bytes - len(labels.data) - len(cells))
    layer = _layer(source, source.layer_id, _drawn(large, tile, BUFFERED, rest), rest)
    data = cells + layer.data + labels.data
    return EncodedTile(data, layer.features, layer.left_out, counted)


def _least_side(
    source: TileSource, parts: Sequence[Drawn], units: float, limits: TileLimits
) -> float:
    """Return from which size on features are drawn as they are."""
    if not parts:
        return CELL_UNITS
    _, sizes = _written(source, source.layer_id, parts)
    needed = sizes + source.attributes.sizes(np.concatenate([one.feature for one in parts]))
    room = [np.zeros(len(one)) if one.kind is GeomType.POINT else one.room * units for one in parts]
    return least_side(np.concatenate(room), needed, limits.overview_bytes)


def _labels(
    source: TileSource, tile: Tile, limits: TileLimits, hidden: Sequence[Integers]
) -> _Layer:
    """Return the layer of names' places, without those of features that are not drawn."""
    points = source.labels(tile.tms)
    if points is None:
        return _Layer()
    most = min(limits.max_bytes, limits.overview_bytes) if hidden else limits.max_bytes
    part = replace(limits, max_bytes=most // LABELS_PART)
    found = _found((points,), tile, UNBUFFERED)
    if hidden:
        unseen = np.concatenate(hidden)
        found = [(one, at[~np.isin(one.feature[at], unseen)]) for one, at in found]
    return _layer(source, source.labels_id, _drawn(found, tile, UNBUFFERED, part), part)


def found_in(source: TileSource, tile: Tile) -> "Found":
    """Return the shapes that touch the tile, however small."""
    return _found(source.shapes(tile.tms), tile, all_sizes=True)


Found = Sequence[tuple[Shapes, Integers]]
"""Shapes of each kind with those of them that are of a tile."""


def _found(
    shapes: Sequence[Shapes], tile: Tile, box: GridWindow = BUFFERED, *, all_sizes: bool = False
) -> Found:
    """Return the shapes that touch the box and, unless all are wanted, are large enough to draw."""
    reach, units = window(tile, box, grown=ROUNDING), units_of(tile)
    return [(one, one.within(reach, units=_ANY_SIZE if all_sizes else units)) for one in shapes]


def _drawn(
    found: Found, tile: Tile, box: GridWindow, limits: TileLimits
) -> tuple[list[Drawn], int]:
    """Return what is drawn of the shapes, and how many were too many to be drawn."""
    too_many = sum(len(at) for _, at in found) - limits.max_features
    if too_many > 0:
        candidates = [Candidates(one.room[at], one.feature[at]) for one, at in found]
        keep = largest(candidates, limits.max_features)
        found = [(one, at[is_drawn]) for (one, at), is_drawn in zip(found, keep, strict=True)]
    drawn = [draw(one, at, tile, box) for one, at in found if len(at)]
    return [one for one in drawn if len(one)], max(0, too_many)


def _layer(
    source: TileSource, name: str, drawn: tuple[list[Drawn], int], limits: TileLimits
) -> _Layer:
    """Return the layer with as many of the drawn features as the limit of bytes lets in."""
    parts, left_out = drawn
    if not parts:
        return _Layer(left_out=left_out)
    data, sizes = _written(source, name, parts)
    if len(data) <= limits.max_bytes:
        return _Layer(data, parts, left_out)
    fitting = _fitting(source, parts, sizes, limits)
    data = _written(source, name, fitting)[0] if fitting else b""
    dropped = sum(map(len, parts)) - sum(map(len, fitting))
    return _Layer(data, fitting, left_out + dropped)


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
    return [one.only(is_drawn) for one, is_drawn in zip(parts, keep, strict=True) if is_drawn.any()]


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
