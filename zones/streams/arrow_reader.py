"""Arrow streams from anybody, read in this process: Arrow checks what it reads, we bound it.

Nothing in such a stream is compressed or computed, so that what it takes is what was sent: Arrow
refers to the bytes of a message (at most 64 MB, like all dictionaries together), never to more, and
is asked to check every offset before one is followed. What would grow when it is decoded or written
is refused by its type (``zones.streams.table_limits``). Parquet has none of these bounds: it is
read in a process of its own (``zones.streams.parquet_in_sandbox``).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa

from zones.streams.arrow_frames import BATCH, DICTIONARY, SCHEMA, ArrowFrames, Message, invalid
from zones.streams.table_limits import (
    check_batch,
    check_schema,
    check_views,
    schema_without_views,
    without_views,
)

_MOST_DICTIONARIES_BYTES: Final = 64 * 2**20


class ArrowReader:
    """An Arrow stream that comes in pieces, which gives the batches that are whole."""

    def __init__(self) -> None:
        self._frames = ArrowFrames()
        self._messages = _MessageFile()
        self._dictionaries: dict[int, int] = {}
        self._reader: pa.ipc.RecordBatchStreamReader | None = None

    def add(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        """Take a piece and yield the batches that are whole by now."""
        for message in self._frames.add(piece):
            if message.kind not in (SCHEMA, DICTIONARY, BATCH):
                continue
            self._messages.add(message.content)
            if message.kind == DICTIONARY:
                self._count(message)
            elif message.kind == SCHEMA and self._reader is None:
                self._open()
            else:
                yield self._batch()

    def end(self) -> Iterator[pa.RecordBatch]:
        """Yield a batch without rows, for streams that have none."""
        self._frames.end()
        yield no_rows(schema_without_views(self._opened().schema))

    def _open(self) -> None:
        with read_faults():
            self._reader = pa.ipc.open_stream(pa.PythonFile(self._messages, "r"))
            check_schema(self._reader.schema)

    def _opened(self) -> pa.ipc.RecordBatchStreamReader:
        if self._reader is None:
            raise invalid("no schema before the first batch")
        return self._reader

    def _batch(self) -> pa.RecordBatch:
        reader = self._opened()
        with read_faults():
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                raise invalid("a batch without its dictionaries") from None
            check_views(batch)
            # Offsets of a batch from outside may lead anywhere.
            batch.validate(full=True)
        check_batch(batch)
        return without_views(batch)

    def _count(self, message: Message) -> None:
        """Bound what is kept of dictionaries: a new one replaces the old, a delta adds to it."""
        before = self._dictionaries.get(message.dictionary, 0) if message.is_delta else 0
        self._dictionaries[message.dictionary] = before + len(message.content)
        if sum(self._dictionaries.values()) > _MOST_DICTIONARIES_BYTES:
            raise invalid("dictionaries are larger than 64 MB")


class _MessageFile(io.RawIOBase):
    """The messages given so far, as a file to be read from; what has been read is let go."""

    def __init__(self) -> None:
        self._waiting: list[memoryview] = []

    def readable(self) -> bool:
        return True

    def add(self, message: bytes) -> None:
        self._waiting.append(memoryview(message))

    def read(self, size: int = -1) -> Any:
        """Return the next bytes: no more than one message has, for its parts are asked for.

        Arrow refers to them where they are; a copy would double the memory of a large batch.
        """
        if not self._waiting:
            return b""
        first = self._waiting[0]
        size = len(first) if size < 0 else size
        if size >= len(first):
            self._waiting.pop(0)
        else:
            self._waiting[0] = first[size:]
        return first[:size]


def no_rows(schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of that schema without rows."""
    with read_faults():
        return pa.RecordBatch.from_pylist([], schema=schema)


@contextmanager
def read_faults() -> Iterator[None]:
    """Tell what Arrow finds wrong with the bytes as a fault of whoever sent them."""
    try:
        yield
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, NotImplementedError, KeyError) as error:
        raise invalid(first_line(error)) from error


def first_line(error: Exception) -> str:
    """Return what an error says, cut to a length fit to show."""
    return (str(error).strip().splitlines() or ["unreadable"])[0][:200]
