"""Queryables and schemas are valid JSON Schema, name every property, and speak Chinese first."""

from typing import Any

import pytest
import shapely
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from tests.toy import collection, feature
from zones.cql2 import feature_schema, parse_filter, queryables, queryables_schema
from zones.messages import catalogue
from zones.model import JSON, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

URL = "https://zones.example/collections/places/queryables"


def places() -> Collection:
    """Return features whose properties are of every kind."""
    rows: list[dict[str, JSON]] = [
        {"名称": "甲", "n": 1, "x": 1, "d": "2020-01-01", "t": "2020-01-01T00:00:00Z", "b": True},
        {"l": ["x", None], "o": {"a": 1}, "lo": [{"a": 1}], "mixed": 1, "when": "2020-01-01"},
        {"x": 0.5, "mixed": "one", "empty": None, "width_m": None, "when": "soon", "l": [None]},
    ]
    points = [shapely.Point(n, n) for n in range(3)]
    features = [Feature(str(n), points[n], row) for n, row in enumerate(rows)]
    info = CollectionInfo("places", "地点", "Places", kinds=frozenset({"point"}))
    return Collection(info, 1, features)


def test_each_property_has_the_type_of_its_values() -> None:
    told = {each.name: (each.type, each.format, each.items) for each in queryables(places())}
    assert told == {
        "id": ("string", None, None),
        "geometry": (None, "geometry-point-or-multipoint", None),
        "名称": ("string", None, None),
        "n": ("integer", None, None),
        "x": ("number", None, None),
        "d": ("string", "date", None),
        "t": ("string", "date-time", None),
        "b": ("boolean", None, None),
        "l": ("array", None, "string"),
        "mixed": ("string", None, None),
        "when": ("string", None, None),
        "empty": ("string", None, None),
        "width_m": ("number", None, None),
    }


def test_every_queryable_can_be_asked_for_and_nothing_else() -> None:
    names = {each.name for each in queryables(places())}
    for name in names:
        parse_filter(f'"{name}" IS NULL').mask(places())
    assert names == set(queryables_schema(places(), url=URL)["properties"])
    assert {"o", "lo"} == set(feature_schema(places(), url=URL)["properties"]) - names


def test_plain_values_are_told_from_geometry_and_lists() -> None:
    simple = {each.name for each in queryables(places()) if each.is_simple}
    assert not simple & {"geometry", "l"}
    assert {"id", "名称", "n", "b", "d"} <= simple


@pytest.mark.parametrize("document", [queryables_schema, feature_schema])
def test_schemas_are_valid_and_say_where_they_are(document: Any) -> None:
    schema = document(places(), url=URL)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == URL
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    spatial = schema["properties"]["geometry"]
    assert spatial["x-ogc-role"] == "primary-geometry"
    assert not spatial.keys() & {"type", "$ref"}
    others = {name: told for name, told in schema["properties"].items() if name != "geometry"}
    assert all("type" in told and "title" in told for told in others.values())


def test_queryables_are_complete_and_features_may_have_more() -> None:
    assert queryables_schema(places(), url=URL)["additionalProperties"] is False
    assert "additionalProperties" not in feature_schema(places(), url=URL)


def test_the_features_schema_holds_for_the_features(seeded_snapshot: Snapshot) -> None:
    for each in seeded_snapshot.collections.values():
        schema = feature_schema(each, url=URL)
        validator = Draft202012Validator(schema)
        for properties in each.properties:
            known = {name: value for name, value in properties.items() if value is not None}
            validator.validate(known)


def test_places_in_a_schema_count_up_and_the_id_is_read_only() -> None:
    properties = feature_schema(places(), url=URL)["properties"]
    assert [each["x-ogc-propertySeq"] for each in properties.values()] == list(
        range(1, len(properties) + 1)
    )
    assert properties["id"]["readOnly"]
    assert properties["id"]["x-ogc-role"] == "id"


def test_every_property_of_the_plan_has_a_title_in_both_languages(
    seeded_snapshot: Snapshot,
) -> None:
    for each in seeded_snapshot.collections.values():
        for told in queryables(each):
            assert f"property-{told.name}" in catalogue()
            assert told.title != told.name != told.title_en
    zones = queryables_schema(seeded_snapshot.collection("zones"), url=URL)
    assert zones["properties"]["name"]["title"] == "名称"
    assert zones["properties"]["geometry"]["format"] == "geometry-polygon-or-multipolygon"
    assert zones["title"] == "六区"


def test_english_titles_are_told_on_demand(toy: Snapshot) -> None:
    schema = queryables_schema(places(), url=URL, lang="en")
    assert schema["title"] == "Places"
    assert schema["properties"]["geometry"]["title"] == "Geometry"


def test_a_property_named_id_takes_the_place_of_the_features_id() -> None:
    own = collection("c", [feature("x", None, id=7)])
    (told,) = (each for each in queryables(own) if each.name == "id")
    assert (told.type, told.role) == ("integer", None)
    assert "readOnly" not in feature_schema(own, url=URL)["properties"]["id"]
    assert parse_filter("id = 7").mask(own).all()
