"""Documents of OGC API Tiles: tile matrix sets, and the tilesets of a collection."""

from typing import Any, Final

from app.http.links import Links, link
from app.http.responses import JSON_TYPE
from zones.messages import Lang
from zones.tiles import (
    MEDIA_TYPE,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    TileMatrixSet,
    TileSource,
    tileset,
)

OGC_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
TILING_SCHEME: Final = f"{OGC_REL}/tiling-scheme"
TILING_SCHEMES: Final = f"{OGC_REL}/tiling-schemes"
TILESETS_VECTOR: Final = f"{OGC_REL}/tilesets-vector"

CONFORMS_TO: Final = (
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
)


def matrix_sets_document(links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return the list of tile matrix sets."""
    return {
        "links": [link(links.to("tile-matrix-sets"), "self", JSON_TYPE)],
        "tileMatrixSets": [
            {
                "id": tms.id,
                "title": tms.title_en if lang == "en" else tms.title,
                **({"uri": tms.uri} if tms.uri else {}),
                "crs": tms.crs.uri,
                "links": [link(links.to("tile-matrix-set", tms_id=tms.id), "self", JSON_TYPE)],
            }
            for tms in TILE_MATRIX_SETS.values()
        ],
    }


def matrix_set_document(tms: TileMatrixSet, *, lang: Lang) -> dict[str, Any]:
    """Return the definition of a tile matrix set (17-083r4), titled in the language."""
    return {**tms.definition, "title": tms.title_en if lang == "en" else tms.title}


def tilesets_document(source: TileSource, links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return the tilesets of a collection: one for each tile matrix set."""
    here = links.to("tilesets", collection_id=source.layer_id)
    shown = ("title", "dataType", "crs", "tileMatrixSetURI")
    tilesets = [tileset_document(source, tms, links, lang=lang) for tms in _matrix_sets()]
    return {
        "links": [link(here, "self", JSON_TYPE)],
        "tilesets": [
            {name: each[name] for name in (*shown, "links") if name in each} for each in tilesets
        ],
    }


def tileset_document(
    source: TileSource, tms: TileMatrixSet, links: Links, *, lang: Lang
) -> dict[str, Any]:
    """Return what is said of a collection's tiles in a tile matrix set, and where they are."""
    return {**tileset(source, tms, lang=lang), "links": _tileset_links(source, tms, links)}


def tile_template(source: TileSource, tms: TileMatrixSet, links: Links, names: str) -> str:
    """Return a tile's address; ``names`` stand for zoom, row and column: ``{z}/{y}/{x}``."""
    here = links.to("tileset", collection_id=source.layer_id, tms_id=tms.id)
    return f"{here}/{names}"


def _tileset_links(source: TileSource, tms: TileMatrixSet, links: Links) -> list[dict[str, Any]]:
    layer = source.layer_id
    template = tile_template(source, tms, links, "{tileMatrix}/{tileRow}/{tileCol}")
    found: list[dict[str, Any]] = [
        link(links.to("tileset", collection_id=layer, tms_id=tms.id), "self", JSON_TYPE),
        link(links.to("tile-matrix-set", tms_id=tms.id), TILING_SCHEME, JSON_TYPE),
        {**link(template, "item", MEDIA_TYPE), "templated": True},
        link(links.to("collection", collection_id=source.layer_id), "geodata", JSON_TYPE),
    ]
    if tms is WEB_MERCATOR_QUAD:
        here = links.to("tilejson", collection_id=layer, tms_id=tms.id)
        found.append(link(here, "describedby", JSON_TYPE, "TileJSON"))
    return found


def _matrix_sets() -> list[TileMatrixSet]:
    return list(TILE_MATRIX_SETS.values())
