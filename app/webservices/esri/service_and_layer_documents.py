"""What services and layers say of themselves."""

from datetime import datetime
from typing import Any, Final

from app.map_images.layer_list import PLAN
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from app.webservices.esri.drawing_info import drawing_info
from app.webservices.esri.layers import GeometryLayer, layers_of
from app.webservices.esri.query import MOST_OF_TILES, MOST_RECORDS
from app.webservices.esri.query_answers import extent_json
from zones.crs.transform import STORAGE
from zones.esri.field_types import EsriFields
from zones.esri.geometry_json import spatial_reference
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.object_ids import OBJECTID

JSONObject = dict[str, Any]

VERSION: Final = 10.91
FORMATS: Final = "JSON, geoJSON"
_WORDS: Final = {"point": ("点", "points"), "line": ("线", "lines"), "polygon": ("面", "areas")}


def info_document(tokens: str) -> JSONObject:
    """Return what a client asks for first: the version, and where it gets a token if need be."""
    return {
        "currentVersion": VERSION,
        "fullVersion": "10.9.1",
        "authInfo": {
            "isTokenBasedSecurity": True,
            "tokenServicesUrl": tokens,
            "shortLivedTokenValidity": 60,
        },
    }


def catalogue_document(snapshot: Snapshot) -> JSONObject:
    """Return the list of services: features and pictures of each collection, the whole plan."""
    names = snapshot.collections
    services = [{"name": name, "type": "FeatureServer"} for name in names]
    services += [{"name": name, "type": "MapServer"} for name in (PLAN, *names)]
    return {"currentVersion": VERSION, "folders": [], "services": services}


def service_document(collection: Collection, lang: Lang) -> JSONObject:
    """Return what a collection's service says of itself."""
    info = collection.info
    description = (lang == "en" and info.description_en) or info.description or ""
    extent = _extent(collection)
    return {
        "currentVersion": VERSION,
        "serviceDescription": description,
        "description": description,
        "copyrightText": TITLE_EN if lang == "en" else TITLE,
        "capabilities": "Query",
        "supportedQueryFormats": FORMATS,
        "maxRecordCount": MOST_RECORDS,
        "hasVersionedData": False,
        "hasStaticData": False,
        "supportsDisconnectedEditing": False,
        "syncEnabled": False,
        "allowGeometryUpdates": False,
        "spatialReference": spatial_reference(STORAGE),
        "initialExtent": extent,
        "fullExtent": extent,
        "units": "esriDecimalDegrees",
        "documentInfo": {"Title": _title(collection, lang), "Comments": _about(lang)},
        "layers": [_entry(collection, each, lang) for each in layers_of(collection)],
        "tables": [],
    }


def layer_document(
    collection: Collection, layer: GeometryLayer, lang: Lang, edited: datetime | None
) -> JSONObject:
    """Return what a layer says of itself: its fields, its extent, how it is drawn, its last edit.

    ``edited`` is the time of the revision that changed the collection last, None if not known.
    """
    fields = collection.derived(EsriFields)
    info = collection.info
    return {
        "currentVersion": VERSION,
        **_entry(collection, layer, lang),
        "type": "Feature Layer",
        "description": (lang == "en" and info.description_en) or info.description or "",
        "copyrightText": TITLE_EN if lang == "en" else TITLE,
        "displayField": fields.display,
        "objectIdField": OBJECTID,
        "objectIdFieldName": OBJECTID,
        "uniqueIdField": {"name": OBJECTID, "isSystemMaintained": True},
        "globalIdField": "",
        "typeIdField": None,
        "fields": [each.as_json() for each in fields.fields],
        "extent": _extent(collection),
        "drawingInfo": drawing_info(collection, layer, fields),
        "revision": collection.revision,
        "editingInfo": _editing_info(edited),
        "hasM": False,
        "hasZ": False,
        "hasAttachments": False,
        "isDataVersioned": False,
        "htmlPopupType": "esriServerHTMLPopupTypeAsHTMLText",
        "capabilities": "Query",
        "maxRecordCount": MOST_RECORDS,
        "standardMaxRecordCount": MOST_RECORDS,
        "tileMaxRecordCount": MOST_OF_TILES,
        "supportedQueryFormats": FORMATS,
        "supportsAdvancedQueries": True,
        "supportsStatistics": True,
        "supportsCoordinatesQuantization": False,
        "useStandardizedQueries": True,
        "advancedQueryCapabilities": _ABILITIES,
        "relationships": [],
        "indexes": [],
        "types": [],
        "templates": [],
    }


def _editing_info(edited: datetime | None) -> JSONObject:
    """Return when the layer was edited last, by which clients see that what they keep is old."""
    if edited is None:
        return {}
    milliseconds = int(edited.timestamp() * 1000)
    return {"lastEditDate": milliseconds, "dataLastEditDate": milliseconds}


_ABILITIES: Final[JSONObject] = {
    "useStandardizedQueries": True,
    "supportsStatistics": True,
    "supportsOrderBy": True,
    "supportsDistinct": True,
    "supportsPagination": True,
    "supportsReturningQueryExtent": True,
    "supportsQueryWithDistance": False,
    "supportsSqlExpression": False,
    "supportsHavingClause": False,
    "supportsCountDistinct": False,
    "supportsQueryWithResultType": True,
    "supportsPercentileStatistics": False,
}


def layer_title(collection: Collection, layer: GeometryLayer, lang: Lang) -> str:
    """Return a layer's title: the collection's, with the kind of geometry if it has several."""
    several = len(layers_of(collection)) > 1
    word = _WORDS[layer.kind][lang == "en"]
    title = _title(collection, lang)
    return f"{title} ({word})" if several else title


def _entry(collection: Collection, layer: GeometryLayer, lang: Lang) -> JSONObject:
    return {
        "id": layer.number,
        "name": layer_title(collection, layer, lang),
        "parentLayerId": -1,
        "defaultVisibility": True,
        "subLayerIds": None,
        "minScale": 0,
        "maxScale": 0,
        "geometryType": layer.geometry_type,
    }


def _extent(collection: Collection) -> JSONObject | None:
    return extent_json(collection.geometries, STORAGE)


def _title(collection: Collection, lang: Lang) -> str:
    info = collection.info
    return (lang == "en" and info.title_en) or info.title or info.id


def _about(lang: Lang) -> str:
    return ABOUT_EN if lang == "en" else ABOUT
