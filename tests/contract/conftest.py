"""A store of each kind, opened in a folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.stores import BACKENDS
from zones.store.protocol import Store


@pytest.fixture(params=sorted(BACKENDS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(BACKENDS[request.param](tmp_path))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()
