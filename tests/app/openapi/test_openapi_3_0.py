"""How schemas of OpenAPI 3.1 are written in 3.0."""

from typing import Any

import pytest

from app.openapi.convert_to_3_0 import as_openapi_3_0


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        (
            {"type": ["string", "integer"]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"},
            {"type": "string", "nullable": True, "title": "T"},
        ),
        ({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "examples": [1, 2]}, {"type": "integer", "example": 1}),
        (
            {"type": "object", "properties": {"type": {"type": ["object", "null"]}}},
            {"type": "object", "properties": {"type": {"type": "object", "nullable": True}}},
        ),
    ],
)
def test_a_schema_is_written_the_older_way(newer: Any, older: Any) -> None:
    turned = as_openapi_3_0({"openapi": "3.1.0", "components": {"schemas": {"A": newer}}})
    assert turned == {"openapi": "3.0.3", "components": {"schemas": {"A": older}}}
