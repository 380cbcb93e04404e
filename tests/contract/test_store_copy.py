"""A store copied to the other database and back is the same, with all its history."""

from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from shapely import LineString, Point

from tests.contract.stores import NOTE, PLOTS, TREES, make, plot, put
from tests.postgres_cluster import Cluster
from zones.errors import StoreError
from zones.model import Change, Feature
from zones.store.copy_store import copy_store
from zones.store.open_store import open_database, open_store
from zones.store.sql.records import ImportRecord
from zones.store.sql.store import SqlStore


def filled(address: str) -> None:
    """Make a store that has something of everything, also what was changed, ended and dropped."""
    store = open_store(address)
    make(store, plot("a"), plot("b", 数=1.5), Feature("e", shapely.from_wkt("POLYGON EMPTY"), {}))
    make(store, Feature("t", Point(123, 41), {"名": "树"}), Feature("n", None, {}), info=TREES)
    put(store, plot("a", n=2), Feature("l", LineString([(0, 0), (1 / 3, 1)]), {}))
    store.apply([Change("plots", remove=["b"]), Change("trees", drop=True)], NOTE)
    key, _ = store.keys.create("desk", "editor")
    store.sessions.begin(key)
    store.accounts.create("wang", "editor", "correct horse battery staple")
    store.mappings.put("plots", {"fields": {}}, key=None, who="li")
    store.imports.create(ImportRecord(id="i", collection="plots", who="w", file_name="地块.zip"))
    for number in range(3):
        store.audit.add("import", outcome="ok", revision=number)
    store.close()


def held(store: SqlStore) -> list[object]:
    """Return all that a store tells of itself."""
    revisions = store.revisions()
    then = [store.collections(revision=made.number) for made in revisions]
    features = [
        store.features(info.id, revision=made.number)
        for made, infos in zip(revisions, then, strict=True)
        for info in infos
    ]
    others = [store.keys.list(), store.accounts.list(), store.mappings.get("plots")]
    return [revisions, then, features, store.imports.list(), store.audit.list(), *others]


def copied(source: str, target: str) -> None:
    one, other = open_database(source), open_database(target)
    counts = copy_store(one, other)
    assert (counts["revisions"], counts["audit"]) == (4, 3)
    one.close()
    other.close()


@pytest.mark.slow
def test_there_and_back_all_is_the_same(cluster: Cluster, tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path}/one.sqlite", cluster.new_store()]
    addresses += [cluster.new_store(), f"sqlite:///{tmp_path}/four.sqlite"]
    filled(addresses[0])
    for source, target in pairwise(addresses):
        copied(source, target)
    stores = [open_store(address) for address in addresses]
    told = [held(store) for store in stores]
    assert told[1:] == told[:1] * 3
    assert len(told[0][2]) == 6
    for store in stores:  # each goes on as if nothing had happened
        assert store.audit.add("import", outcome="ok").id == 4
        assert put(store, plot("a", n=3)) == ("plots",)
        assert store.revision() == 5
        store.close()


def test_a_store_that_holds_something_is_not_copied_to(tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("one", "other")]
    one, other = (open_store(address) for address in addresses)
    make(one, info=PLOTS)
    other.keys.create("desk", "editor")
    with pytest.raises(StoreError) as refused:
        copy_store(one._database, other._database)
    assert (refused.value.code, other.revision()) == ("copy-not-empty", 0)
    one.close()
    other.close()
