"""Documents of OGC API Features, Parts 1 and 2, made from a snapshot; nothing is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from app.links import Links, link
from app.parameters import AskedBox
from app.responses import GEOJSON_TYPE, JSON_TYPE
from app.tile_documents import CONFORMS_TO as TILES_CONFORM_TO
from app.tile_documents import TILESETS_VECTOR, TILING_SCHEMES
from zones.collection import Collection
from zones.crs import CRS, STORAGE
from zones.messages import Lang
from zones.selection import select_box
from zones.snapshot import Snapshot

OPENAPI_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"
HTML_TYPE: Final = "text/html"

CONFORMS_TO: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *TILES_CONFORM_TO,
)
"""Only what is wholly true: HTML of every resource, filters and edits are not, or not yet."""

TITLE: Final = "沈阳市和平区「六区两轴一带」"
TITLE_EN: Final = "Heping District, Shenyang: six zones, two axes, one belt"
ABOUT: Final = "规划分区的存储、量算、查询与地图。界线据规划文本勾绘,非官方界线。"
ABOUT_EN: Final = (
    "Stores, measures, finds and maps the plan's zones. "
    "Borders are digitised from the plan's text and are not official boundaries."
)


def landing_document(links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return the landing page: where everything else is."""
    english = lang == "en"
    here = links.to("landing")
    return {
        "title": TITLE_EN if english else TITLE,
        "description": ABOUT_EN if english else ABOUT,
        "links": [
            link(f"{here}?f=json", "self", JSON_TYPE, _named("本页", "This document", lang)),
            link(f"{here}?f=html", "alternate", HTML_TYPE, _named("地图", "The map", lang)),
            link(links.to("api"), "service-desc", OPENAPI_TYPE, "OpenAPI"),
            link(links.to("docs"), "service-doc", HTML_TYPE, _named("文档", "Documentation", lang)),
            link(
                links.to("conformance"),
                "conformance",
                JSON_TYPE,
                _named("符合的规范", "Conformance classes", lang),
            ),
            link(links.to("collections"), "data", JSON_TYPE, _named("集合", "Collections", lang)),
            link(
                links.to("tile-matrix-sets"),
                TILING_SCHEMES,
                JSON_TYPE,
                _named("瓦片矩阵集", "Tile matrix sets", lang),
            ),
            link(links.to("plan"), "related", JSON_TYPE, _named("规划", "The plan", lang)),
        ],
    }


def conformance_document() -> dict[str, list[str]]:
    """Return the conformance classes that hold."""
    return {"conformsTo": list(CONFORMS_TO)}


def collections_document(snapshot: Snapshot, links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return all collections, in the order of the map's layers."""
    return {
        "links": [link(links.to("collections"), "self", JSON_TYPE)],
        "crs": crs_uris(),
        "collections": [
            collection_document(collection, links, lang=lang)
            for collection in snapshot.collections.values()
        ],
    }


def collection_document(collection: Collection, links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return what is said of one collection, its extent and reference systems."""
    info = collection.info
    here = links.to("collection", collection_id=info.id)
    items = links.to("items", collection_id=info.id)
    document: dict[str, Any] = {
        "id": info.id,
        "title": info.title_en if lang == "en" else info.title,
        "description": info.description_en if lang == "en" else info.description,
        "name": info.title,
        "name_en": info.title_en,
        "itemType": "feature",
        "crs": crs_uris(),
        "storageCrs": STORAGE.uri,
        "group": info.group,
        "kinds": sorted(info.kinds),
        "partOfPlan": info.part_of_plan,
        "featureCount": len(collection),
        "revision": collection.revision,
        "links": [
            link(here, "self", JSON_TYPE),
            link(items, "items", GEOJSON_TYPE, info.title_en if lang == "en" else info.title),
            link(
                links.to("tilesets", collection_id=info.id),
                TILESETS_VECTOR,
                JSON_TYPE,
                _named("矢量瓦片", "Vector tiles", lang),
            ),
            link(
                links.to("revisions", collection_id=info.id),
                "version-history",
                JSON_TYPE,
                _named("修订历史", "Revisions", lang),
            ),
        ],
    }
    if collection.extent is not None:
        spatial = {"bbox": [list(collection.extent)], "crs": CRS.CRS84.uri}
        document["extent"] = {"spatial": spatial}
    return document


def crs_uris() -> list[str]:
    """Return the URIs of all supported reference systems, CRS84 first."""
    return [crs.uri for crs in CRS]


def content_crs(crs: CRS) -> dict[str, str]:
    """Return the header that names the CRS of the coordinates (Part 2, /req/crs/ogc-crs-header)."""
    return {"Content-Crs": f"<{crs.uri}>"}


@dataclass(frozen=True, slots=True)
class Page:
    """The positions of a page's features in their collection, and where it stands among all."""

    indices: Sequence[int]
    matched: int
    limit: int
    offset: int


def page_of(collection: Collection, box: AskedBox | None, *, limit: int, offset: int) -> Page:
    """Return a page of the features that touch the box, or of all.

    Raises
    ------
    CoordinateError
        If the box cannot lie on the earth.
    """
    if box is None:
        matched = len(collection)
        indices = range(min(offset, matched), min(offset + limit, matched))
        return Page(indices, matched, limit, offset)
    bounds = (box.x_min, box.y_min, box.x_max, box.y_max)
    found = select_box(collection, bounds, box.crs)
    return Page(found[offset : offset + limit].tolist(), len(found), limit, offset)


def feature_page(features: Sequence[bytes], *, matched: int, links: list[dict[str, str]]) -> bytes:
    """Return a page of encoded features as GeoJSON FeatureCollection."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head = {
        "timeStamp": now,
        "numberMatched": matched,
        "numberReturned": len(features),
        "links": links,
    }
    return b'{"type":"FeatureCollection",%b,"features":[%b]}' % (
        orjson.dumps(head)[1:-1],
        b",".join(features),
    )


def page_links(links: Links, collection_id: str, page: Page) -> list[dict[str, str]]:
    """Return the links of a page: itself, its neighbours with every parameter kept, and home."""
    found = [link(links.here(), "self", GEOJSON_TYPE)]
    if page.offset + page.limit < page.matched:
        following = str(page.offset + page.limit)
        found.append(link(links.here(offset=following), "next", GEOJSON_TYPE))
    if page.offset > 0:
        # Past the end, the page before is the last one that holds something.
        before = max(0, min(page.offset, page.matched) - page.limit)
        found.append(link(links.here(offset=str(before)), "prev", GEOJSON_TYPE))
    collection = links.to("collection", collection_id=collection_id)
    return [*found, link(collection, "collection", JSON_TYPE)]


def feature_with_links(feature: bytes, links: Links, collection_id: str) -> bytes:
    """Return an encoded feature with its links added."""
    found = [
        link(links.here(), "self", GEOJSON_TYPE),
        link(links.to("collection", collection_id=collection_id), "collection", JSON_TYPE),
    ]
    return b'%b,"links":%b}' % (feature[:-1], orjson.dumps(found))


def _named(zh: str, en: str, lang: Lang) -> str:
    return en if lang == "en" else zh
