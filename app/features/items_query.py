"""What is asked of a collection's items: the query's text -> which features, and how shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import QueryParams

from app.http import parameters
from app.http.fault_status import RequestError
from app.http.parameters import AskedBox
from app.http.route_classes import EVERYWHERE, check_known
from zones.cql2 import LANGUAGES, Language, queryables
from zones.cql2.faults_and_limits import LONGEST_BYTES
from zones.cql2.instants import read_instant
from zones.cql2.queryables_schema import described
from zones.crs.transform import CRS
from zones.snapshot.collection import Collection
from zones.snapshot.sort_features import SortKey

DEFAULT_LIMIT: Final = 10
HIGHEST_LIMIT: Final = 10_000
HIGHEST_OFFSET: Final = 10**9
MOST_IDS: Final = 1000
MOST_SORT_KEYS: Final = 8
OPEN: Final = ".."
DAY: Final = 86_400_000_000 - 1  # microseconds to the last one of a day
_LONE_T: Final = re.compile("T(?=/|$)")

NULLS: Final = ("include", "exclude")
"""What becomes of features without a place in a box, and without a time in an interval."""

LIGHT: Final = EVERYWHERE | {"f", "limit", "offset", "revision", "crs", "bbox", "bbox-crs", "nulls"}
"""Parameters that can be judged and answered without looking at the features' properties."""
KNOWN: Final = LIGHT | {
    "datetime", "filter", "filter-lang", "filter-crs", "ids", "properties", "sortby"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterText:
    """A filter as written: its language, the system of its coordinates, how long it may be."""

    text: str
    lang: Language
    crs: CRS
    longest: int = LONGEST_BYTES


@dataclass(frozen=True, slots=True)
class Selection:
    """Which features of a collection, and in which order; the same for every page of them.

    ``values`` are queryables with the value that each must have. ``interval`` is start and end of
    ``datetime``, ``..`` where open. ``nulls`` says whether features without a place or a time match
    any box or interval, as OGC API Features has it (fc-bbox-response C, fc-time-response C).
    """

    box: AskedBox | None = None
    filter: FilterText | None = None
    values: tuple[tuple[str, str], ...] = ()
    ids: frozenset[str] | None = None
    interval: tuple[str, str] | None = None
    order: tuple[SortKey, ...] = ()
    nulls: bool = True


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """A page of a selection, in a CRS; ``properties`` None shows all of them."""

    selection: Selection
    crs: CRS
    limit: int
    offset: int
    properties: frozenset[str] | None = None


def is_light(query: QueryParams) -> bool:
    """Return whether nothing is asked that needs the features' properties."""
    return LIGHT.issuperset(query.keys())


def with_plus_as_meant(query: bytes) -> bytes:
    """Return a query string in which a "+" of a filter stands for itself.

    It is a blank where a form was encoded. GDAL writes blanks as %20 and leaves "+" as it is.
    """
    if b"+" not in query or b"%20" not in query:
        return query
    return b"&".join(map(_with_plus, query.split(b"&")))


def _with_plus(part: bytes) -> bytes:
    is_mixed = part.startswith(b"filter=") and b"%20" in part
    return part.replace(b"+", b"%2B") if is_mixed else part


def items_query(query: QueryParams, collection: Collection, *, nulls: str = NULLS[0]) -> ItemsQuery:
    """Return what the query asks; ``nulls`` is that parameter where the query has none.

    Raises
    ------
    RequestFaultsError
        If a parameter is neither ours nor a queryable of the collection, or is given twice.
    RequestError, UnknownCRSError
        What is wrong with the value of one.
    """
    own = frozenset[str]() if is_light(query) else value_names(collection)
    check_known(query, KNOWN | own)
    return ItemsQuery(
        selection=_selection(query, collection, own, query.get("nulls", nulls)),
        crs=crs_of_query(query),
        limit=_limit(query.get("limit")),
        offset=_offset(query.get("offset")),
        properties=_properties(query.get("properties"), collection),
    )


def value_names(collection: Collection) -> frozenset[str]:
    """Return the queryables that are parameters of their own; a name of ours is ours."""
    return collection.derived(_value_names)


def crs_of_query(query: QueryParams) -> CRS:
    """Return the CRS to answer in: CRS84 unless asked otherwise."""
    text = query.get("crs")
    return CRS.CRS84 if text is None else parameters.crs(text)


def _value_names(collection: Collection) -> frozenset[str]:
    return frozenset(each.name for each in queryables(collection) if each.is_simple) - KNOWN


def _selection(
    query: QueryParams, collection: Collection, own: frozenset[str], nulls: str
) -> Selection:
    return Selection(
        box=_box(query),
        filter=_filter(query),
        values=tuple((name, query[name]) for name in query if name in own),
        ids=_ids(query.get("ids")),
        interval=_interval(query.get("datetime")),
        order=_order(query.get("sortby"), collection),
        nulls=parameters.choice(nulls, "nulls", choices=NULLS) == NULLS[0],
    )


def _box(query: QueryParams) -> AskedBox | None:
    named = query.get("bbox-crs")
    box_crs = CRS.CRS84 if named is None else parameters.crs(named, "bbox-crs")
    text = query.get("bbox")
    return None if text is None else parameters.bbox(text, box_crs, authority_order=True)


def _filter(query: QueryParams) -> FilterText | None:
    lang = parameters.choice(
        query.get("filter-lang", LANGUAGES[0]), "filter-lang", choices=LANGUAGES
    )
    named = query.get("filter-crs")
    crs = CRS.CRS84 if named is None else parameters.crs(named, "filter-crs")
    text = query.get("filter")
    return None if text is None else FilterText(text, next(e for e in LANGUAGES if e == lang), crs)


def _ids(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    ids = [each for each in text.split(",") if each]
    if len(ids) > MOST_IDS:
        raise RequestError("too-many-names", loc=("query", "ids"), name="ids", limit=MOST_IDS)
    return frozenset(ids)


def _interval(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    # GDAL ends a date with "T".
    interval = _LONE_T.sub("", text)
    start, slash, end = parameters.datetime_interval(interval).partition("/")
    ends = (start or OPEN, end or OPEN) if slash else (start, start)
    if any(each != OPEN and read_instant(each) is None for each in ends):  # an offset of 25 hours
        raise RequestError(
            "datetime-invalid", loc=("query", "datetime"), given=text[: parameters.SHOWN]
        )
    if ends == (OPEN, OPEN):
        raise RequestError(
            "datetime-open", loc=("query", "datetime"), given=text[: parameters.SHOWN]
        )
    if not _in_order(*ends):
        loc = ("query", "datetime")
        raise RequestError("datetime-backwards", loc=loc, given=text[: parameters.SHOWN])
    return ends


def _in_order(start: str, end: str) -> bool:
    """Return whether an interval does not end before it begins; a date is a whole day."""
    first, last = read_instant(start), read_instant(end)
    if first is None or last is None:
        return True
    return first[0] <= last[0] + (DAY if last[1] and not first[1] else 0)


def _order(text: str | None, collection: Collection) -> tuple[SortKey, ...]:
    if not text:
        return ()
    keys = tuple(_sort_key(part) for part in text.split(","))
    if len(keys) > MOST_SORT_KEYS:
        params = {"name": "sortby", "limit": MOST_SORT_KEYS}
        raise RequestError("too-many-names", loc=("query", "sortby"), **params)
    sortable = [each.name for each in queryables(collection) if each.is_simple]
    _check_names([key.name for key in keys], sortable, "sortby")
    return keys


def _sort_key(text: str) -> SortKey:
    # In a query "+" is a space unless it was written as %2B.
    return SortKey(text.lstrip("+- "), text.startswith("-"))


def _properties(text: str | None, collection: Collection) -> frozenset[str] | None:
    if text is None:
        return None
    names = [name for name in text.split(",") if name]
    _check_names(names, [each.name for each in described(collection)], "properties")
    return frozenset(names)


def _check_names(names: Iterable[str], known: list[str], parameter: str) -> None:
    for name in names:
        if name not in known:
            raise RequestError(
                "property-unknown",
                loc=("query", parameter),
                name=name[:80],
                known=", ".join(known)[:1000],
            )


def _limit(text: str | None) -> int:
    return DEFAULT_LIMIT if text is None else parameters.limit(text, highest=HIGHEST_LIMIT)


def _offset(text: str | None) -> int:
    if text is None:
        return 0
    return parameters.whole_number(text, "offset", low=0, high=HIGHEST_OFFSET)
