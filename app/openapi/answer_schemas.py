"""The shapes of answers that clients read by program, as JSON Schema for the OpenAPI document."""

from typing import Any, Final

JSONObject = dict[str, Any]

TEXT: Final = {"type": "string"}
WHOLE: Final = {"type": "integer", "minimum": 0}
GEOMETRIES: Final = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip


def reference(name: str) -> JSONObject:
    """Return a reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(schema: JSONObject) -> JSONObject:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


def record(required: dict[str, JSONObject], **optional: JSONObject) -> JSONObject:
    """Return the schema of an object that has some members always and others at times."""
    schema: JSONObject = {"type": "object", "properties": {**required, **optional}}
    if required:  # OpenAPI 3.0 has no empty list here
        schema["required"] = list(required)
    return schema


LINKS: Final = list_of(reference("Link"))

SCHEMAS: Final[dict[str, JSONObject]] = {
    "Problem": record(
        {
            "type": {"type": "string", "format": "uri"},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "instance": TEXT,
        },
        request_id={"type": ["string", "null"]},
        errors=list_of(reference("Fault")),
    ),
    "Fault": record(
        {
            "loc": list_of({"type": ["string", "integer"]}),
            "code": TEXT,
            "message": TEXT,
        },
        hint={"type": ["string", "null"]},
    ),
    "Link": record({"href": TEXT, "rel": TEXT}, type=TEXT, title=TEXT),
    "LandingPage": record({"title": TEXT, "description": TEXT, "links": LINKS}),
    "Conformance": record({"conformsTo": list_of(TEXT)}),
    "Collections": record(
        {"links": LINKS, "collections": list_of(reference("Collection"))}, crs=list_of(TEXT)
    ),
    "Collection": record(
        {
            "id": TEXT,
            "title": TEXT,
            "description": TEXT,
            "itemType": {"type": "string", "enum": ["feature"]},
            "crs": list_of(TEXT),
            "storageCrs": TEXT,
            "links": LINKS,
        },
        extent=reference("Extent"),
        keywords=list_of(TEXT),
    ),
    "Extent": record(
        {},
        spatial=record({"bbox": list_of(list_of({"type": "number"})), "crs": TEXT}),
        temporal=record({"interval": list_of(list_of({"type": ["string", "null"]})), "trs": TEXT}),
    ),
    "FeatureCollection": record(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": WHOLE,
            "numberReturned": WHOLE,
            "links": LINKS,
            "features": list_of(reference("Feature")),
        }
    ),
    "Feature": record(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": ["string", "integer"]},
            "geometry": {
                "type": ["object", "null"],
                "required": ["type"],
                "properties": {"type": {"type": "string", "enum": list(GEOMETRIES)}},
            },
            "properties": {"type": ["object", "null"]},
        },
        links=LINKS,
    ),
}
