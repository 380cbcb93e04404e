"""Random histories: every revision can be asked for again, and every delta leads to the present."""

import tempfile
from copy import deepcopy

from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shapely import Point

from tests.contract.stores import NOTE
from tests.examples import examples
from tests.postgres_cluster import Cluster
from zones.model import Change, CollectionInfo, Delta, Feature
from zones.store.open_store import open_store
from zones.store.protocol import Store

Value = tuple[int | None, int]
"""Longitude of the feature's point (none: no geometry), and its one property."""
Collections = dict[str, tuple[str, dict[str, Value]]]
"""By collection id its title and its features by fid, in their order."""
Step = tuple[str, bool, str, dict[str, Value], list[str]]
"""Collection, drop it, title, what is put, what is removed (if it is there)."""

VALUES = st.tuples(st.none() | st.integers(0, 2), st.integers(0, 2))
FIDS = st.sampled_from("abcdef")
STEPS = st.tuples(
    st.sampled_from(["plots", "trees"]),
    st.integers(0, 7).map(lambda number: number == 0),
    st.sampled_from(["old", "new"]),
    st.dictionaries(FIDS, VALUES, max_size=4),
    st.lists(FIDS, max_size=4, unique=True),
)
HISTORIES = st.lists(st.lists(STEPS, max_size=2, unique_by=lambda step: step[0]), max_size=7)


@given(history=HISTORIES)
@examples(60, suppress_health_check=[HealthCheck.too_slow])
def test_every_revision_can_be_asked_for_and_every_delta_leads_to_the_present(
    history: list[list[Step]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check_history(f"sqlite:///{folder}/store.sqlite", history)


@given(history=HISTORIES)
@examples(15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_so_on_postgres(cluster: Cluster, history: list[list[Step]]) -> None:
    check_history(cluster.emptied_store(), history)


def check_history(address: str, history: list[list[Step]]) -> None:
    store = open_store(address)
    try:
        past = played(store, history)
        for number, then in enumerate(past):
            if number:
                assert in_order(held(store, revision=number)) == in_order(then)
        assert in_order(held(store)) == in_order(past[-1])
    finally:
        store.close()


def played(store: Store, history: list[list[Step]]) -> list[Collections]:
    """Apply the steps to the store and to plain dictionaries; return the latter's past."""
    past: list[Collections] = [{}]
    for number, steps in enumerate(history, start=1):
        now = deepcopy(past[-1])
        changes = [changed(now, step) for step in steps]
        assert store.apply(changes, NOTE, expected=number - 1).number == number
        for since, then in enumerate(past):
            assert in_order(followed(then, store.delta(since))) == in_order(now)
        past.append(now)
    return past


def changed(now: Collections, step: Step) -> Change:
    """Make the step in the dictionaries; return it as the store's change."""
    name, drop, title, put, remove = step
    if drop and name in now:
        del now[name]
        return Change(name, drop=True)
    _, features = now.get(name, ("", {}))
    now[name] = (title, features)
    removed = [fid for fid in remove if fid in features and fid not in put]
    for fid in removed:
        del features[fid]
    features.update(put)
    return Change(
        name,
        put=[feature(fid, value) for fid, value in put.items()],
        remove=removed,
        collection=CollectionInfo(name, title, title),
    )


def followed(then: Collections, delta: Delta) -> Collections:
    """Return the past state brought up to date by the delta alone."""
    now = deepcopy(then)
    for name in delta.dropped:
        del now[name]
    for info in delta.collections:
        now[info.id] = (info.title, now.get(info.id, ("", {}))[1])
    for name, fids in delta.remove.items():
        for fid in fids:
            del now[name][1][fid]
    for name, features in delta.put.items():
        now[name][1].update((put.fid, value_of(put)) for put in features)
    return now


def held(store: Store, *, revision: int | None = None) -> Collections:
    """Return what the store holds as of a revision."""
    return {
        info.id: (
            info.title,
            {kept.fid: value_of(kept) for kept in store.features(info.id, revision=revision)},
        )
        for info in store.collections(revision=revision)
    }


def in_order(now: Collections) -> dict[str, tuple[str, list[tuple[str, Value]]]]:
    """Return the state so that equality looks at the order of features too."""
    return {name: (title, list(features.items())) for name, (title, features) in now.items()}


def feature(fid: str, value: Value) -> Feature:
    lon, number = value
    return Feature(fid, None if lon is None else Point(lon, 41), {"n": number})


def value_of(stored: Feature) -> Value:
    number = stored.properties["n"]
    assert isinstance(number, int)
    return (None if stored.geometry is None else int(stored.geometry.x)), number
