"""What features are called: by a key field, by the file's own ids, or not yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.model import JSON, Problem
from zones.source.model import SourceBatch

ID_COLUMN: Final = "zones_fid"
"""Where our own exports keep the ids, in formats that have no place for them."""

LONGEST_ID = 200
_CONTROL = frozenset({"Cc", "Cs"})


@dataclass(slots=True)
class IdentifierCheck:
    """Gives features their ids batch by batch and finds those that are missing or given twice.

    ``key`` is the field to take them from, by its name in the file; ``needed`` makes a missing
    id a problem also where no key was named.
    """

    key: str | None = None
    needed: bool = False
    problems: list[Problem] = field(default_factory=list)
    _first: dict[str, int] = field(default_factory=dict)
    _key_met: bool = False

    def check(
        self,
        ids: Sequence[str | int | float | None],
        rows: Sequence[Mapping[str, JSON]],
        numbers: NDArray[np.int64],
    ) -> list[str | None]:
        """Return the id of each feature, None where it is to be given one."""
        values: Sequence[JSON] = ids
        if self.key is not None:
            self._key_met = self._key_met or any(self.key in row for row in rows)
            values = [row.get(self.key) for row in rows]
        if self.key is None and not self.needed and all(value is None for value in values):
            return [None] * len(values)
        return [
            self._one(value, int(number)) for value, number in zip(values, numbers, strict=True)
        ]

    def finish(self, fields: Sequence[str], *, features: int) -> None:
        """Raise if no feature had the key field.

        Raises
        ------
        SourceError
            ``id-field-unknown``, with the fields that there are.
        """
        if self.key is not None and features and not self._key_met:
            raise SourceError("id-field-unknown", key=self.key[:80], fields=", ".join(fields)[:400])

    def _one(self, value: JSON, number: int) -> str | None:
        if value is None or value == "":
            if self.key is not None or self.needed:
                self._refuse("id-missing", number, key=self.key or "id")
            return None
        fid = as_id(value)
        if fid is None:
            self._refuse("id-unfit", number, value=str(value)[:80])
        elif (first := self._first.setdefault(fid, number)) != number:
            self._refuse("id-twice", number, value=fid, first=first)
        return fid

    def _refuse(self, code: str, number: int, **params: JSON) -> None:
        self.problems.append(Problem(code, params, feature=number, field=self.key))


def with_own_ids(batch: SourceBatch) -> SourceBatch:
    """Return the batch with ids taken from the column of our own exports, if it has that.

    The column is no attribute then, so that a file exported and imported changes nothing.
    """
    if not any(ID_COLUMN in row for row in batch.properties):
        return batch
    ids: list[str | int | float | None] = []
    for row, fid in zip(batch.properties, batch.ids, strict=True):
        own = row.get(ID_COLUMN)
        ids.append(own if isinstance(own, str | int | float) else fid)
    rows = [{name: row[name] for name in row if name != ID_COLUMN} for row in batch.properties]
    return replace(batch, ids=ids, properties=rows)


def as_ids(values: Sequence[JSON]) -> list[str | None]:
    """Return what ``as_id`` does of each value; of a column of one type in a fraction of the time.

    Examples
    --------
    >>> as_ids([7, 8]), as_ids([" a", None, 2.0])
    (['7', '8'], ['a', None, '2'])
    """
    if set(map(type, values)) in ({int}, {str}):
        texts = [str(value).strip() for value in values]
        lengths = [*map(len, texts)]
        if min(lengths) > 0 and max(lengths) <= LONGEST_ID and "".join(texts).isprintable():
            return [*texts]
    return [*map(as_id, values)]


def as_id(value: JSON) -> str | None:
    """Return the value as an id; None if it cannot be one."""
    if type(value) is str:  # most are, and there are many
        fid = value.strip()
        return fid if is_fit(fid) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    whole = isinstance(value, float) and value.is_integer()
    fid = str(int(value) if whole else value).strip()
    return fid if is_fit(fid) else None


def is_fit(fid: str) -> bool:
    """Return whether a text can be a feature's id: 1 to 200 characters, none of them control."""
    if not 0 < len(fid) <= LONGEST_ID:
        return False
    return fid.isprintable() or not any(category(mark) in _CONTROL for mark in fid)
