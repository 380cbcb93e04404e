"""Places and pairs of places as one number each, so that sorting brings equal ones together.

Different ones share a number once in 10^19: what is found by it is compared, or is a remark only.
"""

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_MIX_X, _MIX_Y, _MIX_END = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0xD6E8FEB86659FD93),
)
_SHIFT = np.uint64(29)


def vertex_hashes(places: NDArray[np.float64]) -> Hashes:
    """Return a number for each place, shape (n, 2), equal for the same two floats."""
    bits: Hashes = np.ascontiguousarray(places).view(np.uint64)
    x, y = bits.T
    mixed: Hashes = x * _MIX_X ^ np.right_shift(y * _MIX_Y, _SHIFT) ^ (y * _MIX_END)
    return np.asarray(mixed ^ np.right_shift(mixed, _SHIFT))


def edge_hashes(one: Hashes, other: Hashes) -> Hashes:
    """Return a number for each pair of places, another one for the pair turned round."""
    mixed = one * _MIX_X + (other ^ np.right_shift(other, _SHIFT)) * _MIX_Y
    return np.asarray(mixed ^ np.right_shift(mixed, _SHIFT))
