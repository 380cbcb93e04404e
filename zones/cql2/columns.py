"""The properties of a collection as columns of values, each made once when first asked for."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import orjson

from zones.cql2.exact_number_comparison import numbers_of
from zones.cql2.faults_and_limits import SHOWN, fault
from zones.cql2.value_arrays import Codes, DistinctTexts, Sets, Texts, Truth, Values
from zones.model import JSON
from zones.snapshot.collection import Collection
from zones.snapshot.object_ids import OBJECTID, object_ids

GEOMETRY = "geometry"
FID = "id"
"""Names of what is not among the properties; a property ``id`` comes before the feature's id."""

_MOST_NAMES_SHOWN = 40
_PLAIN = frozenset({bool, int, float, str})


class PropertyColumns:
    """Columns of one collection; use as ``collection.derived(PropertyColumns)``.

    Two threads may make the same column at once; they make the same one.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._object_ids: Callable[[], list[int]] = lambda: object_ids(collection).tolist()
        self._made: dict[str, Values] = {}

    def column(self, name: str) -> Values:
        """Return the values of a queryable, one row for each feature.

        Raises
        ------
        FilterError
            ``filter-unknown-property``, or ``filter-object-property`` for one that holds objects.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all properties that any feature has, in the order of the features."""
        return self._collection.names

    def values(self, name: str) -> list[JSON]:
        """Return the values of a property as the features hold them."""
        return self._collection.values(name)

    def _make(self, name: str) -> Values:
        if name == GEOMETRY:
            placed = self._collection.are_placed
            return Values(placed, shapes=self._collection.geometries)
        if self._collection.has_name(name):
            values = self.values(name)
            if not queryable(values):
                raise fault("object-property", name=name[:SHOWN])
            return column_of(values)
        if name == FID:
            return column_of(self._collection.fids)
        if name == OBJECTID:
            return column_of(self._object_ids())
        raise self._unknown(name)

    def _unknown(self, name: str) -> Exception:
        return fault("unknown-property", name=name[:SHOWN], known=self._known)

    @cached_property
    def _known(self) -> str:
        """The queryables as one text, the first of them if there are many."""
        own = (each for each in self.names if queryable(self.values(each)))
        known = list(dict.fromkeys([FID, GEOMETRY, *own]))
        more = " …" if len(known) > _MOST_NAMES_SHOWN else ""
        return ", ".join(known[:_MOST_NAMES_SHOWN]) + more


def queryable(values: Sequence[JSON]) -> bool:
    """Return whether values can be asked for: not if there are only objects and lists of them."""
    return any(
        type(each) in _PLAIN or (type(each) is list and not any(type(e) is dict for e in each))
        for each in values
        if each is not None
    ) or all(each is None for each in values)


def column_of(values: Sequence[JSON]) -> Values:
    """Return values as a column, each row in the array of its kind; objects are only present."""
    kinds = set(map(type, values))
    return Values(
        np.fromiter((each is not None for each in values), bool, len(values)),
        numbers=numbers_of(values) if kinds & {int, float} else None,
        texts=_texts(values) if str in kinds else None,
        truth=_truth(values) if bool in kinds else None,
        sets=_sets(values) if list in kinds else None,
    )


def _texts(values: Sequence[JSON]) -> Texts:
    places: dict[str, int] = {}
    codes = [places.setdefault(each, len(places)) if type(each) is str else -1 for each in values]
    return Texts(DistinctTexts(list(places)), np.array(codes, np.int32))


def _truth(values: Sequence[JSON]) -> Truth:
    yes = np.fromiter((each is True for each in values), bool, len(values))
    return Truth(yes, np.fromiter((each is False for each in values), bool, len(values)))


def _sets(values: Sequence[JSON]) -> Sets:
    places: dict[frozenset[object], int] = {}
    codes: Codes = np.full(len(values), -1, np.int32)
    for row, each in enumerate(values):
        if type(each) is list:
            codes[row] = places.setdefault(frozenset(map(element, each)), len(places))
    return Sets(tuple(places), codes)


def element(value: JSON) -> object:
    """Return a list's member so that equal ones are equal, and ``true`` is not 1."""
    if isinstance(value, bool) or value is None:
        return ("constant", value)
    if isinstance(value, int | float | str):
        return value  # 1 and 1.0 are equal to Python, and an integer is exact
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
