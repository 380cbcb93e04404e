"""OpenAPI 3.1 -> 3.0, which is what OGC's clients read: GDAL refuses any other version."""

from typing import Any, Final

JSONObject = dict[str, Any]

VERSION: Final = "3.0.3"
NULL: Final = {"type": "null"}


def as_openapi_3_0(document: JSONObject) -> JSONObject:
    """Return the document with its schemas as OpenAPI 3.0 writes them.

    Only what our own documents have is turned: lists of types, choices with null, ``const`` and
    ``examples``.
    """
    turned: JSONObject = _turned(document)
    return {**turned, "openapi": VERSION}


def _turned(part: Any) -> Any:
    if isinstance(part, list):
        return [_turned(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: _turned(value) for name, value in part.items()}
    if isinstance(inner.get("type"), list):
        inner |= _one_type(inner.pop("type"))
    if NULL in inner.get("anyOf", ()):
        inner |= _one_of(inner.pop("anyOf"))
    if _is_schema(inner) and "const" in inner:
        inner["enum"] = [inner.pop("const")]
    if _is_schema(inner) and isinstance(inner.get("examples"), list):
        inner["example"] = inner.pop("examples")[0]
    return inner


def _one_of(schemas: list[JSONObject]) -> JSONObject:
    """Return what 3.0 says for a choice of schemas of which one is null."""
    others = [each for each in schemas if each != NULL]
    schema = others[0] if len(others) == 1 else {"anyOf": others}
    return {**schema, "nullable": True}


def _one_type(types: list[str]) -> JSONObject:
    """Return what 3.0 says for several types: one of them, and whether null is one too."""
    others = [each for each in types if each != "null"]
    schema: JSONObject = {"type": others[0]} if len(others) == 1 else {
        "oneOf": [{"type": each} for each in others]
    }  # fmt: skip
    return {**schema, "nullable": True} if "null" in types else schema


def _is_schema(part: JSONObject) -> bool:
    # "type" is also the name of a property, which is an object then.
    return isinstance(part.get("type"), str) or "const" in part
