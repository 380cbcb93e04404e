"""What tests of every part share: the seed, read once; a store that holds it; a toy district."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import first_property, load_profile
from tests.paths import SEED_DIR
from tests.postgres_cluster import Cluster, started_cluster
from tests.toy import toy_snapshot
from zones.lookup.locator import Locator, build_locator
from zones.plan.seed import read_seed, seed_store
from zones.plan_text import Plan, load_plan
from zones.snapshot.model import Snapshot, snapshot_from
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried."""
    load_profile(config)


@pytest.hookimpl(trylast=True)  # after folders have marked what needs a browser
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try again, once, what failed with a browser, or with several processes side by side.

    What else runs on a machine decides who is first there. A run names each at its end.
    """
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return
    for item in items:
        if item.get_closest_marker("browser") or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def _properties() -> None:
    first_property()
    gc.freeze()  # thousands of tests and all modules: nothing to walk through again and again


@pytest.fixture(scope="session")
def seed_dir() -> Path:
    """Return the directory of the plan's own data; not to be written to."""
    return SEED_DIR


@pytest.fixture(scope="session")
def plan(seed_dir: Path) -> Plan:
    """Return the plan's facts."""
    return load_plan(seed_dir)


@pytest.fixture(scope="session")
def seeded_snapshot(seed_dir: Path, plan: Plan) -> Snapshot:
    """Return the seed as revision 1, read from its files without a store."""
    return snapshot_from(read_seed(seed_dir), plan)


@pytest.fixture(scope="session")
def locator(seeded_snapshot: Snapshot) -> Locator:
    """Return the locator of the seed."""
    return seeded_snapshot.derived(build_locator)


@pytest.fixture(scope="session")
def toy() -> Snapshot:
    """Return the toy district of ``tests/toy.py``."""
    return toy_snapshot()


@pytest.fixture(scope="session")
def seeded_file(seed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed SQLite store that holds the seed; copy it before writing."""
    path = tmp_path_factory.mktemp("seeded") / "zones.sqlite"
    store = open_store(f"sqlite:///{path}")
    seed_store(store, seed_dir)
    store.close()
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL server of the tests' own; skips where there is none to be had."""
    made = started_cluster()
    yield made
    made.remove()


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[SqlStore]:
    """Return an open store without a revision."""
    store = open_store(f"sqlite:///{tmp_path}/empty.sqlite")
    yield store
    store.close()


@pytest.fixture
def seeded_store(seeded_file: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """Return an open store of its own that holds the seed as revision 1."""
    path = tmp_path / "zones.sqlite"
    shutil.copy(seeded_file, path)
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()
