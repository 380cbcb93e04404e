"""The grid on which a TAB file keeps its positions: whole numbers within bounds set when made.

Without bounds of its own a table in metres has steps of 3 cm by 1.5 cm. Place of the numbers in
the .map header: seen in tables written by GDAL 3.12 and checked against the positions they hold.
"""

import math
import struct
from pathlib import Path
from typing import Final

_MAGIC: Final = 42424242
_MAGIC_AT, _SCALE_AT = 0x100, 0x170
_HEADER_BYTES = 512


def grid_steps(path: Path) -> tuple[float, float] | None:
    """Return the steps in x and y, in units of the table; None if the header tells none."""
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or struct.unpack_from("<i", header, _MAGIC_AT)[0] != _MAGIC:
        return None
    scales = struct.unpack_from("<2d", header, _SCALE_AT)
    if not all(math.isfinite(scale) and scale > 0 for scale in scales):
        return None
    return 1 / scales[0], 1 / scales[1]
