"""Pages of features as GeoJSON, and the links from one to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from app.features.items_query import ItemsQuery
from app.features.selection_cache import selected
from app.http.links import Links, link
from app.http.negotiation import MEDIA_TYPES
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, PUT_TOGETHER, SCHEMA_TYPE
from app.tiles.ogc_documents import OGC_REL
from zones.crs.transform import CRS
from zones.model import JSON
from zones.snapshot.collection import Collection

LONGEST_LINK_HEADER: Final = 2_000
QUERYABLES: Final = f"{OGC_REL}/queryables"

FILE_FORMS: Final = ("csv", "fgb", "parquet", "gpkg")
FORMS: Final = ("geojson", "html", *FILE_FORMS)
FORMS_OF_ONE: Final = ("geojson", "html")
"""What features come as; ``json`` is another word for ``geojson``."""
_ANY_FORM: Final = "___"


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """The positions of a page's features in their collection, and where it stands among all."""

    indices: Sequence[int]
    matched: int
    limit: int
    offset: int


def page_of(collection: Collection, query: ItemsQuery) -> ItemsPage:
    """Return the page that is asked for.

    Raises
    ------
    CoordinateError, FilterError
    """
    found = selected(collection, query.selection)
    indices = found[query.offset : query.offset + query.limit]
    positions = indices if isinstance(indices, range) else indices.tolist()
    return ItemsPage(positions, len(found), query.limit, query.offset)


def features_of(collection: Collection, page: ItemsPage, query: ItemsQuery) -> list[bytes]:
    """Return the page's features as GeoJSON bytes, with the properties that are asked for."""
    encoded = collection.features_json(page.indices, query.crs)
    if query.properties is None:
        return encoded
    rows = (collection.properties[i] for i in page.indices)
    return [
        _with_only(feature, properties, query.properties)
        for feature, properties in zip(encoded, rows, strict=True)
    ]


def _with_only(feature: bytes, properties: Mapping[str, JSON], names: frozenset[str]) -> bytes:
    """Return an encoded feature, which ends with its properties, with some of these alone."""
    before = feature[: -len(orjson.dumps(dict(properties))) - 1]
    return b"%b%b}" % (before, orjson.dumps({k: v for k, v in properties.items() if k in names}))


def feature_page(
    features: Sequence[bytes], *, matched: int, links: list[dict[str, str]]
) -> list[bytes]:
    """Return the parts of a page of encoded features as GeoJSON FeatureCollection."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head = {
        "timeStamp": now,
        "numberMatched": matched,
        "numberReturned": len(features),
        "links": links,
    }
    begin = b'{"type":"FeatureCollection",%b,"features":[' % orjson.dumps(head)[1:-1]
    if sum(map(len, features)) <= PUT_TOGETHER:
        return [b"%b%b]}" % (begin, b",".join(features))]
    rest = (part for feature in features[1:] for part in (b",", feature))
    return [begin, *features[:1], *rest, b"]}"]


def page_links(
    links: Links, collection_id: str, page: ItemsPage, *, revision: int, form: str = "geojson"
) -> list[dict[str, str]]:
    """Return the links of a page: itself, its neighbours with every parameter kept, and above.

    The neighbours are those of this revision, so that following ``next`` gives every feature
    once, whatever becomes of the collection in between.
    """
    media_type = MEDIA_TYPES[form]
    found = [link(links.here(), "self", media_type), *alternates(links, form)]
    pinned = {"revision": str(revision)}
    if page.offset + page.limit < page.matched:
        following = str(page.offset + page.limit)
        found.append(link(links.here(**pinned, offset=following), "next", media_type))
    if page.offset > 0:
        # Past the end, the page before is the last one that holds something.
        before = str(max(0, min(page.offset, page.matched) - page.limit))
        found.append(link(links.here(**pinned, offset=before), "prev", media_type))
    collection = links.to("collection", collection_id=collection_id)
    # Part 3 demands it of what can be filtered: /req/queryables/get-queryables-uris.
    queryables = links.to("queryables", collection_id=collection_id)
    return [
        *found,
        link(collection, "collection", JSON_TYPE),
        link(queryables, QUERYABLES, SCHEMA_TYPE),
    ]


def alternates(links: Links, form: str, others: Sequence[str] = FORMS) -> list[dict[str, str]]:
    """Return links to the same in every other form (Part 1, /req/core/fc-links)."""
    # One address for all: to write one takes longer than to put a word into it.
    before, after = links.here(f=_ANY_FORM).split(_ANY_FORM)
    return [
        link(f"{before}{other}{after}", "alternate", MEDIA_TYPES[other])
        for other in others
        if other != form
    ]


def link_header(found: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return the links as a header (RFC 8288) for clients that do not read the body.

    Nothing when they are long: proxies in front refuse an answer whose headers fill their buffer.
    """
    written = ", ".join(
        f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in found
    )
    return {"Link": written} if len(written) <= LONGEST_LINK_HEADER else {}


def feature_with_links(feature: bytes, links: Links, collection_id: str) -> bytes:
    """Return an encoded feature with its links added."""
    found = [
        link(links.here(), "self", GEOJSON_TYPE),
        *alternates(links, "geojson", FORMS_OF_ONE),
        link(links.to("collection", collection_id=collection_id), "collection", JSON_TYPE),
    ]
    return b'%b,"links":%b}' % (feature[:-1], orjson.dumps(found))


def content_crs(crs: CRS) -> dict[str, str]:
    """Return the header that names the CRS of the coordinates (Part 2, /req/crs/ogc-crs-header)."""
    return {"Content-Crs": f"<{crs.uri}>"}
