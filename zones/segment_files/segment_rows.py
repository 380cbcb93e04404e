"""The rows of a segment: texts, geometries, properties, and where they lie."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from zones.errors import StoreError
from zones.memory.work_in_slices import sliced
from zones.model import JSON, Feature
from zones.properties.value_kinds import ValueKind
from zones.segment_files.derived_files import DerivedFiles
from zones.segment_files.feature_ids import Fids
from zones.segment_files.file_layout import Array, Place, SegmentFile
from zones.segment_files.packed_rtree import PackedTree
from zones.segment_files.write_segment import BLOCK_ROWS, PART_ROWS, ROW_FIELDS, block_of

Rows = NDArray[np.int64]
Geometries = NDArray[np.object_]

TruthOf = Callable[[int, int], Sequence[Feature]]
"""Returns the features from one row up to another from where they came from."""
_VERTEX_BYTES: Final = 16


class SegmentRows:
    """What a segment holds of each row; immutable, for any number of threads.

    A block that proves not to be what was written is made again of the truth, so that no answer
    is wrong; ``is_damaged`` tells that the file ought to be made again.

    Parameters
    ----------
    truth
        Where the features can be had without the file.
    derived
        Where what is worked out of all rows is kept; None to keep it nowhere.
    """

    def __init__(
        self, file: SegmentFile, truth: TruthOf, derived: DerivedFiles | None = None
    ) -> None:
        self._file = file
        self.derived = derived
        self._truth = truth
        arrays = file.arrays()
        self._at = {name: arrays[name] for name in ROW_FIELDS}
        self._blocks = arrays["blocks"]
        self._is_checked = bytearray(len(self._blocks))
        self._mended: dict[int, bytes] = {}
        self._has_damaged_column = False
        self._columns: Mapping[str, Mapping[str, list[int]]] = file.about["columns"]
        self.occurrences: Mapping[str, tuple[int, int]] = file.about["occurrences"]
        """Of each property's name: how many rows have it, and the first of them."""
        self.value_kinds: Mapping[str, list[ValueKind]] = file.about["value_kinds"]
        """Of each property's name what ``zones.properties.value_kinds`` says of its values."""
        self.fids = Fids(arrays)
        self.bounds: NDArray[np.float64] = arrays["bounds"]
        self.vertex_counts: NDArray[np.int32] = arrays["vertices"]
        self.kinds: NDArray[np.int8] = arrays["kinds"]
        self.tree = PackedTree(arrays["tree_boxes"], arrays["tree_rows"])

    def __len__(self) -> int:
        return len(self.vertex_counts)

    @property
    def revision(self) -> int:
        """Of which the rows are."""
        revision: int = self._file.about.get("revision", 0)
        return revision

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._file.size

    @property
    def is_damaged(self) -> bool:
        """Whether a block or a column was found that is not what was written."""
        return bool(self._mended) or self._has_damaged_column

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all properties that any row has, in the order in which they first occur."""
        return tuple(self._columns)

    @cached_property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all rows; None if no row has a place."""
        there = self.bounds[:, ~np.isnan(self.bounds).any(axis=0)]
        if not there.size:
            return None
        west, south = there[:2].min(axis=1).tolist()
        east, north = there[2:].max(axis=1).tolist()
        return west, south, east, north

    @cached_property
    def most_vertices(self) -> int:
        """The most vertices that a row has."""
        return int(self.vertex_counts.max(initial=0))

    def texts(self, rows: Rows | Sequence[int]) -> list[bytes]:
        """Return rows as GeoJSON, in degrees, longitude first."""
        return self._pieces("text", rows)

    def text_sizes(self, rows: Array | Sequence[int]) -> NDArray[np.uint32]:
        """Return how long the texts are."""
        sizes: NDArray[np.uint32] = self._at["text_size"][np.asarray(rows, np.int64)]
        return sizes

    def properties(self, rows: Rows | Sequence[int]) -> list[dict[str, JSON]]:
        """Return the properties of rows."""
        begins = self._at["values"][np.asarray(rows, np.int64)].tolist()
        texts = zip(self._pieces("text", rows), begins, strict=True)
        return [orjson.loads(memoryview(text)[begin:-1]) for text, begin in texts]

    def stored(self, rows: Rows | Sequence[int]) -> Geometries:
        """Return geometries with all digits that are stored."""
        return _read(self._pieces("stored", rows))

    def shown(self, rows: Rows | Sequence[int]) -> Geometries:
        """Return geometries as they are published in degrees."""
        return _read(self._pieces("shown", rows))

    def values(self, name: str) -> list[JSON]:
        """Return a property of all rows; None where one lacks it."""
        parts = self._columns.get(name, {})
        values: list[JSON] = []
        for begin in range(0, len(self), PART_ROWS):
            count = min(PART_ROWS, len(self) - begin)
            place = parts.get(str(begin // PART_ROWS))
            values += [None] * count if place is None else self._column_part(name, place, begin)
        return values

    def _column_part(self, name: str, place: list[int], begin: int) -> list[JSON]:
        if self._file.is_sound(Place(*place)):
            values: list[JSON] = orjson.loads(self._file.bytes_at(*place[:2]))
            return values
        self._has_damaged_column = True
        rows = range(begin, min(begin + PART_ROWS, len(self)))
        return [each.get(name) for each in self.properties(rows)]

    def _pieces(self, field: str, rows: Rows | Sequence[int]) -> list[bytes]:
        positions = np.asarray(rows, np.int64)
        blocks = positions // BLOCK_ROWS
        begins = self._at[field][positions].astype(np.int64)
        sizes = self._at[f"{field}_size"][positions]
        for block in set(blocks.tolist()):
            self._check(block)
        if self._mended:
            return self._pieces_one_by_one(blocks, begins, sizes)
        begins += self._blocks[blocks, 0]
        return [*map(self._file.bytes_at, begins.tolist(), sizes.tolist())]

    def _pieces_one_by_one(self, blocks: Array, begins: Array, sizes: Array) -> list[bytes]:
        found = []
        for block, begin, size in zip(
            blocks.tolist(), begins.tolist(), sizes.tolist(), strict=True
        ):
            mended = self._mended.get(block)
            if mended is not None:
                found.append(mended[begin : begin + size])
            else:
                found.append(self._file.bytes_at(int(self._blocks[block, 0]) + begin, size))
        return found

    def _check(self, block: int) -> None:
        """See to it that a block is what was written, when it is first read."""
        if self._is_checked[block]:
            return
        place = Place(*self._blocks[block].tolist())
        if not self._file.is_sound(place):
            self._mended[block] = self._made_again(block, place)
        self._is_checked[block] = 1

    def _made_again(self, block: int, place: Place) -> bytes:
        begin = block * BLOCK_ROWS
        features = self._truth(begin, min(begin + BLOCK_ROWS, len(self)))
        made = block_of(features).content
        if not place.is_of(made):
            raise StoreError("segment-damaged")
        return made


def _read(wkb: list[bytes]) -> Geometries:
    """Return geometries; no bytes stand for none."""
    texts = np.empty(len(wkb), dtype=object)
    texts[:] = [each or None for each in wkb]
    sizes = np.array([len(each) // _VERTEX_BYTES for each in wkb], np.int64)
    return sliced(shapely.from_wkb, texts, sizes)
