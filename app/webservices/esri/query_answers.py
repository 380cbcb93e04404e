"""Answers to a query: features in Esri's JSON or GeoJSON, ids, counts, extents, distinct values."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from starlette.responses import Response

from app.http.fault_status import RequestError
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, data_response
from app.webservices.esri.query import SHOWN, EsriQuery, found_by, is_true
from app.webservices.esri.query_statistics import statistics_of
from zones.crs.transform import CRS
from zones.esri.field_types import EsriField
from zones.esri.geometry_json import geometry_json, spatial_reference
from zones.snapshot.collection import Collection
from zones.snapshot.geometry_arrays import Geometries
from zones.snapshot.object_ids import OBJECTID, object_ids

Indices = NDArray[np.int64]
JSONObject = dict[str, Any]

FORMS: Final = ("json", "pjson", "geojson", "html")


def query_answer(query: EsriQuery, params: Mapping[str, str], revision: int) -> Response:
    """Return what is asked of the features that a query finds.

    Raises
    ------
    RequestError
        ``parameter-choice`` for a form that is not offered, such as PBF.
    """
    form = (params.get("f") or "json").lower()
    if form not in FORMS:
        choices = "json, geojson"
        raise RequestError(
            "parameter-choice", loc=("query", "f"), name="f", given=form[:SHOWN], choices=choices
        )
    found = found_by(query)
    if document := _without_features(query, params, found):
        return json_answer({**document, **shown_revision(query)}, revision)
    page = found[query.offset : query.offset + query.count]
    exceeded = query.offset + len(page) < len(found)
    if form == "geojson":
        return _geojson(query, page, exceeded=exceeded, revision=revision)
    return json_answer(_features(query, page, exceeded=exceeded), revision)


def shown_revision(query: EsriQuery) -> JSONObject:
    """Return the last revision that changed what is asked, in every answer.

    Clients ask for pages by their offset and keep nothing of the answer before: where two pages
    name two revisions, features may have moved from one to the other.
    """
    return {"revision": query.collection.revision}


def _without_features(
    query: EsriQuery, params: Mapping[str, str], found: Indices
) -> JSONObject | None:
    """Return the answer to those who ask for anything but the features themselves."""
    if is_true(params.get("returnCountOnly", "")) or is_true(params.get("returnExtentOnly", "")):
        return _summary(query, params, found)
    if is_true(params.get("returnIdsOnly", "")):
        ids = query.collection.derived(object_ids)[found].tolist()
        return {"objectIdFieldName": OBJECTID, "objectIds": ids}
    if params.get("outStatistics", "").strip():
        return statistics_of(query, params, found)
    if is_true(params.get("returnDistinctValues", "")):
        return _distinct(query, found)
    return None


def json_answer(document: object, revision: int) -> Response:
    """Return a document."""
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return data_response(body, revision, media_type=JSON_TYPE)


def _summary(query: EsriQuery, params: Mapping[str, str], found: Indices) -> JSONObject:
    summary: JSONObject = {"count": len(found)}
    if is_true(params.get("returnExtentOnly", "")):
        geometries = query.collection.published(found, query.crs)
        summary["extent"] = extent_json(geometries, query.crs)
    return summary


def extent_json(geometries: Geometries, crs: CRS) -> JSONObject | None:
    """Return the bounds of geometries in Esri's form, None where there is nothing."""
    bounds = shapely.total_bounds(geometries) if len(geometries) else np.full(4, np.nan)
    if np.isnan(bounds).any():
        return None
    sides = dict(zip(("xmin", "ymin", "xmax", "ymax"), bounds.tolist(), strict=True))
    return {**sides, "spatialReference": spatial_reference(crs)}


def _features(query: EsriQuery, page: Indices, *, exceeded: bool) -> JSONObject:
    numbers = query.collection.derived(object_ids)
    features: list[JSONObject] = [
        {"attributes": attributes_of(query.collection, query.fields, i, int(numbers[i]))}
        for i in page.tolist()
    ]
    document: JSONObject = {
        "objectIdFieldName": OBJECTID,
        "globalIdFieldName": "",
        **shown_revision(query),
        "fields": [each.as_json() for each in query.fields],
        "features": features,
    }
    if query.with_geometry:
        document["geometryType"] = query.layer.geometry_type
        document["spatialReference"] = spatial_reference(query.crs)
        for feature, geometry in zip(features, _geometries(query, page), strict=True):
            feature["geometry"] = geometry
    if exceeded:
        document["exceededTransferLimit"] = True
    return document


def _geometries(query: EsriQuery, page: Indices) -> list[JSONObject | None]:
    shapes = query.collection.published(page, query.crs)
    if query.tolerance > 0:
        shapes = shapely.simplify(shapes, query.tolerance)
    if query.layer.geometry_type == "esriGeometryMultipoint":
        shapes = shapely.multipoints([shapely.get_parts(each) for each in shapes])
    return [geometry_json(each, query.decimals) for each in shapes]


def attributes_of(
    collection: Collection, fields: Iterable[EsriField], index: int, number: int
) -> JSONObject:
    """Return the attributes of the feature at ``index``; ``number`` is its OBJECTID."""
    properties = collection.properties[index]
    attributes: JSONObject = {}
    for field in fields:
        if field.name == OBJECTID:
            attributes[OBJECTID] = number
        elif field.name == "id" and "id" not in properties:
            attributes["id"] = collection.fids[index]
        else:
            attributes[field.name] = field.value(properties.get(field.name))
    return attributes


def _distinct(query: EsriQuery, found: Indices) -> JSONObject:
    fields = tuple(each for each in query.fields if each.name != OBJECTID)
    properties = query.collection.properties
    rows = [
        tuple((each.name, each.value(properties[i].get(each.name))) for each in fields)
        for i in found.tolist()
    ]
    distinct = [*dict.fromkeys(rows)]
    page = distinct[query.offset : query.offset + query.count]
    document: JSONObject = {
        "fields": [each.as_json() for each in fields],
        "features": [{"attributes": dict(row)} for row in page],
    }
    if query.offset + len(page) < len(distinct):
        document["exceededTransferLimit"] = True
    return document


def _geojson(query: EsriQuery, page: Indices, *, exceeded: bool, revision: int) -> Response:
    """Return GeoJSON, in longitude and latitude unless a system was asked for.

    That the page is not all of it stands at both places where clients look for it: esri-leaflet
    at the top, ArcGIS's own among the properties.
    """
    numbers = query.collection.derived(object_ids)
    crs = query.crs if not query.crs.is_lonlat else CRS.CRS84
    shapes = query.collection.published(page, crs)
    if query.tolerance > 0:
        shapes = shapely.simplify(shapes, query.tolerance)
    texts = shapely.to_geojson(shapes)
    features = [
        {
            "type": "Feature",
            "id": int(numbers[i]),
            "geometry": orjson.Fragment(text or "null") if query.with_geometry else None,
            "properties": attributes_of(query.collection, query.fields, i, int(numbers[i])),
        }
        for i, text in zip(page.tolist(), texts, strict=True)
    ]
    document: JSONObject = {"type": "FeatureCollection", **shown_revision(query)}
    document["features"] = features
    if crs is not CRS.CRS84:
        name = f"EPSG:{crs.key[5:]}"
        document["crs"] = {"type": "name", "properties": {"name": name}}
    if exceeded:
        document |= {"exceededTransferLimit": True, "properties": {"exceededTransferLimit": True}}
    return data_response(orjson.dumps(document), revision, media_type=GEOJSON_TYPE)
