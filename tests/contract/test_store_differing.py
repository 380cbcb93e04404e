"""What the rows of the store say of two revisions, and of what each revision did."""

from collections.abc import Callable

import pytest

from tests.contract.stores import NOTE, make, plot
from zones.errors import UnknownCollectionError, UnknownRevisionError
from zones.model import Change
from zones.store.revision_diff import difference_between
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.store import SqlStore


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    """Return a store of five revisions: made, changed, removed, changed back, dropped."""
    store = opened()
    make(store, plot("a"), plot("b"), plot("c"))
    store.apply([Change("plots", [plot("b", n=1), plot("d")])], NOTE)
    store.apply([Change("plots", remove=["a"])], NOTE)
    store.apply([Change("plots", [plot("b")])], NOTE)
    store.apply([Change("plots", drop=True)], NOTE)
    return store


def test_each_revision_counts_what_it_did(store: SqlStore) -> None:
    assert store.revision_counts("plots", first=1, last=5) == {
        1: RevisionCounts(added=3),
        2: RevisionCounts(added=1, changed=1),
        3: RevisionCounts(removed=1),
        4: RevisionCounts(changed=1),
        5: RevisionCounts(removed=3),
    }
    assert set(store.revision_counts("plots", first=3, last=4)) == {3, 4}


HELD = range(1, 5)


@pytest.mark.parametrize(
    ("since", "to"), [(a, b) for a in range(6) for b in range(6) if a in HELD or b in HELD]
)
def test_the_difference_is_that_of_the_two_whole_states(
    store: SqlStore, since: int, to: int
) -> None:
    states = [
        store.features("plots", revision=number) if number in HELD else [] for number in (since, to)
    ]
    found = difference_between(*store.differing("plots", since=since, to=to))
    assert found == difference_between(*states)


def test_a_collection_that_is_at_neither_revision_is_unknown(store: SqlStore) -> None:
    for since, to in ((0, 5), (0, 0), (5, 5)):
        with pytest.raises(UnknownCollectionError):
            store.differing("plots", since=since, to=to)


@pytest.mark.parametrize("pair", [(1, 6), (6, 1), (-1, 2)])
def test_a_revision_that_is_not_there_is_unknown(store: SqlStore, pair: tuple[int, int]) -> None:
    with pytest.raises(UnknownRevisionError):
        store.differing("plots", since=pair[0], to=pair[1])
