"""A collection becomes again what it was, as a new revision."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.contract.stores import NOTE, PLOTS, fids, make, plot
from zones.errors import ConflictError, UnknownCollectionError, UnknownRevisionError
from zones.model import Change, Revision
from zones.store.restore_collection import restore
from zones.store.sql.store import SqlStore


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    """Return a store whose second revision adds, changes and removes a feature each."""
    store = opened()
    make(store, plot("a"), plot("b", n=1))
    store.apply([Change("plots", [plot("b", n=2), plot("c")], ["a"])], NOTE)
    return store


def states(store: SqlStore, *revisions: int) -> list[object]:
    return [
        {item.fid: item for item in store.features("plots", revision=number)}
        for number in revisions
    ]


def test_the_new_revision_equals_the_old_one_and_the_history_stays(store: SqlStore) -> None:
    made, difference = restore(store, "plots", 1, note=NOTE)
    assert made is not None
    assert made.number == store.revision() == 3
    first, second, third = states(store, 1, 2, 3)
    assert first == third != second
    sides = (difference.added, difference.changed, difference.removed)
    assert [len(side) for side in sides] == [1, 1, 1]


def test_a_restore_can_be_restored_from(store: SqlStore) -> None:
    restore(store, "plots", 1, note=NOTE)
    restore(store, "plots", 2, note=NOTE)
    second, fourth = states(store, 2, 4)
    assert second == fourth


def test_nothing_is_stored_when_it_is_equal_already(store: SqlStore) -> None:
    made, difference = restore(store, "plots", 2, note=NOTE)
    assert (made, len(difference), store.revision()) == (None, 0, 2)


def test_a_dropped_collection_comes_back_with_its_description(store: SqlStore) -> None:
    store.apply([Change("plots", drop=True)], NOTE)
    restore(store, "plots", 2, note=NOTE)
    assert fids(store) == ["b", "c"]
    assert store.collections() == (PLOTS,)


def test_a_description_alone_comes_back(store: SqlStore) -> None:
    store.apply([Change("plots", collection=replace(PLOTS, title="别名"))], NOTE)
    made, difference = restore(store, "plots", 2, note=NOTE)
    assert made is not None
    assert len(difference) == 0
    assert store.collections() == (PLOTS,)


def test_a_change_that_comes_in_between_is_not_lost(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = store.apply

    def apply_second(*args: object, **kwargs: object) -> Revision:
        apply([Change("plots", [plot("other")])], NOTE)
        return apply(*args, **kwargs)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(store, "apply", apply_second)
    with pytest.raises(ConflictError):
        restore(store, "plots", 1, note=NOTE)
    assert fids(store) == ["b", "c", "other"]


def test_what_was_never_there_cannot_be_restored(store: SqlStore) -> None:
    with pytest.raises(UnknownCollectionError, match="Revision 1"):
        restore(store, "trees", 1, note=NOTE)
    with pytest.raises(UnknownRevisionError):
        restore(store, "plots", 9, note=NOTE)
