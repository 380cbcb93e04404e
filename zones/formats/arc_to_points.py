"""Circular arcs -> places along them, close enough for straight sides.

Sides span at most one degree of their circle (GDAL's span four): of a curve of 50 m radius they are
at most 2 mm off. An arc is divided alike from both its ends, so that neighbours keep a border in
common.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEP: Final = np.pi / 180
_ON_A_LINE: Final = 1e-12


class UnreadableCurveError(ValueError):
    """What is written is no geometry, or one of very many vertices."""


def chain_of_arcs(places: Floats, *, most: int) -> Floats:
    """Return a chain of arcs, of three places each, as straight sides; at most so many places.

    Raises
    ------
    UnreadableCurveError
        An arc lacks a place, or there are very many.
    """
    if not len(places):
        return places
    if len(places) % 2 == 0:
        raise UnreadableCurveError("an arc has three places")
    pieces = [places[:1]]
    total = 1
    for at in range(0, len(places) - 2, 2):
        pieces.append(_arc(*places[at : at + 3])[1:])
        total += len(pieces[-1])
        if total > most:
            raise UnreadableCurveError("very many vertices")
    return np.vstack(pieces)


def _arc(first: Floats, middle: Floats, last: Floats) -> Floats:
    """Return an arc from its first place to its last, the same from either end."""
    if tuple(first) > tuple(last):
        return _arc(last, middle, first)[::-1]
    centre = _centre(first[:2], middle[:2], last[:2])
    if centre is None:
        return np.vstack([first, middle, last])
    spokes = (place[:2] - centre for place in (first, middle, last))
    begin, through, end = (np.arctan2(y, x) for x, y in spokes)
    turn = (end - begin) % (2 * np.pi) or 2 * np.pi
    if (through - begin) % (2 * np.pi) > turn:
        turn -= 2 * np.pi
    share = np.linspace(0, 1, int(np.ceil(abs(turn) / _STEP)) + 1)[1:-1]
    radius = float(np.hypot(*(first[:2] - centre)))
    angles = begin + share * turn
    between = first + share[:, None] * (last - first)
    between[:, 0] = centre[0] + radius * np.cos(angles)
    between[:, 1] = centre[1] + radius * np.sin(angles)
    return np.vstack([first, between, last])


def _centre(first: Floats, middle: Floats, last: Floats) -> Floats | None:
    """Return the centre of the circle through three places; None if they lie on a line."""
    if (first == last).all():
        return None if (first == middle).all() else (first + middle) / 2
    a, b = middle - first, last - first  # from the first: coordinates of metres are long numbers
    twice = 2 * (a[0] * b[1] - a[1] * b[0])
    if abs(twice) <= _ON_A_LINE * (a @ a + b @ b):
        return None
    x = (b[1] * (a @ a) - a[1] * (b @ b)) / twice
    y = (a[0] * (b @ b) - b[0] * (a @ a)) / twice
    centre: Floats = first + np.array([x, y])
    return centre
