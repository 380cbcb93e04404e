"""Features as pages: a table with a map of them, and one feature's attributes."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
import shapely
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.features.html_table import address_with, cell, items_table, own_language_first
from app.features.items_as_geojson import ItemsPage, page_of
from app.features.items_query import (
    DEFAULT_LIMIT,
    HIGHEST_LIMIT,
    NULLS,
    ItemsQuery,
    items_query,
    value_names,
)
from app.http.fault_status import RequestFaultsError
from app.http.links import Links
from app.http.tracking_parameters import without_appended
from app.pages.data_page_frame import data_page, in_browser
from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of
from zones.cql2 import Queryable, queryables
from zones.cql2.queryables_schema import described
from zones.drawing.plan_element_colours import ELEMENT_STYLES
from zones.errors import ZonesError
from zones.map_page.values import json_block
from zones.messages import Lang
from zones.model import JSON, Feature
from zones.properties.titles_and_codes import FieldWords
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import name_of, text
from zones.snapshot.uncertainty_circles import CIRCLE_BEYOND_M

MOST_CHOICES: Final = 40
PAGE_SIZES: Final = (10, 25, 50, 100, 500)
DOWNLOADS: Final = ("geojson", "csv", "gpkg", "fgb", "parquet")
LEAVE_OUT: Final = NULLS[1]
"""People who look into a box are surprised by what is nowhere; programs get it by the letter."""
GROUND: Final = ("district", "zones")


def without_blanks(request: Request, links: Links) -> Response | None:
    """Return a way to the same page without parameters left empty, as forms send them."""
    blank = [name for name, value in request.query_params.multi_items() if not value.strip()]
    if not blank:
        return None
    return RedirectResponse(in_browser(request, links, links.here_without(*blank)), 303)


def items_page(
    request: Request, snapshot: Snapshot, collection: Collection, lang: Lang
) -> Response:
    """Return a page of features; what is wrong with the query is said above the form."""
    links = Links(request)
    if (clean := without_blanks(request, links)) is not None:
        return clean
    parameters = without_appended(request.query_params, value_names(collection))
    try:
        query = items_query(parameters, collection, nulls=LEAVE_OUT)
        page = page_of(collection, query)
    except ZonesError as fault:
        faults = fault.faults if isinstance(fault, RequestFaultsError) else (fault,)
        context = _form(request, links, collection) | {"faults": [e.text(lang) for e in faults]}
        return data_page(request, "items.html", context, snapshot.revision, lang=lang, status=400)
    # What is drawn and downloaded is what the page lists.
    same = {} if query.selection.nulls else {"nulls": LEAVE_OUT}
    context = {
        **_form(request, links, collection),
        **items_table(request, links, collection, query, page, lang=lang),
        **_map_of(request, snapshot, collection, lang),
        "faults": [],
        "json_here": address_with(request, links, f="json", **same),
        "left_out": _left_out(collection, query, page),
        "with_them": address_with(request, links, "offset", nulls=NULLS[0]),
        "map_items": address_with(
            request, links, "crs", f="geojson", revision=str(snapshot.revision), **same
        ),
        "downloads": [
            (form, address_with(request, links, "offset", f=form, limit=str(HIGHEST_LIMIT), **same))
            for form in DOWNLOADS
        ],
    }
    return data_page(request, "items.html", context, snapshot.revision, lang=lang)


def item_page(
    request: Request, snapshot: Snapshot, collection: Collection, fid: str, lang: Lang
) -> Response:
    """Return one feature: a map, its attributes, and where else it is found."""
    links = Links(request)
    feature = collection.feature(fid)
    words = FieldWords(collection.info)
    is_element = any(fid == each.id for each in snapshot.plan.elements)
    context = {
        **_map_of(request, snapshot, collection, lang),
        "collection": collection,
        "fid": fid,
        "name": _name(feature, collection, lang),
        "rows": [
            (each, _meant(each, feature.properties.get(each.name), words, lang))
            for each in own_language_first(described(collection), lang)
            if each.type is not None and each.role != "id" and each.name in feature.properties
        ],
        "is_element": is_element,
        "centre": _centre(feature.geometry),
        "placing": _placing(request, snapshot, collection, feature, lang),
        "map_items": address_with(
            request, links, "crs", f="geojson", revision=str(snapshot.revision)
        ),
    }
    return data_page(request, "item.html", context, snapshot.revision, lang=lang)


def _placing(
    request: Request, snapshot: Snapshot, collection: Collection, feature: Feature, lang: Lang
) -> Markup | None:
    """Return what the form reads by which staff give a place to a feature that has none."""
    takes_points = "point" in collection.info.kinds or not collection.info.kinds
    is_staff = getattr(request.state, "session", None) is not None
    can_draw = "leaflet" not in assets_of(request).missing
    if feature.geometry is not None or not (takes_points and is_staff and can_draw):
        return None
    data = plan_page_data(request, snapshot, lang, prefix="place-")
    links = Links(request)
    item = links.to("item", collection_id=collection.info.id, feature_id=feature.fid)
    data["urls"] = {**data["urls"], "item": in_browser(request, links, item)}
    return Markup(json_block(data))  # noqa: S704 - no "<" in it


def _meant(each: Queryable, value: JSON, words: FieldWords, lang: Lang) -> str:
    """Return a whole value, with what it stands for if it is a code."""
    meaning = words.text(each.name, value)
    shown = cell(value, lang, longest=10_000)
    return shown if meaning is None else f"{shown} · {meaning}"


def _left_out(collection: Collection, query: ItemsQuery, page: ItemsPage) -> int:
    """Return how many features the page leaves out for want of a place or a time."""
    selection = query.selection
    if selection.nulls or (selection.box is None and selection.interval is None):
        return 0
    by_the_letter = replace(query, selection=replace(selection, nulls=True))
    return page_of(collection, by_the_letter).matched - page.matched


def _form(request: Request, links: Links, collection: Collection) -> dict[str, Any]:
    """Return what the form holds: what was asked, and what may be asked."""
    parameters = request.query_params
    choices = collection.derived(_choices)
    return {
        "collection": collection,
        "action": links.path("items", collection_id=collection.info.id),
        "asked": parameters,
        "example": collection.derived(_named_by),
        "sizes": sorted({*PAGE_SIZES, _requested_size(parameters)}),
        "size": _requested_size(parameters),
        "values": [(each, choices.get(each.name, ())) for each in _own(collection)],
        "kept": [
            (name, parameters[name])
            for name in (
                "sortby",
                "bbox",
                "bbox-crs",
                "datetime",
                "nulls",
                "ids",
                "revision",
                "lang",
            )
            if name in parameters
        ],
    }


def _requested_size(parameters: QueryParams) -> int:
    text = parameters.get("limit", "")
    known = text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0  # noqa: PLR2004 - digits of a page's number
    return min(int(text), HIGHEST_LIMIT) if known else DEFAULT_LIMIT


def _own(collection: Collection) -> list[Queryable]:
    names = value_names(collection)
    return [each for each in queryables(collection) if each.name in names]


def _named_by(collection: Collection) -> str:
    """Return a text property for the example of a filter, as a filter writes it: the name first."""
    texts = [each.name for each in _own(collection) if each.type == "string"]
    preferred = (collection.info.title_field, "name", *texts)
    name = next((each for each in preferred if each in texts), "name")
    return name if name.isidentifier() else f'"{name}"'


def _choices(collection: Collection) -> dict[str, Sequence[tuple[str, str]]]:
    """Return the values of properties that have but a few, and what each stands for."""
    found: dict[str, Sequence[tuple[str, str]]] = {}
    words = FieldWords(collection.info)
    for each in _own(collection):
        values = {value for value in collection.values(each.name) if isinstance(value, str)}
        if 0 < len(values) <= MOST_CHOICES:
            found[each.name] = [
                (value, words.text(each.name, value) or "") for value in sorted(values)
            ]
    return found


def _map_of(
    request: Request, snapshot: Snapshot, collection: Collection, lang: Lang
) -> dict[str, Any]:
    """Return what the small map needs besides the features; no ground if Leaflet is missing."""
    links = Links(request)
    ground = [
        in_browser(request, links, links.to("items", query=[("limit", "100")], collection_id=name))
        for name in GROUND
        if name in snapshot.collections
    ]
    items = links.to("items", collection_id=collection.info.id)
    can_draw = "leaflet" not in assets_of(request).missing and len(ground) == len(GROUND)
    return {
        "can_draw": can_draw,
        "ground": orjson.dumps(ground).decode(),
        "circle_beyond_m": CIRCLE_BEYOND_M,
        "map_styles": orjson.dumps(_map_styles(lang)).decode(),
        "map_link": in_browser(request, links, items) + "/",
        "named_by": collection.info.title_field or "name",
    }


def _map_styles(lang: Lang) -> dict[str, tuple[str, str, str, str]]:
    """Return colour, line, numeral and short name of each element."""
    return {
        id_: (
            style.colour,
            style.line,
            unicodedata.normalize("NFKC", style.numeral),
            style.short_en if lang == "en" else style.short,
        )
        for id_, style in ELEMENT_STYLES.items()
    }


def _name(feature: Feature, collection: Collection, lang: Lang) -> str:
    english = text(feature.properties, "name_en") if lang == "en" else None
    return english or name_of(feature, collection.info)


def _centre(geometry: Any) -> tuple[str, str] | None:
    """Return longitude and latitude of a place that lies in the geometry."""
    if geometry is None or geometry.is_empty:
        return None
    point = shapely.point_on_surface(geometry)
    return f"{point.x:.6f}", f"{point.y:.6f}"
