"""The feature in the body of a request: what it is written in, and what it says."""

from typing import Any, Final

import anyio.to_thread
from starlette.requests import Request

from app.http import parameters
from app.http.fault_status import MediaTypeError, RequestError
from app.http.filter_body import refuse_filter_document
from app.http.json_body import parse_json, refuse_repeated
from app.http.raw_headers import media_type
from app.http.responses import GEOJSON_TYPE, JSON_TYPE
from zones.crs.transform import CRS, parse_crs
from zones.errors import UnknownCRSError
from zones.geojson.lossy_numbers import exact_members

MERGE_PATCH_TYPE: Final = "application/merge-patch+json"
FEATURE_TYPES: Final = (GEOJSON_TYPE, JSON_TYPE)
PATCH_TYPES: Final = (MERGE_PATCH_TYPE, *FEATURE_TYPES)

MEMBERS: Final = (
    "type", "id", "geometry", "properties", "bbox", "links", "time", "place", "conformsTo",
)  # fmt: skip
"""Others could change what the feature means, as ``crs`` did in GeoJSON's forerunner."""
EXAMPLE: Final = '{"type": "Feature", "geometry": {...}, "properties": {...}}'

GeoJSON = dict[str, Any]


async def read_feature(request: Request) -> GeoJSON:
    """Return a whole feature.

    Raises
    ------
    MediaTypeError, RequestError
    """
    document = await _read_object(request, FEATURE_TYPES)
    if document.get("type") != "Feature" or "geometry" not in document:
        raise RequestError("body-shape", loc=("body",), example=EXAMPLE)
    return document


async def read_patch(request: Request) -> GeoJSON:
    """Return what a patch would change of a feature.

    Raises
    ------
    MediaTypeError, RequestError
    """
    return await _read_object(request, PATCH_TYPES)


def id_of_body(document: GeoJSON) -> str | None:
    """Return the id that a new feature brings along; None if it brings none.

    Raises
    ------
    RequestError
        If it is neither a text nor a number.
    """
    value = document.get("id")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RequestError("body-id", loc=("body", "id"))
    return str(value)


def content_crs_of(request: Request) -> CRS:
    """Return the system of the body's coordinates: ``Content-Crs``, CRS84 when there is none.

    Raises
    ------
    UnknownCRSError
    """
    value = request.headers.get("content-crs")
    if value is None:
        return CRS.CRS84
    try:
        return parse_crs(value.strip().removeprefix("<").removesuffix(">"))
    except UnknownCRSError as fault:
        raise UnknownCRSError(fault.code, loc=("header", "Content-Crs"), **fault.params) from fault


async def _read_object(request: Request, accepted: tuple[str, ...]) -> GeoJSON:
    sent_type = media_type(request.scope)
    if sent_type not in accepted:
        raise MediaTypeError(
            "media-unsupported", given=sent_type[:80], accepted=", ".join(accepted)
        )
    return await anyio.to_thread.run_sync(_parsed, await request.body())


def _parsed(body: bytes) -> GeoJSON:
    """Return the members of a body; a thread's work, as a large polygon takes its time."""
    document = parse_json(body)
    if not isinstance(document, dict):
        raise RequestError("body-shape", loc=("body",), example=EXAMPLE)
    refuse_filter_document(document)
    refuse_repeated(body, document)
    for bent in exact_members(body, [document]):
        loc = ("body", "properties", bent.name)
        raise RequestError("number-not-kept", loc=loc, given=bent.written[: parameters.SHOWN])
    for name in document:
        if name not in MEMBERS:
            shown = name[: parameters.SHOWN]
            listed = ", ".join(MEMBERS)
            raise RequestError("body-member-unknown", loc=("body", shown), name=shown, known=listed)
    _refuse_own_system(document.get("geometry"))
    return document


def _refuse_own_system(geometry: Any) -> None:
    """Refuse a geometry that names a system of its own, as GeoJSON's forerunner had it."""
    if isinstance(geometry, dict) and "crs" in geometry:
        raise RequestError("body-geometry-crs", loc=("body", "geometry", "crs"))
