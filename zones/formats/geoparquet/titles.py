"""What programs call the columns of a Parquet file when they show them.

Arrow keeps words with each field, GDAL its own description of the layer with the file
("gdal:schema": the field's alternative name and comment).
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from zones.model import FieldInfo

_OF_GDAL: Final = b"gdal:schema"
_KEYS: Final = (b"title", b"alias", b"alternative_name", b"description", b"comment")
_KEYS_OF_GDAL: Final = ("alternative_name", "comment")


def titled_fields(schema: Any) -> Iterator[FieldInfo]:
    """Yield the fields of an Arrow schema that have a title, else a description."""
    described = _of_gdal(schema.metadata or {})
    for field in schema:
        words = field.metadata or {}
        named = [words[key].decode("utf-8", "replace") for key in _KEYS if words.get(key)]
        if named or field.name in described:
            yield FieldInfo(field.name, named[0] if named else described[field.name])


def _of_gdal(metadata: dict[bytes, bytes]) -> dict[str, str]:
    """Return titles by name from GDAL's description; nothing if it is not as GDAL writes it."""
    try:
        metadata_of_gdal = orjson.loads(metadata.get(_OF_GDAL, b"{}"))
    except orjson.JSONDecodeError:
        return {}
    columns = metadata_of_gdal.get("columns") if isinstance(metadata_of_gdal, dict) else None
    found = {}
    for name, column in (columns if isinstance(columns, dict) else {}).items():
        words = [column.get(key) for key in _KEYS_OF_GDAL] if isinstance(column, dict) else []
        if title := next((word for word in words if isinstance(word, str) and word), None):
            found[str(name)] = title
    return found
