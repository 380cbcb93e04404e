"""Several writers of one PostgreSQL store: side by side, or in turn in one collection."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import Connection

from tests.contract.stores import NOTE, PLOTS, TREES, fids, make, plot, put
from tests.postgres_cluster import Cluster
from zones.errors import ConflictError, StoreError
from zones.model import Change, CollectionInfo, Feature, Revision
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

LONG_S = 60.0


@pytest.fixture
def address(cluster: Cluster) -> str:
    return cluster.emptied_store()


@pytest.fixture
def stores(address: str) -> Iterator[tuple[SqlStore, SqlStore]]:
    """Return one store twice, as two replicas have it, with a collection of plots and of trees."""
    one, other = open_store(address), open_store(address)
    make(one, plot("a"), plot("b", n=1))
    make(one, plot("t"), info=TREES)
    yield one, other
    one.close()
    other.close()


@contextmanager
def held(store: SqlStore, change: Change) -> Iterator["Future[Revision]"]:
    """Give a change that has written its features and takes no number until the block ends."""
    written, may_end = Event(), Event()
    database = store._database
    take_number = database.take_number

    def wait_and_take(connection: Connection) -> None:
        written.set()
        assert may_end.wait(LONG_S)
        take_number(connection)

    database.take_number = wait_and_take  # type: ignore[method-assign]  # of this one alone
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(store.apply, [change], NOTE)
        try:
            assert written.wait(LONG_S)
            yield future
        finally:
            may_end.set()
    database.take_number = take_number  # type: ignore[method-assign]


def test_an_import_held_open_does_not_make_an_edit_elsewhere_wait(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    one, other = stores
    before = other.features("plots")
    change = Change("plots", [plot("b", n=2), plot("c"), plot("d")], ["a"])
    with held(one, change) as imported:
        tree = Change("trees", put=[plot("u")])
        assert other.apply([tree], NOTE, expected=2).number == 3
        assert other.apply([Change("trees", remove=["u"])], NOTE, expected=3).number == 4
        assert (other.revision(), other.features("plots")) == (4, before)
    assert imported.result().number == 5
    assert [other.features("plots", revision=number) for number in (3, 4)] == [before, before]
    assert fids(other) == ["b", "c", "d"]
    assert other.features("plots")[0].properties == {"n": 2}
    assert [each.number for each in other.revisions()] == [5, 4, 3, 2, 1]
    delta = other.delta(4)
    assert (list(delta.put), delta.remove, delta.touched) == (
        ["plots"],
        {"plots": ["a"]},
        {"plots": 5},
    )
    counts = other.revision_counts("plots", first=1, last=5)
    assert (counts[5].added, counts[5].changed, counts[5].removed) == (2, 1, 1)
    assert put(other, plot("e")) == ("plots",)
    assert fids(other) == ["b", "c", "d", "e"], "in the order first stored"


def test_a_collection_made_and_one_dropped_meanwhile_have_their_own_numbers(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    one, other = stores
    parks = CollectionInfo("parks", "公园", "Parks")
    with held(one, Change("parks", [plot("p")], collection=parks)) as made:
        assert other.apply([Change("trees", drop=True)], NOTE).number == 3
        assert [info.id for info in other.collections()] == ["plots"]
    assert made.result().number == 4
    assert [info.id for info in other.collections(revision=3)] == ["plots"]
    assert {info.id for info in other.collections()} == {"plots", "parks"}
    assert fids(other, "parks", revision=4) == ["p"]


def test_writers_of_one_collection_take_turns(
    stores: tuple[SqlStore, SqlStore], address: str
) -> None:
    one, _ = stores
    hasty = open_store(address, busy_timeout_s=0.1)
    with held(one, Change("plots", [plot("c")])) as first:
        with pytest.raises(StoreError) as refused:
            put(hasty, plot("d"))
        assert refused.value.code == "store-busy"
        both = [Change("trees", [plot("u")]), Change("plots", [plot("d")])]
        with pytest.raises(StoreError):
            hasty.apply(both, NOTE)
    first.result()
    put(hasty, plot("d"))
    assert fids(one) == ["a", "b", "c", "d"]
    hasty.close()


def test_what_was_seen_of_the_collection_itself_is_all_that_counts(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    one, other = stores
    seen = one.revision()
    other.apply([Change("trees", [plot("u")])], NOTE)
    assert one.apply([Change("plots", [plot("c")])], NOTE, expected=seen).number == 4
    with pytest.raises(ConflictError) as refused:
        other.apply([Change("trees", [plot("v")])], NOTE, expected=seen)
    assert refused.value.params == {"current": 3, "expected": seen}


def test_a_store_is_not_empty_once_anybody_has_written(address: str) -> None:
    one, other = open_store(address), open_store(address)
    with held(one, Change("plots", [plot("a")], collection=PLOTS)):
        make(other, plot("t"), info=TREES)
    assert one.revision() == 2
    with pytest.raises(ConflictError):
        other.apply([Change("parks", collection=CollectionInfo("parks", "", ""))], NOTE, expected=0)
    one.close()
    other.close()


@pytest.mark.slow
def test_readers_see_all_revisions_up_to_the_one_that_they_know(
    address: str, stores: tuple[SqlStore, SqlStore]
) -> None:
    one, reader = stores
    names = ["plots", "trees", "parks", "roads"]
    for name in names[2:]:
        make(one, info=CollectionInfo(name, name, name))
    writers = [open_store(address) for _ in names]

    def write(store: SqlStore, name: str) -> None:
        for turn in range(8):
            store.apply([Change(name, [plot("x", turn=turn), plot(f"x{turn}")])], NOTE)

    with ThreadPoolExecutor(len(names)) as pool:
        futures = [pool.submit(write, *each) for each in zip(writers, names, strict=True)]
        seen = []
        while not all(future.done() for future in futures):
            number = reader.revision()
            seen.append((number, len(reader.revisions()) - number))
        for future in futures:
            future.result()
    assert all(more >= 0 for _, more in seen), "a number is seen once all before it are"
    assert [each.number for each in reversed(reader.revisions())] == list(range(1, 37))
    assert counted_again(reader, names) == {name: reader.features(name) for name in names}
    for store in writers:
        store.close()


def counted_again(store: SqlStore, names: list[str]) -> dict[str, list[Feature]]:
    """Return the collections as a follower makes them, one revision after the other."""
    found: dict[str, dict[str, Feature]] = {name: {} for name in names}
    for revision in reversed(store.revisions()):
        for name in revision.collections:
            since, to = revision.number - 1, revision.number
            if since and name in {info.id for info in store.collections(revision=since)}:
                gone, new = store.differing(name, since=since, to=to)
                replaced = {each.fid for each in new}
                for feature in gone:
                    if feature.fid not in replaced:
                        del found[name][feature.fid]
            else:
                new = store.features(name, revision=to)
            found[name].update({each.fid: each for each in new})
    return {name: [*features.values()] for name, features in found.items()}
