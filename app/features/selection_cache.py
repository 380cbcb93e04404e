"""Which features of a collection a selection has, worked out once for all pages of it."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from app.features.items_query import Selection
from zones.cql2 import filter_of_values, parse_filter, queryables
from zones.cql2.instants import read_instant
from zones.memory.bounded_cache import BoundedCache
from zones.snapshot.collection import Collection
from zones.snapshot.features_in_box import select_box
from zones.snapshot.sort_features import in_order

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

FILTER_SECONDS: Final = 10.0
REMEMBERED_BYTES: Final = 8 * 2**20
TIME_FORMATS: Final = frozenset({"date", "date-time"})


def _remembered(_collection: Collection) -> BoundedCache[Selection, Indices]:
    """Return what remembers the collection's selections that were asked for last."""
    return BoundedCache(REMEMBERED_BYTES, lambda found: found.nbytes)


def selected(collection: Collection, selection: Selection) -> range | Indices:
    """Return the positions of the selected features in the order that is asked for.

    Raises
    ------
    CoordinateError
        If the box cannot lie on the earth.
    FilterError
        If the filter cannot be read, or asks for what the collection does not have.
    """
    if selection == Selection(nulls=selection.nulls):
        return range(len(collection))
    if selection == Selection(box=selection.box, nulls=selection.nulls):
        return _all_of(collection, selection)
    remembered = collection.derived(_remembered)
    found = remembered.get(selection)
    if found is None:
        found = in_order(collection, _all_of(collection, selection), selection.order)
        remembered.put(selection, found)
    return found


def time_property(collection: Collection) -> str | None:
    """Return the property that says when a feature is: the first whose values are all times."""
    return collection.derived(_time_property)


def time_extent(collection: Collection) -> tuple[str, str] | None:
    """Return the first and the last instant of the features, as RFC 3339; None without times."""
    return collection.derived(_time_extent)


def _time_extent(collection: Collection) -> tuple[str, str] | None:
    name = time_property(collection)
    if name is None:
        return None
    texts = dict.fromkeys(each for each in collection.values(name) if isinstance(each, str))
    times = {text: read for text in texts if (read := read_instant(text))}
    first, last = min(times, key=lambda text: times[text]), max(times, key=lambda text: times[text])
    return _as_instant(first, "T00:00:00Z"), _as_instant(last, "T23:59:59Z")


def _as_instant(text: str, clock: str) -> str:
    return f"{text}{clock}" if len(text) == len("2021-03-19") else text


def _time_property(collection: Collection) -> str | None:
    times = (each.name for each in queryables(collection) if each.format in TIME_FORMATS)
    return next(times, None)


def _all_of(collection: Collection, selection: Selection) -> Indices:
    found = np.arange(len(collection), dtype=np.int64)
    if selection.box is not None:
        box = selection.box
        found = select_box(collection, (box.x_min, box.y_min, box.x_max, box.y_max), box.crs)
        if selection.nulls and len(nowhere := collection.derived(_nowhere)):
            found = np.union1d(found, nowhere)
    for mask in _masks(collection, selection):
        found = found[mask[found]]
    return found


def _nowhere(collection: Collection) -> Indices:
    """Return the features that have no place."""
    return np.flatnonzero(np.isnan(collection.bounds).any(axis=1))


def _never(collection: Collection) -> Mask:
    """Return which features have no time, where others have it."""
    name = time_property(collection)
    return np.array([each is None for each in collection.values(name or "")], bool)


def _named(collection: Collection, fids: Iterable[str]) -> Mask:
    mask = np.zeros(len(collection), bool)
    mask[[collection.index_of(fid) for fid in fids if fid in collection]] = True
    return mask


def _masks(collection: Collection, selection: Selection) -> Iterator[Mask]:
    if selection.ids is not None:
        yield _named(collection, selection.ids)
    if selection.values:
        values = filter_of_values(dict(selection.values))
        yield values.mask(collection, seconds=FILTER_SECONDS)
    if selection.interval is not None and (name := time_property(collection)) is not None:
        in_time = _in_time(collection, name, selection.interval)
        yield in_time | collection.derived(_never) if selection.nulls else in_time
    if (filter_ := selection.filter) is not None:
        parsed = parse_filter(
            filter_.text, lang=filter_.lang, crs=filter_.crs, longest=filter_.longest
        )
        yield parsed.mask(collection, seconds=FILTER_SECONDS)


def _in_time(collection: Collection, name: str, interval: tuple[str, str]) -> Mask:
    """Return which features' time meets the interval; one without time does not."""
    args = [{"property": name}, {"interval": list(interval)}]
    text = orjson.dumps({"op": "t_intersects", "args": args}).decode()
    return parse_filter(text, lang="cql2-json").mask(collection, seconds=FILTER_SECONDS)
