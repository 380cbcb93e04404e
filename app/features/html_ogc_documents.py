"""The OGC API's documents as pages: collections, what they hold, tiles, conformance."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.features.items_query import value_names
from app.features.ogc_documents import CONFORMS_TO
from app.features.selection_cache import time_extent
from app.http.links import Links
from app.pages.data_page_frame import data_page
from app.revisions.version_numbers import latest_versions
from zones.cql2 import Queryable
from zones.crs.transform import CRS, STORAGE
from zones.map_page.small_map_svg import collection_sketch
from zones.messages import Lang
from zones.properties.feature_name import NAME
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot


def collections_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return a card for each collection, and where the service's own documents are."""
    sketches = snapshot.derived(_sketches)
    cards = [(each, sketches[each.info.id]) for each in snapshot.collections.values()]
    revisions = services_of(request).store.revisions()
    context = {
        "cards": cards,
        "service": Links(request).base + "/",
        "versions": latest_versions(revisions),
        "changed": {id_: each.at for each in reversed(revisions) for id_ in each.collections},
    }
    return data_page(request, "collections.html", context, snapshot.revision, lang=lang)


def collection_page(
    request: Request, snapshot: Snapshot, collection: Collection, lang: Lang
) -> Response:
    """Return what is said of a collection."""
    store = services_of(request).store
    context = {
        "collection": collection,
        "versions": latest_versions(store.revisions(collection.info.id)),
        "made": store.time_of_making(collection.info.id),
        "changed": store.time_of_revision(collection.revision),
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


def _sketches(snapshot: Snapshot) -> dict[str, Markup]:
    # The sketch is numbers and our own colours; see zones.map_page.small_map_svg.
    return {
        id_: Markup(collection_sketch(snapshot, each))  # noqa: S704 - a drawing of ours
        for id_, each in snapshot.collections.items()
    }
