"""The page on which a collection's features are edited on the map."""

from dataclasses import asdict
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, path_of, render
from app.pages.locate import NEEDED_PACKAGES
from zones.cql2.queryables_schema import described
from zones.map_page.values import json_block
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

WORDS: Final = "edit-"
MOST_EDITED: Final = 1_500
"""Features of a collection that the editor loads at once; of more, those in view."""
SHARING_BORDERS: Final = ("zones", "subdistricts", "borders", "disputes", "district")
"""Layers of the plan that are drawn along the same lines, vertex by vertex."""


def edit_page(request: Request, snapshot: Snapshot, lang: Lang, collection_id: str) -> Response:
    """Return the page; its scripts ask for the features, and send what was edited."""
    collection = snapshot.collection(collection_id)
    if NEEDED_PACKAGES & set(assets_of(request).missing):
        return missing_page(request, lang, current="data")
    linked = linked_layers(snapshot, collection_id)
    context = {
        "data": Markup(json_block(_page_data(request, snapshot, lang, collection, linked))),  # noqa: S704 - no "<" in it
        "collection": {"id": collection_id, "title": _title(snapshot, collection_id, lang)},
        "linked": ("、" if lang == "zh" else ", ").join(_title(snapshot, i, lang) for i in linked),
    }
    html = render(request, "edit.html", context, lang=lang, current="data")
    return page_response(html, snapshot.revision)


def _page_data(
    request: Request, snapshot: Snapshot, lang: Lang, collection: Collection, linked: list[str]
) -> dict[str, Any]:
    """Return what the scripts of the page read."""
    id_ = collection.info.id
    data = plan_page_data(request, snapshot, lang, prefix=WORDS)
    revisions = path_of(request, f"/collections/{id_}/revisions")
    own = {
        "collection": id_,
        "title_field": collection.info.title_field,
        "linked": linked,
        "fields": fields_of(collection, lang),
        "extent": collection.extent,
        "count": len(collection),
        "most": MOST_EDITED,
        "urls": {**data["urls"], "edits": path_of(request, "/edits"), "revisions": revisions},
    }
    return data | own


def linked_layers(snapshot: Snapshot, collection_id: str) -> list[str]:
    """Return the plan's layers whose lines are those of this one: they are edited together."""
    if collection_id not in SHARING_BORDERS:
        return []
    return [id_ for id_ in SHARING_BORDERS if id_ != collection_id and id_ in snapshot.collections]


def fields_of(collection: Collection, lang: Lang) -> list[dict[str, Any]]:
    """Return the properties of a collection, with titles and codes where they are known."""
    known = {field.name: field for field in collection.info.fields}
    titles = {
        each.name: each.title_en if lang == "en" else each.title for each in described(collection)
    }
    names = dict.fromkeys(collection.names)
    return [
        {
            "name": name,
            "title": titles.get(name) or (known[name].title if name in known else ""),
            "codes": [asdict(code) for code in known[name].codes] if name in known else [],
        }
        for name in {**names, **dict.fromkeys(known)}
    ]


def _title(snapshot: Snapshot, collection_id: str, lang: Lang) -> str:
    info = snapshot.collection(collection_id).info
    return info.title_en if lang == "en" else info.title
