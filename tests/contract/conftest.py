"""A store of each kind, empty at first; opened twice, it is the same store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.stores import BACKENDS
from tests.postgres_cluster import Cluster
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.emptied_store()


@pytest.fixture
def opened(address: str) -> Iterator[Callable[[], SqlStore]]:
    stores: list[SqlStore] = []

    def open_one() -> SqlStore:
        stores.append(open_store(address))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    return opened()
