"""Which row of a segment, or which feature that changed since, each feature of a collection is."""

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zones.snapshot.geometry_arrays import array_of

Indices = NDArray[np.int64]
Source = NDArray[np.int32]


class Overlay:
    """Where features stand; immutable.

    Parameters
    ----------
    rows
        How many rows the segment has.
    source
        Of each feature, in their order, its row, or ``-1 - i`` for changed feature i; None if the
        features are just the rows.
    """

    def __init__(self, rows: int, source: Source | None = None) -> None:
        self._rows = rows
        self._source = source

    def __len__(self) -> int:
        return self._rows if self._source is None else len(self._source)

    @property
    def is_plain(self) -> bool:
        """Whether the features are just the rows."""
        return self._source is None

    def sources(self, positions: Any) -> NDArray[Any]:
        """Return of features at these positions the row, or ``-1 - i`` for changed feature i."""
        selected = np.asarray(positions, np.int64).reshape(-1)
        return selected if self._source is None else self._source[selected]

    def of_rows(self, rows: Indices) -> Indices:
        """Return where rows stand, those left out that do so no more."""
        if self._source is None:
            return rows
        places = self._places[rows].astype(np.int64)
        return places[places >= 0]

    @cached_property
    def of_changed(self) -> Indices:
        """Where each changed feature stands."""
        if self._source is None:
            return np.empty(0, np.int64)
        there = np.flatnonzero(self._source < 0)
        places = np.empty(len(there), np.int64)
        places[-1 - self._source[there]] = there
        return places

    @cached_property
    def _places(self) -> Source:
        places = np.full(self._rows, -1, np.int32)
        if self._source is not None:
            from_source = np.flatnonzero(self._source >= 0)
            places[self._source[from_source]] = from_source
        return places

    def gathered(
        self, positions: Any, of_rows: Callable[[Any], Any], of_changed: Callable[[Any], Any]
    ) -> Any:
        """Return what is found of rows and of changed features, in the order of the positions."""
        source = self.sources(positions)
        in_rows = source >= 0
        if in_rows.all():
            return of_rows(source)
        found = np.empty(len(source), dtype=object)
        found[in_rows] = array_of(of_rows(source[in_rows]))
        found[~in_rows] = array_of(of_changed(-1 - source[~in_rows].astype(np.int64)))
        return found.tolist()

    def joined(self, rows: NDArray[Any], changed: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return an array that has an item of each feature, from those of rows and of changed."""
        if self._source is None:
            return rows
        is_changed = self._source < 0
        joined = np.empty((len(self._source), *rows.shape[1:]), rows.dtype)
        joined[~is_changed] = rows[self._source[~is_changed]]
        joined[is_changed] = changed()[-1 - self._source[is_changed]]
        return joined

    def listed(self, rows: list[Any], changed: list[Any]) -> list[Any]:
        """Return a list that has an item of each feature."""
        if self._source is None:
            return rows
        return [rows[s] if s >= 0 else changed[-1 - s] for s in self._source.tolist()]

    def keys(self, changed: Sequence[object]) -> list[Hashable]:
        """Return by what each feature is the same in another overlay: its row, or itself."""
        sources = range(len(self)) if self._source is None else self._source.tolist()
        return [s if s >= 0 else ("changed", id(changed[-1 - s])) for s in sources]

    def changed_by(
        self, put: Sequence[int | None], gone: Sequence[int], *, changed: int
    ) -> tuple["Overlay", list[int]]:
        """Return the overlay after a change, and which changed features it still has.

        Parameters
        ----------
        put
            Where each feature that is put stands, None for one that comes at the end. It is changed
            feature ``changed``, and so on.
        gone
            Positions that end.
        """
        is_new = np.array([place is None for place in put], bool)
        numbers = -1 - np.arange(changed, changed + len(put), dtype=np.int32)
        source = self.sources(range(len(self))).astype(np.int32)
        there = np.array([place for place in put if place is not None], np.int64)
        source[there] = numbers[~is_new]
        left = np.delete(source, np.array(gone, np.int64))
        source = np.concatenate([left, numbers[is_new]])
        still = -1 - source[source < 0]
        source[source < 0] = -1 - np.arange(len(still), dtype=np.int32)
        return Overlay(self._rows, source), still.tolist()
