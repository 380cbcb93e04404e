"""A new edition of a feature and people's changes, brought together field by field."""

import pytest
from shapely import Point

from zones.model import JSON, Feature
from zones.plan.edition_merge import merge_features


def _feature(x: float = 0.0, **properties: JSON) -> Feature:
    return Feature("f", Point(x, 0), properties)


BASE = _feature(name="桥", accuracy_m=50, note=None)


def test_what_one_side_changed_is_taken_from_it() -> None:
    mine = _feature(name="桥", accuracy_m=50, note="已核对")
    new = _feature(1.0, name="桥", accuracy_m=20, note=None, source="texts")
    merged = merge_features(BASE, mine, new)
    assert merged.questions == ()
    assert merged.feature is not None
    assert merged.feature.geometry == Point(1, 0)
    assert merged.feature.properties == {
        "name": "桥",
        "accuracy_m": 20,
        "note": "已核对",
        "source": "texts",
    }


def test_field_that_the_edition_dropped_goes_unless_people_changed_it() -> None:
    new = _feature(name="桥", accuracy_m=50)
    dropped = merge_features(BASE, BASE, new).feature
    assert dropped is not None
    assert "note" not in dropped.properties
    kept = merge_features(BASE, _feature(name="桥", accuracy_m=50, note="已核对"), new)
    assert kept.questions == ("note",)


@pytest.mark.parametrize(("prefer", "name", "x"), [("mine", "新桥", 2.0), ("new", "大桥", 1.0)])
def test_what_both_changed_is_in_question(prefer: str, name: str, x: float) -> None:
    mine = _feature(2.0, name="新桥", accuracy_m=50, note=None)
    new = _feature(1.0, name="大桥", accuracy_m=20, note=None)
    merged = merge_features(BASE, mine, new, "mine" if prefer == "mine" else "new")
    assert set(merged.questions) == {"name", "geometry"}
    assert merged.feature is not None
    assert merged.feature.properties == {"name": name, "accuracy_m": 20, "note": None}
    assert merged.feature.geometry == Point(x, 0)


def test_the_same_change_on_both_sides_is_no_question() -> None:
    same = _feature(1.0, name="大桥", accuracy_m=50, note=None)
    assert (
        merge_features(BASE, same, _feature(1.0, name="大桥", accuracy_m=50, note=None)).questions
        == ()
    )


def test_untouched_features_follow_the_edition() -> None:
    assert merge_features(BASE, BASE, None).feature is None
    assert merge_features(None, None, BASE).feature is BASE
    mine = _feature(name="新桥")
    assert merge_features(BASE, mine, BASE).feature is mine


def test_removed_by_one_side_and_changed_by_the_other_is_in_question() -> None:
    changed = _feature(name="新桥")
    assert merge_features(BASE, None, changed).questions == ("feature",)
    assert merge_features(BASE, None, changed).feature is None
    assert merge_features(BASE, None, changed, "new").feature is changed
    assert merge_features(BASE, changed, None).feature is changed
    assert merge_features(None, changed, BASE).questions == ("feature",)
