"""A segment made of features, some thousands at a time."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import orjson
import shapely

from zones.crs.transform import STORAGE
from zones.geojson.feature_text import texts_of
from zones.geojson.published_geometry import published
from zones.memory.work_in_slices import sliced
from zones.model import JSON, Feature
from zones.properties.value_kinds import kinds_of
from zones.segment_files.feature_ids import keys_of
from zones.segment_files.file_layout import Array, Place, SegmentWriter
from zones.segment_files.packed_rtree import packed
from zones.store.sql.rows import FeatureRow

BLOCK_ROWS: Final = 256
"""Rows of a block, the piece that is checked when it is first read."""
PART_ROWS: Final = 32 * BLOCK_ROWS
"""Rows that are made at once, and of a part of a column."""


class RowBlock(NamedTuple):
    """Some rows as bytes: texts, geometries as stored, geometries as published if they differ.

    The columns of ``fields`` are those of ``ROW_FIELDS``; where something stands is counted from
    the beginning of the block.
    """

    content: bytes
    fields: Array


ROW_FIELDS: Final = ("text", "text_size", "values", "stored", "stored_size", "shown", "shown_size")
"""Of each row: where its GeoJSON begins and its size, where the properties begin in it, and where
its WKB begins and its size, as stored and as published; a size of 0 stands for no geometry."""


def write_segment(
    file: BinaryIO,
    features: Iterable[Feature],
    about: Mapping[str, JSON],
    *,
    most_bytes: int | None = None,
) -> None:
    """Write features, in their order, as a segment.

    Parameters
    ----------
    features
        With distinct fids, geometries in EPSG:4490 or none, and properties as JSON has them.
    about
        What the file is to say of itself besides.
    most_bytes
        What the file may take.

    Raises
    ------
    SegmentTooLargeError
    OSError
        If the disk is full, or fails.
    """
    write_rows(file, features, most_bytes=most_bytes)(about)


def write_rows(
    file: BinaryIO,
    features: Iterable[Feature],
    *,
    most_bytes: int | None = None,
    rows: Sequence[FeatureRow] = (),
) -> Callable[[Mapping[str, JSON]], None]:
    """Write features as ``write_segment`` does, and return what writes the rest, which is little.

    Before that the file is no segment. The rows are on the disk.

    Parameters
    ----------
    rows
        The features as the store has them, where they are encoded already.
    """
    writer = SegmentWriter(file, most_bytes=most_bytes)
    written = _Rows(writer)
    for part in _parts(features):
        written.add(part, rows[written.count : written.count + len(part)])
    found = written.finish()
    file.flush()
    os.fsync(file.fileno())
    return lambda about: writer.finish({**about, **found, "count": written.count})


def block_of(features: Sequence[Feature]) -> RowBlock:
    """Return the block of some rows; the same bytes for the same rows whenever it is asked."""
    return _block(_part_of(features, ()), slice(None))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows, written in all forms."""

    features: Sequence[Feature]
    stored: Array
    shown: Array
    texts: list[bytes]
    properties: list[bytes]
    stored_wkb: list[bytes]
    shown_wkb: list[bytes]

    def blocks(self) -> Iterator[RowBlock]:
        for begin in range(0, len(self.features), BLOCK_ROWS):
            yield _block(self, slice(begin, begin + BLOCK_ROWS))


class _Rows:
    """What is known of the rows written so far."""

    def __init__(self, writer: SegmentWriter) -> None:
        self._writer = writer
        self._fids: list[str] = []
        self._fields: list[Array] = []
        self._blocks: list[Place] = []
        self._bounds: list[Array] = []
        self._vertices: list[Array] = []
        self._kinds: list[Array] = []
        self._columns: dict[str, dict[str, JSON]] = {}
        self._occurrences: dict[str, tuple[int, int]] = {}
        self._value_kinds: dict[str, set[str]] = {}

    @property
    def count(self) -> int:
        return len(self._fids)

    def add(self, features: Sequence[Feature], rows: Sequence[FeatureRow]) -> None:
        part = _part_of(features, rows)
        self._bounds.append(shapely.bounds(part.shown).T)
        self._kinds.append(shapely.get_type_id(part.shown).astype(np.int8))
        self._vertices.append(shapely.get_num_coordinates(part.stored).astype(np.int32))
        for block in part.blocks():
            self._blocks.append(self._writer.block(block.content))
            self._fields.append(block.fields)
        self._add_columns(str(self.count // PART_ROWS), features)
        self._fids += [feature.fid for feature in features]

    def _add_columns(self, part: str, features: Sequence[Feature]) -> None:
        counts = Counter(chain.from_iterable(feature.properties for feature in features))
        for name, count in counts.items():
            if name not in self._occurrences:
                self._occurrences[name] = 0, self.count + _first_with(name, features)
            before, first = self._occurrences[name]
            self._occurrences[name] = before + count, first
            values = [feature.properties.get(name) for feature in features]
            self._value_kinds.setdefault(name, set()).update(kinds_of(values))
            place = self._writer.block(orjson.dumps(values))
            self._columns.setdefault(name, {})[part] = [*_listed(place)]

    def finish(self) -> dict[str, JSON]:
        write = self._writer.array
        fields = np.concatenate([np.empty((7, 0), np.uint32), *self._fields], axis=1)
        for name, values in zip(ROW_FIELDS, fields, strict=True):
            write(name, values)
        blocks = [_listed(place) for place in self._blocks]
        write("blocks", np.array(blocks, np.int64).reshape(-1, 3))
        bounds = np.concatenate([np.empty((4, 0)), *self._bounds], axis=1)
        write("bounds", bounds)
        write("vertices", np.concatenate([np.empty(0, np.int32), *self._vertices]))
        write("kinds", np.concatenate([np.empty(0, np.int8), *self._kinds]))
        boxes, tree_rows = packed(bounds)
        write("tree_boxes", boxes)
        write("tree_rows", tree_rows)
        for name, values in keys_of(self._fids).items():
            write(name, values)
        occurrences: dict[str, JSON] = {name: [*at] for name, at in self._occurrences.items()}
        kinds: dict[str, JSON] = {
            name: [*sorted(found)] for name, found in self._value_kinds.items()
        }
        columns: dict[str, JSON] = {**self._columns}
        return {"columns": columns, "occurrences": occurrences, "value_kinds": kinds}


def _parts(features: Iterable[Feature]) -> Iterator[list[Feature]]:
    left = iter(features)
    while part := list(islice(left, PART_ROWS)):
        yield part


def _first_with(name: str, features: Sequence[Feature]) -> int:
    return next(i for i, feature in enumerate(features) if name in feature.properties)


def _listed(place: Place) -> tuple[int, int, int]:
    return place.begin, place.size, place.checksum


def _geometries(features: Sequence[Feature]) -> Array:
    geometries = np.empty(len(features), dtype=object)
    geometries[:] = [feature.geometry for feature in features]
    return geometries


def _wkb(geometries: Array) -> list[bytes]:
    written = sliced(lambda part: shapely.to_wkb(part, byte_order=1, flavor="iso"), geometries)
    return [each or b"" for each in written]


def _part_of(features: Sequence[Feature], rows: Sequence[FeatureRow]) -> _Part:
    """Return features in all forms; ``rows`` may be empty."""
    stored = _geometries(features)
    shown = published(stored, STORAGE)
    fids = [feature.fid for feature in features]
    properties = (
        [row.properties.encode() for row in rows]
        if rows
        else [orjson.dumps(dict(feature.properties)) for feature in features]
    )
    texts = texts_of(fids, shown, properties)
    stored_wkb = [row.geometry or b"" for row in rows] if rows else _wkb(stored)
    # Most often these are the same objects.
    is_same = all(one is other for one, other in zip(stored, shown, strict=True))
    shown_wkb = stored_wkb if is_same else _wkb(shown)
    return _Part(features, stored, shown, texts, properties, stored_wkb, shown_wkb)


def _block(part: _Part, rows: slice) -> RowBlock:
    """Return one block; a published geometry that is as stored stands there once."""
    texts, stored, shown = part.texts[rows], part.stored_wkb[rows], part.shown_wkb[rows]
    same = [one == other for one, other in zip(shown, stored, strict=True)]
    own = [b"" if is_same else one for one, is_same in zip(shown, same, strict=True)]
    sizes = np.array([[*map(len, each)] for each in (texts, stored, own)], np.int64)
    begins = (np.cumsum(sizes.ravel()) - sizes.ravel()).reshape(sizes.shape)
    values = [
        len(text) - 1 - len(properties)
        for text, properties in zip(texts, part.properties[rows], strict=True)
    ]
    shown_at = np.where(same, (begins[1], sizes[1]), (begins[2], sizes[2]))
    fields = [begins[0], sizes[0], np.array(values), begins[1], sizes[1], *shown_at]
    return RowBlock(b"".join([*texts, *stored, *own]), np.stack(fields).astype(np.uint32))
