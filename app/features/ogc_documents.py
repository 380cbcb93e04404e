"""Documents of OGC API Features, Parts 1 and 2, made from a snapshot; nothing is read here."""

from typing import Any, Final

import orjson

from app.features.catalogue_record import RECORD_CORE, licence_links
from app.features.items_as_geojson import FORMS, QUERYABLES
from app.features.selection_cache import time_extent
from app.http.links import Links, link
from app.http.negotiation import MEDIA_TYPES
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, OPENAPI_TYPE, SCHEMA_TYPE
from app.map_images.ogc_documents import CONFORMS_TO as MAPS_CONFORM_TO
from app.map_images.ogc_documents import dataset_map_links, map_links
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from app.tiles.ogc_documents import CONFORMS_TO as TILES_CONFORM_TO
from app.tiles.ogc_documents import OGC_REL, TILESETS_VECTOR, TILING_SCHEMES
from zones.crs.transform import CRS, STORAGE
from zones.export.export_options import ExportFormat
from zones.messages import Lang
from zones.properties.feature_name import NAME
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

HTML_TYPE: Final = "text/html"

GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
SCHEMA: Final = f"{OGC_REL}/schema"

CONFORMS_TO: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    RECORD_CORE,
    *TILES_CONFORM_TO,
    *MAPS_CONFORM_TO,
)
"""Only what is wholly true: HTML of every resource is not, or not yet."""


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
            *dataset_map_links(links),
            link(links.to("plan"), "related", JSON_TYPE, _named("规划", "The plan", lang)),
        ],
    }


def conformance_document() -> dict[str, list[str]]:
    """Return the conformance classes that hold."""
    return {"conformsTo": list(CONFORMS_TO)}


def as_page(address: str, lang: Lang) -> dict[str, str]:
    """Return the link to the page at an address that also answers with JSON."""
    return link(f"{address}?f=html", "alternate", HTML_TYPE, _named("网页", "As a page", lang))


def collections_document(snapshot: Snapshot, links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return all collections, in the order of the map's layers."""
    return {
        "links": [
            link(links.to("collections"), "self", JSON_TYPE),
            as_page(links.to("collections"), lang),
        ],
        "crs": crs_uris(),
        "collections": [
            collection_document(collection, links, lang=lang)
            for collection in snapshot.collections.values()
        ],
    }


def collection_document(collection: Collection, links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return what is said of one collection, its extent and reference systems."""
    info = collection.info
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
        "titleField": info.title_field or NAME,
        "key": info.key,
        "source": info.source,
        "licence": info.licence,
        "contact": info.contact,
        "keywords": list(info.keywords),
        "visible": info.visible,
        "private": bool(info.private),
        "colour": info.colour,
        "style": orjson.loads(info.style) if info.style else None,
        "order": info.order,
        "featureCount": len(collection),
        "revision": collection.revision,
        "links": links_of_collection(collection, links, lang=lang),
    }
    if extent := extent_of(collection):
        document["extent"] = extent
    return document


def links_of_collection(
    collection: Collection, links: Links, *, lang: Lang
) -> list[dict[str, str]]:
    """Return where a collection's features, their description, tiles and history are."""
    info = collection.info
    here = links.to("collection", collection_id=info.id)
    items = links.to("items", collection_id=info.id)
    schema = links.to("schema", collection_id=info.id)
    named_schema = _named("要素的结构", "Schema", lang)
    return [
        link(here, "self", JSON_TYPE),
        as_page(here, lang),
        link(items, "items", GEOJSON_TYPE, info.title_en if lang == "en" else info.title),
        *(link(f"{items}?f={form}", "items", MEDIA_TYPES[form]) for form in FORMS[1:]),
        *_downloads(links, info.id),
        link(
            links.to("queryables", collection_id=info.id),
            QUERYABLES,
            SCHEMA_TYPE,
            _named("可查询的属性", "Queryables", lang),
        ),
        *(link(schema, rel, SCHEMA_TYPE, named_schema) for rel in (SCHEMA, "describedby")),
        link(
            links.to("metadata", collection_id=info.id),
            "describedby",
            GEOJSON_TYPE,
            _named("元数据", "Metadata", lang),
        ),
        *licence_links(info),
        link(
            links.to("tilesets", collection_id=info.id),
            TILESETS_VECTOR,
            JSON_TYPE,
            _named("矢量瓦片", "Vector tiles", lang),
        ),
        *map_links(links, info.id),
        link(
            links.to("revisions", collection_id=info.id),
            "version-history",
            JSON_TYPE,
            _named("修订历史", "Revisions", lang),
        ),
    ]


def _downloads(links: Links, collection_id: str) -> list[dict[str, str]]:
    """Return the whole collection as a file in each format, for clients that offer downloads."""
    export = links.to("export", collection_id=collection_id)
    return [link(f"{export}?f={each}", "enclosure", each.media_type) for each in ExportFormat]


def extent_of(collection: Collection) -> dict[str, Any]:
    """Return where the features are, and when if one of their properties says so."""
    extent: dict[str, Any] = {}
    if collection.extent is not None:
        extent["spatial"] = {"bbox": [list(collection.extent)], "crs": CRS.CRS84.uri}
    if (times := time_extent(collection)) is not None:
        extent["temporal"] = {"interval": [list(times)], "trs": GREGORIAN}
    return extent


def crs_uris() -> list[str]:
    """Return the URIs of all supported reference systems, CRS84 first."""
    return [crs.uri for crs in CRS]


def _named(zh: str, en: str, lang: Lang) -> str:
    return en if lang == "en" else zh
