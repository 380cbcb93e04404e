"""Rows of a CSV text and what is put at their ends -> one text, without moving a byte twice."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.streams.csv_scan import CSVRows


def binary_array(texts: Iterable[bytes]) -> pa.Array:
    """Return texts as a column of bytes."""
    return pa.array(list(texts), pa.binary())


def joined(part: bytes, rows: CSVRows, endings: Sequence[pa.Array]) -> bytes:
    """Return the part with an ending at the end of each row."""
    # Piece i runs from the end of row i - 1 to that of row i, line break first: no byte is moved.
    bounds = np.concatenate([[0], rows.ends]).astype(np.int32)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(part)]
    pieces = pa.Array.from_buffers(pa.binary(), len(rows), buffers)
    joined = pc.binary_join_element_wise(pieces, *endings, b"")
    _, offsets, data = joined.buffers()
    length = int(np.frombuffer(offsets, np.int32)[len(rows)])
    body: bytes = data.slice(0, length).to_pybytes()
    return body + part[int(rows.ends[-1]) :]
