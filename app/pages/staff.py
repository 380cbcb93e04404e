"""Pages for GIS staff: upload, an import, the history of a collection, export."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.embedded_map_data import plan_page_data
from app.pages.frame import assets_of, missing_page, page_response, path_of, render
from app.pages.locate import NEEDED_PACKAGES, systems
from app.pages.revision_notes import OWN_NOTES
from zones.export.dbf import cut_names
from zones.export.export_options import CLOSINGS, ORDERS, ExportFormat
from zones.formats.supported_formats import SUFFIXES
from zones.map_page.values import json_block
from zones.messages import Lang, say
from zones.model import CollectionInfo, Revision
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

WORDS = "staff-"
OWN_COLOUR = "#5b3a8c"


class DroppedCollection(Protocol):
    """A collection as it was last, and the revision that ended it."""

    @property
    def info(self) -> CollectionInfo:
        """What was said of it."""
        ...

    @property
    def ended_by(self) -> Revision:
        """The revision that ended it."""
        ...

    @property
    def last(self) -> int:
        """The last revision in which it was there."""
        ...


ENCODINGS = ("utf-8", "gb18030", "big5", "latin-1")


def upload_page(request: Request, snapshot: Snapshot, lang: Lang, chosen: str) -> Response:
    """Return the page on which a file is chosen and sent; ``chosen`` is where it is to go."""
    more = {
        "collections": collections_of(snapshot, lang),
        "chosen": chosen,
        "encodings": ENCODINGS,
        "suffixes": SUFFIXES,
    }
    return _page(request, snapshot, lang, "upload.html", current="upload", more=more)


def imports_page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    found: list[dict[str, Any]],
    versions: Mapping[tuple[str, int], int],
) -> Response:
    """Return the list of imports; ``versions`` by collection and revision."""
    more = {"imports": found, "versions": versions, "titles": collection_titles(snapshot, lang)}
    return _page(request, snapshot, lang, "imports.html", current="upload", more=more)


def import_page(request: Request, snapshot: Snapshot, lang: Lang, import_id: str) -> Response:
    """Return the page of one import; its scripts ask how far it is."""
    urls = {"import": path_of(request, f"/imports/{import_id}")}
    more = {"import_id": import_id, "encodings": ENCODINGS}
    members = {"titles": collection_titles(snapshot, lang)}
    return _page(
        request, snapshot, lang, "import.html", current="upload", more=more, urls=urls, data=members
    )


def history_page(request: Request, snapshot: Snapshot, lang: Lang, collection_id: str) -> Response:
    """Return the page of a collection's revisions; its scripts ask for them."""
    below = path_of(request, f"/collections/{collection_id}")
    urls = {
        "collection": below,
        "schema": f"{below}/schema",
        "revisions": f"{below}/revisions",
        "items": f"{below}/items",
        "tiles": path_of(request, f"/xyz/{collection_id}/web"),
        "export": f"{below}/export",
    }
    more = {"collection": _titled(snapshot, collection_id, lang)}
    members = {"own_notes": OWN_NOTES}
    return _page(
        request, snapshot, lang, "history.html", current="data", more=more, urls=urls, data=members
    )


def settings_page(request: Request, snapshot: Snapshot, lang: Lang, collection_id: str) -> Response:
    """Return the page on which a collection is described."""
    collection = snapshot.collection(collection_id)
    titles = {field.name: field.title for field in collection.info.fields}
    names = collection.names
    more = {
        "collection": _titled(snapshot, collection_id, lang),
        "info": collection.info,
        "properties": [(name, titles.get(name, "")) for name in names],
        "codes": {name: codes_text(collection, name) for name in names},
        "numeric": [name for name in names if is_numeric(collection, name)],
        "map_colour": collection.info.colour or OWN_COLOUR,
    }
    urls = {
        "collection": path_of(request, f"/collections/{collection_id}"),
        "trash": path_of(request, "/trash"),
    }
    return _page(request, snapshot, lang, "settings.html", current="data", more=more, urls=urls)


def codes_text(collection: Collection, name: str) -> str:
    """Return what a property's codes stand for as lines, ``0701 = 城镇住宅用地``."""
    known = [field.codes for field in collection.info.fields if field.name == name]
    return "\n".join(f"{each.code} = {each.text}" for codes in known for each in codes)


def is_numeric(collection: Collection, name: str) -> bool:
    """Return whether a property's codes are numbers: the first value that it has tells."""
    values = collection.values(name)
    first = next((value for value in values if value is not None), None)
    return isinstance(first, int | float) and not isinstance(first, bool)


def trash_page(
    request: Request, snapshot: Snapshot, lang: Lang, found: Sequence[DroppedCollection]
) -> Response:
    """Return the list of collections that were dropped."""
    return _page(request, snapshot, lang, "trash.html", current="data", more={"dropped": found})


def export_page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    collection_id: str,
    revisions: Sequence[Revision],
) -> Response:
    """Return the page on which form and version of a download are chosen; newest first."""
    formats = [
        {
            "key": each.key,
            "title": say(f"staff-format-{each.key}", lang).message,
            "degrees_only": each.degrees_only,
            "encodings": each.encodings,
            "systems": [crs.key for crs in each.systems],
        }
        for each in ExportFormat
    ]
    more = {
        "collection": _titled(snapshot, collection_id, lang),
        "formats": formats,
        "orders": ORDERS,
        "closings": CLOSINGS,
        "properties": property_names(snapshot.collection(collection_id)),
        "cut": cut_fields(snapshot.collection(collection_id)),
        "revision": snapshot.revision,
        "revisions": revisions,
        "count": len(snapshot.collection(collection_id)),
    }
    return _page(request, snapshot, lang, "export.html", current="data", more=more)


def cut_fields(collection: Collection) -> list[tuple[str, str]]:
    """Return the properties whose names a shapefile cuts, each with its name there."""
    names = property_names(collection)
    cut = cut_names(names, encoding=ExportFormat.SHP.encodings[0])
    return [(name, short) for name, short in zip(names, cut, strict=True) if name != short]


def property_names(collection: Collection) -> list[str]:
    """Return the names of all properties, in the order first met."""
    return list(collection.names)


def collections_of(snapshot: Snapshot, lang: Lang) -> list[dict[str, Any]]:
    """Return the collections to upload into, those of one's own first."""
    infos = [each.info for each in snapshot.collections.values()]
    return [
        {"id": info.id, "title": title_in(info, lang)} | {"part_of_plan": info.part_of_plan}
        for info in sorted(infos, key=lambda info: (info.part_of_plan, info.order, info.id))
    ]


def collection_titles(snapshot: Snapshot, lang: Lang) -> dict[str, str]:
    """Return the titles of all collections by their ids; none is read for it."""
    return {id_: title_in(snapshot.info(id_), lang) for id_ in snapshot.collections}


def title_in(info: CollectionInfo, lang: Lang) -> str:
    """Return a collection's title in the page's language."""
    return info.title_en if lang == "en" else info.title


def _titled(snapshot: Snapshot, collection_id: str, lang: Lang) -> dict[str, str]:
    info = snapshot.collection(collection_id).info
    return {"id": info.id, "title": title_in(info, lang)}


def _page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    template: str,
    *,
    current: str,
    more: Mapping[str, Any],
    urls: Mapping[str, str] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Response:
    if NEEDED_PACKAGES & set(assets_of(request).missing):
        return missing_page(request, lang, current=current)
    members = {**plan_page_data(request, snapshot, lang, prefix=WORDS), **(data or {})}
    members["urls"] = {**members["urls"], **(urls or {})}
    context = {
        "data": Markup(json_block(members)),  # noqa: S704 - no "<" in it
        "systems": systems(lang),
        **more,
    }
    html = render(request, template, context, lang=lang, current=current)
    return page_response(html, snapshot.revision)
