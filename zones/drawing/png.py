"""PNG files of whole pictures: rows as they are, compressed once.

ISA-L compresses ten times as fast as zlib at the same size, where it is installed (the extra
``images``). Rows are not filtered: maps are flat, and filters make them larger.
"""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

try:
    from isal.isal_zlib import compress as _compress
except ImportError:  # no wheel for this machine
    from zlib import compress as _compress

Pixels = NDArray[np.uint8]

_LEVEL: Final = 1
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_INDEXED: Final = 3
_COLOUR_TYPES: Final = {3: 2, 4: 6}
"""By how many bytes a pixel has: red, green and blue, or alpha besides."""
_INCH_M: Final = 0.0254
_OPAQUE: Final = 255


def indexed_png(indices: Pixels, palette: Pixels, *, dpi: float) -> bytes:
    """Return a picture in at most 256 colours.

    Parameters
    ----------
    indices
        Of shape (rows, columns).
    palette
        Red, green, blue and alpha of each colour, of shape (n, 4).
    """
    chunks = [_chunk(b"PLTE", palette[:, :3].tobytes())]
    opacities = palette[:, 3]
    if (opacities < _OPAQUE).any():
        chunks.append(_chunk(b"tRNS", opacities.tobytes()))
    return _file(indices, _INDEXED, chunks, dpi)


def true_colour_png(pixels: Pixels, *, dpi: float) -> bytes:
    """Return a picture of shape (rows, columns, 3 or 4) with every pixel as it is."""
    rows = pixels.reshape(len(pixels), -1)
    return _file(rows, _COLOUR_TYPES[pixels.shape[2]], [], dpi, width=pixels.shape[1])


def _file(
    rows: Pixels, colour_type: int, chunks: list[bytes], dpi: float, *, width: int | None = None
) -> bytes:
    height = len(rows)
    unfiltered = np.zeros((height, rows.shape[1] + 1), np.uint8)
    unfiltered[:, 1:] = rows
    head = struct.pack(">2I5B", width or rows.shape[1], height, 8, colour_type, 0, 0, 0)
    dots_a_metre = round(dpi / _INCH_M)
    parts = [
        _chunk(b"IHDR", head),
        _chunk(b"pHYs", struct.pack(">2IB", dots_a_metre, dots_a_metre, 1)),
        *chunks,
        _chunk(b"IDAT", _compress(unfiltered.data, _LEVEL)),
        _chunk(b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", check)))
