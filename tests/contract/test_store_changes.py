"""What every store promises of a change: stored whole, in order, or refused with its reason."""

import pytest
import shapely
from shapely import Point, box

from tests.contract.stores import NOTE, PLOTS, TREES, fids, make, plot, put
from zones.errors import (
    ConflictError,
    UnknownCollectionError,
    UnknownFeatureError,
    ValidationError,
)
from zones.model import JSON, Change, CollectionInfo, Feature
from zones.store.protocol import Store


def test_an_empty_store_is_at_revision_0_and_holds_nothing(store: Store) -> None:
    assert store.revision() == 0
    assert store.collections() == ()
    assert store.revisions() == []
    assert store.delta(0).put == {}


def test_the_first_change_is_revision_1_and_says_what_it_touched(store: Store) -> None:
    change = Change("plots", put=[plot("a")], collection=PLOTS)
    revision = store.apply([change, Change("trees", collection=TREES)], NOTE)
    assert (revision.number, revision.note) == (1, NOTE)
    assert revision.collections == ("plots", "trees")
    assert store.revision() == 1


def test_a_feature_comes_back_as_it_was_put(store: Store) -> None:
    properties: dict[str, JSON] = {
        "名称": "南市场",
        "n": 1,
        "x": 0.1,
        "yes": True,
        "none": None,
        "list": [1, {"深": "层"}],
    }
    make(store, Feature("zone-1", box(0, 0, 1, 1), properties))
    (feature,) = store.features("plots")
    assert feature.geometry is not None
    assert feature.geometry.equals_exact(box(0, 0, 1, 1))
    assert feature.properties == properties
    assert list(feature.properties) == list(properties)


def test_a_feature_without_geometry_stays_without(store: Store) -> None:
    make(store, Feature("site-1", None, {}))
    assert store.features("plots")[0].geometry is None


def test_heights_are_left_out(store: Store) -> None:
    make(store, Feature("peak", Point(123, 41, 55), {}))
    geometry = store.features("plots")[0].geometry
    assert shapely.to_wkt(geometry) == "POINT (123 41)"


def test_a_replaced_feature_keeps_its_place(store: Store) -> None:
    make(store, plot("b"), plot("a"), plot("c"))
    put(store, plot("a", n=2))
    assert fids(store) == ["b", "a", "c"]


def test_features_that_do_not_differ_are_not_written_again(store: Store) -> None:
    make(store, plot("a", n=1), plot("b", n=1, m=2))
    assert put(store, plot("a", n=1), plot("b", m=2, n=1)) == ()
    assert store.revision() == 2
    assert store.delta(1).put == {}
    assert [revision.number for revision in store.revisions("plots")] == [1]


@pytest.mark.parametrize("other", [True, 1.0, "1", None])
def test_a_value_of_another_type_is_a_difference(store: Store, other: JSON) -> None:
    make(store, plot("a", n=1))
    assert put(store, plot("a", n=other)) == ("plots",)
    assert type(store.features("plots")[0].properties["n"]) is type(other)


def test_the_same_description_again_is_no_change(store: Store) -> None:
    make(store)
    assert store.apply([Change("plots", collection=PLOTS)], NOTE).collections == ()


def test_a_change_based_on_an_old_revision_is_refused(store: Store) -> None:
    make(store)
    put(store, plot("a"))
    with pytest.raises(ConflictError) as refused:
        store.apply([Change("plots", put=[plot("b")])], NOTE, expected=1)
    assert refused.value.params == {"current": 2, "expected": 1}
    assert fids(store) == ["a"]


def test_a_change_based_on_the_current_revision_is_accepted(store: Store) -> None:
    first = store.apply([Change("plots", collection=PLOTS)], NOTE, expected=0)
    assert first.number == 1
    assert store.apply([Change("plots", put=[plot("b")])], NOTE, expected=1).number == 2


def test_a_refused_change_changes_nothing_and_takes_no_number(store: Store) -> None:
    make(store, plot("a"))
    good = Change("plots", put=[plot("b")], remove=["a"])
    with pytest.raises(UnknownCollectionError):
        store.apply([good, Change("nowhere", put=[plot("c")])], NOTE)
    assert fids(store) == ["a"]
    assert store.revision() == 1
    assert put(store, plot("b")) == ("plots",)
    assert store.revision() == 2


def test_removing_a_feature_that_is_not_there_is_refused(store: Store) -> None:
    make(store, plot("a"))
    with pytest.raises(UnknownFeatureError, match="“b”"):
        store.apply([Change("plots", remove=["a", "b"])], NOTE)
    assert fids(store) == ["a"]


@pytest.mark.parametrize("fid", ["", "a\x00", "a\nb"])
def test_removing_what_no_feature_is_called_is_refused(store: Store, fid: str) -> None:
    make(store, plot("a"))
    with pytest.raises(UnknownFeatureError):
        store.apply([Change("plots", remove=["a", fid])], NOTE)


@pytest.mark.parametrize(
    "change",
    [
        Change("plots", put=[plot("a"), plot("a", n=2)]),
        Change("plots", put=[plot("a")], remove=["a"]),
        Change("plots", remove=["a", "a"]),
    ],
)
def test_a_fid_named_twice_is_refused(store: Store, change: Change) -> None:
    make(store, plot("a"))
    with pytest.raises(ValidationError, match="“a” twice"):
        store.apply([change], NOTE)


def test_a_collection_named_twice_is_refused(store: Store) -> None:
    make(store)
    with pytest.raises(ValidationError, match="twice"):
        store.apply([Change("plots", put=[plot("a")]), Change("plots")], NOTE)


@pytest.mark.parametrize(
    "name",
    ["", "Plots", "1st", "a-b", "地块", "sqlite_x", "gpkg_x", "rtree_x", "a" * 64, "a\n", "a b"],
)
def test_a_name_that_files_and_urls_cannot_carry_is_refused(store: Store, name: str) -> None:
    info = CollectionInfo(name, "t", "t")
    with pytest.raises(ValidationError):
        store.apply([Change(name, collection=info)], NOTE)


def test_the_longest_name_is_accepted(store: Store) -> None:
    make(store, info=CollectionInfo("a" * 63, "t", "t"))
    assert store.collections()[0].id == "a" * 63


def test_a_description_of_another_collection_is_refused(store: Store) -> None:
    with pytest.raises(ValidationError):
        store.apply([Change("plots", collection=TREES)], NOTE)


@pytest.mark.parametrize("fid", ["", "a\nb", "a\x00", "\ud800", "x" * 256])
def test_a_fid_with_control_characters_or_of_no_length_is_refused(store: Store, fid: str) -> None:
    with pytest.raises(ValidationError):
        make(store, plot(fid))


@pytest.mark.parametrize("value", [2**64, "\ud800", {1, 2}, object()])
def test_properties_that_json_cannot_hold_are_refused(store: Store, value: object) -> None:
    feature = Feature("a", None, {"v": value})  # type: ignore[dict-item]  # what no JSON is
    with pytest.raises(ValidationError, match="JSON"):
        make(store, feature)


def test_a_collection_of_the_plan_can_be_neither_dropped_nor_released(store: Store) -> None:
    zones = CollectionInfo("zones", "六区", "Six zones", part_of_plan=True)
    make(store, plot("a"), info=zones)
    released = CollectionInfo("zones", "六区", "Six zones")
    for change in (Change("zones", drop=True), Change("zones", collection=released)):
        with pytest.raises(ConflictError, match="part of the plan"):
            store.apply([change], NOTE)
    assert fids(store, "zones") == ["a"]


def test_dropping_what_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(UnknownCollectionError):
        store.apply([Change("plots", drop=True)], NOTE)


def test_dropping_and_changing_at_once_is_refused(store: Store) -> None:
    make(store)
    with pytest.raises(ValidationError):
        store.apply([Change("plots", put=[plot("a")], drop=True)], NOTE)


def test_words_and_properties_may_hold_any_character(store: Store) -> None:
    info = CollectionInfo("plots", "a\0b", "\udcff", title_field="\0")
    properties: dict[str, JSON] = {"\0": "\0", "\\u0000": "\\u0000", "🏙": "\x7f\u2028"}
    store.apply([Change("plots", [Feature("\\u0000", None, properties)], collection=info)], NOTE)
    (kept,) = store.collections()
    assert (kept.title, kept.title_en, kept.title_field) == ("a?b", "?", "?")
    assert store.features("plots") == [Feature("\\u0000", None, properties)]
    assert put(store, Feature("\\u0000", None, properties)) == ()


def test_a_collection_whose_name_cannot_be_is_not_there(store: Store) -> None:
    with pytest.raises(UnknownCollectionError):
        store.features("a\0")
