"""The OpenAPI document: what FastAPI gathers from the routes, and what holds for all of them."""

from collections.abc import Collection
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.http.raw_headers import is_look_up
from app.openapi.collection_paths import collection_paths
from app.openapi.convert_to_3_0 import as_openapi_3_0
from app.openapi.described_answers import complete_answers, components
from app.required_roles import needed_role
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from zones.snapshot.model import Snapshot

JSONObject = dict[str, Any]

TAGS: Final = (
    ("locate", "某点属于哪个区 / which zone is this"),
    ("OGC API", "要素服务 / features"),
    ("plan", "规划内容与量算 / the plan, and what was measured"),
    ("imports", "导入与修订 / imports and revisions"),
    ("access", "密钥与审计 / keys and audit"),
    ("operation", "运行状态 / operation"),
)

_POINT_SCHEMA: Final[JSONObject] = {
    "oneOf": [
        {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
        {
            "type": "object",
            "properties": {
                "id": {},
                "lon": {"type": "number"},
                "lat": {"type": "number"},
                "x": {"type": "number"},
                "y": {"type": "number"},
            },
        },
    ]
}
_POINTS_SCHEMA: Final[JSONObject] = {
    "type": "array",
    "maxItems": 10_000,
    "items": _POINT_SCHEMA,
}

POINTS_BODY: Final[JSONObject] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["points"],
                        "properties": {"points": _POINTS_SCHEMA},
                    },
                    _POINTS_SCHEMA,
                ]
            },
            "example": {"points": [[123.40, 41.79], {"id": "a", "lon": 123.41, "lat": 41.78}]},
        }
    },
}

KEY: Final[JSONObject] = {"key": []}
NOTHING: Final[JSONObject] = {}
"""What a request brings where reading is open to all."""


def query_parameter(name: str, kind: str, description: str, **more: Any) -> JSONObject:
    """Return OpenAPI's description of an optional query parameter.

    ``enum`` and what is in ``more`` go into its schema, all else into the parameter itself. A list
    is written with commas (OGC API Features, /req/core/fc-bbox-definition).
    """
    schema: JSONObject = {"type": kind, **(more.pop("more", None) or {})}
    if "enum" in more:
        schema["enum"] = more.pop("enum")
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "description": description,
        "schema": schema,
        **more,
    }


def path_parameter(name: str, kind: str, description: str) -> JSONObject:
    """Return OpenAPI's description of a part of the path."""
    schema = {"type": kind}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def form_body(fields: dict[str, str], *, repeated: Collection[str] = ()) -> JSONObject:
    """Return OpenAPI's description of a multipart form with a file and text fields.

    Those that are ``repeated`` may occur several times.
    """
    properties: JSONObject = {"file": {"type": "string", "format": "binary"}}
    for name, description in fields.items():
        many: JSONObject = {"type": "array", "items": {"type": "string"}}
        properties[name] = {
            **(many if name in repeated else {"type": "string"}),
            "description": description,
        }
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def json_body(
    required: tuple[str, ...], fields: dict[str, str], *, repeated: Collection[str] = ()
) -> JSONObject:
    """Return OpenAPI's description of a JSON object of text members, each with an example.

    Those that are ``repeated`` may be lists of texts.
    """
    text: JSONObject = {"type": "string"}
    texts: JSONObject = {"oneOf": [text, {"type": "array", "items": text}]}
    properties: JSONObject = {
        name: {**(texts if name in repeated else text), "example": example}
        for name, example in fields.items()
    }
    schema: JSONObject = {"type": "object", "properties": properties}
    if required:  # OpenAPI 3.0 has no empty list here
        schema["required"] = list(required)
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def described_body(fields: dict[str, str]) -> JSONObject:
    """Return OpenAPI's description of the object that describes a collection."""
    text: JSONObject = {"type": "string"}
    others: JSONObject = {
        "visible": {"type": "boolean"},
        "private": {"type": "boolean"},
        "order": {"type": "integer", "minimum": 0},
        "fields": {
            "type": "object",
            "additionalProperties": {"oneOf": [text, {"type": "object"}]},
        },
        "style": {"type": "object"},
    }
    properties: JSONObject = {name: others.get(name, text) for name in fields}
    schema: JSONObject = {"type": "object", "properties": properties, "minProperties": 1}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


class LatestDocument:
    """The text of the document that was asked for last: it is the same for a whole revision."""

    def __init__(self) -> None:
        self._latest: tuple[tuple[str, int, frozenset[str]], bytes] | None = None

    def text(self, app: FastAPI, server: str, snapshot: Snapshot) -> bytes:
        """Return the document as JSON, with ``server`` as the address of the service."""
        key = (server, snapshot.revision, snapshot.hidden)
        latest = self._latest
        if latest is None or latest[0] != key:
            latest = self._latest = (key, orjson.dumps(openapi_document(app, server, snapshot)))
        return latest[1]


def openapi_document(app: FastAPI, server: str, snapshot: Snapshot) -> JSONObject:
    """Return the document, with ``server`` as the address of the service."""
    document = get_openapi(
        title=f"{TITLE} · {TITLE_EN}",
        version=app.version,
        description=f"{ABOUT}\n\n{ABOUT_EN}",
        routes=app.routes,
        tags=[{"name": name, "description": description} for name, description in TAGS],
        servers=[{"url": server}],
    )
    document["components"] = {
        **components(),
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            changes = method != "get" and not is_look_up(path)
            complete_answers(path, method, operation, changes=changes)
            needs_key = needed_role(method.upper(), path, public_read=True) is not None
            operation["security"] = [KEY] if needs_key else [NOTHING, KEY]
    document["paths"] |= collection_paths(document["paths"], snapshot)
    return as_openapi_3_0(document)
