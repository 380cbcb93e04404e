"""Protocol buffers' integers of variable length, many at a time."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Integers

Unsigned = NDArray[np.uint32] | NDArray[np.uint64]

_BITS: Final = 7
_MORE: Final = np.uint8(0x80)
_LOW: Final = 0x7F


def varint_sizes(values: Unsigned | Integers) -> NDArray[np.int64]:
    """Return how many bytes each value, none of them negative, takes: one for each seven bits."""
    sizes = np.ones(len(values), dtype=np.uint8)
    for byte in range(1, _most_bytes(values)):
        sizes += values >= 1 << _BITS * byte
    return sizes.astype(np.int64)


def encode_varints(values: Unsigned) -> NDArray[np.uint8]:
    """Return the bytes of all values, one after the other: seven bits a byte, lowest first."""
    columns = _most_bytes(values)
    encoded = np.empty((len(values), columns), dtype=np.uint8)
    used = np.ones(encoded.shape, dtype=bool)
    left: NDArray[Any] = values
    for byte in range(columns - 1):
        more = left > _LOW
        used[:, byte + 1] = more
        np.bitwise_or(left.astype(np.uint8) & _LOW, more * _MORE, out=encoded[:, byte])
        left = left >> _BITS
    encoded[:, columns - 1] = left
    return encoded[used]


def _most_bytes(values: Unsigned | Integers) -> int:
    """Return how many bytes the largest value takes."""
    return max(1, -(-int(values.max(initial=0)).bit_length() // _BITS))


def varint(value: int) -> bytes:
    """Return the bytes of one value that is not negative."""
    encoded = bytearray()
    while value > _LOW:
        encoded.append(value & _LOW | int(_MORE))
        value >>= _BITS
    encoded.append(value)
    return bytes(encoded)


def zigzag(values: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Return signed values as unsigned ones, small ones staying small: 0, -1, 1, -2, 2, ..."""
    return ((values << 1) ^ (values >> 31)).view(np.uint32)


def zigzag_one(value: int) -> int:
    """Return one signed value as an unsigned one."""
    return value << 1 if value >= 0 else (-value << 1) - 1
