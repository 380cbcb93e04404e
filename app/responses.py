"""Answers made of data: each says which revision it shows."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
SCHEMA_TYPE = "application/schema+json"

REVALIDATE = "no-cache"
"""Keep it, but ask again each time: with the revision as ETag that costs a 304."""


def data_response(
    body: bytes,
    revision: int,
    *,
    media_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer with its ETag and X-Revision."""
    told = {
        "ETag": f'"r{revision}"',
        "X-Revision": str(revision),
        "Cache-Control": REVALIDATE,
        **(headers or {}),
    }
    return Response(body, headers=told, media_type=media_type)


def json_response(
    document: object,
    revision: int,
    *,
    media_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a document as JSON; NaN and infinity become null."""
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return data_response(body, revision, media_type=media_type, headers=headers)


def state_response(
    document: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a document that changes without a revision, as the state of an import: not kept."""
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(document), status, told, media_type=JSON_TYPE)
