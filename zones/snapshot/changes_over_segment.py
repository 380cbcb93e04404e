"""Which row of a segment, or which feature that changed since, each feature of a collection is."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zones.snapshot.geometry_arrays import array_of

Indices = NDArray[np.int64]
_NONE = np.empty(0, np.int64)


class Overlay:
    """Where features stand: rows in their order, then what came since; immutable.

    Changed features are numbered: first those that stand in the place of a row, in the order of
    ``replaced``, then the ``added`` ones. What is asked costs what changed, not what there is.

    Parameters
    ----------
    rows
        How many rows the segment has.
    replaced
        Rows in whose place a changed feature stands, ascending.
    removed
        Rows that are no features any more, ascending.
    added
        How many features stand at the end.
    """

    def __init__(
        self, rows: int, *, replaced: Indices = _NONE, removed: Indices = _NONE, added: int = 0
    ) -> None:
        self._rows = rows
        self._replaced = replaced
        self._removed = removed
        self._added = added
        # How many rows stand before each one that was removed.
        self._standing_before = removed - np.arange(len(removed))

    def __len__(self) -> int:
        return self._head + self._added

    @property
    def _head(self) -> int:
        """Features that are rows or stand in the place of one."""
        return self._rows - len(self._removed)

    @property
    def is_plain(self) -> bool:
        """Whether the features are just the rows."""
        return not (len(self._replaced) or len(self._removed) or self._added)

    @cached_property
    def hidden(self) -> Indices:
        """The rows that are no features as they are, ascending."""
        return np.sort(np.concatenate([self._replaced, self._removed]))

    def sources(self, positions: Any) -> NDArray[Any]:
        """Return of features at these positions the row, or ``-1 - i`` for changed feature i."""
        selected = np.asarray(positions, np.int64).reshape(-1)
        if self.is_plain:
            return selected
        found = selected + np.searchsorted(self._standing_before, selected, side="right")
        at, is_replaced = _found_in(self._replaced, found)
        found[is_replaced] = -1 - at[is_replaced]
        is_added = selected >= self._head
        found[is_added] = -1 - len(self._replaced) - (selected[is_added] - self._head)
        return found

    def places_of(self, rows: Indices) -> Indices:
        """Return where rows stand, -1 for those that do so no more."""
        places = rows - np.searchsorted(self._removed, rows)
        for gone in (self._removed, self._replaced):
            places[_found_in(gone, rows)[1]] = -1
        return places

    def of_rows(self, rows: Indices) -> Indices:
        """Return where rows stand, those left out that do so no more."""
        if self.is_plain:
            return rows
        places = self.places_of(rows)
        return places[places >= 0]

    @cached_property
    def of_changed(self) -> Indices:
        """Where each changed feature stands."""
        in_place = self._replaced - np.searchsorted(self._removed, self._replaced)
        return np.concatenate([in_place, self._head + np.arange(self._added)])

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
        found[~in_rows] = array_of(of_changed(-1 - source[~in_rows]))
        return found.tolist()

    def some(
        self, positions: Any, rows: NDArray[Any], changed: Callable[[], NDArray[Any]]
    ) -> NDArray[Any]:
        """Return of features at these positions what ``joined`` has of them."""
        source = self.sources(positions)
        is_changed = source < 0
        found: NDArray[Any] = np.empty((len(source), *rows.shape[1:]), rows.dtype)
        found[~is_changed] = rows[source[~is_changed]]
        found[is_changed] = changed()[-1 - source[is_changed]]
        return found

    def joined(self, rows: NDArray[Any], changed: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return an array that has an item of each feature, from those of rows and of changed."""
        if self.is_plain:
            return rows
        others = changed()
        joined = np.concatenate([rows, others[len(self._replaced) :]])
        joined[self._replaced] = others[: len(self._replaced)]
        return np.delete(joined, self._removed, axis=0) if len(self._removed) else joined

    def listed(self, rows: Sequence[Any], changed: Sequence[Any]) -> list[Any]:
        """Return a list that has an item of each feature."""
        listed = [*rows, *changed[len(self._replaced) :]]
        for number, row in enumerate(self._replaced.tolist()):
            listed[row] = changed[number]
        for row in reversed(self._removed.tolist()):
            del listed[row]
        return listed

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
        ended = self.sources(gone)
        numbers = dict(zip(self._replaced.tolist(), range(len(self._replaced)), strict=True))
        added = [*range(len(self._replaced), changed)]
        for number, place in enumerate(put, start=changed):
            if place is None:
                added.append(number)
            elif place >= self._head:
                added[place - self._head] = number
            else:
                numbers[self._row_at(place)] = number
        taken_away = {self._row_at(place) for place in gone if place < self._head}
        rows = np.array(sorted(numbers.keys() - taken_away), np.int64)
        lost = {-1 - source for source in ended.tolist() if source < 0}
        added = [number for number in added if number not in lost]
        removed = np.union1d(self._removed, np.array([*taken_away], np.int64))
        after = Overlay(self._rows, replaced=rows, removed=removed, added=len(added))
        return after, [*map(numbers.__getitem__, rows.tolist()), *added]

    def _row_at(self, place: int) -> int:
        return place + int(np.searchsorted(self._standing_before, place, side="right"))


def _found_in(ascending: Indices, values: Indices) -> tuple[Indices, NDArray[np.bool_]]:
    """Return where values would stand, and which of them do."""
    at = np.searchsorted(ascending, values)
    if not len(ascending):
        return at, np.zeros(len(values), bool)
    return at, ascending[np.minimum(at, len(ascending) - 1)] == values
