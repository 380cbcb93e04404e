"""The door of ArcGIS's REST API; every address also with a slash at its end, as clients ask."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.auth.gate import LONGEST_KEY
from app.auth.password_sign_in import LONGEST_PASSWORD, account_of
from app.dependencies import snapshot_as_of
from app.http.fault_status import NotFoundError, RequestError
from app.http.language import requested_language
from app.http.links import Links
from app.http.raw_headers import ARCGIS_TOKENS, FORM, media_type, own_path
from app.http.responses import data_response, state_response
from app.http.route_classes import LeanRoute
from app.map_images.picture_request import MEDIA_TYPES
from app.problems.esri_error import esri_fault_response
from app.webservices.esri.identify import found_texts, identified
from app.webservices.esri.layers import layer_of, layers_of
from app.webservices.esri.map_image import export_json, exported, map_service_document
from app.webservices.esri.map_layers import MapServiceLayer, map_layer, map_layers
from app.webservices.esri.map_legend import legend_document
from app.webservices.esri.query import esri_query
from app.webservices.esri.query_answers import json_answer, query_answer
from app.webservices.esri.service_and_layer_documents import (
    catalogue_document,
    info_document,
    layer_document,
    service_document,
)
from zones.errors import ZonesError
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.store.sql.records import Key
from zones.store.sql.sessions import LASTS

router = APIRouter(route_class=LeanRoute, include_in_schema=False)

ROOT: Final = "/arcgis/rest"
_OF_ONE: Final = ("outSR", "returnGeometry", "geometryPrecision", "maxAllowableOffset")
"""What changes the answer for one feature; words of a query do not."""
Params = dict[str, str]
Answer = Callable[[Request, Params, Snapshot], Response]


def _answering(answer: Answer) -> Callable[[Request], Any]:
    """Return an endpoint: the parameters are read, faults told in Esri's form."""

    async def endpoint(request: Request) -> Response:
        try:
            params = await _read_params(request)
            _, pinned = _named(request)
            snapshot = await snapshot_as_of(request, params.get("revision") or pinned)
            return await run_in_threadpool(answer, request, params, snapshot)
        except ZonesError as fault:
            return esri_fault_response(fault, requested_language(request))

    return endpoint


async def _read_params(request: Request) -> Params:
    params = dict(request.query_params)
    if request.method == "POST":
        if media_type(request.scope) != FORM:
            raise RequestError("esri-body")
        text = (await request.body()).decode("utf-8", "replace")
        params |= dict(type(request.query_params)(text))
    return params


def _named(request: Request) -> tuple[str, str | None]:
    """Return the collection's id and the revision of the service ``id`` or ``id@revision``."""
    name, _, revision = request.path_params.get("collection_id", "").partition("@")
    return name, revision or None


def _collection(request: Request, snapshot: Snapshot) -> Collection:
    return snapshot.collection(_named(request)[0])


def _info(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    tokens = f"{Links(request).base}{ARCGIS_TOKENS}"
    return json_answer(info_document(tokens), snapshot.revision)


@router.post(ARCGIS_TOKENS)
async def generate_token(request: Request) -> Response:
    """Begin a session and return its token.

    By an account's name and password, or by a key as the password, whatever the name.
    """
    try:
        params = await _read_params(request)
        key = await _signed_in(request, params.get("username", ""), params.get("password", ""))
        token = await run_in_threadpool(services_of(request).store.sessions.begin, key)
    except ZonesError as fault:
        return esri_fault_response(fault, requested_language(request))
    expires = int((datetime.now(UTC) + LASTS).timestamp() * 1000)
    return state_response({"token": token, "expires": expires, "ssl": False})


async def _signed_in(request: Request, name: str, password: str) -> Key:
    key = await services_of(request).key_ring.find(password[:LONGEST_KEY])
    if key is not None:
        return key
    return await account_of(request, name, password[:LONGEST_PASSWORD])


def _catalogue(_request: Request, _params: Params, snapshot: Snapshot) -> Response:
    return json_answer(catalogue_document(snapshot), snapshot.revision)


def _service(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    collection = _collection(request, snapshot)
    return json_answer(service_document(collection, requested_language(request)), snapshot.revision)


def _layers(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    collection = _collection(request, snapshot)
    lang = requested_language(request)
    edited = _edited(request, collection)
    layers = [layer_document(collection, each, lang, edited) for each in layers_of(collection)]
    return json_answer({"layers": layers, "tables": []}, snapshot.revision)


def _layer(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    collection = _collection(request, snapshot)
    layer = layer_of(collection, request.path_params["layer"])
    edited = _edited(request, collection)
    document = layer_document(collection, layer, requested_language(request), edited)
    return json_answer(document, snapshot.revision)


def _edited(request: Request, collection: Collection) -> datetime | None:
    return services_of(request).store.time_of_revision(collection.revision)


def _query(request: Request, params: Params, snapshot: Snapshot) -> Response:
    collection = _collection(request, snapshot)
    layer = layer_of(collection, request.path_params["layer"])
    return query_answer(esri_query(params, collection, layer), params, snapshot.revision)


def _feature(request: Request, params: Params, snapshot: Snapshot) -> Response:
    collection = _collection(request, snapshot)
    layer = layer_of(collection, request.path_params["layer"])
    number: str = request.path_params["number"]
    shape: Params = {name: params[name] for name in _OF_ONE if name in params}
    one = shape | {"objectIds": number, "outFields": "*", "f": "json"}
    document = orjson.loads(query_answer(esri_query(one, collection, layer), one, 0).body)
    if not document["features"]:
        raise NotFoundError("esri-feature", given=number[:20])
    return json_answer({"feature": document["features"][0]}, snapshot.revision)


def _map_service(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    document = map_service_document(_named(request)[0], snapshot, requested_language(request))
    return json_answer(document, snapshot.revision)


def _map_layers(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    layers = map_layers(_named(request)[0], snapshot)
    described = [_map_layer_document(request, each) for each in layers]
    return json_answer({"layers": described, "tables": []}, snapshot.revision)


def _map_layer(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    each = _map_layer_of(request, snapshot)
    return json_answer(_map_layer_document(request, each), snapshot.revision)


def _map_layer_document(request: Request, each: MapServiceLayer) -> dict[str, Any]:
    edited, lang = _edited(request, each.collection), requested_language(request)
    return {**layer_document(each.collection, each.layer, lang, edited), "id": each.number}


def _map_layer_of(request: Request, snapshot: Snapshot) -> MapServiceLayer:
    name, _ = _named(request)
    return map_layer(map_layers(name, snapshot), name, request.path_params["layer"])


def _map_query(request: Request, params: Params, snapshot: Snapshot) -> Response:
    each = _map_layer_of(request, snapshot)
    query = esri_query(params, each.collection, each.layer)
    return query_answer(query, params, snapshot.revision)


def _of_map(
    answer: Callable[[Params, str, Snapshot, Lang], dict[str, Any]],
) -> Answer:
    """Return an answer about the features of a service of pictures."""

    def answered(request: Request, params: Params, snapshot: Snapshot) -> Response:
        lang = requested_language(request)
        return json_answer(answer(params, _named(request)[0], snapshot, lang), snapshot.revision)

    return answered


def _legend(request: Request, _params: Params, snapshot: Snapshot) -> Response:
    document = legend_document(_named(request)[0], snapshot, requested_language(request))
    return json_answer(document, snapshot.revision)


async def map_picture(request: Request) -> Response:
    """Return a picture, or where it is and what it shows."""
    lang = requested_language(request)
    try:
        params = await _read_params(request)
        name, pinned = _named(request)
        snapshot = await snapshot_as_of(request, params.get("revision") or pinned)
        picture = await run_in_threadpool(exported, params, name, snapshot, lang)
        if (params.get("f") or "html").lower() in {"json", "pjson"}:
            shown = {key: text for key, text in params.items() if key not in {"f", "token"}}
            address = f"{Links(request).base}{own_path(request.scope)}"
            href = f"{address}?{urlencode({**shown, 'f': 'image'})}"
            return json_answer(export_json(picture, href), snapshot.revision)
        body = await services_of(request).images.picture(snapshot, picture)
    except ZonesError as fault:
        return esri_fault_response(fault, lang)
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[picture.form])


for path, answer, methods in (
    ("/info", _info, ["GET"]),
    ("/services", _catalogue, ["GET", "POST"]),
    ("/services/{collection_id}/MapServer", _map_service, ["GET", "POST"]),
    ("/services/{collection_id}/MapServer/layers", _map_layers, ["GET", "POST"]),
    ("/services/{collection_id}/MapServer/legend", _legend, ["GET", "POST"]),
    ("/services/{collection_id}/MapServer/identify", _of_map(identified), ["GET", "POST"]),
    ("/services/{collection_id}/MapServer/find", _of_map(found_texts), ["GET", "POST"]),
    ("/services/{collection_id}/FeatureServer", _service, ["GET", "POST"]),
    ("/services/{collection_id}/FeatureServer/layers", _layers, ["GET", "POST"]),
    ("/services/{collection_id}/FeatureServer/{layer}", _layer, ["GET", "POST"]),
    ("/services/{collection_id}/FeatureServer/{layer}/query", _query, ["GET", "POST"]),
    ("/services/{collection_id}/FeatureServer/{layer}/{number}", _feature, ["GET"]),
):
    for ending in ("", "/"):
        router.add_api_route(ROOT + path + ending, _answering(answer), methods=methods)

for ending in ("", "/"):
    address = f"{ROOT}/services/{{collection_id}}/MapServer/export{ending}"
    router.add_api_route(address, map_picture, methods=["GET", "POST"])

# After ``export``, which is no layer's number.
for path, answer in (("{layer}", _map_layer), ("{layer}/query", _map_query)):
    for ending in ("", "/"):
        address = f"{ROOT}/services/{{collection_id}}/MapServer/{path}{ending}"
        router.add_api_route(address, _answering(answer), methods=["GET", "POST"])
