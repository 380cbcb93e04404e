"""Rows of a segment as the sequences that a collection has: made when they are asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, overload

import numpy as np

from zones.model import JSON
from zones.snapshot.geometry_arrays import Geometries

AT_ONCE: Final = 5_000
Properties = Mapping[str, JSON]


class NamesOfRows(Sequence[str]):
    """The fids of features, each found by its position.

    Parameters
    ----------
    every
        Returns all of them, which is quicker than to find one after the other.
    """

    def __init__(
        self, find: Callable[[int], str], every: Callable[[], Iterable[str]], count: int
    ) -> None:
        self._find = find
        self._every = every
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __reduce__(self) -> tuple[type[list[str]], tuple[list[str]]]:
        return list, ([*self],)

    def __iter__(self) -> Iterator[str]:
        return iter(self._every())

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> list[str]: ...
    def __getitem__(self, position: int | slice) -> str | list[str]:
        if isinstance(position, slice):
            return [*map(self._find, range(*position.indices(self._count)))]
        return self._find(range(self._count)[position])


class MappedProperties(Sequence[Properties]):
    """The properties of features, read anew whenever they are asked for."""

    def __init__(self, read: Callable[[Sequence[int]], list[Any]], count: int) -> None:
        self._read = read
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __reduce__(self) -> tuple[type[list[Properties]], tuple[list[Properties]]]:
        return list, ([*self],)

    @overload
    def __getitem__(self, position: int) -> Properties: ...
    @overload
    def __getitem__(self, position: slice) -> list[Properties]: ...
    def __getitem__(self, position: int | slice) -> Properties | list[Properties]:
        if isinstance(position, slice):
            return self._read(range(*position.indices(self._count)))
        found: Properties = self._read([range(self._count)[position]])[0]
        return found

    def __iter__(self) -> Iterator[Properties]:
        for begin in range(0, self._count, AT_ONCE):
            yield from self._read(range(begin, min(begin + AT_ONCE, self._count)))


class MappedGeometries(Sequence[Any]):
    """Geometries that are read when they are asked for, as an array of them would be."""

    def __init__(self, read: Callable[[Any], Geometries], count: int) -> None:
        self._read = read
        self.shape = (count,)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, selected: Any) -> Any:
        if isinstance(selected, slice):
            return self._read(range(*selected.indices(len(self))))
        positions = np.asarray(selected)
        if positions.ndim == 0:
            return self._read([range(len(self))[int(positions)]])[0]
        if positions.dtype == bool:
            positions = np.flatnonzero(positions)
        return self._read(positions)

    def __iter__(self) -> Iterator[Any]:
        for begin in range(0, len(self), AT_ONCE):
            yield from self._read(range(begin, min(begin + AT_ONCE, len(self))))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Geometries:
        return self._read(range(len(self)))
