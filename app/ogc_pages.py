"""The OGC API's documents as pages: collections, what they hold, tiles, conformance."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.item_query import value_names
from app.item_selection import time_extent
from app.links import Links
from app.ogc import CONFORMS_TO
from app.page_frame import page_response, path_of, render
from app.tile_documents import tile_template, tileset_document
from zones.collection import Collection
from zones.crs import CRS, STORAGE
from zones.feature_name import NAME
from zones.filters import Queryable
from zones.mapping.sketch import collection_sketch
from zones.messages import Lang
from zones.snapshot import Snapshot
from zones.tiles import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileMatrixSet, tile_source

CURRENT = "data"


def collections_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return a card for each collection, and where the service's own documents are."""
    sketches = snapshot.derived(_sketches)
    cards = [(each, sketches[each.info.id]) for each in snapshot.collections.values()]
    context = {"cards": cards, "service": Links(request).base + "/"}
    return data_page(request, "collections.html", context, snapshot.revision, lang=lang)


def collection_page(
    request: Request, snapshot: Snapshot, collection: Collection, lang: Lang
) -> Response:
    """Return what is said of a collection."""
    context = {
        "collection": collection,
        "sketch": snapshot.derived(_sketches)[collection.info.id],
        "times": time_extent(collection),
        "systems": list(CRS),
        "storage": STORAGE,
    }
    return data_page(request, "collection.html", context, snapshot.revision, lang=lang)


def properties_page(
    request: Request,
    snapshot: Snapshot,
    collection: Collection,
    properties: tuple[Queryable, ...],
    *,
    what: str,
    lang: Lang,
) -> Response:
    """Return a table of properties; ``what`` is ``queryables`` or ``schema``."""
    context = {
        "collection": collection,
        "properties": properties,
        "parameters": value_names(collection),
        "title_field": collection.info.title_field or NAME,
        "what": what,
    }
    return data_page(request, "properties.html", context, snapshot.revision, lang=lang)


def conformance_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the conformance classes that hold."""
    context = {"classes": CONFORMS_TO}
    return data_page(request, "conformance.html", context, snapshot.revision, lang=lang)


def matrix_sets_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the tile matrix sets, each with a link."""
    context = {"matrix_sets": TILE_MATRIX_SETS.values(), "english": lang == "en"}
    return data_page(request, "tile_matrix_sets.html", context, snapshot.revision, lang=lang)


def matrix_set_page(
    request: Request, snapshot: Snapshot, tms: TileMatrixSet, lang: Lang
) -> Response:
    """Return how a tile matrix set cuts the earth: a row for each zoom."""
    context = {"tms": tms, "definition": tms.definition, "english": lang == "en"}
    return data_page(request, "tile_matrix_set.html", context, snapshot.revision, lang=lang)


def tilesets_page(
    request: Request,
    snapshot: Snapshot,
    collection: Collection,
    matrix_sets: tuple[TileMatrixSet, ...],
    *,
    lang: Lang,
) -> Response:
    """Return a collection's tiles in each of these tile matrix sets."""
    source, links = tile_source(collection), Links(request)
    told = [
        (
            tms,
            tileset_document(source, tms, links, lang=lang),
            tile_template(source, tms, links, "{z}/{y}/{x}"),
        )
        for tms in matrix_sets
    ]
    context = {
        "collection": collection,
        "tilesets": told,
        "mercator": WEB_MERCATOR_QUAD,
        "english": lang == "en",
    }
    return data_page(request, "tilesets.html", context, snapshot.revision, lang=lang)


def data_page(
    request: Request,
    template: str,
    context: Mapping[str, object],
    revision: int,
    *,
    lang: Lang,
    status: int = 200,
) -> Response:
    """Return a page on data; templates find routes by name and titles in the language."""
    links = Links(request)
    html = render(
        request,
        template,
        {"route": links.path, "titled": _titled(lang), "json_here": _as_json(links), **context},
        lang=lang,
        current=CURRENT,
    )
    return page_response(html, revision, status=status)


def in_browser(request: Request, links: Links, address: str) -> str:
    """Return an absolute address of ours as a path, which the browser has from where it is."""
    return path_of(request, address.removeprefix(links.base))


def _as_json(links: Links) -> str:
    return in_browser(links.request, links, links.here(f="json"))


def _titled(lang: Lang) -> Any:
    """Return a function to the title, or another text, of a thing in the page's language."""

    def titled(thing: Any, field: str = "title") -> str:
        english = getattr(thing, f"{field}_en", None) if lang == "en" else None
        return str(english or getattr(thing, field) or "")

    return titled


def _sketches(snapshot: Snapshot) -> dict[str, Markup]:
    # The sketch is numbers and our own colours; see zones.mapping.sketch.
    return {
        id_: Markup(collection_sketch(snapshot, each))  # noqa: S704
        for id_, each in snapshot.collections.items()
    }
