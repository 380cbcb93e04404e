"""What a catalogue keeps of a collection: a record of OGC API Records, Part 1, in GeoJSON."""

import re
from datetime import UTC, datetime
from typing import Any, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from app.features.selection_cache import time_extent
from app.http.links import Links, link
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, SCHEMA_TYPE
from zones.export.export_options import ExportFormat
from zones.messages import Lang
from zones.model import BBox, CollectionInfo
from zones.snapshot.collection import Collection

RECORD_CORE: Final = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
OTHER_LICENCE: Final = "other"
"""For a licence without an identifier of SPDX, as the standard has it."""

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS: Final = re.compile(r"https?://[^\s，。；、）】]+")
_LANGUAGES: Final = (
    {"code": "zh", "name": "中文", "alternate": "Chinese", "dir": "ltr"},
    {"code": "en", "name": "English", "alternate": "English", "dir": "ltr"},
)


def record_document(
    collection: Collection,
    links: Links,
    *,
    created: datetime | None,
    updated: datetime | None,
    lang: Lang,
) -> dict[str, Any]:
    """Return the collection's record, its texts in one language.

    Parameters
    ----------
    created, updated
        When the collection was made, and changed last; None where the store no longer knows.
    """
    dates = {"created": created, "updated": updated}
    return {
        "id": collection.info.id,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "time": _time(collection),
        "geometry": None if collection.extent is None else _outline(collection.extent),
        "properties": {
            **{name: _instant(at) for name, at in dates.items() if at is not None},
            **_properties(collection, lang),
        },
        "links": _links(collection.info, links, lang),
    }


def licence_links(info: CollectionInfo) -> list[dict[str, str]]:
    """Return links to the texts of the licence, those that its words name."""
    return [link(each, "license") for each in dict.fromkeys(_ADDRESS.findall(info.licence))]


def _properties(collection: Collection, lang: Lang) -> dict[str, Any]:
    """Return what is said of the collection; what nobody has said is left out."""
    info, english = collection.info, lang == "en"
    said = {
        "title": (info.title_en if english else info.title) or info.id,
        "description": info.description_en if english else info.description,
        "keywords": list(info.keywords),
        "contacts": [_contact(info.contact)] if info.contact else [],
        **_licence(info.licence),
        "source": info.source,
    }
    return {
        "type": "dataset",
        **{name: value for name, value in said.items() if value},
        "language": _LANGUAGES[1 if english else 0],
        "languages": list(_LANGUAGES),
        "formats": [{"name": str(each), "mediaType": each.media_type} for each in ExportFormat],
        "featureCount": len(collection),
        "revision": collection.revision,
    }


def _contact(words: str) -> dict[str, Any]:
    emails = [{"value": each} for each in dict.fromkeys(_EMAIL.findall(words))]
    contact: dict[str, Any] = {"name": words, "roles": ["pointOfContact"]}
    return {**contact, "emails": emails} if emails else contact


def _licence(words: str) -> dict[str, str]:
    """Return the licence by its identifier; one that has none as ``other``, in its words."""
    if not words:
        return {}
    try:
        return {"license": canonicalize_license_expression(words)}
    except InvalidLicenseExpression:
        return {"license": OTHER_LICENCE, "rights": words}


def _time(collection: Collection) -> dict[str, list[str]] | None:
    """Return the time that the features tell of, in UTC; None where they tell of none."""
    times = time_extent(collection)
    return times and {"interval": [_instant(datetime.fromisoformat(each)) for each in times]}


def _instant(at: datetime) -> str:
    whole = at if at.tzinfo else at.replace(tzinfo=UTC)
    return whole.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _outline(extent: BBox) -> dict[str, Any]:
    """Return the extent as a geometry: a point or a line where it is no more than that."""
    west, south, east, north = extent
    if west == east and south == north:
        return {"type": "Point", "coordinates": [west, south]}
    if west == east or south == north:
        return {"type": "LineString", "coordinates": [[west, south], [east, north]]}
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


def _links(info: CollectionInfo, links: Links, lang: Lang) -> list[dict[str, str]]:
    here = links.to("metadata", collection_id=info.id)
    there = links.to("collection", collection_id=info.id)
    items = links.to("items", collection_id=info.id)
    export = links.to("export", collection_id=info.id)
    other = "zh" if lang == "en" else "en"
    return [
        link(here, "self", GEOJSON_TYPE),
        link(f"{here}?lang={other}", "alternate", GEOJSON_TYPE) | {"hreflang": other},
        link(links.to("collections"), "collection", JSON_TYPE),
        link(there, "describes", JSON_TYPE),
        link(items, "items", GEOJSON_TYPE),
        link(links.to("schema", collection_id=info.id), "describedby", SCHEMA_TYPE),
        *(link(f"{export}?f={each}", "enclosure", each.media_type) for each in ExportFormat),
        *licence_links(info),
    ]
