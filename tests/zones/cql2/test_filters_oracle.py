"""Filters find what the cql2 package's own evaluation finds, feature by feature.

Left out is what the two mean to do differently: texts written as numbers, dates beside timestamps
and dates in lists, null among the values of a list, division by zero, letters without
decomposition, boxes across the antimeridian.
"""

from typing import Any

import cql2
import numpy as np
import orjson
import pytest
from hypothesis import given
from shapely.geometry import shape

from tests.examples import examples
from tests.filter_strategies import CONDITIONS, FEATURES, FILTERS
from zones.cql2 import parse_filter
from zones.model import CollectionInfo, Feature
from zones.snapshot.collection import Collection

Row = tuple[dict[str, Any], Any]


def collection_of(rows: list[Row]) -> Collection:
    """Return a collection of rows of properties and GeoJSON geometry."""
    features = [
        Feature(str(n), None if geometry is None else shape(geometry), properties)
        for n, (properties, geometry) in enumerate(rows)
    ]
    return Collection(CollectionInfo("c", "c", "c"), 1, features)


def matches(document: Any, row: Row) -> bool:
    """Return what the cql2 package says of a row; it gives up on what is unknown."""
    item = {"type": "Feature", "id": "", "properties": row[0], "geometry": row[1]}
    try:
        return cql2.Expr(document).matches(item)
    except Exception as refused:
        # The package has no class of its own for it.
        if "Could not reduce expression to boolean" not in str(refused):
            raise
        return False


@pytest.mark.slow
@examples(600)
@given(CONDITIONS, FEATURES)
def test_every_condition_finds_what_the_package_finds(document: Any, rows: list[Row]) -> None:
    found = parse_filter(orjson.dumps(document).decode(), lang="cql2-json")
    assert found.mask(collection_of(rows)).tolist() == [matches(document, row) for row in rows]


@examples(600)
@given(FILTERS, FEATURES)
def test_conditions_joined_find_what_the_package_finds(document: Any, rows: list[Row]) -> None:
    found = parse_filter(orjson.dumps(document).decode(), lang="cql2-json")
    assert found.mask(collection_of(rows)).tolist() == [matches(document, row) for row in rows]


@examples(300)
@given(FILTERS, FEATURES)
def test_text_and_json_find_the_same(document: Any, rows: list[Row]) -> None:
    features = collection_of(rows)
    as_json = parse_filter(orjson.dumps(document).decode(), lang="cql2-json").mask(features)
    as_text = parse_filter(cql2.Expr(document).to_text()).mask(features)
    assert np.array_equal(as_json, as_text)


@examples(300)
@given(FILTERS, FILTERS, FEATURES)
def test_conditions_that_must_all_hold_find_what_each_alone_finds(
    one: Any, other: Any, rows: list[Row]
) -> None:
    features = collection_of(rows)
    joined, *alone = (
        parse_filter(orjson.dumps(each).decode(), lang="cql2-json").mask(features)
        for each in ({"op": "and", "args": [one, other]}, one, other)
    )
    assert np.array_equal(joined, alone[0] & alone[1])
