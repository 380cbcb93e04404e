"""What every store promises of its past and to its followers: revisions, deltas, one truth."""

from collections.abc import Callable
from threading import Thread

import pytest

from tests.contract.stores import NOTE, PLOTS, TREES, fids, make, plot, put
from zones.errors import StoreError, UnknownCollectionError, UnknownRevisionError
from zones.model import Change, CollectionInfo, RevisionNote
from zones.store.protocol import Store


def test_a_feature_put_again_after_its_end_comes_last(store: Store) -> None:
    make(store, plot("a"), plot("b"))
    store.apply([Change("plots", remove=["a"])], NOTE)
    put(store, plot("c"), plot("a"))
    assert fids(store) == ["b", "c", "a"]
    assert fids(store, revision=1) == ["a", "b"]


def test_a_feature_ended_and_put_again_is_removed_and_put_in_the_delta(store: Store) -> None:
    make(store, plot("a"), plot("b"))
    store.apply([Change("plots", remove=["a"])], NOTE)
    put(store, plot("a"))
    delta = store.delta(1)
    assert delta.remove == {"plots": ["a"]}
    assert [feature.fid for feature in delta.put["plots"]] == ["a"]


def test_only_what_differs_is_in_the_delta(store: Store) -> None:
    make(store, plot("a"), plot("b"), plot("c"))
    put(store, plot("a"), plot("b", x=123.5), plot("d"))
    store.apply([Change("plots", remove=["c"])], NOTE)
    delta = store.delta(1)
    assert (delta.since, delta.to) == (1, 3)
    assert [feature.fid for feature in delta.put["plots"]] == ["b", "d"]
    assert delta.remove == {"plots": ["c"]}
    assert delta.touched == {"plots": 3}
    assert delta.collections == ()


def test_the_delta_since_0_is_everything_there_is(store: Store) -> None:
    make(store, plot("a"), plot("b"))
    make(store, info=TREES)
    put(store, plot("b", n=1))
    delta = store.delta(0)
    assert [info.id for info in delta.collections] == ["trees", "plots"]
    assert [feature.fid for feature in delta.put["plots"]] == ["a", "b"]
    assert delta.touched == {"plots": 3, "trees": 2}
    assert (delta.remove, delta.dropped) == ({}, ())


def test_a_delta_does_not_name_what_lived_only_in_between(store: Store) -> None:
    make(store)
    make(store, plot("t"), info=TREES)
    put(store, plot("a"))
    store.apply([Change("plots", remove=["a"]), Change("trees", drop=True)], NOTE)
    delta = store.delta(1)
    assert (delta.put, delta.remove, delta.dropped) == ({}, {}, ())
    assert delta.touched == {"plots": 4}


def test_a_dropped_collection_is_gone_now_and_there_before(store: Store) -> None:
    make(store, plot("a"))
    store.apply([Change("plots", drop=True)], NOTE)
    with pytest.raises(UnknownCollectionError):
        store.features("plots")
    assert store.collections() == ()
    assert fids(store, revision=1) == ["a"]
    delta = store.delta(1)
    assert (delta.dropped, delta.remove, delta.touched) == (("plots",), {}, {"plots": 2})


def test_a_collection_made_again_starts_without_its_old_features(store: Store) -> None:
    make(store, plot("a"), plot("b"))
    store.apply([Change("plots", drop=True)], NOTE)
    make(store, plot("b"))
    assert fids(store) == ["b"]
    delta = store.delta(1)
    assert (delta.dropped, delta.remove) == ((), {"plots": ["a", "b"]})
    assert [info.id for info in delta.collections] == ["plots"]


def test_collections_come_in_their_order_and_as_of_any_revision(store: Store) -> None:
    make(store)
    make(store, info=TREES)
    renamed = CollectionInfo("plots", "宗地", "Parcels", group="base", order=1)
    store.apply([Change("plots", collection=renamed)], NOTE)
    assert store.collections() == (renamed, TREES)
    assert store.collections(revision=2) == (TREES, PLOTS)
    assert store.collections(revision=1) == (PLOTS,)
    assert store.delta(2).collections == (renamed,)


def test_features_are_there_as_of_every_revision(store: Store) -> None:
    make(store, plot("a", n=1))
    put(store, plot("b"))
    put(store, plot("a", n=3))
    assert [store.features("plots", revision=n)[0].properties for n in (1, 2, 3)] == [
        {"n": 1},
        {"n": 1},
        {"n": 3},
    ]


@pytest.mark.parametrize("number", [-1, 0, 2, 10**12])
def test_a_revision_that_does_not_exist_is_refused(store: Store, number: int) -> None:
    make(store)
    with pytest.raises(UnknownRevisionError):
        store.features("plots", revision=number)
    with pytest.raises(UnknownRevisionError):
        store.collections(revision=number)


@pytest.mark.parametrize("since", [-1, 2])
def test_a_delta_since_a_revision_that_does_not_exist_is_refused(store: Store, since: int) -> None:
    make(store)
    with pytest.raises(UnknownRevisionError):
        store.delta(since)


def test_a_collection_is_unknown_before_it_was_made(store: Store) -> None:
    make(store)
    make(store, info=TREES)
    with pytest.raises(UnknownCollectionError):
        store.features("trees", revision=1)


def test_revisions_come_newest_first_with_who_and_why(store: Store) -> None:
    make(store)
    note = RevisionNote("王工", "更新", "地块.zip", "ab" * 32, 1234)
    made = store.apply([Change("trees", collection=TREES)], note)
    assert store.revisions()[0] == made
    assert [revision.number for revision in store.revisions()] == [2, 1]
    assert [revision.number for revision in store.revisions("plots")] == [1]


def test_a_file_name_that_is_not_utf_8_does_not_stop_a_change(store: Store) -> None:
    note = RevisionNote("cli", "import", source_name="\udcb5\udcd8.zip")
    made = store.apply([Change("plots", collection=PLOTS)], note)
    assert store.revisions() == [made]
    assert made.note.source_name == "??.zip"


def test_what_one_store_commits_the_other_sees_at_once(opened: Callable[[], Store]) -> None:
    writer, reader = opened(), opened()
    assert reader.revision() == 0
    make(writer, plot("a"))
    assert reader.revision() == 1
    assert fids(reader) == ["a"]


@pytest.mark.slow
def test_writers_in_many_threads_take_turns(opened: Callable[[], Store]) -> None:
    store, other = opened(), opened()
    make(store)

    def write(which: Store, name: str) -> None:
        for turn in range(5):
            put(which, plot(f"{name}-{turn}"))

    threads = [Thread(target=write, args=((store, other)[n % 2], f"t{n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [revision.number for revision in store.revisions()] == list(range(31, 0, -1))
    assert len(store.features("plots")) == 30


@pytest.mark.slow
def test_a_reader_sees_whole_revisions_while_others_write(opened: Callable[[], Store]) -> None:
    writer, reader = opened(), opened()
    make(writer, *(plot(str(n), value=1) for n in range(50)))

    def write() -> None:
        for value in range(2, 40):
            put(writer, *(plot(str(n), value=value) for n in range(50)))

    thread = Thread(target=write)
    thread.start()
    seen: set[int] = set()
    while thread.is_alive() or reader.revision() not in seen:
        delta = reader.delta(0)
        assert {feature.properties["value"] for feature in delta.put["plots"]} == {delta.to}
        seen.add(delta.to)
    thread.join()
    assert len(seen) > 2


def test_a_closed_store_refuses_every_call(store: Store) -> None:
    store.close()
    for call in (store.revision, store.collections, store.revisions, lambda: store.delta(0)):
        with pytest.raises(StoreError, match="closed"):
            call()


def test_an_id_is_remembered_with_the_revision_that_first_stored_it(store: Store) -> None:
    make(store, plot("a"), plot("b"))
    store.apply([Change("plots", remove=["a"])], NOTE)
    put(store, plot("c"), plot("b", n=1))
    put(store, plot("a"))
    assert store.first_revisions("plots") == {"a": 1, "b": 1, "c": 3}
    store.apply([Change("plots", drop=True)], NOTE)
    assert store.first_revisions("plots") == {"a": 1, "b": 1, "c": 3}
    assert store.first_revisions("trees") == {}
