"""Documents of OGC API Maps and of map tiles."""

from typing import Any, Final

from app.http.links import Links, link
from app.http.responses import JSON_TYPE
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.tiles import TILE_MATRIX_SETS, TileMatrixSet

OGC_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
MAP: Final = f"{OGC_REL}/map"
TILESETS_MAP: Final = f"{OGC_REL}/tilesets-map"
_MAPS: Final = "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf"

CONFORMS_TO: Final = (
    f"{_MAPS}/core",
    f"{_MAPS}/collection-map",
    f"{_MAPS}/dataset-map",
    f"{_MAPS}/collections-selection",
    f"{_MAPS}/scaling",
    f"{_MAPS}/spatial-subsetting",
    f"{_MAPS}/crs",
    f"{_MAPS}/background",
    f"{_MAPS}/tilesets",
    f"{_MAPS}/png",
    f"{_MAPS}/jpeg",
)


def dataset_map_links(links: Links) -> list[dict[str, str]]:
    """Return where the map of everything is."""
    address = links.to("map")
    return [link(f"{address}?f={form}", MAP, f"image/{form}") for form in ("png", "jpeg")]


def map_links(links: Links, collection_id: str) -> list[dict[str, str]]:
    """Return where the map of a collection is, and its tiles."""
    address = links.to("collection-map", collection_id=collection_id)
    tiles = links.to("map-tilesets", collection_id=collection_id)
    return [
        link(f"{address}?f=png", MAP, "image/png"),
        link(f"{address}?f=jpeg", MAP, "image/jpeg"),
        link(tiles, TILESETS_MAP, JSON_TYPE),
    ]


def tilesets_document(collection: Collection, links: Links, lang: Lang) -> dict[str, Any]:
    """Return the map tilesets of a collection: one for each tile matrix set."""
    here = links.to("map-tilesets", collection_id=collection.info.id)
    sets = [tileset_document(collection, tms, links, lang) for tms in TILE_MATRIX_SETS.values()]
    shown = ("title", "dataType", "crs", "tileMatrixSetURI")
    return {
        "links": [link(here, "self", JSON_TYPE)],
        "tilesets": [
            {**{key: each[key] for key in shown if key in each}, "links": each["links"]}
            for each in sets
        ],
    }


def tileset_document(
    collection: Collection, tms: TileMatrixSet, links: Links, lang: Lang
) -> dict[str, Any]:
    """Return what is said of one map tileset."""
    info = collection.info
    here = links.to("map-tileset", collection_id=info.id, tms_id=tms.id)
    scheme = links.to("tile-matrix-set", tms_id=tms.id)
    document: dict[str, Any] = {
        "title": (lang == "en" and info.title_en) or info.title or info.id,
        "dataType": "map",
        "crs": tms.crs.uri,
        "links": [
            link(here, "self", JSON_TYPE),
            link(scheme, f"{OGC_REL}/tiling-scheme", JSON_TYPE),
            {
                **link(f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=png", "item", "image/png"),
                "templated": True,
            },
        ],
    }
    if tms.uri:
        document["tileMatrixSetURI"] = tms.uri
    if collection.extent:
        document["tileMatrixSetLimits"] = [
            {
                "tileMatrix": str(each.zoom),
                "minTileRow": each.first_row,
                "maxTileRow": each.last_row,
                "minTileCol": each.first_column,
                "maxTileCol": each.last_column,
            }
            for each in tms.limits(collection.extent)
        ]
    return document
