"""Attributes in tiles: types, sharing, and what has no place in a tile."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tile_reader import TileLayer, read_tile
from zones.model import JSON
from zones.tiles.attributes import attribute_table
from zones.tiles.layer_bytes import Features, write_features, write_layer
from zones.tiles.paths import GeomType

SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)


def _read(properties: Sequence[Mapping[str, JSON]]) -> list[dict[str, object]]:
    """Return what a tile with a point for each feature says of them."""
    return [dict(feature.properties) for feature in _layer(properties).features]


def _layer(properties: Sequence[Mapping[str, JSON]]) -> TileLayer:
    count = len(properties)
    tags = attribute_table(properties).tags(np.arange(count))
    points = np.tile(np.array([9, 2, 2], dtype=np.uint32), count)
    order = np.arange(count)
    features = Features(
        GeomType.POINT, order, order, tags.tags, tags.offsets, points, 3 * np.arange(count + 1)
    )
    data, _ = write_features(features)
    return read_tile(write_layer("one", data, tags.dictionaries))["one"]


@pytest.mark.parametrize(
    "value", ["和平区", "", True, False, 0, 7, -1, 2**40, -(2**40), 2**53, -(2**53), 0.5, 4.0]
)
def test_a_value_keeps_its_type(value: JSON) -> None:
    (read,) = _read([{"a": value}])
    assert read["a"] == value
    assert type(read["a"]) is type(value)


@given(st.lists(st.dictionaries(st.text("abc字"), SCALARS, max_size=4), min_size=1, max_size=6))
def test_any_scalars_come_back_as_they_were(properties: list[dict[str, JSON]]) -> None:
    read = _read(properties)
    assert read == properties
    types = [{k: type(v) for k, v in one.items()} for one in properties]
    assert [{k: type(v) for k, v in one.items()} for one in read] == types


def test_one_and_true_and_one_point_nought_stay_apart() -> None:
    assert [repr(one["a"]) for one in _read([{"a": 1}, {"a": True}, {"a": 1.0}])] == [
        "1",
        "True",
        "1.0",
    ]


def test_lists_and_objects_become_their_json_text() -> None:
    (read,) = _read([{"parts": [{"id": "西", "m": 2}], "more": {}}])
    assert json.loads(str(read["parts"])) == [{"id": "西", "m": 2}]
    assert read["more"] == "{}"


def test_null_and_numbers_that_are_not_finite_are_left_out() -> None:
    assert _read([{"a": None, "b": float("nan"), "c": float("inf"), "d": 1}]) == [{"d": 1}]


@pytest.mark.parametrize("number", [2**53 + 1, 210102001001000001, 2**64, -(2**63), 10**30])
def test_a_property_with_a_long_whole_number_is_text(number: int) -> None:
    read = _read([{"a": number, "b": 1}, {"a": 7}, {"a": True}, {"a": 0.5}])
    assert read == [{"a": str(number), "b": 1}, {"a": "7"}, {"a": True}, {"a": 0.5}]


def test_long_whole_numbers_in_a_list_keep_their_digits() -> None:
    (read,) = _read([{"parts": [2**64 + 1, {"id": 2**53 + 1}]}])
    assert read["parts"] == f'[{2**64 + 1},{{"id":{2**53 + 1}}}]'


def test_equal_values_and_keys_stand_once_in_the_dictionaries() -> None:
    layer = _layer([{"kind": "green", "n": i} for i in range(50)])
    assert sorted(layer.keys) == ["kind", "n"]
    assert layer.values.count("green") == 1
    assert len(layer.values) == 51


def test_the_most_frequent_value_has_the_smallest_number() -> None:
    assert _layer([{"n": i, "kind": "green"} for i in range(200)]).values[0] == "green"


def test_dictionaries_hold_only_what_the_tiles_features_need() -> None:
    table = attribute_table([{"a": "first"}, {"b": "second"}])
    assert b"first" not in table.tags(np.array([1])).dictionaries
    assert b"second" in table.tags(np.array([1])).dictionaries


def test_a_feature_without_attributes_has_none() -> None:
    assert _read([{}, {"a": 1}, {}]) == [{}, {"a": 1}, {}]


def test_fields_say_what_all_features_have_in_common() -> None:
    table = attribute_table([{"n": 1, "m": True, "t": "x"}, {"n": 1.5, "m": "x", "l": []}])
    assert table.fields == {"n": "Number", "m": "String", "t": "String", "l": "String"}
    assert attribute_table([{"b": False}, {"b": None}]).fields == {"b": "Boolean"}


def test_sizes_are_what_the_dictionaries_take_when_nothing_is_shared() -> None:
    table = attribute_table([{"name": "和平区", "n": 300}, {}])
    sizes = table.sizes(np.array([0, 1]))
    assert sizes.tolist() == [len(table.tags(np.array([0])).dictionaries), 0]
