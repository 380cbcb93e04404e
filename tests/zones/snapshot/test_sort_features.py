"""The order of features by their properties, checked by hand and against a plain sort."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.model import JSON, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.snapshot.sort_features import SortKey, in_order


def collection(*rows: Mapping[str, JSON]) -> Collection:
    features = [Feature(f"f{i}", None, row) for i, row in enumerate(rows)]
    return Collection(CollectionInfo("c", "c", "c"), 1, features)


def order(found: Collection, *keys: SortKey) -> list[int]:
    positions: list[int] = in_order(found, np.arange(len(found)), keys).tolist()
    return positions


def test_numbers_are_sorted_by_size() -> None:
    found = collection({"n": 10}, {"n": 9}, {"n": 9.5})
    assert order(found, SortKey("n")) == [1, 2, 0]
    assert order(found, SortKey("n", descending=True)) == [0, 2, 1]


@pytest.mark.parametrize("descending", [False, True])
def test_what_has_no_value_comes_last_in_either_direction(descending: bool) -> None:
    found = collection({"n": None}, {"n": 1}, {}, {"n": [1]})
    assert order(found, SortKey("n", descending=descending)) == [1, 0, 2, 3]


def test_equals_are_told_apart_by_the_next_key_then_stay() -> None:
    found = collection(
        {"a": 1, "b": "y"}, {"a": 1, "b": "x"}, {"a": 0, "b": "z"}, {"a": 1, "b": "x"}
    )
    assert order(found, SortKey("a"), SortKey("b")) == [2, 1, 3, 0]
    assert order(found, SortKey("a", descending=True), SortKey("b")) == [1, 3, 0, 2]


def test_kinds_do_not_mix() -> None:
    found = collection({"v": "1"}, {"v": 1}, {"v": True}, {"v": False})
    assert order(found, SortKey("v")) == [3, 2, 1, 0]


def test_the_id_is_that_of_the_feature_unless_a_property_has_its_name() -> None:
    assert order(collection({}, {}), SortKey("id", descending=True)) == [1, 0]
    assert order(collection({"id": 2}, {"id": 1}), SortKey("id")) == [1, 0]


def test_without_keys_positions_stay() -> None:
    assert in_order(collection({}, {}), np.array([1, 0]), ()).tolist() == [1, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_it_is_python_s_stable_sort(rows: list[tuple[int, int]]) -> None:
    found = collection(*({"a": a, "b": b} for a, b in rows))
    expected = sorted(range(len(rows)), key=lambda i: (-rows[i][0], rows[i][1]))
    assert order(found, SortKey("a", descending=True), SortKey("b")) == expected
