"""Geometries as they are published, each made when it is first asked for, and kept."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.crs.transform import STORAGE
from zones.geojson.published_geometry import published
from zones.snapshot.geometry_arrays import Geometries, frozen

_ALL: Final = slice(None)


class PublishedOnDemand:
    """The geometries of a collection as published.

    To make one takes a copy of its vertices and a look at whether it is still valid: of 200,000
    that takes ten times what a spatial index of them takes, and few questions need all of them.
    Several threads may make the same geometry at once; they make equal ones.

    Parameters
    ----------
    stored
        With all digits, in EPSG:4490, or None.
    """

    def __init__(self, stored: Geometries) -> None:
        self.stored = stored
        self._made = stored.copy()
        self._is_made = np.zeros(len(stored), bool)

    def at(self, positions: Sequence[int] | NDArray[np.integer]) -> Geometries:
        """Return the geometries at ``positions``."""
        made, chosen = self._made, np.asarray(positions, np.int64)
        missing = np.unique(chosen[~self._is_made[chosen]])
        if len(missing):
            made[missing] = published(self.stored[missing], STORAGE)
            self._is_made[missing] = True
        found: Geometries = made[chosen]
        return found

    def every(self) -> Geometries:
        """Return all geometries, in an array that nobody can change."""
        if self._made.flags.writeable:
            self.at(range(len(self.stored)))
            self._made = frozen(self._made.copy())  # what other threads still write to is left
        return self._made

    def are_made(self, positions: Sequence[int] | slice = _ALL) -> bool:
        """Return whether nothing is left to make of those at ``positions``."""
        return not self._made.flags.writeable or bool(self._is_made[positions].all())

    def take_over(self, other: "PublishedOnDemand", sources: NDArray[np.int64]) -> None:
        """Take what ``other`` has made of the same geometries; a source of -1 is none of them."""
        same = np.flatnonzero(sources >= 0)
        self._made[same] = other._made[sources[same]]
        self._is_made[same] = other._is_made[sources[same]]
