"""The table of a page of features: columns that sort, cells as people read them, turning over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from starlette.requests import Request

from app.features.items_as_geojson import ItemsPage
from app.features.items_query import ItemsQuery
from app.http.links import Links
from app.pages.data_page_frame import in_browser
from zones.cql2 import Queryable
from zones.cql2.queryables_schema import described
from zones.messages import Lang, say
from zones.model import JSON
from zones.properties.feature_name import NAME
from zones.properties.titles_and_codes import FieldWords
from zones.snapshot.collection import Collection

LONGEST_CELL: Final = 200
PLAIN_BELOW: Final = 1e21
"""From here on JavaScript, by which the map writes numbers, takes an exponent too."""


@dataclass(frozen=True, slots=True)
class ItemsTableColumn:
    """A column of the table; ``sort`` is the address sorted by it, None where it has no order."""

    property: Queryable
    sort: str | None
    sorted: str | None


def items_table(
    request: Request,
    links: Links,
    collection: Collection,
    query: ItemsQuery,
    page: ItemsPage,
    *,
    lang: Lang,
) -> dict[str, Any]:
    """Return what the table shows of a page of features, and the addresses of other pages."""
    shown = [
        each
        for each in described(collection)
        if each.type is not None
        and each.role != "id"
        and (query.properties is None or each.name in query.properties)
    ]
    title_field = collection.info.title_field or NAME
    named = next((each for each in shown if each.name == title_field), None)
    shown = own_language_first([each for each in shown if each is not named], lang)
    here, words = partial(address_with, request, links), FieldWords(collection.info)
    order = {key.name: "descending" if key.descending else "ascending"
             for key in query.selection.order[:1]}  # fmt: skip

    def column(each: Queryable) -> ItemsTableColumn:
        sorted_ = order.get(each.name)
        return ItemsTableColumn(each, _sort_address(here, each, sorted_), sorted_)

    return {
        "named": named and column(named),
        "columns": [column(each) for each in shown],
        "rows": [
            (
                collection.fids[i],
                _name_cell(named, collection.properties[i], words, lang),
                [_table_cell(e, collection.properties[i].get(e.name), words, lang) for e in shown],
            )
            for i in page.indices
        ],
        "matched": page.matched,
        "offset": page.offset,
        "paging": _paging(here, page),
        "as_of": request.query_params.get("revision"),
        "current": here("revision"),
    }


def own_language_first(properties: Sequence[Queryable], lang: Lang) -> list[Queryable]:
    """Return the properties, what another says in the page's language behind all others.

    Of ``basis`` and ``basis_en`` the one in the other language comes last.
    """
    names = {each.name for each in properties}

    def is_for_others(each: Queryable) -> bool:
        if each.name.endswith("_en"):
            return lang != "en" and each.name.removesuffix("_en") in {*names, NAME}
        return lang == "en" and f"{each.name}_en" in names

    return sorted(properties, key=is_for_others)


def _table_cell(each: Queryable, value: JSON, words: FieldWords, lang: Lang) -> tuple[str, bool]:
    """Return what a cell shows, and whether that is a number alone."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    meaning = words.text(each.name, value)
    if meaning is not None:
        return f"{cell(value, lang)} · {meaning}", False
    return cell(value, lang), is_number


def _name_cell(
    named: Queryable | None, properties: Mapping[str, JSON], words: FieldWords, lang: Lang
) -> str:
    """Return a feature's name; nothing where it has none."""
    value = None if named is None else properties.get(named.name)
    if named is None or value is None or value == "":
        return ""
    return _table_cell(named, value, words, lang)[0]


def _sort_address(here: Any, each: Queryable, order: str | None) -> str | None:
    if not each.is_simple:
        return None
    address: str = here("offset", sortby=f"-{each.name}" if order == "ascending" else each.name)
    return address


def _paging(here: Any, page: ItemsPage) -> list[tuple[str, str]]:
    """Return the names and addresses of the pages that can be turned to."""
    last = max(0, (page.matched - 1) // page.limit * page.limit)
    turns: list[tuple[str, int]] = []
    if page.offset > 0:
        turns += [
            ("first-page", 0),
            ("previous", max(0, min(page.offset, page.matched) - page.limit)),
        ]
    if page.offset + page.limit < page.matched:
        turns += [("next", page.offset + page.limit), ("last-page", last)]
    return [(name, here(offset=str(offset))) for name, offset in turns]


def cell(value: JSON, lang: Lang, *, longest: int = LONGEST_CELL) -> str:
    """Return a value as a person reads it, cut where it is too long for a table."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return say("data-yes" if value else "data-no", lang).message
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        text = ("、" if lang == "zh" else ", ").join(map(str, value))
    else:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def number(value: float) -> str:
    """Return a number with all its digits, whole ones below 10^21 without an exponent."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < PLAIN_BELOW else repr(value)


def address_with(request: Request, links: Links, *left_out: str, **changed: str) -> str:
    """Return the request's own address as the browser sees it, some parameters set anew."""
    return in_browser(request, links, links.here_without(*left_out, **changed))
