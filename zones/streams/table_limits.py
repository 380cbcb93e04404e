"""What a table from anybody may be made of: nothing that grows when it is decoded or written."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.errors import BulkError
from zones.streams.coordinates_to_answers import MOST_FIELDS

DEEPEST: Final = 16
MOST_VALUES: Final = 1 << 24
"""In lists of one batch: a value may take a bit as it comes, and some bytes when it is written."""
MOST_TEXT_BYTES: Final = 1 << 30
"""Of a batch whose columns in dictionary form are written out for each row."""
MOST_VIEWED_BYTES: Final = 1 << 27
"""Of a batch whose views of texts are written out: a view may stand for its text in any row."""
_VIEWS: Final = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
_LISTS: Final = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
_ENDLESS: Final = (
    # A run may stand for any number of rows.
    pa.types.is_run_end_encoded,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
    pa.types.is_union,
)


def check_schema(schema: pa.Schema) -> None:
    """Refuse a table with too many or too deep columns, or of kinds that grow.

    Raises
    ------
    BulkError
        ``bulk-too-many-columns``, ``bulk-column-kind``.
    """
    counted = 0
    _ = schema.names  # may be no UTF-8, which is a ValueError
    for column in schema:
        for depth, kind in _kinds(column.type, 0):
            counted += 1
            if counted > MOST_FIELDS:
                raise BulkError("bulk-too-many-columns", limit=MOST_FIELDS)
            if depth > DEEPEST or _grows(kind, depth):
                raise BulkError("bulk-column-kind", name=column.name[:80], kind=_shown(kind, depth))


def check_batch(batch: pa.RecordBatch) -> None:
    """Refuse a batch whose lists hold too many values.

    Raises
    ------
    BulkError
        ``bulk-lists-too-long``.
    """
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if _values(column) > MOST_VALUES:
            raise BulkError("bulk-lists-too-long", name=field.name[:80], limit=MOST_VALUES)


def schema_without_views(schema: pa.Schema) -> pa.Schema:
    """Return the schema with texts and bytes for columns of views of them."""
    for at, field in enumerate(schema):
        if field.type in _VIEWS:
            schema = schema.set(at, field.with_type(_VIEWS[field.type]))
    return schema


def check_views(batch: pa.RecordBatch) -> None:
    """Refuse a batch whose views of few bytes stand for too many.

    To be asked before the batch is validated, which reads the text behind each view.

    Raises
    ------
    BulkError
        ``bulk-texts-too-long``.
    """
    viewed = [column for column in batch.columns if column.type in _VIEWS]
    if sum(map(_viewed_bytes, viewed)) > MOST_VIEWED_BYTES:
        raise BulkError("bulk-texts-too-long", form="view", limit_mb=MOST_VIEWED_BYTES >> 20)


def without_views(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a checked and validated batch with texts and bytes for views of them."""
    if not any(column.type in _VIEWS for column in batch.columns):
        return batch
    return batch.cast(schema_without_views(batch.schema))


def _viewed_bytes(column: pa.Array) -> int:
    """Return how long the texts of a column of views are together.

    A view has 16 bytes, of which the first four are its length (Arrow columnar format).
    """
    buffer = column.buffers()[1]
    if buffer is None:
        return 0
    views = np.frombuffer(buffer, np.int32)[4 * column.offset : 4 * (column.offset + len(column))]
    return int(np.abs(views[::4].astype(np.int64)).sum())


def texts_written_out(batch: pa.RecordBatch) -> int:
    """Return how many bytes columns in dictionary form have when each row is written by itself."""
    total = 0
    for column in batch.columns:
        kind = column.type
        if pa.types.is_dictionary(kind) and _has_lengths(kind.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            total += pc.sum(lengths.cast(pa.int64())).as_py() or 0
    return total


def _has_lengths(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _kinds(kind: pa.DataType, depth: int) -> Iterator[tuple[int, pa.DataType]]:
    """Yield a type and all within it, with how deep they lie; stops below what is too deep."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    yield depth, kind
    if depth > DEEPEST:
        return
    if pa.types.is_dictionary(kind):
        yield from _kinds(kind.value_type, depth + 1)
        return
    for at in range(kind.num_fields):
        yield from _kinds(kind.field(at).type, depth + 1)


def _grows(kind: pa.DataType, depth: int) -> bool:
    if any(is_endless(kind) for is_endless in _ENDLESS):
        return True
    if kind in _VIEWS:
        return depth > 0  # those of columns are written out and counted
    # What takes no bytes can be repeated without end by whatever holds it.
    empty = pa.types.is_null(kind) or (pa.types.is_struct(kind) and not kind.num_fields)
    widthless = pa.types.is_fixed_size_binary(kind) and not kind.byte_width
    if pa.types.is_dictionary(kind):
        return depth > 0 or pa.types.is_nested(kind.value_type)
    return depth > 0 and (empty or widthless)


def _values(column: pa.Array) -> int:
    """Return how many values the lists of a column hold, at all depths."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    kind = column.type
    if pa.types.is_map(kind):
        inner = [column.keys, column.items]
    elif any(is_list(kind) for is_list in _LISTS):
        inner = [column.values]
    elif pa.types.is_struct(kind):
        return sum(_values(column.field(at)) for at in range(kind.num_fields))
    else:
        return 0
    return sum(len(values) + _values(values) for values in inner)


def _shown(kind: pa.DataType, depth: int) -> str:
    return f"more than {DEEPEST} in each other" if depth > DEEPEST else str(kind)[:80]
