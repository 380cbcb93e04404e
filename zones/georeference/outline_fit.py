"""Which of several ways to place a file's vertices fits the district's outline better.

There are two kinds of evidence: vertices that one way brings into the district and another does
not, and vertices that one way brings onto its border. Neighbouring vertices of a drawing are
wrong together, so that thousands of them may prove no more than one: squares of the ground vote,
and only votes too one-sided for chance count. What few vertices, or a file that lies inside
whichever way, cannot tell stays open.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import to_plane

Floats = NDArray[np.float64]
Place = Callable[[Floats], NDArray[np.object_]]
"""Takes vertices as they stand in a file, shape (n, 2); returns points in EPSG:4490."""

FEWEST: Final = 10
"""Fewer vertices near the district say nothing of how a file lies to it."""
TOLERANCE_M: Final = 30.0
"""A vertex counts as inside up to here: borders are known no better, and rounding needs room."""

_NEIGHBOURHOOD_M = 2000.0  # farther places say nothing of the outline
_FAR_M = 1500.0  # no datum moves anything so far: this is another system
_BAND_M = 200.0  # a vertex so near to the border in some way may be meant to lie on it
_FEWEST_AT_BORDER = 8
_SHARP_M = 60.0  # vertices that trace the border lie so near to it
_GAIN_M, _GAIN_RATIO = 100.0, 0.5
_GAIN_OUTSIDE, _MOST_OUTSIDE = 0.05, 0.1
_MARGIN_M = 50.0  # a square whose vertices gain less has no vote
_NO_CHANCE_IN, _HARDLY_CHANCE_IN = 50, 10  # six votes of six are no chance, four of four hardly
_MOST_POINTS = 2000
_CELLS_APART = 10  # the vertices kept stand a tenth of a square apart


@dataclass(frozen=True, slots=True)
class Fit:
    """How one way of placing the vertices fits.

    ``distance_m`` is their median distance from the district, 0 inside. Of those near it,
    ``outside`` is the share outside; ``border_m`` the median distance from the border of those
    that may be meant to lie on it, None when there are too few.
    """

    distance_m: float
    outside: float
    border_m: float | None


class OutlineFits:
    """Vertices placed in several ways, each set against the outline; ``points`` were compared."""

    def __init__(
        self,
        xy: Floats,
        ways: Mapping[str, Place],
        outline: BaseGeometry,
        *,
        square: float,
    ) -> None:
        """Place the vertices ``xy``; ``square`` is half a kilometre in their unit."""
        plane = to_plane(outline)
        shapely.prepare(plane)
        xy = _thinned(xy, square / _CELLS_APART)
        heights = {name: _signed_distances(place(xy), plane) for name, place in ways.items()}
        near = np.min([*heights.values()], axis=0) <= _NEIGHBOURHOOD_M
        self.points = int(near.sum())
        self._squares = _numbered(np.floor(xy[near] / square))
        self._heights = {name: height[near] for name, height in heights.items()}
        nearest = np.min([np.abs(each) for each in self._heights.values()], axis=0)
        self._at_border = nearest <= _BAND_M
        self.fits = {name: self._fit(name, heights[name]) for name in ways}

    def beats(self, one: str, other: str) -> bool:
        """Return whether the first way fits so much better that it is no chance."""
        return self._fits_better(one, other, once_in=_NO_CHANCE_IN)

    def ranked(self, names: Sequence[str]) -> list[str]:
        """Return the names in the order given, but a later one first where it fits better.

        For that it need not beat those before it: to be hardly chance is enough.
        """
        waiting, ranked = list(names), []
        while waiting:
            best = waiting[0]
            for name in waiting[1:]:
                leads = self._fits_better(name, best, once_in=_HARDLY_CHANCE_IN)
                best = name if leads else best
            waiting.remove(best)
            ranked.append(best)
        return ranked

    def _fits_better(self, one: str, other: str, *, once_in: int) -> bool:
        ours, theirs = self.fits[one].distance_m, self.fits[other].distance_m
        if max(ours, theirs) >= _FAR_M + min(ours, theirs):
            return ours < theirs
        if self.points < FEWEST:
            return False
        contains, closer = self._contains_more, self._traces_border
        return (contains(one, other, once_in) and not closer(other, one, once_in)) or (
            closer(one, other, once_in) and not contains(other, one, once_in)
        )

    def _fit(self, name: str, all_heights: Floats) -> Fit:
        heights, at_border = self._heights[name], self._at_border
        enough = int(at_border.sum()) >= _FEWEST_AT_BORDER
        return Fit(
            distance_m=float(np.median(np.maximum(all_heights, 0.0))) if len(all_heights) else 0.0,
            outside=float(np.mean(heights > TOLERANCE_M)) if len(heights) else 1.0,
            border_m=float(np.median(np.abs(heights[at_border]))) if enough else None,
        )

    def _contains_more(self, one: str, other: str, once_in: int) -> bool:
        ours, theirs = self.fits[one].outside, self.fits[other].outside
        if theirs - ours < _GAIN_OUTSIDE or ours > min(_MOST_OUTSIDE, _GAIN_RATIO * theirs):
            return False
        outside = self._heights[other] > TOLERANCE_M, self._heights[one] > TOLERANCE_M
        return _is_rare(self._squares, outside[0].astype(float) - outside[1], once_in)

    def _traces_border(self, one: str, other: str, once_in: int) -> bool:
        ours, theirs = self.fits[one].border_m, self.fits[other].border_m
        if ours is None or theirs is None or theirs - ours < _GAIN_M:
            return False
        if ours > min(_SHARP_M, _GAIN_RATIO * theirs):
            return False
        at_border = self._at_border
        gain = np.abs(self._heights[other][at_border]) - np.abs(self._heights[one][at_border])
        votes = np.where(np.abs(gain) >= _MARGIN_M, np.sign(gain), 0.0)
        return _is_rare(self._squares[at_border], votes, once_in)


def _thinned(xy: Floats, apart: float) -> Floats:
    """Return vertices that stand apart: a hundred of one arc prove no more than one does."""
    _, first = np.unique(np.floor(xy / apart), axis=0, return_index=True)
    xy = xy[np.sort(first)]
    return xy[:: max(1, -(-len(xy) // _MOST_POINTS))]


def _signed_distances(points: NDArray[np.object_], plane: BaseGeometry) -> Floats:
    """Return metres from the border, negative inside; infinite for what has no place."""
    moved, border = to_plane(points), plane.boundary
    shapely.prepare(border)
    with np.errstate(invalid="ignore"):  # what has no place
        distances = shapely.distance(moved, border)
        signed = np.where(shapely.covers(plane, moved), -distances, distances)
    return np.where(np.isfinite(signed), signed, np.inf)


def _numbered(squares: Floats) -> NDArray[np.int64]:
    _, numbers = np.unique(squares, axis=0, return_inverse=True)
    return numbers.reshape(-1)  # numpy 2.0 alone keeps the axis


def _is_rare(squares: NDArray[np.int64], votes: Floats, once_in: int) -> bool:
    """Return whether squares that each toss a coin vote so one-sidedly once in so many times."""
    sums = np.bincount(squares, weights=votes)
    ayes, noes = int((sums > 0).sum()), int((sums < 0).sum())
    cast = ayes + noes
    tail = sum(math.comb(cast, count) for count in range(ayes, cast + 1))
    return tail * once_in <= 1 << cast
