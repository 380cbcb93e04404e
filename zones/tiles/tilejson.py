"""What is said of a collection's tiles: TileJSON, and OGC's description of a tileset."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import shapely

from zones.crs.transform import CRS
from zones.model import JSON, BBox
from zones.properties.titles_and_codes import FieldWords
from zones.tiles.attributes import Field
from zones.tiles.density_cells import COUNT_KEY
from zones.tiles.prepared_source import TileSource
from zones.tiles.tile_matrix_sets import WEB_MERCATOR_QUAD, MatrixLimits, TileMatrixSet

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
_MERCATOR_WORLD: Final = BBox(-180.0, -85.05112877980659, 180.0, 85.05112877980659)
_SCHEMA_TYPES: Final[Mapping[Field, str]] = {
    "String": "string",
    "Number": "number",
    "Boolean": "boolean",
}
_AREAL: Final = 2


_DIMENSIONS: Final = np.array([0, 1, 1, 2, 0, 1, 2, -1, -1])
"""Of shapely's types of geometries, by their numbers; the last is that of none, -1."""


def tilejson(source: TileSource, url: str, *, lang: str = "zh") -> dict[str, JSON]:
    """Return TileJSON 3.0.0 of the collection's tiles in ``WebMercatorQuad``.

    Parameters
    ----------
    url
        Address of a tile with ``{z}``, ``{x}`` and ``{y}`` in it.
    lang
        ``zh`` or ``en``, for name and description.
    """
    bounds = source.collection.extent or _MERCATOR_WORLD
    title, description = _words(source, lang)
    layers: list[JSON] = [
        {
            "id": layer_id,
            "description": title,
            "minzoom": 0,
            "maxzoom": WEB_MERCATOR_QUAD.max_zoom,
            "fields": {**_fields(source, layer_id)},
        }
        for layer_id in layer_ids(source)
    ]
    return {
        "tilejson": "3.0.0",
        "name": title,
        "description": description,
        "version": f"{source.collection.revision}.0.0",
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": 0,
        "maxzoom": WEB_MERCATOR_QUAD.max_zoom,
        "bounds": list(bounds),
        "center": _center(bounds),
        "vector_layers": layers,
    }


def tileset(source: TileSource, tms: TileMatrixSet, *, lang: str = "zh") -> dict[str, JSON]:
    """Return the description of the collection's tiles in a tile matrix set, without its links.

    As OGC API Tiles (20-057) and Two Dimensional Tile Matrix Set 2.0 (17-083r4) encode it; the
    links, which they demand, are for who knows the addresses.
    """
    title, description = _words(source, lang)
    extent = source.collection.extent
    known: dict[str, JSON] = {"tileMatrixSetURI": tms.uri} if tms.uri else {}
    if extent is not None:
        known["boundingBox"] = {
            "lowerLeft": [extent.west, extent.south],
            "upperRight": [extent.east, extent.north],
            "crs": CRS.CRS84.uri,
        }
        known["tileMatrixSetLimits"] = [_limits(one) for one in tms.limits(extent)]
    return {
        "title": title,
        "description": description,
        "dataType": "vector",
        "crs": tms.crs.uri,
        "mediaTypes": [MEDIA_TYPE],
        **known,
        "layers": [_layer(source, layer_id, title) for layer_id in layer_ids(source)],
    }


def layer_ids(source: TileSource) -> tuple[str, ...]:
    """Return the names of the layers that tiles of the collection may have."""
    areal = (_dimensions(source) == _AREAL).any()
    named = (source.labels_id,) if areal else ()
    return (source.layer_id, *named, source.cells_id)


def _fields(source: TileSource, layer_id: str) -> Mapping[str, Field]:
    """Return the attributes of a layer's features; cells only say how many they count."""
    return {COUNT_KEY: "Number"} if layer_id == source.cells_id else source.fields


def _layer(source: TileSource, layer_id: str, title: str) -> JSON:
    fields = _fields(source, layer_id)
    words = FieldWords(source.collection.info)
    properties: JSON = {name: _property(kind, words.title(name)) for name, kind in fields.items()}
    layer: dict[str, JSON] = {"id": layer_id, "title": title, "dataType": "vector"}
    known = {source.labels_id: {0}, source.cells_id: {_AREAL}}
    dimensions = known.get(layer_id) or set(_dimensions(source).tolist())
    if len(dimensions) == 1:  # what is mixed has no one dimension
        layer["geometryDimension"] = dimensions.pop()
    return {**layer, "propertiesSchema": {"type": "object", "properties": properties}}


def _property(kind: Field, title: str | None) -> JSON:
    type_ = _SCHEMA_TYPES[kind]
    return {"type": type_} if title is None else {"title": title, "type": type_}


def _dimensions(source: TileSource) -> np.ndarray:
    """Return the dimension of each geometry; of none that is missing or empty."""
    kinds = source.collection.kinds
    dimensions: np.ndarray = _DIMENSIONS[kinds]
    mixed = np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION)
    dimensions[mixed] = shapely.get_dimensions(source.collection.geometries[mixed])
    return dimensions[dimensions >= 0]


def _limits(limits: MatrixLimits) -> JSON:
    return {
        "tileMatrix": str(limits.zoom),
        "minTileRow": limits.first_row,
        "maxTileRow": limits.last_row,
        "minTileCol": limits.first_column,
        "maxTileCol": limits.last_column,
    }


def _center(bounds: BBox) -> list[JSON]:
    """Return the middle of the bounds, and the deepest zoom at which a tile is as wide as they."""
    width = max(bounds.east - bounds.west, bounds.north - bounds.south, 1e-9)
    zoom = min(max(math.floor(math.log2(360.0 / width)), 0), WEB_MERCATOR_QUAD.max_zoom)
    return [(bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2, zoom]


def _words(source: TileSource, lang: str) -> tuple[str, str]:
    """Return title and description of the collection in the language."""
    info = source.collection.info
    if lang == "en":
        return info.title_en, info.description_en
    return info.title, info.description
